"""Which vendor an item is given to: shares, and what a changed share moves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simcap.arrivals import SPLIT_BITS
from simcap.demand.items import Split
from simcap.streams import mix
from tests.helpers import agree_share, day_of_work, scenario

IDS = mix(np.arange(100_000, dtype=np.uint64), 1)


def given_to(shares: Mapping[str, float]) -> np.ndarray:
    """Return the vendor of each item."""
    split = Split(tuple(shares), (tuple(shares.values()),))
    return np.array(list(shares))[split.code(IDS)]


@pytest.mark.parametrize(
    "shares",
    [{"a": 0.6, "b": 0.4}, {"a": 0.2, "b": 0.2, "c": 0.6}, {"a": 0.01, "b": 0.99}, {"a": 0.5, "b": 0, "c": 0.5}],
)
def test_vendors_get_their_shares(shares: Mapping[str, float]) -> None:
    vendors = given_to(shares)
    for vendor, share in shares.items():
        assert (vendors == vendor).sum() == 0 if not share else True
    positive = {vendor: share for vendor, share in shares.items() if share}
    found = [(vendors == vendor).sum() for vendor in positive]
    assert stats.chisquare(found, [share * IDS.size for share in positive.values()]).pvalue > 1e-4
    agree_share((vendors == "a").sum(), IDS.size, shares["a"], bug=0.2)


def test_the_order_of_vendors_does_not_matter() -> None:
    assert np.array_equal(given_to({"a": 0.6, "b": 0.4}), given_to({"b": 0.4, "a": 0.6}))


def test_a_moved_fifth_moves_a_fifth_and_only_one_way() -> None:
    before, after = given_to({"a": 0.6, "b": 0.4}), given_to({"a": 0.4, "b": 0.6})
    moved = before != after
    assert set(zip(before[moved], after[moved], strict=True)) == {("a", "b")}
    agree_share(moved.sum(), IDS.size, 0.2)


def test_a_new_vendor_takes_only_what_it_takes() -> None:
    before, after = given_to({"a": 0.6, "b": 0.4}), given_to({"a": 0.45, "b": 0.3, "c": 0.25})
    assert set(after[before != after]) == {"c"}
    agree_share((after == "c").sum(), IDS.size, 0.25)
    for vendor, share in {"a": 0.6, "b": 0.4}.items():
        agree_share((before[after == "c"] == vendor).sum(), (after == "c").sum(), share)


shares_of_three = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda x: np.array(x) / sum(x))


@given(shares_of_three, shares_of_three)
def test_items_move_only_towards_vendors_that_gain_on_the_one_they_leave(before: np.ndarray, after: np.ndarray) -> None:
    ids = IDS[:3000]
    code = Split(("a", "b", "c"), (tuple(before.tolist()), tuple(after.tolist()))).code(ids)
    old, new = code & 255, code >> SPLIT_BITS & 255
    gain = after / before
    moved = old != new
    assert (gain[new[moved]] >= gain[old[moved]] * (1 - 1e-12)).all()


def test_allocation_is_independent_of_content_and_the_same_for_any_volume() -> None:
    base = {
        "queues.mail.arrivals": "{per_day: 30_000}",
        "queues.mail.handle_time": "{exponential: 1 min}",
        "routing.allocation": "{mail: {north: 60%, south: 40%}}",
        "vendors.south.teams.far": "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}",
    }
    items, _ = day_of_work(scenario(base))
    north, south = items[items["split"] == 0], items[items["split"] == 1]
    assert stats.ks_2samp(north["content"], south["content"]).pvalue > 1e-4
    assert stats.ks_2samp(north["time"], south["time"]).pvalue > 1e-4
    agree_share(north.size, items.size, 0.6)


def test_each_epoch_has_its_own_split_and_vendors_that_come_later_are_known_from_the_start() -> None:
    event = "{allocation: {queue: mail, from: %s, shares: {north: %s, south: %s}}}"
    plan = scenario(
        {
            "queues.mail.arrivals": "{per_day: 30_000}",
            "routing.allocation": "{mail: {north: 100%}}",
            "vendors.south.teams.far": "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}",
            "events.second": event % ("2026-10-08", "30%", "70%"),
            "events.first": event % ("2026-10-06", "60%", "40%"),
        }
    )
    items, _ = day_of_work(plan)
    by_epoch = [(items["split"] >> SPLIT_BITS * epoch) & 255 for epoch in range(3)]
    for south, share in zip(by_epoch, (0.0, 0.4, 0.7), strict=True):
        agree_share(south.sum(), items.size, share) if share else None
        assert share or not south.any()
    assert (by_epoch[2] >= by_epoch[1]).all()
