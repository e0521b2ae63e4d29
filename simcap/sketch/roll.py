"""Who is on duty in a replication, by step: the workforce's own draws, added up before anybody meets an item.

Hiring, training, attrition, outages and transfers run as in every replication; shifts post nothing. Who is due, absent
or in training on a day is then decided for all days at once, at the same addresses.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.clock import Clock
from simcap.scenario.schema.vendors import Shift
from simcap.sketch.crews import PAD, CrewHours, PossibleOvertime, PossibleResponse
from simcap.sketch.posting import Posting
from simcap.sketch.stage import Stage, StagedTeam
from simcap.sketch.steps import STEP, QuarterHours
from simcap.streams import Purpose, Streams
from simcap.units import DAY, SECOND
from simcap.workforce.calendar import rotation_of, share_working, weekdays_of
from simcap.workforce.curves import newness, speed_at
from simcap.workforce.duty import DayPattern
from simcap.workforce.exact import ExactDuty
from simcap.workforce.spans import ShiftClock

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


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
                ShiftRoll(self, team).count()
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


class ShiftRoll:
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
        post = Posting(self, number, here, begin, end, patterns, usual)
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


@functools.lru_cache(maxsize=512)
def _spans(shift: Shift, origin: float, timezone: str, first: dt.date, days: int) -> Array:
    """Return [day, 2] the beginning and the end of a shift by local day, in simulated seconds."""
    clock = ShiftClock(shift, 0.0, Clock(origin, timezone))
    spans = [clock.on(first + dt.timedelta(days=day)) for day in range(days)]
    return np.array([(span.begin, span.end) for span in spans])
