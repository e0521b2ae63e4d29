"""A replay from a weekly scorecard and a list of teams with their shifts: nothing finer than a week is known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.backtest.backtest import backtest
from simcap.calibration.backtest.desk import midnight
from simcap.calibration.backtest.head_counts import at_work
from simcap.calibration.backtest.hypothesis import Hypothesis
from simcap.calibration.backtest.reported_desk import reported_desk
from simcap.calibration.backtest.shift_desk import ShiftDesk
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.cli import main
from simcap.errors import DataError
from simcap.streams import Streams
from simcap.units import DAY, HOUR

from .test_report_desk import FIRST, HEAD, WEEKS, table

REPORT = """reports:
  files: [{path: weeks.csv, queue: mail, vendor: north}]
  columns:
    {period: week, offered: in, handled: out, aht: {column: aht, unit: s}, fte_actual: staff, sla: sla, backlog: open}
"""
BACKTEST = """backtest:
  first: 2026-03-30
  replications: 4
  scenario: plan.yaml
  sla: {1 h: {measure: turnaround, within: 1 h}}
"""
PLAN = """name: plan
horizon: {start: 2026-04-13, weeks: 4, timezone: UTC}
queues:
  mail:
    arrivals: {per_week: 2170, profile: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]}
    handle_time: {lognormal: {mean: 1000 s, cv: 1}}
    expires: {after: {exponential: 400 h}}
vendors:
  north:
    shrinkage: {absence: 20%}
    teams:
      day: {timezone: UTC, agents: 8, skills: [mail], shift: {days: Mon-Sun, start: "08:00", length: 12 h}}
"""


def weekly(seed: int) -> pd.DataFrame:
    """Return the desk of half-hours as weeks."""
    hours = table(seed)
    hours = hours.assign(week=np.arange(len(hours)) // 336, aht=pd.to_numeric(hours["aht"]))
    hours = hours.assign(spent=hours["aht"] * hours["out"], met=pd.to_numeric(hours["sla"]) * hours["out"])
    sums = hours.groupby("week")[["in", "out", "spent", "met"]].sum()
    when = [f"{FIRST + pd.Timedelta(weeks=week):%G-W%V}" for week in sums.index]
    return pd.DataFrame(
        {"week": when, "in": sums["in"], "out": sums["out"], "aht": sums["spent"] / sums["out"]}
        | {"sla": sums["met"] / sums["out"], "open": hours.groupby("week")["open"].last()}
        | {"staff": hours.groupby("week")["staff"].max()}
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scorecard")
    weekly(3).to_csv(folder / "weeks.csv", index=False)
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "calibration.yaml").write_text(HEAD + REPORT + BACKTEST)
    return folder


def desk_of(folder: Path, name: str = "calibration.yaml") -> ShiftDesk:
    plan = read_configuration(folder / name)
    found = reported_desk(plan, read_history(plan, folder), folder)
    assert isinstance(found, ShiftDesk)
    return found


def test_items_of_a_week_come_in_its_hours(folder: Path) -> None:
    offered = desk_of(folder).offered
    begin = FIRST.timestamp()
    counts = weekly(3)["in"].to_numpy()
    even = offered.evenly()["mail"]
    drawn = offered.drawn(Streams(1, 0), begin, begin + WEEKS * 7 * DAY)["mail"]
    for created in (even, drawn):
        assert np.bincount(((created - begin) // (7 * DAY)).astype(int)).tolist() == counts.tolist()
        hour = (created - begin) % DAY // HOUR
        assert hour.min() >= 8
        assert hour.max() < 20
    by_day = np.bincount(((drawn - begin) // DAY).astype(int))
    usual = by_day.mean()
    assert by_day.var() > 2 * usual, "days differ by more than chance"
    assert by_day.std() / usual == pytest.approx(0.1, abs=0.05)


def test_teams_are_as_many_as_the_scorecard_says(folder: Path) -> None:
    desk = desk_of(folder)
    learned = desk.learn(desk.configuration, dt.date(2026, 3, 30), Hypothesis())
    assert learned.reported is not None
    team = learned.reported.stated["vendors"]["north"]["teams"]["day"]
    staff = weekly(3)["staff"].tolist()
    assert team["agents"] == staff[4]
    assert team["shrinkage"]["absence"]["weekly"] == [0.0], "who was absent is not among the FTE at work"
    assert learned.reported.stated["queues"] == {"mail": {"expires": {"after": {"exponential": "400 h"}}}}
    assert learned.fits[0].estimates[0].value == pytest.approx(1000, rel=0.05)


def test_counts_of_days_and_of_all_vendors_are_shared_out(tmp_path: Path) -> None:
    days = pd.date_range(FIRST, periods=WEEKS * 7)
    rows = pd.DataFrame({"day": days.strftime("%Y-%m-%d"), "in": 300, "out": 300, "aht": 1000, "there": 10})
    rows["sla"] = 0.8
    rows.to_csv(tmp_path / "days.csv", index=False)
    second = (
        "      late: {timezone: UTC, agents: 24, skills: [mail], shift: {days: 5 of 7, start: '12:00', length: 8 h}}\n"
    )
    (tmp_path / "plan.yaml").write_text(PLAN + second)
    columns = "{period: day, offered: in, handled: out, aht: {column: aht, unit: s}, positions: there, sla: sla}"
    report = f"reports: {{files: [{{path: days.csv, queue: mail}}], columns: {columns}}}\n"
    (tmp_path / "calibration.yaml").write_text(HEAD + report + BACKTEST)
    desk = desk_of(tmp_path)
    begin = midnight(desk.configuration, dt.date(2026, 3, 30))
    found = at_work(desk.history, desk.file.scenario, begin, begin + 7 * DAY)
    assert found["north", "day"] == pytest.approx([2.5])
    assert found["north", "late"] == pytest.approx([7.5 * 7 / 5]), "7.5 on any day are 10.5 who work five days of seven"


def test_a_replay_of_weeks_is_nearer_than_last_week(folder: Path) -> None:
    found = backtest(folder / "calibration.yaml")
    assert set(found.scores["period"]) == {"week"}, "a weekly share on time judges weeks"
    week = found.scores.iloc[0]
    assert week["windows"] == 2
    assert week["error"] < 0.8 * week["error_last_week"]
    assert found.windows["items"].tolist() == weekly(3)["out"].iloc[4:].tolist()
    assert found.windows["actual"].to_numpy() == pytest.approx(weekly(3)["sla"].iloc[4:].to_numpy())
    assert any("the shifts of the teams of 'plan'" in line for line in found.rests)
    assert any("mail the scenario's" in line for line in found.rests)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("calibration.yaml", ("  scenario: plan.yaml\n", ""), "backtest: {scenario: ../scenarios/plan.yaml}"),
        ("calibration.yaml", (", sla: sla", ""), "no report says a share on time, by which a replay is judged"),
        ("calibration.yaml", ("fte_actual: staff, ", ""), "no report says how many people were at work"),
        ("calibration.yaml", ("first: 2026-03-30", "first: 2026-04-01"), "write 2026-03-30, on which one begins"),
        ("calibration.yaml", ("vendor: north", "vendor: North"), "has no vendor 'North'"),
        (
            "calibration.yaml",
            ("within: 1 h", "within: 1 h, queues: [chats]"),
            "no report has the share on time of 'chats'",
        ),
        (
            "calibration.yaml",
            ("sla: {1 h:", "sla: {2 h: {measure: wait, within: 2 h}, 1 h:"),
            "which SLA the report counts",
        ),
        ("plan.yaml", ("agents: 8", "roster: people.csv"), "people.csv"),
        ("plan.yaml", ("vendors:\n  north:", "vendors:\n  south:"), "vendors.south: no report has its head counts"),
    ],
)
def test_what_a_replay_by_shifts_lacks_is_named(
    folder: Path, tmp_path: Path, file: str, change: tuple[str, str], message: str
) -> None:
    for name in ("weeks.csv", "plan.yaml", "calibration.yaml"):
        (tmp_path / name).write_text((folder / name).read_text())
    text = (tmp_path / file).read_text()
    assert change[0] in text
    (tmp_path / file).write_text(text.replace(*change))
    done = CliRunner().invoke(main, ["backtest", str(tmp_path / "calibration.yaml"), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert message in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_a_queue_that_no_team_takes_is_named(folder: Path, tmp_path: Path) -> None:
    weekly(3).to_csv(tmp_path / "weeks.csv", index=False)
    (tmp_path / "plan.yaml").write_text(PLAN.replace("mail", "chats"))
    (tmp_path / "calibration.yaml").write_text((folder / "calibration.yaml").read_text())
    with pytest.raises(DataError, match="no team takes the queue 'mail'"):
        desk_of(tmp_path)
