"""One team: its agents come on in shifts, learn, are absent, work overtime and leave."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.families import family
from simcap.scenario.vendors import Ramp, Vendor
from simcap.streams import Keys, Purpose, name_key
from simcap.units import DAY, to_tick, to_ticks
from simcap.workforce.abilities import Abilities
from simcap.workforce.absence import Absence
from simcap.workforce.attrition import TENURED, time_left
from simcap.workforce.calendar import phase, rotation_of, share_working, shifts_of, works_on
from simcap.workforce.curves import spread_factor
from simcap.workforce.duty import DayPattern, Outline, add_hours, begin_later
from simcap.workforce.exact import ExactDuty
from simcap.workforce.holiday_duty import HolidayDuty
from simcap.workforce.roster import Roster, days_between
from simcap.workforce.setting import Process, Setting
from simcap.workforce.spans import ShiftClock, Span

Rows = NDArray[np.int64]
Array = NDArray[np.float64]


class Team:
    """One team of a vendor, number `index` on the floor."""

    def __init__(self, setting: Setting, index: int, vendor: Vendor, vendor_name: str, name: str) -> None:
        self.setting, self.index, self.name, self.vendor_name = setting, index, name, vendor_name
        self.plan = vendor.teams[name]
        self.practice = vendor.practice(name)
        self.clock = setting.clock.elsewhere(self.plan.timezone)
        self.shifts = shifts_of(self.plan)
        offline = self.practice.shrinkage.offline if self.practice.shrinkage else 0.0
        self.clocks = [ShiftClock(shift, offline, self.clock) for shift, _ in self.shifts]
        self.rotations = [rotation_of(shift) for shift, _ in self.shifts]
        self.roster = Roster([share for _, share in self.shifts] or [1.0])
        self.paid = np.zeros(setting.edges.size)
        self.scheduled = np.zeros(setting.edges.size)
        self.overtime = vendor.overtime if vendor.overtime and vendor.overtime.team in (None, name) else None
        self.overtime_worked: dict[tuple[int, int, int], float] = {}
        self.trainees: list[tuple[int, int, int]] = []
        self.stated: Array = np.zeros((0, 2))
        """[agent, 2] first day and day of leaving, as the scenario or a file of it says; infinite where it does not."""
        self.last_arrival = -math.inf
        """Until when agents who come from another team may be on a shift there, in simulated seconds."""
        self._outages: list[tuple[float, float, tuple[str | int, ...]]] = []
        self.abilities = Abilities(self.practice.ramp, list(setting.scenario.queues.values()))
        self._outlines: dict[DayPattern, Outline] = {}
        self._rota: dict[tuple[int, int], tuple[Rows, Rows]] = {}
        self._learning = self._owing = self.converting = False
        self.absence = Absence(setting, self.practice.shrinkage, vendor_name, name)
        self._keeps = any(shift.at_end == "keep" for shift, _ in self.shifts)
        self._edges: list[float] = setting.edges.tolist()
        self.holidays = HolidayDuty(self.plan.holidays, [shift for shift, _ in self.shifts], self.clock, self._edges)

    # -- who ------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Bring the agents of the start into the team and begin its days."""
        if self.plan.duty is not None:
            self.setting.begin(self._exact_duty(self.plan.duty))
        elif self.plan.roster is not None:
            self._join_from_file()
        else:
            self._join_at_start(self.plan.agents or 0)
        for shift in range(len(self.shifts)):
            self.setting.begin(self._days(shift))
        if any(queue.max_per_day is not None for queue in self.abilities.queues):
            self.setting.begin(self._midnights())

    def join(self, keys: Keys, tenure: Array, shifts: Sequence[int | None] | None = None) -> slice:
        """Add agents of given tenure in seconds, on the floor from the present local day on; return their rows."""
        day = max(self.day(self.setting.env.now), 0)
        rows = self.seat(keys, day, tenure / DAY, shifts or [None] * keys.size)
        people = self.roster.table[rows]
        practice, streams = self.practice, self.setting.streams
        if practice.spread:
            people["talent"] = spread_factor(practice.spread, streams.uniforms(keys, Purpose.TALENT))
        if practice.attrition is not None:
            left = time_left(practice.attrition, tenure, streams.uniforms(keys, Purpose.LEAVES))
            people["leaves"] = day + np.floor(left / DAY) + 1
        self.begin_work(rows, day)
        return rows

    def seat(self, keys: Keys, day: int, tenure: Array, shifts: Sequence[int | None]) -> slice:
        """Give agents a row each from a day on, tenure in days, and a number on the floor; return the rows."""
        rows = self.roster.add(keys, day, tenure, shifts)
        people = self.roster.table[rows]
        people["number"] = self.setting.floor.hire(self.index, [self._at_end(shift) for shift in people["shift"]])
        return rows

    def begin_work(self, rows: slice, day: int) -> None:
        """Tell the floor how fast new agents are on a day; outages under way stop their share of them."""
        self._set_speed(np.arange(rows.start, rows.stop), day)
        people = self.roster.table[rows]
        for until, share, address in self._outages:
            if until > self.setting.env.now:
                stopped = self.setting.streams.uniforms(people["key"], Purpose.OUTAGE, *address) < share
                self.setting.floor.suspend(people["number"][stopped], until)

    def halt(self, until: float, share: float, address: tuple[str | int, ...]) -> None:
        """Let an outage stop a share of those who join before it ends; some may be on the roster already."""
        self._outages.append((until, share, address))
        people = self.roster.table
        later = people[people["since"] > max(self.day(self.setting.env.now), 0)]
        if later.size:
            stopped = self.setting.streams.uniforms(later["key"], Purpose.OUTAGE, *address) < share
            self.setting.floor.suspend(later["number"][stopped], until)

    def owe(self, rows: Rows, seconds: float | Array) -> None:
        """Let agents take so much training at the start of their next shifts."""
        self.roster.table["debt"][rows] += seconds
        self._owing = True

    def learn(self, rows: Rows, queues: list[int], ramp: Ramp | None, done: int) -> None:
        """Let agents learn further queues, away from the floor until the day `done`."""
        people = self.roster.table
        people["away_until"][rows] = np.maximum(people["away_until"][rows], done)
        people["second_from"][rows] = done
        people["second"][rows] = self.abilities.add_skill(queues, ramp)
        self._learning = True

    def keys(self, *address: str | int, count: int) -> Keys:
        """Return the keys of `count` agents that share an address."""
        return np.array([name_key(Purpose.AGENT, *address, seat) for seat in range(count)], np.uint64)

    def shift_ends(self, rows: Rows, day: int) -> Array:
        """Return until when agents may be on the shift of a local day, in simulated seconds; -inf for those not due."""
        date = self.setting.first + dt.timedelta(days=day)
        ends, longer = np.full(rows.size, -math.inf), self.overtime.adds if self.overtime is not None else 0.0
        for shift, (plan, _) in enumerate(self.shifts):
            end = self.clock.moment(date, (plan.start or 0.0) + (plan.length or DAY))
            ends[np.isin(rows, self._on_shift(shift, date, day))] = to_tick(end + longer)
        return ends

    def cut(self, day: int, agents: int) -> None:
        """Let the newest `agents` leave on a day, counted from `start`."""
        rows = self.roster.on(day)
        newest = rows[np.lexsort((-rows, -self.roster.table["joined"][rows]))]
        self.roster.let_go(newest[:agents], day)

    def day(self, time: float) -> int:
        """Return the number of the team's local day at a simulated time, counted from `start`."""
        return days_between(self.setting.first, self.clock.day(time))

    def midnight(self, day: int) -> float:
        """Return the simulated time at which a local day begins, by its number from `start`."""
        return to_tick(self.clock.midnight(self.setting.first + dt.timedelta(days=day)))

    def _join_at_start(self, agents: int) -> None:
        self.stated = np.tile([0.0, math.inf], (agents, 1))
        keys = self.keys(self.name, count=agents)
        tenure = np.full(agents, TENURED)
        if self.plan.tenure is not None:
            tenure = family(self.plan.tenure, self.setting.files).ppf(
                self.setting.streams.uniforms(keys, Purpose.TENURE)
            )
        self.join(keys, tenure)

    def _join_from_file(self) -> None:
        assert self.plan.roster is not None
        people = self.setting.files.roster(self.plan.roster)
        names = list(self.plan.shifts or {})
        here = [row for row, left in enumerate(people.left) if left is None or left > self.setting.first]
        keys = np.array([name_key(Purpose.AGENT, self.name, people.agent[row]) for row in here], np.uint64)
        hired = np.array([days_between(self.setting.first, people.hired[row]) for row in here], float)
        shifts = [names.index(shift) if (shift := people.shift[row]) in names else None for row in here]
        rows = self.join(keys, np.maximum(-hired, 0) * DAY, shifts)
        table = self.roster.table[rows]
        table["joined"] = hired
        table["since"] = np.maximum(hired, 0)
        table["leaves"] += np.maximum(hired, 0)
        self.stated = np.stack([table["since"], np.full(len(here), math.inf)], axis=1)
        for place, row in enumerate(here):
            left = people.left[row]
            if left is not None:
                table["leaves"][place] = self.stated[place, 1] = days_between(self.setting.first, left)

    # -- when -----------------------------------------------------------------------------------------------------

    def _days(self, shift: int) -> Process:
        """Begin the shift on every local day, first of all the one that is under way."""
        date = self.clock.day(self.setting.env.now) - dt.timedelta(days=1)
        while True:
            span = self.clocks[shift].on(date)
            if span.end > self.setting.env.now:
                yield self.setting.until(span.begin)
                self._begin_shift(shift, date, span)
            date += dt.timedelta(days=1)

    def _midnights(self) -> Process:
        """Begin each local day's count of exposure."""
        day = self.day(self.setting.env.now)
        while True:
            day += 1
            yield self.setting.until(self.midnight(day))
            self.setting.floor.begin_day(self.roster.table["number"].copy())

    def _begin_shift(self, shift: int, date: dt.date, span: Span) -> None:
        """Post one shift of a day: who is there, how fast, in which blocks."""
        crew = self.holidays.staffed(shift, date)
        if crew == 0 or span.length <= 0:
            return
        day = days_between(self.setting.first, date)
        rows = self._on_shift(shift, date, day)
        if crew < 1:
            rows = rows[self.holidays.crew(self.setting.streams, self.roster.table["key"][rows], date, crew)]
        start, length, pattern = span.begin, span.length, span.pattern
        duty_share = crew * self.shifts[shift][1] * share_working(self.shifts[shift][0], date)
        self._count_hours(self.scheduled, start, length, duty_share * pattern.on_floor / pattern.length)
        if start < self.last_arrival:
            rows = rows[self.roster.table["free_from"][rows] <= start]
        here = self.absence.present(self.roster.table["key"], rows, date)
        self._count_hours(self.paid, start, length, np.count_nonzero(here) * pattern.paid / pattern.length)
        if self.abilities.second_skills or self.converting:
            here &= self.roster.table["away_until"][rows] <= day
        if self._keeps:
            self._release(rows[~here], day)
        if self.setting.watch is not None:
            self.setting.watch.absent(self.index, rows[~here], start, length)
        rows = rows[here]
        if not rows.size:
            return
        extra = self._overtime(shift, date)
        if self._learning:
            self._set_speed(rows, max(day, 0))
        self._post(rows, date, shift, span, extra)
        self._count_hours(self.paid, start + length, extra, rows.size)

    def _on_shift(self, shift: int, date: dt.date, day: int) -> Rows:
        """Return the rows of the agents that are due on one shift of a day."""
        due, plan = self.roster.due(shift, max(day, 0)), self.shifts[shift][0]
        address = shift, phase(plan, date)
        known = self._rota.get(address)
        if known is None or known[0] is not due:
            self.roster.rotate(self.rotations, max(day, 0))
            known = self._rota[address] = due, due[works_on(plan, date, self.roster.table["rotation"][due])]
        return known[1]

    def _post(self, rows: Rows, date: dt.date, shift: int, span: Span, extra: float) -> None:
        people, pieces = self.roster.table, sum(span.pattern.pieces)
        draws = None
        if pieces:
            keys = people["key"][rows]
            today = (
                self.setting.streams.uniforms(keys, Purpose.OFFLINE, date.toordinal(), piece) for piece in range(pieces)
            )
            draws = np.stack(list(today), axis=1)
        on, off = self._outline(span.pattern).blocks(rows, span.begin, draws)
        off[:, -1] += extra
        in_training = self._owing
        if in_training:
            debt = people["debt"][rows]
            taken = to_ticks(np.minimum(debt, off[:, -1] - on[:, 0]))
            begin_later(on, off, taken)
            people["debt"][rows] = debt - taken
            self._owing = bool(people["debt"].any())
        if self.setting.watch is not None:
            self.setting.watch.present(self.index, span.pattern, rows, on, off)
        self.holidays.count(shift, on, off)
        self.setting.floor.post(people["number"][rows], on, off, span.begin if in_training else None)

    def _outline(self, pattern: DayPattern) -> Outline:
        """Return the outline of a pattern's days for all rows, made anew when agents have joined."""
        known = self._outlines.get(pattern)
        if known is None or known.fixed.shape[0] != len(self.roster):
            known = self._outlines[pattern] = pattern.outline(self.roster.table["stagger"])
        return known

    def _exact_duty(self, file: str) -> Process:
        """Post what a duty file says, a local day at a time; a full-time agent works as much as theirs do."""
        pause = self.plan.breaks or 0.0
        duty = ExactDuty(self.setting.files.duty(file, self.plan.timezone), self.name, self.clock, pause)
        lacking = duty.lacks(self.setting.env.now, self._edges[-1], self.clock)
        if lacking is not None:
            self.setting.notes.append(f"{self.name}: the duty file {lacking}")
        self.join(duty.agents, np.full(duty.agents.size, TENURED))
        self.stated = np.tile([0.0, math.inf], (duty.agents.size, 1))
        self.roster.table["leaves"] = np.inf
        on, off, full_time = duty.on, duty.off, 1 / max(duty.agents.size, 1)
        numbers = self.roster.table["number"]
        ready = off > self.setting.env.now
        for day in sorted({self.day(moment) for moment in on[ready].tolist()}):
            begin, end = self.midnight(day), self.midnight(day + 1)
            yield self.setting.until(begin)
            today = np.flatnonzero(ready & (on < end) & ((on >= begin) | (begin < self.setting.env.now)))
            ready[today] = False
            if self.plan.at_end == "keep":
                self.setting.floor.release(np.delete(numbers, np.unique(duty.agent[today])))
            self.holidays.count(0, on[today], off[today])
            self.setting.floor.post_exactly(numbers[duty.agent[today]], on[today], off[today], pause)
            for since, until, paid in np.stack([on, off, duty.paid_until], axis=1)[today].tolist():
                self._count_hours(self.scheduled, since, until - since, full_time)
                self._count_hours(self.paid, since, paid - since, 1.0)

    # -- how ------------------------------------------------------------------------------------------------------

    def _release(self, absent: Rows, day: int) -> None:
        """Hand back what absent agents, and those that are gone, have kept."""
        people = self.roster.table
        gone = np.flatnonzero((people["leaves"] <= day) & ~people["released"])
        people["released"][gone] = True
        rows = np.concatenate([absent, gone])
        keeps = [row for row in rows.tolist() if self._at_end(int(people["shift"][row])) == "keep"]
        if keeps:
            self.setting.floor.release(people["number"][np.array(keeps)])

    def _overtime(self, shift: int, date: dt.date) -> float:
        """Decide at the stand-up how many seconds this shift works longer."""
        plan = self.overtime
        if plan is None:
            return 0.0
        week = (shift, *date.isocalendar()[:2])
        worked = self.overtime_worked.get(week, 0.0)
        if (
            worked + plan.adds > plan.max_per_week
            or self.setting.floor.backlog_hours(self.index) < plan.when.backlog_hours
        ):
            return 0.0
        self.overtime_worked[week] = worked + plan.adds
        room = self.clocks[shift].on(date + dt.timedelta(days=1)).begin - self.clocks[shift].on(date).end
        return min(plan.adds, room)

    def _set_speed(self, rows: Rows, day: int) -> None:
        """Tell the floor the speed of agents on a day, but for those whose final speed it knows."""
        rows = rows[~self.roster.table["settled"][rows] | (self.roster.table["second"][rows] >= 0)]
        if not rows.size:
            return
        people = self.roster.table[rows]
        ability = self.abilities.on(people, day)
        self.roster.table["settled"][rows] = ability.settled
        self._learning = bool(self.abilities.second_skills) or not self.roster.table["settled"].all()
        self.setting.floor.set_speed(people["number"], ability.speed, ability.by_queue, ability.errors)

    def _at_end(self, shift: int) -> str:
        return self.shifts[shift][0].at_end if self.shifts else self.plan.at_end or "finish"

    def _count_hours(self, count: Array, begin: float, length: float, per_second: float) -> None:
        """Add `per_second` for each second of a span to the cells that it touches."""
        if length > 0:
            add_hours(count, self._edges, begin, begin + length, per_second)
