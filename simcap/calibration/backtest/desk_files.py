"""A desk as a scenario with its data: what replays and plans are given, and what a forecast draws."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.availability import split
from simcap.calibration.backtest.desk import Known, Learned, Mode
from simcap.calibration.backtest.due_times import longest_allowed
from simcap.calibration.backtest.inferred_duty import InferredDuty, apart
from simcap.calibration.fits.fit import document_of
from simcap.calibration.fits.open_items import written_backlog
from simcap.calibration.fits.unanswered import waiting_at
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.shifts import LONGEST
from simcap.calibration.history.yardsticks import Backtest, BacktestSla
from simcap.scenario.data.data_files import NO_FILES, DataFiles
from simcap.scenario.data.files import DutyBlocks, Trace
from simcap.scenario.data.instants import to_utc, wall
from simcap.scenario.reading.derived import merged, validated
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.parameters import Block, Fitted
from simcap.streams import Purpose, Streams
from simcap.units import DAY, HOUR

Array = NDArray[np.float64]

LONGEST_BREAK = 2 * HOUR
"""Gaps in attendance up to this long are breaks of a shift."""
_DAY = "day-"
RECENT = 8 * 7
"""Days before the origin whose staffing a forecast draws from."""
AFTER = 14
"""Days of staffing after the last predicted one, so that what is open then can still be decided."""
_ITEMS = "items.csv"


def scenario_of(configuration: Configuration, learned: Learned, mode: Mode) -> ScenarioFile:
    """Return the desk as a scenario, with what was fitted to it. Raises `ScenarioError` if that is impossible."""
    assert configuration.backtest is not None
    volumes = () if _is_given_items(learned, mode) else learned.volumes
    fits = [fit for fit in learned.fits if fit.subject.name in learned.ahead]
    fitted = document_of([*fits, *volumes])
    blocks = tuple(Block.model_validate(block) for block in fitted.pop("draws"))
    document = merged(fitted, _document(configuration, configuration.backtest, learned, mode))
    paths = frozenset(path for block in blocks for path in block.paths)
    return ScenarioFile(validated(document), document, NO_FILES, Fitted(blocks, paths, document))


def data_of(
    configuration: Configuration, learned: Learned, history: History, mode: Mode, streams: Streams
) -> DataFiles:
    """Return what one replication is given: duty of each team, drawn in a forecast, and in a replay the items."""
    assert configuration.backtest is not None
    end = np.inf if learned.reported is None else learned.begin + (configuration.backtest.days + 1) * DAY
    drawn = mode == "forecast"
    duty = _drawn_duty(configuration, learned, streams) if drawn else learned.duty.within(learned.begin, end)
    given: dict[str, object] = {
        _duty_of(team): _blocks(duty.blocks[duty.blocks["team"] == team]) for team in range(len(duty.skills))
    }
    if learned.reported is not None:
        came = learned.reported.offered.drawn(streams, learned.begin, end)
        given[_ITEMS] = {queue: _trace(came[queue]) for queue in learned.queues}
    elif learned.coming:
        coming = learned.coming[streams.replication % len(learned.coming)]
        given[_ITEMS] = {queue: _trace(coming[queue]) for queue in learned.queues}
    elif mode == "replay":
        given[_ITEMS] = _traces(history.items[history.items["created"] >= learned.begin], learned)
    return DataFiles(Path(), given)


def _is_given_items(learned: Learned, mode: Mode) -> bool:
    return mode == "replay" or bool(learned.coming)


def day_factors(configuration: Configuration, learned: Learned, streams: Streams) -> dict[str, float]:
    """Return the factors on handle time that make some days better than others, by their path in the scenario."""
    assert configuration.backtest is not None
    factors = learned.working
    if factors is None:
        spread = float(np.mean([pool.days for pool in learned.available.values()]))
        normal = streams.generator(Purpose.AVAILABILITY).standard_normal(configuration.backtest.days)
        factors = np.exp(-spread * normal)
    return {f"events.{_DAY}{day}.handle_time.factor": step for day, step in enumerate(_steps(factors))}


def changes_of(origin: dt.date, factors: Mapping[str, Array]) -> dict[str, Any]:
    """Return the events that give handle times their factor on each day from an origin on, by queue."""
    return {
        f"{_DAY}{day} of {queue}": {"handle_time": {"queue": queue, "from": _date(origin, day), "factor": step}}
        for queue, by_day in factors.items()
        for day, step in enumerate(_steps(by_day))
    }


def _steps(factors: Array) -> list[float]:
    """Return factors as changes: each is in force from its day on, so it takes back that of the day before."""
    return [float(step) for step in factors / np.concatenate([[1.0], factors[:-1]])]


def _date(origin: dt.date, day: int) -> str:
    return (origin + dt.timedelta(days=day)).isoformat()


# -- the scenario ---------------------------------------------------------------------------------------------------


def _document(configuration: Configuration, backtest: Backtest, learned: Learned, mode: Mode) -> dict[str, Any]:
    queues: dict[str, Any] = {}
    waiting = backlogs(configuration, learned)
    for queue in learned.queues:
        slas = {
            name: sla_of(sla) | ({} if learned.reported is None else {"by": "decided"})
            for name, sla in backtest.sla.items()
        }
        queues[queue] = {"sla": slas} | ({"arrivals": {"trace": _ITEMS}} if _is_given_items(learned, mode) else {})
        if queue in waiting:
            queues[queue]["backlog"] = waiting[queue]
    teams = {
        f"team-{number}": {
            "timezone": configuration.timezone,
            "duty": _duty_of(number),
            "at_end": "keep" if configuration.attendance is None else "finish",
            "breaks": "0 s" if configuration.attendance is None else f"{LONGEST_BREAK:.0f} s",
            "skills": list(skills),
        }
        for number, skills in enumerate(learned.duty.skills)
    }
    vendors: dict[str, Any] = {}
    takes: dict[str, set[str]] = {}
    for (name, team), vendor in zip(teams.items(), learned.duty.vendors, strict=True):
        vendors.setdefault(vendor, {"teams": {}})["teams"][name] = team
        takes.setdefault(vendor, set()).update(team["skills"])
    document = {
        "name": f"{configuration.title}, {mode} from {learned.origin}",
        "horizon": {
            "start": learned.origin.isoformat(),
            "days": backtest.days,
            "timezone": configuration.timezone,
            "warm_up": "0 days",
        },
        "simulation": {"replications": backtest.replications, "seed": backtest.seed},
        "queues": queues,
        "routing": {"rule": learned.rule, **learned.split.routing(learned.queues, takes)},
        "vendors": vendors,
        "events": {
            f"{_DAY}{day}": {"handle_time": {"from": _date(learned.origin, day), "factor": 1.0}}
            for day in range(backtest.days)
        }
        | changes_of(learned.origin, learned.handling),
    }
    return document if learned.reported is None else merged(document, learned.reported.stated)


def backlogs(configuration: Configuration, known: Known) -> dict[str, dict[str, Any]]:
    """Return what waits at an origin, as a scenario has it, by queue; queues in which nothing does are left out."""
    waiting = waiting_at(known.past, known.begin, configuration.dead_items)
    ages = (known.begin - waiting["created"]).groupby(waiting["queue"].astype(str))
    return {str(queue): written_backlog(mine.to_numpy(float)) for queue, mine in ages}


def sla_of(sla: BacktestSla) -> dict[str, Any]:
    """Return an SLA that is scored, as a scenario has it."""
    return {"measure": sla.measure, "within": f"{sla.within:g} s", "target": 0.5, "per": "week"} | _clock(sla)


def _clock(sla: BacktestSla) -> dict[str, Any]:
    """Return the business hours of a back-test SLA as an SLA has them; nothing if its clock always runs."""
    return {} if sla.hours is None else {"clock": sla.hours.model_dump(mode="json", by_alias=True, exclude_unset=True)}


# -- the inputs of a replication --------------------------------------------------------------------------------------


def _duty_of(team: int) -> str:
    return f"duty-{team}.csv"


def _traces(items: pd.DataFrame, learned: Learned) -> dict[str, Trace]:
    """Return creation times by queue."""
    queue = items["queue"].astype(str).to_numpy(object)
    created = items["created"].to_numpy(float)
    return {name: _trace(created[queue == name]) for name in learned.queues}


def _trace(created: Array) -> Trace:
    return Trace(np.sort(created), np.full(created.size, np.nan))


def _blocks(blocks: pd.DataFrame) -> DutyBlocks:
    """Return blocks of duty, agents numbered as they first occur."""
    index, agents = pd.factorize(blocks["agent"])
    on, off = (blocks[name].to_numpy(float) for name in ("on", "off"))
    order = np.lexsort((on, index))
    return DutyBlocks(tuple(map(str, agents)), index[order], on[order], off[order])


def _drawn_duty(configuration: Configuration, learned: Learned, streams: Streams) -> InferredDuty:
    """Return duty for the days to come: that of a day drawn from the recent ones on the same weekday, as a whole."""
    assert configuration.backtest is not None
    blocks = _by_day(learned.duty.blocks, configuration.timezone)
    local = {name: wall(blocks[name].to_numpy(float), configuration.timezone) for name in ("on", "off")}
    day = np.floor(local["on"] / DAY).astype(np.int64)
    origin = _local_day(learned.origin)
    active = np.unique(
        np.floor(wall(learned.past["created"].to_numpy(float), configuration.timezone) / DAY).astype(np.int64)
    )
    recent = active[(active >= origin - RECENT) & (active < origin)]
    slas, days = configuration.backtest.sla.values(), configuration.backtest.days
    longest = max(longest_allowed(sla, configuration.timezone, learned.origin, days) for sla in slas)
    parts = []
    for coming in range(origin, origin + days + min(math.ceil(longest / DAY), 2 * AFTER) + AFTER):
        like = recent[(recent - coming) % 7 == 0]
        if like.size:
            source = like[int(streams.uniform(Purpose.STAFFING, coming) * like.size)]
            rows = day == source
            shift = float(coming - source) * DAY
            parts.append(
                blocks[rows].assign(
                    **{name: _utc(local[name][rows] + shift, configuration.timezone) for name in ("on", "off")}
                )
            )
    drawn = pd.concat(parts, ignore_index=True) if parts else blocks.iloc[:0]
    return InferredDuty(apart(drawn), learned.duty.skills, learned.duty.vendors)


def _by_day(blocks: pd.DataFrame, timezone: str) -> pd.DataFrame:
    """Return blocks with those that no shift is as long as cut at local midnights: each day has its part of them.

    A night shift stays whole, and belongs to the day on which it begins.
    """
    long = (blocks["off"] - blocks["on"] > LONGEST).to_numpy()
    if not long.any():
        return blocks
    ends = {name: wall(blocks.loc[long, name].to_numpy(float), timezone) for name in ("on", "off")}
    cut = split(blocks[long].assign(**ends), DAY).drop(columns="cell")
    cut = cut.assign(**{name: _utc(cut[name].to_numpy(float), timezone) for name in ("on", "off")})
    return pd.concat([blocks[~long], cut], ignore_index=True)


def _local_day(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _utc(local: Array, timezone: str) -> Array:
    return to_utc(np.asarray(local, np.float64), timezone, np.arange(local.size), repeats=False, at_change=True)
