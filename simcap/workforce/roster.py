"""The agents of a team: who they are, when they join and leave, how fast they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.streams import Keys
from simcap.workforce.rota import Rotation, places_of

Rows = NDArray[np.int64]

PERSON = np.dtype(
    [
        ("number", "i8"),  # on the floor
        ("key", "u8"),
        ("joined", "f8"),  # day from which tenure counts, in days from `start`
        ("since", "f8"),  # first day in the team, in days from `start`; infinite for helpers, who are never of it
        ("leaves", "f8"),  # first day on which the agent is gone, in days from `start`
        ("talent", "f8"),  # factor on speed
        ("shift", "i8"),
        ("rotation", "i8"),  # place in the rotation of days off, -1 before the first day
        ("stagger", "f8"),  # place in the stagger of breaks, in [-0.5, 0.5)
        ("away_until", "f8"),  # in cross-training before this day
        ("debt", "f8"),  # seconds of training still to be taken at the start of shifts
        ("second_from", "f8"),  # day from which the second skills count
        ("second", "i8"),  # number of the cross-training, -1 without
        ("relearns_from", "f8"),  # day from which the ramp of a transfer counts
        ("relearns", "i8"),  # number of that ramp, -1 without
        ("free_from", "f8"),  # the last shift in the old team is over, in simulated seconds
        ("settled", "?"),  # the floor knows the final speed
        ("released", "?"),  # gone, with nothing left in hand
        ("cut", "?"),  # gone by order, not to be replaced
        ("moved", "?"),  # of these, gone to another team
        ("came", "?"),  # came from another team
    ]
)

_NOBODY = np.zeros(0, np.int64)
_GOLDEN = 0.6180339887498949


class Roster:
    """A growing table of agents in the order in which they joined; rows stay when agents leave."""

    def __init__(self, shares: Sequence[float]) -> None:
        self.shares = [float(share) for share in shares]
        self.table = np.zeros(0, PERSON)
        self._due_rows: dict[int, tuple[float, float, Rows]] = {}
        self._waiting = False

    def __len__(self) -> int:
        return self.table.size

    def add(self, keys: Keys, since: float, tenure: NDArray[np.float64], shifts: Sequence[int | None]) -> slice:
        """Add agents on a day, with tenures in days; return their rows.

        An agent without a named shift goes to the one that is furthest below its share.
        """
        first = self.table.size
        table = np.zeros(first + keys.size, PERSON)
        table[:first] = self.table
        rows = table[first:]
        rows["key"], rows["since"], rows["joined"] = keys, since, since - tenure
        rows["leaves"] = np.inf
        rows["away_until"] = rows["free_from"] = -np.inf
        rows["talent"] = 1.0
        rows["second"] = rows["relearns"] = -1
        rows["shift"], seat = self._seats(shifts)
        rows["rotation"] = -1
        rows["stagger"] = (np.array(seat, float) + 1) * _GOLDEN % 1 - 0.5
        self.table = table
        self._due_rows.clear()
        self._waiting = True
        return slice(first, table.size)

    def _seats(self, shifts: Sequence[int | None]) -> tuple[list[int], list[int]]:
        """Return the shift of each new agent, and how many of the team are in the same shift before it."""
        own = self.table["shift"][np.isfinite(self.table["since"])]
        first = own.size
        if len(self.shares) == 1:
            return [0] * len(shifts), list(range(first, first + len(shifts)))
        counts = np.bincount(own, minlength=len(self.shares)).tolist()
        chosen, before = [], []
        for seat, named in enumerate(shifts, first + 1):
            lacks = [share * seat - count for share, count in zip(self.shares, counts, strict=True)]
            shift = named if named is not None else lacks.index(max(lacks))
            chosen.append(shift)
            before.append(counts[shift])
            counts[shift] += 1
        return chosen, before

    def rotate(self, rotations: Sequence[Rotation | None], day: float) -> None:
        """Give places in the rotations of their shifts to the agents who are in the team on a day and have none yet."""
        if not self._waiting:
            return
        present = self.on(day)
        new = present[self.table["rotation"][present] < 0]
        if new.size:
            old = self.table[present[self.table["rotation"][present] >= 0]]
            taken = [tuple(old["rotation"][old["shift"] == shift].tolist()) for shift in range(len(rotations))]
            joining = self.table["shift"][new].tobytes()
            self.table["rotation"][new] = places_of(tuple(rotations), tuple(taken), joining)
            self._waiting = bool((self.table["rotation"] < 0).any())

    def on(self, day: float) -> Rows:
        """Return the rows of the agents who are in the team on a day, counted from `start`."""
        return np.flatnonzero((self.table["since"] <= day) & (self.table["leaves"] > day))

    def due(self, shift: int, day: float) -> Rows:
        """Return the rows of a shift's agents who are in the team on a day; recomputed when one comes or goes."""
        begin, end, rows = self._due_rows.get(shift, (np.inf, np.inf, _NOBODY))
        if not begin <= day < end:
            own = self.table["shift"] == shift
            moments = np.concatenate([self.table["since"][own], self.table["leaves"][own]])
            rows = np.flatnonzero(own & (self.table["since"] <= day) & (self.table["leaves"] > day))
            self._due_rows[shift] = day, moments[moments > day].min(initial=np.inf), rows
        return rows

    def let_go(self, rows: Rows, day: float) -> None:
        """Let agents leave on a day, by order, without replacement."""
        self.table["leaves"][rows] = day
        self.table["cut"][rows] = True
        self._due_rows.clear()


def days_between(first: dt.date, day: dt.date) -> int:
    """Return the number of days from one date to another."""
    return (day - first).days
