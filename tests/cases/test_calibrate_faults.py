"""Histories that once ended a calibration in a traceback: each has a right fit, or one clear message."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, of_queue, sound
from simcap.cli import main
from tests.real.published import ROOT, needs

FAULTS = ROOT.parent / "shared" / "cases" / "faults"
HEAD = '{"title": "f", "timezone": "Europe/London", "from": "2026-03-02", "to": "2026-04-05", '

pytestmark = needs(FAULTS / "calibrate-year-0001" / "items.csv")


def copied(case: str, folder: Path) -> Path:
    """Return the calibration file of a case, in a folder of its own."""
    for path in (FAULTS / case).iterdir():
        shutil.copyfile(path, folder / path.name)
    return folder / "calibration.yaml"


def found_of(case: str, folder: Path) -> dict[str, float]:
    return values(calibrate(copied(case, folder)))


def values(found: Calibration) -> dict[str, float]:
    table = found.table()
    assert np.isfinite(table[["value", "p05", "p95", "standard_error"]]).all(axis=None)
    return dict(zip(table["parameter"], table["value"], strict=True))


def told(found: Calibration) -> str:
    return found.quality().to_csv(index=False)


def asked(path: Path) -> Result:
    """Run the command; whatever comes, it is no traceback."""
    result = CliRunner().invoke(main, ["calibrate", str(path), "--no-charts", "--out", str(path.parent / "out")])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code in (0, 1)
    return result


@pytest.mark.parametrize("case", sorted(path.name for path in FAULTS.glob("calibrate-*")))
def test_the_command_never_ends_in_a_traceback(case: str, tmp_path: Path) -> None:
    result = asked(copied(case, tmp_path))
    assert result.exit_code == 0, result.output
    written = (tmp_path / "out/parameters.yaml").read_text()
    assert "nan" not in written


def test_items_that_leave_after_a_fixed_time_have_it_as_a_constant(tmp_path: Path) -> None:
    """All that left did so after 6 h, to the second; the scenario that is written can be read."""
    found = calibrate(copied("calibrate-fixed-expiry", tmp_path))
    fit = next(fit for fit in found.fits if fit.kind == "patience")
    assert fit.value("expires", "after", "constant") == pytest.approx(6 * 3600, abs=1)
    assert fit.standard_errors()[0] < 1e-3
    assert not fit.has("expires", "after", "weibull")


def test_a_time_limit_of_some_items_only_is_said(tmp_path: Path) -> None:
    path = copied("calibrate-fixed-expiry", tmp_path)
    items = pd.read_parquet(tmp_path / "items.parquet")
    # Four in five of those that had left are decided after two days instead.
    some = items["left_at"].notna() & (np.arange(len(items)) % 5 != 0)
    assert some.any()
    waited = items["created"] + pd.Timedelta("2D")
    for name in ("started", "completed"):
        items[name] = items[name].mask(some, waited)
    items["left_at"] = items["left_at"].mask(some)
    items.to_parquet(tmp_path / "items.parquet", index=False)
    found = calibrate(path)
    (why,) = [one.why for one in found.open if "expires" in one.what]
    assert "only some have a time limit" in why


def test_a_log_without_agents_is_fitted_without_them(tmp_path: Path) -> None:
    found = calibrate(copied("calibrate-items-no-agents", tmp_path))
    assert values(found)["queues.listings.handle_time.lognormal.mean"] == pytest.approx(650, rel=0.05)
    said = {one.what: one.why for one in found.open}
    assert "agent of the roster" in said["spread"]
    assert "agent of the roster" in said["ramp"]


def test_dates_with_a_zone_are_the_days_that_are_written(tmp_path: Path) -> None:
    found = found_of("calibrate-quality-Z", tmp_path)
    checks = pd.read_csv(tmp_path / "qual.csv")
    share = checks["wrong"].sum() / checks["checked"].sum()
    assert found["queues.listings.errors.tenured"] == pytest.approx(share, rel=1e-3)


@pytest.mark.parametrize("written", ["T00:00:00Z", "T00:00:00+08:00", " 23:30:00 -05:00", " 00:00 +0530"])
def test_offsets_move_no_day_of_a_roster_or_a_check(written: str, tmp_path: Path) -> None:
    path = copied("calibrate-quality-Z", tmp_path)
    plain = calibrate(path)
    roster = pd.read_csv(tmp_path / "roster.csv", dtype=str)
    for name in ("hired", "left"):
        roster[name] = roster[name].where(roster[name].isna(), roster[name] + written)
    roster.to_csv(tmp_path / "roster.csv", index=False)
    checks = pd.read_csv(tmp_path / "qual.csv")
    checks["date"] = checks["date"].str[:10] + written
    checks.to_csv(tmp_path / "qual.csv", index=False)
    moved = calibrate(path)
    for name in ("hired", "left"):
        assert plain.history.roster is not None
        assert moved.history.roster is not None
        assert np.array_equal(plain.history.roster[name], moved.history.roster[name], equal_nan=True)
    assert plain.history.quality is not None
    assert moved.history.quality is not None
    assert np.array_equal(plain.history.quality["day"], moved.history.quality["day"])


def test_dates_of_a_roster_with_slashes_are_dates(tmp_path: Path) -> None:
    found = calibrate(copied("calibrate-roster-slash-dates", tmp_path))
    assert found.history.roster is not None
    hired = found.history.roster.set_index("agent")["hired"]
    assert hired["northstar-day-0001"] == pd.Timestamp("2026-01-03").toordinal()
    assert hired["northstar-late-0001"] == pd.Timestamp("2024-05-06").toordinal()


def test_a_queue_that_is_null_is_left_out_and_counted(tmp_path: Path) -> None:
    found = calibrate(copied("calibrate-vol-null-queue-parquet", tmp_path))
    assert "queue is empty,1" in told(found)
    assert {fit.subject.name for fit in found.fits} == {"listings"}


def test_a_time_of_the_year_1_is_none(tmp_path: Path) -> None:
    found = calibrate(copied("calibrate-year-0001", tmp_path))
    assert "items.csv,created is not a time,1,row 9: created: '0001-01-01 00:00:00'" in told(found)


def test_a_pick_up_of_the_year_1_is_none(tmp_path: Path) -> None:
    path = copied("calibrate-year-0001", tmp_path)
    items = pd.read_csv(tmp_path / "items.csv", dtype=str)
    never = items["started"].isna()
    items.assign(started=items["started"].fillna("0001-01-01 00:00:00")).to_csv(tmp_path / "items.csv", index=False)
    found = calibrate(path)
    assert f"started before 1901 or after 2199,{never.sum()},'0001-01-01 00:00:00'" in told(found)
    assert found.history.items["started"].isna().sum() >= never.sum() - 1


@pytest.mark.parametrize("never", ["9999-12-31", "0001-01-01"])
def test_who_left_in_a_year_that_is_none_is_there(never: str, tmp_path: Path) -> None:
    path = copied("calibrate-quality-Z", tmp_path)
    roster = pd.read_csv(tmp_path / "roster.csv", dtype=str)
    there = roster["left"].isna()
    roster["left"] = roster["left"].fillna(never)
    roster.to_csv(tmp_path / "roster.csv", index=False)
    found = calibrate(path)
    assert found.history.roster is not None
    assert found.history.roster["left"].isna().tolist() == there.tolist()


def test_volumes_with_a_roster_and_no_items_are_fitted(tmp_path: Path) -> None:
    copied("calibrate-vol-null-queue-parquet", tmp_path)
    shutil.copyfile(FAULTS / "calibrate-quality-Z" / "roster.csv", tmp_path / "roster.csv")
    path = tmp_path / "calibration.yaml"
    path.write_text(
        HEAD + '"volumes": {"path": "vol.parquet", "columns": {"queue": "queue"}}, "roster": {"path": "roster.csv"}}'
    )
    found = calibrate(path)
    assert "queues.listings.arrivals.per_week" in values(found)
    assert "handle times, patience and follow-up work" in {one.what for one in found.open}


def test_agents_in_capitals_are_the_same_people(tmp_path: Path) -> None:
    path = copied("calibrate-quality-Z", tmp_path)
    plain = values(calibrate(path))
    roster = pd.read_csv(tmp_path / "roster.csv", dtype=str)
    roster.assign(agent=roster["agent"].str.upper()).to_csv(tmp_path / "roster.csv", index=False)
    assert values(calibrate(path)) == plain


def test_people_of_whom_none_is_in_the_roster_are_told_in_one_message(tmp_path: Path) -> None:
    path = copied("calibrate-quality-Z", tmp_path)
    roster = pd.read_csv(tmp_path / "roster.csv", dtype=str)
    roster.assign(agent=[f"HR{number}" for number in range(len(roster))]).to_csv(tmp_path / "roster.csv", index=False)
    result = asked(path)
    assert result.exit_code == 1
    assert "items: none of its 8 agents" in result.stderr
    assert "quality: none of its 8 agents" in result.stderr
    assert "northstar-day" not in result.stderr, "an agent is named"


@pytest.mark.parametrize(("name", "column"), [("roster", "hired"), ("quality", "date")])
def test_a_file_of_which_no_row_is_left_is_told(name: str, column: str, tmp_path: Path) -> None:
    path = copied("calibrate-quality-Z", tmp_path)
    file = tmp_path / {"roster": "roster.csv", "quality": "qual.csv"}[name]
    pd.read_csv(file).assign(**{column: "soon"}).to_csv(file, index=False)
    result = asked(path)
    assert result.exit_code == 1
    assert f"{name}: {file.name}: no row can be used" in result.stderr
    assert f"{column} is not a date" in result.stderr


def test_people_of_whom_some_are_in_the_roster_are_counted(tmp_path: Path) -> None:
    path = copied("calibrate-quality-Z", tmp_path)
    roster = pd.read_csv(tmp_path / "roster.csv", dtype=str)
    roster[:6].to_csv(tmp_path / "roster.csv", index=False)
    checks = pd.read_csv(tmp_path / "qual.csv")
    lost = (~checks["agent"].isin(roster["agent"][:6])).sum()
    found = calibrate(path)
    assert f"their {lost:,} rows count for no vendor" in told(found)
    spread = [one for one in (*found.fits, *found.open) if "spread" in getattr(one, "what", "vendors.northstar.spread")]
    assert any(isinstance(one, NotFitted) and "6 agents" in one.why for one in spread)


def test_a_fit_whose_error_is_no_number_is_none() -> None:
    good = Fit(
        "patience", (Estimate(of_queue("a"), ("expires", "after", "constant"), 60.0, "log", "s"),), np.eye(1), 9, {}
    )
    for error in (np.nan, np.inf, -1.0, 400.0):
        bad = Fit("patience", good.estimates, np.full((1, 1), error), 9, {})
        kept, left = sound([good, bad])
        assert kept is good
        assert isinstance(left, NotFitted)
        assert left.what == "queues.a.expires.after"
