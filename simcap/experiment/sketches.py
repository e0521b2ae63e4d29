"""Sketches of scenarios, of which each is made once, however many are asked for next."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from simcap.analysis.comparison import Run
from simcap.analysis.figures import Figures
from simcap.experiment.batch import Batch, run_batch
from simcap.experiment.workers import Jobs
from simcap.scenario.reading.loading import ScenarioFile


class Sketches:
    """The sketches of the first replications of some scenarios, all on the same draws."""

    def __init__(self, files: Sequence[ScenarioFile], seed: int, periods: tuple[str, ...], jobs: Jobs) -> None:
        self._files, self._batch = files, Batch(seed, range(0), periods, jobs, sketched=("sla", "money"))
        self._runs: list[Run] = []

    def first(self, count: int) -> list[Run]:
        """Return the first so many sketches of each scenario.

        Raises `DataError` for unreadable data, and `KeyboardInterrupt` on Ctrl-C.
        """
        there = self._runs[0].figures.replications if self._runs else 0
        if count > there:
            added = run_batch(self._files, dataclasses.replace(self._batch, replications=range(there, count)))
            pairs = zip(self._runs, added, strict=True) if there else ()
            self._runs = [_with(old.figures.followed_by(new.figures), new) for old, new in pairs] or added
        return [_with(run.figures.first(count), run) for run in self._runs]


def _with(figures: Figures, run: Run) -> Run:
    return dataclasses.replace(run, figures=figures)
