"""A vendor that goes live later: who gets its share until then."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.arrivals import SPLIT_BITS
from simcap.scenario.relations import late_starts, split_steps
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import agree_share, day_of_work, scenario, watch

DAY = 24 * 3600.0
TEAM = "{timezone: Europe/London, agents: %d, skills: [mail], shift: {always: true}}"
BASE = {
    "horizon.days": 10,
    "queues.mail.arrivals": "{per_day: 20_000}",
    "queues.mail.handle_time": "{constant: 1 s}",
    "routing.allocation": "{mail: {north: 30%, south: 30%, new: 40%}}",
    "vendors.south.teams.there": TEAM % 1,
    "vendors.new.teams.site": TEAM % 1,
    "vendors.new.go_live": "2026-10-08",
}
LIVE = dt.datetime(2026, 10, 8)


def plan(**changes: str | None) -> Scenario:
    return scenario({**BASE, **changes})


def vendors_of(made: Scenario, epoch: int) -> np.ndarray:
    """Return the place of each item's vendor, in the order of the vendors, in an epoch of the split."""
    items, _ = day_of_work(made)
    return np.asarray(items["split"] >> (SPLIT_BITS * epoch) & ((1 << SPLIT_BITS) - 1))


def test_until_then_the_others_share_it_out_by_their_own_shares() -> None:
    made = plan()
    assert split_steps(made, "mail") == [
        (None, {"north": 0.3, "south": 0.3, "new": 0.0}),
        (LIVE, {"north": 0.3, "south": 0.3, "new": 0.4}),
    ]
    before, after = vendors_of(made, 0), vendors_of(made, 1)
    assert set(before.tolist()) == {0, 1}
    agree_share(int((before == 0).sum()), before.size, 0.5, bug=0.1)
    agree_share(int((after == 2).sum()), after.size, 0.4, bug=0.1)
    assert (after[before != after] == 2).all(), "a new vendor takes only what it takes"
    always = plan(**{"vendors.new.go_live": None})
    assert np.array_equal(after, vendors_of(always, 0))


def test_items_created_on_and_after_the_day_are_its_own() -> None:
    tally, _ = watch(plan(**{"queues.mail.arrivals": "{per_day: 300}"}))
    created = tally.by_line["created"][:, :10]
    assert tally.names.lines[2] == ("mail", "new")
    assert not created[2, :3].any()
    assert created[2, 3:].all()
    assert tally.notes == ("new goes live on 2026-10-08: until then its share of mail goes to north and south",)


@pytest.mark.parametrize("day", ["2026-10-05", "2026-09-01"])
def test_a_vendor_that_is_live_at_the_start_changes_nothing(day: str) -> None:
    made = plan(**{"vendors.new.go_live": day})
    assert split_steps(made, "mail") == split_steps(plan(**{"vendors.new.go_live": None}), "mail")
    assert list(late_starts(made)) == []


def test_a_new_split_before_the_day_counts_without_the_vendor() -> None:
    change = "{allocation: {queue: mail, from: '%s', shares: {north: 10%%, south: 40%%, new: 50%%}}}"
    made = plan(**{"events.reshare": change % "2026-10-06 12:00"})
    later = {"north": 0.1, "south": 0.4}
    assert split_steps(made, "mail")[1:] == [
        (dt.datetime(2026, 10, 6, 12), {**later, "new": 0.0}),
        (LIVE, {**later, "new": 0.5}),
    ]
    on_the_day = plan(**{"events.reshare": change % "2026-10-08"})
    assert split_steps(on_the_day, "mail")[1:] == [(LIVE, {**later, "new": 0.5})]


def test_where_nobody_else_is_there_its_work_waits() -> None:
    made = plan(**{"routing.allocation": "{mail: {new: 100%, north: 0%}}"})
    assert [shares for _, shares in split_steps(made, "mail")] == [{"new": 1.0, "north": 0.0}] * 2
    said = "new goes live on 2026-10-08: until then its share of mail waits for it, as there is no other vendor"
    assert list(late_starts(made)) == [said]


def test_two_vendors_go_live_one_after_the_other() -> None:
    made = plan(**{"vendors.south.go_live": "2026-10-10"})
    assert [sum(share > 0 for share in shares.values()) for _, shares in split_steps(made, "mail")] == [1, 2, 3]
    assert list(late_starts(made)) == [
        "south goes live on 2026-10-10: until then its share of mail goes to north",
        "new goes live on 2026-10-08: until then its share of mail goes to north",
    ]


def test_a_date_without_a_share_is_told_to_do_nothing() -> None:
    made = plan(**{"routing.allocation": "{mail: {north: 50%, south: 50%}}"})
    assert split_steps(made, "mail") == [(None, {"north": 0.5, "south": 0.5})]
    assert list(late_starts(made)) == [
        "new goes live on 2026-10-08, but no split names it at the start: the date has no effect"
    ]
