"""The tables that the flow of a sketch reads and writes."""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np

from simcap.floor.memory import Memory

LITTLE: Final = 1e-9
"""Fewer items than this are none, and so are fewer seconds."""
LATEST: Final = 1e12
"""Later than anything, in steps or seconds."""
REACH: Final = 30.0
PIECES: Final = 1200
"""Mean durations up to which the time that items take is tabulated, and the pieces between them."""

ORIGINS: Final = 8
"""Quantiles that stand for when the chains of a cohort's items began."""

COHORT = np.dtype([("waiting", "f8"), ("created", "f8"), ("origin", "f8"), ("origin_squares", "f8")])
"""Items that a step brings to a line: how many still wait, how many there were, and the sums of the ages of their
chains when they were created, in steps, and of those squared."""
COMING = np.dtype([("items", "f8"), ("origin", "f8"), ("origin_squares", "f8"), ("unused", "f8")])
FLOW_MODES = np.dtype([("by_rank", "i8"), ("overflows", "i8"), ("start", "i8")])


class FlowPlan(Memory):
    """What a sketch starts from; times are in steps, unless they are work."""

    FIELDS: ClassVar = {
        "modes": (FLOW_MODES, 1),
        "cell": ("i8", 1),  # [step] cell of the report
        "items": ("f8", 2),  # [queue, step] first-order items
        "share": ("f8", 2),  # [line, step] of the items of its queue
        "line_queue": ("i8", 1),
        "first_line": ("i8", 1),  # [queue + 1]
        "work": ("f8", 2),  # [queue, step] seconds of an agent's time at full speed for an item
        "duration": ("f8", 2),  # [queue, step] seconds from pick-up to decision at full speed
        "residual": ("f8", 1),  # [queue] what is left of an item in hand, in mean items
        "done_within": ("f8", 2),  # [queue, piece] integral of the probability that an item takes no longer
        "after": ("f8", 1),  # [queue] age of overflow
        "limit": ("f8", 1),  # [queue] seconds of exposure of an agent a day
        "wrong": ("f8", 2),  # [queue, 2] share of wrong decisions when tenured, and what newness adds
        "scores": ("f8", 1),  # [point] standard normal scores of `ORIGINS` quantiles
        "patience": ("i8", 1),  # [queue] row of `staying`; -1 where nothing expires
        "staying": ("f8", 2),  # [row, age] share that has not left at an age of so many half steps past the middle
        "replaced": ("i8", 1),  # [queue] whether what waits at the start is replaced
        "backlog": ("f8", 2),  # [queue, age] by items of so many whole steps of age
        "first_sla": ("i8", 1),  # [queue + 1]
        "clock": ("i8", 1),  # [sla] row of `due`; -1 for a clock that always runs
        "within": ("f8", 1),
        "due": ("f8", 2),  # [clock, edge]
        "is_wait": ("i8", 1),
        "from_origin": ("i8", 1),
        "by_close": ("i8", 1),
        "key": ("f8", 2),  # [line, step] what an item created then goes by; empty where queues go by rank
        "first_rule": ("i8", 1),  # [queue + 1]
        "rule_to": ("i8", 1),
        "rule_share": ("f8", 1),
        "rule_if_wrong": ("i8", 1),
        "first_delay": ("i8", 1),  # [rule + 1]
        "delay": ("f8", 1),
        "delay_weight": ("f8", 1),
        "team": ("i8", 1),  # [crew]
        "skills": ("i8", 2),  # [crew, rank] queue; -1 without
        "own": ("i8", 2),  # [crew, rank] line; -1 without
        "added": ("i8", 1),  # [crew] first rank of a second skill
        "capacity": ("f8", 2),  # [crew, step] seconds on the floor, weighted by speed
        "seconds": ("f8", 2),
        "relative": ("f8", 2),  # [crew, step] speed on second skills against speed in general
        "newness": ("f8", 2),
        "present": ("f8", 2),  # [crew, step] sum of speeds of the shift in progress
        "people": ("f8", 2),  # [crew, step] agents of the shift in progress
        "leaving": ("f8", 2),  # [crew, step] agents who finish what they have in hand, less those who hand it back
        "new_day": ("i8", 2),
        "response_step": ("i8", 1),
        "response_stop": ("i8", 1),
        "response_crew": ("i8", 1),
        "response_crews": ("i8", 1),
        "response_people": ("f8", 1),  # who come otherwise
        "response_draw": ("f8", 1),
        "response_first": ("i8", 1),  # [response + 1] first of its terms, of which that decides which asks for most
        "term_line": ("i8", 1),  # -1: all that waits for the team
        "term_normal": ("f8", 1),  # seconds of waiting work
        "term_power": ("f8", 1),
        "term_least": ("f8", 1),
        "term_most": ("f8", 1),
        "overtime_step": ("i8", 1),
        "overtime_crew": ("i8", 1),
        "overtime_crews": ("i8", 1),
        "overtime_response": ("i8", 1),  # who else may be there; -1 without
        "overtime_week": ("i8", 1),
        "overtime_end": ("f8", 1),
        "overtime_extra": ("f8", 1),  # seconds
        "overtime_adds": ("f8", 1),
        "overtime_most": ("f8", 1),
        "overtime_from": ("f8", 1),  # seconds of waiting work
        "overtime_work": ("f8", 2),  # [shift, crew]
        "overtime_people": ("f8", 2),
    }


class FlowState(Memory):
    """What a sketch counts, by cell where nothing else is said, and what it has under way."""

    FIELDS: ClassVar = {
        "cohort": (COHORT, 2),  # [step, line]
        "head": ("i8", 1),  # [line] first cohort that may wait
        "todo": ("f8", 1),
        "old": ("f8", 1),
        "wanted": ("f8", 1),
        "given": ("f8", 1),
        "aged": ("i8", 1),  # one number: whether anything is old enough to overflow
        "served": ("f8", 1),
        "slowness": ("f8", 1),
        "wrong": ("f8", 1),
        "cursor": ("i8", 1),
        "rest": ("f8", 1),
        "asked": ("f8", 2),  # [crew, line]
        "hours": ("f8", 1),  # [crew] offered to a line of its own
        "left": ("f8", 1),
        "capacity_before": ("f8", 1),
        "done": ("f8", 1),
        "residual": ("f8", 1),
        "exposed": ("f8", 2),  # [crew, queue]
        "coming": (COMING, 2),  # [queue, step] follow-up work
        "worked": ("f8", 1),  # [week]
        "granted": ("i8", 1),
        "next_overtime": ("i8", 1),
        "answered": ("f8", 1),  # [response] how many times as many came as otherwise
        "next_response": ("i8", 1),
        "open": ("f8", 1),
        "before": ("f8", 1),  # [queue] open when the horizon begins
        "arrived": ("f8", 2),
        "completed": ("f8", 2),
        "expired": ("f8", 2),
        "open_at": ("f8", 2),
        "oldest": ("f8", 2),
        "picked_up": ("f8", 2),
        "wait": ("f8", 2),
        "decided": ("f8", 2),
        "turnaround": ("f8", 2),
        "gave_up": ("f8", 2),
        "gave_up_wait": ("f8", 2),
        "lost": ("f8", 2),
        "line_created": ("f8", 2),
        "line_lost": ("f8", 2),
        "on_time": ("f8", 3),  # [sla, line of its queue, cell]
        "void": ("f8", 3),
        "closed": ("f8", 3),
        "decisions": ("f8", 3),  # [team, queue, cell]
        "busy": ("f8", 2),  # [team, cell]
        "errors": ("f8", 2),
        "overrun": ("f8", 2),  # [team, cell] seconds on the floor after the end of shifts
        "overran": ("f8", 2),  # the same, weighted by speed
    }
