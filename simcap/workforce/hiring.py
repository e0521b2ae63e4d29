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
    """Orders a vendor's classes; the seats of a month that exceed its ramp limit move to the next month."""

    def __init__(self, context: ReplicationContext, name: str, vendor: Vendor) -> None:
        self.context, self.name, self.vendor = context, name, vendor
        limit = vendor.contract.ramp_limit if vendor.contract else None
        self.limit = limit.hires_per_month if limit else None
        self.hired: dict[tuple[int, int], int] = {}

    def begin(self, teams: dict[str, Team]) -> None:
        """Start the vendor's classes and back-fill."""
        classes = self.vendor.hiring.classes
        for name in sorted(classes, key=lambda name: (classes[name].start, name)):
            planned = classes[name]
            for start, seats in self._within_limit(planned.start, planned.size, f"class {name}"):
                moved = () if start == planned.start else (start.isoformat(),)
                address = (Purpose.CLASS, self.name, name, *moved)
                self.context.begin(
                    self._class(
                        teams[planned.team],
                        address,
                        start,
                        seats,
                        planned.training,
                        self.vendor.hiring.share_of(planned),
                    )
                )
        backfill = self.vendor.hiring.backfill
        if backfill is not None:
            for name, team in teams.items():
                if backfill.team in (None, name) and team.spec.duty is None:
                    self.context.begin(self._backfill(team))

    def _within_limit(self, start: dt.date, seats: int, what: str) -> list[tuple[dt.date, int]]:
        """Return the days on which seats can start, with how many."""
        parts: list[tuple[dt.date, int]] = []
        day = start
        end = max(start, self.context.first) + dt.timedelta(days=self.context.scenario.horizon.day_count)
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
            self.context.notes.append(
                f"{self.name}: {what} exceeds the ramp limit of {self.limit} hires a month; it starts with {dates}"
            )
        return parts

    def _class(
        self, team: Team, address: tuple[str, ...], start: dt.date, seats: int, training: float, graduates: float
    ) -> Process:
        """Train a class; its graduates join the team, the others leave on the last day of training."""
        keys = team.members.keys(*address, count=seats)
        graduate = self.context.streams.uniforms(keys, Purpose.GRADUATES) < graduates
        first = days_between(self.context.first, start)
        last = first + round(training / DAY)
        team.members.trainees.append((first, last, seats))
        yield self.context.until(max(team.days.midnight(last), 0.0))
        team.members.join(keys[graduate], np.zeros(int(graduate.sum())))

    def _backfill(self, team: Team) -> Process:
        """Count leavers at the local midnight of each review, and order a class whenever enough seats are vacant."""
        backfill = self.vendor.hiring.backfill
        assert backfill is not None
        vacant = 0
        counted = 0
        for number in itertools.count(1):
            day = max(round(number * backfill.review / DAY), 1)
            yield self.context.until(team.days.midnight(day))
            table = team.members.roster.table
            gone = int(np.count_nonzero((table["leaves"] <= day) & ~table["cut"]))
            vacant += gone - counted
            counted = gone
            while vacant >= backfill.class_size:
                vacant -= backfill.class_size
                date = self.context.first + dt.timedelta(days=day + round(backfill.lead_time / DAY))
                ordered = f"{team.name} {self.context.first + dt.timedelta(days=day)}"
                for start, seats in self._within_limit(date, backfill.class_size, f"back-fill of {ordered}"):
                    address = (Purpose.BACKFILL, ordered, start.isoformat(), str(vacant))
                    self.context.begin(
                        self._class(
                            team, address, start, seats, backfill.training, self.vendor.hiring.share_of(backfill)
                        )
                    )
