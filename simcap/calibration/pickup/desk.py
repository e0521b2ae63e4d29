"""A queue in the days to come: the levels of its days, and when each of its items is picked up."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.pickup.fit import Hazard
from simcap.calibration.pickup.kernel import pick_up
from simcap.calibration.pickup.steps import Steps

Array = NDArray[np.float64]

WORTH = 5.0
"""Pick-ups, times their dispersion, that the level of recent days is drawn by to what is usual."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """What is chosen by how well past weeks would have been foreseen."""

    answer: float
    """Power of the hazard in what waits: 0, the desk works in proportion to it; -1, at a fixed rate."""
    half_life: float
    """Days after which a day counts half in the level at the origin."""
    fading: float
    """Share of the level that is left a day later."""


def recent_level(hazard: Hazard, half_life: float) -> float:
    """Return the logarithm of pick-ups over what is usual in the last days, a day counting half after `half_life`."""
    age = np.arange(hazard.picked.size)[::-1]
    weight = 0.5 ** (age / half_life)
    worth = WORTH * hazard.dispersion
    return float(np.log((weight @ hazard.picked + worth) / (weight @ hazard.expected + worth)))


def levels_ahead(hazard: Hazard, settings: Settings, days: int, generator: np.random.Generator) -> Array:
    """Return the levels of the days to come: that of the last days, which fades, and how each day differs."""
    fading = settings.fading ** np.arange(1, days + 1)
    return np.asarray(recent_level(hazard, settings.half_life) * fading + hazard.days.draw(days, generator))


def simulate(
    hazard: Hazard, created: Array, steps: Steps, levels: Array, generator: np.random.Generator
) -> tuple[Array, NDArray[np.bool_]]:
    """Return when each item is gone (never within the steps: infinity), and whether it left without being picked up.

    `created` are POSIX seconds in order, of what waits at the beginning of the steps as of what comes in them. The
    noise of a step is gamma with mean 1, g; as E exp(-h' g) = (1 + k h')**(-1/k) for a variance k, the hazard
    h' = (exp(k h) - 1) / k leaves the chance of pick-up at 1 - exp(-h) on average.
    """
    count, shape = created.size, hazard.overdispersion
    noise = generator.gamma(1 / shape, shape, steps.day.size) if shape > 0 else np.ones(steps.day.size)
    gone, leaves = np.full(count, np.inf), np.zeros(count, np.bool_)
    pick_up(
        created,
        steps.begin,
        steps.length,
        hazard.ages,
        np.exp(hazard.base + hazard.profile[steps.slot] + levels[steps.day]),
        np.exp(hazard.age),
        hazard.leaving,
        hazard.answer,
        hazard.usual,
        shape,
        noise,
        generator.exponential(size=count),
        generator.random(count),
        np.empty(count, np.int64),
        np.zeros(count),
        gone,
        leaves,
    )
    return gone, leaves
