"""Anchored attainment in words: beside what was simulated, week by week, the same on the terminal, pages and slides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.report.wording.words import DASH, attained, interval, listed, plural, short_window, sla_name

TITLE = "Simulated and anchored"
KEY = (
    "Simulated: by the model alone, as all other figures. Rule: the forecast without a model that missed the past "
    "least. Anchored: both, weighed by how far hindcasts of this scenario were off."
)
HEADINGS = ("SLA", "From", "Simulated", "90% band", "Rule", "Weight", "Anchored", "90% band")
CHANGE_KEY = (
    "Anchored with the change: the anchored base plus the simulated change in points, within 0% and 100%. The change "
    "itself is simulated."
)
CHANGE_HEADINGS = (
    "SLA", "From", "Base, simulated", "Base, anchored", "Change, points", "Simulated", "Anchored", "90% band",
)  # fmt: skip

FUTURE_TITLE = "Simulated and anchored, by future"
IN_FUTURE_HEADINGS = ("Future", "Option", *CHANGE_HEADINGS)
IN_FUTURE_KEY = (
    "Change: from the base as things stand to the option in that future, simulated. Anchored: the anchored base plus "
    "that change in points, within 0% and 100%. Net cost, regret and chances of a miss in futures are simulated."
)


def is_anchored(results: Results) -> bool:
    """Return whether a run shows anchored attainment beside what it simulated."""
    return "anchored" in results.tables


def anchored_windows(results: Results, queue: str, sla: str, period: str) -> dict[str, float]:
    """Return the anchored attainment of an SLA's windows by their start; none where nothing is anchored."""
    if not is_anchored(results):
        return {}
    table = results.tables["anchored"]
    rows = table[(table["queue"] == queue) & (table["sla"] == sla) & (table["period"] == period)]
    return dict(zip(rows["start"].astype(str), rows["anchored"].astype(float), strict=True))


def anchored_rows(results: Results) -> list[tuple[str, ...]]:
    """Return the rows of `HEADINGS`: SLAs by week; empty where nothing is anchored."""
    return [_run_row(row) for row in _by_week(results.tables.get("anchored"))]


def change_rows(comparison: Comparison, name: str) -> list[tuple[str, ...]]:
    """Return the rows of `CHANGE_HEADINGS` of a variant; empty where nothing is anchored."""
    return [_change_row(row) for row in _by_week(comparison.tables.get("anchored")) if row["scenario"] == name]


def future_rows(comparison: Comparison) -> list[tuple[str, ...]]:
    """Return the rows of `IN_FUTURE_HEADINGS`; empty where nothing is anchored."""
    rows = _by_week(comparison.tables.get("future_anchored"))
    return [(row["future"], row["scenario"], *_change_row(row)) for row in rows]


def too_far(comparison: Comparison) -> str:
    """Say in how many weeks of futures a change is too large to be added to the anchored base; empty if in none."""
    rows = _by_week(comparison.tables.get("future_anchored"))
    far = [row for row in rows if row["anchored"] != row["anchored"]]
    if not far:
        return ""
    futures = listed(list(dict.fromkeys(row["future"] for row in far)))
    return (
        f"Not anchored: {len(far):,} of {plural(len(rows), 'weekly figure')}, in {futures}. There the change leads out "
        "of the anchored band of the base, too far from the weeks that were tested: how wrong the model is may be "
        "quite another thing, and what is simulated is all there is."
    )


def _by_week(table: pd.DataFrame | None) -> list[dict[Any, Any]]:
    return [] if table is None else table[table["period"] == "week"].to_dict("records")


def _run_row(row: dict[Any, Any]) -> tuple[str, ...]:
    target = row["target"]
    return (
        *_subject(row),
        attained(row["simulated"], target),
        _band(row, "simulated"),
        attained(row["ruled"], target),
        f"{row['weight']:.0%}",
        attained(row["anchored"], target),
        _band(row, "anchored"),
    )


def _change_row(row: dict[Any, Any]) -> tuple[str, ...]:
    target = row["target"]
    low, high = 100 * row["ci_low"], 100 * row["ci_high"]
    return (
        *_subject(row),
        attained(row["base_simulated"], target),
        attained(row["base_anchored"], target),
        f"{100 * row['difference']:+.1f} {interval(low, high, '+.1f')}".replace("-", "−"),
        attained(row["simulated"], target),
        DASH if row["anchored"] != row["anchored"] else attained(row["anchored"], target),
        _band(row, "anchored"),
    )


def _subject(row: dict[Any, Any]) -> tuple[str, str]:
    start = dt.datetime.fromisoformat(str(row["start"]))
    return sla_name(row["queue"], "", row["sla"]), short_window("week", start)


def _band(row: dict[Any, Any], name: str) -> str:
    if row[f"{name}_p05"] != row[f"{name}_p05"]:
        return DASH
    return f"{100 * row[f'{name}_p05']:.1f}{DASH}{100 * row[f'{name}_p95']:.1f}%"
