"""The Python functions: every verb is there, results are short to look at, dates in their tables are dates."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import simcap
from simcap.api.dates import dated_table
from simcap.cli import COMMANDS
from simcap.errors import RunError
from tests.calibration import desks
from tests.cli.test_run import SMALL

NOT_VERBS = {"init", "examples", "schema", "report", "tables"}
"""Commands that write files of their own, and ask nothing of a scenario; `report` is `write_pages` in Python."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / "small.yaml").write_text(SMALL)
    path = desks.write(desks.draw(3), folder)
    path.write_text(
        path.read_text().replace("replications: 12", "replications: 2").replace("finest: hour", "finest: day")
    )
    return folder


@pytest.fixture(scope="module")
def found(files: Path) -> dict[str, Any]:
    """Return a result of each verb."""
    small = simcap.load(files / "small.yaml")
    fewer = simcap.change(small, {"vendors": {"v": {"teams": {"t": {"agents": 3}}}}}, name="fewer")
    few: dict[str, Any] = {"replications": 2, "jobs": 1}
    return {
        "load": small,
        "run": simcap.run(small, **few),
        "compare": simcap.compare(small, fewer, **few),
        "stress": simcap.stress(small, **few),
        "staff": simcap.staff(small, curve=False, check=2, **few),
        "sensitivity": simcap.sensitivity(small, **few),
        "check": simcap.check(small),
        "calibrate": simcap.calibrate(files / "calibration.yaml"),
        "backtest": simcap.backtest(files / "calibration.yaml", mode="replay", jobs=1),
        "synthesize": simcap.synthesize(small),
    }


def test_every_verb_of_the_command_line_is_listed() -> None:
    assert {*COMMANDS} - NOT_VERBS <= set(dir(simcap))
    assert set(simcap.__all__) <= set(dir(simcap))
    assert all(callable(getattr(simcap, name)) for name in simcap.__all__)
    with pytest.raises(AttributeError, match=r"^module 'simcap' has no attribute 'simulate'$"):
        simcap.simulate  # noqa: B018


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys, simcap; dir(simcap); print(*{'numba', 'pandas', 'numpy', 'simcap.api'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "\n"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("load", ["ScenarioFile('small', 7 days from 2026-10-05, queues: 1, vendors: 1)"]),
        ("run", ["Results('small', 2 replications: SLAs at their target", "of 1; the weakest: mail / 1 h, "]),
        ("compare", ["Comparison('small' with 'fewer', 2 replications: most moved", "mail / 1 h by -", " in 'fewer')"]),
        ("stress", ["Stress('small', 2 replications: ", "shocks stand out", "single points of failure: "]),
        (
            "staff",
            ["Staffing('small', 2 replications: Answer(90% ", "windows: ", "2 fresh replications), in paid hours)"],
        ),
        ("sensitivity", ["Sensitivity('small', 2 replications: drivers: ", "; most moves ", "mail / 1 h by "]),
        ("check", ["LoadCheck('small': "]),
        ("calibrate", ["Calibration(", " items: fitted values: ", "; not fitted: ", "; noticed: "]),
        ("backtest", ["Backtested(", "origins: ", ", 2 replications: replay missed ", " points)"]),
        ("synthesize", ["SyntheticLogs('small', seed 4: ", " rows of items, 4 rows of roster, "]),
    ],
)
def test_a_result_shows_itself_in_a_line(found: dict[str, Any], verb: str, words: list[str]) -> None:
    shown = repr(found[verb])
    assert "\n" not in shown
    assert len(shown) < 240
    assert all(word in shown for word in words), shown


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_dates_in_tables_are_dates(found: dict[str, Any]) -> None:
    horizon = pd.Timestamp("2026-10-05")
    run, compare, staff = found["run"], found["compare"], found["staff"]
    tables = [*run.tables.values(), *compare.tables.values(), *compare.base.tables.values()]
    tables += [staff.last, staff.parts, *(answer.met for answer in staff.answers), found["stress"].table]
    tables += [*found["check"].tables.values(), found["backtest"].windows, found["synthesize"].tables["roster"]]
    for table in tables:
        if "path" in table:
            assert not pd.api.types.is_datetime64_any_dtype(table["origin"]), "that of an assumption is a word"
            continue
        for name in {"start", "first_week", "worst", "approve_by", "origin", "from", "to", "hired", "left"} & {*table}:
            assert pd.api.types.is_datetime64_any_dtype(table[name]) or "path" in table, (name, table)
    assert run.tables["sla"]["start"].min() == horizon
    assert staff.main.met["start"].tolist() == [horizon]
    assert found["check"].tables["weeks"]["start"].tolist() == [horizon]


def test_files_have_the_same_dates_as_text(files: Path, tmp_path: Path) -> None:
    asked = {"replications": 2, "jobs": 1, "period": "hour"}
    results = simcap.run(files / "small.yaml", out=tmp_path / "out", **asked)  # type: ignore[arg-type]
    written = pd.read_csv(tmp_path / "out/tables/queues.csv", keep_default_na=False)
    starts = results.tables["queues"]["start"]
    hours = (results.tables["queues"]["period"] == "hour").tolist()
    texts = [one.isoformat(timespec="minutes") if hour else f"{one:%Y-%m-%d}" for one, hour in zip(starts, hours)]  # noqa: B905
    assert written["start"].tolist() == texts


def test_an_hour_that_the_clock_shows_twice_keeps_its_zone() -> None:
    text = ["2026-10-25", "2026-10-25T00:00", "2026-10-25T01:00+01:00", "2026-10-25T01:00+00:00", ""]
    start = dated_table(pd.DataFrame({"start": text}), "Europe/London")["start"]
    assert str(start.dt.tz) == "Europe/London"
    seconds = [(one - start[1]).total_seconds() for one in start[:4]]
    assert seconds == [0, 0, 3600, 7200]
    assert start.isna().tolist() == [False] * 4 + [True]
    plain = dated_table(pd.DataFrame({"start": text[:2], "value": ["2026-10-25", "x"]}), "Europe/London")
    assert plain["start"].dt.tz is None
    assert plain["value"].tolist() == ["2026-10-25", "x"], "only columns of dates"
    logged = pd.DataFrame({"start": pd.to_datetime(["2026-10-25T01:00+00:00"])})
    assert dated_table(logged, "Europe/London")["start"].equals(logged["start"]), "what is a date stays as it is"
    assert pd.api.types.is_datetime64_any_dtype(dated_table(pd.DataFrame({"start": []}), "UTC")["start"])


def test_a_check_is_what_its_command_says(found: dict[str, Any]) -> None:
    check = found["check"]
    assert set(check.tables) == {"weeks", "lines", "slas", "gaps", "sketched"}
    assert check.tables["lines"][["queue", "vendor"]].to_numpy().tolist() == [["mail", ""]]
    # 300 items a day of a minute each, for a week.
    assert check.tables["weeks"]["load_h"].tolist() == pytest.approx([35.0])
    assert check.tables["slas"][["sla", "target", "per"]].to_numpy().tolist() == [["1 h", 0.9, "week"]]
    assert check.fits == (not check.tables["slas"]["missed"].any())
    assert any("nobody on duty" in reason for reason in check.reasons)


def test_parameters_are_those_that_replications_draw(files: Path) -> None:
    path = "vendors.v.attrition.per_year"
    unsure = simcap.change(files / "small.yaml", {"uncertain": {path: {"uniform": [0.3, 0.5]}}})
    row = simcap.parameters(unsure)
    assert row[["group", "parameter"]].to_numpy().tolist() == [["scenario", path]]
    assert row[["p05", "p95"]].to_numpy().tolist() == [pytest.approx([0.31, 0.49])]
    drawn = simcap.run(unsure, replications=40, jobs=1).drawn[path]
    assert 0.3 < drawn.min() < 0.34
    assert 0.46 < drawn.max() < 0.5
    assert simcap.parameters(files / "small.yaml").empty


def test_fitted_parameters_are_drawn_or_as_fitted(files: Path, tmp_path: Path) -> None:
    found = simcap.calibrate(files / "calibration.yaml", out=tmp_path / "fits")
    fits = found.table().set_index("parameter")
    queue = found.fits[0].subject.name
    (tmp_path / "s.yaml").write_text(
        "name: fitted\ncalibration: fits/parameters.yaml\nhorizon: {start: 2026-10-05, days: 2, timezone: UTC}\n"
        f"queues: {{{queue}: {{sla: {{4 h: {{measure: turnaround, within: 4 h, target: 90%, per: day}}}}}}}}\n"
        f"vendors: {{v: {{teams: {{t: {{timezone: UTC, agents: 9, skills: [{queue}], "
        'shift: {days: Mon-Sun, start: "00:00", length: 8 h}}}}}\n'
    )
    table = simcap.parameters(tmp_path / "s.yaml").set_index("parameter")
    assert len(table)
    for path, row in table.iterrows():
        assert row[["p05", "p95"]].tolist() == pytest.approx(fits.loc[path, ["p05", "p95"]].tolist(), rel=1e-3), path
    few: dict[str, Any] = {"replications": 2, "jobs": 1}
    assert set(simcap.run(tmp_path / "s.yaml", **few).drawn) == set(table.index)
    assert simcap.run(tmp_path / "s.yaml", parameters="point", **few).drawn == {}
    with pytest.raises(ValueError, match=r"^parameters 'mean': choose from drawn, point$"):
        simcap.run(tmp_path / "s.yaml", parameters="mean")  # type: ignore[arg-type]


def test_with_a_folder_the_verbs_leave_what_the_commands_leave(files: Path, tmp_path: Path) -> None:
    logs = simcap.synthesize(files / "small.yaml", out=tmp_path / "logs")
    names = {"items.parquet", "roster.csv", "attendance.parquet", "calibration.yaml"}
    assert {path.name for path in (tmp_path / "logs").iterdir()} == names
    assert set(logs.rows) == names - {"calibration.yaml"}
    assert np.isclose(logs.tables["items"]["handle_s"].mean(), 60, rtol=0.1)
    with pytest.raises(RunError, match="is not empty; name a new folder"):
        simcap.synthesize(files / "small.yaml", out=tmp_path / "logs")
    simcap.backtest(files / "calibration.yaml", mode="replay", jobs=1, out=tmp_path / "back")
    left = {"windows.csv", "scores.csv", "totals.csv", "answer.json", "report.html"}
    assert {path.name for path in (tmp_path / "back").iterdir()} == left
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [], "nothing is kept aside"
    with pytest.raises(RunError, match="holds a back-test already"):
        simcap.backtest(files / "calibration.yaml", out=tmp_path / "back")
    with pytest.raises(ValueError, match=r"^mode 'none': choose from all, both, scenario, plan, replay, forecast$"):
        simcap.backtest(files / "calibration.yaml", mode="none")  # type: ignore[arg-type]
