"""Made-up desks of which the truth is known: sketches, and simulations of the first of the same replications.

What a window attains is logit-normal and goes with the window before; a rare outage costs much of it and some of the
next one's. The sketch has no items; simulated items are on time or not, one by one.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from simcap.analysis.assisted import Pair

Array = NDArray[np.float64]
WINDOWS = 26
LATER = np.arange(WINDOWS) >= WINDOWS // 2
TRUE_DRAWS = 20_000


@dataclasses.dataclass(frozen=True)
class Desk:
    """`outage` and `items` may differ by window; so may `noise`, what the sketch does not know, on the logit scale."""

    windows: int = WINDOWS
    level: float = 0.97
    spread: float = 0.5
    outage: Array | float = 0.01
    items: Array | float = 2000.0
    noise: Array | float = 0.08
    bias: float = 0.1
    """How much lower the simulation is than its sketch, on the logit scale."""
    slope: float = 1.0

    def draw(self, seed: int, sketches: int, simulated: int) -> Pair:
        """Return the counts of sketches, and of the first of the same replications as simulated."""
        rng = np.random.default_rng(seed)
        place, items = self._replications(rng, sketches)
        share = expit(self._place(place[:simulated]) + self._noise(rng, simulated))
        on_time = rng.binomial(items[:simulated].astype(int), share).astype(float)
        return (expit(place) * items, items), (on_time, items[:simulated])

    def draw_change(self, seed: int, sketches: int, simulated: int, gain: float) -> tuple[Pair, Pair]:
        """Return those of a desk, and of the same one with `gain` on the logit scale in `LATER` windows."""
        rng = np.random.default_rng(seed)
        place, items = self._replications(rng, sketches)
        change = np.where(LATER, gain, 0.0)
        noise = self._noise(rng, simulated)
        before, after = (expit(self._place(place[:simulated]) + noise + by) for by in (0.0, change))
        kept = items[:simulated]
        one = rng.binomial(kept.astype(int), before)
        other = one + rng.binomial(kept.astype(int) - one, (after - before) / (1 - before))
        base = (expit(place) * items, items), (one.astype(float), kept)
        return base, ((expit(place + change) * items, items), (other.astype(float), kept))

    def shares(self, draws: int = TRUE_DRAWS) -> Array:
        """Return the true shares by window, from other draws."""
        share, items = self._true(draws)
        return np.asarray((share * items).sum(axis=0) / items.sum(axis=0))

    def chances(self, target: float, draws: int = TRUE_DRAWS) -> Array:
        """Return the true chances of missing a target by window, from other draws and exact item noise."""
        from scipy.stats import binom

        share, items = self._true(draws)
        return np.asarray(binom.cdf(np.ceil(target * items - 1e-9) - 1, items, share).mean(axis=0))

    def changed(self, gain: float) -> Desk:
        """Return the desk as it is in all windows if it gains as `LATER` windows do."""
        return dataclasses.replace(self, bias=self.bias - gain)

    def _true(self, draws: int) -> tuple[Array, Array]:
        rng = np.random.default_rng(987)
        place, items = self._replications(rng, draws)
        return expit(self._place(place) + self._noise(rng, draws)), items

    def _replications(self, rng: np.random.Generator, count: int) -> tuple[Array, Array]:
        shape = (count, self.windows)
        mood = rng.normal(size=shape)
        for window in range(1, self.windows):
            mood[:, window] = 0.6 * mood[:, window - 1] + 0.8 * mood[:, window]
        lost = np.where(rng.random(shape) < self.outage, 3.0 * rng.lognormal(0.0, 0.4, shape), 0.0)
        lost[:, 1:] += 0.4 * lost[:, :-1]
        load = np.exp(0.08 * rng.normal(size=shape) + 0.05 * rng.normal(size=(count, 1)))
        return self._base + self.spread * mood - lost - 3 * np.log(load), rng.poisson(self.items * load).astype(float)

    @property
    def _base(self) -> Array:
        return np.asarray(logit(self.level) + 0.3 * np.sin(np.arange(self.windows) / 4))

    def _place(self, place: Array) -> Array:
        return np.asarray(self._base + self.slope * (place - self._base) - self.bias)

    def _noise(self, rng: np.random.Generator, count: int) -> Array:
        shape = (count, self.windows)
        return np.asarray(self.noise * (0.5 * rng.normal(size=(count, 1)) + 0.85 * rng.normal(size=shape)))
