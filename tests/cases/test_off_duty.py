"""Items kept overnight: what of the time from pick-up to decision nobody was at work is no handle time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.fits.handling import shape_of
from simcap.calibration.synthesize import synthesize
from simcap.scenario.reading.loading import load
from tests.real.published import ROOT, needs

CASE = ROOT.parent / "shared" / "cases" / "28-off-duty" / "truth.yaml"
PLAN = "title: kept\ntimezone: Europe/London\nfrom: 2026-04-06\nto: 2026-05-31\n"
TRUE = 900.0
"""Seconds of work on an item."""
FILES = {
    "a column": "items: {path: items.parquet, columns: {handle: handle_s}}\nattendance: {path: attendance.parquet}\n",
    "attendance": "items: {path: items.parquet}\nattendance: {path: attendance.parquet}\n",
    "nothing": "items: {path: items.parquet}\n",
}

pytestmark = needs(CASE)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "out"
    synthesize(load(CASE), folder, 5)
    return folder


def calibrated(logs: Path, folder: Path, what: str) -> Calibration:
    items = pd.read_parquet(logs / "items.parquet").drop(columns="expired")
    items.to_parquet(folder / "items.parquet", index=False)
    for name in ("attendance.parquet", "roster.csv"):
        (folder / name).write_bytes((logs / name).read_bytes())
    (folder / "calibration.yaml").write_text(PLAN + FILES[what] + "roster: {path: roster.csv}\n")
    return calibrate(folder / "calibration.yaml")


def test_synthetic_handle_times_are_time_at_work(logs: Path) -> None:
    items = pd.read_parquet(logs / "items.parquet")
    held = (items["completed"] - items["started"]).dt.total_seconds()
    assert (held > 4 * 3600).mean() > 0.005, "items are kept overnight in this case"
    assert items["handle_s"].mean() == pytest.approx(TRUE, rel=0.02)
    assert items["handle_s"].max() < 4 * 3600
    assert items["handle_s"].min() > 0
    same = held < 600
    assert (items["handle_s"] - held)[same].abs().max() <= 1.0


@pytest.mark.parametrize("what", FILES)
def test_handle_times_are_a_quarter_of_an_hour_and_no_mixture(logs: Path, what: str, tmp_path: Path) -> None:
    found = calibrated(logs, tmp_path, what)
    (fit,) = [fit for fit in found.fits if fit.kind == "handle time"]
    shape = shape_of(fit)
    assert shape is not None
    assert shape.family == "lognormal"
    assert shape.mean == pytest.approx(TRUE, rel=0.02)
    assert shape.parts[0].cv == pytest.approx(0.6, rel=0.04)
    told = found.quality().to_csv()
    assert ("left open overnight" in told) == (what == "nothing")
    assert ("off the floor, by the attendance, are not counted" in told) == (what == "attendance")
