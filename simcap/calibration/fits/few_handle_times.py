"""Handle times of queues with few or none: what there is of them, drawn to what the larger queues and the field show.

The mean is the sample's, weighed on the log scale against that of the larger queues, from which queues are as far apart
as a factor of e. The coefficient of variation is that of the larger queues, as if it had been seen on a few items.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.fits.coarse import clock_error
from simcap.calibration.fits.families import Shape
from simcap.calibration.fits.fit import Estimate, Fit, Origin, of_queue
from simcap.units import MINUTE

APART: Final = 1.0
"""Standard deviation of ln(mean handle time) between queues."""
USUAL_MEAN, USUAL_CV = 10 * MINUTE, 0.9
"""Where no larger queue shows anything."""
WORTH: Final = 8.0
"""Items that the coefficient of variation of the larger queues is worth."""


def fit_few(queue: str, rows: pd.DataFrame, larger: Sequence[tuple[str, Shape]], unsure: float = 0.0) -> Fit:
    """Fit the handle time of a queue from few rows, or none, and the shapes of the larger queues by name.

    `unsure` is variance of ln(mean) that the sample does not show.
    """
    content = rows["handle"].to_numpy(float)
    usual, usual_cv = _usual([shape for _, shape in larger])
    freedom = WORTH + max(content.size - 1, 0)
    squares = float(((content / content.mean() - 1) ** 2).sum()) if content.size else 0.0
    cv = math.sqrt((WORTH * usual_cv**2 + squares) / freedom)
    own, prior = content.size / cv**2, APART**-2
    level = math.log(content.mean()) if content.size else usual
    middle = (own * level + prior * usual) / (own + prior)
    # The error of a standard deviation whose sample is as skewed as a gamma's (Cramér 1946, 27.7).
    covariance = np.diag([1 / (own + prior) + unsure, (1 + 2 * cv**2) / (2 * freedom)])
    if content.size:
        covariance = covariance + clock_error(rows)
    subject = of_queue(queue)
    origins: tuple[Origin, Origin] = (
        "fitted" if own > prior else "prior",
        "fitted" if content.size > WORTH else "prior",
    )
    estimates = (
        Estimate(subject, ("handle_time", "lognormal", "mean"), math.exp(middle), "log", "s", origins[0]),
        Estimate(subject, ("handle_time", "lognormal", "cv"), cv, "log", origin=origins[1]),
    )
    named = ", ".join(name for name, _ in larger) or "what is usual (10 min, cv 0.9)"
    said = f"{content.size} handle times, drawn to those of {named}" if content.size else f"no handle time; as {named}"
    goodness = {"items that the prior's cv is worth": WORTH}
    return Fit("handle time", estimates, covariance, content.size, goodness, prior=said)


def _usual(larger: Sequence[Shape]) -> tuple[float, float]:
    """Return ln(mean) and the coefficient of variation that queues usually have."""
    if not larger:
        return math.log(USUAL_MEAN), USUAL_CV
    cvs = [_cv(shape) for shape in larger]
    return float(np.mean([math.log(shape.mean) for shape in larger])), float(np.exp(np.mean(np.log(cvs))))


def _cv(shape: Shape) -> float:
    second = math.fsum(part.share * part.mean**2 * (1 + part.cv**2) for part in shape.parts)
    return math.sqrt(max(second / shape.mean**2 - 1, 1e-4))
