"""Attrition of vendors with few leavers: what there is of them, weighed against what is usual.

Gamma-Poisson (Gelman et al. 2013, 2.6): a hazard that is constant from the thirteenth week on and a multiple of that
before, whose prior is the hazard of all vendors together, and for that the range that is usual in the field.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, Subject, of_vendor
from simcap.units import DAY, MONTH

Array = NDArray[np.float64]

YEAR: Final = 365.25
"""Days."""
USUAL: Final = math.sqrt(math.log(1 / 0.7) * math.log(1 / 0.4))
"""Hazard a year where 30% to 60% leave within one."""
WORTH: Final = 12.0
"""Leavers that the prior is worth: nine in ten of its draws lie in that range."""
EARLY: Final = 3.0
"""How many times as many leave in the first weeks: two to four in the field."""


def fit_few(leavers: Mapping[str, tuple[Array, Array]], vendors: list[str], names: list[str]) -> list[Fit]:
    """Fit the attrition of some vendors from the leavers, and the days seen, of all by range of tenure.

    `names` are those of the ranges, of which the first is the early one.
    """
    gone = {vendor: float(counts.sum()) for vendor, (counts, _) in leavers.items()}
    weighed = {vendor: float(_weights(days.size) @ days) / YEAR for vendor, (_, days) in leavers.items()}
    return [_fit(of_vendor(vendor), gone, weighed, names) for vendor in vendors]


def _weights(ranges: int) -> Array:
    return np.array([EARLY] + [1.0] * (ranges - 1))


def _fit(subject: Subject, gone: Mapping[str, float], weighed: Mapping[str, float], names: list[str]) -> Fit:
    others = [vendor for vendor in gone if vendor != subject.name]
    usual = (WORTH + sum(gone[one] for one in others)) / (WORTH / USUAL + sum(weighed[one] for one in others))
    mine = gone[subject.name]
    hazard = (WORTH + mine) / (WORTH / usual + weighed[subject.name])
    estimates = tuple(
        Estimate(subject, ("attrition", "hazard", name), hazard / YEAR * weight * MONTH / DAY, "log", "a month")
        for name, weight in zip(names, _weights(len(names)).tolist(), strict=True)
    )
    covariance = np.full((len(names), len(names)), 1 / (WORTH + mine))
    pooled = " and the other vendors" if others else ""
    prior = (
        f"{mine:.0f} leavers, against {WORTH:.0f} that the field's range (30-60% a year, {EARLY:.0f} times that in the "
        f"first 13 weeks){pooled} count for"
    )
    goodness = {"leavers": mine, "leavers that the prior is worth": WORTH}
    return Fit("attrition", estimates, covariance, int(mine), goodness, prior=prior)
