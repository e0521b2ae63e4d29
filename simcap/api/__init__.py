"""The verbs of the command line as functions: a scenario (a path, or a loaded one) in, tidy DataFrames out.

Without `out` nothing is left on disk. Each raises `ScenarioError` for an invalid scenario, with everything that is
wrong, `DataError` for unreadable data, `RunError` for a folder that cannot be used, and `ValueError` for an
invalid argument.

`simulations`, `questions`, `history` and `inspection` hold the verbs as the command line calls them, with the tables as
they are written to disk, where dates are text. Here they are dates.
"""

from __future__ import annotations

from simcap.api import history, inspection, pages, projects, questions, simulations
from simcap.api.dates import with_dates
from simcap.api.plots import ComparisonPlots, RunPlots
from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.planning.changes import Change
from simcap.scenario.reading.loading import load

change = simulations.change
run = with_dates(simulations.run)
compare = with_dates(simulations.compare)
stress = with_dates(questions.stress)
staff = with_dates(questions.staff)
sensitivity = with_dates(questions.sensitivity)
check = with_dates(inspection.check)
parameters = inspection.parameters
calibrate = history.calibrate
look = history.look
begin_from = projects.begin_from
backtest = with_dates(history.backtest)
synthesize = with_dates(history.synthesize)
write_pages = pages.write_pages
export = pages.export
table_columns = pages.table_columns

# Results know nothing of charts, which are drawn in a room above theirs: here they get them.
Results.plot = property(RunPlots)  # type: ignore[attr-defined]
Comparison.plot = property(ComparisonPlots)  # type: ignore[attr-defined]

__all__ = [
    "Change", "backtest", "begin_from", "calibrate", "change", "check", "compare", "export", "load", "look",
    "parameters", "run", "sensitivity", "staff", "stress", "synthesize", "table_columns", "write_pages",
]  # fmt: skip
