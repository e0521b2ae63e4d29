"""Replays of the weeks before an origin, by which it is chosen what no report says, and how wide a band has to be.

Each earlier week is predicted from its own beginning, from what was known then. The weeks that a back-test scores have
no part in what is chosen for them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Final

import pandas as pd

from simcap.calibration.backtest.desk import Learned, first_day
from simcap.calibration.backtest.hindcast_spread import HindcastSpread, hindcast_spread
from simcap.calibration.backtest.hypothesis import LEAST_LOAD, LOAD_STEPS, Hypothesis
from simcap.calibration.backtest.predict import predict
from simcap.calibration.backtest.reported_desk import ReportedDesk
from simcap.calibration.backtest.reported_share import finest
from simcap.calibration.backtest.scores import windows_table
from simcap.errors import DataError
from simcap.experiment.workers import Jobs

MOST: Final = 6
"""Most weeks before an origin that are replayed: the latest."""
FEW: Final = 3
"""Replications of each."""
CLOSE: Final = 0.005
"""Mean error of the share on time from which on no better load is sought: where all is on time, none tells."""
ENOUGH: Final = 2
"""Weeks from which on anything is chosen by them."""


class Hindcasts:
    """Replays of earlier weeks of one desk, each made once."""

    def __init__(self, desk: ReportedDesk, jobs: Jobs, progress: Callable[[int], None]) -> None:
        self._desk, self._jobs, self._progress = desk, jobs, progress
        self._known: dict[tuple[Hypothesis, dt.date], pd.DataFrame] = {}
        self._chosen: dict[dt.date, tuple[Hypothesis, int]] = {}
        self._loads: dict[tuple[str, frozenset[str]], float] = {}
        self._shares = desk.history.shares

    def learn(self, origin: dt.date) -> Learned:
        """Return the desk at an origin under the hypothesis that missed the weeks before it least."""
        desk = self._desk
        weeks = self._weeks(origin)
        open_ = desk.hypotheses(origin)
        chosen = open_[0] if len(weeks) < ENOUGH else self._least(open_, weeks)
        learned = desk.learn(desk.configuration, origin, chosen)
        assert learned.reported is not None
        reported = dataclasses.replace(learned.reported, spread=self._spread(chosen, weeks))
        self._chosen[origin] = chosen, len(weeks)
        return dataclasses.replace(learned, reported=reported)

    def told(self) -> Iterator[str]:
        """Yield what was chosen for each origin, in words; origins for which it is the same together."""
        for chosen, days in itertools.groupby(self._chosen, lambda day: self._chosen[day]):
            origins = list(days)
            span = f"{origins[0]}" if len(origins) == 1 else f"{origins[0]} to {origins[-1]}"
            by = f"missed the {chosen[1]} periods before it least" if chosen[1] >= ENOUGH else "is taken untried"
            yield f"From {span}, what {by}: {chosen[0]}."

    def _weeks(self, origin: dt.date) -> list[tuple[dt.date, int]]:
        """Return the periods before an origin that can be replayed, each with its days: weeks, or months of a report.

        The first week of a history only tells from what backlog the next one starts.
        """
        if finest(self._shares) == "month":
            months = self._shares[["day", "days"]].drop_duplicates().sort_values("day")
            spans = [(dt.date.fromordinal(int(day)), int(days)) for day, days in months.to_numpy()]
        else:
            spans = [(origin - dt.timedelta(days=7 * week), 7) for week in range(MOST, 0, -1)]
        earliest = first_day(self._desk.configuration, origin) + dt.timedelta(days=7)
        known = [(day, days) for day, days in spans if day >= earliest and day + dt.timedelta(days=days) <= origin]
        return known[-MOST:]

    def _least(self, open_: list[Hypothesis], weeks: list[tuple[dt.date, int]]) -> Hypothesis:
        """Return the hypothesis under which the weeks are missed least, each with the load that fits it best."""
        return min((self._loaded(one, weeks) for one in open_), key=lambda one: self._missed(one, weeks)[0])

    def _loaded(self, hypothesis: Hypothesis, weeks: list[tuple[dt.date, int]]) -> Hypothesis:
        """Return a hypothesis with the load under which the weeks come out right on average.

        The more work takes, the less is on time: from the load that was best for earlier weeks, steps that are halved
        each time the sign of the error changes.
        """
        structure = hypothesis.rule, hypothesis.split
        best = dataclasses.replace(hypothesis, load=self._loads.get(structure, hypothesis.load))
        step, sign = LOAD_STEPS if structure not in self._loads else LOAD_STEPS / 4, 0.0
        load = best.load
        while step >= LOAD_STEPS / 4 and LEAST_LOAD <= load <= 1 / LEAST_LOAD:
            one = dataclasses.replace(hypothesis, load=round(load, 3))
            bias = self._missed(one, weeks)[1]
            best = min(best, one, key=lambda tried: abs(self._missed(tried, weeks)[1]))
            if abs(bias) < CLOSE:
                break
            step = step / 2 if sign * bias < 0 else step
            sign = bias
            load = one.load + math.copysign(step, bias)
        self._loads[structure] = best.load
        return best

    def _missed(self, hypothesis: Hypothesis, weeks: list[tuple[dt.date, int]]) -> tuple[float, float]:
        """Return by how much windows were missed, the mean over their kinds, and the mean error; weighted by items."""
        windows = self._windows(hypothesis, weeks)
        if windows.empty:
            return math.inf, 0.0
        single = windows[windows["queue"] != ""]
        error = (single["mean"] - single["actual"]) * single["items"]
        sums = single.assign(error=error, miss=error.abs()).groupby("period")[["error", "miss", "items"]].sum()
        return float((sums["miss"] / sums["items"]).mean()), float((sums["error"] / sums["items"]).mean())

    def _windows(self, hypothesis: Hypothesis, weeks: list[tuple[dt.date, int]]) -> pd.DataFrame:
        return pd.concat([self._of(hypothesis, day, days) for day, days in weeks], ignore_index=True)

    def _of(self, hypothesis: Hypothesis, day: dt.date, days: int) -> pd.DataFrame:
        """Return the windows of one earlier week; none for one that cannot be replayed."""
        if (hypothesis, day) not in self._known:
            desk = self._desk
            assert desk.configuration.backtest is not None
            few = desk.configuration.backtest.model_copy(update={"days": days, "replications": FEW})
            short = desk.configuration.model_copy(update={"backtest": few})
            try:
                learned = desk.learn(short, day, hypothesis)
                found = windows_table([predict(short, desk.history, learned, "replay", self._jobs)], few.finest)
            except DataError:
                found = pd.DataFrame()
            self._known[hypothesis, day] = found
            self._progress(len(self._known))
        return self._known[hypothesis, day]

    def _spread(
        self, hypothesis: Hypothesis, weeks: list[tuple[dt.date, int]]
    ) -> dict[tuple[str, str, str], HindcastSpread]:
        windows = self._windows(hypothesis, weeks) if weeks else pd.DataFrame()
        if windows.empty:
            return {}
        return {
            (str(queue), str(sla), str(period)): hindcast_spread(rows)
            for (queue, sla, period), rows in windows.groupby(["queue", "sla", "period"])
        }
