"""What results rest on: every value that was assumed, and how far predictions have been off before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from simcap.report.review.validation import Validation
from simcap.report.wording.provenance import rests_on
from simcap.report.wording.words import DASH, plural
from simcap.scenario.reading.provenance import Assumption, counted

UNLISTED = "The results hold no list of the values that they rest on."
HEADINGS = ("Parameter", "Value", "90% interval", "Origin", "Source", "As of", "Note")
SCORE_HEADINGS = (
    "Mode", "Queue", "SLA", "Per", "Windows", "Came", "Simulated", "Missed by, points", "By same weekday",
    "By best rule", "In 90% band",
)  # fmt: skip


def rests(assumptions: Sequence[Assumption], validation: Validation) -> dict[str, Any]:
    """Return what the sections on assumptions and on validation show."""
    return {
        "assumed": rests_on(counted(list(assumptions))) if assumptions else UNLISTED,
        "origin_headings": ("Part of the scenario", *counted(list(assumptions)), "In all"),
        "origin_rows": list(_origins(assumptions)),
        "assumptions": list(_sections(assumptions)),
        "validation": validation.sentence,
        "score_headings": SCORE_HEADINGS,
        "scores": list(_scores(validation)),
    }


def _parts(assumptions: Sequence[Assumption]) -> dict[str, list[Assumption]]:
    """Return the assumptions by part of the scenario: those written there before what is left at its default."""
    parts: dict[str, list[Assumption]] = {}
    for one in assumptions:
        parts.setdefault(one.path.split(".")[0], []).append(one)
    return parts


def _sections(assumptions: Sequence[Assumption]) -> Iterator[dict[str, Any]]:
    """Yield the parts of the scenario, each with a row for each value, without columns that are empty throughout."""
    for name, ones in _parts(assumptions).items():
        shown = [place for place, column in enumerate(zip(*ones, strict=True)) if any(column)]
        yield {
            "name": name,
            "count": plural(len(ones), "value"),
            "headings": [HEADINGS[place] for place in shown],
            "rows": [[one[place] for place in shown] for one in ones],
        }


def _origins(assumptions: Sequence[Assumption]) -> Iterator[tuple[str, ...]]:
    """Yield for each part of the scenario, and for all together, how many values have each origin."""
    origins = list(counted(list(assumptions)))
    for name, rows in {**_parts(assumptions), "all": list(assumptions)}.items():
        counts = counted(rows)
        yield (name, *(f"{counts[origin]:,}" if origin in counts else DASH for origin in origins), f"{len(rows):,}")


def _scores(validation: Validation) -> Iterator[tuple[str, ...]]:
    for one in validation.scores:
        errors = (f"{100 * error:.1f}" for error in (one.error, one.error_same_hours, one.error_of_best_rule))
        yield (
            one.mode, one.queue or "all queues", one.sla, one.period, f"{one.windows:,}", f"{one.actual:.1%}",
            f"{one.predicted:.1%}", *errors, f"{one.within_90:.0%}",
        )  # fmt: skip
