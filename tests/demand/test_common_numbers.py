"""Common random numbers: what changes in a scenario changes nothing else, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.demand.demand import Demand
from simcap.demand.points import write_uniforms
from simcap.streams import Streams, uniforms
from simcap.units import DAY
from tests.helpers import NOWHERE, agree, day_of_work, scenario

RICH: dict[str, Any] = {
    "queues.mail": {
        "arrivals": {"per_day": 2000, "profile": "marketplace", "busyness": {"cv": "20%", "correlation": "50%"}},
        "handle_time": {"gamma": {"mean": "6 min", "cv": 0.7}},
        "expires": {"after": {"exponential": "2 days"}},
        "then": {"appeals": {"share": "9%", "after": {"lognormal": {"mean": "18 h", "cv": 1.2}}}},
        "errors": {"tenured": "2%", "new": "9%", "appeal_share": "50%", "to": "appeals"},
    },
    "queues.appeals": {"handle_time": {"gamma": {"mean": "8 min", "cv": 0.7}}, "then": {"mail": {"share": "5%"}}},
    "routing.allocation": {"mail": {"north": "60%", "south": "40%"}},
    "vendors.south.teams.late": {
        "timezone": "UTC",
        "agents": 1,
        "skills": ["mail", "appeals"],
        "shift": {"always": True},
    },
}
OWN = ("id", "time", "content", "patience", "error_draw", "queue", "split", "children", "if_wrong", "goes_ahead")


def family(row: Any, table: Any) -> tuple[Any, ...]:
    """Return an item with all that may follow it, as plain values."""
    children = table[row["child"] : row["child"] + row["children"]]
    return (*(row[name].item() for name in OWN if name != "children"), *(family(child, table) for child in children))


def families(items: Any, table: Any) -> dict[int, tuple[Any, ...]]:
    return {int(row["id"]): family(row, table) for row in items}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("factor", [1.001, 1.1, 3])
def test_more_volume_keeps_every_item_with_all_that_follows(seed: int, factor: float) -> None:
    raised = {**RICH, "queues.mail": {**RICH["queues.mail"]}}
    raised["queues.mail"]["arrivals"] = {**RICH["queues.mail"]["arrivals"], "per_day": 2000 * factor}
    for day in (0, 20):
        before = families(*day_of_work(scenario(RICH), day, seed))
        after = families(*day_of_work(scenario(raised), day, seed))
        assert before.items() <= after.items()
        more = len(after) - len(before)
        mean = (factor - 1) * len(before)
        assert abs(more - mean) < 5 * np.sqrt(mean * factor) + 2


def test_a_tenth_more_volume_adds_a_tenth() -> None:
    sizes = [
        sum(day_of_work(scenario({"queues.mail.arrivals": {"per_day": rate}}), day)[0].size for day in range(7))
        for rate in (50_000, 55_000)
    ]
    agree(sizes[1] - sizes[0], np.sqrt(35_000), 35_000, bug=0.05)


@pytest.mark.parametrize(
    "change",
    [
        {"queues.mail.arrivals.profile": "social"},
        {"queues.mail.arrivals.busyness": "{cv: 35%, correlation: 20%}"},
        {"events.peak": {"surge": {"from": "2026-10-05 06:00", "for": "9 h", "factor": 0.4}}},
        {"queues.mail.arrivals.growth": "3%"},
    ],
)
def test_whatever_changes_the_rate_keeps_the_items_that_remain(change: dict[str, Any]) -> None:
    before, after = (families(*day_of_work(scenario({**RICH, **more}), 8)) for more in ({}, change))
    common = before.keys() & after.keys()
    assert len(common) > 0.3 * len(before)
    assert all(before[item] == after[item] for item in common)


def test_another_queue_leaves_the_others_as_they_were() -> None:
    before = families(*day_of_work(scenario(RICH)))
    late = {"arrivals": {"per_day": 3000}, "handle_time": {"constant": "1 min"}}
    plan = scenario({**RICH, "queues.zebra": late})
    first = scenario({"queues": {"ant": late}} | RICH)
    for more, shift in ((plan, 0), (first, 1)):
        items, table = day_of_work(more)
        own = items[items["queue"] != list(more.queues).index("zebra" if not shift else "ant")]
        for rows in (own, table):
            rows["queue"] -= shift
        assert families(own, table) == before


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"queues.mail.handle_time": "{constant: 1 min}"}, ("id", "time", "patience", "error_draw", "split")),
        ({"queues.mail.expires": None}, ("id", "time", "content", "error_draw", "split", "children")),
        ({"queues.mail.then": "{}"}, ("id", "time", "content", "patience", "error_draw", "split")),
        ({"routing.allocation": None}, ("id", "time", "content", "patience", "error_draw", "children")),
        ({"vendors.north.teams.day.agents": 50}, OWN),
    ],
)
def test_one_property_of_items_does_not_shift_another(change: dict[str, Any], same: tuple[str, ...]) -> None:
    plans = [scenario({**RICH, **more}) for more in ({}, change)]
    before, after = (day_of_work(plan)[0] for plan in plans)
    for name in same:
        assert np.array_equal(before[name], after[name]), name


@pytest.mark.parametrize("removal", [False, True], ids=["all", "with a classifier"])
def test_a_day_that_is_cut_short_keeps_what_comes_before(removal: bool) -> None:
    classifier = {"automation": {"queue": "mail", "from": "2026-10-05 06:00", "removes": "30%"}}
    demand = Demand(scenario({**RICH, "events": {"live": classifier} if removal else {}}), NOWHERE)
    day, noon = demand.day(0), demand.day(0).start + DAY / 2
    whole, cut = demand.draw(day, Streams(1, 0)), demand.draw(day, Streams(1, 0), until=noon)
    before = {key: row for key, row in families(*whole).items() if row[1] < noon}
    assert 0 < len(before) < whole[0].size
    assert families(*cut) == before


def test_replications_and_seeds_are_others() -> None:
    first = day_of_work(scenario(RICH), seed=1)[0]
    second = day_of_work(scenario(RICH), seed=2)[0]
    next_day = day_of_work(scenario(RICH), 1)[0]
    assert not np.intersect1d(first["id"], second["id"]).size
    assert not np.intersect1d(first["id"], next_day["id"]).size


def test_the_compiled_hash_is_that_of_the_streams() -> None:
    keys = np.array([0, 1, 2**63, 2**64 - 1, 12345678901234567890], np.uint64)
    for salt in (1, 11, 42):
        drawn = np.empty(keys.size)
        write_uniforms(keys, salt, drawn)
        assert drawn.tolist() == uniforms(keys, salt).tolist()
