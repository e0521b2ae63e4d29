"""The items that come to a pick-up desk after its origin: those that came, for a replay, or drawn ones."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.calibration.backtest.desk import first_day, known_at, midnight
from simcap.calibration.backtest.pickup_desk import PickUps, simulated_until, times_created
from simcap.calibration.fits.fit import Fit, NotFitted, document_of
from simcap.calibration.fits.sharing import fit_sharing
from simcap.calibration.fits.volumes import fit_volumes
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History, hourly
from simcap.demand.demand import Demand
from simcap.errors import DataError
from simcap.scenario.data.data_files import NO_FILES
from simcap.scenario.data.instants import wall
from simcap.scenario.reading.derived import merged, validated
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.parameters import Block, Fitted
from simcap.streams import Streams
from simcap.units import DAY

Array = NDArray[np.float64]
Coming = dict[str, Array]
"""By queue, when the items after an origin are created, in order, POSIX seconds."""


def items_that_came(history: History, learned: PickUps) -> Coming:
    """Return the items that a replay is given."""
    created = history.items["created"]
    items = history.items[(created >= learned.begin) & (created < learned.steps.end)]
    return {name: np.sort(times_created(items, name)) for name in learned.queues}


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
    days = (simulated_until(configuration, origin) - origin).days
    file = _volumes(configuration, origin, days, sorted(counts), fitted)
    draw = functools.partial(_drawn, file, configuration.backtest.seed, days, begin)
    return tuple(draw(number) for number in range(replications))


def as_many_as_came(drawn: tuple[Coming, ...], came: Coming, begin: float, timezone: str) -> tuple[Coming, ...]:
    """Return drawn items, as many on each local day as came; `begin` is the midnight before the first one.

    The items of a day are chosen among those that all replications drew for it. Where these are fewer, as on a holiday
    that nobody expected, they are those that came.
    """
    generator = np.random.default_rng(len(drawn))
    found: list[Coming] = [{} for _ in drawn]
    for queue, times in came.items():
        pool = np.sort(np.concatenate([one.get(queue, np.empty(0)) for one in drawn]))
        days, pooled = (
            np.floor((wall(one, timezone) - wall(np.array([begin]), timezone)) / DAY) for one in (times, pool)
        )
        by_day = [(times[days == day], pool[pooled == day]) for day in np.unique(days)]
        for one in found:
            parts = [
                generator.choice(expected, came_.size, replace=False) if expected.size >= came_.size else came_
                for came_, expected in by_day
            ]
            one[queue] = np.sort(np.concatenate([*parts, np.empty(0)]))
    return tuple(found)


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
