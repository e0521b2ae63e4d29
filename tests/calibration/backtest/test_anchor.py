"""Anchored predictions: which of simulation and rule hindcasts believe, and bands that hold what they promise."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.anchor import FEWEST, Anchor, anchor_of, anchored, anchors_table, decided_by
from simcap.calibration.history.yardsticks import Backtest, BacktestSla

ORIGIN = dt.date(2026, 3, 30)


def expit(values: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-values)))


def windows(count: int, seed: int, *, simulated: float = 0.2, ruled: float = 0.2, band: float = 0.2) -> pd.DataFrame:
    """Return days of 2,000 items whose log odds simulation and rule miss by so much; `band` is what a band believes."""
    rng = np.random.default_rng(seed)
    truth = 1.5 + 0.5 * rng.standard_normal(count)
    middle = truth + simulated * rng.standard_normal(count)
    other = truth + ruled * rng.standard_normal(count)
    return pd.DataFrame(
        {
            "mode": "forecast",
            "origin": ORIGIN,
            "period": "day",
            "items": 2000,
            "actual": expit(truth),
            "mean": expit(middle),
            "p05": expit(middle - 1.645 * band),
            "p95": expit(middle + 1.645 * band),
            "same_hours": expit(other),
            "last_week": expit(other + 1),
            "day_type": expit(other - 1),
            "smoothing": np.nan,
        }
    )


def learned(rows: pd.DataFrame) -> Anchor:
    return anchor_of("forecast", ORIGIN, rows, "day")


@pytest.mark.parametrize(
    ("simulated", "ruled", "low", "high"),
    [(0.05, 0.5, 0.85, 1.0), (0.5, 0.05, 0.0, 0.15), (0.3, 0.3, 0.35, 0.65)],
    ids=["simulation is right", "rule is right", "both are as good"],
)
def test_the_weight_is_that_of_the_one_that_was_right(simulated: float, ruled: float, low: float, high: float) -> None:
    found = learned(windows(200, 1, simulated=simulated, ruled=ruled))
    assert found.rule == "same_hours"
    assert low <= found.weight <= high


def test_few_hindcasts_teach_nothing() -> None:
    rows = windows(FEWEST - 1, 2, simulated=0.01)
    found = learned(rows)
    assert (found.weight, found.factors, found.windows) == (0.5, {}, FEWEST - 1)
    assert learned(rows.iloc[:0]).weight == 0.5
    band = found.columns_of(rows)
    half = np.log(rows["p95"] / (1 - rows["p95"])) - np.log(rows["mean"] / (1 - rows["mean"]))
    odds = np.log(band / (1 - band))
    assert (odds["anchored_p95"] - odds["anchored"]).to_numpy() == pytest.approx(half.to_numpy())


@pytest.mark.parametrize("band", [0.05, 0.2, 0.8], ids=["too narrow", "right", "too wide"])
def test_bands_hold_what_they_promise_on_new_windows(band: float) -> None:
    held = []
    for seed in range(20):
        found = learned(windows(60, seed, band=band))
        new = windows(200, 1000 + seed, band=band)
        columns = found.columns_of(new)
        held.append(((new["actual"] >= columns["anchored_p05"]) & (new["actual"] <= columns["anchored_p95"])).mean())
    assert 0.86 <= np.mean(held) <= 0.95


def test_a_stack_is_no_worse_than_the_better_of_the_two() -> None:
    errors = []
    for seed in range(20):
        found = learned(windows(60, seed, simulated=0.25, ruled=0.2))
        new = windows(400, 1000 + seed, simulated=0.25, ruled=0.2)
        names = {"stack": found.columns_of(new)["anchored"], "simulation": new["mean"], "rule": new["same_hours"]}
        errors.append({name: float((values - new["actual"]).abs().mean()) for name, values in names.items()})
    mean = pd.DataFrame(errors).mean()
    assert mean["stack"] < 0.9 * min(mean["simulation"], mean["rule"])


def test_windows_of_all_or_nothing_stay_inside() -> None:
    rows = windows(40, 3).assign(actual=1.0, mean=1.0, p05=1.0, p95=1.0, same_hours=1.0)
    found = learned(rows)
    columns = found.columns_of(rows)
    assert ((columns["anchored"] > 0.99) & (columns["anchored"] < 1)).all()
    assert (columns["anchored_p95"] == 1).all()


def test_a_band_of_one_or_two_items_holds_none_and_all() -> None:
    """An hour with two items is all on time, none, or half: a band that reaches so far says so."""
    rows = windows(40, 5).assign(items=2, mean=0.5, p05=0.0, p95=1.0, same_hours=0.5)
    rows["actual"] = np.resize([0.0, 0.5, 1.0], 40)
    columns = learned(rows).columns_of(rows)
    assert (columns["anchored_p05"] == 0).all()
    assert (columns["anchored_p95"] == 1).all()


def test_the_median_is_weighed_where_it_is_the_point() -> None:
    """The median of the replications is right, and their mean too low: with the median the simulation weighs more."""
    rows = windows(200, 6, simulated=0.05, ruled=0.5)
    rows = rows.assign(p50=rows["mean"], mean=expit(np.log(rows["mean"] / (1 - rows["mean"])) - 1.0))
    by_mean, by_median = (anchor_of("forecast", ORIGIN, rows, "day", point) for point in ("mean", "p50"))
    assert by_median.weight > by_mean.weight + 0.2
    errors = [float((one.columns_of(rows)["anchored"] - rows["actual"]).abs().mean()) for one in (by_mean, by_median)]
    assert errors[1] < 0.5 * errors[0]


def test_each_window_has_the_anchor_of_its_origin_and_mode() -> None:
    rows = pd.concat([windows(3, 1), windows(3, 2).assign(mode="replay")], ignore_index=True)
    found = anchored(rows, [learned(windows(40, 4))])
    assert found.loc[found["mode"] == "forecast", "anchored"].notna().all()
    assert found.loc[found["mode"] == "replay", "anchored"].isna().all()
    assert anchored(rows, []) is rows
    table = anchors_table([learned(windows(40, 4))])
    assert table.columns.tolist() == [
        "mode", "origin", "rule", "weight", "windows", "point", "factor_week", "factor_day", "factor_hour",
    ]  # fmt: skip


def test_windows_that_may_still_be_late_are_left_out() -> None:
    """Due within a day: of windows that end a day before the origin or earlier, all is known."""
    starts = [
        "2026-03-23",
        "2026-03-22",
        "2026-03-28",
        "2026-03-29",
        "2026-03-28T23:00+01:00",
        "2026-03-29T00:00+01:00",
    ]
    periods = ["week", "week", "day", "day", "hour", "hour"]
    rows = pd.DataFrame({"start": starts, "period": periods, "sla": "24 h"})
    sla = BacktestSla.model_validate({"measure": "wait", "within": "24 h"})
    backtest = Backtest(first=ORIGIN, sla={"24 h": sla})
    known: Any = SimpleNamespace(backtest=backtest, timezone="Europe/London")
    assert decided_by(ORIGIN, rows, known).index.tolist() == [1, 2, 4]
