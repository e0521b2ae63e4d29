"""Pages made of small results, and Debian's Chromium to open them from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.api.questions import stress
from simcap.experiment.compare import compare
from simcap.experiment.results import Results
from simcap.planning.shocks import read_shocks
from simcap.report.pages.pages import write_page
from simcap.scenario.reading.loading import load
from simcap.scenario.reading.provenance import Assumption
from tests.comparisons import write_programme, write_variant
from tests.report.hostile import CONTRACT, hostile
from tests.report.made import BASE, changed, made
from tests.report.on_disk import write_run

FEWER = "vendors: {north: {teams: {day: {agents: 1}}}}"
SHOCKS = """
a flood of mail: {queues: {mail: {arrivals: {per_week: 9000}}}}
the [red] shock: {queues: {mail: {arrivals: {per_week: 6000}}}}
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the browser of the system; none is downloaded."""
    binary = shutil.which(os.environ.get("SIMCAP_CHROMIUM", "chromium"))
    if binary is None:
        pytest.skip("needs Chromium: apt-get install chromium, or SIMCAP_CHROMIUM=path of another")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `dev`")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=binary)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the pages of a made-up run, a simulated one, a comparison and a stress test, by name."""
    folder = tmp_path_factory.mktemp("pages")
    document = changed(queues={name: BASE["queues"][name] for name in ("listings", "quality")})
    document["vendors"]["north"]["contract"] = dict(CONTRACT)
    attainment = np.full((20, 13), 0.97)
    attainment[:15, 5] = 0.90
    run = _written(made(document, attainment=attainment), document, folder / "run")
    base = write_programme(folder)
    compare([load(base), load(write_variant(folder, "fewer", FEWER))], folder / "compare", jobs=1)
    (folder / "shocks.yaml").write_text(SHOCKS)
    shocks = read_shocks(folder / "shocks.yaml", load(base))
    stress(base, shocks=shocks, standard=False, replications=2, out=folder / "stress", jobs=1)
    folders = {
        "run": run,
        "simulated": folder / "compare" / "runs" / "base",
        "compare": folder / "compare",
        "stress": folder / "stress",
    }
    return {name: write_page(own) for name, own in folders.items()}


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a run in which every name would do harm if it were more than a name."""
    attainment = np.full(13, 0.97)
    attainment[5] = 0.90
    document = hostile()
    folder = tmp_path_factory.mktemp("hostile") / "run"
    return write_page(_written(made(document, attainment=attainment), document, folder))


def _written(results: Results, document: dict[str, Any], folder: Path) -> Path:
    """Write results with a list of what they rest on, as long as a real one is wide."""
    values = [
        Assumption(f"queues.{queue}.arrivals.per_week", "70000", "", origin, "note of 3 May", "2026-05-03", queue)
        for queue in document["queues"]
        for origin in ("contract", "scenario")
    ]
    results.tables["assumptions"] = pd.DataFrame(values)
    return write_run(results, document, folder)
