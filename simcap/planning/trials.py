"""Trials of plans: each is simulated once on the same draws, and remembered."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simcap.errors import RunError, ScenarioError
from simcap.experiment.batch import Batch, Progress, run_batch
from simcap.planning.levers import Amounts, Lever, patch_of
from simcap.planning.requirements import Requirement, Response, parts_of, requirements_of, response_of
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Key = tuple[tuple[Lever, int], ...]

NO_WORSE = 0.001
"""Mean attainment that a lost window may still lose: a tenth of a point."""


def key_of(amounts: Amounts) -> Key:
    """Return a plan without zero changes, as a key."""
    return tuple((lever, amount) for lever, amount in amounts.items() if amount)


class Trials:
    """A scenario on fixed draws under any plan."""

    def __init__(self, file: ScenarioFile, batch: Batch, progress: Progress, expected: int = 0) -> None:
        """Run the scenario as it is. Progress is reported against roughly `expected` replications.

        Raises `RunError` if no item of an SLA falls into a whole window.
        """
        self.file, self.batch, self.progress = file, batch, progress
        self.done = 0
        self.expected = expected
        self.known: dict[Key, Response] = {}
        self._elsewhere: dict[Key, list[tuple[range, Response]]] = {}
        (run,) = run_batch([file], batch, self._tell)
        self.required: list[Requirement] = requirements_of(run, file.scenario.horizon)
        self.parts = parts_of(run)
        self.targets = np.array([one.target for one in self.required])
        self.surplus: dict[float, Array] = {}
        """[confidence][requirement] extra margin that is asked for."""
        self.base = self.known[()] = response_of(run, self.required)
        if np.isnan(self.base.attainment).all():
            raise RunError(
                f"{file.scenario.name}: no item of an SLA falls into a whole window; there is nothing to plan"
            )
        self.done += len(batch.replications)

    def changed(self, amounts: Amounts) -> ScenarioFile:
        """Return the scenario under a plan. Raises `ScenarioError` for an impossible one."""
        patch = patch_of(self.file.scenario, amounts)
        return derived(self.file, patch) if patch else self.file

    def possible(self, amounts: Amounts) -> bool:
        """Say whether a plan makes a valid scenario."""
        try:
            self.changed(amounts)
        except ScenarioError:
            return False
        return True

    def of(self, *plans: Amounts) -> list[Response]:
        """Return the responses to plans; those not tried before are simulated together."""
        new = {key_of(plan): plan for plan in plans if key_of(plan) not in self.known}
        self.known |= self._simulated(new, self.batch)
        return [self.known[key_of(plan)] for plan in plans]

    def again(self, replications: range, *plans: Amounts) -> list[Response]:
        """Return the responses to plans on other draws, simulated; they do not join the search's `known` ones."""
        new = {key_of(plan): plan for plan in plans if self._seen(key_of(plan), replications) is None}
        for key, one in self._simulated(new, self._fresh(replications)).items():
            self._elsewhere.setdefault(key, []).append((replications, one))
        found = (self._seen(key_of(plan), replications) for plan in plans)
        return [one for one in found if one is not None]

    def _fresh(self, replications: range) -> Batch:
        """Return the batch on other draws, which are simulated even if the search goes by sketches."""
        return dataclasses.replace(self.batch, replications=replications, sketched=())

    def _seen(self, key: Key, replications: range) -> Response | None:
        for known, one in self._elsewhere.get(key, []):
            if known.start <= replications.start and replications.stop <= known.stop:
                part = slice(replications.start - known.start, replications.stop - known.start)
                return Response(one.attainment[part], one.cost[part])
        return None

    def _simulated(self, plans: Mapping[Key, Amounts], on: Batch) -> dict[Key, Response]:
        if not plans:
            return {}
        runs = run_batch([self.changed(plan) for plan in plans.values()], on, self._tell)
        self.done += len(plans) * len(on.replications)
        return {key: response_of(run, self.required) for key, run in zip(plans, runs, strict=True)}

    def margin(self, response: Response, confidence: float) -> Array:
        """Return by how much each requirement is met with a confidence; `surplus` is asked for on top."""
        return response.margin(confidence, self.targets) - self.surplus.get(confidence, 0.0)

    def lost(self, confidence: float) -> Flags:
        """Return what the scenario as it is and every plan tried so far have missed."""
        missed: Flags = np.all([one.margin(confidence, self.targets) < 0 for one in self.known.values()], axis=0)
        return missed

    def slack(self, response: Response, confidence: float, lost: Flags) -> Array:
        """Return by how much each requirement is met with a confidence; for lost ones, how far they are no worse."""
        return np.where(lost, response.mean() - self.base.mean() + NO_WORSE, self.margin(response, confidence))

    def missing(self, response: Response, confidence: float, lost: Flags) -> float:
        """Return by how much a plan misses what is asked, summed over all requirements; 0 where it meets all."""
        return -float(np.minimum(self.slack(response, confidence, lost), 0.0).sum())

    def meets(self, response: Response, confidence: float) -> bool:
        """Say whether every requirement is met with a confidence, and what is lost is no worse than in the base."""
        return self.missing(response, confidence, self.lost(confidence)) == 0

    def best(self, confidence: float, lost: Flags) -> Amounts:
        """Return the plan tried that misses least, and of those that miss nothing the cheapest."""
        known = self.known.items()
        ranked = [(self.missing(one, confidence, lost), float(one.cost.mean()), key) for key, one in known]
        return dict(min(ranked, key=lambda one: one[:2])[2])

    def untouched(self) -> Flags:
        """Return what every plan tried has left exactly as it is: too early for anything to help."""
        plans = [one.attainment for key, one in self.known.items() if key]
        if not plans:
            return np.zeros(len(self.required), bool)
        base = self.base.attainment
        same: Flags = np.all([(one == base) | np.isnan(base) for one in plans], axis=(0, 1))
        return same

    def together(self, amounts: Amounts, replications: range) -> Response:
        """Return the response to a plan on the search's draws and on more."""
        here, more = self.of(amounts)[0], self.again(replications, amounts)[0]
        return Response(np.concatenate([here.attainment, more.attainment]), np.concatenate([here.cost, more.cost]))

    def weak(self, amounts: Amounts, confidence: float, replications: range) -> Flags:
        """Say where a plan fails on more draws: met too rarely there, and short by the margin on all draws together."""
        rarely = self.again(replications, amounts)[0].met(self.targets)[0] < confidence
        short = self.together(amounts, replications).margin(confidence, self.targets) < 0
        return rarely & short & ~self.untouched() & ~self.lost(confidence)

    def harden(self, amounts: Amounts, confidence: float, replications: range) -> None:
        """Ask for more where a plan does not hold on more draws.

        The increase is what is missing on all draws together, but at most half of the lead of the best plan tried that
        adds at most twice the cost of this one: more may be out of reach, or out of proportion.
        """
        weak = self.weak(amounts, confidence, replications)
        (here,) = self.of(amounts)
        own = here.margin(confidence, self.targets)
        limit = 2 * here.cost.mean() - self.base.cost.mean()
        near = [here, *(one for one in self.known.values() if one.cost.mean() <= limit)]
        highest = np.max([one.margin(confidence, self.targets) for one in near], axis=0)
        short = -self.together(amounts, replications).margin(confidence, self.targets)
        with np.errstate(invalid="ignore"):
            more = np.minimum(np.maximum(short, NO_WORSE), (highest - own) / 2)
        asked = self.surplus.get(confidence, np.zeros(own.size))
        self.surplus[confidence] = np.where(weak, np.maximum(asked, own + more), asked)

    def _tell(self, done: int, of_all: int) -> None:
        self.progress(self.done + done, max(self.expected, self.done + of_all, 1))
