"""A desk as its log shows how items are picked up, in place of who was on duty: learned at an origin, and predicted.

A replay is given the items that came after the origin and how much was picked up on each of those days, which is what
inferred duty tells it as well; a forecast is given nothing after the origin.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import math
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import Mode, first_day, known_at, midnight, nothing_came
from simcap.calibration.backtest.desk_files import AFTER
from simcap.calibration.backtest.due_times import longest_allowed
from simcap.calibration.backtest.predict import Observed, Prediction, counted, stacked
from simcap.calibration.fits.fit import Fit, NotFitted, document_of
from simcap.calibration.fits.sharing import fit_sharing
from simcap.calibration.fits.unanswered import left_within
from simcap.calibration.fits.volumes import fit_volumes, holiday_days
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History, hourly
from simcap.calibration.pickup.day_levels import DayLevels
from simcap.calibration.pickup.desk import Settings, levels_ahead, simulate
from simcap.calibration.pickup.fit import Hazard, fit_hazard, levels_of
from simcap.calibration.pickup.steps import Steps, Waited, exposure, steps_between, without_days
from simcap.demand.demand import Demand
from simcap.errors import DataError
from simcap.floor.tally import bin_edges
from simcap.scenario.data.data_files import NO_FILES
from simcap.scenario.grid import Grid
from simcap.scenario.reading.derived import merged, validated
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.parameters import Block, Fitted
from simcap.scenario.schema.scenario import Horizon
from simcap.streams import Purpose, Streams
from simcap.units import DAY, MINUTE

Array = NDArray[np.float64]
Coming = dict[str, Array]
"""By queue, when the items after an origin are created, in order, POSIX seconds."""

PICK_UPS, IN_HAND = "pick-ups", "in hand"
"""Words in the addresses of draws."""
ENOUGH: Final = 50
"""Pick-ups of a queue from which on its hazard is fitted."""
SHORTEST: Final = 5 * MINUTE
"""Step in which pick-ups are counted at least: waits are hours or days."""
GAP: Final = 7
"""Days in a row in which nothing was created nor picked up, on any queue, from which on a log has a gap."""


@dataclasses.dataclass(frozen=True)
class PickUps:
    """What a log shows of a desk until its origin, and what a replay is told of the days after it."""

    origin: dt.date
    begin: float
    """The origin in POSIX seconds."""
    past: pd.DataFrame
    """Items created before the origin in the days that are fitted on, with what was known about them then."""
    settings: Settings
    steps: Steps
    """Of the days after the origin that are simulated, the last of which come after the predicted ones."""
    hazards: dict[str, Hazard]
    """By queue."""
    waiting: dict[str, Array]
    """By queue, when what waits at the origin was created, in order."""
    in_hand: pd.DataFrame
    """Items that are being worked on at the origin."""
    lasting: dict[str, Array]
    """By queue, seconds from pick-up to decision."""
    gone: dict[str, int]
    """By queue, items that were neither taken nor left and count as gone."""
    levels: dict[str, DayLevels]
    """By queue, of the days from the first one fitted on to the last one seen; empty for a forecast."""

    reported: None = None

    @property
    def queues(self) -> list[str]:
        """Return the queues, in the order of their names."""
        return sorted(self.hazards)


def learn_pick_ups(
    configuration: Configuration, history: History, origin: dt.date, mode: Mode, settings: Settings
) -> PickUps:
    """Fit how items are picked up to what was known at midnight of `origin`.

    Raises `DataError` if that is too little, with what is needed.
    """
    begin = midnight(configuration, origin)
    first = first_day(configuration, origin)
    known = _ended(known_at(history.items, begin), begin)
    past = known[known["day"] >= first.toordinal()]
    if past.empty:
        raise nothing_came(history, origin, first)
    names = sorted(past["queue"].unique().astype(str).tolist())
    _refuse(origin, {name: int(past["picked"][past["queue"] == name].sum()) for name in names})
    until = _until(configuration, origin)
    before = _seen(configuration, known, first, origin)
    hazards = {name: fit_hazard(before[name], settings.answer) for name in names}
    levels: dict[str, DayLevels] = {}
    if mode == "replay":
        told = min(until, configuration.to + dt.timedelta(days=1))
        end = midnight(configuration, told)
        seen = _seen(configuration, _ended(known_at(history.items, end), end), first, told)
        levels = {name: levels_of(hazards[name], seen[name]) for name in names}
    return PickUps(
        origin,
        begin,
        past,
        settings,
        _steps(configuration, origin, until),
        hazards,
        {name: np.sort(_of(known[known["gone"] == np.inf], name)) for name in names},
        known[known["started"].notna() & known["completed"].isna() & known["expired"].isna()],
        {name: _lasting(past[past["queue"] == name], begin) for name in names},
        {name: int((known["lost"] & (known["queue"] == name)).sum()) for name in names},
        levels,
    )


def items_that_came(history: History, learned: PickUps) -> Coming:
    """Return the items that a replay is given."""
    created = history.items["created"]
    items = history.items[(created >= learned.begin) & (created < learned.steps.end)]
    return {name: np.sort(_of(items, name)) for name in learned.queues}


def items_to_come(
    configuration: Configuration, history: History, origin: dt.date, replications: int
) -> tuple[Coming, ...]:
    """Return the items that a forecast draws, one mapping for each replication: volumes fitted before the origin.

    Raises `DataError` for volumes that cannot be fitted.
    """
    assert configuration.backtest is not None
    begin, first = midnight(configuration, origin), first_day(configuration, origin)
    past = known_at(history.items, begin)
    past = past[past["day"] >= first.toordinal()]
    counts = hourly(configuration, past, first.toordinal(), (origin - first).days)
    zones = {name: configuration.zone_of(name) for name in counts}
    fits = fit_volumes(counts, first.toordinal(), configuration.holidays, zones)
    if lacking := [one for one in fits if isinstance(one, NotFitted)]:
        raise DataError("\n".join(f"before {origin}: {one.what}: {one.why}" for one in lacking))
    fitted = [one for one in fits if isinstance(one, Fit)]
    sharing = fit_sharing(counts, [one for one in fitted if not one.prior], first.toordinal())
    if isinstance(sharing, Fit):
        fitted.append(sharing)
    days = (_until(configuration, origin) - origin).days
    file = _volumes(configuration, origin, days, sorted(counts), fitted)
    draw = functools.partial(_drawn, file, configuration.backtest.seed, days, begin)
    return tuple(draw(number) for number in range(replications))


def predict_pick_ups(
    configuration: Configuration,
    history: History,
    learned: PickUps,
    mode: Mode,
    coming: tuple[Coming, ...],
    widened: dict[str, float],
) -> Prediction:
    """Predict the days after an origin, and count what happened; one replication for each of `coming`.

    `widened` has, by period, the factor on the band of attainment in its windows.
    """
    assert configuration.backtest is not None
    backtest = configuration.backtest
    horizon = Horizon(
        start=dt.datetime.combine(learned.origin, dt.time()), days=backtest.days, timezone=configuration.timezone
    )
    grid, bins = Grid(horizon, hourly=backtest.finest == "hour"), bin_edges()
    slas = list(backtest.sla.values())
    edges = grid.edges + learned.begin
    simulated = [
        counted(_replication(learned, items, Streams(backtest.seed, number)), learned, slas, edges, grid, bins)
        for number, items in enumerate(coming)
    ]
    actual: Observed = counted(history.items, learned, slas, edges, grid, bins)
    return Prediction(
        mode,
        learned.origin,
        tuple(learned.queues),
        tuple(backtest.sla),
        tuple(slas),
        grid,
        bins,
        stacked(simulated),
        actual,
        learned,
        widened,
    )


# -- what was learned -------------------------------------------------------------------------------------------------


def _refuse(origin: dt.date, picked: dict[str, int]) -> None:
    """Raise `DataError` if items of some queue were hardly ever picked up."""
    lines = [
        f"before {origin}: queues.{name}: {count} pick-ups, and a pick-up desk is fitted to {ENOUGH} at least; "
        "leave the queue out under items.queues, or merge it with another"
        for name, count in picked.items()
        if count < ENOUGH
    ]
    if lines:
        raise DataError("\n".join(lines))


def _ended(items: pd.DataFrame, moment: float) -> pd.DataFrame:
    """Return items known at a moment with when they were `gone` from the queue (never: infinity), `picked` and `lost`.

    Lost are those that were neither taken nor left and are too old to be waiting still.
    """
    taken = items["started"].fillna(items["completed"])
    within = left_within(items, moment)
    gone = taken.fillna(items["expired"]).fillna(items["created"] + within).fillna(np.inf)
    return items.assign(gone=gone, picked=taken.notna(), lost=np.isfinite(within))


def _seen(configuration: Configuration, items: pd.DataFrame, first: dt.date, last: dt.date) -> dict[str, Waited]:
    """Return by queue what waited and was picked up on the days from `first` to the one before `last`."""
    steps = _steps(configuration, first, last)
    mine = items[(items["gone"] > steps.begin) & (items["created"] < steps.end)]
    lost = _gaps(mine, steps)
    found = {}
    for name, rows in mine.groupby("queue", observed=True):
        created, gone = (rows[column].to_numpy(float) for column in ("created", "gone"))
        counted_ = exposure(created, gone, rows["picked"].to_numpy(bool), steps)
        found[str(name)] = without_days(counted_, lost) if lost.any() else counted_
    return found


def _gaps(items: pd.DataFrame, steps: Steps) -> NDArray[np.bool_]:
    """Return the days of gaps in a log, by date: a week or longer in which nothing was created nor left its queue."""
    busy = np.zeros(steps.days, np.bool_)
    for name in ("created", "gone"):
        moments = items[name].to_numpy(float)
        inside = moments[(moments >= steps.begin) & (moments < steps.end)]
        busy[steps.day[((inside - steps.begin) // steps.length).astype(np.int64)]] = True
    edges = np.flatnonzero(np.concatenate([[True], busy, [True]]))
    lost = np.zeros(steps.days, np.bool_)
    for before, after in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if after - before > GAP:
            lost[before : after - 1] = True
    return lost


def _steps(configuration: Configuration, first: dt.date, last: dt.date) -> Steps:
    days = (last - first).days
    holidays = np.flatnonzero(holiday_days(configuration.holidays, first.toordinal(), days)).tolist()
    dates = frozenset(first + dt.timedelta(days=day) for day in holidays)
    length = max(configuration.staffing.interval, SHORTEST)
    return steps_between(first, last, configuration.timezone, length, dates)


def days_until_due(configuration: Configuration, origin: dt.date) -> int:
    """Return the number of days after an origin until everything that is created in the predicted days is due."""
    assert configuration.backtest is not None
    days, slas = configuration.backtest.days, configuration.backtest.sla.values()
    longest = max(longest_allowed(sla, configuration.timezone, origin, days) for sla in slas)
    return days + math.ceil(longest / DAY)


def _until(configuration: Configuration, origin: dt.date) -> dt.date:
    """Return the day before which a simulation ends: all is due, and what is open can still be picked up."""
    assert configuration.backtest is not None
    days = max(days_until_due(configuration, origin), configuration.backtest.days + AFTER)
    return origin + dt.timedelta(days=days)


def _of(items: pd.DataFrame, queue: str) -> Array:
    """Return when the items of a queue were created."""
    return items.loc[items["queue"] == queue, "created"].to_numpy(float)


def _lasting(items: pd.DataFrame, begin: float) -> Array:
    """Return the seconds from pick-up to decision, infinity for what is longer in hand at the origin than any took.

    Infinity if nothing is known of that.
    """
    lasting = np.maximum((items["completed"] - items["started"]).dropna().to_numpy(float), 0.0)
    open_ = items["started"].notna() & items["completed"].isna() & items["expired"].isna()
    held = (begin - items["started"][open_]).to_numpy(float)
    if not lasting.size:
        return np.full(1, np.inf)
    return np.concatenate([lasting, np.full(int((held > lasting.max()).sum()), np.inf)])


# -- what comes -------------------------------------------------------------------------------------------------------


def _volumes(
    configuration: Configuration, origin: dt.date, days: int, queues: list[str], fits: list[Fit]
) -> ScenarioFile:
    """Return a scenario of which only the volumes are of use: nobody works in it."""
    fitted = document_of(fits)
    blocks = tuple(Block.model_validate(block) for block in fitted.pop("draws"))
    shift = {"days": "Mon-Sun", "start": "09:00", "length": "8 h"}
    team = {"timezone": configuration.timezone, "agents": 1, "skills": queues, "shift": shift}
    rest: dict[str, Any] = {
        "name": f"{configuration.title}, volumes from {origin}",
        "horizon": {
            "start": origin.isoformat(),
            "days": days,
            "timezone": configuration.timezone,
            "warm_up": "0 days",
        },
        "queues": {name: {"handle_time": {"constant": "1 min"}} for name in queues},
        "vendors": {"desk": {"teams": {"desk": team}}},
    }
    document = merged(fitted, rest)
    paths = frozenset(path for block in blocks for path in block.paths)
    return ScenarioFile(validated(document), document, NO_FILES, Fitted(blocks, paths, document))


def _drawn(file: ScenarioFile, seed: int, days: int, begin: float, replication: int) -> Coming:
    """Return the items of one replication."""
    streams = Streams(seed, replication)
    demand = Demand(file.vary(file.fitted.draw(streams) if file.fitted else {}), NO_FILES)
    items = [demand.draw(demand.day(day), streams)[0].copy() for day in range(days)]
    times, queue = (np.concatenate([one[name] for one in items]) for name in ("time", "queue"))
    return {name: np.sort(times[queue == number].astype(float)) + begin for number, name in enumerate(demand.names)}


# -- one replication --------------------------------------------------------------------------------------------------


def _replication(learned: PickUps, coming: Coming, streams: Streams) -> pd.DataFrame:
    """Return the items of one replication, with what happened to them."""
    parts = [_worked_off(learned, name, coming[name], streams) for name in learned.queues]
    return pd.concat([*parts, _finished(learned, streams)], ignore_index=True)


def _worked_off(learned: PickUps, queue: str, coming: Array, streams: Streams) -> pd.DataFrame:
    """Return a queue's items that waited at the origin or came after it, with when they are taken and done."""
    generator = streams.generator(Purpose.STAFFING, PICK_UPS, queue)
    hazard, steps = learned.hazards[queue], learned.steps
    if learned.levels:
        levels = _levels_seen(learned, queue, generator)
    else:
        hazard = hazard.drawn(generator)
        levels = levels_ahead(hazard, learned.settings, steps.days, generator)
    created = np.concatenate([learned.waiting[queue], coming[coming < steps.end]])
    gone, leaves = simulate(hazard, created, steps, levels, generator)
    started = np.where(leaves, np.inf, gone)
    ends = started + generator.choice(learned.lasting[queue], created.size)
    expired = np.where(leaves, gone, np.inf)
    return _table(queue, created, started, ends, expired)


def _levels_seen(learned: PickUps, queue: str, generator: np.random.Generator) -> Array:
    """Return the levels of the days after the origin as a replay is told them; later ones go on from the last."""
    drawn = learned.levels[queue].draw(generator)
    first = learned.hazards[queue].picked.size
    seen, days = drawn[first:], learned.hazards[queue].days
    levels = np.concatenate([seen, np.zeros(max(learned.steps.days - seen.size, 0))])
    for day in range(seen.size, learned.steps.days):
        levels[day] = days.persistence * (levels[day - 1] if day else drawn[-1]) + np.sqrt(days.innovation) * float(
            generator.standard_normal()
        )
    return levels


def _finished(learned: PickUps, streams: Streams) -> pd.DataFrame:
    """Return what is being worked on at the origin, with when it is done, given that it is not yet."""
    generator = streams.generator(Purpose.STAFFING, IN_HAND)
    items = learned.in_hand
    since = items["started"].to_numpy(float)
    done = np.empty(since.size)
    for place, (queue, start) in enumerate(zip(items["queue"].astype(str), since.tolist(), strict=True)):
        lasting = learned.lasting[queue]
        longer = lasting[lasting > learned.begin - start]
        done[place] = start + generator.choice(longer) if longer.size else np.inf
    created = items["created"].to_numpy(float)
    return _table(items["queue"].astype(str).to_numpy(object), created, since, done, np.full(since.size, np.inf))


def _table(queue: Any, created: Array, started: Array, completed: Array, expired: Array) -> pd.DataFrame:
    times = {"started": started, "completed": completed, "expired": expired}
    return pd.DataFrame(
        {"queue": queue, "created": created}
        | {name: np.where(np.isfinite(one), one, np.nan) for name, one in times.items()}
    )
