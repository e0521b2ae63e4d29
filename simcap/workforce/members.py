"""Who is in a team: agents join, learn, are stopped by outages, are moved, and leave.

This includes what they can do and the training that they still have to take, but not when they are on duty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.families import family
from simcap.scenario.schema.vendors import Practice, Ramp, TeamSpec
from simcap.streams import Keys, Purpose, name_key
from simcap.units import DAY, to_ticks
from simcap.workforce.abilities import Abilities
from simcap.workforce.attrition import TENURED, time_left
from simcap.workforce.calendar import at_ends_of, shifts_of
from simcap.workforce.context import ReplicationContext
from simcap.workforce.curves import spread_factor
from simcap.workforce.duty import start_later
from simcap.workforce.roster import Roster, days_between
from simcap.workforce.team_days import TeamDays

Rows = NDArray[np.int64]
Array = NDArray[np.float64]


class Members:
    """The agents, past and present, of the team with number `index` on the floor."""

    def __init__(
        self, context: ReplicationContext, index: int, name: str, spec: TeamSpec, practice: Practice, days: TeamDays
    ) -> None:
        self.context, self.index, self.name = context, index, name
        self.spec, self.practice, self.days = spec, practice, days
        self.roster = Roster([share for _, share in shifts_of(spec)] or [1.0])
        self.abilities = Abilities(practice.ramp, list(context.scenario.queues.values()))
        self.trainees: list[tuple[int, int, int]] = []
        """First day, day after the last, and seats of each class."""
        self.owed: list[tuple[int, Rows, float | Array]] = []
        """Training that was ordered: day, rows of the roster, seconds."""
        self.away: list[tuple[int, int, Rows]] = []
        """Who learns away from the floor: first day, day after the last, rows of the roster."""
        self.stated: Array = np.zeros((0, 2))
        """[agent, 2] first day and day of leaving, as stated in the scenario or its files; infinite if not stated."""
        self._outages: list[tuple[float, float, tuple[str | int, ...]]] = []
        self._learning = self._owing = self._converting = False
        self._last_arrival = -math.inf
        self._at_ends = at_ends_of(spec)

    # -- coming and leaving ---------------------------------------------------------------------------------------

    def join_at_start(self) -> None:
        """Bring in the agents whom a roster file lists, or as many as the scenario states."""
        if self.spec.roster is not None:
            self._join_from_file(self.spec.roster)
        else:
            agents = self.spec.agents or 0
            self.stated = np.tile([0.0, math.inf], (agents, 1))
            keys = self.keys(self.name, count=agents)
            self.join(keys, self.tenure_of(keys))

    def join(self, keys: Keys, tenure: Array, shifts: Sequence[int | None] | None = None) -> slice:
        """Add agents with tenures in seconds, who work from the present local day on; return their rows."""
        day = self.today
        rows = self.seat(keys, day, tenure / DAY, shifts or [None] * keys.size)
        people = self.roster.table[rows]
        practice, streams = self.practice, self.context.streams
        if practice.spread:
            people["talent"] = spread_factor(practice.spread, streams.uniforms(keys, Purpose.TALENT))
        if practice.attrition is not None:
            left = time_left(practice.attrition, tenure, streams.uniforms(keys, Purpose.LEAVES))
            people["leaves"] = day + np.floor(left / DAY) + 1
        self.begin_work(rows, day)
        return rows

    def seat(self, keys: Keys, day: float, tenure: Array, shifts: Sequence[int | None]) -> slice:
        """Give each agent a row from a day on, with tenure in days, and a number on the floor; return the rows."""
        rows = self.roster.add(keys, day, tenure, shifts)
        people = self.roster.table[rows]
        people["number"] = self.context.floor.hire(self.index, [self._at_ends[shift] for shift in people["shift"]])
        return rows

    def seat_helpers(self, keys: Keys, shift: int) -> slice:
        """Give a row to each of some who come to a shift when called, at full speed, without being of the team."""
        rows = self.seat(keys, math.inf, np.zeros(keys.size), [shift] * keys.size)
        people = self.roster.table[rows]
        people["joined"] = -TENURED / DAY
        if self.practice.spread:
            people["talent"] = spread_factor(self.practice.spread, self.context.streams.uniforms(keys, Purpose.TALENT))
        self.begin_work(rows, self.today)
        return rows

    def begin_work(self, rows: slice, day: int) -> None:
        """Set the speed of new agents on a day; current outages stop their share of them."""
        self._set_speed(np.arange(rows.start, rows.stop), day)
        people = self.roster.table[rows]
        for until, share, address in self._outages:
            if until > self.context.env.now:
                stopped = self.context.streams.uniforms(people["key"], Purpose.OUTAGE, *address) < share
                self.context.floor.suspend(people["number"][stopped], until)

    def cut(self, day: int, agents: int) -> None:
        """Let the newest `agents` leave on a day, counted from the start of the horizon."""
        rows = self.roster.on(day)
        newest = rows[np.lexsort((-rows, -self.roster.table["joined"][rows]))]
        self.roster.let_go(newest[:agents], day)

    def keys(self, *address: str | int, count: int) -> Keys:
        """Return the keys of `count` agents who share an address."""
        return np.array([name_key(Purpose.AGENT, *address, seat) for seat in range(count)], np.uint64)

    def tenure_of(self, keys: Keys) -> Array:
        """Return the tenure in seconds of agents who have worked for the vendor before."""
        if self.spec.tenure is None:
            return np.full(keys.size, TENURED)
        draws = self.context.streams.uniforms(keys, Purpose.TENURE)
        return family(self.spec.tenure, self.context.files).ppf(draws)

    @property
    def today(self) -> int:
        """Return the number of the present local day; before the horizon, that of its first day."""
        return max(self.days.number(self.context.env.now), 0)

    def _join_from_file(self, file: str) -> None:
        people = self.context.files.roster(file)
        first, names = self.context.first, list(self.spec.shifts or {})
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

    def stop_joiners(self, until: float, share: float, address: tuple[str | int, ...]) -> None:
        """Let an outage stop a share of those who join before it ends; some of them may already be on the roster."""
        self._outages.append((until, share, address))
        people = self.roster.table
        later = people[people["since"] > self.today]
        if later.size:
            stopped = self.context.streams.uniforms(later["key"], Purpose.OUTAGE, *address) < share
            self.context.floor.suspend(later["number"][stopped], until)

    def owe(self, rows: Rows, seconds: float | Array) -> None:
        """Let agents take this much training at the start of their next shifts."""
        self.roster.table["debt"][rows] += seconds
        self.owed.append((self.today, rows, seconds))
        self._owing = True

    def learn(self, rows: Rows, queues: list[int], ramp: Ramp | None, done: int) -> None:
        """Let agents learn further queues, away from the floor until the day `done`."""
        people = self.roster.table
        people["away_until"][rows] = np.maximum(people["away_until"][rows], done)
        people["second_from"][rows] = done
        self.away.append((self.today, done, rows))
        people["second"][rows] = self.abilities.add_skill(queues, ramp)
        self._learning = True

    def convert(self, rows: slice, day: int, done: int, ramp: Ramp | None) -> None:
        """Train newcomers from another team until the day `done`; from then on they ramp on this team's work."""
        here = self.roster.table[rows]
        if done > day:
            here["away_until"], self._converting = done, True
            self.away.append((day, done, np.arange(rows.start, rows.stop)))
            self.trainees += [(day, int(min(done, leaves)), 1) for leaves in here["leaves"].tolist()]
        if ramp is not None:
            here["relearns"], here["relearns_from"] = self.abilities.add_work(ramp), done

    def await_arrival(self, rows: slice, free: Array) -> None:
        """Note until when newcomers may still be on a shift of their old team, in simulated seconds."""
        self.roster.table["free_from"][rows] = free
        self._last_arrival = max(self._last_arrival, float(free.max(initial=-math.inf)))

    # -- at the start of a shift ----------------------------------------------------------------------------------

    def arrived(self, rows: Rows, begin: float) -> Rows:
        """Return those of the rows whose last shift in their old team is over at the start of a shift."""
        if begin < self._last_arrival:
            return rows[self.roster.table["free_from"][rows] <= begin]
        return rows

    def not_in_training(self, rows: Rows, day: int) -> NDArray[np.bool_]:
        """Return which rows are not away on a day, learning further queues or other work."""
        if self.abilities.second_skills or self._converting:
            return np.asarray(self.roster.table["away_until"][rows] <= day)
        return np.ones(rows.size, bool)

    def grow(self, rows: Rows, day: int) -> None:
        """Update the speed of agents, if some are still learning."""
        if self._learning:
            self._set_speed(rows, max(day, 0))

    def take_training(self, rows: Rows, on: Array, off: Array) -> bool:
        """Cut the training that agents owe off the front of their blocks, in place; return whether anyone owed some."""
        if not self._owing:
            return False
        people = self.roster.table
        debt = people["debt"][rows]
        served = to_ticks(np.minimum(debt, off[:, -1] - on[:, 0]))
        start_later(on, off, served)
        people["debt"][rows] = debt - served
        self._owing = bool(people["debt"].any())
        return True

    def release(self, absent: Rows, day: int) -> None:
        """Hand back what absent agents, and those who have left, have kept from an earlier shift."""
        if "keep" not in self._at_ends:
            return
        people = self.roster.table
        gone = np.flatnonzero((people["leaves"] <= day) & ~people["released"])
        people["released"][gone] = True
        rows = np.concatenate([absent, gone])
        keeps = [row for row in rows.tolist() if self._at_ends[people["shift"][row]] == "keep"]
        if keeps:
            self.context.floor.release(people["number"][np.array(keeps)])

    def _set_speed(self, rows: Rows, day: int) -> None:
        """Set agents' speed on a day, except for those whose final speed the floor already knows."""
        rows = rows[~self.roster.table["settled"][rows] | (self.roster.table["second"][rows] >= 0)]
        if not rows.size:
            return
        people = self.roster.table[rows]
        ability = self.abilities.on(people, day)
        self.roster.table["settled"][rows] = ability.settled
        self._learning = bool(self.abilities.second_skills) or not self.roster.table["settled"].all()
        self.context.floor.set_speed(people["number"], ability.speed, ability.by_queue, ability.errors)
