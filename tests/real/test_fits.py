"""Calibrations of data that nobody here made, without a back-test: volumes alone, learning on the job, sessions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.fits.handling import shape_of
from simcap.calibration.fits.ramp import speed
from simcap.units import DAY

from . import lender, volumes
from .published import PUBLISHED, needs

REAL = lender.SHIPPED
DESK = PUBLISHED / "loandesk" / "sessions_2011_2012.csv.gz"
ITEMS = DESK.with_name("items_2011_2012.csv.gz")
COLUMBUS_DAY = dt.date(2003, 10, 13)


@needs(volumes.DATA)
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
    # The mean of 20 replications still carries a part of how the level drifts over eight weeks.
    assert missed["mean"] < 1.25 * missed["same_weekday"]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    folder = tmp_path_factory.mktemp("lender")
    lender.write(folder)
    plan = (lender.SHIPPED / "lender-2016.yaml").read_text()
    (folder / "calibration.yaml").write_text(plan)
    return calibrate(folder / "calibration.yaml", allow_outside=True)


@needs(lender.DATA)
def test_agents_of_a_lender_get_faster(learned: Calibration) -> None:
    start, after = next(fit.estimates for fit in learned.fits if fit.kind == "ramp")
    table = learned.table().set_index("parameter")
    assert table.loc[start.path, "p95"] < 0.7
    # From day 5 to day 40 experience doubles three times; each time handle time falls to 0.89 to 0.95 of it.
    early, late = (float(speed(start.value, after.value / DAY, day)) for day in (5.0, 40.0))  # type: ignore[arg-type]
    assert 0.55 < early / late < 0.95**3


@needs(lender.DATA)
def test_no_agent_of_a_lender_is_named(learned: Calibration) -> None:
    assert "User_" not in str(learned.parameters())
    assert "User_" not in learned.table().to_csv()
    assert "User_" not in learned.quality().to_csv()


@needs(DESK, ITEMS)
def test_sessions_of_a_loan_desk_are_the_work_of_its_items() -> None:
    sessions = calibrate(REAL / "loan-desk-sessions-2012.yaml", allow_outside=True)
    items = pd.read_csv(ITEMS, parse_dates=["created"])
    items = items[items["created"].between("2011-10-29", "2012-02-29")]
    assert sessions.configuration.items is not None
    assert sessions.configuration.items.queues is not None
    published = items["handle_s"].groupby(items["queue"].map(dict(sessions.configuration.items.queues))).sum()
    worked = sessions.history.items.groupby("queue", observed=True)["handle"].sum()
    for queue, least in {"validating": 0.9, "leads": 0.85, "incomplete files": 0.9}.items():
        assert least < worked[queue] / published[queue] < 1.1, queue
    told = {fit.subject.name: shape_of(fit) for fit in sessions.fits if fit.kind == "handle time"}
    validating = sessions.history.items.query("queue == 'validating'")["handle"]
    closed = validating[(validating > 0) & (validating <= sessions.configuration.staffing.longest)]
    assert told["validating"] is not None
    assert told["validating"].mean == pytest.approx(closed.mean(), rel=0.15)
    # Sessions that were left open overnight are longer than any work: what they took is drawn from the others.
    assert any(note.what == "items that were left open overnight" and note.rows > 20 for note in sessions.odd)
