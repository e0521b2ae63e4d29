"""Plans that are tried: each is simulated once on the same draws, and remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simcap.errors import ScenarioError
from simcap.experiment.batch import Plan, Progress, run_batch
from simcap.planning.levers import Amounts, Lever, patch_of
from simcap.planning.requirements import Requirement, Response, requirements_of, response_of
from simcap.scenario.derived import derived
from simcap.scenario.loading import ScenarioFile

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Key = tuple[tuple[Lever, int], ...]

NO_WORSE = 0.001
"""Mean attainment that a window which is lost anyway may lose: a tenth of a point."""


def key_of(amounts: Amounts) -> Key:
    """Return a plan without what it leaves as it is, to be remembered by."""
    return tuple((lever, amount) for lever, amount in amounts.items() if amount)


class Trials:
    """A scenario on fixed draws under any plan."""

    def __init__(self, file: ScenarioFile, plan: Plan, progress: Progress) -> None:
        self.file, self.plan, self.progress = file, plan, progress
        self.done = 0
        self.known: dict[Key, Response] = {}
        self._elsewhere: dict[range, dict[Key, Response]] = {}
        (run,) = run_batch([file], plan, self._tell)
        self.required: list[Requirement] = requirements_of(run, file.scenario.horizon)
        self.targets = np.array([one.target for one in self.required])
        self.surplus: Array = np.zeros(len(self.required))
        self.base = self.known[()] = response_of(run, self.required)
        self.done += len(plan.replications)

    def changed(self, amounts: Amounts) -> ScenarioFile:
        """Return the scenario under a plan. Raises `ScenarioError` for one that cannot be."""
        patch = patch_of(self.file.scenario, amounts)
        return derived(self.file, patch) if patch else self.file

    def possible(self, amounts: Amounts) -> bool:
        """Say whether a plan makes a scenario."""
        try:
            self.changed(amounts)
        except ScenarioError:
            return False
        return True

    def of(self, *plans: Amounts) -> list[Response]:
        """Return what plans give; those not tried before are simulated at once."""
        new = {key_of(plan): plan for plan in plans if key_of(plan) not in self.known}
        self.known |= self._simulated(new, self.plan)
        return [self.known[key_of(plan)] for plan in plans]

    def again(self, replications: range, *plans: Amounts) -> list[Response]:
        """Return what plans give on other draws; they are not among those that the search has `known`."""
        known = self._elsewhere.setdefault(replications, {})
        new = {key_of(plan): plan for plan in plans if key_of(plan) not in known}
        known |= self._simulated(new, dataclasses.replace(self.plan, replications=replications))
        return [known[key_of(plan)] for plan in plans]

    def _simulated(self, plans: Mapping[Key, Amounts], on: Plan) -> dict[Key, Response]:
        if not plans:
            return {}
        runs = run_batch([self.changed(plan) for plan in plans.values()], on, self._tell)
        self.done += len(plans) * len(on.replications)
        return {key: response_of(run, self.required) for key, run in zip(plans, runs, strict=True)}

    def margin(self, response: Response, confidence: float) -> Array:
        """Return by how much each requirement is met with a confidence; `surplus` is asked for beside."""
        return response.margin(confidence, self.targets) - self.surplus

    def lost(self, confidence: float) -> Flags:
        """Return what the scenario as it is and every plan tried so far has missed."""
        missed: Flags = np.all([one.margin(confidence, self.targets) < 0 for one in self.known.values()], axis=0)
        return missed

    def short(self, response: Response, confidence: float) -> Flags:
        """Return which requirements a plan misses, but for what is lost."""
        missed: Flags = self.margin(response, confidence) < 0
        return missed & ~self.lost(confidence)

    def meets(self, response: Response, confidence: float) -> bool:
        """Say whether every requirement is met with a confidence, and what is lost is no worse than in the base."""
        worse = (response.mean() < self.base.mean() - NO_WORSE) & self.lost(confidence)
        return not (self.short(response, confidence) | worse).any()

    def harden(self, amounts: Amounts, confidence: float, replications: range) -> bool:
        """Say whether a plan holds on more draws; if not, ask for more where they show less than the search's did."""
        ((more,), here) = self.again(replications, amounts), self.known[key_of(amounts)]
        weak = (more.met(self.targets)[0] < confidence) & ~self.lost(confidence)
        pooled = Response(np.concatenate([here.attainment, more.attainment]), np.concatenate([here.cost, more.cost]))
        flattered = here.margin(confidence, self.targets) - pooled.margin(confidence, self.targets)
        self.surplus = self.surplus + np.where(weak, np.maximum(flattered, NO_WORSE), 0.0)
        return not weak.any()

    def _tell(self, done: int, _all: int) -> None:
        self.progress(self.done + done, max(self.done + _all, 1))
