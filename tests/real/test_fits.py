"""Calibrations of data that nobody here made, without a back-test: volumes alone, and learning on the job."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.learning import speed
from simcap.units import DAY

from . import lender, volumes

needs_calls = pytest.mark.skipif(not volumes.DATA.is_file(), reason=f"the published data are not in {volumes.DATA}")
needs_sessions = pytest.mark.skipif(not lender.DATA.is_file(), reason=f"the published data are not in {lender.DATA}")
COLUMBUS_DAY = dt.date(2003, 10, 13)


@needs_calls
def test_volumes_of_a_bank_lie_in_their_band(tmp_path: Path) -> None:
    table = volumes.days(tmp_path, 20)
    assert len(table) == 38
    # The two holidays of the half year before had no calls; this one had, as docs/validation.md says.
    assert table.loc[COLUMBUS_DAY, "mean"] == 0
    table = table.drop(index=COLUMBUS_DAY)
    inside = (table["came"] >= table["p05"]) & (table["came"] <= table["p95"])
    missed = {name: ((table[name] - table["came"]).abs() / table["came"]).mean() for name in ("mean", "same_weekday")}
    assert 0.8 <= inside.mean() <= 1.0
    assert missed["mean"] < 0.075
    assert missed["mean"] < 1.2 * missed["same_weekday"]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    folder = tmp_path_factory.mktemp("lender")
    lender.write(folder)
    plan = (lender.SHIPPED / "lender-2016.yaml").read_text()
    (folder / "calibration.yaml").write_text(plan)
    return calibrate(folder / "calibration.yaml")


@needs_sessions
def test_agents_of_a_lender_get_faster(learned: Calibration) -> None:
    start, after = next(fit.estimates for fit in learned.fits if fit.group == "ramp")
    table = learned.table().set_index("parameter")
    assert table.loc[start.path, "p95"] < 0.7
    # From day 5 to day 40 experience doubles three times; each time handle time falls to 0.89 to 0.95 of it.
    early, late = (float(speed(start.value, after.value / DAY, day)) for day in (5.0, 40.0))  # type: ignore[arg-type]
    assert 0.55 < early / late < 0.95**3


@needs_sessions
def test_no_agent_of_a_lender_is_named(learned: Calibration) -> None:
    assert "User_" not in str(learned.parameters())
    assert "User_" not in learned.table().to_csv()
    assert "User_" not in learned.quality().to_csv()
