"""Work that leaves undecided: how much of each queue, and how much is usual for work of that patience.

Callers hang up: 2% to 5% abandonment is normal in a call centre. Work that would wait for hours or days leaves only
because of a backlog, so that even a small share is news.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Layout, Subject
from simcap.analysis.measures import ratio
from simcap.scenario.families import family
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY, HOUR, format_duration

Array = NDArray[np.float64]

KIND = "work_lost"
USUAL = ((HOUR, 0.05), (DAY, 0.01), (np.inf, 0.001))
"""Share of a week's items that may leave undecided, by mean patience up to a limit."""
UNKNOWN = 0.01
"""The same if patience is in a data file."""


@dataclasses.dataclass(frozen=True)
class Loss:
    """What a queue, or a vendor's part of it, loses, by week of creation."""

    queue: str
    vendor: str
    """Empty for the whole queue."""
    usual: float
    """Share up to which a week's loss is not news."""
    lost: Array
    """[replication, week] items."""
    created: Array

    @property
    def share(self) -> Array:
        """Return the share that left undecided: [replication, week]."""
        return ratio(self.lost, self.created)

    def over(self) -> NDArray[np.bool_]:
        """Return whether more than usual left undecided: [replication, week]."""
        return self.share > self.usual


def losses(scenario: Scenario, figures: Figures) -> Iterator[Loss]:
    """Yield the losses of each queue whose items expire: by vendor if its SLAs are, else of the whole queue."""
    for (queue,) in figures.layout.subjects["queues"]:
        limit = usual_loss(scenario, queue)
        if limit is None:
            continue
        parts = _parts(queue, figures.layout)
        for part in parts:
            lost, created = (figures.of("sla", "week", part, name) for name in ("expired", "created"))
            yield Loss(queue, part[1], limit, lost, created)
        if not parts:
            share, created = (figures.of("queues", "week", (queue,), name) for name in ("expired_share", "arrived"))
            yield Loss(queue, "", limit, np.nan_to_num(share) * created, created)


def _parts(queue: str, layout: Layout) -> list[Subject]:
    """Return the rows of a queue's first SLA that stand on their own."""
    rows = [subject for subject in layout.subjects["sla"] if subject[0] == queue]
    first = [(of, vendor, sla) for of, vendor, sla in rows if sla == rows[0][2]]
    return [(of, vendor, sla) for of, vendor, sla in first if vendor] or list(first)


def usual_loss(scenario: Scenario, queue: str) -> float | None:
    """Return the share that may leave a queue undecided in a week without being news; None if none expire."""
    expiry = scenario.queues[queue].expires
    if expiry is None:
        return None
    if expiry.after.empirical is not None:
        return UNKNOWN
    limit = family(expiry.after).mean
    return next(share for longest, share in USUAL if limit < longest)


def likely_losses(risks: pd.DataFrame, threshold: float) -> frozenset[str]:
    """Return what ranked risks say is likely to lose work: queues, and vendors' parts of queues."""
    return frozenset(risks.loc[(risks["risk"] == KIND) & (risks["probability"] >= threshold), "subject"])


def loses_work(losing: frozenset[str], queue: str, vendor: str) -> bool:
    """Return whether a vendor's part of a queue is among those that lose work; any part if `vendor` is empty."""
    if vendor:
        return subject_of(queue, vendor) in losing
    return queue in losing or any(subject.startswith(f"{queue} (") for subject in losing)


def subject_of(queue: str, vendor: str) -> str:
    """Return what a risk calls a queue, or a vendor's part of it."""
    return f"{queue} ({vendor})" if vendor else queue


def describe_loss(scenario: Scenario, figures: Figures, loss: Loss, week: int) -> str:
    """Say how long the items of a week waited, when they leave, and how busy the teams that may take them are."""
    means = figures.of("queues", "week", (loss.queue,), "queue_time_mean_s")[:, week]
    wait = float(np.nanmean(means)) if np.isfinite(means).any() else 0.0
    waits = (
        f"{loss.queue}: items wait {format_duration(round(wait))} on average and leave {_limit(scenario, loss.queue)}"
    )
    occupancy = _occupancy(scenario, figures, loss, week)
    if not np.isfinite(occupancy):
        return f"{waits}; nobody is there to take them"
    return f"{waits}; the teams that take them are busy {occupancy:.0%} of the time: only an earlier pick-up keeps them"


def _limit(scenario: Scenario, queue: str) -> str:
    expiry = scenario.queues[queue].expires
    assert expiry is not None
    if expiry.after.empirical is not None:
        return f"as in {expiry.after.empirical}"
    mean = format_duration(round(family(expiry.after).mean))
    return f"after {mean}" if expiry.after.constant is not None else f"after {mean} or so"


def _occupancy(scenario: Scenario, figures: Figures, loss: Loss, week: int) -> float:
    """Return the occupancy in a week of all teams that may take the items."""
    able = [
        (vendor, team)
        for vendor, team in figures.layout.subjects["teams"]
        if loss.vendor in ("", vendor) and loss.queue in scenario.vendors[vendor].teams[team].skills
    ]
    busy, floor = (
        sum((figures.of("teams", "week", team, name)[:, week] for team in able), np.zeros(1)).sum()
        for name in ("busy_hours", "on_floor_hours")
    )
    return float(busy / floor) if floor > 0 else float("nan")
