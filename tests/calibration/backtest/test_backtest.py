"""Back-tests: no look ahead, true desks are recognised, scores are what they say."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.backtest.allocated import DESK, POOLED
from simcap.calibration.backtest.anchor import FEWEST
from simcap.calibration.backtest.backtest import MODES, Backtested, backtest
from simcap.calibration.backtest.desk import known_at, learn
from simcap.calibration.backtest.desk_files import _by_day, scenario_of
from simcap.calibration.backtest.inferred_duty import InferredDuty, attended, seen_at_work, spells_of_work
from simcap.calibration.backtest.order import taken_ahead
from simcap.calibration.backtest.preference import preferred
from simcap.calibration.backtest.scores import crps, points, wasserstein
from simcap.calibration.fits.patience import fit_patience
from simcap.calibration.history.configuration import InferredStaffing, read_configuration
from simcap.calibration.history.history import read_history
from simcap.cli import main
from simcap.errors import DataError, ScenarioError
from tests.calibration import desks

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


# -- scores -----------------------------------------------------------------------------------------------------------


def test_crps_of_a_normal_forecast_is_the_known_one() -> None:
    ensemble = np.random.default_rng(1).standard_normal((400, 3000))
    # Gneiting & Raftery 2007: CRPS(N(0, 1), 0) = (sqrt(2) - 1) / sqrt(pi).
    assert crps(ensemble, np.zeros(3000)).mean() == pytest.approx((2**0.5 - 1) / np.pi**0.5, rel=0.01)


def test_crps_is_fair_for_small_ensembles() -> None:
    generator = np.random.default_rng(2)
    actual = generator.standard_normal(20_000)
    small, large = (crps(generator.standard_normal((size, 20_000)), actual).mean() for size in (3, 60))
    assert small == pytest.approx(large, rel=0.02)


def test_crps_of_certainty_is_the_error() -> None:
    assert crps(np.full((5, 1), 0.4), np.array([0.7])) == pytest.approx(0.3)


@pytest.mark.parametrize("size", [19, 20, 30, 41, 200])
def test_bands_hold_what_they_promise_of_one_more_draw(size: int) -> None:
    """However few draws there are: the percentiles of 20 of them would hold 81% of others, not 90%."""
    drawn = np.random.default_rng(size).gamma(2.0, size=(size + 1, 40_000))
    found = points(drawn[:-1])
    below = [float((drawn[-1] < point).mean()) for point in found]
    # A share of 40,000 has a standard error of at most 0.0025.
    assert below == pytest.approx([0.05, 0.25, 0.5, 0.75, 0.95], abs=0.008)
    usual = np.percentile(drawn[:-1], [5, 95], axis=0)
    held = float(((drawn[-1] >= usual[0]) & (drawn[-1] <= usual[1])).mean())
    assert held == pytest.approx(0.9 * (size - 1) / (size + 1), abs=0.008)


def test_the_band_of_few_draws_is_all_that_they_reach() -> None:
    drawn = np.random.default_rng(3).random((8, 5))
    assert points(drawn)[[0, -1]].tolist() == [drawn.min(axis=0).tolist(), drawn.max(axis=0).tolist()]
    assert points(np.full(12, 0.4)).tolist() == [0.4] * 5


def test_wasserstein_is_the_way_that_waits_are_moved() -> None:
    edges = np.arange(6.0) * 10
    one, other = np.array([4, 0, 0, 0, 0, 0.0]), np.array([0, 0, 1, 1, 0, 0.0])
    assert wasserstein(one, other, edges) == pytest.approx(25.0)
    assert wasserstein(one, one, edges) == 0.0
    assert np.isnan(wasserstein(one, np.zeros(6), edges))


# -- what a log shows -------------------------------------------------------------------------------------------------


def _items(rows: list[tuple[str, float, float, float, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["queue", "created", "started", "completed", "agent"])
    table["expired"] = np.nan
    return table.astype({"agent": "category", "queue": "category"})


def test_presence_bridges_one_interval_and_no_more() -> None:
    items = _items([("a", 0, 10, 50, "x"), ("a", 0, 130, 140, "x"), ("a", 0, 300, 310, "x"), ("a", 0, 5, 50, "")])
    duty = seen_at_work(spells_of_work(items, 3600.0), InferredStaffing(interval="1 min"))  # type: ignore[arg-type]
    assert duty.blocks[["on", "off"]].to_numpy().tolist() == [[0, 180], [300, 360]]
    assert duty.skills == (("a",),)


def test_who_is_there_round_the_clock_is_there_on_every_day_that_is_drawn() -> None:
    """A week without a pause is seven days of staffing; a night shift stays whole, on the day on which it begins."""
    day = 86_400.0
    night = pd.DataFrame({"agent": [1], "team": [0], "on": [22 * 3600.0], "off": [30 * 3600.0]})
    week = pd.DataFrame({"agent": [0], "team": [0], "on": [0.0], "off": [7 * day]})
    cut = _by_day(pd.concat([week, night], ignore_index=True), "Europe/London")
    mine = cut[cut["agent"] == 0].sort_values("on")
    # In January 1970 London was an hour ahead of UTC.
    assert mine["on"].tolist() == [0.0, *(number * day - 3600 for number in range(1, 8))]
    assert (mine["off"] - mine["on"]).sum() == 7 * day
    assert cut.loc[cut["agent"] == 1, ["on", "off"]].to_numpy().tolist() == [[22 * 3600.0, 30 * 3600.0]]
    assert _by_day(night, "UTC") is night


def test_work_left_open_overnight_shows_presence_for_a_while_only() -> None:
    work = spells_of_work(_items([("a", 0, 10, 90_000, "x"), ("a", 0, 20, np.nan, "y")]), 600.0)
    assert (work["end"] - work["start"]).tolist() == [600.0, 600.0]


def test_a_queue_worked_by_age_has_nothing_taken_ahead() -> None:
    created = np.arange(2000.0)
    items = _items([("a", c, c + 500, c + 501, "x") for c in created.tolist()])
    assert taken_ahead(items) == {"a": 0.0}


def test_the_share_taken_ahead_is_found() -> None:
    generator = np.random.default_rng(3)
    waiting = list(range(50))
    rows = []
    for moment in range(50, 4000):
        waiting.append(moment)
        place = len(waiting) - 1 if generator.random() < 0.3 else 0
        rows.append(("a", float(waiting.pop(place)), moment + 0.5, moment + 0.6, "x"))
    assert taken_ahead(_items(rows))["a"] == pytest.approx(0.3, abs=0.03)


def test_preference_is_what_is_taken_while_the_other_waits() -> None:
    rows = []
    for moment in range(0, 4000, 40):
        rows += [
            ("urgent", moment, moment + 10.0, moment + 19.0, "x"),
            ("plain", moment, moment + 20.0, moment + 29.0, "x"),
        ]
    items = _items([(queue, float(a), b, c, agent) for queue, a, b, c, agent in rows])
    work = spells_of_work(items, 600.0)
    blocks = pd.DataFrame({"agent": [0], "team": [0], "on": [0.0], "off": [5000.0]})
    assert preferred(items, work, InferredDuty(blocks, (("plain", "urgent"),), (DESK,)), POOLED) == (
        ("urgent", "plain"),
    )


def test_patience_is_found_from_waits_that_are_cut_off() -> None:
    generator = np.random.default_rng(4)
    inside = []
    for _ in range(30):
        patience, wait = 300 * generator.weibull(0.8, 1500), generator.exponential(150, 1500)
        gone = patience < wait
        items = pd.DataFrame(
            {
                "queue": "a",
                "agent": "",
                "created": 0.0,
                "started": np.where(gone, np.nan, wait),
                "completed": np.where(gone, np.nan, wait + 60),
                "expired": np.where(gone, patience, np.nan),
            }
        )
        (fit,) = fit_patience(items, 1e9)
        mean, cv = fit.estimates  # type: ignore[union-attr]
        error = fit.standard_errors()  # type: ignore[union-attr]
        truth = 300 * 1.1330  # gamma(1 + 1 / 0.8)
        inside.append(abs(np.log(mean.value / truth)) < 1.645 * error[0])
        assert cv.value == pytest.approx(1.26, rel=0.2)
    assert 22 <= sum(inside) <= 30


# -- whole desks ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    desks.write(desks.draw(7), folder)
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> Backtested:
    return backtest(folder / "calibration.yaml", jobs=2)


def _score(found: Backtested, mode: str, period: str) -> pd.Series:
    rows = found.scores
    return rows[(rows["mode"] == mode) & (rows["period"] == period)].iloc[0]


def test_a_replay_knows_a_desk_that_works_as_simcap_does(found: Backtested) -> None:
    day, hour = _score(found, "replay", "day"), _score(found, "replay", "hour")
    assert abs(day["bias"]) < 0.05
    assert day["error"] < 0.6 * day["error_same_hours"]
    assert hour["error"] < 0.8 * hour["error_same_hours"]
    assert hour["coverage_90"] > 0.75


@pytest.mark.parametrize("mode", ["plan", "forecast"])
def test_plans_and_forecasts_cover_what_comes(found: Backtested, mode: str) -> None:
    day = _score(found, mode, "day")
    assert abs(day["bias"]) < 0.12
    assert day["coverage_90"] > 0.7


def test_a_plan_knows_who_is_there_and_not_what_comes(folder: Path) -> None:
    """Its duty is that of a replay; its fits, and that no item of later days is given, are as in a forecast."""
    plan = read_configuration(folder / "calibration.yaml")
    history = read_history(plan, folder)
    by_mode = {mode: learn(plan, history, dt.date(2026, 3, 30), mode) for mode in MODES}
    pd.testing.assert_frame_equal(by_mode["plan"].duty.blocks, by_mode["replay"].duty.blocks)
    assert len(by_mode["plan"].duty.blocks) > len(by_mode["forecast"].duty.blocks)
    assert [fit.estimates for fit in by_mode["plan"].volumes] == [fit.estimates for fit in by_mode["forecast"].volumes]
    queues = scenario_of(plan, by_mode["plan"], "plan").scenario.queues
    assert all(queue.arrivals is not None and queue.arrivals.trace is None for queue in queues.values())


def test_those_who_hang_up_are_as_many(found: Backtested) -> None:
    rows = found.totals[found.totals["mode"] == "replay"]
    assert rows["left_undecided_predicted"].iloc[0] == pytest.approx(rows["left_undecided"].iloc[0], abs=0.03)


def test_time_between_calls_that_no_log_shows_is_found(tmp_path: Path) -> None:
    path = desks.write(desks.draw(8, pause=60.0), tmp_path)
    plan = read_configuration(path)
    history = read_history(plan, tmp_path)
    learned = learn(plan, history, dt.date(2026, 3, 30), "replay")
    hidden, open_ = learned.available["calls"], 180 / 240
    assert hidden.mean == pytest.approx(open_, abs=0.06)


def _changed_from(origin: str) -> pd.DataFrame:
    """Return a desk's log with another course of all that came from an origin on."""
    table = desks.draw(7)
    late = table["created"] >= origin
    table.loc[late, "started"] = table.loc[late, "created"]
    table.loc[late, "completed"] = table.loc[late, "created"]
    table.loc[late, "expired"] = ""
    table.loc[late, "agent"] = "agent-0"
    return table


def test_a_forecast_does_not_look_ahead(folder: Path, tmp_path: Path) -> None:
    desks.write(_changed_from("2026-03-30"), tmp_path)
    found = []
    for where in (folder, tmp_path):
        plan = read_configuration(where / "calibration.yaml")
        plan = plan.model_copy(update={"backtest": plan.backtest.model_copy(update={"replications": 2})})  # type: ignore[union-attr]
        found.append(learn(plan, read_history(plan, where), dt.date(2026, 3, 30), "forecast"))
    one, other = found
    assert [fit.estimates for fit in one.fits + one.volumes] == [fit.estimates for fit in other.fits + other.volumes]
    assert one.available == other.available
    pd.testing.assert_frame_equal(one.duty.blocks, other.duty.blocks)


def test_an_anchor_does_not_look_ahead(folder: Path, tmp_path: Path) -> None:
    desks.write(_changed_from("2026-04-06"), tmp_path)
    anchors = []
    for name, where in (("true", folder), ("changed", tmp_path)):
        text = (where / "calibration.yaml").read_text(encoding="utf-8")
        path = where / f"{name}-quick.yaml"
        quick = text.replace("first: 2026-03-30", "first: 2026-04-06").replace("days: 14", "days: 7")
        path.write_text(re.sub(r"replications: \d+", "replications: 2", quick), encoding="utf-8")
        anchors.append(backtest(path, ("forecast",)).anchors)
    assert anchors[0] == anchors[1]
    assert anchors[0][0].windows >= FEWEST


def test_what_was_not_known_yet_is_left_out() -> None:
    items = _items([("a", 0, 50, 150, "x"), ("a", 0, 120, 130, "y"), ("a", 110, 120, 130, "y")]).assign(handle=1.0)
    past = known_at(items, 100.0)
    assert len(past) == 2
    assert past["started"].tolist()[0] == 50
    assert past["completed"].isna().all()
    assert pd.isna(past["started"].tolist()[1])
    assert pd.isna(past["agent"].tolist()[1])


def test_who_takes_an_item_later_is_not_known_but_whose_it_is_may_be() -> None:
    items = _items([("a", 0, 50, 60, "x"), ("a", 0, 120, 130, "y"), ("a", 10, 150, 160, "y")])
    items = items.assign(handle=1.0, vendor=["one", "other", "other"])
    assert known_at(items, 100.0)["vendor"].fillna("").tolist() == ["one", "", ""]
    open_ = pd.concat([items, items.tail(1).assign(started=np.nan, completed=np.nan)], ignore_index=True)
    assert known_at(open_, 100.0)["vendor"].tolist() == ["one", "other", "other", "other"]


def test_the_command_writes_tables_and_charts_once(folder: Path, tmp_path: Path) -> None:
    path, out = folder / "calibration.yaml", tmp_path / "out"
    arguments = ["backtest", str(path), "--mode", "replay", "--out", str(out), "--jobs", "1"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "Staffing is inferred" in done.output
    left = {"windows.csv", "scores.csv", "totals.csv", "charts", "answer.json", "report.html"}
    assert {file.name for file in out.iterdir()} == left
    assert (out / "charts" / "validation-calls.png").stat().st_size > 20_000
    again = CliRunner().invoke(main, arguments)
    assert again.exit_code == 1
    assert "--force" in again.output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("backtest:", "unused:"), "unused"),
        (("first: 2026-03-30", "first: 2026-03-10"), "28 days"),
        (("days: 14", "days: 30"), "reach beyond the history"),
        (("finest: hour", "finest: month"), "hours, days and weeks"),
        (("days: 14\n  finest: hour", "days: 3\n  finest: week"), "hold no whole week"),
        (("within: 30 s}", "within: 30 s, queues: [cals]}"), "did you mean 'calls'"),
        (("interval: 5 min", "interval: 0.01 s"), "interval"),
        (("{measure: wait, within: 30 s}", "{measure: waits, within: 30 s}"), "measure"),
        (("from: 2026-03-02\nto: 2026-04-12", "from: 2026-01-02\nto: 2026-01-31"), "backtest.first"),
    ],
)
def test_bad_plans_get_one_clear_error(folder: Path, tmp_path: Path, change: tuple[str, str], message: str) -> None:
    (tmp_path / "calls.csv").write_bytes((folder / "calls.csv").read_bytes())
    assert change[0] in desks.PLAN
    (tmp_path / "calibration.yaml").write_text(desks.PLAN.replace(*change))
    done = CliRunner().invoke(main, ["backtest", str(tmp_path / "calibration.yaml"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert message in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("2026-04-12", "backtest: {first: 2026-03-30, days: 7"),
        ("2026-04-06", "backtest: {first: 2026-03-30, days: 7"),
        ("2026-03-29", "fitted to 28 days before it predicts, so it needs a history of more than that"),
    ],
)
def test_what_a_plan_without_a_back_test_could_say(tmp_path: Path, last: str, told: str) -> None:
    path = tmp_path / "calibration.yaml"
    path.write_text(desks.PLAN.split("backtest:")[0].replace("2026-04-12", last))
    with pytest.raises(ScenarioError, match=re.escape(told)):
        backtest(path)


def _nobody(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(agent="")


def _mixed(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(created=[f"{cell}Z" if n % 2 else cell for n, cell in enumerate(table["created"])])


def _far(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(created=["9999-12-31T00:00:00"] * len(table))


def _flags(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(expired=table["expired"] != "")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_nobody, "nobody is seen at work"),
        (_mixed, "'created': some times carry an offset"),
        (_far, "created is not a time"),
        (_flags, "expired is not a time"),
    ],
)
def test_bad_logs_get_one_clear_error(
    tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    path = desks.write(change(desks.draw(7)), tmp_path)
    done = CliRunner().invoke(main, ["backtest", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert message in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_a_queue_that_is_new_or_gone_is_no_obstacle(tmp_path: Path) -> None:
    table = desks.draw(7)
    late = table["created"] >= "2026-03-30"
    renamed = np.arange(len(table)) % 2 == 0
    table.loc[late & renamed, "queue"] = "new"
    table.loc[~late & renamed, "queue"] = "gone"
    found = backtest(_short(desks.write(table, tmp_path)), ("replay",), jobs=1)
    assert set(found.scores["queue"]) == {"calls"}
    assert found.scores["error_same_hours"].notna().all()


def _short(path: Path) -> Path:
    """Let a plan have but a few replications."""
    path.write_text(re.sub(r"replications: \d+", "replications: 4", path.read_text()))
    return path


def test_overlapping_attendance_is_one_presence() -> None:
    items = _items([("a", 0, 10, 50, "x")])
    spells = pd.DataFrame(
        [("x", 0.0, 100.0, "floor"), ("x", 50.0, 150.0, "floor"), ("x", 60.0, 90.0, "floor"), ("y", 0.0, 9.0, "floor")],
        columns=["agent", "start", "end", "activity"],
    )
    blocks = attended(spells, spells_of_work(items, 600.0)).blocks
    mine = blocks[blocks["agent"] == 0].sort_values("on")
    assert mine[["on", "off"]].to_numpy().tolist() == [[0, 100], [100, 150]]
    assert blocks["agent"].nunique() == 2


def test_attendance_is_known_until_the_origin_only(tmp_path: Path) -> None:
    table = desks.draw(7)
    path = desks.write(table, tmp_path)
    shifts = pd.DataFrame({"agent": [f"agent-{n}" for n in range(6)], "activity": "floor"})
    shifts["start"], shifts["end"] = "2026-03-29T20:00:00Z", "2026-03-30T06:00:00Z"
    last = shifts.assign(start="2026-04-12T09:00:00Z", end="2026-04-12T17:00:00Z")
    shifts = pd.concat([shifts, last])
    shifts.to_csv(tmp_path / "attendance.csv", index=False)
    log = "attendance: {path: attendance.csv, timezone: UTC, columns: {agent: agent, start: start, end: end}}\n"
    path.write_text(log + path.read_text())
    plan = read_configuration(path)
    history = read_history(plan, tmp_path)
    origin = dt.date(2026, 3, 30)
    forecast, replay = (learn(plan, history, origin, mode) for mode in ("forecast", "replay"))
    assert forecast.duty.blocks["off"].max() <= forecast.begin
    assert replay.duty.blocks["off"].max() > replay.begin


def test_work_in_hand_shows_nothing_of_later() -> None:
    work = spells_of_work(_items([("a", 0, 10, np.nan, "x"), ("a", 0, 90, np.nan, "y")]), 600.0, until=100.0)
    assert (work["end"] - work["start"]).tolist() == [90.0, 10.0]


def test_attendance_of_other_people_is_an_error() -> None:
    work = spells_of_work(_items([("a", 0, 10, 50, "x")]), 600.0)
    spells = pd.DataFrame({"agent": ["z"], "start": [0.0], "end": [9.0], "activity": ["floor"]})
    with pytest.raises(DataError, match="none of its agents is in the item log"):
        attended(spells, work)


def test_what_was_dropped_is_said(tmp_path: Path) -> None:
    table = desks.draw(7)
    path = desks.write(pd.concat([table, table.head(25)]), tmp_path)
    words = ["backtest", str(path), "--mode", "replay", "--out", str(tmp_path / "out"), "--no-charts", "--jobs", "1"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "25 of" in done.output
    assert "the same row again" in done.output


def test_a_folder_with_something_else_is_left_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    arguments = ["backtest", str(folder / "calibration.yaml"), "--out", str(tmp_path), "--force"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "left alone" in done.output
    assert (tmp_path / "notes.txt").read_text() == "mine"
