"""Transfers: the same people leave one team of a vendor and join another."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.relations import agents
from simcap.scenario.schema.events import Transfer
from simcap.streams import Purpose
from simcap.units import DAY
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.members import Members
from simcap.workforce.roster import days_between
from simcap.workforce.team import Team

KEPT = ("joined", "talent", "leaves")
"""What people take with them: the day from which tenure counts, their speed, their leaving day."""


def transfer(setting: ReplicationContext, old: Team, new: Team, name: str, plan: Transfer) -> Process:
    """Move people on a day of both calendars: before it they are due in the old team only, from it on in the new.

    Who moves is decided by a rank of the event's own; those who are in a training come last. In the new team they are
    known by new numbers on the floor: what they have kept in hand is handed back in the old one.
    """
    day = days_between(setting.first, plan.on)
    yield setting.until(min(old.days.midnight(day), new.days.midnight(day)))
    rows = _chosen(setting, old.members, name, plan.agents, day)
    if rows.size < plan.agents:
        setting.notes.append(
            f"{name}: moves {agents(rows.size)} from {plan.source} to {plan.to} rather than {plan.agents}, "
            "as no more were there"
        )
    people, free = old.members.roster.table[rows].copy(), old.shifts.ends(rows, day - 1)
    old.members.roster.let_go(rows, day)
    old.members.roster.table["moved"][rows] = True
    seats = new.members.seat(people["key"], day, day - people["joined"], [None] * rows.size)
    here = new.members.roster.table[seats]
    for field in KEPT:
        here[field] = people[field]
    here["came"] = True
    new.members.await_arrival(seats, free)
    if people["debt"].any():
        new.members.owe(np.arange(seats.start, seats.stop), people["debt"])
    new.members.convert(seats, day, day + math.ceil((plan.training or 0.0) / DAY), plan.ramp)
    new.members.begin_work(seats, day)


def _chosen(setting: ReplicationContext, members: Members, name: str, agents: int, day: int) -> NDArray[np.int64]:
    """Return the rows of those who move: in the team the day before and still there, in the order of their draws."""
    table = members.roster.table
    rows = np.flatnonzero((table["since"] <= max(day - 1, 0)) & (table["leaves"] > day))
    draws = setting.streams.uniforms(table["key"][rows], Purpose.TRANSFER, name)
    return rows[np.lexsort((draws, table["away_until"][rows] > day))][:agents]
