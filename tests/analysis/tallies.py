"""Tallies made by hand: what a world would hand back, without a world."""

from __future__ import annotations

import dataclasses

import numpy as np

from simcap.floor.state import LATE_COUNT, LINE_COUNT, QUEUE_COUNT, SLA_COUNT, TEAM_COUNT
from simcap.scenario.grid import Grid
from simcap.tally import CAUSES, Names, Tally
from tests.helpers import Array, scenario

EDGES = np.array([0.0, 10.0, 20.0, 40.0])
"""Of histograms: bin 0 holds what takes no time, the last all from 40 seconds on."""


def grid(days: int = 3, *, hourly: bool = False) -> Grid:
    return Grid(scenario({"horizon.days": days}).horizon, hourly=hourly)


def empty_tally(names: Names, grid: Grid) -> Tally:
    """Return the tally of a world in which nothing happened."""
    cells, days = len(grid.cell_day) + 1, len(grid.days)
    queues, teams, slas = len(names.queues), len(names.teams), len(names.slas)
    lines = len(names.lines)
    bins = np.zeros((queues, days, EDGES.size), np.uint32)

    def by(count: int) -> Array:
        return np.zeros((teams, count))

    return Tally(
        names=names,
        grid=grid,
        by_queue=np.zeros((queues, cells), QUEUE_COUNT),
        by_line=np.zeros((lines, cells), LINE_COUNT),
        by_sla=np.zeros((slas, lines, cells), SLA_COUNT),
        late=np.zeros((slas, lines, cells, len(CAUSES)), LATE_COUNT),
        late_hours=np.zeros((slas, lines, 24 * days), np.uint32),
        by_team=np.zeros((teams, cells), TEAM_COUNT),
        decisions=np.zeros((teams, queues, cells), np.int64),
        wait_bins=bins,
        turnaround_bins=bins.copy(),
        bin_edges=EDGES,
        open_before=np.zeros(queues, np.int64),
        paid=by(cells),
        scheduled=by(cells),
        premium=by(cells),
        headcount=by(days),
        in_training=by(days),
        hires=by(days),
        leavers=by(days),
        transfers=by(days),
        stated=by(days),
        notes=(),
        journal=np.zeros(0),
    )


def with_slas_counting_all(tally: Tally, *slas: tuple[str, str]) -> Tally:
    """Return a tally of which some SLAs count what left undecided."""
    return dataclasses.replace(tally, names=dataclasses.replace(tally.names, count_all=frozenset(slas)))
