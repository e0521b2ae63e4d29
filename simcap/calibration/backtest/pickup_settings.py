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

from simcap.calibration.backtest.anchor import Point
from simcap.calibration.backtest.desk import Mode, known_at, learn, midnight
from simcap.calibration.backtest.pickup_desk import PickUps, days_until_due, learn_pick_ups
from simcap.calibration.backtest.pickup_items import Coming, items_that_came, items_to_come
from simcap.calibration.backtest.pickup_prediction import predict_pick_ups
from simcap.calibration.backtest.predict import Prediction, predict
from simcap.calibration.backtest.scores import ALL, logits, scores_table, windows_table
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.yardsticks import LEAST_DAYS
from simcap.calibration.pickup.desk import Settings
from simcap.errors import DataError
from simcap.experiment.workers import Jobs
from simcap.units import DAY

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
    point: Point = "mean"
    """What of the replications forecasts are anchored by: what missed hindcasts less."""


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
    """Choose a pick-up desk's settings by the error of hindcasts, and measure how wide its bands have to be.

    Origins before which too little is known, as after a gap, are left out.
    """
    assert configuration.backtest is not None
    hindcasts = _Hindcasts(*_until_first(configuration, history), progress)
    if not hindcasts.origins:
        return Chosen(USUAL, (), float("nan"), {})
    coarse, finest = _longest(configuration), configuration.backtest.finest
    progress("choosing how the desk answers to its backlog")
    by_answer = [dataclasses.replace(USUAL, answer=answer) for answer in ANSWERS]
    answer = min(by_answer, key=lambda one: mean_error(hindcasts.forecasts(one, coarse))).answer
    by_level = [Settings(answer, half_life, fading) for half_life, fading in LEVELS]
    tried = [hindcasts.forecasts(one, coarse) for one in by_level]
    errors = [mean_error(windows) for windows in tried]
    place = int(np.argmin(errors))
    best = by_level[place]
    widened = {}
    for mode in modes:
        seen = hindcasts.forecasts(best, finest) if mode == "forecast" else hindcasts.replays(best, finest)
        widened[mode] = {str(period): widening(rows) for period, rows in seen.groupby("period", sort=False)}
    return Chosen(best, hindcasts.origins, min(errors), widened, closer_point(tried[place]))


class _Hindcasts:
    """Predictions from origins before the first one; what is drawn and fitted for several settings is so once."""

    def __init__(self, configuration: Configuration, history: History, progress: Progress) -> None:
        self.configuration, self.history = configuration, history
        self.coming: dict[dt.date, tuple[Coming, ...]] = {}
        learned: list[PickUps] = []
        for origin in hindcast_origins(configuration):
            progress(f"hindcast from {origin:%-d %b %Y}")
            try:
                found = learn_pick_ups(configuration, history, origin, "forecast", USUAL)
                coming = items_to_come(configuration, history, origin, REPLICATIONS)
            except DataError:
                continue
            if self._came(found):
                learned.append(found)
                self.coming[origin] = coming
        self.known = {USUAL.answer: learned}

    def _came(self, learned: PickUps) -> bool:
        """Return whether anything came in the days after an origin."""
        assert self.configuration.backtest is not None
        end = learned.begin + self.configuration.backtest.days * DAY
        return any((created < end).any() for created in items_that_came(self.history, learned).values())

    @property
    def origins(self) -> tuple[dt.date, ...]:
        """Return the origins of which enough is known."""
        return tuple(self.coming)

    def forecasts(self, settings: Settings, finest: str) -> pd.DataFrame:
        """Return the windows of forecasts with some settings."""
        if settings.answer not in self.known:
            self.known[settings.answer] = [self._learned(origin, "forecast", settings) for origin in self.origins]
        learned = [dataclasses.replace(one, settings=settings) for one in self.known[settings.answer]]
        return windows_table([self._predicted(one, "forecast", self.coming[one.origin]) for one in learned], finest)

    def replays(self, settings: Settings, finest: str) -> pd.DataFrame:
        """Return the windows of replays with some settings."""
        learned = [self._learned(origin, "replay", settings) for origin in self.origins]
        came = [(items_that_came(self.history, one),) * REPLICATIONS for one in learned]
        predicted = [self._predicted(one, "replay", items) for one, items in zip(learned, came, strict=True)]
        return windows_table(predicted, finest)

    def _learned(self, origin: dt.date, mode: Mode, settings: Settings) -> PickUps:
        return learn_pick_ups(self.configuration, self.history, origin, mode, settings)

    def _predicted(self, learned: PickUps, mode: Mode, coming: tuple[Coming, ...]) -> Prediction:
        return predict_pick_ups(self.configuration, self.history, learned, mode, coming, {})


def errors_of_both(
    configuration: Configuration, history: History, settings: Settings, jobs: Jobs
) -> tuple[float, float]:
    """Return the errors of hindcasts from the last origins: those of the pick-up desk, and those of the floor.

    Both not numbers without hindcasts. Raises `DataError` if a floor cannot be fitted.
    """
    fewer, before = _few_until_first(configuration, history)
    picked = []
    for origin in hindcast_origins(configuration)[-_TRIED:]:
        coming = items_to_come(fewer, before, origin, _FLOOR_REPLICATIONS)
        learned = learn_pick_ups(fewer, before, origin, "forecast", settings)
        picked.append(predict_pick_ups(fewer, before, learned, "forecast", coming, {}))
    error = mean_error(windows_table(picked, _longest(configuration))) if picked else float("nan")
    return error, error_of_floor(configuration, history, jobs)


def error_of_floor(configuration: Configuration, history: History, jobs: Jobs) -> float:
    """Return the error of a floor's hindcasts from the last origins; not a number without any.

    Raises `DataError` if a floor cannot be fitted.
    """
    fewer, before = _few_until_first(configuration, history)
    worked = [
        predict(fewer, before, learn(fewer, before, origin, "forecast"), "forecast", jobs)
        for origin in hindcast_origins(configuration)[-_TRIED:]
    ]
    return mean_error(windows_table(worked, _longest(configuration))) if worked else float("nan")


def _few_until_first(configuration: Configuration, history: History) -> tuple[Configuration, History]:
    """Return a configuration with few replications and a history, which end where the first origin is."""
    assert configuration.backtest is not None
    few = configuration.backtest.model_copy(update={"replications": _FLOOR_REPLICATIONS})
    return _until_first(configuration.model_copy(update={"backtest": few}), history)


def mean_error(windows: pd.DataFrame) -> float:
    """Return the mean absolute error of attainment in the longest windows, mean over queues and SLAs."""
    scores = scores_table(windows)
    scores = scores[scores["period"] == scores["period"].iloc[0]]
    single = scores[scores["queue"] != ALL]
    return float(single["error"].mean())


def closer_point(windows: pd.DataFrame) -> Point:
    """Return which misses the longest windows less, the mean of the replications or their median.

    Where bad weeks have a long tail the median does: it has the least expected absolute error (Gneiting 2011, JASA 106,
    746).
    """
    median = mean_error(windows.assign(mean=windows["p50"]))
    return "p50" if median < mean_error(windows) else "mean"


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


def _until_first(configuration: Configuration, history: History) -> tuple[Configuration, History]:
    """Return a configuration and a history that end where the first origin is."""
    assert configuration.backtest is not None
    first = configuration.backtest.first
    known = dataclasses.replace(history, items=known_at(history.items, midnight(configuration, first)))
    return configuration.model_copy(update={"to": first - dt.timedelta(days=1)}), known


def _longest(configuration: Configuration) -> str:
    """Return the period of the longest windows that are predicted whole."""
    assert configuration.backtest is not None
    return "week" if configuration.backtest.days >= 7 else "day"
