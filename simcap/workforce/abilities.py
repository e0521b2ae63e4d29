"""How fast and how accurate each agent of a team is on which queues, as learning progresses."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.queues import Queue
from simcap.scenario.schema.vendors import Ramp
from simcap.units import DAY
from simcap.workforce.curves import error_rate, is_over, newness, speed_at

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Ability:
    """What some agents can do on a day."""

    speed: Array
    """[agent] general speed."""
    by_queue: Array
    """[agent, queue] speed."""
    errors: Array
    """[agent, queue] share of wrong decisions."""
    settled: NDArray[np.bool_]
    """[agent] whether the ramps that apply to all of their work are over."""


class Abilities:
    """What the agents of a team can do, as they learn: by their ramp, in second skills, in work that is new to them."""

    def __init__(self, ramp: Ramp | None, queues: Sequence[Queue]) -> None:
        self.ramp, self.queues = ramp, queues
        self.second_skills: list[tuple[list[int], Ramp | None]] = []
        self.relearning: list[Ramp] = []
        self._faulty = [number for number, queue in enumerate(queues) if queue.errors is not None]

    def add_skill(self, queues: list[int], ramp: Ramp | None) -> int:
        """Add a second skill, of further queues and the ramp on them; return its number."""
        self.second_skills.append((queues, ramp))
        return len(self.second_skills) - 1

    def add_work(self, ramp: Ramp) -> int:
        """Add a ramp by which some learn this team's work, on top of their own ramp; return its number."""
        self.relearning.append(ramp)
        return len(self.relearning) - 1

    def on(self, people: Any, day: int) -> Ability:
        """Return what people (records of a roster) can do on a day."""
        tenure = (day - people["joined"]) * DAY
        ramped = speed_at(self.ramp, tenure)
        settled = is_over(self.ramp, tenure)
        speed = ramped * people["talent"]
        for number, relearned in enumerate(self.relearning):
            learners = np.flatnonzero(people["relearns"] == number)
            since = np.maximum(day - people["relearns_from"][learners], 0) * DAY
            speed[learners] *= speed_at(relearned, since)
            settled[learners] &= is_over(relearned, since)
        return Ability(speed, self._by_queue(people, day, speed), self._errors(ramped), settled)

    def _by_queue(self, people: Any, day: int, speed: Array) -> Array:
        by_queue = np.repeat(speed[:, None], len(self.queues), axis=1)
        for second, (queues, ramp) in enumerate(self.second_skills):
            learners = np.flatnonzero(people["second"] == second)
            since = np.maximum(day - people["second_from"][learners], 0) * DAY
            by_queue[np.ix_(learners, np.array(queues))] *= speed_at(ramp, since)[:, None]
        return by_queue

    def _errors(self, ramped: Array) -> Array:
        errors = np.zeros((ramped.size, len(self.queues)))
        if self._faulty:
            new = newness(self.ramp, ramped)
            for queue in self._faulty:
                errors[:, queue] = error_rate(self.queues[queue].errors, new)
        return errors
