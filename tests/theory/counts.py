"""The spread of counts whose rate is itself uncertain."""

from __future__ import annotations

import math

from tests.theory import _checks


def gamma_poisson_sd(mean: float, shape: float) -> float:
    """Return the standard deviation of a Poisson count whose mean is multiplied by a gamma factor of mean 1.

    `shape` is the gamma's shape: its coefficient of variation is 1/sqrt(shape).
    Raises `ValueError` for values that are not positive.
    Source: Greenwood & Yule (1920).
    """
    _checks.positive(mean, "mean")
    _checks.positive(shape, "shape")
    return math.sqrt(mean + mean * mean / shape)


def gamma_shape(cv: float) -> float:
    """Return the shape of a gamma factor of mean 1 with a coefficient of variation.

    Raises `ValueError` unless cv is more than zero.
    Source: identity.
    """
    _checks.positive(cv, "cv")
    return 1 / (cv * cv)
