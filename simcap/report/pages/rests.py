"""What results rest on: every value that was assumed, and how far predictions have been off before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from simcap.report.review.validation import Validation
from simcap.report.wording.provenance import rests_on
from simcap.report.wording.words import plural
from simcap.scenario.reading.provenance import Assumption, counted

UNLISTED = "The results hold no list of the values that they rest on."
SCORE_HEADINGS = (
    "Mode", "Queue", "SLA", "Per", "Windows", "Came", "Predicted", "Missed by, points", "By same weekday",
    "By last week", "In 90% band",
)  # fmt: skip


def rests(assumptions: Sequence[Assumption], validation: Validation) -> dict[str, Any]:
    """Return what the sections on assumptions and on validation show."""
    return {
        "assumed": rests_on(counted(list(assumptions))) if assumptions else UNLISTED,
        "assumptions": [
            {"name": name, "rows": rows, "count": plural(len(rows), "value")} for name, rows in _sections(assumptions)
        ],
        "validation": validation.sentence,
        "score_headings": SCORE_HEADINGS,
        "scores": list(_scores(validation)),
    }


def _sections(assumptions: Sequence[Assumption]) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield the sections of the scenario, each with a row for each value; what is left at its default apart."""

    def section(one: Assumption) -> tuple[str, bool]:
        return one.path.split(".")[0], one.origin == "default"

    for (name, is_left), ones in groupby(assumptions, section):
        yield f"{name}, left at their default" if is_left else name, [tuple(one) for one in ones]


def _scores(validation: Validation) -> Iterator[tuple[str, ...]]:
    for one in validation.scores:
        errors = (f"{100 * error:.1f}" for error in (one.error, one.error_same_hours, one.error_last_week))
        yield (
            one.mode, one.queue or "all queues", one.sla, one.period, f"{one.windows:,}", f"{one.actual:.1%}",
            f"{one.predicted:.1%}", *errors, f"{one.within_90:.0%}",
        )  # fmt: skip
