"""A desk as its history shows it up to a day, the origin: fits, who was there, in which order items were taken.

A replay gets the items that came after it and the agents who were there, a plan the agents alone, and a forecast
nothing after the origin.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.allocated import Allocated, allocated
from simcap.calibration.backtest.availability import ALWAYS, Pool, measure
from simcap.calibration.backtest.hindcast_spread import HindcastSpread
from simcap.calibration.backtest.inferred_duty import InferredDuty, attended, seen_at_work, spells_of_work
from simcap.calibration.backtest.offered_times import OfferedItems
from simcap.calibration.backtest.order import taken_ahead
from simcap.calibration.backtest.preference import preferred
from simcap.calibration.fits.at_work import at_work
from simcap.calibration.fits.coarse import sharpened
from simcap.calibration.fits.fit import Fit, NotFitted, sound
from simcap.calibration.fits.handling import fit_handle_times, shape_of
from simcap.calibration.fits.overlapping import one_at_a_time
from simcap.calibration.fits.patience import fit_patience
from simcap.calibration.fits.releases import at_cost
from simcap.calibration.fits.sharing import fit_sharing
from simcap.calibration.fits.vendor_lines import tells_owners
from simcap.calibration.fits.volumes import fit_volumes
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History, hourly
from simcap.errors import DataError
from simcap.scenario.clock import zone
from simcap.units import DAY

Array = NDArray[np.float64]
Mode = Literal["scenario", "plan", "replay", "forecast"]


@dataclasses.dataclass(frozen=True)
class DeskReports:
    """What reports say of a desk until its origin, and of the days after it to a replay."""

    shares: pd.DataFrame
    """The reported share on time before the origin: the columns of `reported_share.COLUMNS`."""
    offered: OfferedItems
    """The items that came, by period."""
    stated: dict[str, Any]
    """Parts of a scenario that state who works when and who takes what; empty where duty is known by the hour."""
    spread: dict[tuple[str, str, str], HindcastSpread] = dataclasses.field(default_factory=dict)
    """By queue, SLA and period of windows, how far the replays of earlier weeks missed."""


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known of a desk at an origin."""

    origin: dt.date
    begin: float
    """The origin in POSIX seconds."""
    past: pd.DataFrame
    """Items created before the origin, with what was known about them then."""
    reported: DeskReports | None = dataclasses.field(default=None, kw_only=True)
    """What reports say, where there is no item log."""

    @property
    def queues(self) -> list[str]:
        """Return the queues, in the order of their names."""
        return sorted(self.past["queue"].unique().astype(str).tolist())


@dataclasses.dataclass(frozen=True)
class Learned(Known):
    """What a history shows of a desk until its origin."""

    duty: InferredDuty
    """Duty before the origin and, but for a forecast, after it."""
    fits: tuple[Fit, ...]
    volumes: tuple[Fit, ...]
    ahead: dict[str, float]
    """By queue, the share of its items that are taken before older ones."""
    available: dict[str, Pool]
    """By queue."""
    split: Allocated
    """Which queues are split between vendors."""
    rule: str = "longest_wait"
    """What agents take next: of `routing.rule` of a scenario."""
    unsettled: tuple[str, ...] = ()
    """What the log does not settle, and is left out."""
    coming: tuple[Mapping[str, Array], ...] = ()
    """The items that come, by replication: when each is created, by queue, in order; drawn by the scenario if empty."""
    handling: Mapping[str, Array] = dataclasses.field(default_factory=dict)
    """By queue, the factor on handle time of each predicted day; 1 if empty."""
    working: Array | None = None
    """Factor on all handle times of each predicted day by how much agents work of their time on duty; else drawn."""

    @property
    def queues(self) -> list[str]:
        """Return the queues, in the order of their names."""
        return sorted(self.ahead)


def learn(configuration: Configuration, history: History, origin: dt.date, mode: Mode) -> Learned:
    """Fit a desk to what was known at midnight of `origin`.

    Raises `DataError` if that is too little, with what is needed.
    """
    begin = midnight(configuration, origin)
    first = first_day(configuration, origin)
    past = known_at(history.items, begin)
    past = past[past["day"] >= first.toordinal()]
    if past.empty:
        raise nothing_came(history, origin, first)
    split = allocated(past, history.roster, begin)
    before = _duty(configuration, history, split, begin)
    duty = before if mode == "forecast" else _duty(configuration, history, split, None)
    work = spells_of_work(past, configuration.staffing.longest, begin, split.vendors_of(past))
    queues = sorted(past["queue"].unique().astype(str).tolist())
    if history.attendance is None:
        duty_before = before.within(midnight(configuration, first), begin)
        available = measure(past, work, duty_before, split, configuration, begin)
    else:
        available = dict.fromkeys(queues, ALWAYS)
    spent, overlapping = times_in_hand(past, history, configuration)
    worked = past.assign(agent="all", handle=spent)
    results = sound([*fit_handle_times(worked), *fit_patience(past, begin)])
    counts = hourly(configuration, past, first.toordinal(), (origin - first).days) if mode != "replay" else {}
    volumes = fit_volumes(
        counts, first.toordinal(), configuration.holidays, {queue: configuration.zone_of(queue) for queue in counts}
    )
    # Of patience that a log does not settle nothing is made: items stay, as they mostly do.
    untold = [one for one in results if isinstance(one, NotFitted) and ".expires" in one.what]
    unsettled = tuple(f"{one.what}: {one.why}; taken as if no item left" for one in untold)
    results = [one for one in results if all(one is not other for other in untold)]
    _refuse(origin, [*results, *volumes], set(queues) - set(available))
    fits = [_in_full(one, worked, available) for one in results if isinstance(one, Fit)]
    fits += overlapping
    if configuration.staffing.order == "longest_wait":
        ahead = dict.fromkeys(queues, 0.0)
    else:
        ahead = taken_ahead(past, split.owner)
        duty = dataclasses.replace(duty, skills=_in_order(duty, before, preferred(past, work, before, split)))
    if mode != "forecast":
        _check_attended(configuration, history, begin)
    if mode == "replay":
        coming = _coming(configuration, history, begin, set(ahead))
        ahead = {queue: share for queue, share in ahead.items() if queue in coming}
    fitted = [one for one in volumes if isinstance(one, Fit)]
    sharing = fit_sharing(counts, [one for one in fitted if not one.prior], first.toordinal())
    if isinstance(sharing, Fit):
        fitted.append(sharing)
    return Learned(
        origin,
        begin,
        past,
        duty.of(list(ahead)),
        tuple(fits),
        tuple(fitted),
        ahead,
        available,
        split,
        configuration.staffing.order,
        unsettled,
    )


def nothing_came(history: History, origin: dt.date, first: dt.date) -> DataError:
    """Return the error of an origin before which a log has a gap as long as what is fitted on, with its dates."""
    days = history.items["day"].to_numpy()
    before, after = days[days < first.toordinal()], days[days >= origin.toordinal()]
    since = f"{dt.date.fromordinal(int(before.max()))}" if before.size else "the start of the log"
    until = f"{dt.date.fromordinal(int(after.min()))}" if after.size else "its end"
    return DataError(
        f"before {origin}: no item was created from {first} on: the log has a gap from {since} to {until}; "
        "take a later backtest.first, or fit on more days (backtest.history)"
    )


def _refuse(origin: dt.date, fits: list[Fit | NotFitted], unseen: set[str]) -> None:
    """Raise `DataError` if anything could not be fitted, or nobody is seen on a queue."""
    problems = [one for one in fits if isinstance(one, NotFitted)]
    problems += [
        NotFitted(f"queues.{queue}", "no agent is ever seen on it while items wait") for queue in sorted(unseen)
    ]
    if problems:
        lines = [f"before {origin}: {one.what}: {one.why}" for one in problems]
        raise DataError(
            "\n".join([*lines, "leave such queues out under items.queues, or merge two of them under one name"])
        )


def _coming(configuration: Configuration, history: History, begin: float, known: set[str]) -> set[str]:
    """Return the known queues with items to replay. Raises `DataError` if there is nothing to go by."""
    assert configuration.backtest is not None
    end = begin + configuration.backtest.days * DAY
    created = history.items["created"]
    inside = history.items.loc[(created >= begin) & (created < end), "queue"]
    queues = set(inside.astype(str)) & known
    if not queues:
        raise DataError("backtest: no item came in the days to replay, on any queue that existed before")
    return queues


def _check_attended(configuration: Configuration, history: History, begin: float) -> None:
    """Raise `DataError` if attendance ends before the days that are predicted."""
    assert configuration.backtest is not None
    end = begin + configuration.backtest.days * DAY
    if history.attendance is not None and float(history.attendance["end"].max()) < end - DAY:
        raise DataError(
            "backtest: attendance ends before the days to predict; a plan and a replay need to know who was there: "
            "`--mode forecast` does not"
        )


def first_day(configuration: Configuration, origin: dt.date) -> dt.date:
    """Return the first day that is fitted on."""
    assert configuration.backtest is not None
    days = configuration.backtest.history
    return configuration.from_ if days is None else max(configuration.from_, origin - dt.timedelta(days=days))


def midnight(configuration: Configuration, day: dt.date) -> float:
    """Return the start of a local day in POSIX seconds."""
    return dt.datetime.combine(day, dt.time(), zone(configuration.timezone)).timestamp()


def known_at(items: pd.DataFrame, moment: float) -> pd.DataFrame:
    """Return the items created before a moment, without what happened to them after it."""
    past = items[items["created"] < moment].copy()
    for name in ("started", "completed", "expired"):
        past[name] = past[name].where(past[name] < moment)
    past["handle"] = past["handle"].where(past["completed"].notna())
    past["agent"] = past["agent"].where(past["started"].notna())
    if "vendor" in past and not tells_owners(items):
        past["vendor"] = past["vendor"].where(past["started"].notna())
    past["queue"] = past["queue"].astype(str).astype("category")
    return past


# -- what was learned ---------------------------------------------------------------------------------------------


def _duty(configuration: Configuration, history: History, split: Allocated, until: float | None) -> InferredDuty:
    """Return the duty that the history shows; `until` leaves out what was seen later."""
    end = np.inf if until is None else until
    items = history.items if until is None else known_at(history.items, until)
    work = spells_of_work(items, configuration.staffing.longest, end, split.vendors_of(items))
    if history.attendance is None:
        return seen_at_work(work, configuration.staffing)
    spells = history.attendance[history.attendance["start"] < end]
    return attended(spells.assign(end=spells["end"].clip(upper=end)), work)


def times_in_hand(items: pd.DataFrame, history: History, configuration: Configuration) -> tuple[pd.Series, list[Fit]]:
    """Return the time that agents spent on items in one go, and how their work overlaps."""
    alone, overlapping = _apart(at_work(items, history)[0], history)
    sharp = sharpened(alone)
    given = sharp["handle"].fillna(sharp["completed"] - sharp["started"])
    return given.clip(upper=configuration.staffing.longest), overlapping


def _apart(items: pd.DataFrame, history: History) -> tuple[pd.DataFrame, list[Fit]]:
    """Return items with the time that each would have taken alone, given back or not, and how work overlaps.

    Without attendance neither is needed: availability is measured in time in hand, which may be more than there is, and
    without that of claims that were given back.
    """
    if history.attendance is None:
        return items, []
    alone, found, _ = one_at_a_time(items)
    return at_cost(alone), [one for one in found if isinstance(one, Fit)]


def _in_full(fit: Fit, items: pd.DataFrame, available: dict[str, Pool]) -> Fit:
    """Return handle times as they use capacity: the mean of the sample, plus the time between items.

    Other fits are returned unchanged.
    """
    if fit.kind != "handle time":
        return fit
    queue = fit.subject.name
    seen = items.loc[(items["queue"] == queue) & (items["handle"] > 0), "handle"]
    pool, shape = available[queue], shape_of(fit)
    factor = float(seen.mean()) / pool.mean / (shape.mean if shape else fit.estimates[0].value)
    level = np.array([one.unit == "s" for one in fit.estimates])
    estimates = tuple(
        dataclasses.replace(one, value=one.value * factor) if one.unit == "s" else one for one in fit.estimates
    )
    covariance = fit.covariance + pool.error**2 * np.outer(level, level)
    return dataclasses.replace(fit, estimates=estimates, covariance=covariance)


def _in_order(
    duty: InferredDuty, known: InferredDuty, orders: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """Return each team's skills in the order of the known team of its vendor with the same set; else as they are."""
    teams = zip(known.vendors, map(frozenset, known.skills), strict=True)
    found = dict(zip(teams, orders, strict=True))
    return tuple(
        found.get((vendor, frozenset(team)), team) for vendor, team in zip(duty.vendors, duty.skills, strict=True)
    )
