"""The measures of one replication: tables of figures by subject, measure and window.

A figure that does not exist (no items, no time on the floor) is NaN; a percentile that falls among items still open is
infinite. A ratio over several cells is a ratio of sums.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.grid import Windows
from simcap.tally import Tally
from simcap.units import HOUR

Array = NDArray[np.float64]
Measured = dict[str, Array]
"""Figures by the name of their measure, each [subject, window]."""

QUEUE_MEASURES = (
    "arrived", "completed", "expired", "open_at_end", "oldest_s", "delayed_share", "wait_mean_s", "queue_time_mean_s",
    "wait_p50_s", "wait_p95_s", "turnaround_mean_s", "turnaround_p50_s", "turnaround_p95_s", "censored_share",
    "expired_share",
)  # fmt: skip
TEAM_MEASURES = (
    "headcount", "in_training", "on_floor_hours", "paid_hours", "busy_hours", "occupancy", "completed", "hires",
    "leavers", "effective_fte", "errors", "transfers", "scheduled_hours",
)  # fmt: skip
SLA_MEASURES = ("attainment", "decided", "on_time", "counted", "created", "expired")
"""`counted` are the items of which attainment is a share: those decided, or all if the SLA counts all."""
SHARES = frozenset(("delayed_share", "censored_share", "expired_share", "occupancy", "attainment"))
"""Measures between 0 and 1."""


def queue_figures(tally: Tally, windows: Windows) -> Measured:
    """Return the figures of the queues by measure: [queue, window]."""
    counts = {name: sums(tally.by_queue[name], windows) for name in tally.by_queue.dtype.names or ()}
    last = [end - 1 for _, end in windows.cells]
    lost, created = counts["lost"], counts["arrived"]
    wait_p50, wait_p95 = _percentiles(tally, tally.wait_bins, windows, created - counts["gave_up"])
    turnaround_p50, turnaround_p95 = _percentiles(tally, tally.turnaround_bins, windows, created - lost)
    waited = counts["picked_up"] + counts["gave_up"]
    return {
        "arrived": counts["arrived"],
        "completed": counts["completed"],
        "expired": counts["expired"],
        "open_at_end": tally.by_queue["open"][:, last].astype(float),
        "oldest_s": tally.by_queue["oldest"][:, last],
        "delayed_share": ratio(counts["delayed"], counts["picked_up"]),
        "wait_mean_s": ratio(counts["wait"], counts["picked_up"]),
        "queue_time_mean_s": ratio(counts["wait"] + counts["gave_up_wait"], waited),
        "wait_p50_s": wait_p50,
        "wait_p95_s": wait_p95,
        "turnaround_mean_s": ratio(counts["turnaround"], counts["decided"]),
        "turnaround_p50_s": turnaround_p50,
        "turnaround_p95_s": turnaround_p95,
        "censored_share": ratio(created - counts["decided"] - lost, created),
        "expired_share": ratio(lost, created),
    }


def team_figures(tally: Tally, windows: Windows) -> Measured:
    """Return the figures of the teams by measure: [team, window]."""
    return _people_figures(tally, windows, lambda rows: rows)


def vendor_figures(tally: Tally, windows: Windows) -> Measured:
    """Return the figures of the vendors by measure, sums over their teams: [vendor, window]."""
    vendors = vendors_of(tally)
    member = np.array([[vendor == own for vendor, _ in tally.names.teams] for own in vendors], float)
    return _people_figures(tally, windows, lambda rows: member @ rows)


def vendors_of(tally: Tally) -> tuple[str, ...]:
    """Return the vendors, in the order of the scenario."""
    return tuple(dict.fromkeys(vendor for vendor, _ in tally.names.teams))


def sla_rows(tally: Tally) -> list[tuple[int, str, str, str, list[int]]]:
    """Return the rows of SLA tables: (sla, queue, vendor, name, lines of the queue that count).

    A queue's own row, with an empty vendor, comes before those of the vendors to which it is allocated.
    """
    rows: list[tuple[int, str, str, str, list[int]]] = []
    for sla, (queue, name) in enumerate(tally.names.slas):
        vendors = [vendor for of, vendor in tally.names.lines if of == queue]
        rows.append((sla, queue, "", name, list(range(len(vendors)))))
        rows.extend((sla, queue, vendor, name, [place]) for place, vendor in enumerate(vendors) if vendor)
    return rows


def sla_figures(tally: Tally, windows: Windows) -> Measured:
    """Return the figures of the SLA rows by measure: [row, window]."""
    first_line = {queue: n for n, (queue, _) in reversed(list(enumerate(tally.names.lines)))}
    rows = sla_rows(tally)
    shape = len(rows), tally.grid.edges.size
    created, lost, on_time, void, closed = np.zeros((5, *shape))
    by_close, count_all = np.zeros((2, len(rows), 1), bool)
    for row, (sla, queue, _, name, places) in enumerate(rows):
        lines = [first_line[queue] + place for place in places]
        for cells, count in ((created, "created"), (lost, "lost")):
            cells[row] = tally.by_line[count][lines].sum(axis=0)
        for cells, count in ((on_time, "on_time"), (void, "void"), (closed, "closed")):
            cells[row] = tally.by_sla[count][sla, places].sum(axis=0)
        by_close[row], count_all[row] = ((queue, name) in of for of in (tally.names.by_close, tally.names.count_all))
    created, lost, on_time, void, closed = (sums(cells, windows) for cells in (created, lost, on_time, void, closed))
    decided = np.where(by_close, closed, created - void)
    counted = np.where(count_all, decided + void, decided)
    return {
        "attainment": ratio(on_time, counted),
        "decided": decided,
        "on_time": on_time,
        "counted": counted,
        "created": created,
        "expired": lost,
    }


def stack_measures(measured: Measured, measures: Sequence[str]) -> Array:
    """Return figures as [subject, measure, window], with the measures in this order.

    Raises `ValueError` if the names are not those of the layout: a measure was forgotten in one of the two places.
    """
    if set(measured) != set(measures):
        raise ValueError(f"measured and laid out differ in {sorted(set(measured) ^ set(measures))}")
    return np.stack([measured[name] for name in measures], axis=1)


def ratio(part: Array, whole: Array) -> Array:
    """Return part / whole; NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def _people_figures(tally: Tally, windows: Windows, add: Callable[[Array], Array]) -> Measured:
    def total(rows: NDArray[np.float64] | NDArray[np.int64]) -> Array:
        return add(sums(rows, windows))

    on_day = tally.grid.cell_day
    day = [on_day[end - 1] for _, end in windows.cells]
    count = tally.by_team
    floor, busy, overrun = total(count["floor"]), total(count["busy"]), total(count["overrun"])
    scheduled = sums(tally.scheduled, windows)
    effective = ratio(sums(count["effective"], windows), scheduled)
    return {
        "headcount": add(tally.headcount[:, day]),
        "in_training": add(tally.in_training[:, day]),
        "on_floor_hours": floor / HOUR,
        "paid_hours": (total(tally.paid) + overrun) / HOUR,
        "busy_hours": busy / HOUR,
        "occupancy": ratio(busy, floor),
        "completed": total(tally.decisions.sum(axis=1)),
        "hires": total(_at_midnight(tally, tally.hires)),
        "leavers": total(_at_midnight(tally, tally.leavers)),
        "effective_fte": add(np.nan_to_num(effective)),
        "errors": total(count["errors"]),
        "transfers": total(_at_midnight(tally, tally.transfers)),
        "scheduled_hours": total(tally.scheduled[:, : len(on_day)] * tally.headcount[:, on_day]) / HOUR,
    }


def _at_midnight(tally: Tally, by_day: Array) -> Array:
    """Return counts by day as counts by cell: people join and leave when a day begins."""
    cells = np.zeros((by_day.shape[0], len(tally.grid.cell_day)))
    cells[:, np.searchsorted(tally.grid.cell_day, np.arange(by_day.shape[1]))] = by_day
    return cells


def sums(cells: NDArray[np.float64] | NDArray[np.int64], windows: Windows) -> Array:
    """Return the sums of the last axis over the cells of each window."""
    running = np.concatenate([np.zeros((*cells.shape[:-1], 1)), np.cumsum(cells, axis=-1, dtype=float)], axis=-1)
    begin, end = np.array(windows.cells).T
    return np.asarray(running[..., end] - running[..., begin])


def _percentiles(tally: Tally, bins: NDArray[np.uint32], windows: Windows, population: Array) -> tuple[Array, Array]:
    """Return the median and the 95th percentile by queue and window, interpolated within a histogram bin.

    `population` counts the items, including those that are still open: a percentile that falls among the latter is
    infinite. NaN for windows of an hour, which have no histogram, and for windows without items. Raises `ValueError`
    for windows that are shorter than the histograms' spans.
    """
    shape = population.shape
    if windows.period == "hour":
        return np.full(shape, np.nan), np.full(shape, np.nan)
    cell_span = tally.grid.cell_span
    spans = [(cell_span[begin], cell_span[end - 1] + 1) for begin, end in windows.cells]
    if any(last > begin for (_, last), (begin, _) in itertools.pairwise(spans)):
        raise ValueError(f"there are no histograms for every {windows.period}")
    percentiles = np.full((2, *shape), np.nan)
    widths = np.append(np.diff(tally.bin_edges), 0.0)
    for place, (begin, end) in enumerate(spans):
        for queue in np.flatnonzero(population[:, place] > 0):
            reached = np.cumsum(bins[queue, begin:end].sum(axis=0, dtype=np.int64))
            for rank, share in enumerate((0.5, 0.95)):
                goal = share * population[queue, place]
                bin_ = int(np.searchsorted(reached, goal))
                if bin_ == reached.size:
                    percentiles[rank, queue, place] = np.inf
                    continue
                before = reached[bin_ - 1] if bin_ else 0
                inside = (goal - before) / (reached[bin_] - before)
                percentiles[rank, queue, place] = tally.bin_edges[bin_] + inside * widths[bin_] if bin_ else 0.0
    return percentiles[0], percentiles[1]
