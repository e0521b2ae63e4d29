"""When a team with a duty file works: as the file says, and at no other time."""

from __future__ import annotations

import math

import numpy as np

from simcap.scenario.schema.vendors import TeamSpec
from simcap.workforce.attrition import TENURED
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.exact import ExactDuty
from simcap.workforce.holiday_duty import HolidayDuty
from simcap.workforce.members import Members
from simcap.workforce.pay import TimeSheet


class FileDuty:
    """The duty in a file; the agents in the file are the team."""

    def __init__(
        self, context: ReplicationContext, spec: TeamSpec, members: Members, holidays: HolidayDuty, hours: TimeSheet
    ) -> None:
        self.context, self.spec, self.members, self.holidays, self.hours = context, spec, members, holidays, hours

    def process(self, file: str) -> Process:
        """Post what the file says, a local day at a time; its agents on average define a full-time agent."""
        floor, days = self.context.floor, self.members.days
        pause = self.spec.breaks or 0.0
        duty = ExactDuty(self.context.files.duty(file, self.spec.timezone), self.members.name, days.clock, pause)
        self.join(duty)
        numbers = self.members.roster.table["number"]
        on, off = duty.on, duty.off
        ready = off > self.context.env.now
        for day in sorted({days.number(moment) for moment in on[ready].tolist()}):
            begin, end = days.midnight(day), days.midnight(day + 1)
            yield self.context.until(begin)
            today = np.flatnonzero(ready & (on < end) & ((on >= begin) | (begin < self.context.env.now)))
            ready[today] = False
            if self.spec.at_end == "keep":
                floor.release(np.delete(numbers, np.unique(duty.agent[today])))
            self.holidays.count(0, on[today], off[today])
            floor.post_exactly(numbers[duty.agent[today]], on[today], off[today], pause)
            for since, until, paid in np.stack([on, off, duty.paid_until], axis=1)[today].tolist():
                self.hours.schedule(since, until - since, 1 / max(duty.agents.size, 1))
                self.hours.pay(since, paid - since, 1.0)

    def join(self, duty: ExactDuty) -> None:
        """Bring the agents of the file into the team; note what is missing in it for this run."""
        note = duty.gap_note(self.context.env.now, self.hours.edges[-1], self.members.days.clock)
        if note is not None:
            self.context.notes.append(f"{self.members.name}: the duty file {note}")
        self.members.join(duty.agents, np.full(duty.agents.size, TENURED))
        self.members.stated = np.tile([0.0, math.inf], (duty.agents.size, 1))
        self.members.roster.table["leaves"] = np.inf
