"""Absence of teams whose shifts pass a midnight of the calibration's zone: as in the log, counted by shift."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.shrinkage import fit_shrinkage
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.calibration.synthesize import synthesize
from simcap.scenario.reading.loading import load
from tests.real.published import ROOT, needs

CASE = ROOT.parent / "shared" / "cases" / "22-night-attendance"

pytestmark = needs(CASE / "night.yaml")


@pytest.fixture(scope="module", params=["night", "manila-day"])
def logs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param) / "out"
    synthesize(load(CASE / f"{request.param}.yaml"), folder, 11)
    return folder


def absence(folder: Path) -> Fit:
    history = read_history(read_configuration(folder / "calibration.yaml"), folder)
    assert history.attendance is not None
    fits = [fit for fit in fit_shrinkage(history.attendance, history.roster) if isinstance(fit, Fit)]
    return next(fit for fit in fits if fit.has("shrinkage", "absence"))


def in_the_log(spells: pd.DataFrame) -> float:
    """Return the share of absent shifts, counted by hand: an absence is a row, a shift there has one first block."""
    absent = int((spells["activity"] == "absent").sum())
    floor = spells[spells["activity"] == "floor"].sort_values(["agent", "start"])
    pause = floor.groupby("agent", observed=True)["start"].diff()
    there = int((pause.isna() | (pause > pd.Timedelta(hours=8))).sum())
    return absent / (absent + there)


def cut_at_midnight(spells: pd.DataFrame) -> pd.DataFrame:
    start, end = (spells[name].dt.tz_convert("Europe/London") for name in ("start", "end"))
    midnight = end.dt.normalize()
    passes = (start < midnight) & (midnight < end)
    first = spells.assign(start=start, end=end.where(~passes, midnight))
    second = spells.assign(start=midnight, end=end)[passes]
    return pd.DataFrame(pd.concat([first, second]).sort_values("start"))


def test_absence_is_that_of_the_log(logs: Path) -> None:
    true = in_the_log(pd.read_parquet(logs / "attendance.parquet"))
    fit = absence(logs)
    assert true == pytest.approx(0.1, abs=0.02)
    assert fit.value("shrinkage", "absence") == pytest.approx(true, abs=1e-3)
    assert next(iter(fit.intervals()))[1] < 0.1 < next(iter(fit.intervals()))[2]


def test_spells_cut_at_midnight_are_the_same_shifts(logs: Path, tmp_path: Path) -> None:
    for path in logs.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    spells = pd.read_parquet(logs / "attendance.parquet")
    cut = cut_at_midnight(spells)
    assert len(cut) > len(spells) * 1.1
    cut.to_parquet(tmp_path / "attendance.parquet", index=False)
    whole, divided = (absence(folder) for folder in (logs, tmp_path))
    assert divided.value("shrinkage", "absence") == whole.value("shrinkage", "absence")
    assert np.array_equal(divided.covariance, whole.covariance)
