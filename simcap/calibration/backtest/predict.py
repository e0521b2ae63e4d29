"""What a desk does in the days after its origin: predicted by replications, and actual."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import DeskReports, Learned, Mode
from simcap.calibration.backtest.desk_files import AFTER, data_of, day_factors, scenario_of
from simcap.calibration.backtest.due_times import due_times
from simcap.calibration.backtest.overlay import YARDSTICK, LaidOver
from simcap.calibration.backtest.reported_items import backlog_by_reports, left_by_reports
from simcap.calibration.backtest.reported_share import in_cells
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.yardsticks import Backtest, BacktestSla
from simcap.experiment.kept import Kept
from simcap.experiment.replicate import draw_uncertain
from simcap.experiment.scatter import scattered
from simcap.experiment.workers import Jobs
from simcap.scenario.grid import Grid
from simcap.scenario.reading.loading import ScenarioFile
from simcap.streams import Streams
from simcap.tally import Tally
from simcap.units import DAY
from simcap.world.world import World

Array = NDArray[np.float64]


class Desk(Protocol):
    """What all models of a desk know of it."""

    @property
    def origin(self) -> dt.date:
        """Return the day from which on nothing is known."""

    @property
    def begin(self) -> float:
        """Return the origin in POSIX seconds."""

    @property
    def past(self) -> pd.DataFrame:
        """Return the items created before it, with what was known about them then."""

    @property
    def queues(self) -> list[str]:
        """Return the queues."""

    @property
    def reported(self) -> DeskReports | None:
        """Return what reports say of it; nothing of a desk with an item log."""


@dataclasses.dataclass(frozen=True)
class Observed:
    """Counts of the days after an origin, simulated or real; with many replications, these are the first axis."""

    on_time: Array
    """[queue, sla, cell] by creation; by reports, when it was decided."""
    decided: Array
    """[queue, sla, cell] on time or late; those that left before they were due are late if the SLA counts all,
    else not counted."""
    arrived: Array
    """[queue]."""
    expired: Array
    """[queue]."""
    open: Array
    """[queue, day] items open at the end of the day."""
    waits: Array
    """[queue, bin] picked-up items by their wait."""


@dataclasses.dataclass(frozen=True)
class Prediction:
    """One window of days: what was predicted, and what happened."""

    mode: Mode
    origin: dt.date
    queues: tuple[str, ...]
    slas: tuple[str, ...]
    yardsticks: tuple[BacktestSla, ...]
    grid: Grid
    bin_edges: Array
    simulated: Observed
    actual: Observed
    known: Desk
    widened: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """By period, the factor by which past predictions show that the bands have to be wider; 1 where none is given."""
    notes: tuple[str, ...] = ()
    """What it rests on: a scenario that was laid over the origin, or a desk of which the log does not settle all."""


Task = Callable[[int], tuple[int, Observed, Array]]
"""Returns a replication by its number: the number, its counts, and the edges of its bins of waits."""


def predict(
    configuration: Configuration,
    history: History,
    learned: Learned,
    mode: Mode,
    jobs: Jobs,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    kept: tuple[Kept, str] | None = None,
) -> Prediction:
    """Predict the days after an origin, and count what happened. Raises `ScenarioError` or `DataError`.

    With `kept`, a place and a key of the history, replications are stored there in case of an interruption.
    """
    assert configuration.backtest is not None
    file = scenario_of(configuration, learned, mode)
    task = functools.partial(_replicate, configuration, history, learned, mode, file)
    found = _predicted(configuration, history, learned, mode, file, task, jobs, progress, kept)
    return dataclasses.replace(found, notes=learned.unsettled)


def predict_scenario(
    configuration: Configuration,
    history: History,
    laid: LaidOver,
    jobs: Jobs,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    kept: tuple[Kept, str] | None = None,
) -> Prediction:
    """Predict the days after an origin by a scenario that is laid over it, as `predict` does by a desk."""
    assert configuration.backtest is not None
    task = functools.partial(_replicate_scenario, configuration.backtest, laid)
    found = _predicted(configuration, history, laid.known, "scenario", laid.file, task, jobs, progress, kept)
    return dataclasses.replace(found, notes=laid.notes)


def _predicted(
    configuration: Configuration,
    history: History,
    known: Desk,
    mode: Mode,
    file: ScenarioFile,
    task: Task,
    jobs: Jobs,
    progress: Callable[[int, int], None],
    kept: tuple[Kept, str] | None,
) -> Prediction:
    """Run the replications that are not kept yet, and count what happened."""
    assert configuration.backtest is not None
    done = _known(kept, configuration.backtest.replications)
    missing = [number for number in range(configuration.backtest.replications) if number not in done]
    for number, counts, bins in scattered(task, missing, jobs):
        done[number] = counts, bins
        if kept is not None:
            kept[0].keep(kept[1], number, {**vars(counts), "bins": bins})
        progress(len(done), configuration.backtest.replications)
    edges = done[0][1]
    grid = Grid(file.scenario.horizon, hourly=configuration.backtest.finest == "hour")
    actual = counted(
        history.items, known, list(configuration.backtest.sla.values()), grid.edges + known.begin, grid, edges
    )
    if known.reported is not None:
        actual = _by_reports(actual, history, known, grid)
    return Prediction(
        mode,
        known.origin,
        tuple(known.queues),
        tuple(configuration.backtest.sla),
        tuple(configuration.backtest.sla.values()),
        grid,
        edges,
        stacked([done[number][0] for number in sorted(done)]),
        actual,
        known,
    )


def _known(kept: tuple[Kept, str] | None, count: int) -> dict[int, tuple[Observed, Array]]:
    """Return the replications that an interrupted back-test has stored, each with the edges of its bins of waits."""
    known = {} if kept is None else {number: kept[0].arrays(kept[1], number) for number in range(count)}
    there = {number: arrays for number, arrays in known.items() if arrays is not None}
    return {number: (Observed(**arrays), bins) for number, arrays in there.items() for bins in [arrays.pop("bins")]}


def _replicate(
    configuration: Configuration,
    history: History,
    learned: Learned,
    mode: Mode,
    file: ScenarioFile,
    replication: int,
) -> tuple[int, Observed, Array]:
    assert configuration.backtest is not None
    streams = Streams(configuration.backtest.seed, replication)
    drawn = (file.fitted.draw(streams) if file.fitted else {}) | day_factors(configuration, learned, streams)
    data = data_of(configuration, learned, history, mode, streams)
    hourly = configuration.backtest.finest == "hour"
    # Where items count when they are decided, nothing after the last day does.
    run_out = AFTER * DAY if learned.reported is None else 0.0
    world = World(file.vary(drawn), data, streams, hourly=hourly, run_out=run_out, ahead=learned.ahead)
    tally = world.run()
    observed = _observed(tally, learned.queues, configuration.backtest.sla)
    if learned.reported is not None:
        observed = dataclasses.replace(observed, decided=_closed(tally, learned.queues, configuration.backtest.sla))
    return replication, observed, tally.bin_edges


def _closed(tally: Tally, queues: list[str], yardsticks: dict[str, BacktestSla]) -> Array:
    """Return the items decided (or picked up) in each cell, as [queue, sla, cell]; with those that left, if they count.

    SLAs must count items when that happens.
    """
    slas = list(yardsticks)
    found = np.zeros((len(queues), len(slas), tally.by_queue.shape[-1] - 1))
    for row, (queue, sla) in enumerate(tally.names.slas):
        closed, void = (tally.by_sla[name][row].sum(axis=0)[:-1] for name in ("closed", "void"))
        gone = tally.by_queue["expired"][tally.names.queues.index(queue)][:-1]
        late = np.maximum(gone - void, 0)
        at = queues.index(queue), slas.index(sla)
        found[at] = closed + void if yardsticks[sla].counts == "all" else closed - late
    return found


def _replicate_scenario(backtest: Backtest, laid: LaidOver, replication: int) -> tuple[int, Observed, Array]:
    streams, file = Streams(backtest.seed, replication), laid.file
    drawn = (file.fitted.draw(streams) if file.fitted else {}) | draw_uncertain(file, streams)
    hourly = backtest.finest == "hour"
    tally = World(file.drawn(drawn), laid.files_of(replication), streams, hourly=hourly, run_out=AFTER * DAY).run()
    return replication, _observed(tally, laid.known.queues, backtest.sla, YARDSTICK), tally.bin_edges


def _observed(tally: Tally, queues: list[str], yardsticks: dict[str, BacktestSla], before: str = "") -> Observed:
    """Return the counts of a tally by these queues, those of a queue's lines added up.

    `before` stands before the names of yardsticks in the tally, which may have other queues and SLAs besides.
    """
    place = [tally.names.queues.index(queue) for queue in queues]
    slas = list(yardsticks)
    cells = tally.by_line.shape[-1] - 1
    days = [
        cell for cell in range(cells) if cell == cells - 1 or tally.grid.cell_day[cell + 1] != tally.grid.cell_day[cell]
    ]
    on_time, void = (np.zeros((len(queues), len(slas), cells)) for _ in range(2))
    for row, (queue, label) in enumerate(tally.names.slas):
        sla = label.removeprefix(before)
        if not label.startswith(before) or queue not in queues:
            continue
        at = queues.index(queue), slas.index(sla)
        on_time[at] = tally.by_sla["on_time"][row].sum(axis=0)[:cells]
        if yardsticks[sla].counts == "decided":
            void[at] = tally.by_sla["void"][row].sum(axis=0)[:cells]
    of_lines = tally.by_line["created"][:, :cells].astype(float)
    created = np.stack([of_lines[[name == queue for name, _ in tally.names.lines]].sum(axis=0) for queue in queues])
    count = tally.by_queue[place]
    return Observed(
        on_time=on_time,
        decided=created[:, None] - void,
        arrived=created.sum(axis=-1),
        expired=count["gave_up"][:, :cells].sum(axis=1).astype(float),
        open=count["open"][:, days].astype(float),
        waits=tally.wait_bins[place, :-1].sum(axis=1).astype(float),
    )


def counted(
    items: pd.DataFrame, known: Desk, slas: list[BacktestSla], edges: Array, grid: Grid, bins: Array
) -> Observed:
    """Count what a history has for a span, by the same rules as a simulation. `edges` of cells are POSIX seconds."""
    cells = edges.size - 1
    size = (len(known.queues), len(slas), cells)
    on_time, decided = np.zeros(size), np.zeros(size)
    arrived, expired = np.zeros(len(known.queues)), np.zeros(len(known.queues))
    midnights = edges[np.searchsorted(grid.cell_day, np.arange(1, len(grid.days)))]
    ends = np.append(midnights, edges[-1])
    open_, waits = np.zeros((len(known.queues), ends.size)), np.zeros((len(known.queues), bins.size))
    for place, queue in enumerate(known.queues):
        rows = items[items["queue"] == queue]
        created = rows["created"].to_numpy(float)
        moments = {name: rows[name].fillna(np.inf).to_numpy(float) for name in ("started", "completed", "expired")}
        gone = np.minimum(moments["completed"], moments["expired"])
        open_[place] = [((created < end) & (gone >= end)).sum() for end in ends]
        cell = np.searchsorted(edges, created, "right") - 1
        inside = (cell >= 0) & (cell < cells)
        arrived[place] = inside.sum()
        expired[place] = (inside & np.isfinite(moments["expired"])).sum()
        picked = inside & np.isfinite(moments["started"])
        wait = (moments["started"] - created)[picked]
        waits[place] = np.bincount(np.searchsorted(bins, wait, "right") - 1, minlength=bins.size)[: bins.size]
        for number, sla in enumerate(slas):
            moment = moments["started" if sla.measure == "wait" else "completed"]
            due = due_times(sla, grid.horizon.timezone, created)
            void = (moments["expired"] < due) & (moment > moments["expired"]) & (sla.counts == "decided")
            met = inside & (moment <= due)
            on_time[place, number] = np.bincount(cell[met], minlength=cells)
            decided[place, number] = np.bincount(cell[inside & ~void], minlength=cells)
    return Observed(on_time, decided, arrived, expired, open_, waits)


def _by_reports(actual: Observed, history: History, known: Desk, grid: Grid) -> Observed:
    """Return what happened with what reports alone can say: shares on time, backlog, who left, and no item's wait."""
    ends = np.append(grid.edges[np.searchsorted(grid.cell_day, np.arange(1, len(grid.days)))], grid.edges[-1])
    span = known.begin, known.begin + float(grid.edges[-1])
    left = [left_by_reports(history, queue, *span) for queue in known.queues]
    held = [backlog_by_reports(history, queue, ends + known.begin) for queue in known.queues]
    counts = in_cells(history.shares, known.queues, grid, known.begin)
    met, handled = (np.repeat(count[:, None], actual.on_time.shape[1], axis=1) for count in counts)
    return Observed(met, handled, actual.arrived, np.array(left), np.stack(held), np.zeros_like(actual.waits))


def stacked(all_: list[Observed]) -> Observed:
    """Return the counts of replications, which become the first axis."""
    fields = [field.name for field in dataclasses.fields(Observed)]
    return Observed(**{name: np.stack([getattr(one, name) for one in all_]) for name in fields})
