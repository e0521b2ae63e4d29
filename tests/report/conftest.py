"""Folders of results that workbooks and slides are made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.experiment.compare import compare
from simcap.experiment.results import Results
from simcap.scenario.reading.loading import load
from tests.comparisons import write_programme, write_variant
from tests.report.on_disk import write_run
from tests.report.programmes import programme, results_of


@pytest.fixture(scope="session")
def priced() -> Results:
    return results_of(programme())


@pytest.fixture(scope="session")
def run_folder(priced: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_run(priced, programme(), tmp_path_factory.mktemp("priced") / "results")


@pytest.fixture(scope="session")
def compared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("options")
    base = write_programme(folder)
    fewer = write_variant(folder, "fewer", "vendors: {north: {teams: {day: {agents: 2}}}}")
    compare([load(base), load(fewer)], folder / "out", replications=3, jobs=1)
    return folder / "out"
