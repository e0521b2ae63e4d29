"""Anchored runs and comparisons: known answers of anchors made by hand, and what no anchor may say anything of."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import simcap
from simcap.analysis.anchoring import TwoForecasts, anchored, logit, moved_in_odds, of_few
from simcap.cli import main
from simcap.errors import RunError
from simcap.experiment.anchor import ScenarioAnchor, key_of_scenario, read_anchor, write_anchor
from simcap.experiment.anchored import how_to_anchor
from simcap.report.books.run_book import write_run_book
from simcap.report.pages.compare_page import compare_page
from simcap.report.pages.run_page import run_page
from simcap.report.slides.run_deck import write_run_deck
from simcap.report.terminal.anchored import anchored_lines, future_lines
from simcap.report.wording.anchored import anchored_rows, change_rows, future_rows, too_far
from simcap.scenario.reading.loading import load

PLAN = """
name: desk
horizon: {start: 2026-10-05, weeks: 4, timezone: Europe/London}
simulation: {replications: 6}
calibration: ../calibration/parameters.yaml
queues:
  mail:
    arrivals: {busyness: {cv: 20%}}
    handle_time: {exponential: 10 min}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 80%, per: week}}
vendors:
  v:
    teams:
      t: {timezone: Europe/London, agents: 6, skills: [mail], shift: {days: Mon-Sun, start: "09:00", length: 8 h}}
"""
PARAMETERS = """
history: {from: 2026-07-06, to: 2026-10-04, timezone: Europe/London}
queues: {mail: {arrivals: {per_week: 800}}}
draws: [{group: volume, paths: [queues.mail.arrivals.per_week], scale: [log], covariance: [[0.001]]}]
"""


HIGH = {"queue": "mail", "sla": "1 h", "week": [0.9], "day": [0.9] * 7}


def made(file: Path, **changes: Any) -> ScenarioAnchor:
    """Return an anchor of a scenario, made by hand."""
    values: dict[str, Any] = {
        "scenario": "desk", "key": key_of_scenario(load(file)), "known_to": "2026-10-04", "rule": "last_week",
        "says": "as last week", "ahead": [{"weight": 0.5, "windows": 30}] * 4, "factors": {"week": 1.0},
        "levels": [{"queue": "mail", "sla": "1 h", "week": [0.6], "day": [0.6] * 5 + [0.8] * 2}],
    }  # fmt: skip
    return ScenarioAnchor.model_validate(values | changes)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Return a scenario whose volumes are fitted."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "calibration" / "backtest").mkdir(parents=True)
    (tmp_path / "calibration" / "parameters.yaml").write_text(PARAMETERS)
    (tmp_path / "scenarios" / "desk.yaml").write_text(PLAN)
    return tmp_path / "scenarios" / "desk.yaml"


def leave(anchor: ScenarioAnchor, plan: Path) -> None:
    write_anchor(anchor, plan.parent.parent / "calibration" / "backtest")


def ran(plan: Path, **options: Any) -> Any:
    return simcap.run(plan, jobs=1, **options)


# -- the formula ------------------------------------------------------------------------------------------------------


def test_weight_one_is_the_simulation_and_weight_none_the_rule() -> None:
    both = TwoForecasts(*(np.array([value]) for value in (0.7, 0.6, 0.8, 0.4, 500.0)))
    assert anchored(both, 1.0, 1.0)[0] == pytest.approx(0.7)
    assert anchored(both, 0.0, 1.0)[0] == pytest.approx(0.4)
    # Odds of 7/3 and 2/3 have the geometric mean 1.2472: 0.5550 of 1.
    assert anchored(both, 0.5, 1.0)[0] == pytest.approx(0.5550, abs=1e-4)


def test_a_factor_widens_the_band_in_log_odds() -> None:
    both = TwoForecasts(*(np.array([value]) for value in (0.7, 0.6, 0.8, 0.4, 5000.0)))
    for factor in (1.0, 2.0):
        middle, low, high = (logit(share, both.items) for share in anchored(both, 0.5, factor))
        assert middle - low == pytest.approx(factor * np.log((7 / 3) / (6 / 4)))
        assert high - middle == pytest.approx(factor * np.log((8 / 2) / (7 / 3)))


def test_a_change_in_log_odds_multiplies_odds() -> None:
    """From odds of 1 to odds of 4: those of 9 to 1 become 36 to 1."""
    shares = (np.array([share]) for share in (0.9, 0.5, 0.8))
    assert moved_in_odds(*shares, np.array([1e9])) == pytest.approx([36 / 37])


@pytest.mark.parametrize("size", [20, 40, 200])
def test_percentiles_of_few_replications_become_a_band_of_what_comes(size: int) -> None:
    drawn = np.random.default_rng(size).standard_normal((size + 1, 40_000))
    middle, (low, high) = drawn[:-1].mean(axis=0), np.percentile(drawn[:-1], [5, 95], axis=0)

    def held(factor: float) -> float:
        below, above = middle - factor * (middle - low), middle + factor * (high - middle)
        return float(((drawn[-1] >= below) & (drawn[-1] <= above)).mean())

    # A share of 40,000 has a standard error of 0.0015; ends of few replications are not where they are on average.
    assert held(1.0) == pytest.approx(0.9 * (size - 1) / (size + 1), abs=0.008)
    assert held(of_few(size)) == pytest.approx(0.9, abs=0.012)
    assert of_few(1) == 1.0


def test_anchored_bands_of_a_run_are_widened_by_how_few_replications_it_has(plan: Path) -> None:
    leave(made(plan, factors={"week": 1.5}), plan)
    results = ran(plan)
    assert results.tables["anchored"]["factor"].to_numpy() == pytest.approx([1.5 * of_few(6)] * 4)
    assert f"times {1.5 * of_few(6):.2f} by week" in results.notes[-2]


# -- runs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_run_shows_the_anchored_weeks_beside_the_simulated_ones(plan: Path, weight: float) -> None:
    leave(made(plan, ahead=[{"weight": weight, "windows": 30}] * 4), plan)
    tables = ran(plan).tables
    table, weeks = tables["anchored"], tables["sla"]
    weeks = weeks[(weeks["period"] == "week") & (weeks["vendor"] == "")]
    assert table["start"].tolist() == weeks["start"].tolist()
    assert table["simulated"].tolist() == weeks["attainment"].tolist()
    assert table["weeks_ahead"].tolist() == [1, 2, 3, 4]
    expected = weeks["attainment"] if weight else [0.6] * 4
    assert table["anchored"].to_numpy() == pytest.approx(np.asarray(expected, float))


def test_days_have_the_level_of_their_weekday(plan: Path) -> None:
    leave(made(plan, ahead=[{"weight": 0.0, "windows": 30}] * 4), plan)
    table = ran(plan, period="day", replications=2).tables["anchored"]
    days = table[table["period"] == "day"]
    assert days["anchored"].round(9).tolist() == ([0.6] * 5 + [0.8] * 2) * 4


def test_bytes_are_the_same_for_any_number_of_jobs_and_without_an_anchor(plan: Path, tmp_path: Path) -> None:
    def tables(name: str, **options: Any) -> dict[str, bytes]:
        simcap.run(plan, out=tmp_path / name, **options)
        return {path.name: path.read_bytes() for path in sorted((tmp_path / name / "tables").glob("*.csv"))}

    before = tables("before", jobs=1)
    leave(made(plan), plan)
    one, two, bare = tables("one", jobs=1), tables("two", jobs=2), tables("bare", jobs=1, anchor=False)
    assert one == two
    assert set(one) == {*before, "anchored.csv"}
    assert bare == before
    assert {name: text for name, text in one.items() if name != "anchored.csv"} == before
    for name in ("manifest.json", "summary.json"):
        assert (tmp_path / "bare" / name).read_bytes() == (tmp_path / "before" / name).read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("name: desk", "name: other", True),
        ("start: 2026-10-05, weeks: 4", "start: 2026-10-12, weeks: 2", True),
        ("replications: 6", "replications: 3", True),
        ("handle_time:", "backlog: {items: 20, oldest: 2 h}\n    handle_time:", True),
        ("agents: 6", "agents: 5", False),
        ("within: 1 h", "within: 2 h", False),
    ],
)
def test_an_anchor_is_of_one_scenario_whenever_it_begins(plan: Path, old: str, new: str, same: bool) -> None:
    leave(made(plan), plan)
    plan.write_text(PLAN.replace(old, new))
    results = ran(plan, replications=2)
    assert ("anchored" in results.tables) == same
    if not same:
        assert "another scenario or other values" in results.notes[-1]


def test_what_no_hindcast_reached_and_no_rule_knows_is_not_anchored(plan: Path) -> None:
    leave(made(plan, ahead=[{"weight": 0.5, "windows": 30}] * 2), plan)
    results = ran(plan, replications=2)
    assert results.tables["anchored"]["weeks_ahead"].tolist() == [1, 2]
    assert "what comes after 2026-10-18, as no hindcast reaches further ahead" in results.notes[-1]
    plan.write_text(PLAN + "events: {sale: {surge: {queue: mail, from: 2026-10-14, for: 2 days, factor: 1.5}}}\n")
    leave(made(plan), plan)
    results = ran(plan, replications=2)
    assert results.tables["anchored"]["weeks_ahead"].tolist() == [1]
    assert "the rule knows nothing of the event 'sale'" in results.notes[-1]


def test_what_an_anchor_rests_on_is_said(plan: Path) -> None:
    few = [{"weight": 0.5, "windows": 4}] * 4
    leave(made(plan, ahead=few, factors={}, known_to="2026-09-20", left_out=["mail / 2 h: a reason"]), plan)
    said = " ".join(ran(plan, replications=2).notes)
    assert "fewer than 20 windows of hindcasts tell" in said
    assert "what the rule says is 2 weeks old" in said
    assert "mail / 2 h: a reason" in said
    leave(made(plan, ahead=[{"weight": 0.8, "windows": 30}, *few[1:]]), plan)
    assert "too few hindcasts reach as far as week 2, 3, 4" in " ".join(ran(plan, replications=2).notes)


def test_without_an_anchor_a_run_says_how_to_get_one(plan: Path, tmp_path: Path) -> None:
    words = ["run", str(plan), "--replications", "1", "--no-charts", "--jobs", "1", "--out", str(tmp_path / "out")]
    assert "simcap backtest CALIBRATION --scenario FILE" in CliRunner().invoke(main, words).output
    assert "nothing is anchored" not in CliRunner().invoke(main, [*words, "--no-anchor"]).output
    plan.write_text(PLAN.replace("busyness: {cv: 20%}", "per_week: 900"))
    assert how_to_anchor(load(plan)) == "", "volumes of its own: a rule could say nothing of it"


def test_a_damaged_anchor_is_told(tmp_path: Path) -> None:
    path = tmp_path / "anchor.json"
    for text in ("{", json.dumps({"scenario": 1})):
        path.write_text(text)
        with pytest.raises(RunError, match=r"anchor\.json: is no anchor .* --no-anchor"):
            read_anchor(path)


# -- comparisons ------------------------------------------------------------------------------------------------------


def test_a_comparison_adds_the_simulated_change_to_the_anchored_base(plan: Path, tmp_path: Path) -> None:
    leave(made(plan), plan)
    fewer = plan.parent / "fewer.yaml"
    fewer.write_text("extends: desk.yaml\nname: fewer\nvendors: {v: {teams: {t: {agents: 5}}}}\n")
    out = tmp_path / "compared"
    found = simcap.compare(plan, fewer, replications=4, jobs=1, out=out, page=True)
    table = found.tables["anchored"]
    moved = (table["base_anchored"] + table["difference"]).clip(0, 1)
    assert table["anchored"].to_numpy() == pytest.approx(moved.to_numpy())
    assert table["simulated"].to_numpy() == pytest.approx((table["base_simulated"] + table["difference"]).to_numpy())
    assert (table["difference"] < 0).all()
    assert found.rests[0].startswith("anchored attainment weighs the simulation by 50%")
    assert len(change_rows(found, "fewer")) == 4
    page = compare_page(out)
    assert "Base, anchored" in page
    assert "as it was on 4 October" in page
    bare = simcap.compare(plan, fewer, replications=4, jobs=1, anchor=False)
    assert "anchored" not in bare.tables
    assert bare.tables["slas"].equals(found.tables["slas"])


def in_futures(plan: Path, **options: Any) -> Any:
    """Return a comparison with one agent fewer in three futures: a little more work, far more, and none."""
    fewer = plan.parent / "fewer.yaml"
    fewer.write_text("extends: desk.yaml\nname: fewer\nvendors: {v: {teams: {t: {agents: 5}}}}\n")
    surges = {
        name: {"surge": {"queue": "mail", "from": "2026-10-05", "for": "4 weeks", "factor": factor}}
        for name, factor in (("busier", 1.01), ("flooded", 4.0))
    }
    futures = [simcap.Change(name, {"events": {name: event}}) for name, event in surges.items()]
    return simcap.compare(plan, fewer, replications=4, jobs=1, futures=futures, **options)


def test_in_each_future_the_simulated_change_from_now_is_added_to_the_anchored_base(plan: Path, tmp_path: Path) -> None:
    leave(made(plan), plan)
    out = tmp_path / "compared"
    found = in_futures(plan, out=out, page=True)
    table = found.tables["future_anchored"]
    assert table.groupby(["future", "scenario"], sort=False).size().to_dict() == {
        (future, option): 4 for future in ("busier", "flooded") for option in ("desk", "fewer")
    }
    assert table["simulated"].to_numpy() == pytest.approx((table["base_simulated"] + table["difference"]).to_numpy())
    now = found.tables["anchored"]
    assert table["base_anchored"].tolist() == now["base_anchored"].tolist() * 4
    busier = table[(table["future"] == "busier") & (table["scenario"] == "desk")]
    assert (busier["difference"] < 0).all()
    moved = (busier["base_anchored"] + busier["difference"]).clip(0, 1)
    assert busier["anchored"].to_numpy() == pytest.approx(moved.to_numpy())
    weeks = found.futures[0].results[0].tables["sla"]
    weeks = weeks[(weeks["period"] == "week") & (weeks["vendor"] == "")]
    assert busier["simulated"].to_numpy() == pytest.approx(weeks["attainment"].to_numpy())
    page = compare_page(out)
    assert "Attainment by week in each future, as simulated and as anchored" in page
    assert "Net cost, regret and chances of a miss in futures are simulated." in page
    assert len(future_rows(found)) == 16


def test_what_is_too_far_from_the_history_is_not_anchored_and_said(plan: Path) -> None:
    """From 30% to 2% simulated, 90% is 62% in points and about 30% in log odds: neither is known."""
    from rich.console import Console

    leave(made(plan, ahead=[{"weight": 0.0, "windows": 30}] * 4, levels=[HIGH]), plan)
    found = in_futures(plan)
    table = found.tables["future_anchored"]
    flooded = table[table["future"] == "flooded"]
    assert (flooded["base_anchored"] + flooded["difference"] > 0.55).all()
    assert flooded[["anchored", "anchored_p05", "anchored_p95"]].isna().all(axis=None)
    assert flooded["simulated"].notna().all()
    assert table[table["future"] == "busier"]["anchored"].notna().any()
    assert too_far(found).startswith("Not anchored: ")
    assert "in flooded" in too_far(found) or "and flooded" in too_far(found)
    console = Console(width=160)
    with console.capture() as told:
        console.print(future_lines(found))
    assert "Simulated and anchored, by future" in told.get()
    assert "what is simulated is all there is" in " ".join(told.get().split())


def test_futures_without_an_anchor_are_as_they_were(plan: Path) -> None:
    before = in_futures(plan)
    leave(made(plan), plan)
    with_anchor, bare = in_futures(plan), in_futures(plan, anchor=False)
    assert "future_anchored" not in {**before.tables, **bare.tables}
    assert future_rows(bare) == []
    for name, rows in before.tables.items():
        assert rows.equals(bare.tables[name]), name
        assert rows.equals(with_anchor.tables[name]), name


# -- what is shown ----------------------------------------------------------------------------------------------------


def test_every_view_tells_simulated_from_anchored(plan: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook
    from pptx import Presentation
    from rich.console import Console

    leave(made(plan), plan)
    results = ran(plan, replications=3, out=tmp_path / "run", charts=True)
    rows = anchored_rows(results)
    assert [row[1] for row in rows] == ["5 Oct", "12 Oct", "19 Oct", "26 Oct"]
    console = Console(width=120)
    with console.capture() as told:
        console.print(anchored_lines(results))
    page = run_page(tmp_path / "run")
    for text in (told.get(), page):
        assert all(word in text for word in ("Simulated and anchored", "Rule", "60.0%", rows[0][6]))
    assert 'class="anchored"' in page
    write_run_book(tmp_path / "run", tmp_path / "run.xlsx")
    assert "Anchored" in load_workbook(tmp_path / "run.xlsx").sheetnames
    write_run_deck(tmp_path / "run", tmp_path / "run.pptx", None)
    titles = [slide.shapes.title.text for slide in Presentation(str(tmp_path / "run.pptx")).slides]
    assert any(title.startswith("Simulated and anchored") for title in titles)
    charts = "".join(path.read_text() for path in (tmp_path / "run" / "charts").glob("sla*.svg"))
    assert "simulated median" in charts
    assert ">anchored<" in charts
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert len(summary["anchored"]) == 4


def test_dates_count_from_the_last_day_that_was_known(plan: Path) -> None:
    anchor = made(plan)
    days = [dt.date(2026, 10, 4), dt.date(2026, 10, 5), dt.date(2026, 10, 11), dt.date(2026, 10, 12)]
    assert [anchor.weeks_ahead(day) for day in days] == [0, 1, 1, 2]
