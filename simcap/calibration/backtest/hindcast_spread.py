"""How far replays of earlier periods missed, and a band that is as wide as that says.

On the logit scale, where a miss near 0% or 100% counts as one in the middle does: what replays of earlier periods
missed by beyond the differences of their own replications is added to those of a prediction. It is known from few
periods: what is usual counts as some more of them, and the tails are Student's.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

USUAL: Final = 0.3
"""Standard deviation of logits that is usual: 7 points at 60%, 2.5 at 90%."""
AS_WINDOWS: Final = 3
"""Windows as which it counts."""
_EDGE: Final = 0.002
"""By how much shares are drawn away from 0 and 1, where logits are infinite."""
_PARTS: Final = 19
"""Quantiles by which a distribution is added to an ensemble."""
_P90: Final = 2 * 1.6449
"""Standard deviations between p05 and p95."""


@dataclasses.dataclass(frozen=True)
class HindcastSpread:
    """The standard deviation of logits by which windows were missed, and its degrees of freedom."""

    deviation: float
    freedom: float

    def added(self, shares: Array) -> Array:
        """Return an ensemble of shares that differs by this much more."""
        steps = stats.t.ppf((np.arange(_PARTS) + 0.5) / _PARTS, self.freedom)
        logits = _logit(shares)[:, None] + self.deviation * steps
        inside = 1 / (1 + np.exp(-logits))
        return np.asarray(np.clip((inside - _EDGE) / (1 - 2 * _EDGE), 0.0, 1.0), np.float64).ravel()


def hindcast_spread(windows: pd.DataFrame) -> HindcastSpread:
    """Return the spread of some windows, with columns actual, mean, p05 and p95."""
    actual, mean, low, high = (_logit(windows[name].to_numpy(float)) for name in ("actual", "mean", "p05", "p95"))
    own = ((high - low) / _P90) ** 2
    beyond = max(float(((actual - mean) ** 2 - own).sum()), 0.0)
    freedom = len(windows) + AS_WINDOWS
    return HindcastSpread(math.sqrt((beyond + AS_WINDOWS * USUAL**2) / freedom), freedom)


def _logit(shares: Array) -> Array:
    inside = _EDGE + (1 - 2 * _EDGE) * shares
    return np.asarray(np.log(inside / (1 - inside)), np.float64)
