"""What the base and each moved driver come to, as simulated or as sketches make it more precise."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.assisted import assisted_values
from simcap.analysis.pairs import paired, paired_chances
from simcap.analysis.summary import wilson
from simcap.planning.outcomes import Outcome

Array = NDArray[np.float64]

SURE: Final = 0.95


class Ranged(NamedTuple):
    """A mean with its 95% interval; NaN where nothing is known."""

    mean: float
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Case:
    """Outcomes by replication."""

    simulated: Mapping[Outcome, Array]
    sketched: Mapping[Outcome, Array] | None = None
    """Of more replications, those that are simulated first among them."""

    def mean(self, outcome: Outcome) -> float:
        """Return the mean over replications in which anything was due; NaN where nothing ever was."""
        found = self._assisted(outcome)
        return found.mean if found else mean_of(self.simulated[outcome])

    def chance(self, outcome: Outcome) -> Ranged:
        """Return the chance of an outcome that is 0 or 1 in each replication."""
        found = self._assisted(outcome)
        if found:
            return Ranged(*(float(np.clip(value, 0.0, 1.0)) for value in found))
        counted = self.simulated[outcome]
        if self.sketched and _all_alike(counted, self.sketched[outcome]):
            counted = self.sketched[outcome]
        chance, count = mean_of(counted), (~np.isnan(counted)).sum(keepdims=True).astype(np.float64)
        low, high = wilson(np.round(chance * count), count)
        return Ranged(chance, float(low[0]), float(high[0]))

    def less(self, base: Case, outcome: Outcome) -> Ranged:
        """Return how much more it is than in a base on the same draws."""
        one, other = base.simulated[outcome], self.simulated[outcome]
        if base.sketched is None or self.sketched is None:
            return counted_difference(outcome[3], one, other)
        many = (base.sketched[outcome], self.sketched[outcome])
        found = assisted(many[1] - many[0], other - one)
        if found and outcome[3] != "net_cost":
            return Ranged(*(float(np.clip(value, -1.0, 1.0)) for value in found))
        if outcome[3] == "any_miss" and _all_alike(other - one, many[1] - many[0]):
            one, other = many
        return found or counted_difference(outcome[3], one, other)

    def _assisted(self, outcome: Outcome) -> Ranged | None:
        return assisted(self.sketched[outcome], self.simulated[outcome]) if self.sketched else None


def assisted(sketched: Array, simulated: Array) -> Ranged | None:
    """Return a mean that sketches make more precise; nothing where they explain too little, or it is unknown."""
    if not (np.isfinite(sketched).all() and np.isfinite(simulated).all()):
        return None
    found = assisted_values(sketched[:, None], simulated[:, None], SURE)
    return None if found.note else Ranged(float(found.estimate[0]), float(found.low[0]), float(found.high[0]))


def counted_difference(measure: str, base: Array, moved: Array) -> Ranged:
    """Return the mean difference of replications on the same draws."""
    if measure == "any_miss":
        return Ranged(*paired_chances(base, moved))
    gap = paired(base, moved, shares=measure != "net_cost")
    return Ranged(float(gap.mean), float(gap.ci_low), float(gap.ci_high))


def mean_of(values: Array) -> float:
    """Return the mean of those that are known; NaN where none is."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan


def _all_alike(simulated: Array, sketched: Array) -> bool:
    """Return whether all replications, simulated or sketched, have the same figure."""
    return bool((np.append(simulated, sketched) == sketched[0]).all())
