"""Constant hazards: what a yearly rate of leaving means for a week or a month."""

from __future__ import annotations

import math

from tests.theory import _checks


def share_leaving(share: float, fraction: float) -> float:
    """Return the share that leaves within a fraction of the period in which `share` leaves, at a constant hazard.

    A month of a year is fraction 1/12; a week is 1/52 in a year of 52 weeks, 7/365.25 by the calendar.
    Raises `ValueError` unless 0 <= share < 1 and the fraction is zero or more.
    Source: identity of the exponential distribution.
    """
    _checks.not_negative(fraction, "fraction")
    return -math.expm1(-hazard(share) * fraction)


def hazard(share: float) -> float:
    """Return the constant hazard, per period, at which `share` leaves within one period.

    Raises `ValueError` unless 0 <= share < 1.
    Source: identity of the exponential distribution.
    """
    _checks.share_below_one(share, "share")
    return -math.log1p(-share)
