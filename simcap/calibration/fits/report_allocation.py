"""Allocation from reports: which share of a queue's work each vendor was given."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simcap.calibration.fits.fit import Estimate, Fit, Subject, share_of
from simcap.calibration.history.reports import whole_of
from simcap.calibration.history.roles import LENGTH


def fit_reported_allocation(reports: pd.DataFrame) -> list[Fit]:
    """Fit the shares of each queue that reports give to two vendors or more."""
    if "offered" not in reports:
        return []
    named = reports[(reports["queue"] != "") & (reports["vendor"] != "") & reports["offered"].notna()]
    found = []
    for queue, rows in named.groupby("queue"):
        mine = whole_of(rows, "offered")
        items = mine.pivot_table(index=["start", LENGTH], columns="vendor", values="offered", aggfunc="sum")
        items = items.dropna()
        if items.shape[1] > 1 and len(items) > 1 and items.to_numpy().sum() > 0:
            found.append(_fit(str(queue), items))
    return found


def _fit(queue: str, items: pd.DataFrame) -> Fit:
    """Return the shares of items [period, vendor]; errors over periods, each share's own."""
    whole = items.sum(axis=1).to_numpy(float)
    subject = Subject("routing", "allocation")
    estimates, variances = [], []
    for vendor in items:
        share, variance = share_of(items[vendor].to_numpy(float), whole)
        estimates.append(Estimate(subject, (queue, str(vendor)), share, "logit", "share", "reported"))
        alone = 1 / max(whole.sum() * share * (1 - share), 0.5)
        variances.append(max(variance, alone))
    return Fit("allocation", tuple(estimates), np.diag(variances), int(whole.sum()), {}, drawn=False)
