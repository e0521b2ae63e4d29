"""Accuracy from reports: the share of checked decisions that were wrong, pooled over queues by how alike they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, of_queue
from simcap.calibration.fits.pooled_rates import pooled_rates
from simcap.calibration.history.reports import whole_of

ENOUGH_WRONG: Final = 5
_MOST: Final = 0.95


def fit_reported_accuracy(reports: pd.DataFrame, queues: Sequence[str]) -> list[Fit | NotFitted]:
    """Fit each queue's share of wrong decisions from accuracy and sample; rows of no queue hold for all of `queues`."""
    if not {"accuracy", "sample"} <= set(reports):
        return []
    rows = reports[reports["accuracy"].notna() & (reports["sample"] > 0)]
    named = rows[rows["queue"] != ""]
    known = named if not named.empty else rows
    checked = pd.concat([whole_of(mine, "sample") for _, mine in known.groupby("queue")]) if len(known) else known
    sums = checked.assign(wrong=(1 - checked["accuracy"]) * checked["sample"]).groupby("queue")[["wrong", "sample"]]
    counts = sums.sum().round()
    unchecked = [
        NotFitted(f"queues.{queue or '*'}.errors", "less than half a decision was checked: `sample` counts decisions")
        for queue in counts.index[counts["sample"] < 1]
    ]
    counts = counts[counts["sample"] >= 1]
    wrong, sample = (counts[name].to_numpy(float) for name in ("wrong", "sample"))
    if wrong.sum() < ENOUGH_WRONG:
        return [
            NotFitted("queues.*.errors", f"{wrong.sum():,.0f} wrong decisions; {ENOUGH_WRONG} are needed"),
            *unchecked,
        ]
    rates, covariance = pooled_rates(wrong, sample)
    names = [str(queue) for queue in counts.index]
    if names == [""]:
        names = list(queues)
        rates, covariance = np.full(len(names), rates[0]), np.full((len(names), len(names)), covariance[0, 0])
    shares = np.minimum(rates, _MOST)
    estimates = tuple(
        Estimate(of_queue(queue), ("errors", "tenured"), share, "logit", "share", "reported")
        for queue, share in zip(names, shares.tolist(), strict=True)
    )
    # From ln(share) to its logit.
    slope = 1 / (1 - shares)
    goodness = {"wrong": float(wrong.sum()), "checked": float(sample.sum())}
    fit = Fit("accuracy", estimates, covariance * np.outer(slope, slope), int(sample.sum()), goodness)
    return [fit, *unchecked]
