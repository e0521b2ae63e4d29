"""How an agent's speed and accuracy grow with tenure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.schema.queues import Errors
from simcap.scenario.schema.vendors import Ramp
from simcap.units import WEEK

Array = NDArray[np.float64]


def speed_at(ramp: Ramp | None, tenure: Array) -> Array:
    """Return the speed relative to a tenured agent at tenures in seconds; 1 without a ramp."""
    if ramp is None:
        return np.ones_like(tenure)
    if ramp.steps is not None:
        weeks = np.minimum(tenure // WEEK, len(ramp.steps) - 1).astype(np.int64)
        return np.array(ramp.steps)[weeks]
    assert ramp.start is not None
    assert ramp.reaches is not None
    assert ramp.after is not None
    progress = tenure / ramp.after
    if ramp.shape == "exponential" and ramp.start < 1:
        return 1 - (1 - ramp.start) * ((1 - ramp.reaches) / (1 - ramp.start)) ** progress
    return np.minimum(ramp.start + (ramp.reaches - ramp.start) * progress, 1.0)


def is_over(ramp: Ramp | None, tenure: Array) -> NDArray[np.bool_]:
    """Return whether speed no longer changes after tenures in seconds."""
    if ramp is not None and ramp.steps is not None:
        return tenure >= WEEK * (len(ramp.steps) - 1)
    return speed_at(ramp, tenure) >= 1


def newness(ramp: Ramp | None, speed: Array) -> Array:
    """Return how new agents with these speeds on the ramp are: 1 on the first day, 0 when tenured."""
    if ramp is None:
        return np.zeros_like(speed)
    first = ramp.steps[0] if ramp.steps is not None else ramp.start
    final = ramp.steps[-1] if ramp.steps is not None else 1.0
    assert first is not None
    if final <= first:
        return np.zeros_like(speed)
    return np.clip((final - speed) / (final - first), 0.0, 1.0)


def error_rate(errors: Errors | None, new: Array) -> Array:
    """Return the share of wrong decisions of agents whose newness is `new`, between 0 and 1."""
    if errors is None:
        return np.zeros_like(new)
    return errors.tenured + (errors.at_start - errors.tenured) * new


def spread_factor(spread: float, u: Array) -> Array:
    """Return lognormal factors on agents' speed, with mean 1 and coefficient of variation `spread`."""
    from scipy.special import ndtri

    variance = np.log1p(spread**2)
    return np.asarray(np.exp(np.sqrt(variance) * ndtri(u) - variance / 2))
