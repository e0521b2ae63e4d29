"""Hindcasts of a desk from origins before the first one: they choose its settings and say how wide its bands must be.

Only windows all of whose items are due before the first origin count. Nothing of the days that are scored is seen.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import Mode, learn
from simcap.calibration.backtest.pickup_desk import (
    Coming,
    PickUps,
    days_until_due,
    items_that_came,
    items_to_come,
    learn_pick_ups,
    predict_pick_ups,
)
from simcap.calibration.backtest.predict import Prediction, predict
from simcap.calibration.backtest.scores import ALL, logits, scores_table, windows_table
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.yardsticks import LEAST_DAYS
from simcap.calibration.pickup.desk import Settings

Array = NDArray[np.float64]
Progress = Callable[[str], None]

ANSWERS: Final = (0.0, -0.3, -0.6)
LEVELS: Final = tuple(itertools.product((6.0, 10.0), (0.9, 0.95, 0.97)))
"""Half-lives and fadings that are tried."""
USUAL: Final = Settings(0.0, 8.0, 0.95)
"""Where there is no hindcast to choose by, and the level by which the answer is chosen."""
ORIGINS: Final = 12
"""Origins at most: the last ones, a week apart."""
REPLICATIONS: Final = 20
FEWEST: Final = 20
"""Windows from which on the width of bands is measured."""
HELD: Final = 0.9
_TRIED: Final = 3
"""Origins from which the floor is tried against the pick-up desk."""
_FLOOR_REPLICATIONS: Final = 8


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What hindcasts say of a pick-up desk."""

    settings: Settings
    origins: tuple[dt.date, ...]
    error: float
    """Mean absolute error of attainment in forecasts, mean over queues and SLAs; not a number without hindcasts."""
    widened: Mapping[Mode, Mapping[str, float]]
    """By mode and period, the factor on bands."""


def hindcast_origins(configuration: Configuration) -> tuple[dt.date, ...]:
    """Return the origins before the first one from which hindcasts start, a week apart, the earliest first."""
    assert configuration.backtest is not None
    first = configuration.backtest.first
    found: list[dt.date] = []
    weeks = -(-days_until_due(configuration, first) // 7)
    while len(found) < ORIGINS:
        origin = first - dt.timedelta(days=7 * (weeks + len(found)))
        if (origin - configuration.from_).days < LEAST_DAYS:
            break
        found.append(origin)
    return tuple(reversed(found))


def choose(configuration: Configuration, history: History, modes: Sequence[Mode], progress: Progress) -> Chosen:
    """Choose a pick-up desk's settings by the error of hindcasts, and measure how wide its bands have to be."""
    assert configuration.backtest is not None
    origins = hindcast_origins(configuration)
    if not origins:
        return Chosen(USUAL, (), float("nan"), {})
    coming = {}
    for origin in origins:
        progress(f"hindcast from {origin:%-d %b %Y}")
        coming[origin] = items_to_come(configuration, history, origin, REPLICATIONS)
    known: dict[float, dict[dt.date, PickUps]] = {}

    def windows(settings: Settings, finest: str) -> pd.DataFrame:
        if settings.answer not in known:
            known[settings.answer] = {
                origin: learn_pick_ups(configuration, history, origin, "forecast", settings) for origin in origins
            }
        learned = [dataclasses.replace(one, settings=settings) for one in known[settings.answer].values()]
        return windows_table(
            [predict_pick_ups(configuration, history, one, "forecast", coming[one.origin], {}) for one in learned],
            finest,
        )

    coarse = "week" if configuration.backtest.days >= 7 else "day"
    progress("choosing how the desk answers to its backlog")
    by_answer = [dataclasses.replace(USUAL, answer=answer) for answer in ANSWERS]
    answer = min(by_answer, key=lambda one: mean_error(windows(one, coarse))).answer
    by_level = [Settings(answer, half_life, fading) for half_life, fading in LEVELS]
    errors = [mean_error(windows(one, coarse)) for one in by_level]
    best = by_level[int(np.argmin(errors))]
    finest = configuration.backtest.finest
    widened = {}
    for mode in modes:
        seen = windows(best, finest) if mode == "forecast" else _replays(configuration, history, origins, best, finest)
        widened[mode] = {str(period): widening(rows) for period, rows in seen.groupby("period", sort=False)}
    return Chosen(best, origins, min(errors), widened)


def errors_of_both(
    configuration: Configuration, history: History, settings: Settings, jobs: int
) -> tuple[float, float]:
    """Return the errors of hindcasts from the last origins: those of the pick-up desk, and those of the floor.

    Both not numbers without hindcasts. Raises `DataError` if a floor cannot be fitted.
    """
    assert configuration.backtest is not None
    few = configuration.backtest.model_copy(update={"replications": _FLOOR_REPLICATIONS})
    fewer = configuration.model_copy(update={"backtest": few})
    picked, worked = [], []
    for origin in hindcast_origins(configuration)[-_TRIED:]:
        coming = items_to_come(fewer, history, origin, _FLOOR_REPLICATIONS)
        learned = learn_pick_ups(fewer, history, origin, "forecast", settings)
        picked.append(predict_pick_ups(fewer, history, learned, "forecast", coming, {}))
        worked.append(predict(fewer, history, learn(fewer, history, origin, "forecast"), "forecast", jobs))
    if not picked:
        return float("nan"), float("nan")
    coarse = "week" if configuration.backtest.days >= 7 else "day"
    return mean_error(windows_table(picked, coarse)), mean_error(windows_table(worked, coarse))


def mean_error(windows: pd.DataFrame) -> float:
    """Return the mean absolute error of attainment in the longest windows, mean over queues and SLAs."""
    scores = scores_table(windows)
    scores = scores[scores["period"] == scores["period"].iloc[0]]
    single = scores[scores["queue"] != ALL]
    return float(single["error"].mean())


def widening(windows: pd.DataFrame) -> float:
    """Return the factor on bands with which nine of ten items of past windows would have been in one that held.

    Split conformal prediction (Vovk, Gammerman & Shafer 2005; Lei et al. 2018, JASA 113, 1094): residuals on the scale
    of log odds over half the band's width, and of these the quantile. 1 for fewer than 20 windows.
    """
    if len(windows) < FEWEST:
        return 1.0
    items = windows["items"].to_numpy(float)
    actual, middle, low, high = (
        logits(windows[name].to_numpy(float), items) for name in ("actual", "mean", "p05", "p95")
    )
    least = 1 / np.sqrt(items)
    upper, lower = np.maximum(high - middle, least), np.maximum(middle - low, least)
    apart = np.where(actual > middle, (actual - middle) / upper, (middle - actual) / lower)
    order = np.argsort(apart)
    held = np.cumsum(items[order]) / (items.sum() + items.mean())
    place = min(int(np.searchsorted(held, HELD)), len(windows) - 1)
    return float(apart[order][place])


def _replays(
    configuration: Configuration, history: History, origins: Sequence[dt.date], settings: Settings, finest: str
) -> pd.DataFrame:
    predictions: list[Prediction] = []
    for origin in origins:
        learned = learn_pick_ups(configuration, history, origin, "replay", settings)
        came: tuple[Coming, ...] = (items_that_came(history, learned),) * REPLICATIONS
        predictions.append(predict_pick_ups(configuration, history, learned, "replay", came, {}))
    return windows_table(predictions, finest)
