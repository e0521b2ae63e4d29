"""What a comparison of scenarios on the same draws found."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd

from simcap.experiment.futures import Future
from simcap.experiment.results import Results


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What a comparison found; the base is the first of the results."""

    results: tuple[Results, ...]
    words: tuple[tuple[str, ...], ...]
    """By variant: how its scenario differs from the base."""
    tables: dict[str, pd.DataFrame]
    """slas, misses, queues, vendors, teams: a row for each variant (`scenario`), subject, measure and window.

    `explained`, if it was asked for; `futures`, `future_slas` and `break_even`, if there are futures; `anchored`, if
    the base is, and `future_anchored`, if there are futures as well.
    """
    width: float
    """Half the widest interval of a difference over the horizon; infinite for a single replication."""
    precision: float | None = None
    """The width that was asked for."""
    notes: tuple[tuple[str, ...], ...] = ()
    """By variant: notes of its run that the base does not have, and changes of its contracts that have no effect."""
    held: tuple[int, ...] = ()
    """By result: how many of its replications the folder already held."""
    anew: tuple[str, ...] = ()
    """Variants, and futures of any scenario, that were run again: they had changed since their run in the folder."""
    futures: tuple[Future, ...] = ()
    """Beside the scenarios as they stand."""
    rests: tuple[str, ...] = ()
    """What anchored attainment rests on, or why nothing is anchored; empty where there is no anchor."""

    def __repr__(self) -> str:
        names = ", ".join(repr(result.scenario.name) for result in self.results[1:])
        rows = self.tables["slas"]
        rows = rows[(rows["period"] == "horizon") & (rows["vendor"] == "") & rows["difference"].notna()]
        if rows.empty:
            verdict = "no SLA that anything is due for in both"
        else:
            row = rows.iloc[int(rows["difference"].abs().argmax())]
            moved = f"{row['queue']} / {row['sla']} by {100 * row['difference']:+.1f} points"
            interval = f"[{100 * row['ci_low']:+.1f}, {100 * row['ci_high']:+.1f}]"
            verdict = f"most moved over the horizon: {moved} {interval} in {row['scenario']!r}"
        base = self.base
        return f"Comparison({base.scenario.name!r} with {names}, {base.replications} replications: {verdict})"

    def of(self, name: str) -> Results:
        """Return the results of a variant."""
        return next(result for result in self.results[1:] if result.scenario.name == name)

    @property
    def base(self) -> Results:
        """Return the results with which the others are compared."""
        return self.results[0]


def document_of(comparison: Comparison) -> dict[str, Any]:
    """Return what `comparison.json` says beside the tables."""
    return {
        "base": comparison.base.scenario.name,
        "replications": comparison.base.replications,
        "widest_interval": comparison.width if math.isfinite(comparison.width) else None,
        "precision": comparison.precision,
        "differs": {
            other.scenario.name: list(words)
            for other, words in zip(comparison.results[1:], comparison.words, strict=True)
        },
        "notes": {
            other.scenario.name: list(notes)
            for other, notes in zip(comparison.results[1:], comparison.notes, strict=True)
        },
        "futures": {future.name: list(future.words) for future in comparison.futures},
        **({"rests": list(comparison.rests)} if comparison.rests else {}),
    }
