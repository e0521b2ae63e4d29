"""Who comes to a shift because work waits, and who stays away because little does."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.hiring import BacklogResponse
from simcap.streams import Purpose, Streams
from simcap.units import HOUR
from simcap.workforce.context import ReplicationContext
from simcap.workforce.members import Members

Rows = NDArray[np.int64]

RESPONDS: Final = "responds"
"""Sets draws of responses apart from others about who is there."""


class BacklogAnswer:
    """What a team does about its backlog when one of its shifts starts; without terms, nothing.

    `terms` are by queue, those of its whole backlog by "" (see `relations.responses`).

    Helpers are seated the first time that so many are wanted: the first so many come, so that a larger backlog brings
    the same people and others too.
    """

    def __init__(self, context: ReplicationContext, terms: Mapping[str, BacklogResponse], members: Members) -> None:
        self._context, self._terms, self._members = context, terms, members
        self._queues = list(context.scenario.queues)
        self._helpers: dict[int, Rows] = {}

    def factor(self) -> float:
        """Return how many times as many people come now as otherwise: as many as the queue that asks for the most."""
        return max((answer(terms, hours) for terms, hours in self._asking()), default=1.0)

    def _asking(self) -> Iterator[tuple[BacklogResponse, float]]:
        """Yield terms and the hours of work that wait: of a split queue, in all if it waits as it does for the vendor.

        A queue of which nothing comes to the vendor now asks for nobody.
        """
        floor, team = self._context.floor, self._members.index
        for queue, terms in self._terms.items():
            if not queue:
                yield terms, floor.backlog_hours(team)
                continue
            hours, share = floor.line_backlog(team, self._queues.index(queue))
            if share > 0:
                yield terms, hours / share

    def settle(self, coming: Rows, shift: int, date: dt.date) -> Rows:
        """Return who works on the shift of a local day, of those who were coming to it: some, all, or helpers too."""
        if not self._terms:
            return coming
        wanted = self._whole(self.factor() * coming.size, shift, date)
        if wanted > coming.size:
            return np.concatenate([coming, self._called(shift, wanted - coming.size)])
        return np.sort(coming[self._willing(coming, date)[:wanted]])

    def helpers(self, shift: int) -> Rows:
        """Return the rows of all who have ever been called to a shift."""
        return self._helpers.get(shift, np.zeros(0, np.int64))

    def _whole(self, people: float, shift: int, date: dt.date) -> int:
        """Return a whole number of people: the next one above with a probability that keeps the mean."""
        return math.floor(people + part_drawn(self._context.streams, self._members.name, shift, date))

    def _willing(self, rows: Rows, date: dt.date) -> Rows:
        """Return the places of people in an order of the day's own; the last of it stay away first."""
        keys = self._members.roster.table["key"][rows]
        draws = self._context.streams.uniforms(keys, Purpose.STAFFING, RESPONDS, date.toordinal())
        return np.argsort(draws, kind="stable")

    def _called(self, shift: int, count: int) -> Rows:
        known = self.helpers(shift)
        if known.size < count:
            keys = self._members.keys(RESPONDS, self._members.name, shift, count=count)[known.size :]
            rows = self._members.seat_helpers(keys, shift)
            known = self._helpers[shift] = np.append(known, np.arange(rows.start, rows.stop))
        return known[:count]


def part_drawn(streams: Streams, team: str, shift: int, date: dt.date) -> float:
    """Return the uniform that decides whether a part of a person comes to the shift of a local day."""
    return streams.uniform(Purpose.STAFFING, RESPONDS, team, shift, date.toordinal())


def answer(terms: BacklogResponse, hours: float) -> float:
    """Return the factor on the people of a shift while so many hours of work wait: 1 at the normal backlog."""
    factor = math.pow(hours * HOUR / terms.normal, terms.elasticity)
    return min(max(factor, terms.at_least), terms.at_most)
