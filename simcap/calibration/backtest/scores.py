"""How well predictions did: window by window against what happened, and in sum against forecasts without a model.

Windows are weighted by their items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.hindcast_spread import HindcastSpread
from simcap.calibration.backtest.predict import Prediction
from simcap.calibration.backtest.reported_share import finest as finest_share
from simcap.calibration.backtest.rivals import RULES, Rivals, best_of

Array = NDArray[np.float64]

ALL = ""
"""The queue's name in rows of all queues together."""
PERIODS = ("week", "day", "hour")
BANDS = {"50": (25.0, 75.0), "90": (5.0, 95.0)}
POINTS = (5.0, 25.0, 50.0, 75.0, 95.0)
"""Percent of what comes that should be below each of the points of a window."""


def windows_table(predictions: Sequence[Prediction], finest: str) -> pd.DataFrame:
    """Return a row for each prediction, queue, SLA and window with items.

    Columns: mode, origin, queue, sla, period, start, items, actual, mean, p05 ... p95, crps, and what each rule without
    a model forecast, if it could. Windows in which no replication has an attainment are left out.
    """
    rows = [row for prediction in predictions for row in _windows(prediction, finest)]
    return pd.DataFrame(rows)


def scores_table(windows: pd.DataFrame) -> pd.DataFrame:
    """Return scores by mode, queue, SLA and period: windows, items, error, bias, CRPS, coverage, and rivals' errors.

    `error` is the mean absolute error of the expected attainment, which is a ratio of sums over replications; `gain` is
    how far it is below that of the best rule without a model. A rule with gaps is scored on the windows that it has.
    """
    keys = ["mode", "queue", "sla", "period"]
    return pd.DataFrame(
        [dict(zip(keys, key, strict=True)) | _score(rows) for key, rows in windows.groupby(keys, sort=False)]
    )


def totals_table(predictions: Sequence[Prediction]) -> pd.DataFrame:
    """Return by mode, origin and queue: items, the share that left undecided, backlog, distance of waits.

    `backlog_error` is the mean absolute error of items open at the end of a day, of the mean over replications;
    `distance` is Wasserstein's between predicted and actual waits, in seconds.
    """
    return pd.DataFrame([row for prediction in predictions for row in _totals(prediction)])


def crps(ensemble: Array, actual: Array | float) -> Array:
    """Return the continuous ranked probability score of ensembles (first axis), fair for their size (Ferro 2014)."""
    size = ensemble.shape[0]
    apart = np.abs(ensemble - actual).mean(axis=0)
    ordered = np.sort(ensemble, axis=0)
    weights = 2 * np.arange(1, size + 1) - size - 1
    spread = 2 * np.tensordot(weights, ordered, 1) / (size * (size - 1))
    return np.asarray(apart - spread / 2)


def points(ensemble: Array) -> Array:
    """Return the `POINTS` of an ensemble (first axis) such that as many percent of what comes lie below each.

    One more draw is below the k-th of n with the chance k / (n + 1) (Weibull 1939; Makkonen 2006). The percentiles of
    the n themselves are nearer to each other: from 5% to 95% they hold 0.9 (n - 1) / (n + 1) of what comes, 81% with 20
    draws and 86% with 40. None of fewer than 19 is as rare as that: the ends are then the least and the largest.
    """
    return np.asarray(np.percentile(ensemble, POINTS, axis=0, method="weibull"))


def wasserstein(one: Array, other: Array, edges: Array) -> float:
    """Return Wasserstein's distance between two histograms on bins with these lower edges, in the unit of the edges."""
    if not one.sum() or not other.sum():
        return float("nan")
    gaps = np.abs(np.cumsum(one) / one.sum() - np.cumsum(other) / other.sum())
    return float(gaps[:-1] @ np.diff(edges))


def _windows(prediction: Prediction, finest: str) -> Iterator[dict[str, object]]:
    timezone = prediction.grid.horizon.timezone
    rivals = Rivals(prediction.known, prediction.queues, prediction.yardsticks, timezone)
    queues = [(queue, [place]) for place, queue in enumerate(prediction.queues)]
    if len(queues) > 1:
        queues.append((ALL, list(range(len(queues)))))
    for period in periods_of(prediction, finest):
        for queue, places in queues:
            for number, sla in enumerate(prediction.yardsticks):
                if sla.queues is None or {prediction.queues[place] for place in places} <= set(sla.queues):
                    for row in _rows(prediction, rivals, period, places, number):
                        yield {"mode": prediction.mode, "origin": prediction.origin, "queue": queue} | row


def periods_of(prediction: Prediction, finest: str) -> tuple[str, ...]:
    """Return the windows that are scored: weeks and finer ones, as fine as a reported share on time is."""
    reported = prediction.known.reported
    known = "hour" if reported is None else finest_share(reported.shares)
    if known == "month":
        return ("month",)
    return PERIODS[: min(PERIODS.index(finest), PERIODS.index(known)) + 1]


def _rows(
    prediction: Prediction, rivals: Rivals, period: str, places: list[int], number: int
) -> Iterator[dict[str, object]]:
    """Yield the prediction and the outcome of one SLA in each whole window of a period that can be compared."""
    windows = prediction.grid.windows(period)
    simulated, actual = prediction.simulated, prediction.actual
    on_time, decided = (
        _sums(counts[:, places, number].sum(axis=1), windows.cells) for counts in (simulated.on_time, simulated.decided)
    )
    met, came = (
        _sums(counts[places, number].sum(axis=0), windows.cells) for counts in (actual.on_time, actual.decided)
    )
    enough = (decided > 0).sum(axis=0) >= 2
    for window in np.flatnonzero(np.array(windows.whole) & enough & (came > 0)).tolist():
        start = windows.starts[window]
        exists = decided[:, window] > 0
        shares = on_time[exists, window] / decided[exists, window]
        if spread := _spread(prediction, places, number, period):
            shares = spread.added(shares)
        share = met[window] / came[window]
        mean = on_time[:, window].sum() / decided[:, window].sum()
        shares = _widened(shares, float(mean), int(decided[exists, window].mean()), prediction.widened.get(period, 1.0))
        yield {
            "sla": prediction.slas[number],
            "period": period,
            "start": windows.labels[window],
            "items": int(came[window]),
            "actual": share,
            "mean": mean,
            **{f"p{percent:02.0f}": point for percent, point in zip(POINTS, points(shares), strict=True)},
            "crps": float(crps(shares, share)),
            **rivals.forecasts(places, number, period, start),
        }


def _spread(prediction: Prediction, places: list[int], number: int, period: str) -> HindcastSpread | None:
    """Return how far replays of earlier windows like these missed; nothing where it is not known."""
    reported = prediction.known.reported
    queue = prediction.queues[places[0]] if len(places) == 1 else ALL
    return None if reported is None else reported.spread.get((queue, prediction.slas[number], period))


def logits(shares: Array | float, items: Array | float) -> Array:
    """Return log odds of shares of so many items, half an item being the least on either side."""
    least = 0.5 / np.maximum(items, 1.0)
    inside = np.clip(shares, least, 1 - least)
    return np.asarray(np.log(inside / (1 - inside)))


def _widened(shares: Array, mean: float, items: int, factor: float) -> Array:
    """Return shares as far from their mean on the scale of log odds as a factor says; none and all stay as they are."""
    if factor == 1.0:
        return shares
    middle = logits(mean, items)
    apart = 1 / (1 + np.exp(-(middle + factor * (logits(shares, items) - middle))))
    return np.where((shares > 0) & (shares < 1), apart, shares)


def _sums(counts: Array, cells: Sequence[tuple[int, int]]) -> Array:
    return np.stack([counts[..., begin:end].sum(axis=-1) for begin, end in cells], axis=-1)


def _score(rows: pd.DataFrame) -> dict[str, object]:
    weight = rows["items"].to_numpy(float)

    def mean(values: pd.Series | Array) -> float:
        known = np.asarray(values, float)
        fine = np.isfinite(known)
        return float(np.average(known[fine], weights=weight[fine])) if fine.any() else float("nan")

    error = mean((rows["mean"] - rows["actual"]).abs())
    rivals = {name: mean((rows[name] - rows["actual"]).abs()) for name in RULES}
    best = best_of(rivals)
    inside = {
        f"coverage_{band}": mean((rows["actual"] >= rows[f"p{low:02.0f}"]) & (rows["actual"] <= rows[f"p{high:02.0f}"]))
        for band, (low, high) in BANDS.items()
    }
    return {
        "windows": len(rows),
        "items": int(weight.sum()),
        "actual": mean(rows["actual"]),
        "predicted": mean(rows["mean"]),
        "error": error,
        "bias": mean(rows["mean"] - rows["actual"]),
        "crps": mean(rows["crps"]),
        **inside,
        **{f"error_{name}": value for name, value in rivals.items()},
        **_anchored(rows, mean),
        "gain": 1 - error / best if best > 0 else float("nan"),
    }


def _anchored(rows: pd.DataFrame, mean: Callable[[pd.Series], float]) -> dict[str, float]:
    """Return the scores of anchored predictions; nothing where there are none."""
    if "anchored" not in rows or rows["anchored"].isna().all():
        return {}
    known = rows["anchored"].notna()
    held = (rows["actual"] >= rows["anchored_p05"]) & (rows["actual"] <= rows["anchored_p95"])
    return {
        "error_anchored": mean((rows["anchored"] - rows["actual"]).abs()),
        "coverage_90_anchored": mean(held.where(known)),
    }


def _totals(prediction: Prediction) -> Iterator[dict[str, object]]:
    simulated, actual = prediction.simulated, prediction.actual
    for place, queue in enumerate(prediction.queues):
        # Of reports the backlog may be known at the end of some days only.
        known = np.isfinite(actual.open[place])
        open_, held = simulated.open[:, place].mean(axis=0)[known], actual.open[place][known]
        yield {
            "mode": prediction.mode,
            "origin": prediction.origin,
            "queue": queue,
            "items": int(actual.arrived[place]),
            "items_predicted": simulated.arrived[:, place].mean(),
            "left_undecided": _ratio(actual.expired[place], actual.arrived[place]),
            "left_undecided_predicted": _ratio(simulated.expired[:, place].sum(), simulated.arrived[:, place].sum()),
            "backlog": _mean(held),
            "backlog_predicted": _mean(open_),
            "backlog_error": _mean(np.abs(open_ - held)),
            "distance": wasserstein(simulated.waits[:, place].sum(axis=0), actual.waits[place], prediction.bin_edges),
            "mean_wait": _mean_wait(actual.waits[place], prediction.bin_edges),
            "mean_wait_predicted": _mean_wait(simulated.waits[:, place].sum(axis=0), prediction.bin_edges),
        }


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _mean_wait(counts: Array, edges: Array) -> float:
    """Return the mean of a histogram in seconds, its bins taken at their middles."""
    middles = edges + np.append(np.diff(edges), 0.0) / 2
    middles[0] = 0.0
    return _ratio(float(counts @ middles), float(counts.sum()))
