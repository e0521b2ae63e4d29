"""Trials whose answers are a formula: searches and models can be held against what is best by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from simcap.experiment.batch import Batch
from simcap.planning.levers import Amounts
from simcap.planning.requirements import Requirement, Response
from simcap.planning.trials import Key, Trials
from tests.helpers import Array
from tests.planning.desks import ALWAYS, file

Attainment = Callable[[Amounts, Array], Array]
"""Of a plan and numbers of replications: [replication, requirement]."""
BESIDE = "vendors:\n  w: {teams: {u: {timezone: UTC, agents: 4, skills: [calls], shift: {always: true}}}}\n"
DESK = ALWAYS.replace("weeks: 2", "weeks: 4").replace("vendors:\n", BESIDE).replace("AGENTS", "10")
"""Teams `t` of ten agents and `u` of four."""


class Analytic(Trials):
    """A scenario whose attainment and cost are formulas of the plan; every window's target is 80%."""

    def __init__(
        self,
        folder: Path,
        attainment: Attainment,
        cost: Callable[[Amounts], float],
        replications: int = 8,
        windows: int = 1,
        text: str = DESK,
    ) -> None:
        self.file = file(folder, text)
        self.batch = Batch(5, range(replications))
        self.done, self.expected = 0, 0
        self.progress = lambda _done, _all: None
        self.required = [
            Requirement("calls", "", "20 s", 0.8, "week", f"{n}", (0, n), (7 * n, 7 * n + 7)) for n in range(windows)
        ]
        self.targets = np.full(windows, 0.8)
        self.parts = pd.DataFrame()
        self.surplus = {}
        self.known = {}
        self._elsewhere = {}
        self._attainment, self._cost = attainment, cost
        self.tried: list[tuple[dict[str, int], range]] = []
        """What was asked, by team, and of which replications."""
        self.base = self.of({})[0]

    def _simulated(self, plans: Mapping[Key, Amounts], on: Batch) -> dict[Key, Response]:
        found = {}
        for key, plan in plans.items():
            self.tried.append(({lever.team: amount for lever, amount in plan.items()}, on.replications))
            cost = np.full(len(on.replications), self._cost(plan))
            found[key] = Response(self._attainment(plan, np.array(on.replications)), cost)
        return found
