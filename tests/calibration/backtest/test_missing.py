"""What a prediction lacks: the part of later days that was made to differ is the one that takes the error away."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.backtest import pickup_settings
from simcap.calibration.backtest.availability import ratios_by_day
from simcap.calibration.backtest.backtest import backtest
from simcap.calibration.backtest.days_seen import handle_factors
from simcap.calibration.backtest.desk import known_at, midnight
from simcap.calibration.backtest.missing import ALL_PARTS, NO_PART, clustered_error
from simcap.calibration.backtest.pickup_desk import learn_pick_ups, ordered_as_later
from simcap.calibration.backtest.pickup_items import as_many_as_came
from simcap.calibration.backtest.pickup_settings import USUAL
from simcap.calibration.backtest.told import mode_of, parts_left
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.cli import main
from simcap.errors import ScenarioError
from simcap.report.terminal.missing import WORDS, told_of
from simcap.units import DAY, HOUR
from tests.calibration import desks
from tests.calibration.backtest import test_pickup_desk as pickups
from tests.calibration.pickup.simulated import arrivals, picked_by_chance

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ORIGIN = dt.date(2026, 3, 30)


# -- parts ------------------------------------------------------------------------------------------------------------


def test_a_mode_lacks_what_it_is_not_told() -> None:
    floor = ("volumes", "items", "staffing", "handle_times", "availability")
    assert parts_left("floor", "forecast", attended=False) == floor
    assert parts_left("floor", "plan", attended=True) == ("volumes", "items", "handle_times")
    assert parts_left("floor", "replay", attended=False) == ("handle_times", "availability")
    assert parts_left("pick_up", "replay", attended=False) == ("order",)
    assert parts_left("pick_up", "scenario", attended=True) == ("volumes", "items", "handle_times")
    assert [mode_of(frozenset(told)) for told in (["items"], ["staffing"], ["items", "staffing"])] == [
        "forecast", "plan", "replay",
    ]  # fmt: skip


def test_as_many_items_come_on_each_day_as_came_at_the_hours_of_the_drawn_ones() -> None:
    generator = np.random.default_rng(5)
    begin = (
        dt.datetime(2026, 3, 30, tzinfo=dt.UTC).timestamp() - 2 * HOUR
    )  # midnight in Helsinki, a day after the change
    begin -= HOUR
    drawn = tuple({"a": np.sort(begin + 9 * HOUR + HOUR * generator.random(30))} for _ in range(4))
    came = {"a": begin + np.concatenate([20 * HOUR + np.arange(50.0), DAY + np.arange(7.0)])}
    found = as_many_as_came(drawn, came, begin, "Europe/Helsinki")
    assert len(found) == 4
    for one in found:
        first, second = one["a"][:50] - begin, one["a"][50:] - begin
        assert ((first >= 9 * HOUR) & (first <= 10 * HOUR)).all()
        assert np.unique(first).size == 50
        # Nothing was drawn for the second day: what came stands in.
        assert second.tolist() == (DAY + np.arange(7.0)).tolist()
    assert not np.array_equal(found[0]["a"], found[1]["a"])


def test_a_day_of_long_items_is_seen(tmp_path: Path) -> None:
    table = desks.draw(3)
    times = {name: pd.to_datetime(table[name]) for name in ("started", "completed")}
    slow = table["started"].str.startswith("2026-04-01")
    done = times["completed"] + (times["completed"] - times["started"]).where(slow, pd.Timedelta(0))
    table["completed"] = done.dt.strftime("%Y-%m-%dT%H:%M:%S.%f").fillna("")
    plan = read_configuration(desks.write(table, tmp_path))
    history = read_history(plan, tmp_path)
    past = known_at(history.items, midnight(plan, ORIGIN))
    factors = handle_factors(plan, history, past, ORIGIN)["calls"].to_numpy()
    assert factors.size == 14
    # A day has some 500 items of exponential length: 4.5% of standard error.
    assert factors[2] == pytest.approx(2.0, rel=0.15)
    assert np.delete(factors, 2) == pytest.approx(np.ones(13), rel=0.18)


def test_days_of_less_work_are_found_and_chance_is_not_taken_for_it() -> None:
    """Days work a quarter more or less than three fifths of an hour; after the first 50 one does, the others do not."""
    generator = np.random.default_rng(6)
    days = np.repeat(np.arange(60), 200)
    level = np.append(np.tile([0.75, 1.25], 25), np.ones(10))
    level[55] = 1.25
    share = 0.6 * level[days] * generator.gamma(10, 0.1, days.size)
    seen = pd.DataFrame({"day": days, "hour": np.arange(days.size) % 2 + 9, "waiting": 300.0, "share": share})
    found = ratios_by_day(seen, 50)
    assert found.index.tolist() == list(range(50, 60))
    assert found[55] == pytest.approx(1.25, abs=0.1)
    assert found.drop(55).to_numpy() == pytest.approx(np.ones(9), abs=0.1)
    alike = seen.assign(share=0.6 * generator.gamma(10, 0.1, days.size))
    noisy = alike.groupby("day")["share"].mean()[50:] / 0.6
    assert (ratios_by_day(alike, 50) - 1).abs().mean() < 0.5 * (noisy - 1).abs().mean()


def test_the_order_of_later_days_leaves_the_pace_as_it_is(tmp_path: Path) -> None:
    """From the origin on, no item of less than four hours is taken: the order says so, and the pace is the old one."""
    table = pickups._table()
    times = {name: pd.to_datetime(table[name], utc=True) for name in ("created", "started")}
    fresh = (times["created"] >= "2026-04-20") & (times["started"] - times["created"] < pd.Timedelta("4h"))
    late = (times["started"] + pd.Timedelta("4h")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    changed = table.assign(started=table["started"].mask(fresh, late), completed=table["completed"].mask(fresh, late))
    configuration, history = pickups._read(pickups._written(changed, tmp_path))
    learned = learn_pick_ups(configuration, history, pickups.ORIGIN, "forecast", USUAL)
    told = ordered_as_later(configuration, history, learned)
    before, after = learned.hazards["claims"], told.hazards["claims"]
    young = before.ages < 2 * HOUR
    assert (after.age[young].mean() - after.age[~young][:3].mean()) < (
        before.age[young].mean() - before.age[~young][:3].mean()
    ) - 1.0
    assert after.picked.sum() == before.picked.sum()
    assert (after.expected * np.exp(after.levels.mode)).sum() == pytest.approx(after.picked.sum(), rel=0.02)


def test_errors_of_windows_that_are_alike_within_days_are_not_underrated() -> None:
    generator = np.random.default_rng(7)
    cluster = np.repeat(np.arange(25), 12).astype(object)
    weight = generator.uniform(1, 3, cluster.size)
    means, errors = [], []
    for _ in range(400):
        values = generator.standard_normal(25)[cluster.astype(int)] + generator.standard_normal(cluster.size)
        means.append(np.average(values, weights=weight))
        errors.append(clustered_error(values, weight, cluster))
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.12)
    assert np.isnan(clustered_error(np.ones(3), np.ones(3), np.array(["a"] * 3, object)))


# -- known answers ----------------------------------------------------------------------------------------------------


def _missed(missing: pd.DataFrame, period: str) -> pd.Series:
    rows = missing[missing["period"] == period]
    return rows.set_index("part")["error"]


def test_what_changed_after_the_origin_is_what_a_plan_lacks(tmp_path: Path) -> None:
    """From the origin on, each call takes 50% longer, and nothing else is new."""
    path = desks.write(_slower_from(ORIGIN), tmp_path)
    path.write_text(
        path.read_text().replace("replications: 12", "replications: 4").replace("finest: hour", "finest: day")
    )
    out = tmp_path / "out"
    words = ["backtest", str(path), "--mode", "plan", "--explain", "--no-anchor", "--no-charts", "--jobs", "1"]
    done = CliRunner().invoke(main, [*words, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "Plan: missed by, if it had been told ..." in done.output
    found = pd.read_csv(out / "missing.csv", keep_default_na=False)
    assert found["period"].unique().tolist() == ["week", "day"]
    missed = _missed(found, "day")
    assert missed.index.tolist() == [NO_PART, "volumes", "items", "handle_times", "availability", ALL_PARTS]
    assert missed["handle_times"] < 0.6 * missed[NO_PART]
    assert missed[ALL_PARTS] < 0.6 * missed[NO_PART]
    assert missed["handle_times"] < missed["items"]
    row = found.set_index(["period", "part"]).loc[("day", "handle_times")]
    assert row["taken_off"] == pytest.approx(missed[NO_PART] - missed["handle_times"])
    assert row["taken_off"] > 2 * row["taken_off_se"]
    assert "A day of a queue is missed by" in told_of(found, WORDS)
    assert "if the handle times had been known" in told_of(found, WORDS)


def _slower_from(day: dt.date) -> pd.DataFrame:
    """Return a desk's log whose calls are drawn anew with longer handle times from a day on."""
    usual, slow = desks.draw(11), desks.draw(11, mean=270.0)
    since = f"{day}"
    return pd.concat([usual[usual["created"] < since], slow[slow["created"] >= since]], ignore_index=True)


def test_a_pick_up_desk_that_slows_down_lacks_the_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each day has a pace of its own, and the week after the origin two fifths of what is usual."""
    monkeypatch.setattr(pickup_settings, "REPLICATIONS", 4)
    generator = np.random.default_rng(8)
    created = arrivals(pickups.DAYS, 40.0, generator)
    pace = np.exp(0.5 * generator.standard_normal(pickups.DAYS))
    pace[49:] *= 0.4
    started = picked_by_chance(created, pickups.DAYS, generator, pace)
    table = pd.DataFrame({"created": created, "started": started, "completed": started + 300})
    for name in table:
        known = table[name].where(np.isfinite(table[name]))
        table[name] = pd.to_datetime(known, unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ").fillna("")
    path = pickups._written(table.assign(queue="claims", agent="desk"), tmp_path)
    found = backtest(path, ("forecast",), anchor=False, explain=True)
    missed = _missed(found.missing, "week")
    assert missed.index.tolist() == [NO_PART, "volumes", "items", "staffing", "order", ALL_PARTS]
    assert missed[["volumes", "items"]].min() > 0.8 * missed[NO_PART]
    assert missed[ALL_PARTS] < 0.5 * missed[NO_PART]


def test_reports_alone_are_not_explained(tmp_path: Path) -> None:
    path = tmp_path / "calibration.yaml"
    items, report = "items: {path: calls.csv, columns: {expired: expired}}", "{path: report.csv, columns: {offered: n}}"
    plan = desks.PLAN.replace(items, f"reports: {report}")
    path.write_text(plan)
    (tmp_path / "report.csv").write_text("period,n\n2026-03-02,3\n2026-03-03,3\n")
    with pytest.raises(ScenarioError, match="to explain what is missing needs an item log"):
        backtest(path, ("replay",), explain=True)
