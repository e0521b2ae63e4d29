"""Times to the minute: no item is lost, and handle times are those of the work."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.synthesize import synthesize
from simcap.scenario.reading.loading import load
from tests.real.published import ROOT, needs

CASE = ROOT.parent / "shared" / "cases" / "21-minutes" / "truth.yaml"
PLAN = """
title: to the minute
timezone: Europe/London
from: 2026-04-06
to: 2026-05-31
items: {{path: items.csv{columns}}}
"""

pytestmark = needs(CASE)


@pytest.fixture(scope="module", params=[pytest.param("45 s", marks=pytest.mark.slow), "20 s"])
def logs(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[float, Path]:
    folder = tmp_path_factory.mktemp("minutes")
    text = CASE.read_text()
    assert "mean: 45 s" in text
    (folder / "truth.yaml").write_text(text.replace("mean: 45 s", f"mean: {request.param}"))
    synthesize(load(folder / "truth.yaml"), folder / "out", 7)
    return float(request.param.split()[0]), folder / "out"


def to_the_minute(logs: Path, folder: Path, *, without: tuple[str, ...] = ()) -> tuple[Calibration, int]:
    """Return the calibration of a log whose times are cut to the minute and which lacks columns, and its rows."""
    items = pd.read_parquet(logs / "items.parquet")
    for name in ("created", "started", "completed"):
        items[name] = items[name].dt.floor("min")
    items = items.drop(columns=["handle_s", "parent", "expired", *without])
    items.to_csv(folder / "items.csv", index=False)
    columns = ", columns: {item: item}" if "item" in items else ""
    text = PLAN.format(columns=columns)
    if "agent" in items:
        (folder / "roster.csv").write_bytes((logs / "roster.csv").read_bytes())
        text += "roster: {path: roster.csv}\n"
    (folder / "calibration.yaml").write_text(text)
    return calibrate(folder / "calibration.yaml"), len(items)


def mean_and_cv(found: Calibration, queue: str) -> tuple[float, float]:
    fit = next(fit for fit in found.fits if fit.kind == "handle time" and fit.subject.name == queue)
    return fit.value("handle_time", "lognormal", "mean"), fit.value("handle_time", "lognormal", "cv")


@pytest.mark.parametrize("without", [(), pytest.param(("item",), marks=pytest.mark.slow), ("item", "agent")])
def test_no_item_is_lost_and_handle_times_are_right(
    logs: tuple[float, Path], without: tuple[str, ...], tmp_path: Path
) -> None:
    """Those of an agent of average speed, or, where no agent is named, of the agents that there were."""
    short, folder = logs
    exact = pd.read_parquet(folder / "items.parquet").groupby("queue", observed=True)["handle_s"].mean()
    found, rows = to_the_minute(folder, tmp_path, without=without)
    assert len(found.history.items) == rows
    for queue, mean, cv in (("listings", short, 0.8), ("appeals", 720.0, 0.6)):
        true = (exact[queue] if "agent" in without else mean, cv)
        assert mean_and_cv(found, queue) == pytest.approx(true, rel=0.05), queue
    assert "handle times in steps of 60 s" in found.quality().to_csv()


def test_no_item_is_lost_without_pick_ups(logs: tuple[float, Path], tmp_path: Path) -> None:
    found, rows = to_the_minute(logs[1], tmp_path, without=("item", "agent", "started"))
    assert len(found.history.items) == rows
    assert not any(fit.kind == "handle time" for fit in found.fits)
    assert "no column for started" in found.quality().to_csv()
