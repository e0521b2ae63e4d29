"""What an option takes: the last day on which it can be decided, and notice."""

from __future__ import annotations

from typing import Any

import pytest

from simcap.report.review.takes import takes
from simcap.scenario.schema.scenario import Scenario
from tests.report.made import changed

NOTICE = {"currency": "USD", "price": {"per_productive_hour": 14}, "notice": "60 days"}


def plan(**changes: Any) -> Scenario:
    """Return the made-up programme, with a notice in the north."""
    document = changed(**changes)
    document["vendors"]["north"]["contract"] = NOTICE
    return Scenario.model_validate(document)


def with_event(name: str, event: dict[str, Any]) -> Scenario:
    return plan(events=changed()["events"] | {name: event})


def test_a_variant_without_dates_is_in_force_from_the_first_day() -> None:
    found = takes(plan(), plan(routing={"allocation": {"listings": {"north": "50%", "south": "50%"}}}))
    assert found.last_day is None
    assert found.words == (
        "in force from the first day, so decide before 5 October; north’s contract has a notice of 60 days"
    )


def test_an_event_is_decided_by_the_day_on_which_it_begins() -> None:
    shares = {"queue": "listings", "from": "2026-11-30", "shares": {"north": "40%", "south": "60%"}}
    found = takes(plan(), with_event("reshare", {"allocation": shares}))
    assert found.words == ("decide by 30 November (reshare begins then); north’s contract has a notice of 60 days")


def test_a_cut_is_ordered_on_its_day_and_takes_effect_after_notice() -> None:
    cut = with_event("cut", {"headcount": {"team": "manila", "change": -5, "from": "2026-12-14"}})
    assert takes(plan(), cut).words == (
        "decide by 15 October (cut is ordered then); north’s contract has a notice of 60 days; "
        "after notice, manila is smaller from 14 December"
    )


def test_a_cut_that_waits_for_its_notice_is_ordered_when_the_scenario_says() -> None:
    cut = {"team": "manila", "change": -5, "from": "2026-10-12", "ordered": "2026-10-08"}
    assert takes(plan(), with_event("cut", {"headcount": cut})).words == (
        "decide by 8 October (cut is ordered then); north’s contract has a notice of 60 days; "
        "after notice, manila is smaller from 7 December"
    )


def test_a_class_is_ordered_its_lead_time_ahead() -> None:
    vendors = changed()["vendors"]
    group = {"start": "2026-11-02", "team": "manila", "size": 8, "training": "3 weeks"}
    vendors["north"]["hiring"]["classes"]["nov"] = group
    backfill = {"review": "1 week", "class_size": 8, "lead_time": "5 weeks", "training": "3 weeks"}
    vendors["north"]["hiring"]["backfill"] = backfill
    found = takes(plan(), plan(vendors=vendors))
    assert found.words == (
        "decide by 28 September, before the horizon begins (class nov is ordered then, 5 weeks ahead)"
    )


def test_what_the_base_has_takes_nothing() -> None:
    assert takes(plan(), plan()).words == "in force from the first day, so decide before 5 October"


@pytest.mark.parametrize("change", [5, -5])
def test_only_a_cut_has_notice(change: int) -> None:
    event = {"headcount": {"team": "krakow", "change": change, "from": "2026-10-12"}}
    assert ("after notice" in takes(plan(), with_event("more", event)).words) == (change < 0)
