"""Whether vendors have lines of their own is told from the order of pick-ups: found if so, and not if not."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.allocation import fit_allocation
from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.vendor_lines import VendorLines, vendor_lines
from simcap.units import DAY, HOUR

DAYS = 28
SHARE = 0.6
VENDORS = ("kestrel", "northstar")
Rank = Callable[[np.random.Generator, float], float]
"""The place of an item in its line, by its creation; the least is taken first."""


def by_age(_generator: np.random.Generator, created: float) -> float:
    return created


def some_ahead(generator: np.random.Generator, created: float) -> float:
    return created - (1e7 if generator.random() < 0.3 else 0.0)


def youngest(_generator: np.random.Generator, created: float) -> float:
    return -created


def at_random(generator: np.random.Generator, _created: float) -> float:
    return float(generator.random())


def log(
    seed: int,
    *,
    split: bool,
    rank: Rank = by_age,
    overflow: float = np.inf,
    agents: tuple[int, int] = (4, 9),
    parked: float = 0.0,
    load: float = 0.9,
    days: int = DAYS,
) -> pd.DataFrame:
    """Return the log of a queue of two vendors: one is on from 08:00 to 20:00, the other round the clock.

    Items come from 08:00 to midnight and take 12 min; `load` is their work against what agents can do in these hours.
    The second vendor has 60% of them where the queue is split. A share of them is `parked`: taken 20 min after it might
    have been.
    """
    generator = np.random.default_rng(seed)
    hours = np.array([12.0, 16.0])  # in which items come
    capacity = sum(count * hour for count, hour in zip(agents, hours, strict=True)) * 5
    size = generator.poisson(days * load * capacity)
    created = np.sort(generator.integers(0, days, size) * DAY + 8 * HOUR + generator.uniform(0, 16 * HOUR, size))
    owner = (generator.random(size) < SHARE).astype(int)
    place = np.array([rank(generator, moment) for moment in created.tolist()])
    late = np.where(generator.random(size) < parked, 1200.0, 0.0)
    lines: list[list[tuple[float, int]]] = [[], []]
    ready: list[tuple[float, int]] = [(created[item] + late[item], item) for item in range(size)]
    heapq.heapify(ready)
    free = [(8 * HOUR, number, vendor) for vendor, count in enumerate(agents) for number in range(count)]
    heapq.heapify(free)
    taken, done, taker = np.full(size, np.nan), np.full(size, np.nan), np.full(size, -1)
    agent = np.full(size, "", object)
    while free:
        now, number, vendor = heapq.heappop(free)
        day, hour = divmod(now, DAY)
        if day >= days:
            continue
        if vendor == 0 and not 8 * HOUR <= hour < 20 * HOUR:
            heapq.heappush(free, ((day + (hour >= 8 * HOUR)) * DAY + 8 * HOUR, number, vendor))
            continue
        while ready and ready[0][0] <= now:
            item = heapq.heappop(ready)[1]
            heapq.heappush(lines[owner[item] if split else 0], (place[item], item))
        mine = lines[vendor if split else 0]
        other = lines[1 - vendor]
        if not mine and split and other and now - created[other[0][1]] >= overflow:
            mine = other
        if mine:
            item = heapq.heappop(mine)[1]
            taken[item], taker[item], agent[item] = now, vendor, f"{VENDORS[vendor]}-{number}"
            done[item] = now + float(generator.exponential(720))
            heapq.heappush(free, (float(done[item]), number, vendor))
        else:
            heapq.heappush(free, (now + 15.0, number, vendor))
    names = np.array([*VENDORS, ""], object)[taker]
    return pd.DataFrame(
        {
            "queue": "listings",
            "created": created,
            "started": taken,
            "completed": done,
            "agent": agent,
            "expired": np.nan,
            "coarse": 0.0,
            "taker": names,
            "owner": np.array(VENDORS, object)[owner],
        }
    )


def seen(table: pd.DataFrame) -> VendorLines:
    (one,) = vendor_lines(table, table["taker"], DAYS * DAY)
    return one


def shares(one: VendorLines) -> dict[str, float]:
    (fit,) = (fit for fit in fit_allocation([one]) if isinstance(fit, Fit) and fit.estimates[0].key != ("after",))
    return {estimate.key[1]: estimate.value for estimate in fit.estimates}


@pytest.mark.parametrize("case", [{}, {"agents": (6, 7), "load": 0.6}, {"parked": 0.05}])
def test_a_split_queue_is_found_with_its_shares(case: dict[str, Any]) -> None:
    found = seen(log(1, split=True, **case))
    assert (found.verdict, found.overflow) == ("split", np.inf)
    assert shares(found) == pytest.approx({"kestrel": 1 - SHARE, "northstar": SHARE}, abs=0.015)


@pytest.mark.parametrize("after", [HOUR / 2, 2 * HOUR])
def test_overflow_is_found_though_most_work_of_one_vendor_is_done_by_the_other(after: float) -> None:
    table = log(2, split=True, overflow=after, agents=(2, 12))
    found = seen(table)
    done = (table["taker"] == "kestrel").sum() / (table["taker"] != "").sum()
    assert done < 0.2
    assert found.overflow == pytest.approx(after, rel=0.01)
    assert shares(found) == pytest.approx({"kestrel": 1 - SHARE, "northstar": SHARE}, abs=0.02)
    told = found.owner[found.owner != ""]
    assert (told == table["owner"].loc[told.index]).mean() > 0.95


@pytest.mark.parametrize(
    "case",
    [{}, {"rank": some_ahead}, {"rank": at_random}, {"parked": 0.05}, {"rank": youngest}, {"agents": (6, 7)}],
    ids=["by age", "some ahead", "at random", "some parked", "youngest first", "alike"],
)
def test_a_pool_is_found_to_be_one_in_whatever_order_it_is_worked(case: dict[str, Any]) -> None:
    found = seen(log(3, split=False, **case))
    assert found.verdict == "pool"
    assert fit_allocation([found]) == []


def test_a_queue_in_which_nothing_waits_does_not_tell() -> None:
    found = seen(log(4, split=True, agents=(4, 6), load=0.01))
    (untold,) = fit_allocation([found])
    assert isinstance(untold, NotFitted)
    assert untold.what == "routing.allocation.listings"


@pytest.mark.slow
def test_power_and_false_alarms() -> None:
    """Of 40 logs each: every split one is found, and no pool is taken for split."""
    split = [seen(log(seed, split=True, rank=some_ahead)).verdict for seed in range(40)]
    pools = [seen(log(seed, split=False, rank=at_random)).verdict for seed in range(40)]
    assert split.count("split") == 40
    assert pools.count("split") == 0
