"""How the predictions of a back-test are asked for: each origin and mode once, and hindcasts from the weeks before."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable

import pandas as pd

from simcap.calibration.backtest.anchor import HINDCASTS, Anchor, anchor_of, decided_by
from simcap.calibration.backtest.desk import Mode, learn
from simcap.calibration.backtest.hindcasts import Hindcasts
from simcap.calibration.backtest.models import DeskModel
from simcap.calibration.backtest.overlay import Overlay, laid_over
from simcap.calibration.backtest.pickup_desk import learn_pick_ups
from simcap.calibration.backtest.pickup_items import items_that_came, items_to_come
from simcap.calibration.backtest.pickup_prediction import predict_pick_ups
from simcap.calibration.backtest.pickup_settings import Chosen
from simcap.calibration.backtest.predict import Prediction, predict, predict_scenario
from simcap.calibration.backtest.scores import windows_table
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.yardsticks import LEAST_DAYS
from simcap.errors import DataError
from simcap.experiment.kept import Kept, key_of_all
from simcap.experiment.workers import Jobs

MOST_REPLICATIONS = 20
"""Of a hindcast."""


@dataclasses.dataclass(frozen=True)
class Asking:
    """How predictions are asked for."""

    configuration: Configuration
    history: History
    hindcasts: Hindcasts | None
    """Of reports alone, by which it is chosen what they do not say."""
    model: DeskModel
    jobs: Jobs
    progress: Callable[[str, int, int], None]
    kept: Kept | None
    key: str
    """Of the history, under which replications are stored."""
    overlay: Overlay | None
    known: dict[tuple[dt.date, Mode], pd.DataFrame] = dataclasses.field(default_factory=dict)
    """Windows of hindcasts, by the first day of their week."""

    def prediction(self, origin: dt.date, mode: Mode, what: str = "") -> Prediction:
        """Predict the days after an origin."""
        what = f"{mode} from {origin:%d %b %Y}{what}".replace(" 0", " ")
        self.progress(what, 0, 0)
        if mode == "scenario":
            return self._by_scenario(origin, what)
        if self.model.chosen is not None:
            return _picked_up(self.configuration, self.history, self.model.chosen, origin, mode)
        if self.hindcasts is not None:
            learned = self.hindcasts.learn(origin)
        else:
            learned = learn(self.configuration, self.history, origin, mode)
        kept = (self.kept, key_of_all(self.key, origin, mode)) if self.kept else None
        return predict(
            self.configuration, self.history, learned, mode, self.jobs, functools.partial(self.progress, what), kept
        )

    def _by_scenario(self, origin: dt.date, what: str) -> Prediction:
        """Predict the days after an origin by the scenario that is laid over it."""
        assert self.overlay is not None
        laid = laid_over(self.overlay, self.configuration, self.history, origin)
        kept = (self.kept, key_of_all(self.key, origin, self.overlay.key)) if self.kept else None
        progress = functools.partial(self.progress, what)
        return predict_scenario(self.configuration, self.history, laid, self.jobs, progress, kept)

    def anchor(self, origin: dt.date, mode: Mode) -> Anchor:
        """Weigh the simulation against the rules by hindcasts from weeks before an origin, as far as data reach."""
        assert self.configuration.backtest is not None
        weeks = [origin - dt.timedelta(weeks=week) for week in range(1, HINDCASTS + 1)]
        reached = [week for week in weeks if (week - self.configuration.from_).days >= LEAST_DAYS]
        found = [self.hindcast(week, mode) for week in reached]
        hindcasts = pd.concat(found, ignore_index=True) if found else pd.DataFrame()
        decided, finest = decided_by(origin, hindcasts, self.configuration), self.configuration.backtest.finest
        return anchor_of(mode, origin, decided, finest, self.model.chosen.point if self.model.chosen else "mean")

    def hindcast(self, first: dt.date, mode: Mode) -> pd.DataFrame:
        """Return the windows of a week, predicted from what was known before it; each is simulated once.

        What came later than an origin has no part in the windows that were decided by then.
        """
        if (first, mode) not in self.known:
            backtest = self.configuration.backtest
            assert backtest is not None
            few = min(backtest.replications, MOST_REPLICATIONS)
            short = backtest.model_copy(update={"days": 7, "replications": few})
            asking = dataclasses.replace(
                self,
                configuration=self.configuration.model_copy(update={"backtest": short}),
                key=key_of_all(self.key, "hindcast"),
            )
            try:
                predictions = [asking.prediction(first, mode, ", a hindcast")]
            except DataError:
                predictions = []
            self.known[first, mode] = windows_table(predictions, backtest.finest)
        return self.known[first, mode]


def _picked_up(
    configuration: Configuration, history: History, chosen: Chosen, origin: dt.date, mode: Mode
) -> Prediction:
    assert configuration.backtest is not None
    count = configuration.backtest.replications
    learned = learn_pick_ups(configuration, history, origin, mode, chosen.settings)
    if mode == "replay":
        coming = (items_that_came(history, learned),) * count
    else:
        coming = items_to_come(configuration, history, origin, count)
    return predict_pick_ups(configuration, history, learned, mode, coming, dict(chosen.widened.get(mode, {})))
