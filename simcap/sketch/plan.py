"""Lays out a scenario for the flow of a sketch: what does not depend on who is there or how busy days are."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import scipy.special
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.demand.items import Work
from simcap.distributions import Constant
from simcap.floor.routing import RULES
from simcap.scenario.effective import factor_steps
from simcap.scenario.grid import Grid
from simcap.scenario.schema.queues import Queue, Sla
from simcap.scenario.schema.scenario import Scenario
from simcap.sketch.crews import CrewHours
from simcap.sketch.layout import FLOW_MODES, LATEST, ORIGINS, PIECES, REACH, FlowPlan
from simcap.sketch.steps import STEP, QuarterHours
from simcap.streams import Streams
from simcap.units import DAY, TICK
from simcap.world.build import clock_of

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
Tables = dict[str, NDArray[np.generic]]

_QUANTILES: Final = 4096
"""Number of quantiles that stand for the durations of items, and for patience."""
_DELAYS: Final = 24
_NOBODY_STAYS: Final = 1e-6


def steps_of(scenario: Scenario, demand: Demand, grid: Grid) -> QuarterHours:
    """Return the quarter hours from the start of the warm-up until the last item of the horizon is due."""
    begin = demand.day(-round(scenario.horizon.warm_up / DAY)).start
    last = np.array([grid.end])
    end = grid.end
    for queue in scenario.queues.values():
        for sla in queue.sla.values():
            hours = clock_of(scenario, demand, grid, sla)
            end = max(end, grid.end + sla.within if hours is None else float(hours.due(last, sla.within)[0]))
    return QuarterHours.between(begin, end + TICK)


def queue_tables(
    scenario: Scenario, demand: Demand, steps: QuarterHours, items: Array, backlogs: Array, cell: Numbers
) -> Tables:
    """Return the tables of queues, lines and follow-up work. `items` are [queue, step], `backlogs` [queue, age]."""
    queues, work = list(scenario.queues.values()), demand.work_by_queue
    rule = RULES[scenario.routing.rule]
    overflow = scenario.routing.overflow
    splits = [bool(one.split.vendors) for one in work]
    after = [overflow.after / STEP if overflow is not None and split else LATEST for split in splits]
    content = np.stack(
        [
            one.content.mean * steps.in_force(factor_steps(scenario, demand.clock, name))
            for name, one in zip(scenario.queues, work, strict=True)
        ]
    )
    patience, staying = _patience(work, steps.count)
    durations = [_durations(one) for one in work]
    lines = line_counts(demand)
    start = int((demand.start - steps.begin) // STEP)
    return {
        "modes": np.array([(rule.queues_by_rank, overflow is not None, start)], FLOW_MODES),
        "cell": cell,
        "items": items,
        "share": np.concatenate([shares_of(demand, name, steps) for name in scenario.queues]),
        "line_queue": np.repeat(np.arange(len(queues)), lines),
        "first_line": firsts(lines),
        "work": content / np.array([queue.throughput for queue in queues])[:, None],
        "duration": content * np.array([_stretch(queue) for queue in queues])[:, None],
        "residual": np.array([table[1] for table in durations]),
        "done_within": np.stack([table[0] for table in durations]),
        "after": np.array(after),
        "limit": np.array([queue.max_per_day or LATEST for queue in queues]),
        "wrong": np.array([_wrong(queue) for queue in queues]),
        "scores": scipy.special.ndtri((np.arange(ORIGINS) + 0.5) / ORIGINS),
        "patience": patience,
        "staying": staying,
        "replaced": np.array([queue.backlog is not None for queue in queues], np.int64),
        "backlog": backlogs,
        **_rule_tables(work),
    }


def backlogs(demand: Demand, streams: Streams, steps: QuarterHours) -> Array:
    """Return [queue, age] the items that wait at the start, by whole steps of age; none older than the first step."""
    oldest = int((demand.start - steps.begin) // STEP)
    counts = np.zeros((len(demand.queues), max(oldest, 1)))
    for number, queue in enumerate(demand.scenario.queues.values()):
        if queue.backlog is not None:
            ages = demand.backlog_ages(number, demand.backlog_keys(number, streams))
            places = np.minimum(ages // STEP, counts.shape[1] - 1).astype(np.int64)
            counts[number] = np.bincount(places, minlength=counts.shape[1])
    return counts


def sla_tables(scenario: Scenario, demand: Demand, grid: Grid, steps: QuarterHours) -> Tables:
    """Return the tables of SLAs, and the order in which lines are worked where it goes by due times."""
    slas: list[Sla] = [sla for queue in scenario.queues.values() for sla in queue.sla.values()]
    hours = [clock_of(scenario, demand, grid, sla) for sla in slas]
    tables: list[Array] = []
    clock = np.full(len(slas), -1)
    for place, (sla, own) in enumerate(zip(slas, hours, strict=True)):
        if own is not None:
            clock[place] = len(tables)
            due = (own.due(steps.edges, sla.within) - steps.begin) / STEP
            tables.append(np.where(np.isfinite(due), due, LATEST))
    first = firsts([len(queue.sla) for queue in scenario.queues.values()])
    within = np.array([sla.within / STEP for sla in slas])
    return {
        "first_sla": first,
        "clock": clock,
        "within": within,
        "due": np.stack(tables) if tables else np.zeros((0, steps.count + 1)),
        "is_wait": np.array([sla.measure == "wait" for sla in slas], np.int64),
        "from_origin": np.array([sla.from_origin for sla in slas], np.int64),
        "by_close": np.array([sla.by == "decided" for sla in slas], np.int64),
        "key": _keys(scenario, demand, steps, first, clock, within, tables),
    }


def crew_tables(scenario: Scenario, demand: Demand, crews: Sequence[CrewHours]) -> Tables:
    """Return the tables of what crews may work on."""
    queues = list(scenario.queues)
    pairs = [(name, team) for name, vendor in scenario.vendors.items() for team in vendor.teams]
    own = [[queues.index(queue) for queue in scenario.vendors[name].teams[team].skills] for name, team in pairs]
    known = [[*own[crew.team], *crew.adds] for crew in crews]
    skills = np.full((len(crews), max(map(len, known), default=1)), -1)
    lines = np.full(skills.shape, -1)
    first = firsts([max(len(work.split.vendors), 1) for work in demand.work_by_queue])
    for place, (crew, row) in enumerate(zip(crews, known, strict=True)):
        skills[place, : len(row)] = row
        for rank, queue in enumerate(row):
            vendors = demand.work_by_queue[queue].split.vendors
            vendor = pairs[crew.team][0]
            if not vendors or vendor in vendors:
                lines[place, rank] = first[queue] + (vendors.index(vendor) if vendors else 0)
    return {"skills": skills, "own": lines, "added": np.array([len(own[crew.team]) for crew in crews])}


def flow_plan(tables: Tables, *, changing: Sequence[str]) -> FlowPlan:
    """Return the tables in the form that the kernel takes, with copies of those that it changes."""
    fields = FlowPlan.FIELDS
    plan = {name: np.ascontiguousarray(table, fields[name][0]) for name, table in tables.items()}
    return FlowPlan(**(plan | {name: plan[name].copy() for name in changing}))


def firsts(counts: Sequence[int]) -> Numbers:
    """Return where the rows of each begin, one after another, and where the last ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def line_counts(demand: Demand) -> list[int]:
    """Return how many lines each queue has: one, or one for each vendor of its split."""
    return [max(len(one.split.vendors), 1) for one in demand.work_by_queue]


def whole(values: Sequence[float]) -> Numbers:
    """Return values without what is behind the point."""
    return np.array(values, float).astype(np.int64)


def shares_of(demand: Demand, name: str, steps: QuarterHours) -> Array:
    """Return [line, step] the share of a queue's new items that goes to each of its lines."""
    split = demand.work_by_queue[demand.names.index(name)].split
    if not split.vendors:
        return np.ones((1, steps.count))
    begins = [begin for begin, _ in demand.epochs[name]]
    rows = [
        steps.in_force(list(zip(begins, (row[place] for row in split.shares), strict=True)))
        for place in range(len(split.vendors))
    ]
    shares = np.stack(rows)
    return np.asarray(shares / shares.sum(axis=0))


def _stretch(queue: Queue) -> float:
    """Return how much longer an item takes with full hands than alone."""
    return 1.0 if queue.at_once is None else queue.at_once.items / queue.throughput


def _wrong(queue: Queue) -> tuple[float, float]:
    """Return the share of wrong decisions of tenured agents, and what newness adds to it."""
    errors = queue.errors
    return (0.0, 0.0) if errors is None else (errors.tenured, errors.at_start - errors.tenured)


def _durations(work: Work) -> tuple[Array, float]:
    content: Any = work.content
    table: tuple[Array, float] = _table(content)
    return table


@functools.lru_cache(maxsize=256)
def _table(content: Any) -> tuple[Array, float]:
    """Return the integral of a distribution function up to multiples of its mean, and the mean residual, in means.

    The residual of an item that is found under way is E[S**2] / (2 E[S]) (Cox 1962). Must not be written to.
    """
    sample = np.sort(content.ppf((np.arange(_QUANTILES) + 0.5) / _QUANTILES))
    sample = sample / sample.mean() if sample.mean() > 0 else np.ones_like(sample)
    slack = np.linspace(0.0, REACH, PIECES + 1)
    below = np.searchsorted(sample, slack)
    sums = np.concatenate([[0.0], np.cumsum(sample)])
    residual = 0.5 if isinstance(content, Constant) else float((sample**2).mean() / 2)
    return (below * slack - sums[below]) / sample.size, residual


def _patience(work: Sequence[Work], steps: int) -> tuple[Numbers, Array]:
    """Return the row of each queue's survival, -1 without patience, and the rows: [row, age]."""
    place = np.full(len(work), -1)
    rows: list[Array] = []
    ages = np.maximum((np.arange(steps + 2) - 0.5) * STEP, 0.0)
    for number, one in enumerate(work):
        if one.patience is not None:
            place[number] = len(rows)
            sample = np.sort(one.patience.ppf((np.arange(_QUANTILES) + 0.5) / _QUANTILES))
            rows.append(1.0 - np.searchsorted(sample, ages) / sample.size)
    if not rows:
        return place, np.zeros((0, 2))
    longest = max(int(np.searchsorted(-row, -_NOBODY_STAYS)) for row in rows)
    return place, np.stack(rows)[:, : longest + 2]


def _rule_tables(work: Sequence[Work]) -> Tables:
    """Return the tables of what follows decisions, with the delays as a few quantiles each."""
    rules = [rule for one in work for rule in one.rules]
    points = (np.arange(_DELAYS) + 0.5) / _DELAYS
    delays = [np.zeros(1) if rule.delay is None else rule.delay.ppf(points) / STEP for rule in rules]
    weights = [np.full(delay.size, 1 / delay.size) for delay in delays]
    return {
        "first_rule": firsts([len(one.rules) for one in work]),
        "rule_to": whole([rule.queue for rule in rules]),
        "rule_share": np.array([rule.share for rule in rules], float),
        "rule_if_wrong": whole([rule.only_if_wrong for rule in rules]),
        "first_delay": firsts([delay.size for delay in delays]),
        "delay": np.concatenate([np.zeros(0), *delays]),
        "delay_weight": np.concatenate([np.zeros(0), *weights]),
    }


def _keys(
    scenario: Scenario,
    demand: Demand,
    steps: QuarterHours,
    first: Numbers,
    clock: Numbers,
    within: Array,
    due: Sequence[Array],
) -> Array:
    """Return [line, step] what the order of service goes by: when items were created, or when they are due."""
    rule = RULES[scenario.routing.rule]
    if rule.queues_by_rank:
        return np.zeros((0, 0))
    middles = np.arange(steps.count) + 0.5
    rows = []
    for queue, work in enumerate(demand.work_by_queue):
        key = middles
        if rule.key_is_due:
            slas = range(first[queue], first[queue + 1])
            options = [middles + within[sla] if clock[sla] < 0 else due[clock[sla]][:-1] for sla in slas]
            key = np.minimum.reduce([np.full(steps.count, LATEST), *options])
        rows.extend([key] * max(len(work.split.vendors), 1))
    return np.stack(rows)
