"""A desk as its log shows how items are picked up, in place of who was on duty: learned at an origin."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import Mode, first_day, known_at, midnight, nothing_came
from simcap.calibration.backtest.desk_files import AFTER
from simcap.calibration.backtest.due_times import longest_allowed
from simcap.calibration.fits.unanswered import left_within
from simcap.calibration.fits.volumes import holiday_days
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.pickup.day_levels import DayLevels
from simcap.calibration.pickup.desk import Settings
from simcap.calibration.pickup.fit import Hazard, fit_hazard, levels_of
from simcap.calibration.pickup.steps import Steps, Waited, exposure, steps_between, without_days
from simcap.errors import DataError
from simcap.units import DAY, MINUTE

Array = NDArray[np.float64]

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
    until = simulated_until(configuration, origin)
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
        {name: np.sort(times_created(known[known["gone"] == np.inf], name)) for name in names},
        known[known["started"].notna() & known["completed"].isna() & known["expired"].isna()],
        {name: _lasting(past[past["queue"] == name], begin) for name in names},
        {name: int((known["lost"] & (known["queue"] == name)).sum()) for name in names},
        levels,
    )


def ordered_as_later(configuration: Configuration, history: History, learned: PickUps) -> PickUps:
    """Return a desk on which hours and ages count as they did in the days after its origin, and the pace stays.

    Queues of which too few items were picked up in these days stay as they are.
    """
    first = first_day(configuration, learned.origin)
    told = min(simulated_until(configuration, learned.origin), configuration.to + dt.timedelta(days=1))
    end = midnight(configuration, told)
    later = _seen(configuration, _ended(known_at(history.items, end), end), learned.origin, told)
    known = _ended(known_at(history.items, learned.begin), learned.begin)
    before = _seen(configuration, known, first, learned.origin)
    answer = learned.settings.answer
    hazards = {
        name: fit_hazard(before[name], answer, fit_hazard(later[name], answer))
        for name in learned.hazards
        if name in later and later[name].picked.sum() >= ENOUGH
    }
    return dataclasses.replace(learned, hazards={**learned.hazards, **hazards})


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


def simulated_until(configuration: Configuration, origin: dt.date) -> dt.date:
    """Return the day before which a simulation ends: all is due, and what is open can still be picked up."""
    assert configuration.backtest is not None
    days = max(days_until_due(configuration, origin), configuration.backtest.days + AFTER)
    return origin + dt.timedelta(days=days)


def times_created(items: pd.DataFrame, queue: str) -> Array:
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
