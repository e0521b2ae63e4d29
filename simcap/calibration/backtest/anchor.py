"""Predictions that are anchored: the simulation and the best rule without a model, weighed by how both did before.

Hindcasts start some weeks before an origin and use nothing that was known later than that. The anchored attainment p of
a window is

    logit p = w logit(simulated) + (1 - w) logit(rule),

with one weight w for a desk, that of the least squared error of the hindcasts, drawn towards 1/2. Its band is the
simulation's on the same scale, widened or narrowed by one factor for each length of windows, such that it would have
held its share of the hindcasts (split conformal prediction: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis import anchoring
from simcap.analysis.anchoring import expit, half_widths, logit, stacked
from simcap.calibration.backtest.desk import Mode
from simcap.calibration.backtest.due_times import longest_allowed
from simcap.calibration.backtest.rivals import RULES
from simcap.calibration.history.configuration import Configuration
from simcap.experiment.anchor import FEWEST
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

Point = Literal["mean", "p50"]
"""Of a simulated window: the expected attainment, or the median of the replications."""
HINDCASTS = 4
"""Origins before the real one, a week apart."""
RIDGE = 10.0
"""So many windows of hindcasts speak as loudly for a weight of 1/2."""
LEVEL = 0.9
LENGTHS = {"week": 7 * DAY, "day": DAY, "hour": HOUR}
"""Of windows, in seconds."""
COLUMNS = ("anchored", "anchored_p05", "anchored_p95")


@dataclasses.dataclass(frozen=True)
class Anchor:
    """What hindcasts say of the predictions from an origin."""

    mode: Mode
    origin: dt.date
    rule: str
    """The rule without a model that missed the hindcasts least."""
    weight: float
    """Of the simulation, from 0 to 1."""
    factors: dict[str, float]
    """Of the half-widths of bands on the logit scale, by length of windows."""
    windows: int
    """Windows of hindcasts that it rests on."""
    point: Point = "mean"
    """What of the simulation is weighed."""

    def columns_of(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the anchored attainment of windows with its 90% band; NaN where the rule knows nothing."""
        factor: Array = np.array([self.factors.get(period, 1.0) for period in rows["period"]], np.float64)
        columns = anchoring.anchored(two_forecasts(_pointed(rows, self.point), self.rule), self.weight, factor)
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), rows.index)


def anchor_of(mode: Mode, origin: dt.date, hindcasts: pd.DataFrame, finest: str, point: Point = "mean") -> Anchor:
    """Weigh simulation and rules by a table of windows of hindcasts, which may be empty."""
    hindcasts = _pointed(hindcasts, point)
    rows = hindcasts[hindcasts["period"] == finest] if len(hindcasts) else hindcasts
    if len(rows) < FEWEST:
        rule = best_rule(rows) if len(rows) else next(iter(RULES))
        return Anchor(mode, origin, rule, 0.5, {}, len(rows), point)
    rule = best_rule(rows)
    weight = best_weight(rows, rule)
    factors = {
        str(period): conformal(of_period, rule, weight) for period, of_period in hindcasts.groupby("period", sort=False)
    }
    return Anchor(mode, origin, rule, weight, factors, len(rows), point)


def _pointed(windows: pd.DataFrame, point: Point) -> pd.DataFrame:
    """Return windows with another point in place of their mean."""
    return windows.assign(mean=windows[point]) if point != "mean" and len(windows) else windows


def decided_by(origin: dt.date, windows: pd.DataFrame, configuration: Configuration) -> pd.DataFrame:
    """Return the windows of hindcasts whose items were all due by an origin, in local time."""
    assert configuration.backtest is not None
    if windows.empty:
        return windows
    allowed = {
        name: longest_allowed(sla, configuration.timezone, origin - dt.timedelta(weeks=HINDCASTS), 7 * HINDCASTS)
        for name, sla in configuration.backtest.sla.items()
    }
    begins = pd.to_datetime(windows["start"].astype(str).str[:16], format="ISO8601")
    due = begins + pd.to_timedelta(windows["period"].map(LENGTHS) + windows["sla"].map(allowed), unit="s")
    return windows[(due <= pd.Timestamp(origin)).to_numpy()]


def anchored(windows: pd.DataFrame, anchors: Sequence[Anchor]) -> pd.DataFrame:
    """Return windows with the columns of their anchors; as they are if there are none."""
    parts = [
        anchor.columns_of(rows)
        for anchor in anchors
        if len(rows := windows[(windows["mode"] == anchor.mode) & (windows["origin"] == anchor.origin)])
    ]
    return windows.join(pd.concat(parts)) if parts else windows


def anchors_table(anchors: Sequence[Anchor]) -> pd.DataFrame:
    """Return a row for each anchor: mode, origin, rule, weight, windows, and bands' factors by length of windows."""
    rows = [
        {"mode": one.mode, "origin": one.origin, "rule": one.rule, "weight": one.weight, "windows": one.windows}
        | {"point": one.point}
        | {f"factor_{period}": one.factors.get(period, 1.0) for period in LENGTHS}
        for one in anchors
    ]
    return pd.DataFrame(rows)


def two_forecasts(rows: pd.DataFrame, rule: str) -> anchoring.TwoForecasts:
    """Return the windows of a table, and what a rule says of them."""
    return anchoring.TwoForecasts(*(rows[name].to_numpy(float) for name in ("mean", "p05", "p95", rule, "items")))


def best_rule(rows: pd.DataFrame) -> str:
    """Return the rule that misses the windows least."""
    items = rows["items"].to_numpy(float)

    def missed(rule: str) -> float:
        error = (rows[rule] - rows["actual"]).abs().to_numpy(float)
        known = np.isfinite(error)
        return float(np.average(error[known], weights=items[known])) if known.any() else math.inf

    return min(RULES, key=missed)


def best_weight(rows: pd.DataFrame, rule: str, towards: float = 0.5) -> float:
    """Return the weight of the simulation with the least squared error, drawn towards another one.

    Windows of which the rule knows nothing do not count; with fewer than 20, it is that other one.
    """
    rows = rows[rows[rule].notna()]
    if len(rows) < FEWEST:
        return towards
    weights = np.linspace(0.0, 1.0, 51)
    both = two_forecasts(rows, rule)
    share = both.items / both.items.sum()
    actual = rows["actual"].to_numpy(float)
    errors = np.array([share @ (expit(stacked(both, weight)) - actual) ** 2 for weight in weights])
    scale = float(errors[25]) or 1.0
    return float(weights[np.argmin(errors / scale + RIDGE / len(rows) * (weights - towards) ** 2)])


def conformal(rows: pd.DataFrame, rule: str, weight: Array | float) -> float:
    """Return the factor with which bands would have held their share of the windows; 1 if those are few."""
    known = rows[rule].notna().to_numpy()
    rows, weight = rows[known], weight if isinstance(weight, float) else weight[known]
    if len(rows) < FEWEST:
        return 1.0
    both = two_forecasts(rows, rule)
    away = logit(rows["actual"].to_numpy(float), both.items) - stacked(both, weight)
    below, above = half_widths(both)
    scores = np.sort(np.abs(away) / np.where(away < 0, below, above))
    return float(scores[min(math.ceil((len(scores) + 1) * LEVEL), len(scores)) - 1])
