"""A replay from reports alone: their counts become items, their positions agents, their share on time the yardstick."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.backtest.backtest import backtest
from simcap.calibration.backtest.hindcasts import Hindcasts
from simcap.calibration.backtest.hourly_desk import HourlyDesk
from simcap.calibration.backtest.hypothesis import Hypothesis
from simcap.calibration.backtest.reported_desk import reported_desk
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.cli import main
from simcap.streams import Streams
from simcap.units import HOUR

FIRST = pd.Timestamp("2026-03-02")
WEEKS = 6
HEAD = "title: half-hours\ntimezone: UTC\nfrom: 2026-03-02\nto: 2026-04-12\n"
COLUMNS = (
    "{period: start, offered: in, handled: out, aht: {column: aht, unit: s}, positions: staff, sla: sla, backlog: open}"
)
BACKTEST = "backtest: {first: 2026-03-30, days: 7, replications: 3, sla: {1 h: {measure: turnaround, within: 1 h}}}\n"


def table(seed: int) -> pd.DataFrame:
    """Return half-hours of a desk drawn here, item by item, first come, first served: 8 or, every third week, 7 agents.

    310 items a day of 1000 s come from 08:00 to 20:00, and agents are there then; a share of them is done in the hour.
    """
    generator = np.random.default_rng(seed)
    rows = []
    free = np.zeros(8)
    cells = WEEKS * 7 * 48
    offered, handled, spent, met, staff, held = (np.zeros(cells) for _ in range(6))
    for day in range(WEEKS * 7):
        agents = 7 if (day // 7) % 3 == 2 else 8
        begin, end = day * 86400 + 8 * HOUR, day * 86400 + 20 * HOUR
        staff[day * 48 + 16 : day * 48 + 40] = agents
        free = np.maximum(free, begin)
        for created in np.sort(generator.uniform(begin, end, generator.poisson(310 * generator.gamma(60, 1 / 60)))):
            agent = int(free[:agents].argmin())
            start = max(free[agent], created)
            if end <= start < end + 12 * HOUR:
                start = end + 12 * HOUR
            took = generator.exponential(1000)
            free[agent] = start + took
            done = min(int((start + took) // 1800), cells - 1)
            offered[int(created // 1800)] += 1
            handled[done] += 1
            spent[done] += took
            met[done] += start + took - created <= HOUR
            held[int(created // 1800) : done] += 1
    for cell in range(cells):
        aht, sla = (spent[cell] / handled[cell], met[cell] / handled[cell]) if handled[cell] else ("", "")
        when = (FIRST + pd.Timedelta(seconds=1800 * cell)).isoformat()
        rows.append((when, offered[cell], handled[cell], aht, staff[cell], sla, held[cell]))
    return pd.DataFrame(rows, columns=["start", "in", "out", "aht", "staff", "sla", "open"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    table(3).to_csv(folder / "half-hours.csv", index=False)
    report = f"reports: {{files: [{{path: half-hours.csv, queue: mail}}], columns: {COLUMNS}}}\n"
    (folder / "calibration.yaml").write_text(HEAD + report + BACKTEST)
    return folder


@pytest.fixture(scope="module")
def desk(folder: Path) -> HourlyDesk:
    plan = read_configuration(folder / "calibration.yaml")
    found = reported_desk(plan, read_history(plan, folder), folder)
    assert isinstance(found, HourlyDesk)
    return found


def test_every_item_that_was_offered_comes_in_its_half_hour(desk: HourlyDesk) -> None:
    drawn = table(3)
    begin, end = FIRST.timestamp(), FIRST.timestamp() + WEEKS * 7 * 24 * HOUR
    for created in (
        desk.history.items["created"].to_numpy(),
        desk.offered.drawn(Streams(1, 0), begin, end)["mail"],
    ):
        cell = ((created - begin) // 1800).astype(int)
        assert np.bincount(cell, minlength=len(drawn)).tolist() == drawn["in"].tolist()


def test_the_yardstick_is_the_share_of_what_was_decided(desk: HourlyDesk) -> None:
    drawn = table(3)
    day = drawn[drawn["out"] > 0].assign(day=lambda rows: rows["start"].str[:10])
    day = day.assign(met=day["sla"].astype(float) * day["out"]).groupby("day")[["met", "out"]].sum()
    sums = desk.history.shares.groupby("day")[["met", "handled"]].sum()
    assert sums["met"].to_numpy() == pytest.approx(day["met"].to_numpy())
    assert sums["handled"].tolist() == day["out"].tolist()


def test_agents_are_there_for_the_hours_of_the_positions(desk: HourlyDesk) -> None:
    learned = desk.learn(desk.configuration, dt.date(2026, 3, 30), Hypothesis())
    hours = (learned.duty.blocks["off"] - learned.duty.blocks["on"]).sum() / HOUR
    assert hours == pytest.approx(table(3)["staff"].sum() / 2)
    assert learned.duty.skills == (("mail",),)
    mean = learned.fits[0].estimates[0].value
    assert mean * learned.available["mail"].mean == pytest.approx(1000, rel=0.05)


def test_what_came_after_the_origin_is_not_learned(desk: HourlyDesk) -> None:
    origin = dt.date(2026, 3, 30)
    reports = desk.history.reports
    assert reports is not None
    late = reports["day"] >= origin.toordinal()
    changed = reports.assign(aht=reports["aht"].where(~late, 1.0), handled=reports["handled"].where(~late, 900.0))
    fields = {field.name: getattr(desk.history, field.name) for field in dataclasses.fields(History)}
    desks = [dataclasses.replace(desk, history=History(**fields | {"reports": known})) for known in (reports, changed)]
    one, other = (Hindcasts(each, 1, lambda _done: None).learn(origin) for each in desks)
    assert one.reported is not None
    assert other.reported is not None
    assert one.reported.spread == other.reported.spread
    assert one.reported.shares.equals(other.reported.shares)
    assert [fit.estimates for fit in one.fits] == [fit.estimates for fit in other.fits]
    assert one.available == other.available


def test_a_replay_is_nearer_than_last_week(folder: Path) -> None:
    found = backtest(folder / "calibration.yaml")
    assert found.modes == ("replay",)
    assert any("3 periods" in line for line in found.rests)
    week = found.scores[found.scores["period"] == "week"].iloc[0]
    assert week["error"] < 0.6 * week["error_last_week"]
    assert week["error"] < 0.08
    totals = found.totals.iloc[0]
    assert totals["items_predicted"] == totals["items"]
    assert np.isnan(totals["mean_wait"]), "a report has the wait of no item"
    assert totals["backlog"] == pytest.approx(totals["backlog_predicted"], abs=25)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("positions: staff, ", ""), "no report says by the hour who was there (positions or fte_actual)"),
        (("sla: sla, ", ""), "no report says a share on time, by which a replay is judged"),
    ],
)
def test_what_a_replay_lacks_is_named(folder: Path, change: tuple[str, str], message: str) -> None:
    text = (folder / "calibration.yaml").read_text()
    path = folder / "lacking.yaml"
    path.write_text(text.replace(*change))
    done = CliRunner().invoke(main, ["backtest", str(path), "--out", str(folder / "out"), "--mode", "replay"])
    assert done.exit_code == 1
    assert message in done.output


def test_a_forecast_from_reports_is_refused(folder: Path) -> None:
    arguments = ["backtest", str(folder / "calibration.yaml"), "--out", str(folder / "out"), "--mode", "forecast"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "--mode replay" in done.output
