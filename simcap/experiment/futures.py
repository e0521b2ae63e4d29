"""Futures of a comparison: all its scenarios changed alike, run on the same draws, kept beside its own runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pandas as pd

from simcap.analysis.comparison import run_of
from simcap.analysis.futures import break_even_table, future_slas, future_table
from simcap.experiment.results import Results
from simcap.scenario.reading.loading import ScenarioFile

FIRST = "base"
"""The future that is always there: the scenarios as they stand."""

FutureFiles = Mapping[str, Sequence[ScenarioFile]]
"""By future: each scenario of a comparison as it is then, in the same order."""


@dataclasses.dataclass(frozen=True)
class Future:
    """The runs of a comparison's scenarios in one future."""

    name: str
    words: tuple[str, ...]
    """How the base differs in it."""
    results: tuple[Results, ...]
    """The base first."""


def run_name(scenario: str, future: str) -> str:
    """Return the name of a scenario in a future, after which its folder of results is named."""
    return f"{scenario}--{future}"


def future_tables(results: Sequence[Results], futures: Sequence[Future]) -> dict[str, pd.DataFrame]:
    """Return the tables `futures`, `future_slas` and `break_even`, of the runs as they stand and in each future."""
    options = [one.scenario.name for one in results]
    runs = {
        name: [run_of(one.scenario, one.figures) for one in ran]
        for name, ran in ((FIRST, results), *((future.name, future.results) for future in futures))
    }
    return {
        "futures": future_table(options, runs),
        "future_slas": future_slas(options, runs),
        "break_even": break_even_table(options, runs),
    }
