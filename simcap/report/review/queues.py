"""Queues: which have something to tell, and what; the others in a line each."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.report.review.verdict import outlook_of
from simcap.report.wording.findings import queue_title, sla_finding, sla_notes, vendor_title
from simcap.report.wording.sla_rows import WORST_FIRST, Outlook, SlaRow
from simcap.report.wording.standing import Standing, chance_by, fan, standings
from simcap.report.wording.words import about, sla_terms
from simcap.scenario.grid import Windows

Array = NDArray[np.float64]

MOST_WINDOWS = 60
"""A finer curve cannot be read; a coarser period is shown instead."""
CAUSE_WORDS = {
    "nobody": "nobody with the skill on duty",
    "stopped": "everybody on duty stopped (breaks, training, outages)",
    "capped": "everybody at the exposure limit",
    "elsewhere": "only other vendors on duty",
    "busy": "everybody busy",
    "behind": "behind items that go first",
    "in_hand": "in hand",
    "earlier": "what they follow from came late",
}


@dataclasses.dataclass(frozen=True)
class CurveReview:
    """One SLA over time."""

    row: Standing
    title: str
    """The vendor, or the terms for a whole queue."""
    terms: str
    note: str
    """How it stands, in a few words."""
    windows: Windows
    points: Array
    """[percentile, window]: 5, 25, 50, 75 and 95% of replications."""
    chance: Array
    """[window] chance of a miss of any of the SLA's own windows inside; NaN where none is judged."""


@dataclasses.dataclass(frozen=True)
class Cause:
    """What took the time of late items: a share of it over the horizon."""

    words: str
    share: float


@dataclasses.dataclass(frozen=True)
class QueueReview:
    """A queue: how its SLAs stand, and what its figures are."""

    name: str
    title: str
    outlook: Outlook
    finding: str
    """How it stands, in a sentence that begins with its title."""
    rows: tuple[SlaRow, ...]
    curves: tuple[CurveReview, ...]
    causes: tuple[Cause, ...]
    """Of the late items of its first SLA, the largest first; empty if nothing is late."""
    volume: str
    """Items that arrive over the horizon, and what is left open at its end, in words."""

    @property
    def has_something_to_tell(self) -> bool:
        """Say whether it is more than a line: at risk, or likely to be missed."""
        return self.outlook in ("likely", "at risk")


def queues_of(results: Results, rows: Sequence[SlaRow]) -> list[QueueReview]:
    """Return the queues, the worst first."""
    stands = standings(results)
    queues = [_queue(results, name, rows, stands) for name in results.scenario.queues]
    return sorted(queues, key=_badness)


def _badness(queue: QueueReview) -> tuple[int, float, float]:
    chances = [float(np.nanmax(curve.chance)) for curve in queue.curves if np.isfinite(curve.chance).any()]
    means = [float(np.nanmean(curve.chance)) for curve in queue.curves if np.isfinite(curve.chance).any()]
    return WORST_FIRST.index(queue.outlook), -max(chances, default=0.0), -max(means, default=0.0)


def _queue(results: Results, name: str, rows: Sequence[SlaRow], stands: Sequence[Standing]) -> QueueReview:
    title = queue_title(results.scenario, name)
    own_rows = tuple(row for row in rows if row.queue == name)
    own = [row for row in stands if row.queue == name]
    return QueueReview(
        name=name,
        title=title,
        outlook=outlook_of(own_rows),
        finding=sla_finding(results.scenario, own) if own else f"{title}: no SLA",
        rows=own_rows,
        curves=tuple(_curve(results, row) for row in own),
        causes=tuple(_causes(results, own[0])) if own else (),
        volume=_volume(results, name),
    )


def _curve(results: Results, row: Standing) -> CurveReview:
    """Return an SLA's curve in its own period, or in a coarser one if that has too many windows."""
    windows = row.windows
    coarser = [period for period in ("day", "week", "month") if period in results.layout.windows]
    while len(windows.cells) > MOST_WINDOWS and windows.period != coarser[-1]:
        after = coarser.index(windows.period) + 1 if windows.period in coarser else 0
        windows = results.layout.windows[coarser[after]]
    attained = results.figures.of("sla", windows.period, (row.queue, row.vendor, row.name), "attainment")
    terms = sla_terms(row.name, row.sla)
    title = vendor_title(results.scenario, row.vendor) if row.vendor else "Whole queue" if not row.settled else terms
    return CurveReview(row, title, terms, sla_notes(row)[0], windows, fan(attained), chance_by([row], windows))


def _causes(results: Results, row: Standing) -> list[Cause]:
    table = results.tables["late_by_cause"]
    same = (table["queue"] == row.queue) & (table["vendor"] == row.vendor) & (table["sla"] == row.name)
    rows = table[same & (table["by"] == "cause") & (table["period"] == "horizon")]
    hours = rows.groupby("value", sort=False)["hours"].sum().sort_values(ascending=False)
    return [Cause(CAUSE_WORDS[str(cause)], float(part / hours.sum())) for cause, part in hours.items()]


def _volume(results: Results, name: str) -> str:
    table = results.tables["queues"]
    rows = table[(table["queue"] == name) & (table["period"] == "horizon")].set_index("measure")["mean"]
    arrived, open_ = float(rows["arrived"]), float(rows["open_at_end"])
    return f"{about(arrived)} items arrive over the horizon; {about(open_)} are open at its end."
