"""What a prediction lacks: how much less it would miss if it were told one part of the days after its origin."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.asking import MOST_REPLICATIONS, Asking
from simcap.calibration.backtest.desk import Mode
from simcap.calibration.backtest.informed import predict_told
from simcap.calibration.backtest.scores import windows_table
from simcap.calibration.backtest.told import NOTHING, Told, parts_left

Array = NDArray[np.float64]

NO_PART: Final = "nothing"
ALL_PARTS: Final = "everything"
_WINDOW: Final = ["origin", "queue", "sla", "period", "start"]


def missing_table(ask: Asking, origins: Sequence[dt.date], modes: Sequence[Mode]) -> pd.DataFrame:
    """Return by mode, queue, SLA, period and part that is told: windows, items, error, bias, taken off and its error.

    `error` is that of `scores_table`, with 20 replications at most; `taken_off` is how far it is below that of the same
    prediction without the part, `taken_off_se` its standard error, with days (or weeks) as clusters. Parts are told
    one at a time, and everything at once. All predictions have the same draws where they can.
    """
    assert ask.configuration.backtest is not None
    few = min(ask.configuration.backtest.replications, MOST_REPLICATIONS)
    short = ask.configuration.backtest.model_copy(update={"replications": few})
    ask = dataclasses.replace(ask, configuration=ask.configuration.model_copy(update={"backtest": short}), kept=None)
    rows = [row for mode in modes for row in _of_mode(ask, origins, mode)]
    return pd.DataFrame(rows)


def _of_mode(ask: Asking, origins: Sequence[dt.date], mode: Mode) -> Iterator[dict[str, object]]:
    assert ask.configuration.backtest is not None
    parts = parts_left(ask.model.name, mode, attended=ask.history.attendance is not None)
    told: dict[str, Told] = {NO_PART: NOTHING} | {part: frozenset({part}) for part in parts}
    if len(parts) > 1:
        told[ALL_PARTS] = frozenset(parts)
    windows = {}
    for number, (name, also) in enumerate(told.items()):
        ask.progress(f"{mode}, told {name.replace('_', ' ')}", number, len(told))
        predictions = [predict_told(ask, origin, mode, also) for origin in origins]
        table = windows_table(predictions, ask.configuration.backtest.finest)
        if table.empty:
            return
        windows[name] = table.set_index(_WINDOW)
    known = set.intersection(*(set(table.index) for table in windows.values()))
    both = [window for window in windows[NO_PART].index if window in known]
    plain = windows[NO_PART].loc[both]
    for key, rows in plain.groupby(["queue", "sla", "period"], sort=False):
        named = dict(zip(("queue", "sla", "period"), key, strict=True))
        for name, table in windows.items():
            yield {"mode": mode, **named, "part": name, **_compared(rows, table.loc[rows.index])}


def _compared(plain: pd.DataFrame, told: pd.DataFrame) -> dict[str, object]:
    """Return the error of windows that are told something, and how far it is below that of plain ones."""
    weight = plain["items"].to_numpy(float)
    missed, before = ((one["mean"] - one["actual"]).abs().to_numpy(float) for one in (told, plain))
    start = plain.index.get_level_values("start").astype(str).str[:10]
    return {
        "windows": len(plain),
        "items": int(weight.sum()),
        "error": float(np.average(missed, weights=weight)),
        "bias": float(np.average(told["mean"] - told["actual"], weights=weight)),
        "taken_off": float(np.average(before - missed, weights=weight)),
        "taken_off_se": clustered_error(before - missed, weight, np.asarray(start)),
    }


def clustered_error(values: Array, weight: Array, cluster: NDArray[np.object_]) -> float:
    """Return the standard error of a weighted mean of values that are alike within clusters; NaN of one cluster.

    That of a ratio of sums over clusters (Cochran 1977, Sampling Techniques, section 9A.2).
    """
    mean = float(np.average(values, weights=weight))
    sums = pd.Series(weight * (values - mean)).groupby(pd.Series(cluster)).sum().to_numpy(float)
    if sums.size < 2:
        return float("nan")
    return float(np.sqrt((sums**2).sum() * sums.size / (sums.size - 1)) / weight.sum())
