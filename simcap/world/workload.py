"""The work that queues bring, hour by hour: new items, their follow-up work, and whose it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.distributions import Distribution
from simcap.scenario.effective import factor_steps
from simcap.scenario.schema.scenario import Scenario
from simcap.units import HOUR

Array = NDArray[np.float64]

_POINTS = 48
"""Number of quantiles that represent a delay."""
_NEGLIGIBLE = 1e-6
"""A generation of follow-up work with fewer items than this is ignored."""


def lines_of(demand: Demand) -> tuple[tuple[int, str], ...]:
    """Return (queue, vendor) of each line of work; the vendor is empty for a shared pool."""
    return tuple(
        (queue, vendor) for queue, work in enumerate(demand.work_by_queue) for vendor in (work.split.vendors or ("",))
    )


def workload(scenario: Scenario, demand: Demand, edges: Array, open_cells: NDArray[np.bool_], wrong: Array) -> Array:
    """Return [line, cell] seconds of work at full proficiency, with full hands where work overlaps.

    `open_cells` [queue, cell] says when someone can decide items of a queue, `wrong` is the share of wrong decisions of
    each queue. Follow-up work is created after its delay from when the first item can be decided.
    """
    items = _with_follow_ups(demand, demand.expected_in(edges), open_cells, wrong)
    rows = []
    for queue, (name, work) in enumerate(zip(scenario.queues, demand.work_by_queue, strict=True)):
        steps = factor_steps(scenario, demand.clock, name)
        seconds = items[queue] * work.content.mean * _in_force(edges, steps) / scenario.queues[name].throughput
        if not work.split.vendors:
            rows.append(seconds)
        for place in range(len(work.split.vendors)):
            begins = [begin for begin, _ in demand.epochs[name]]
            shares = [row[place] for row in work.split.shares]
            rows.append(seconds * _in_force(edges, list(zip(begins, shares, strict=True))))
    return np.stack(rows)


def _in_force(edges: Array, steps: list[tuple[float, float]]) -> Array:
    """Return the value of steps (start in simulated seconds, value) in the middle of each cell."""
    middles = (edges[:-1] + edges[1:]) / 2
    place = np.searchsorted([begin for begin, _ in steps], middles, side="right") - 1
    return np.array([value for _, value in steps])[place]


def _with_follow_ups(demand: Demand, fresh: Array, open_cells: NDArray[np.bool_], wrong: Array) -> Array:
    """Return [queue, cell] items: the fresh ones, and all generations of their follow-up work."""
    every = fresh.copy()
    while fresh.sum() > _NEGLIGIBLE:
        following = np.zeros_like(fresh)
        for queue, work in enumerate(demand.work_by_queue):
            if work.rules and fresh[queue].any():
                decided = _moved(fresh[queue], _next_open(open_cells[queue]))
                for rule in work.rules:
                    share = rule.share * (wrong[queue] if rule.only_if_wrong else 1.0)
                    following[rule.queue] += share * _later(decided, rule.delay)
        fresh = following
        every += fresh
    return every


def _next_open(cells: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each cell the first open one from there on; one past the last if none is."""
    places = np.where(cells, np.arange(cells.size), cells.size)
    return np.asarray(np.minimum.accumulate(places[::-1])[::-1])


def _moved(items: Array, to: NDArray[np.int64]) -> Array:
    """Return items moved to other cells; those moved past the last cell are lost."""
    moved = np.bincount(np.minimum(to, items.size), weights=items, minlength=items.size + 1)
    return moved[: items.size].astype(np.float64)


def _later(items: Array, delay: Distribution | None) -> Array:
    """Return items after a delay."""
    if delay is None:
        return items
    cells = np.arange(items.size)
    quantiles = delay.ppf((np.arange(_POINTS) + 0.5) / _POINTS)
    steps, counts = np.unique(np.rint(quantiles / HOUR).astype(np.int64), return_counts=True)
    later = np.zeros_like(items)
    for step, count in zip(steps.tolist(), counts.tolist(), strict=True):
        later += _moved(items, cells + step) * (count / _POINTS)
    return later
