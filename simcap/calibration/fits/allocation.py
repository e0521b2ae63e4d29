"""Allocation from an item log: the share of each split queue's items that is each vendor's, and when they overflow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Subject, share_of
from simcap.calibration.fits.vendor_lines import VendorLines, taken_by, vendor_lines
from simcap.calibration.history.sheets import Note

ALLOCATION: Final = Subject("routing", "allocation")
OVERFLOW: Final = Subject("routing", "overflow")
_UNSURE: Final = 0.02
"""Standard error of the logarithm of an age of overflow: it is told by the first items that are taken at that age."""


def lines_of(items: pd.DataFrame, roster: pd.DataFrame | None, until: float) -> list[VendorLines]:
    """Return what a log until a moment in POSIX seconds shows of each queue that several vendors take items of."""
    return vendor_lines(items, taken_by(items, roster), until)


def fit_allocation(lines: Sequence[VendorLines]) -> list[Fit | NotFitted]:
    """Fit shares by vendor of the queues that are split, and the age from which their items overflow."""
    found: list[Fit | NotFitted] = [_shares(one) for one in lines if one.verdict == "split"]
    ages = [(one.overflow, one.overtakings) for one in lines if math.isfinite(one.overflow)]
    if ages:
        # A scenario has one age for all queues: that of the queue that shows it best.
        after, seen = max(ages, key=lambda age: age[1])
        estimate = Estimate(OVERFLOW, ("after",), after, "log", "s")
        found.append(Fit("allocation", (estimate,), np.array([[_UNSURE**2]]), seen, {}, drawn=False))
    found += [
        NotFitted(
            ALLOCATION.path(one.queue),
            f"{' and '.join(one.vendors)} take its items, and {one.overtakings} that were taken ahead of older ones do "
            "not tell whether each has its own; it is taken for one pool. Give the routing in the scenario",
        )
        for one in lines
        if one.verdict == "untold"
    ]
    return found


def _shares(one: VendorLines) -> Fit:
    """Return a queue's shares; errors over weeks, each share's own."""
    whole = one.shares.sum(axis=1)
    estimates, variances = [], []
    for vendor, items in zip(one.vendors, one.shares.T, strict=True):
        share, variance = share_of(items, whole) if whole.size > 1 else (float(items.sum() / whole.sum()), 0.0)
        estimates.append(Estimate(ALLOCATION, (one.queue, vendor), share, "logit", "share"))
        variances.append(max(variance, 1 / max(whole.sum() * share * (1 - share), 0.5)))
    goodness = {"overtakings": float(one.overtakings), "missing within vendors": one.missing}
    return Fit("allocation", tuple(estimates), np.diag(variances), int(whole.sum()), goodness, drawn=False)


def notes_of_lines(lines: Sequence[VendorLines]) -> Iterator[Note]:
    """Yield of each queue of several vendors whether the log shows it split or pooled."""
    for one in lines:
        if one.verdict == "pool":
            said = "one pool: each takes what the others left waiting"
        elif one.verdict == "split":
            said = f"split: {one.missing:.0%} of the overtakings within a vendor that a pool would have are missing"
        else:
            continue
        yield Note(f"{one.queue}, of {' and '.join(one.vendors)}", one.overtakings, said)
