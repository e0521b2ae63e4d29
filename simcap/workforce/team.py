"""One team: who is in it, when they work, and how long, each in a file of its own."""

from __future__ import annotations

from simcap.scenario.schema.vendors import Vendor
from simcap.workforce.absence import Absence
from simcap.workforce.calendar import shifts_of
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.file_duty import FileDuty
from simcap.workforce.holiday_duty import HolidayDuty
from simcap.workforce.members import Members
from simcap.workforce.pay import StandUp, TimeSheet
from simcap.workforce.shifts import ShiftDuty
from simcap.workforce.spans import ShiftClock
from simcap.workforce.team_days import TeamDays


class Team:
    """One team of a vendor, number `index` on the floor."""

    def __init__(self, setting: ReplicationContext, index: int, vendor: Vendor, vendor_name: str, name: str) -> None:
        self.setting, self.index, self.name, self.vendor_name = setting, index, name, vendor_name
        self.plan = vendor.teams[name]
        practice, shifts = vendor.practice(name), [shift for shift, _ in shifts_of(self.plan)]
        offline = practice.shrinkage.offline if practice.shrinkage else 0.0
        overtime = vendor.overtime if vendor.overtime and vendor.overtime.team in (None, name) else None
        self.days = TeamDays(setting.clock.elsewhere(self.plan.timezone), setting.first)
        self.hours = TimeSheet(setting.edges)
        self.members = Members(setting, index, name, self.plan, practice, self.days)
        self.holidays = HolidayDuty(self.plan.holidays, shifts, self.days.clock, self.hours.edges)
        clocks = [ShiftClock(shift, offline, self.days.clock) for shift in shifts]
        absence = Absence(setting, practice.shrinkage, vendor_name, name)
        stand_up = StandUp(setting, index, overtime, clocks)
        self.shifts = ShiftDuty(setting, self.plan, clocks, self.members, absence, self.holidays, stand_up, self.hours)

    def open(self) -> None:
        """Bring the agents of the start into the team and begin its days."""
        if self.plan.duty is not None:
            file_duty = FileDuty(self.setting, self.plan, self.members, self.holidays, self.hours)
            self.setting.begin(file_duty.process(self.plan.duty))
        else:
            self.members.join_at_start()
        for process in self.shifts.processes():
            self.setting.begin(process)
        if any(queue.max_per_day is not None for queue in self.setting.scenario.queues.values()):
            self.setting.begin(self._midnights())

    def _midnights(self) -> Process:
        """Begin each local day's count of exposure."""
        day = self.days.number(self.setting.env.now)
        while True:
            day += 1
            yield self.setting.until(self.days.midnight(day))
            self.setting.floor.begin_day(self.members.roster.table["number"].copy())
