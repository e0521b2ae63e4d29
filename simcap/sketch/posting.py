"""Puts the agents who come to a shift on the floor, all days at once: in their crews, by step."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from simcap.sketch.crews import PAD, CrewHours, PossibleOvertime, PossibleResponse
from simcap.sketch.steps import STEP
from simcap.units import DAY
from simcap.workforce.curves import newness, speed_at
from simcap.workforce.duty import DayPattern
from simcap.workforce.responding import part_drawn

if TYPE_CHECKING:
    from simcap.sketch.roll import ShiftRoll

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_PLACES: Final = 16
_DRAWS: Final = 4
"""Places in the stagger, and within the parts of stretches, that stand for all of them."""
_LEAVING: Final = {"finish": 1.0, "hand_back": -1.0, "keep": 0.0}
"""What the item in hand at the end of a shift adds to it, against the rest of its work."""


class Posting:
    """Puts the agents who come to one shift on the floor, day by day."""

    def __init__(
        self,
        duty: ShiftRoll,
        number: int,
        here: Flags,
        begin: Array,
        end: Array,
        patterns: Sequence[DayPattern],
        usual: DayPattern,
    ) -> None:
        self.duty, self.number, self.here = duty, number, here
        self.begin, self.end, self.patterns, self.usual = begin, end, patterns, usual
        place = (begin - duty.steps.begin) / STEP
        self.step = np.floor(place).astype(np.int64) + PAD
        self.within = (place - np.floor(place)) * STEP
        self.stop = np.clip(np.ceil((end - duty.steps.begin) / STEP).astype(np.int64) - 1 + PAD, 0, None)

    def all(self) -> None:
        """Count the crew of those with the team's own skills, and one for each second skill."""
        members, roll = self.duty.team.members, self.duty.roll
        second = self.duty.table["second"]
        first = len(roll.crews)
        groups = []
        for skill in (-1, *range(len(members.abilities.second_skills))):
            mask = self._with(skill, second)
            if skill < 0 or (self.here & mask).any():
                adds = tuple(members.abilities.second_skills[skill][0]) if skill >= 0 else ()
                crew = roll.crew(self.duty.team.index, skill, adds)
                groups.append(self._crew(crew, self.here & mask))
        self._overtime(first, groups, self._responses(first, len(groups)))

    def _with(self, skill: int, second: Numbers) -> Flags:
        table = self.duty.table
        learned = (second >= 0) & (table["second_from"] <= self.duty.days[:, None])
        return ~learned if skill < 0 else learned & (second == skill)

    def _crew(self, crew: CrewHours, here: Flags) -> tuple[Array, Array]:
        """Add a crew's duty; return sum of speeds and of agents by day."""
        duty = self.duty
        weighted = np.where(here, duty.speed, 0.0)
        work, people = weighted.sum(axis=1), here.sum(axis=1).astype(float)
        ramp = duty.team.practice.ramp
        new = (weighted * newness(ramp, duty.ramped)).sum(axis=1) if ramp is not None else np.zeros_like(work)
        for days, shape in self._shapes():
            self._add(crew.seconds, days, shape, people)
            self._add(crew.work, days, shape, work)
            self._add(crew.newness, days, shape, new)
        self._without_training(crew, here)
        self._without_stopped(crew, here)
        shift = duty.team.shifts.shifts[self.number][0]
        if not shift.always:
            known = self.stop < crew.leaving.size
            np.add.at(crew.leaving, self.stop[known], _LEAVING[shift.at_end] * people[known])
        self._mark(crew, work, people, here)
        return work, people

    def _mark(self, crew: CrewHours, work: Array, people: Array, here: Flags) -> None:
        """Note for the steps of each shift how many are there, and how fast they are on what they learned."""
        crew.relative[:] = 1.0
        days = np.flatnonzero(here.any(axis=1))
        begins = np.maximum(self.step[days], 0)
        lengths = np.maximum(np.minimum(self.stop[days] + 1, crew.present.size) - begins, 0)
        steps = np.arange(lengths.sum()) + np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
        crew.present[steps], crew.people[steps] = np.repeat(work[days], lengths), np.repeat(people[days], lengths)
        if crew.second >= 0:
            learned = [self._learned(day, here[day], crew.second) for day in days.tolist()]
            crew.relative[steps] = np.repeat(learned, lengths)

    def _learned(self, day: int, here: Flags, second: int) -> float:
        """Return the mean speed of a crew on its second skills, against its speed in general, on a day."""
        ramp = self.duty.team.members.abilities.second_skills[second][1]
        if ramp is None:
            return 1.0
        rows = np.flatnonzero(here)
        since = np.maximum(self.duty.day[day] - self.duty.table["second_from"][rows], 0) * DAY
        return float(np.average(speed_at(ramp, since), weights=self.duty.speed[day, rows]))

    def _shapes(self) -> Iterator[tuple[Numbers, Array]]:
        """Yield days with the seconds that an agent is on the floor in each step from the shift's first one on."""
        keys: dict[tuple[DayPattern, float], list[int]] = {}
        for day in np.flatnonzero(self.here.any(axis=1)).tolist():
            keys.setdefault((self.patterns[day], self.within[day]), []).append(day)
        for (pattern, within), days in keys.items():
            yield np.array(days), floor_time(pattern, within)

    def _add(self, total: Array, days: Numbers, shape: Array, amount: Array) -> None:
        places = self.step[days][:, None] + np.arange(shape.size)
        inside = (places >= 0) & (places < total.size)
        np.add.at(total, places[inside], (amount[days][:, None] * shape)[inside])

    def _take(self, crew: CrewHours, day: int, shape: Array, people: float, work: float) -> None:
        """Take agents off the floor for what a shape says, on one day."""
        end = min(self.step[day] + shape.size, crew.work.size)
        if self.step[day] < 0 or end <= self.step[day]:
            return
        span, part = slice(self.step[day], end), shape[: end - self.step[day]]
        crew.seconds[span] -= people * part
        crew.work[span] -= work * part

    def _without_training(self, crew: CrewHours, here: Flags) -> None:
        """Take off the floor those who owe training, from the start of their next shifts on."""
        duty = self.duty
        for ordered, rows, seconds in duty.team.members.owed:
            owed = np.broadcast_to(np.asarray(seconds, float), np.shape(rows)).copy()
            for day in np.flatnonzero(duty.days >= ordered).tolist():
                there = here[day, rows] & (owed > 0)
                if not there.any():
                    if not owed.any():
                        break
                    continue
                length = self.end[day] - self.begin[day]
                served = np.minimum(owed, length) * there
                owed -= served
                shape = floor_time(self.patterns[day], self.within[day])
                for until in np.unique(served[served > 0]):
                    those = rows[served == until]
                    part = shape * _overlap(shape.size, self.within[day], self.within[day] + until)
                    self._take(crew, day, part, those.size, duty.speed[day, those].sum())

    def _without_stopped(self, crew: CrewHours, here: Flags) -> None:
        """Take off the floor those whom outages stop."""
        duty = self.duty
        numbers = duty.table["number"]
        for stopped, since, until in duty.roll.stage.stops:
            rows = np.flatnonzero(np.isin(numbers, stopped))
            if not rows.size:
                continue
            for day in np.flatnonzero((self.begin < until) & (self.end > since)).tolist():
                those = rows[here[day, rows]]
                if those.size:
                    shape = floor_time(self.patterns[day], self.within[day])
                    first = self.begin[day] - self.within[day]
                    part = shape * _overlap(shape.size, since - first, until - first)
                    self._take(crew, day, part, those.size, duty.speed[day, those].sum())

    def _responses(self, first: int, crews: int) -> dict[int, PossibleResponse]:
        """Note the shifts to which more may come, or fewer; return them by the row of their day."""
        duty, team = self.duty, self.duty.team
        if not team.responses:
            return {}
        found = {
            day: PossibleResponse(
                team.index,
                float(self.begin[day]),
                float(self.end[day]),
                first,
                crews,
                float(self.here[day].sum()),
                part_drawn(duty.roll.streams, team.name, self.number, duty.dates[day]),
                self.patterns[day].paid / self.patterns[day].length,
            )
            for day in np.flatnonzero(self.here.any(axis=1)).tolist()
        }
        duty.roll.responses.extend(found.values())
        return found

    def _overtime(
        self, first: int, groups: Sequence[tuple[Array, Array]], responses: Mapping[int, PossibleResponse]
    ) -> None:
        """Note the shifts that may be prolonged."""
        duty = self.duty
        terms = duty.team.overtime
        if terms is None:
            return
        weeks: dict[tuple[int, int], int] = {}
        for day in np.flatnonzero(self.here.any(axis=1)).tolist():
            week = duty.dates[day].isocalendar()[:2]
            number = weeks.setdefault(week, duty.roll.weeks + len(weeks))
            gap = self.begin[day + 1] - self.end[day] if day + 1 < self.begin.size else terms.adds
            duty.roll.overtime.append(
                PossibleOvertime(
                    duty.team.index,
                    float(self.begin[day]),
                    float(self.end[day]),
                    float(min(terms.adds, gap)),
                    number,
                    first,
                    [float(work[day]) for work, _ in groups],
                    [float(people[day]) for _, people in groups],
                    float(self.here[day].sum()),
                    responses.get(day),
                )
            )
        duty.roll.weeks += len(weeks)


def _overlap(steps: int, begin: float, end: float) -> Array:
    """Return the share of each of some steps, from 0 on, that lies between two times in seconds."""
    edges = STEP * np.arange(steps + 1)
    return np.asarray(np.clip(np.minimum(edges[1:], end) - np.maximum(edges[:-1], begin), 0.0, STEP) / STEP)


@functools.lru_cache(maxsize=512)
def floor_time(pattern: DayPattern, within: float) -> Array:
    """Return the seconds in each step for which an agent is on the floor, on average over staggers and draws.

    The shift begins `within` seconds after the first step does. Must not be written to.
    """
    places = (np.arange(_PLACES) + 0.5) / _PLACES - 0.5
    outline = pattern.computed_outline(places)
    edges = STEP * np.arange(math.ceil((within + pattern.length) / STEP) + 1) - within
    total = np.zeros(edges.size)
    for u in (np.arange(_DRAWS) + 0.5) / _DRAWS:
        borders = outline.fixed + outline.slope * u
        on, off = borders[:, ::2, None], borders[:, 1::2, None]
        total += np.clip(edges - on, 0.0, np.maximum(off - on, 0.0)).sum(axis=(0, 1))
    return np.asarray(np.diff(total) / (_PLACES * _DRAWS))
