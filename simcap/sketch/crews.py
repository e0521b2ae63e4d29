"""Who is on duty in a replication, by step: the workforce's own draws, added up before anybody meets an item.

Hiring, training, attrition, outages and transfers run as in every replication; shifts post nothing. Who is due, absent
or in training on a day is then decided for all days at once, at the same addresses.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.schema.vendors import Shift
from simcap.sketch.stage import Stage, StagedTeam
from simcap.sketch.steps import STEP, QuarterHours
from simcap.streams import Purpose, Streams
from simcap.units import DAY, SECOND
from simcap.workforce.calendar import rotation_of, share_working, weekdays_of
from simcap.workforce.curves import newness, speed_at
from simcap.workforce.duty import DayPattern
from simcap.workforce.exact import ExactDuty
from simcap.workforce.responding import part_drawn
from simcap.workforce.spans import ShiftClock

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

PAD: Final = 2 * round(DAY / STEP)
"""QuarterHours before the first and after the last, in which shifts may begin or end."""
_PLACES: Final = 16
_DRAWS: Final = 4
"""Places in the stagger, and within the parts of stretches, that stand for all of them."""
_LEAVING: Final = {"finish": 1.0, "hand_back": -1.0, "keep": 0.0}
"""What the item in hand at the end of a shift adds to it, against the rest of its work."""


@dataclasses.dataclass
class PossibleOvertime:
    """A shift of one day that may be prolonged."""

    team: int
    begin: float
    """Simulated seconds."""
    end: float
    extra: float
    """Seconds."""
    week: int
    """Number of its shift and local week: they share what may be worked longer."""
    first: int
    """Its first crew; others of the same shift follow."""
    work: list[float]
    people: list[float]
    """By crew: sum of speeds, and of agents."""
    paid: float
    """Agents who are paid."""
    response: PossibleResponse | None
    """Who else may be there."""


@dataclasses.dataclass
class PossibleResponse:
    """A shift of one day to which more may come, or fewer, than otherwise."""

    team: int
    begin: float
    """Simulated seconds."""
    end: float
    first: int
    """Its first crew, in which helpers work; others of the same shift follow."""
    crews: int
    people: float
    """Who come otherwise."""
    draw: float
    """Decides about a part of a person."""
    paid: float
    """Share of the shift that is paid."""


class CrewHours:
    """Agents of one team, one shift and the same skills, by step (with room before and after the steps)."""

    def __init__(self, team: int, second: int, adds: tuple[int, ...], steps: int) -> None:
        self.team, self.second, self.adds = team, second, adds
        self.seconds, self.work, self.leaving, self.newness, self.relative, self.present, self.people = np.zeros(
            (7, steps)
        )


class DutyRoll:
    """Adds up the duty of a replication's teams."""

    def __init__(self, stage: Stage, steps: QuarterHours, streams: Streams) -> None:
        self.stage, self.steps, self.streams = stage, steps, streams
        self.crews: list[CrewHours] = []
        self.overtime: list[PossibleOvertime] = []
        self.responses: list[PossibleResponse] = []
        teams = len(stage.teams)
        self.paid, self.scheduled = np.zeros((2, teams, steps.count))
        self.weeks = 0
        for team in stage.teams:
            if team.spec.duty is not None:
                _FileRoll(self, team).count()
            else:
                _ShiftRoll(self, team).count()
        self.in_order()

    def in_order(self) -> None:
        """Put the shifts that a backlog may change in the order in which they begin."""
        self.overtime.sort(key=lambda shift: shift.begin)
        self.responses.sort(key=lambda shift: shift.begin)

    def crew(self, team: int, second: int, adds: tuple[int, ...]) -> CrewHours:
        """Add a crew."""
        self.crews.append(CrewHours(team, second, adds, self.steps.count + 2 * PAD))
        return self.crews[-1]


class _FileRoll:
    """The duty of a team that has it in a file."""

    def __init__(self, roll: DutyRoll, team: StagedTeam) -> None:
        self.roll, self.team = roll, team

    def count(self) -> None:
        """Add up the file's blocks, less what outages stop."""
        roll, team, steps = self.roll, self.team, self.roll.steps
        duty = team.duty
        assert duty is not None
        table = team.members.roster.table
        ability = team.members.abilities.on(table, 0)
        new = newness(team.practice.ramp, speed_at(team.practice.ramp, -table["joined"] * DAY))
        crew = roll.crew(team.index, -1, ())
        on, off, agent, paid = _still_to_come(duty, steps.begin)
        begin, end, who = _without(on, off, agent, table["number"], roll.stage.stops)
        inside = slice(PAD, PAD + steps.count)
        speed = ability.speed[who]
        crew.seconds[inside] = steps.spread(begin, end, 1.0)
        crew.work[inside] = steps.spread(begin, end, speed)
        crew.present[inside], crew.people[inside] = crew.work[inside] / STEP, crew.seconds[inside] / STEP
        crew.newness[inside] = steps.spread(begin, end, speed * new[who])
        crew.relative[:] = 1.0
        roll.paid[team.index] = steps.spread(on, paid, 1.0)
        roll.scheduled[team.index] = steps.spread(on, off, 1.0 / max(duty.agents.size, 1))


def _still_to_come(duty: ExactDuty, begin: float) -> tuple[Array, Array, Numbers, Array]:
    rows = duty.off > begin
    return duty.on[rows], duty.off[rows], duty.agent[rows], duty.paid_until[rows]


def _without(
    on: Array, off: Array, agent: Numbers, numbers: Numbers, stops: Sequence[tuple[Numbers, float, float]]
) -> tuple[Array, Array, Numbers]:
    """Return blocks less the time of suspensions (numbers on the floor, from, until)."""
    for stopped, begin, end in stops:
        hit = np.isin(numbers[agent], stopped) & (on < end) & (off > begin)
        before, after = hit & (on < begin), hit & (off > end)
        parts = [(on, off, ~hit), (on, np.minimum(off, begin), before), (np.maximum(on, end), off, after)]
        agent = np.concatenate([agent[kept] for _, _, kept in parts])
        on, off = (np.concatenate([part[place][part[2]] for part in parts]) for place in (0, 1))
    return on, off, agent


class _ShiftRoll:
    """The duty of a team that works in shifts."""

    def __init__(self, roll: DutyRoll, team: StagedTeam) -> None:
        self.roll, self.team, self.steps = roll, team, roll.steps
        self.table = team.members.roster.table
        self.ordinals, self.days = self._all_days()
        self.dates = [dt.date.fromordinal(number) for number in self.ordinals.tolist()]
        self.day = np.maximum(self.days, 0)[:, None]
        self.speed, self.ramped = self._speeds()
        self.absent = self._absent()

    def count(self) -> None:
        """Add up all shifts."""
        for number, (shift, share) in enumerate(self.team.shifts.shifts):
            self._shift(number, shift, share)

    def _all_days(self) -> tuple[Numbers, Numbers]:
        days = self.team.days
        first, last = days.number(self.steps.begin) - 1, days.number(self.steps.end)
        numbers = np.arange(first, last + 1)
        return numbers + days.first.toordinal(), numbers

    def _speeds(self) -> tuple[Array, Array]:
        """Return [day, agent] general speed, and the part of it that is the team's own ramp."""
        table, members = self.table, self.team.members
        ramped = speed_at(self.team.practice.ramp, (self.day - table["joined"]) * DAY)
        speed = ramped * table["talent"]
        for number, relearned in enumerate(members.abilities.relearning):
            learners = np.flatnonzero(table["relearns"] == number)
            since = np.maximum(self.day - table["relearns_from"][learners], 0) * DAY
            speed[:, learners] *= speed_at(relearned, since)
        return speed, ramped

    def _absent(self) -> Flags | None:
        absence = self.team.absence
        if absence.never:
            return None
        shares = np.array([absence.share(date) for date in self.dates])
        draws = self.roll.streams.uniforms_by_day(self.table["key"], Purpose.ABSENCE, self.ordinals.tolist())
        return np.asarray(draws < shares[:, None])

    def _shift(self, number: int, shift: Shift, share: float) -> None:
        spans = _spans(
            shift, self.team.days.clock.origin, self.team.days.clock.zone.key, self.dates[0], len(self.dates)
        )
        runs = (spans[:, 1] > self.roll.stage.begin) & (spans[:, 1] > spans[:, 0])
        begin, end = spans.T
        crew_share = self._holidays(number)
        due = self._due(number, shift, crew_share, runs, begin)
        length = self.team.shifts.clocks[number].usual.length
        patterns = [self._pattern(number, day, begin, end, length) for day in range(begin.size)]
        usual = self.team.shifts.clocks[number].usual
        working = crew_share * share * np.array([share_working(shift, date) for date in self.dates]) * runs
        on_floor = np.array([pattern.on_floor / pattern.length for pattern in patterns])
        self.roll.scheduled[self.team.index] += self.steps.spread(begin, end, working * on_floor)
        here = due if self.absent is None else due & ~self.absent
        paid = np.array([pattern.paid / pattern.length for pattern in patterns])
        self.roll.paid[self.team.index] += self.steps.spread(begin, end, here.sum(axis=1) * paid)
        here = here.copy()
        for first, after, rows in self.team.members.away:
            learning = np.flatnonzero((self.days >= first) & (self.days < after))
            here[np.ix_(learning, rows)] = False
        post = _Posting(self, number, here, begin, end, patterns, usual)
        post.all()

    def _holidays(self, number: int) -> Array:
        """Return by day the share of those due on a shift who are to work."""
        holidays = self.team.holidays
        if holidays.calendar is None:
            return np.ones(len(self.dates))
        return np.array([holidays.staffed(number, date) for date in self.dates])

    def _due(self, number: int, shift: Shift, crew_share: Array, runs: Flags, begin: Array) -> Flags:
        """Return [day, agent] who is due on a shift."""
        table = self.table
        due = (table["shift"] == number) & (table["since"] <= self.day) & (table["leaves"] > self.day)
        due &= self._works(shift, table["rotation"])
        due &= (runs & (crew_share > 0))[:, None]
        for day in np.flatnonzero(runs & (crew_share > 0) & (crew_share < 1)):
            rows = np.flatnonzero(due[day])
            keys, date = table["key"][rows], self.dates[day]
            due[day] = False
            due[day, rows[self.team.holidays.crew(self.roll.streams, keys, date, crew_share[day])]] = True
        if np.isfinite(table["free_from"]).any():
            due &= table["free_from"] <= begin[:, None]
        return np.asarray(due)

    def _works(self, shift: Shift, rotation: Numbers) -> Flags:
        if shift.always:
            return np.ones((self.ordinals.size, 1), bool)
        turns = rotation_of(shift)
        if turns is not None:
            on, cycle = turns
            return np.asarray((self.ordinals[:, None] + rotation) % cycle < on)
        weekdays = weekdays_of(shift)
        return np.array([date.weekday() in weekdays for date in self.dates])[:, None]

    def _pattern(self, number: int, day: int, begin: Array, end: Array, length: float) -> DayPattern:
        clock = self.team.shifts.clocks[number]
        if abs(end[day] - begin[day] - length) < SECOND or end[day] <= begin[day]:
            return clock.usual
        return clock.on(self.dates[day]).pattern


class _Posting:
    """Puts the agents who come to one shift on the floor, day by day."""

    def __init__(
        self,
        duty: _ShiftRoll,
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
        known = self.stop < crew.leaving.size
        rule = duty.team.shifts.shifts[self.number][0].at_end
        np.add.at(crew.leaving, self.stop[known], _LEAVING[rule] * people[known])
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
        if team.spec.responds is None:
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


@functools.lru_cache(maxsize=512)
def _spans(shift: Shift, origin: float, timezone: str, first: dt.date, days: int) -> Array:
    """Return [day, 2] the beginning and the end of a shift by local day, in simulated seconds."""
    clock = ShiftClock(shift, 0.0, Clock(origin, timezone))
    spans = [clock.on(first + dt.timedelta(days=day)) for day in range(days)]
    return np.array([(span.begin, span.end) for span in spans])
