"""Work by queue and week, in hours: what arrives, what is done, and what still waits at the end of the week."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.summary import spread
from simcap.experiment.results import Results
from simcap.report.wording.findings import queue_title
from simcap.report.wording.words import about, listed

Array = NDArray[np.float64]

MATERIAL = 0.1
"""Of a mean week's arriving work: what more must wait at the end than after the first week, to be told."""
MOST_NAMED = 3


@dataclasses.dataclass(frozen=True)
class QueueWork:
    """The work of a queue, means over replications by week of the horizon, in hours of the agents who do it."""

    title: str
    arriving: Array
    """[week] of the items that arrive in it."""
    done: Array
    """[week] that teams spend on the queue."""
    waiting: Array
    """[week] of the items that are open at its end."""
    grows: bool
    """Whether certainly, and materially, more waits after the last week than after the first."""


def work_of(results: Results) -> list[QueueWork]:
    """Return the work of the queues that anybody works, in the order of the scenario."""
    figures = results.figures
    if not figures.has("work", "week"):
        return []
    found = []
    for (queue,) in results.layout.subjects["queues"]:
        pairs = [pair for pair in results.layout.subjects["work"] if pair[2] == queue]
        hours, decided = (
            sum(float(figures.of("work", "horizon", pair, name).sum()) for pair in pairs)
            for name in ("busy_hours", "completed")
        )
        if decided:
            found.append(_work(results, queue, pairs, hours / decided))
    return found


def _work(results: Results, queue: str, pairs: list[tuple[str, ...]], each: float) -> QueueWork:
    """Return the work of a queue whose decisions take so many hours each."""
    figures = results.figures
    arriving, waiting = (each * figures.of("queues", "week", (queue,), name) for name in ("arrived", "open_at_end"))
    done = np.sum([figures.of("work", "week", pair, "busy_hours") for pair in pairs], axis=0)
    more = spread((waiting[:, -1] - waiting[:, 0])[:, None])
    # A single replication has no interval: there, what it shows has to do.
    least = more.mean[0] if len(waiting) == 1 else more.ci_low[0]
    return QueueWork(
        title=queue_title(results.scenario, queue),
        arriving=arriving.mean(axis=0),
        done=done.mean(axis=0),
        waiting=waiting.mean(axis=0),
        grows=bool(least > 0 and more.mean[0] >= MATERIAL * arriving.mean()),
    )


def waiting_finding(works: tuple[QueueWork, ...]) -> str:
    """Say in which queues waiting work grows, the most first; empty if nothing is known of any."""
    if not works:
        return ""
    growing = sorted((work for work in works if work.grows), key=lambda work: work.waiting[0] - work.waiting[-1])
    if not growing:
        return "In no queue does the work that waits grow over the horizon."
    named = [
        f"{work.title} (from {about(work.waiting[0])} h after the first week to {about(work.waiting[-1])} h at the end)"
        for work in growing[:MOST_NAMED]
    ]
    left = len(growing) - len(named)
    more = f", and {left} more" if left else ""
    return f"Work that waits grows in {listed(named)}{more}. It is not in the hours required."
