"""Items that are taken ahead of older ones: a share of a queue's, and nothing else is drawn otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.floor.state import ANY_EXPIRES, HEAD_EXPIRES
from simcap.scenario.grid import Grid
from simcap.streams import Streams
from simcap.world.build import floor_plan
from tests.helpers import NOWHERE, agree_share, scenario

PLAN: dict[str, Any] = {
    "queues.mail": {
        "arrivals": {"per_day": 20_000},
        "handle_time": {"gamma": {"mean": "6 min", "cv": 0.7}},
        "expires": {"after": {"constant": "2 days"}},
        "then": {"appeals": {"share": "30%", "after": {"constant": "1 h"}}},
        "backlog": {"items": 500, "oldest": "3 h"},
    },
    "queues.appeals": {"handle_time": {"gamma": {"mean": "8 min", "cv": 0.7}}},
}


def drawn(ahead: dict[str, float]) -> tuple[Any, Any]:
    demand = Demand(scenario(PLAN), NOWHERE, ahead)
    items, table = demand.draw(demand.day(0), Streams(1, 0))
    return items.copy(), table.copy()


def going(rows: Any) -> NDArray[np.bool_]:
    return np.asarray(rows["goes_ahead"] == 1)


def test_the_share_goes_ahead_of_first_items_and_of_those_that_follow() -> None:
    items, table = drawn({"mail": 0.2, "appeals": 0.5})
    agree_share(going(items).sum(), items.size, 0.2, bug=0.1)
    agree_share(going(table).sum(), table.size, 0.5, bug=0.2)


def test_who_goes_ahead_moves_nothing_else() -> None:
    some, none = drawn({"mail": 0.2}), drawn({})
    assert not any(going(rows).any() for rows in none)
    assert not going(some[1]).any()
    for rows in some:
        rows["goes_ahead"] = 0
    assert [rows.tobytes() for rows in some] == [rows.tobytes() for rows in none]


def test_a_larger_share_keeps_those_of_a_smaller_one() -> None:
    small, large = (going(drawn({"mail": share})[0]) for share in (0.2, 0.3))
    assert (large | ~small).all()
    assert large.sum() > small.sum()


def test_nothing_of_a_backlog_goes_ahead() -> None:
    demand = Demand(scenario(PLAN), NOWHERE, {"mail": 0.5})
    assert not going(demand.backlog(0, Streams(1, 0))[0]).any()


@pytest.mark.parametrize(("ahead", "expiry"), [(0.0, HEAD_EXPIRES), (0.2, ANY_EXPIRES)])
def test_where_some_go_ahead_items_do_not_expire_in_order_of_the_line(ahead: float, expiry: int) -> None:
    plan = scenario(PLAN)
    floor = floor_plan(plan, Demand(plan, NOWHERE, {"mail": ahead}), Grid(plan.horizon, hourly=False))
    assert floor.queues[0].expiry == expiry
    assert floor.queues[0].some_go_ahead == (ahead > 0)
