"""Lines of work that share their hours: each could be done on time, but not all of them."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.reckoning import TOLERANCE, Reckoning
from simcap.analysis.timing import unavoidably_late
from simcap.scenario.schema.queues import Sla

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Joint:
    """Lines of which some work must be late in a window, whatever the order of work."""

    lines: tuple[int, ...]
    start: dt.datetime
    period: str
    late: float
    """The smallest share of their work that is late."""
    allowed: float
    """Share that all their SLAs together allow."""
    without: dict[str, float]
    """The smallest share without each cause."""


def joint_misses(base: Reckoning, others: dict[str, Reckoning]) -> list[Joint]:
    """Return the worst window of each set of lines of which one must miss its tightest SLA; only the smallest sets."""
    joint = []
    for lines, within in _sets(base):
        late, allowed = _late(base, lines, within)
        excess = late - allowed
        if excess.size and excess.max() > TOLERANCE:
            worst = int(np.argmax(excess))
            without = {cause: float(_late(other, lines, within)[0][worst]) for cause, other in others.items()}
            period = _period(base, lines)
            start = base.grid.windows(period).starts[worst]
            joint.append(Joint(lines, start, period, float(late[worst]), float(allowed[worst]), without))
    return [one for one in joint if not any(set(other.lines) < set(one.lines) for other in joint)]


def _tightest(base: Reckoning, line: int) -> Sla | None:
    slas = base.slas(line).values()
    return min(slas, key=lambda sla: sla.within, default=None)


def _sets(base: Reckoning) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield sets of lines, up to each time allowed: those whose crews are all among those of one line; all lines."""
    slas = {line: sla for line in range(len(base.capacity.lines)) if (sla := _tightest(base, line)) is not None}
    seen = set()
    for within in sorted({sla.within for sla in slas.values()}):
        inside = [line for line, sla in slas.items() if sla.within <= within]
        crews = {line: frozenset(np.flatnonzero(base.reaches(line, within)).tolist()) for line in inside}
        for allowed_crews in (*crews.values(), frozenset(range(len(base.capacity.crews)))):
            lines = tuple(line for line in inside if crews[line] <= allowed_crews)
            if len(lines) > 1 and lines not in seen:
                seen.add(lines)
                yield lines, within


def _period(base: Reckoning, lines: tuple[int, ...]) -> str:
    periods = {sla.per for line in lines if (sla := _tightest(base, line)) is not None}
    return "month" if "month" in periods else "week"


def _late(base: Reckoning, lines: tuple[int, ...], within: float) -> tuple[Array, Array]:
    """Return the smallest share of a set's work that is late, and the share that its SLAs allow, by window."""
    capacity, edges = base.capacity, base.capacity.edges
    load = capacity.load[list(lines)]
    speed = np.max([base.reaches(line, within) for line in lines], axis=0)
    late = unavoidably_late(edges, load.sum(axis=0), speed @ base.staffed.seconds, within)
    slack = np.array([1 - sla.target for line in lines if (sla := _tightest(base, line)) is not None])
    period = _period(base, lines)
    windows = base.grid.windows(period)
    shares, allowed = [], []
    for (begin, end), whole in zip(base.spans[period], windows.whole, strict=True):
        work = load[:, begin:end].sum(axis=1)
        if (whole or not any(windows.whole)) and work.sum() > 0:
            since, until = np.searchsorted(edges, [edges[begin] + within, edges[end] + within])
            grown = late[since : until + 1].max(initial=0.0) - late[min(since, late.size - 1)]
            shares.append(max(grown, 0.0) / work.sum())
            allowed.append(float(slack @ work) / work.sum())
        else:
            shares.append(0.0)
            allowed.append(1.0)
    return np.array(shares), np.array(allowed)
