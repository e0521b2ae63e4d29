"""One agent, any distribution of handle time (M/G/1)."""

from __future__ import annotations

from tests.theory import _checks


def pollaczek_khinchine(rate: float, mean_handle: float, cv: float) -> float:
    """Return the mean wait over all items at a single agent, oldest first.

    `rate` is arrivals per unit of time, `mean_handle` and the result are in that unit; `cv` is the standard deviation
    of the handle time divided by its mean (0 constant, 1 exponential).
    Raises `ValueError` for values that are not positive, a negative cv and a queue without a steady state.
    Source: Pollaczek (1930); Khinchine (1932).
    """
    _checks.positive(rate, "rate")
    _checks.positive(mean_handle, "mean_handle")
    _checks.not_negative(cv, "cv")
    load = rate * mean_handle
    _checks.stable(load, 1)
    return load * mean_handle * (1 + cv * cv) / (2 * (1 - load))
