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


def transfer(context: ReplicationContext, old: Team, new: Team, name: str, move: Transfer) -> Process:
    """Move people on a day by both calendars: before it they are due only in the old team, from then on in the new one.

    Who moves is decided by an order of the event's own; those in training come last. In the new team people have new
    numbers on the floor: items that they have kept are handed back in the old one.
    """
    day = days_between(context.first, move.on)
    yield context.until(min(old.days.midnight(day), new.days.midnight(day)))
    rows = _chosen(context, old.members, name, move.agents, day)
    if rows.size < move.agents:
        context.notes.append(
            f"{name}: moves {agents(rows.size)} from {move.source} to {move.to} rather than {move.agents}, "
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
    new.members.convert(seats, day, day + math.ceil((move.training or 0.0) / DAY), move.ramp)
    new.members.begin_work(seats, day)


def _chosen(context: ReplicationContext, members: Members, name: str, agents: int, day: int) -> NDArray[np.int64]:
    """Return the rows of those who move: in the team the day before and still there, in the order of their draws."""
    table = members.roster.table
    rows = np.flatnonzero((table["since"] <= max(day - 1, 0)) & (table["leaves"] > day))
    draws = context.streams.uniforms(table["key"][rows], Purpose.TRANSFER, name)
    return rows[np.lexsort((draws, table["away_until"][rows] > day))][:agents]
