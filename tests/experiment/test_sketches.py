"""Sketches that are made once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from simcap.analysis.comparison import Run
from simcap.experiment import sketches as module
from simcap.experiment.batch import Batch, run_batch
from simcap.experiment.sketches import Sketches
from simcap.scenario.reading.loading import ScenarioFile, load
from tests.comparisons import write_programme, write_variant


def test_more_sketches_follow_those_that_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[range] = []

    def watched(files: Sequence[ScenarioFile], batch: Batch) -> list[Run]:
        asked.append(batch.replications)
        return run_batch(files, batch)

    monkeypatch.setattr(module, "run_batch", watched)
    change = "queues: {mail: {arrivals: {per_week: 5500}}}"
    files = [load(write_programme(tmp_path)), load(write_variant(tmp_path, "other", change))]
    sketches = Sketches(files, 3, ("horizon", "week"), 1)
    counts = [[run.figures.replications for run in sketches.first(count)] for count in (2, 5, 4, 5)]
    assert counts == [[2, 2], [5, 5], [4, 4], [5, 5]]
    assert asked == [range(2), range(2, 5)]
    whole = run_batch(files, Batch(3, range(5), ("horizon", "week"), 1, sketched=("sla",)))
    for one, other in zip(sketches.first(5), whole, strict=True):
        for key, values in other.figures.arrays.items():
            assert np.array_equal(one.figures.arrays[key], values, equal_nan=True)
