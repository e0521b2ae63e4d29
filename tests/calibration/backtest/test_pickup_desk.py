"""Back-tests of pick-up desks: no look ahead, true ages, settings by hindcast, bands as wide as the past says."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest import pickup_settings
from simcap.calibration.backtest.backtest import backtest
from simcap.calibration.backtest.pickup_desk import learn_pick_ups
from simcap.calibration.backtest.pickup_items import items_that_came, items_to_come
from simcap.calibration.backtest.pickup_prediction import predict_pick_ups
from simcap.calibration.backtest.pickup_settings import USUAL, choose, closer_point, hindcast_origins, widening
from simcap.calibration.backtest.rivals import RULES
from simcap.calibration.backtest.scores import logits, windows_table
from simcap.calibration.history.configuration import Configuration, read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.errors import DataError, ScenarioError
from simcap.report.terminal.backtest import told_of_model
from tests.calibration import desks
from tests.calibration.pickup.simulated import FIRST, arrivals, picked_by_chance

DAYS = 56
ORIGIN = dt.date(2026, 4, 20)
PLAN = """
title: a desk with a backlog
timezone: UTC
from: 2026-03-02
to: 2026-04-26
items: {path: items.csv}
staffing: {interval: 30 min}
backtest: {desk: pick_up, first: 2026-04-20, days: 7, sla: {4 h: {measure: wait, within: 4 h}}, replications: 8}
"""


def _table(seed: int = 31) -> pd.DataFrame:
    """Return the log of a queue whose items are picked up by chance; one was created on the first day and never is."""
    generator = np.random.default_rng(seed)
    created = arrivals(DAYS, 40.0, generator)
    started = picked_by_chance(created, DAYS, generator)
    started[10] = np.inf
    done = started + 300
    table = pd.DataFrame({"created": created, "started": started, "completed": done})
    for name in table:
        known = table[name].where(np.isfinite(table[name]))
        table[name] = pd.to_datetime(known, unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ").fillna("")
    return table.assign(queue="claims", agent="desk")


def _written(table: pd.DataFrame, folder: Path, plan: str = PLAN) -> Path:
    folder.mkdir(exist_ok=True)
    table.to_csv(folder / "items.csv", index=False)
    (folder / "calibration.yaml").write_text(plan)
    return folder / "calibration.yaml"


def _read(path: Path) -> tuple[Configuration, History]:
    configuration = read_configuration(path)
    return configuration, read_history(configuration, path.parent)


def test_a_desk_is_predicted_from_its_backlog(tmp_path: Path) -> None:
    found = backtest(_written(_table(), tmp_path))
    assert found.model.name == "pick_up"
    assert not found.inferred
    week = found.scores[found.scores["period"] == "week"].set_index("mode")
    assert week.loc["replay", "error"] < 0.06
    assert week.loc["forecast", "error"] < 0.1
    backlog = found.totals.set_index("mode").loc["replay"]
    assert backlog["backlog_predicted"] == pytest.approx(backlog["backlog"], rel=0.3)
    assert found.gone == {"claims": 1}
    said = " ".join(told_of_model(found.model))
    assert "pick-up desk" in said
    assert "hindcasts" in said


def test_nothing_after_the_origin_is_known_to_a_forecast(tmp_path: Path) -> None:
    table = _table()
    later = table["created"] >= "2026-04-20"
    open_ = table["started"] >= "2026-04-20"
    other = table.assign(
        started=table["started"].mask(later | open_, "2026-04-26T23:00:00Z"),
        completed=table["completed"].mask(later | open_, "2026-04-26T23:10:00Z"),
    )[~later | (np.arange(len(table)) % 3 == 0)]
    shares = []
    for name, rows in (("one", table), ("other", other)):
        configuration, history = _read(_written(rows, tmp_path / name))
        learned = learn_pick_ups(configuration, history, ORIGIN, "forecast", USUAL)
        coming = items_to_come(configuration, history, ORIGIN, 3)
        prediction = predict_pick_ups(configuration, history, learned, "forecast", coming, {})
        shares.append((prediction.simulated.on_time, prediction.simulated.decided, learned.hazards["claims"].age))
    for one, same in zip(*shares, strict=True):
        assert np.array_equal(one, same)


def test_nothing_after_the_first_origin_is_known_to_hindcasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickup_settings, "REPLICATIONS", 4)
    table = _table()
    other = table[(table["created"] < "2026-04-20")].copy()
    late = other["started"] >= "2026-04-20"
    other.loc[late, ["started", "completed"]] = ""
    one, same = (
        choose(*_read(_written(rows, tmp_path / name)), ("replay",), lambda _: None)
        for name, rows in (("one", table), ("other", other))
    )
    assert one == same
    assert one.widened["replay"]["day"] == 1.0  # 14 windows are too few to measure it


def test_a_dead_item_is_not_waiting_and_the_others_have_their_true_ages(tmp_path: Path) -> None:
    configuration, history = _read(_written(_table(), tmp_path))
    learned = learn_pick_ups(configuration, history, ORIGIN, "forecast", USUAL)
    items = history.items
    there = items[(items["created"] < learned.begin) & ~(items["started"] < learned.begin)]
    assert learned.gone == {"claims": 1}
    assert learned.waiting["claims"].tolist() == sorted(there["created"])[1:]


def test_a_replay_is_given_the_items_that_came(tmp_path: Path) -> None:
    configuration, history = _read(_written(_table(), tmp_path))
    learned = learn_pick_ups(configuration, history, ORIGIN, "replay", USUAL)
    came = items_that_came(history, learned)
    prediction = predict_pick_ups(configuration, history, learned, "replay", (came, came), {})
    assert prediction.simulated.arrived.tolist() == [prediction.actual.arrived.tolist()] * 2


def test_a_gap_of_weeks_is_found_by_date_and_does_not_slow_the_desk(tmp_path: Path) -> None:
    table = _table()
    day = (pd.to_datetime(table["created"], utc=True) - pd.Timestamp(FIRST, tz="UTC")).dt.days
    lost = table[(day < 14) | (day >= 30)]
    lost = lost[(lost["started"] < "2026-03-16") | (lost["started"] >= "2026-04-01")]
    whole, cut = (
        learn_pick_ups(*_read(_written(rows, tmp_path / name)), ORIGIN, "forecast", USUAL).hazards["claims"]
        for name, rows in (("whole", table), ("cut", lost))
    )
    assert cut.expected[15:29].sum() == 0
    assert cut.days.variance < 0.1
    rates = [one.base + one.profile[12] + one.age[3] - one.answer * np.log(one.usual) for one in (whole, cut)]
    assert rates[0] == pytest.approx(rates[1], abs=0.2)


@pytest.mark.parametrize("desk", ["floor", "pick_up"])
def test_a_gap_as_long_as_what_is_fitted_on_is_told_with_its_dates(tmp_path: Path, desk: str) -> None:
    table = _table()
    lost = table[(table["created"] < "2026-03-10") | (table["created"] >= "2026-04-20")]
    plan = PLAN.replace("desk: pick_up, ", f"desk: {desk}, history: 28, ")
    with pytest.raises(DataError, match="the log has a gap from 2026-03-09 to 2026-04-20"):
        backtest(_written(lost, tmp_path, plan), ("forecast",))


def test_hindcasts_end_before_the_first_origin(tmp_path: Path) -> None:
    configuration = read_configuration(_written(_table(), tmp_path))
    # Eight days until the last item of a week is due; the first 28 days are the least that is fitted on.
    assert hindcast_origins(configuration) == (dt.date(2026, 3, 30), dt.date(2026, 4, 6))


def test_a_desk_of_seconds_is_left_to_the_floor(tmp_path: Path) -> None:
    path = desks.write(desks.draw(1), tmp_path)
    path.write_text(path.read_text().replace("first: 2026-03-30", "desk: auto\n  first: 2026-03-30"))
    found = backtest(path, ("replay",))
    assert found.model.name == "floor"
    assert "median wait" in found.model.why
    assert told_of_model(found.model) == [f"Model: the floor ({found.model.why})."]


@pytest.mark.slow
def test_of_both_models_the_one_with_the_better_hindcasts_is_taken(tmp_path: Path) -> None:
    found = backtest(_written(_table(), tmp_path, PLAN.replace("pick_up", "auto")), ("forecast",))
    assert found.model.name == "pick_up"
    assert "hindcasts before the first origin missed by" in found.model.why


def test_a_queue_that_is_hardly_worked_is_refused(tmp_path: Path) -> None:
    table = _table()
    few = table.head(30).assign(queue="rare")
    with pytest.raises(DataError, match=r"queues\.rare: \d+ pick-ups, and a pick-up desk is fitted to 50 at least"):
        backtest(_written(pd.concat([table, few]), tmp_path))


def test_reports_allow_no_pick_up_desk(tmp_path: Path) -> None:
    path = tmp_path / "calibration.yaml"
    path.write_text(PLAN.replace("items: {path: items.csv}", "reports: {path: report.csv}"))
    with pytest.raises(ScenarioError, match="backtest\\.desk: pick_up needs an item log"):
        read_configuration(path)


def test_the_point_is_the_median_where_bad_weeks_have_a_tail() -> None:
    """Replications mostly say 0.9, as comes, and some 0.3: their mean is 0.8."""
    rows = pd.DataFrame(
        {
            "mode": "forecast", "queue": "a", "sla": "4 h", "period": "week", "items": 100, "actual": [0.9, 0.9, 0.3],
            "mean": 0.8, "p05": 0.3, "p25": 0.85, "p50": 0.9, "p75": 0.92, "p95": 0.95, "crps": 0.0,
            **dict.fromkeys(RULES, 0.8),
        }
    )  # fmt: skip
    assert closer_point(rows) == "p50"
    assert closer_point(rows.assign(actual=0.8)) == "mean"


# -- bands ------------------------------------------------------------------------------------------------------------


def test_bands_are_widened_to_what_nine_of_ten_windows_needed() -> None:
    distance = np.linspace(0.05, 5.0, 100)
    actual = 1 / (1 + np.exp(-distance))
    table = pd.DataFrame({"items": 10_000, "actual": actual, "mean": 0.5, "p05": 0.5, "p95": 0.5})
    band = 1 / (1 + np.exp(-np.array([-1.0, 1.0])))
    table = table.assign(p05=band[0], p95=band[1])
    # The 91st of 100: split conformal counts the window to come as one more.
    assert widening(table) == pytest.approx(distance[90], rel=0.01)
    assert widening(table.head(19)) == 1.0


def test_widened_bands_are_further_from_the_mean_in_log_odds(tmp_path: Path) -> None:
    configuration, history = _read(_written(_table(), tmp_path))
    learned = learn_pick_ups(configuration, history, ORIGIN, "replay", USUAL)
    prediction = predict_pick_ups(
        configuration, history, learned, "replay", (items_that_came(history, learned),) * 8, {}
    )
    wide = dataclasses.replace(prediction, widened={"day": 2.0})
    one, two = (windows_table([given], "day") for given in (prediction, wide))
    assert one[one["period"] == "week"].equals(two[two["period"] == "week"])
    one, two = (table[table["period"] == "day"].reset_index() for table in (one, two))
    assert one["mean"].equals(two["mean"])
    apart = [logits(table["p95"].to_numpy(), 1e9) - logits(table["mean"].to_numpy(), 1e9) for table in (one, two)]
    inside = one["p95"] < 0.97
    assert inside.sum() >= 3
    assert apart[1][inside] == pytest.approx(2 * apart[0][inside], abs=0.1)
