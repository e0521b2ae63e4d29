"""The items that are open at `start`, one by one: until when each is due, and the chance that it is late."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.summary import wilson
from simcap.demand.demand import Demand
from simcap.errors import ScenarioError
from simcap.experiment.replicate import draw_uncertain
from simcap.experiment.scatter import scattered
from simcap.experiment.workers import Jobs
from simcap.scenario.clock import Clock
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.queues import Sla
from simcap.streams import Streams
from simcap.units import HOUR
from simcap.world.build import due_times
from simcap.world.open_items import Fates, fates

Array = NDArray[np.float64]

BANDS: Final = (0.0, HOUR, 4 * HOUR, 24 * HOUR, 72 * HOUR)
"""Borders, in seconds, of the time that is left until an item is due; before the first it is past due."""
LIKELY: Final = 0.5
"""Chance from which on an item is likely to be late."""


def open_items(
    file: ScenarioFile,
    seed: int,
    replications: int,
    jobs: Jobs,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> pd.DataFrame:
    """Return a row for each item that is open at `start` and SLA of its queue, that which is due first on top.

    Chances are shares of replications, the same that a run of the scenario has, `late_low` and `late_high` their 95%
    Wilson interval. Times are local; `decided_p50` and the like are empty if fewer replications than that decide the
    item within the time that is simulated. Raises `ScenarioError` if a backlog does not tell its items apart.
    """
    check_told_apart(file)
    task = functools.partial(_fates, file, seed)
    done: dict[int, Fates] = {}
    for number, found in scattered(task, range(replications), jobs):
        done[number] = found
        progress(len(done), replications)
    ordered = [done[number] for number in sorted(done)]
    rows = list(_rows(file, *(np.stack([getattr(one, name) for one in ordered]) for name in Fates.__annotations__)))
    table = pd.concat(rows, ignore_index=True)
    return table.sort_values(["left_s", "created"], kind="stable", na_position="last").reset_index(drop=True)


def check_told_apart(file: ScenarioFile) -> None:
    """Raise `ScenarioError` unless items are open at `start`, and each of them is known."""
    backlogs = {name: queue.backlog for name, queue in file.scenario.queues.items() if queue.backlog is not None}
    example = "write `backlog: {file: open.csv}`, with the columns item, queue, created"
    if not backlogs:
        raise ScenarioError(
            f"{file.scenario.name}: no queue has a `backlog`, so that no item is open at start; {example}"
        )
    vague = [name for name, one in backlogs.items() if one.file is None and not isinstance(one.ages, tuple)]
    if vague:
        lines = [f"queues.{name}.backlog: says how many items are open, but not which; {example}" for name in vague]
        raise ScenarioError("\n".join(lines))


def by_time_left(table: pd.DataFrame) -> pd.DataFrame:
    """Return open items by queue, SLA and time left until they are due.

    `left_from` and `left_to` are the seconds left (NaN: past due; without end), `items` how many there are, `late` how
    many of them are expected to be late, `likely` for how many that is likely.
    """
    judged = table[table["sla"] != ""]
    band = np.searchsorted(BANDS, judged["left_s"].to_numpy(float))
    rows = judged.assign(band=band, likely=judged["late_probability"] >= LIKELY)
    counts = rows.groupby(["queue", "sla", "band"], sort=False).agg(
        items=("item", "size"), late=("late_probability", "sum"), likely=("likely", "sum")
    )
    borders = (np.nan, *BANDS, np.nan)
    counts = counts.reset_index().sort_values(["queue", "sla", "band"], kind="stable", ignore_index=True)
    return counts.assign(
        left_from=[borders[band] for band in counts["band"]], left_to=[borders[band + 1] for band in counts["band"]]
    )


def _fates(file: ScenarioFile, seed: int, replication: int) -> tuple[int, Fates]:
    streams = Streams(seed, replication)
    drawn = (file.fitted.draw(streams) if file.fitted else {}) | draw_uncertain(file, streams)
    return replication, fates(file.drawn(drawn), file.files, streams)


def _rows(file: ScenarioFile, picked_up: Array, decided: Array, expired: Array) -> Iterator[pd.DataFrame]:
    """Yield the rows of each queue and SLA, given [replication, item] times."""
    scenario = file.scenario
    demand, first = Demand(scenario, file.files), 0
    for number, (name, queue) in enumerate(scenario.queues.items()):
        if queue.backlog is None:
            continue
        listed = demand.open_items(number)
        mine = slice(first, first := first + listed.created.size)
        created = demand.start - demand.backlog_ages(number, np.zeros(0, np.uint64))
        moments = picked_up[:, mine], decided[:, mine], expired[:, mine]
        common = {
            "queue": name,
            "item": listed.item,
            "created": _labels(created, demand.clock),
            "leaves_probability": np.isfinite(moments[2]).mean(axis=0),
            **_percentiles("picked_up", moments[0], demand.clock),
            **_percentiles("decided", moments[1], demand.clock),
        }
        for label, sla in queue.sla.items() if queue.sla else _NO_SLA:
            due = np.full(created.size, np.inf) if sla is None else due_times(scenario, demand, sla, created)
            yield pd.DataFrame(common | {"sla": label} | _judged(sla, due, demand, moments))[list(COLUMNS)]


_NO_SLA: Final = (("", None),)
COLUMNS: Final = (
    "queue", "item", "sla", "created", "due", "left_s", "late_probability", "late_low", "late_high",
    "leaves_probability", "picked_up_p50", "picked_up_p95", "decided_p50", "decided_p95",
)  # fmt: skip


def _judged(sla: Sla | None, due: Array, demand: Demand, moments: tuple[Array, Array, Array]) -> dict[str, object]:
    """Return when items are due, and the chance that they are late: empty without an SLA."""
    left = np.where(np.isfinite(due), due - demand.start, np.nan)
    about: dict[str, object] = {"due": _labels(due, demand.clock), "left_s": left}
    if sla is None:
        return about | dict.fromkeys(("late_probability", "late_low", "late_high"), np.nan)
    picked_up, decided, expired = moments
    late = (picked_up if sla.measure == "wait" else decided) > due
    if sla.counts == "decided":
        late &= ~(expired < due)
    hits, count = late.sum(axis=0).astype(float), late.shape[0]
    low, high = wilson(hits, np.full(hits.size, count))
    return about | {"late_probability": hits / count, "late_low": low, "late_high": high}


def _percentiles(name: str, moments: Array, clock: Clock) -> dict[str, list[str]]:
    """Return the median and the 95% point of times over replications, each a time that occurs."""
    points = np.quantile(moments, (0.5, 0.95), axis=0, method="inverted_cdf")
    return {f"{name}_p{which}": _labels(row, clock) for which, row in zip(("50", "95"), points, strict=True)}


def _labels(times: Array, clock: Clock) -> list[str]:
    return [clock.label(time) if np.isfinite(time) else "" for time in times.tolist()]
