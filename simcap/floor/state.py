"""What the floor knows: items, waiting lines, agents and their duty, counters. Plain arrays, no behaviour.

Times are seconds on the grid of `units.TICK`; NIL marks the absence of a slot, an agent or a line.
"""

from __future__ import annotations

from typing import ClassVar, Final

import numpy as np

from simcap.arrivals import ARRIVAL
from simcap.floor.heap import ENTRY
from simcap.floor.memory import Memory

NIL: Final = -1
INF: Final = np.inf

LONGEST_IDLE, MOST_PROFICIENT = 0, 1
FINISH, HAND_BACK, KEEP = 0, 1, 2
TURNAROUND, WAIT = 0, 1

FREE, LATENT, IN_ORDER, OUT_OF_ORDER, IN_HAND = 0, 1, 2, 3, 4
"""Where an item is: nowhere, not yet created, in its line, in its line's heap, with an agent."""

OFF, IDLE, BUSY, FREED = 0, 1, 2, 3
"""What an agent does; FREED: became idle at this instant and is not dispatched yet."""

OFF_DUTY, ON_DUTY = 0, 1
PICKED_UP, DECIDED, EXPIRED, HANDED_BACK = 1, 2, 3, 4

NO_EXPIRY, HEAD_EXPIRES, ANY_EXPIRES = 0, 1, 2
"""How a queue's items expire: never; in the order of the line; in any order."""

NOBODY, STOPPED, CAPPED, ELSEWHERE, BUSY_AFTER, BUSY_BEFORE, IN_HAND_LONG, EARLIER = 0, 1, 2, 3, 4, 5, 6, 7
"""Why an item waits: nobody with the skill is on duty; all of them are stopped (break, offline, training, outage); all
on the floor have reached their exposure limit; the vendor to which it is allocated has nobody on duty, others have;
everybody is busy, with items that go after it or before it. An item may also be late without waiting: through its time
in hand, or what went before it in its chain."""

WAITS: Final = 6
"""Causes of waiting: those for which a line has clocks."""
CAUSES: Final = 8

OCTAVES, STEPS = (-4, 26), 64
"""Histograms of waits and turnarounds: `STEPS` equal bins in each octave from 2**-4 s to 2**26 s."""
BINS: Final = (OCTAVES[1] - OCTAVES[0]) * STEPS + 1

AHEAD: Final = 8
"""Arrivals between the one that is created and the one that is prefetched."""

LATEST: Final = 2.0**31
"""Seconds that no simulated time reaches, 68 years: on the grid, sums of it and a time are exact."""

SLOT_BITS: Final = 28
"""A heap entry of an item holds its number and, in this many bits below it, its slot."""

ITEM = np.dtype(
    [
        ("key", "f8"),  # place in the line: created, or the earliest due time; 2 * LATEST less if it goes ahead
        ("created", "f8"),  # a latent item: the delay after the decision
        ("number", "i8"),
        ("content", "f8"),
        ("picked_up", "f8"),  # first pick-up; negative infinity before
        ("next", "i4"),
        ("prev", "i4"),
        ("cell", "i4"),
        ("line", "i2"),
        ("queue", "i2"),
        ("state", "u1"),
        ("timed", "u1"),  # has an entry among the expiries
        ("if_wrong", "u1"),
        ("waited", "u1"),  # 1 once it has waited, 2 if it had waited before: then `waits` holds its wait by cause
        ("goes_ahead", "u1"),  # stands before all items that do not
        ("expires", "f8"),  # the second cache line; a latent item: the age at which it expires
        ("origin", "f8"),
        ("error_draw", "f8"),
        ("id", "u8"),
        ("split", "i8"),  # vendor by epoch, of a latent item
        ("child", "i4"),
        ("sibling", "i4"),
        ("kids", "i4"),
        ("since", "f8"),  # start of the present spell, in line or in hand
    ],
    align=True,
)
"""Two cache lines: what waiting and pick-up need, and what the decision needs."""

LINE = np.dtype(
    [
        ("head", "i8"),
        ("tail", "i8"),
        ("heap", "i8"),
        ("count", "i8"),
        ("queue", "i8"),
        ("vendor", "i8"),
        ("read", "f8"),  # time up to which its clocks have run
        ("next_mark", "f8"),  # when they are to be recorded next
        ("here", "i8"),  # its own skilled agents on duty, including those on a break or stopped
        ("on", "i8"),  # of these, on the floor
        ("able", "i8"),  # of these, below their exposure limit
        ("behind", "i8"),  # of these, busy with items that go before
        ("share", "f8"),  # behind / able
    ]
)
QUEUE = np.dtype(
    [
        ("factor", "f8"),  # handle-time factor now in force
        ("exposure", "f8"),  # limit per agent and local day
        ("overflow", "f8"),  # age from which another vendor's agent may take an item
        ("due_own", "f8"),  # tightest SLA from its own creation, and from the origin's
        ("due_origin", "f8"),
        ("line", "i8"),  # first of its lines
        ("lines", "i8"),
        ("sla", "i8"),  # first of its SLAs
        ("slas", "i8"),
        ("expiry", "i8"),
        ("epoch", "i8"),  # split now in force
        ("in_hours", "i8"),  # an SLA's clock runs in business hours
        ("wait_calendar", "i8"),  # by which waits and turnarounds are measured
        ("turnaround_calendar", "i8"),
    ],
    align=True,
)
SLA = np.dtype(
    [
        ("within", "f8"),
        ("measure", "i8"),
        ("from_origin", "i8"),
        ("calendar", "i8"),
        ("by_close", "i8"),  # whether items count when they are decided or picked up, and not in their cohort
    ]
)
CALENDAR = np.dtype([("first", "i8"), ("after", "i8")])  # its spans
SPAN = np.dtype([("opens", "f8"), ("closes", "f8"), ("before", "f8")])  # before: seconds run until it opens
AGENT = np.dtype(
    [
        ("end", "f8"),
        ("busy_since", "f8"),
        ("exposed_since", "f8"),
        ("idle_since", "f8"),
        ("speed", "f8"),
        ("slot", "i4"),
        ("kept", "i4"),
        ("team", "i2"),
        ("profile", "i2"),
        ("skilled", "i2"),  # profile at the start of the local day
        ("rank", "i2"),  # rank of the queue in hand among the profile's skills; their largest number without one
        ("state", "u1"),
        ("leaving", "u1"),  # leaves the floor when the item in hand is finished
        ("at_end", "u1"),
        ("floor_since", "f8"),  # the second cache line
        ("overrun_since", "f8"),
        ("suspended", "f8"),
        ("remaining", "f8"),
        ("duty_at", "f8"),
        ("block", "i4"),
        ("blocks", "i4"),
        ("here", "i8"),  # on duty: on the floor, between blocks of a shift, or stopped
        ("attends", "i8"),  # stays on duty when the present shift ends: the next one has begun with training
    ],
    align=True,
)
"""Two cache lines: what items need, and what duty needs."""

CLOCK = np.dtype(
    [
        ("now", "f8"),
        ("changed", "f8"),  # instant of the last change from outside, until the dispatch that follows it
        ("next_overflow", "f8"),  # no item overflows before this
        ("next_expiry", "f8"),  # no head of a line expires before this
        ("next_edge", "f8"),
        ("cell", "i8"),
        ("edge", "i8"),
        ("row", "i8"),  # next arrival of the chunk
        ("number", "i8"),  # next item number
        ("returned", "i8"),  # number of slots that were freed
        ("fresh", "i8"),  # first slot that was never used
        ("idle", "i8"),
        ("agent_bits", "i8"),  # bits of an agent's number in `ends`
        ("ends", "i8"),  # sizes of the heaps
        ("duties", "i8"),
        ("coming", "i8"),
        ("expiries", "i8"),
        ("freed", "i8"),
        ("unsettled", "i8"),  # open items of the horizon in queues with an SLA
        ("journal", "i8"),
        ("events", "i8"),
    ],
    align=True,
)
QUEUE_COUNT = np.dtype(
    [
        ("arrived", "i8"),  # when it happens
        ("completed", "i8"),
        ("expired", "i8"),
        ("open", "i8"),
        ("oldest", "f8"),
        ("picked_up", "i8"),  # from here on by cohort
        ("delayed", "i8"),
        ("wait", "f8"),
        ("decided", "i8"),
        ("turnaround", "f8"),
        ("gave_up", "i8"),  # expired without a pick-up
        ("gave_up_wait", "f8"),
        ("lost", "i8"),  # expired
    ]
)
LINE_COUNT = np.dtype([("created", "i8"), ("lost", "i8")])  # by cohort; lost: expired
LATE_COUNT = np.dtype([("items", "i8"), ("seconds", "f8")])
SLA_COUNT = np.dtype(
    [
        ("on_time", "i8"),  # by cohort, or when it happens, as the SLA counts
        ("void", "i8"),
        ("closed", "i8"),  # decided, or picked up, or left late: only for SLAs that count when it happens
    ]
)
TEAM_COUNT = np.dtype(
    [
        ("floor", "f8"),
        ("busy", "f8"),
        ("overrun", "f8"),
        ("effective", "f8"),
        ("errors", "i8"),
    ]
)
JOURNAL = np.dtype([("time", "f8"), ("id", "u8"), ("agent", "i8"), ("kind", "i8")])


MODES = np.dtype(
    [
        ("queues_by_rank", "i8"),
        ("key_is_due", "i8"),
        ("choice", "i8"),
        ("by_age", "i8"),  # the first item of a line is always its oldest
        ("overlaps", "i8"),  # agents may have several items of some queue in hand
    ]
)
MARKS = np.dtype([("begin", "f8"), ("every", "f8")])
HANDS = np.dtype(
    [
        ("held", "i8"),  # items in hand, or kept from an earlier shift
        ("attained", "f8"),  # work done on each of them since the first one was taken, in seconds of work on one alone
        ("since", "f8"),  # up to when
    ]
)


class Rules(Memory):
    """What does not change during a run, except the factors on handle times."""

    FIELDS: ClassVar = {
        "modes": (MODES, 1),
        "marks": (MARKS, 1),  # when the clocks of lines are recorded
        "queues": (QUEUE, 1),
        "slas": (SLA, 1),
        "calendars": (CALENDAR, 1),
        "spans": (SPAN, 1),
        "skills": ("i8", 2),  # [profile, rank] queue, NIL padded
        "own_line": ("i8", 2),  # [profile, rank] the line of the profile's own vendor, NIL if it has none
        "without": ("i8", 2),  # [profile, queue] the profile without a queue
        "rank_of": ("i8", 2),  # [profile, queue] rank of the queue among the skills; their largest number without it
        "at_once": ("i8", 1),  # [queue] items of it that an agent may have in hand
        "pace": ("f8", 2),  # [queue, number in hand] speed of each item, against one alone
        "line_profiles": ("i8", 2),  # [line, n] profiles whose own line it is, NIL padded
        "edges": ("f8", 1),  # borders of the report's cells
        "cell_day": ("i8", 1),  # [cell] day; the cell after the last stands for all time outside the horizon
    }


class State(Memory):
    """Everything that changes: only kernels and the floor's own methods write it."""

    FIELDS: ClassVar = {
        "clock": (CLOCK, 1),
        "items": (ITEM, 1),
        "returned": ("i4", 1),  # stack of the slots that were freed
        "waits": ("f8", 2),  # [slot, cause] seconds waited; minus the clocks of its line while the item waits
        "lines": (LINE, 1),
        "clocks": ("f8", 2),  # [line, cause] seconds for which items have waited
        "marks": ("f8", 3),  # [line, mark, cause] the clocks at each mark
        "open": ("i8", 1),  # [queue] items created and neither decided nor expired
        "agents": (AGENT, 1),
        "hands": (HANDS, 1),  # [agent] unused where no work overlaps
        "hand": ("i4", 2),  # [agent, place] slots of the items in hand or kept, in the order in which they were taken
        "done_at": ("f8", 2),  # [agent, place] work attained when the item will be done
        "speed": ("f8", 2),  # [agent, queue] against a tenured agent
        "error_rate": ("f8", 2),  # [agent, queue] share of wrong decisions
        "passes": ("u1", 2),  # [agent, rank] the item in hand was preferred to one waiting; unused under priority
        "exposed": ("f8", 2),  # [agent, queue] seconds worked this local day
        "on": ("f8", 2),  # [agent, block] start of a block on the floor
        "off": ("f8", 2),
        "last": ("u1", 2),  # [agent, block] whether the shift ends with it; otherwise a break follows
        "idle": (ENTRY, 2),  # [profile, place] heap of (turn, agent)
        "idle_count": ("i8", 1),
        "idle_places": ("i4", 1),  # [agent] place in the heap of the idle
        "freed": ("i8", 1),
        "ends": ("i8", 1),  # completions to come
        "duties": (ENTRY, 1),  # when duty begins or ends next: the code holds what happens and, below it, the agent
        "duty_places": ("i4", 1),  # [agent] place among them
        "coming": (ENTRY, 1),
        "expiries": (ENTRY, 1),
        "arrivals": (ARRIVAL, 1),
        "times": ("f8", 1),  # sorted creation times of the arrivals; infinity after the last
        "order": ("i8", 1),  # their rows in this order, and `AHEAD` more
        "follow_ups": (ARRIVAL, 1),
        "by_queue": (QUEUE_COUNT, 2),  # [queue, cell]
        "by_line": (LINE_COUNT, 2),  # [line, cell]
        "by_sla": (SLA_COUNT, 3),  # [sla, line of its queue, cell]
        "late": (LATE_COUNT, 4),  # [sla, line of its queue, cell, cause] seconds: until due
        "late_hours": ("u4", 3),  # [sla, line of its queue, hour of creation]
        "by_team": (TEAM_COUNT, 2),  # [team, cell]
        "decisions": ("i8", 3),  # [team, queue, cell]
        "wait_bins": ("u4", 3),  # [queue, day, bin]
        "turnaround_bins": ("u4", 3),
        "journal": (JOURNAL, 1),
    }
