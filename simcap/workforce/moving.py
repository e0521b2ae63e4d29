"""Transfers: the same people leave one team of a vendor and join another."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.events import Transfer
from simcap.scenario.relations import agents
from simcap.streams import Purpose
from simcap.units import DAY
from simcap.workforce.roster import days_between
from simcap.workforce.setting import Process, Setting
from simcap.workforce.team import Team

KEPT = ("joined", "talent", "leaves")
"""What people take with them: the day from which tenure counts, their speed, their leaving day."""


def transfer(setting: Setting, old: Team, new: Team, name: str, plan: Transfer) -> Process:
    """Move people on a day of both calendars: before it they are due in the old team only, from it on in the new.

    Who moves is decided by a rank of the event's own; those who are in a training come last. In the new team they are
    known by new numbers on the floor: what they have kept in hand is handed back in the old one.
    """
    day = days_between(setting.first, plan.on)
    yield setting.until(min(old.midnight(day), new.midnight(day)))
    rows = _chosen(setting, old, name, plan.agents, day)
    if rows.size < plan.agents:
        setting.notes.append(
            f"{name}: moves {agents(rows.size)} from {plan.source} to {plan.to} rather than {plan.agents}, "
            "as no more were there"
        )
    people, free = old.roster.table[rows].copy(), old.shift_ends(rows, day - 1)
    old.roster.let_go(rows, day)
    old.roster.table["moved"][rows] = True
    seats = new.seat(people["key"], day, day - people["joined"], [None] * rows.size)
    here = new.roster.table[seats]
    for field in KEPT:
        here[field] = people[field]
    here["came"], here["free_from"] = True, free
    new.last_arrival = max(new.last_arrival, float(free.max(initial=-math.inf)))
    if people["debt"].any():
        new.owe(np.arange(seats.start, seats.stop), people["debt"])
    _convert(new, seats, plan, day)
    new.begin_work(seats, day)


def _convert(team: Team, rows: slice, plan: Transfer, day: int) -> None:
    """Let those who have come be in training first, and then learn this work."""
    here, done = team.roster.table[rows], day + math.ceil((plan.training or 0.0) / DAY)
    if done > day:
        here["away_until"], team.converting = done, True
        team.trainees += [(day, int(min(done, leaves)), 1) for leaves in here["leaves"].tolist()]
    if plan.ramp is not None:
        here["relearns"], here["relearns_from"] = team.abilities.add_work(plan.ramp), done


def _chosen(setting: Setting, team: Team, name: str, agents: int, day: int) -> NDArray[np.int64]:
    """Return the rows of those who move: in the team the day before and still there, in the order of their draws."""
    table = team.roster.table
    rows = np.flatnonzero((table["since"] <= max(day - 1, 0)) & (table["leaves"] > day))
    draws = setting.streams.uniforms(table["key"][rows], Purpose.TRANSFER, name)
    return rows[np.lexsort((draws, table["away_until"][rows] > day))][:agents]
