"""When a team works: its shifts begin, local day after local day, with the agents who are there."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.vendors import TeamSpec
from simcap.streams import Purpose
from simcap.units import DAY, to_tick
from simcap.workforce.absence import Absence
from simcap.workforce.calendar import phase, rotation_of, share_working, shifts_of, works_on
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.duty import DayPattern, Outline
from simcap.workforce.holiday_duty import HolidayDuty
from simcap.workforce.members import Members
from simcap.workforce.pay import StandUp, TimeSheet
from simcap.workforce.responding import BacklogAnswer
from simcap.workforce.roster import days_between
from simcap.workforce.spans import ShiftClock, Span

Rows = NDArray[np.int64]
Array = NDArray[np.float64]


class ShiftDuty:
    """The shifts of a team: who is due on each, who comes, and the blocks on the floor that are posted for them."""

    def __init__(
        self,
        context: ReplicationContext,
        spec: TeamSpec,
        clocks: list[ShiftClock],
        members: Members,
        absence: Absence,
        holidays: HolidayDuty,
        stand_up: StandUp,
        response: BacklogAnswer,
        hours: TimeSheet,
    ) -> None:
        self.context, self.clocks, self.members = context, clocks, members
        self.absence, self.holidays, self.hours = absence, holidays, hours
        self.stand_up, self.response = stand_up, response
        self.shifts = shifts_of(spec)
        self._rotations = [rotation_of(shift) for shift, _ in self.shifts]
        self._outlines: dict[DayPattern, Outline] = {}
        self._rota: dict[tuple[int, int], tuple[Rows, Rows]] = {}

    def processes(self) -> Iterator[Process]:
        """Yield the process of each shift."""
        for shift in range(len(self.shifts)):
            yield self._days(shift)

    def ends(self, rows: Rows, day: int) -> Array:
        """Return until when agents may be on the shift of a local day, in simulated seconds; -inf for those not due."""
        days = self.members.days
        date = days.date(day)
        ends = np.full(rows.size, -math.inf)
        for number, (shift, _) in enumerate(self.shifts):
            end = days.clock.moment(date, (shift.start or 0.0) + (shift.length or DAY))
            ends[np.isin(rows, self._due(number, date, day))] = to_tick(end + self.stand_up.longest)
        return ends

    def rotate(self, day: int) -> None:
        """Give places in the rotations to those who are in the team on a local day and have none yet."""
        self.members.roster.rotate(self._rotations, max(day, 0))

    def _days(self, shift: int) -> Process:
        """Begin the shift on every local day, starting with the one in progress."""
        date = self.members.days.clock.day(self.context.env.now) - dt.timedelta(days=1)
        while True:
            span = self.clocks[shift].on(date)
            if span.end > self.context.env.now:
                yield self.context.until(span.begin)
                self._begin(shift, date, span)
            date += dt.timedelta(days=1)

    def _begin(self, shift: int, date: dt.date, span: Span) -> None:
        """Post one shift of a day: who is there, how fast, in which blocks."""
        crew = self.holidays.staffed(shift, date)
        if crew == 0 or span.length <= 0:
            return
        day = days_between(self.context.first, date)
        rows = self._due(shift, date, day)
        if crew < 1:
            rows = rows[self.holidays.crew(self.context.streams, self._keys(rows), date, crew)]
        duty_share = crew * self.shifts[shift][1] * share_working(self.shifts[shift][0], date)
        self.hours.schedule(span.begin, span.length, duty_share * span.pattern.on_floor / span.pattern.length)
        rows = self._present(self.members.arrived(rows, span.begin), shift, date, span)
        if not rows.size:
            return
        extra = self.stand_up.overtime(shift, date)
        self.members.grow(rows, day)
        self._post(rows, date, shift, span, extra)
        self.hours.pay(span.begin + span.length, extra, rows.size)

    def _due(self, shift: int, date: dt.date, day: int) -> Rows:
        """Return the rows of the agents who are due on one shift of a day."""
        roster = self.members.roster
        due, terms = roster.due(shift, max(day, 0)), self.shifts[shift][0]
        address = shift, phase(terms, date)
        known = self._rota.get(address)
        if known is None or known[0] is not due:
            self.rotate(day)
            known = self._rota[address] = due, due[works_on(terms, date, roster.table["rotation"][due])]
        return known[1]

    def _present(self, rows: Rows, shift: int, date: dt.date, span: Span) -> Rows:
        """Return who works on a shift, of those due and of helpers; these and those in training are paid."""
        pattern, day = span.pattern, days_between(self.context.first, date)
        here = self.absence.present(self.members.roster.table["key"], rows, date)
        coming = here & self.members.not_in_training(rows, day)
        on_shift = self.response.settle(rows[coming], shift, date)
        paid = np.count_nonzero(here & ~coming) + on_shift.size
        self.hours.pay(span.begin, span.length, paid * pattern.paid / pattern.length)
        expected = np.concatenate([rows, self.response.helpers(shift)])
        self.members.release(expected[~np.isin(expected, on_shift)], day)
        if self.context.watch is not None:
            self.context.watch.absent(self.members.index, rows[~coming], span.begin, span.length)
        return on_shift

    def _post(self, rows: Rows, date: dt.date, shift: int, span: Span, extra: float) -> None:
        on, off = self._outline(span.pattern).blocks(rows, span.begin, self._offline(rows, date, span.pattern))
        off[:, -1] += extra
        in_training = self.members.take_training(rows, on, off)
        if self.context.watch is not None:
            self.context.watch.present(self.members.index, span.pattern, rows, on, off)
        self.holidays.count(shift, on, off)
        numbers = self.members.roster.table["number"][rows]
        self.context.floor.post(numbers, on, off, span.begin if in_training else None)

    def _offline(self, rows: Rows, date: dt.date, pattern: DayPattern) -> Array | None:
        """Return the draws that place the offline blocks of a day, [agent, piece]; None without any."""
        pieces = sum(pattern.pieces)
        if not pieces:
            return None
        return self.context.streams.uniforms_by_piece(self._keys(rows), Purpose.OFFLINE, date.toordinal(), pieces)

    def _outline(self, pattern: DayPattern) -> Outline:
        """Return the outline of a pattern's days for all rows, recomputed when agents have joined."""
        known = self._outlines.get(pattern)
        if known is None or known.fixed.shape[0] != len(self.members.roster):
            known = self._outlines[pattern] = pattern.outline(self.members.roster.table["stagger"])
        return known

    def _keys(self, rows: Rows) -> NDArray[np.uint64]:
        keys: NDArray[np.uint64] = self.members.roster.table["key"][rows]
        return keys
