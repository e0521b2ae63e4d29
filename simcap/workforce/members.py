"""Who is in a team: agents join, learn, are stopped by outages, are moved, and leave.

What they can do, and what they owe to training, is part of who they are; when they are on duty is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.families import family
from simcap.scenario.schema.vendors import Practice, Ramp
from simcap.scenario.schema.vendors import TeamSpec as TeamPlan
from simcap.streams import Keys, Purpose, name_key
from simcap.units import DAY, to_ticks
from simcap.workforce.abilities import Abilities
from simcap.workforce.attrition import TENURED, time_left
from simcap.workforce.calendar import at_ends_of, shifts_of
from simcap.workforce.context import ReplicationContext
from simcap.workforce.curves import spread_factor
from simcap.workforce.duty import begin_later
from simcap.workforce.roster import Roster, days_between
from simcap.workforce.team_days import TeamDays

Rows = NDArray[np.int64]
Array = NDArray[np.float64]


class Members:
    """The agents of the team number `index` on the floor, past and present."""

    def __init__(
        self, setting: ReplicationContext, index: int, name: str, plan: TeamPlan, practice: Practice, days: TeamDays
    ) -> None:
        self.setting, self.index, self.name = setting, index, name
        self.plan, self.practice, self.days = plan, practice, days
        self.roster = Roster([share for _, share in shifts_of(plan)] or [1.0])
        self.abilities = Abilities(practice.ramp, list(setting.scenario.queues.values()))
        self.trainees: list[tuple[int, int, int]] = []
        """First day, day after the last, and seats of each class."""
        self.stated: Array = np.zeros((0, 2))
        """[agent, 2] first day and day of leaving, as the scenario or a file of it says; infinite where it does not."""
        self._outages: list[tuple[float, float, tuple[str | int, ...]]] = []
        self._learning = self._owing = self._converting = False
        self._last_arrival = -math.inf
        self._at_ends = at_ends_of(plan)

    # -- coming and leaving ---------------------------------------------------------------------------------------

    def join_at_start(self) -> None:
        """Bring in the agents that a roster file lists, or as many as the scenario states."""
        if self.plan.roster is not None:
            self._join_from_file(self.plan.roster)
        else:
            agents = self.plan.agents or 0
            self.stated = np.tile([0.0, math.inf], (agents, 1))
            keys = self.keys(self.name, count=agents)
            self.join(keys, self.tenure_of(keys))

    def join(self, keys: Keys, tenure: Array, shifts: Sequence[int | None] | None = None) -> slice:
        """Add agents of given tenure in seconds, on the floor from the present local day on; return their rows."""
        day = self.today
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
        people["number"] = self.setting.floor.hire(self.index, [self._at_ends[shift] for shift in people["shift"]])
        return rows

    def begin_work(self, rows: slice, day: int) -> None:
        """Tell the floor how fast new agents are on a day; outages under way stop their share of them."""
        self._set_speed(np.arange(rows.start, rows.stop), day)
        people = self.roster.table[rows]
        for until, share, address in self._outages:
            if until > self.setting.env.now:
                stopped = self.setting.streams.uniforms(people["key"], Purpose.OUTAGE, *address) < share
                self.setting.floor.suspend(people["number"][stopped], until)

    def cut(self, day: int, agents: int) -> None:
        """Let the newest `agents` leave on a day, counted from `start`."""
        rows = self.roster.on(day)
        newest = rows[np.lexsort((-rows, -self.roster.table["joined"][rows]))]
        self.roster.let_go(newest[:agents], day)

    def keys(self, *address: str | int, count: int) -> Keys:
        """Return the keys of `count` agents that share an address."""
        return np.array([name_key(Purpose.AGENT, *address, seat) for seat in range(count)], np.uint64)

    def tenure_of(self, keys: Keys) -> Array:
        """Return the tenure in seconds of agents that have been with the vendor before."""
        if self.plan.tenure is None:
            return np.full(keys.size, TENURED)
        draws = self.setting.streams.uniforms(keys, Purpose.TENURE)
        return family(self.plan.tenure, self.setting.files).ppf(draws)

    @property
    def today(self) -> int:
        """Return the present local day by its number, the first one also before the horizon."""
        return max(self.days.number(self.setting.env.now), 0)

    def _join_from_file(self, file: str) -> None:
        people = self.setting.files.roster(file)
        first, names = self.setting.first, list(self.plan.shifts or {})
        here = [row for row, left in enumerate(people.left) if left is None or left > first]
        keys = np.array([name_key(Purpose.AGENT, self.name, people.agent[row]) for row in here], np.uint64)
        hired = np.array([days_between(first, people.hired[row]) for row in here], float)
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
                table["leaves"][place] = self.stated[place, 1] = days_between(first, left)

    # -- events ---------------------------------------------------------------------------------------------------

    def halt(self, until: float, share: float, address: tuple[str | int, ...]) -> None:
        """Let an outage stop a share of those who join before it ends; some may be on the roster already."""
        self._outages.append((until, share, address))
        people = self.roster.table
        later = people[people["since"] > self.today]
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

    def convert(self, rows: slice, day: int, done: int, ramp: Ramp | None) -> None:
        """Let those who have come from another team be in training until the day `done`, and then learn this work."""
        here = self.roster.table[rows]
        if done > day:
            here["away_until"], self._converting = done, True
            self.trainees += [(day, int(min(done, leaves)), 1) for leaves in here["leaves"].tolist()]
        if ramp is not None:
            here["relearns"], here["relearns_from"] = self.abilities.add_work(ramp), done

    def await_arrival(self, rows: slice, free: Array) -> None:
        """Note until when those who have come may be on a shift of the team before, in simulated seconds."""
        self.roster.table["free_from"][rows] = free
        self._last_arrival = max(self._last_arrival, float(free.max(initial=-math.inf)))

    # -- at the start of a shift ----------------------------------------------------------------------------------

    def arrived(self, rows: Rows, begin: float) -> Rows:
        """Return those of the rows who are through with the team before, at the start of a shift."""
        if begin < self._last_arrival:
            return rows[self.roster.table["free_from"][rows] <= begin]
        return rows

    def untrained(self, rows: Rows, day: int) -> NDArray[np.bool_]:
        """Return which rows are not away on a day, to learn further queues or other work."""
        if self.abilities.second_skills or self._converting:
            return np.asarray(self.roster.table["away_until"][rows] <= day)
        return np.ones(rows.size, bool)

    def grow(self, rows: Rows, day: int) -> None:
        """Tell the floor how fast agents are by now, if some still learn."""
        if self._learning:
            self._set_speed(rows, max(day, 0))

    def take_training(self, rows: Rows, on: Array, off: Array) -> bool:
        """Take what agents owe to training off the front of their blocks, in place; return whether any owed some."""
        if not self._owing:
            return False
        people = self.roster.table
        debt = people["debt"][rows]
        taken = to_ticks(np.minimum(debt, off[:, -1] - on[:, 0]))
        begin_later(on, off, taken)
        people["debt"][rows] = debt - taken
        self._owing = bool(people["debt"].any())
        return True

    def release(self, absent: Rows, day: int) -> None:
        """Hand back what absent agents, and those that are gone, have kept from an earlier shift."""
        if "keep" not in self._at_ends:
            return
        people = self.roster.table
        gone = np.flatnonzero((people["leaves"] <= day) & ~people["released"])
        people["released"][gone] = True
        rows = np.concatenate([absent, gone])
        keeps = [row for row in rows.tolist() if self._at_ends[people["shift"][row]] == "keep"]
        if keeps:
            self.setting.floor.release(people["number"][np.array(keeps)])

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
