"""A desk as its history shows it up to a day, as a scenario that replays or predicts what came after.

Replay gives it the items that came and the agents who were there; a forecast gives it nothing later than its origin:
volumes as fitted, and each day the staffing of some like day before.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.availability import Pool, measure
from simcap.calibration.configuration import Backtest, Configuration
from simcap.calibration.fit import Fit, NotFitted, document_of
from simcap.calibration.handling import fit_handle_times
from simcap.calibration.history import History
from simcap.calibration.order import taken_ahead
from simcap.calibration.patience import fit_patience
from simcap.calibration.preference import preferred
from simcap.calibration.staffing import Duty, apart, attended, seen_at_work, spells_of_work
from simcap.calibration.volumes import fit_volumes
from simcap.errors import DataError
from simcap.scenario.clock import zone
from simcap.scenario.instants import to_utc, wall
from simcap.scenario.loading import ScenarioFile, load
from simcap.scenario.writing import to_yaml
from simcap.streams import Streams
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]
Mode = Literal["replay", "forecast"]

AHEAD = " (ahead)"
"""Ends the name of the queue that stands for the items of a queue that are taken ahead of older ones."""
LONGEST_BREAK = 2 * HOUR
"""Gaps in attendance up to this long are breaks of a shift."""
_DAY = "day-"
RECENT = 8 * 7
"""Days before the origin whose staffing a forecast draws from."""
AFTER = 14
"""Days after the last one predicted for which there is staffing, so that what is open then can still be decided."""
SETTLED = "settled (internal)"
"""An SLA that nobody asked for: it keeps the run-out going until what is open is picked up."""


@dataclasses.dataclass(frozen=True)
class Learned:
    """What a history says of a desk until its origin."""

    origin: dt.date
    begin: float
    """The origin in POSIX seconds."""
    past: pd.DataFrame
    """Items created before the origin, and what was known of them then."""
    duty: Duty
    """Duty before the origin and, for a replay only, after it."""
    fits: tuple[Fit, ...]
    volumes: tuple[Fit, ...]
    ahead: dict[str, float]
    available: dict[str, Pool]
    """By queue."""

    @property
    def queues(self) -> list[str]:
        """Return the queues, in the order of their names."""
        return sorted(self.ahead)


def learn(plan: Configuration, history: History, origin: dt.date, mode: Mode) -> Learned:
    """Fit a desk to what was known at midnight of `origin`.

    Raises `DataError` where that is too little, with what is needed.
    """
    begin = midnight(plan, origin)
    first = _first(plan, origin)
    past = known_at(history.items, begin)
    past = past[past["day"] >= first.toordinal()]
    before = _duty(plan, history, begin)
    duty = _duty(plan, history, None) if mode == "replay" else before
    work = spells_of_work(past, plan.staffing.longest)
    available = measure(past, work, before.within(midnight(plan, first), begin), plan, begin)
    if history.attendance is not None:
        available = dict.fromkeys(available, Pool(1.0, 0.0, 0.0))
    worked = past.assign(agent="all", handle=_worked(past, plan))
    problems: list[NotFitted] = []
    fits: list[Fit] = []
    for one in fit_handle_times(worked):
        if isinstance(one, NotFitted):
            problems.append(one)
        else:
            fits.append(_in_full(one, worked, available))
    found: list[Fit | NotFitted] = fit_patience(past, begin)
    volumes = fit_volumes(past, first.toordinal(), (origin - first).days, ()) if mode == "forecast" else []
    problems += [one for one in [*found, *volumes] if isinstance(one, NotFitted)]
    problems += [
        NotFitted(f"queues.{queue}", "no agent is ever seen on it while items wait")
        for queue in sorted(set(past["queue"].astype(str)) - set(available))
    ]
    if problems:
        lines = [f"before {origin}: {one.what}: {one.why}" for one in problems]
        raise DataError("\n".join([*lines, "leave such queues out under items.queues, or give two of them one name"]))
    fits += [one for one in found if isinstance(one, Fit)]
    fitted = tuple(one for one in volumes if isinstance(one, Fit))
    ahead = taken_ahead(past)
    if plan.staffing.rule == "longest_wait":
        ahead = dict.fromkeys(ahead, 0.0)
    else:
        duty = dataclasses.replace(duty, skills=_in_order(duty.skills, preferred(past, work, before), before.skills))
    if mode == "replay":
        coming = _coming(plan, history, begin, set(ahead))
        ahead = {queue: share for queue, share in ahead.items() if queue in coming}
    duty = duty.of(list(ahead))
    return Learned(origin, begin, past, duty, tuple(fits), fitted, ahead, available)


def _coming(plan: Configuration, history: History, begin: float, known: set[str]) -> set[str]:
    """Return the queues, of those known, with items to replay. Raises `DataError` where there is nothing to go by."""
    assert plan.backtest is not None
    end = begin + plan.backtest.days * DAY
    created = history.items["created"]
    inside = history.items.loc[(created >= begin) & (created < end), "queue"]
    found = set(inside.astype(str)) & known
    if not found:
        raise DataError("backtest: no item came in the days to replay, on a queue that was there before")
    if history.attendance is not None and float(history.attendance["end"].max()) < end - DAY:
        raise DataError("backtest: attendance ends before the days to replay; a replay needs to know who was there")
    return found


def _first(plan: Configuration, origin: dt.date) -> dt.date:
    """Return the first day that is fitted on."""
    assert plan.backtest is not None
    days = plan.backtest.history
    return plan.from_ if days is None else max(plan.from_, origin - dt.timedelta(days=days))


def midnight(plan: Configuration, day: dt.date) -> float:
    """Return the begin of a local day in POSIX seconds."""
    return dt.datetime.combine(day, dt.time(), zone(plan.timezone)).timestamp()


def known_at(items: pd.DataFrame, moment: float) -> pd.DataFrame:
    """Return the items created before a moment, without what happened to them after it."""
    past = items[items["created"] < moment].copy()
    for name in ("started", "completed", "expired"):
        past[name] = past[name].where(past[name] < moment)
    past["handle"] = past["handle"].where(past["completed"].notna())
    past["agent"] = past["agent"].where(past["started"].notna())
    past["queue"] = past["queue"].astype(str).astype("category")
    return past


def scenario_of(plan: Configuration, learned: Learned, mode: Mode, folder: Path) -> ScenarioFile:
    """Write the desk as a scenario with its parameters into a folder, and load it."""
    assert plan.backtest is not None
    volumes = _with_ahead(learned.volumes, learned.ahead) if mode == "forecast" else []
    fits = _with_ahead(learned.fits, learned.ahead)
    (folder / "parameters.yaml").write_text(to_yaml(document_of([*fits, *volumes]), "Fitted."), encoding="utf-8")
    (folder / "desk.yaml").write_text(
        to_yaml(_document(plan, plan.backtest, learned, mode), "A desk."), encoding="utf-8"
    )
    return load(folder / "desk.yaml")


def write_inputs(
    plan: Configuration, learned: Learned, history: History, mode: Mode, streams: Streams, folder: Path
) -> None:
    """Write what one replication is given: duty of each team and, in a replay, the items."""
    assert plan.backtest is not None
    duty = learned.duty.within(learned.begin, np.inf) if mode == "replay" else _drawn_duty(plan, learned, streams)
    for team in range(len(duty.skills)):
        _write_duty(folder / f"duty-{team}.csv", duty.blocks[duty.blocks["team"] == team], learned.begin)
    if mode == "replay":
        coming = history.items[history.items["created"] >= learned.begin]
        _write_trace(folder / "items.csv", coming, learned, streams)


def day_factors(plan: Configuration, learned: Learned, streams: Streams) -> dict[str, float]:
    """Return the factors on handle time that make some days better than others, by their path in the scenario.

    Each event is in force from its day on, so it takes back the factor of the day before.
    """
    assert plan.backtest is not None
    spread = float(np.mean([pool.days for pool in learned.available.values()]))
    normal = streams.generator("availability").standard_normal(plan.backtest.days)
    factors = np.exp(-spread * normal)
    steps = factors / np.concatenate([[1.0], factors[:-1]])
    return {f"events.{_DAY}{day}.handle_time.factor": float(step) for day, step in enumerate(steps)}


# -- what was learned ---------------------------------------------------------------------------------------------


def _duty(plan: Configuration, history: History, until: float | None) -> Duty:
    """Return the duty that the history shows; `until` leaves out what was seen later."""
    items = history.items if until is None else known_at(history.items, until)
    work = spells_of_work(items, plan.staffing.longest)
    if history.attendance is None:
        return seen_at_work(work, plan.staffing)
    spells = history.attendance
    return attended(spells if until is None else spells[spells["start"] < until], work)


def _worked(items: pd.DataFrame, plan: Configuration) -> pd.Series:
    """Return the time that agents spent on items in one go."""
    given = items["handle"].fillna(items["completed"] - items["started"])
    return given.clip(upper=plan.staffing.longest)


def _in_full(fit: Fit, items: pd.DataFrame, available: dict[str, Pool]) -> Fit:
    """Return handle times as capacity feels them: the mean of the sample, and the time between items added."""
    queue = fit.estimates[0].path.split(".")[1]
    seen = items.loc[(items["queue"] == queue) & (items["handle"] > 0), "handle"]
    pool = available.get(queue)
    share, error = (pool.mean, pool.error) if pool else (1.0, 0.0)
    mean = dataclasses.replace(fit.estimates[0], value=float(seen.mean()) / share)
    covariance = fit.covariance.copy()
    covariance[0, 0] += error**2
    return dataclasses.replace(fit, estimates=(mean, *fit.estimates[1:]), covariance=covariance)


def _in_order(
    skills: tuple[tuple[str, ...], ...], orders: tuple[tuple[str, ...], ...], known: tuple[tuple[str, ...], ...]
) -> tuple[tuple[str, ...], ...]:
    """Return skills in the order of the teams known before that have the same; else as they are."""
    found = {frozenset(team): order for team, order in zip(known, orders, strict=True)}
    return tuple(found.get(frozenset(team), team) for team in skills)


# -- the scenario ---------------------------------------------------------------------------------------------------


def _with_ahead(fits: tuple[Fit, ...], ahead: dict[str, float]) -> list[Fit]:
    """Return fits in which a queue's items taken ahead are a queue of their own: drawn as one, volumes divided."""
    result = []
    for fit in fits:
        queue = fit.estimates[0].path.split(".")[1]
        share = ahead.get(queue, 0.0)
        if not share:
            result.append(fit)
            continue
        parts = [(queue, 1 - share), (f"{queue}{AHEAD}", share)]
        estimates = tuple(
            dataclasses.replace(
                one,
                path=one.path.replace(f"queues.{queue}.", f"queues.{name}."),
                value=one.value * part if one.path.endswith("per_week") else one.value,
            )
            for name, part in parts
            for one in fit.estimates
        )
        fixed = {
            path.replace(f"queues.{queue}.", f"queues.{name}."): value
            for name, _ in parts
            for path, value in fit.fixed.items()
        }
        covariance = np.block([[fit.covariance] * 2] * 2)
        result.append(dataclasses.replace(fit, estimates=estimates, covariance=covariance, fixed=fixed))
    return result


def _document(plan: Configuration, backtest: Backtest, learned: Learned, mode: Mode) -> dict[str, Any]:
    waiting = learned.past[learned.past["started"].isna() & learned.past["expired"].isna()]
    queues: dict[str, Any] = {}
    for queue in learned.queues:
        slas = {
            name: {"measure": sla.measure, "within": f"{sla.within:g} s", "target": 0.5, "per": "week"}
            for name, sla in backtest.sla.items()
        }
        slas[SETTLED] = {"measure": "wait", "within": f"{AFTER} days", "target": 0.5, "per": "week"}
        for name in (queue, f"{queue}{AHEAD}") if learned.ahead[queue] else (queue,):
            queues[name] = {"sla": slas} | ({"arrivals": {"trace": "items.csv"}} if mode == "replay" else {})
        ages = learned.begin - waiting.loc[waiting["queue"] == queue, "created"]
        if len(ages):
            queues[queue]["backlog"] = {"items": len(ages), "oldest": f"{ages.max():.0f} s"}
    teams = {
        f"team-{number}": {
            "timezone": plan.timezone,
            "duty": f"duty-{number}.csv",
            "at_end": "keep" if plan.attendance is None else "finish",
            "breaks": "0 s" if plan.attendance is None else f"{LONGEST_BREAK:.0f} s",
            "skills": _skills(learned, skills),
        }
        for number, skills in enumerate(learned.duty.skills)
    }
    return {
        "name": f"{plan.title}, {mode} from {learned.origin}",
        "horizon": {
            "start": learned.origin.isoformat(),
            "days": backtest.days,
            "timezone": plan.timezone,
            "warm_up": "0 days",
        },
        "simulation": {"replications": backtest.replications, "seed": backtest.seed},
        "calibration": "parameters.yaml",
        "queues": queues,
        "routing": {"rule": "longest_wait" if plan.staffing.rule == "longest_wait" else "priority"},
        "vendors": {"desk": {"teams": teams}},
        "events": {
            f"{_DAY}{day}": {
                "handle_time": {"from": (learned.origin + dt.timedelta(days=day)).isoformat(), "factor": 1.0}
            }
            for day in range(backtest.days)
        },
    }


def _skills(learned: Learned, skills: tuple[str, ...]) -> list[str]:
    """Return what a team takes: of each queue first the items that are taken ahead."""
    return [name for queue in skills for name in ((f"{queue}{AHEAD}", queue) if learned.ahead[queue] else (queue,))]


# -- the inputs of a replication --------------------------------------------------------------------------------------


def _write_trace(path: Path, items: pd.DataFrame, learned: Learned, streams: Streams) -> None:
    """Write creation times; which items are taken ahead is drawn. A far item stands for a queue that gets none."""
    queue = items["queue"].astype(str).to_numpy(object)
    created = items["created"].to_numpy(float)
    for name in learned.queues:
        own = np.flatnonzero(queue == name)
        drawn = streams.generator("taken ahead", name).random(own.size) < learned.ahead[name]
        queue[own[drawn]] = f"{name}{AHEAD}"
    names = [
        name for queue in learned.queues for name in (queue, f"{queue}{AHEAD}") if name == queue or learned.ahead[queue]
    ]
    far = np.full(len(names), max(created.max(initial=learned.begin), learned.begin) + 100 * DAY)
    table = pd.DataFrame({"created": np.concatenate([created, far]), "queue": np.concatenate([queue, names])})
    table = table[table["queue"].isin(names)]
    table["created"] = _stamps(table["created"])
    table.to_csv(path, index=False)


def _write_duty(path: Path, blocks: pd.DataFrame, begin: float) -> None:
    """Write blocks of duty. A second long ago stands for a team that is never there."""
    if blocks.empty:
        blocks = pd.DataFrame({"agent": [0], "on": [begin - 30 * DAY], "off": [begin - 30 * DAY + 1]})
    table = pd.DataFrame({"agent": blocks["agent"], "on": _stamps(blocks["on"]), "off": _stamps(blocks["off"])})
    table.to_csv(path, index=False)


def _stamps(seconds: pd.Series) -> pd.Series:
    return pd.to_datetime(seconds, unit="s", utc=True).dt.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _drawn_duty(plan: Configuration, learned: Learned, streams: Streams) -> Duty:
    """Return duty for the days to come: that of a day drawn from the recent ones on the same weekday, as a whole."""
    assert plan.backtest is not None
    blocks = learned.duty.blocks
    local = {name: wall(blocks[name].to_numpy(float), plan.timezone) for name in ("on", "off")}
    day = np.floor(local["on"] / DAY).astype(np.int64)
    origin = _local_day(learned.origin)
    active = np.unique(np.floor(wall(learned.past["created"].to_numpy(float), plan.timezone) / DAY).astype(np.int64))
    recent = active[(active >= origin - RECENT) & (active < origin)]
    longest = max(sla.within for sla in plan.backtest.sla.values())
    parts = []
    for coming in range(origin, origin + plan.backtest.days + min(math.ceil(longest / DAY), 2 * AFTER) + AFTER):
        like = recent[(recent - coming) % 7 == 0]
        if like.size:
            source = like[int(streams.uniform("staffing", coming) * like.size)]
            rows = day == source
            shift = float(coming - source) * DAY
            parts.append(
                blocks[rows].assign(**{name: _utc(local[name][rows] + shift, plan.timezone) for name in ("on", "off")})
            )
    drawn = pd.concat(parts, ignore_index=True) if parts else blocks.iloc[:0]
    return Duty(apart(drawn), learned.duty.skills)


def _local_day(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _utc(local: Array, timezone: str) -> Array:
    return to_utc(np.asarray(local, np.float64), timezone, np.zeros(local.size, np.int64), repeats=False)
