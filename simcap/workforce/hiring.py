"""How teams grow: planned classes, and classes that replace leavers."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np

from simcap.scenario.schema.vendors import Vendor
from simcap.streams import Purpose
from simcap.units import DAY
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.roster import days_between
from simcap.workforce.team import Team


class HiringDesk:
    """Where a vendor's classes are ordered: its ramp limit moves seats that exceed a month to the next."""

    def __init__(self, setting: ReplicationContext, name: str, vendor: Vendor) -> None:
        self.setting, self.name, self.vendor = setting, name, vendor
        limit = vendor.contract.ramp_limit if vendor.contract else None
        self.limit = limit.hires_per_month if limit else None
        self.hired: dict[tuple[int, int], int] = {}

    def begin(self, teams: dict[str, Team]) -> None:
        """Start all classes and back-fill of the vendor."""
        classes = self.vendor.hiring.classes
        for name in sorted(classes, key=lambda name: (classes[name].start, name)):
            plan = classes[name]
            for start, seats in self._within_limit(plan.start, plan.size, f"class {name}"):
                moved = () if start == plan.start else (start.isoformat(),)
                address = (Purpose.CLASS, self.name, name, *moved)
                self.setting.begin(
                    self._class(
                        teams[plan.team], address, start, seats, plan.training, self.vendor.hiring.share_of(plan)
                    )
                )
        backfill = self.vendor.hiring.backfill
        if backfill is not None:
            for name, team in teams.items():
                if backfill.team in (None, name) and team.plan.duty is None:
                    self.setting.begin(self._backfill(team))

    def _within_limit(self, start: dt.date, seats: int, what: str) -> list[tuple[dt.date, int]]:
        """Return when how many seats can start."""
        parts: list[tuple[dt.date, int]] = []
        day = start
        end = max(start, self.setting.first) + dt.timedelta(days=self.setting.scenario.horizon.day_count)
        while seats > 0 and day <= end:
            month = (day.year, day.month)
            free = seats if self.limit is None else min(seats, self.limit - self.hired.get(month, 0))
            if free > 0:
                parts.append((day, free))
                self.hired[month] = self.hired.get(month, 0) + free
                seats -= free
            day = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        if len(parts) != 1 or parts[0][0] != start:
            dates = ", ".join(f"{count} on {day.isoformat()}" for day, count in parts)
            dates += f", and {seats:,} after the horizon" if seats > 0 else ""
            self.setting.notes.append(
                f"{self.name}: {what} exceeds the ramp limit of {self.limit} hires a month; it starts with {dates}"
            )
        return parts

    def _class(
        self, team: Team, address: tuple[str, ...], start: dt.date, seats: int, training: float, graduates: float
    ) -> Process:
        """Train a class; its graduates join the team, the others leave on the last day."""
        keys = team.members.keys(*address, count=seats)
        graduate = self.setting.streams.uniforms(keys, Purpose.GRADUATES) < graduates
        first = days_between(self.setting.first, start)
        last = first + round(training / DAY)
        team.members.trainees.append((first, last, seats))
        yield self.setting.until(max(team.days.midnight(last), 0.0))
        team.members.join(keys[graduate], np.zeros(int(graduate.sum())))

    def _backfill(self, team: Team) -> Process:
        """Count the leavers at the local midnight of each review; order a class whenever enough seats are vacant."""
        plan = self.vendor.hiring.backfill
        assert plan is not None
        vacant = 0
        counted = 0
        for number in itertools.count(1):
            day = max(round(number * plan.review / DAY), 1)
            yield self.setting.until(team.days.midnight(day))
            table = team.members.roster.table
            gone = int(np.count_nonzero((table["leaves"] <= day) & ~table["cut"]))
            vacant += gone - counted
            counted = gone
            while vacant >= plan.class_size:
                vacant -= plan.class_size
                date = self.setting.first + dt.timedelta(days=day + round(plan.lead_time / DAY))
                ordered = f"{team.name} {self.setting.first + dt.timedelta(days=day)}"
                for start, seats in self._within_limit(date, plan.class_size, f"back-fill of {ordered}"):
                    address = (Purpose.BACKFILL, ordered, start.isoformat(), str(vacant))
                    self.setting.begin(
                        self._class(team, address, start, seats, plan.training, self.vendor.hiring.share_of(plan))
                    )
