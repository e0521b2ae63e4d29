"""Months along the axis of a chart, and a line about those that the horizon cuts."""

from __future__ import annotations

from simcap.experiment.results import Results
from simcap.report.wording.costs import month_names
from simcap.report.wording.words import short_window


def months_of(results: Results) -> list[str]:
    """Return the months' short names, with a star after those that the horizon cuts."""
    windows = results.layout.windows["month"]
    return [
        f"{short_window('month', start)}{'' if whole else '*'}"
        for start, whole in zip(windows.starts, windows.whole, strict=True)
    ]


def partial_months(results: Results) -> list[str]:
    """Return the line that says what the star stands for, if there is one."""
    whole = results.layout.windows["month"].whole
    cut = [name for name, inside in zip(month_names(results), whole, strict=True) if not inside]
    return [f"* {', '.join(cut)}."] if cut else []
