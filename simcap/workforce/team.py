"""One team: who is in it, when and for how long they work, each in a file of its own."""

from __future__ import annotations

from simcap.scenario.relations import responses
from simcap.scenario.schema.vendors import Vendor
from simcap.workforce.absence import Absence
from simcap.workforce.calendar import shifts_of
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.file_duty import FileDuty
from simcap.workforce.holiday_duty import HolidayDuty
from simcap.workforce.members import Members
from simcap.workforce.pay import StandUp, TimeSheet
from simcap.workforce.responding import BacklogAnswer
from simcap.workforce.shifts import ShiftDuty
from simcap.workforce.spans import ShiftClock
from simcap.workforce.team_days import TeamDays


class Team:
    """A team of a vendor, with number `index` on the floor."""

    def __init__(self, context: ReplicationContext, index: int, vendor: Vendor, vendor_name: str, name: str) -> None:
        self.context, self.index, self.name, self.vendor_name = context, index, name, vendor_name
        self.spec = vendor.teams[name]
        self.practice, shifts = vendor.practice(name), [shift for shift, _ in shifts_of(self.spec)]
        offline = self.practice.shrinkage.offline if self.practice.shrinkage else 0.0
        self.overtime = vendor.overtime if vendor.overtime and vendor.overtime.team in (None, name) else None
        self.days = TeamDays(context.clock.elsewhere(self.spec.timezone), context.first)
        self.hours = TimeSheet(context.edges)
        self.members = Members(context, index, name, self.spec, self.practice, self.days)
        self.holidays = HolidayDuty(self.spec.holidays, shifts, self.days.clock, self.hours.edges)
        clocks = [ShiftClock(shift, offline, self.days.clock) for shift in shifts]
        self.absence = Absence(context, self.practice.shrinkage, vendor_name, name)
        stand_up = StandUp(context, index, self.overtime, clocks)
        self.responses = responses(context.scenario, name)
        response = BacklogAnswer(context, self.responses, self.members)
        self.shifts = ShiftDuty(
            context, self.spec, clocks, self.members, self.absence, self.holidays, stand_up, response, self.hours
        )

    def open(self) -> None:
        """Bring the initial agents into the team and begin its days."""
        if self.spec.duty is not None:
            file_duty = FileDuty(self.context, self.spec, self.members, self.holidays, self.hours)
            self.context.begin(file_duty.process(self.spec.duty))
        else:
            self.members.join_at_start()
        for process in self.shifts.processes():
            self.context.begin(process)
        if any(queue.max_per_day is not None for queue in self.context.scenario.queues.values()):
            self.context.begin(self._midnights())

    def _midnights(self) -> Process:
        """Reset exposure at each local midnight."""
        day = self.days.number(self.context.env.now)
        while True:
            day += 1
            yield self.context.until(self.days.midnight(day))
            self.context.floor.begin_day(self.members.roster.table["number"].copy())
