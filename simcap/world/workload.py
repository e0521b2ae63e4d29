"""The work that queues ask for, hour by hour: what is created, what follows it, whose it is."""

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
"""Quantiles that stand for a delay."""
_NEGLIGIBLE = 1e-6
"""Items of a generation of follow-up work, in all, of which no more are asked for."""


def lines_of(demand: Demand) -> tuple[tuple[int, str], ...]:
    """Return (queue, vendor) of each line of work; the vendor is empty for a shared pool."""
    return tuple((queue, vendor) for queue, work in enumerate(demand.works) for vendor in (work.split.vendors or ("",)))


def workload(scenario: Scenario, demand: Demand, edges: Array, open_cells: NDArray[np.bool_], wrong: Array) -> Array:
    """Return [line, cell] seconds of work at full proficiency.

    `open_cells` [queue, cell] tells when somebody can decide items of a queue, `wrong` the share of wrong decisions of
    each queue: what follows a decision is created when the first item can be decided, and its delay later.
    """
    items = _with_follow_ups(demand, demand.expected_in(edges), open_cells, wrong)
    rows = []
    for queue, (name, work) in enumerate(zip(scenario.queues, demand.works, strict=True)):
        steps = factor_steps(scenario, demand.clock, name)
        seconds = items[queue] * work.content.mean * _in_force(edges, steps)
        if not work.split.vendors:
            rows.append(seconds)
        for place in range(len(work.split.vendors)):
            begins = [begin for begin, _ in demand.epochs[name]]
            shares = [row[place] for row in work.split.shares]
            rows.append(seconds * _in_force(edges, list(zip(begins, shares, strict=True))))
    return np.stack(rows)


def _in_force(edges: Array, steps: list[tuple[float, float]]) -> Array:
    """Return the value of steps (from simulated seconds on, value) in the middle of each cell."""
    middles = (edges[:-1] + edges[1:]) / 2
    place = np.searchsorted([begin for begin, _ in steps], middles, side="right") - 1
    return np.array([value for _, value in steps])[place]


def _with_follow_ups(demand: Demand, fresh: Array, open_cells: NDArray[np.bool_], wrong: Array) -> Array:
    """Return [queue, cell] items: those given, what follows their decisions, what follows that, and so on."""
    every = fresh.copy()
    while fresh.sum() > _NEGLIGIBLE:
        following = np.zeros_like(fresh)
        for queue, work in enumerate(demand.works):
            if work.lines and fresh[queue].any():
                decided = _moved(fresh[queue], _next_open(open_cells[queue]))
                for line in work.lines:
                    share = line.share * (wrong[queue] if line.only_if_wrong else 1.0)
                    following[line.queue] += share * _later(decided, line.delay)
        fresh = following
        every += fresh
    return every


def _next_open(cells: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each cell the first one from it on that is open; one past the last where none is."""
    places = np.where(cells, np.arange(cells.size), cells.size)
    return np.asarray(np.minimum.accumulate(places[::-1])[::-1])


def _moved(items: Array, to: NDArray[np.int64]) -> Array:
    """Return items moved to other cells; what is moved past the last one is lost."""
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
