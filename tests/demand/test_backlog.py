"""What waits at the start: ages, and expiry on condition of having waited so long."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.demand.demand import Demand
from simcap.streams import Streams
from simcap.units import HOUR
from tests.helpers import NOWHERE, plain, scenario


def backlog(items: int = 20_000, **more: Any) -> tuple[Any, Any]:
    changes = {f"queues.mail.{name}": value for name, value in more.items()}
    plan = scenario({"queues.mail.backlog": {"items": items, "oldest": "3 h"}, **changes})
    return Demand(plan, NOWHERE).backlog(0, Streams(1, 0))


def test_ages_are_uniform_and_the_oldest_comes_first() -> None:
    items, _ = backlog(handle_time="{exponential: 1 min}")
    ages = items["time"]
    assert stats.kstest(ages / (3 * HOUR), "uniform").pvalue > 1e-4
    assert (np.diff(ages) <= 0).all()
    assert abs(np.corrcoef(ages, items["content"])[0, 1]) < 4 / np.sqrt(items.size)
    assert stats.kstest(items["content"], stats.expon(scale=60).cdf).pvalue > 1e-4
    assert (items["patience"] == np.inf).all()
    assert np.unique(items["id"]).size == items.size


def test_a_larger_backlog_keeps_the_items_of_a_smaller_one() -> None:
    small, large = backlog(1000)[0], backlog(1100)[0]
    kept = large[np.isin(large["id"], small["id"])]
    assert np.array_equal(np.sort(kept["id"]), np.sort(small["id"]))
    assert dict(zip(kept["id"], kept["time"], strict=True)) == dict(zip(small["id"], small["time"], strict=True))


@pytest.mark.parametrize(
    ("after", "known"),
    [
        ("{exponential: 2 h}", stats.expon(scale=7200)),
        ("{uniform: [1 h, 5 h]}", stats.uniform(3600, 4 * 3600)),
        ("{gamma: {mean: 2 h, cv: 0.5}}", stats.gamma(4, scale=1800)),
        ("{weibull: {mean: 4 h, cv: 1.0}}", stats.expon(scale=4 * 3600)),
    ],
)
def test_expiry_is_later_than_the_age_and_conditional_on_it(after: str, known: Any) -> None:
    items, _ = backlog(expires={"after": plain(after)})
    age, expires = items["time"], items["patience"]
    assert (expires >= age).all()
    rank = (known.cdf(expires) - known.cdf(age)) / known.sf(age)
    assert stats.kstest(rank, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(rank, age)[0, 1]) < 4 / np.sqrt(items.size)


def test_constant_expiry_stays() -> None:
    assert (backlog(expires={"after": {"constant": "3 h"}})[0]["patience"] == 3 * HOUR).all()


def test_backlog_has_follow_up_work_and_no_items_is_fine() -> None:
    items, table = backlog(then={"mail": {"share": "30%"}})
    assert table.size > 0.9 * 0.3 / 0.7 * items.size
    nothing, none = backlog(0)
    assert nothing.size == none.size == 0
