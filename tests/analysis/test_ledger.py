"""Contracts settled by hand: every figure here was worked out on paper from the terms above it."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcap.analysis.ledger import settle
from simcap.analysis.usage import Month
from simcap.scenario.schema.contract import Contract

NAN = math.nan
LISTINGS, FRAUD = "listings / 4 h", "fraud / 1 h"


def month(first: str, **values: Any) -> Month:
    """Return a whole month with nothing in it but what is given."""
    begin = dt.date.fromisoformat(first)
    days = ((begin.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - begin.replace(day=1)).days
    usual: dict[str, Any] = {
        "part": (days, days),
        "hours": 0.0,
        "agent_days": 0.0,
        "decisions": {},
        "accuracy": NAN,
        "attained": {},
        "excused": frozenset(),
    }
    return Month(begin, **usual | values)


def contract(**terms: Any) -> Contract:
    return Contract.model_validate({"currency": "USD", **terms})


def test_hours_and_a_minimum() -> None:
    terms = contract(price={"per_productive_hour": 14.20}, minimum={"hours_per_month": 18_000})
    months = [
        month("2026-10-05", part=(27, 31), hours=15_500.004),
        month("2026-11-01", hours=18_250.5),
        month("2026-12-01", hours=0.0),
    ]
    found = settle(terms, months)
    # October owes 18,000 x 27 / 31 = 15,677.42 h, of which 177.42 h are missing.
    assert [str(one.used) for one in found] == ["220100.00", "259157.10", "0.00"]
    assert [str(one.topped_up) for one in found] == ["2519.36", "0.00", "255600.00"]
    assert [str(one.price) for one in found] == ["222619.36", "259157.10", "255600.00"]


def test_decisions_in_bands() -> None:
    terms = contract(
        price={
            "per_item": {
                "listings": [{"up_to": 1_000_000, "at": 0.19}, {"up_to": 1_500_000, "at": 0.17}, {"at": 0.15}],
                "appeals": [{"at": 3.75}],
            }
        }
    )
    months = [
        month("2026-11-01", decisions={"listings": 999_999, "appeals": 3, "other": 500}),
        month("2026-12-01", decisions={"listings": 1_600_001, "appeals": 0, "other": 0}),
        month("2027-01-01", part=(3, 31), decisions={"listings": 100_000, "appeals": 1, "other": 0}),
    ]
    # November 189,999.81 + 11.25. December 190,000 + 500,000 x 0.17 + 100,001 x 0.15.
    # January's bands end at 96,774 and 145,161 items: 96,774 x 0.19 + 3,226 x 0.17 = 18,387.06 + 548.42, and 3.75.
    assert [str(one.price) for one in settle(terms, months)] == ["190011.06", "290000.15", "18939.23"]


def test_full_time_months() -> None:
    terms = contract(price={"per_fte_month": 2350})
    months = [month("2026-11-01", agent_days=3_000.0), month("2027-01-01", part=(3, 31), agent_days=300.0)]
    # 100 agents all through November; 100 for three of 31 days: 9.68 full-time months.
    assert [str(one.price) for one in settle(terms, months)] == ["235000.00", "22748.00"]


CREDITS = {
    "sla": [LISTINGS, FRAUD],
    "steps": [{"below": "95%", "credit": "3%"}, {"below": "90%", "credit": "8%"}],
    "cap": "10%",
    "earn_back": {"above": "97%", "months": 2},
}


def credited(*attained: tuple[float, float], **more: Any) -> list[dict[str, str]]:
    """Return the credits of months of 10,000 h at 10.01, by the attainment of listings and fraud in each."""
    terms = contract(price={"per_productive_hour": 10.01}, service_credits=CREDITS, **more)
    months = [
        month(f"2026-{9 + number:02d}-01" if number < 4 else f"2027-{number - 3:02d}-01", hours=10_000.0,
              attained={LISTINGS: one, FRAUD: other})
        for number, (one, other) in enumerate(attained)
    ]  # fmt: skip
    return [
        {name.split(" ")[0]: str(credit) for name, credit in found.service_credits.items()}
        | ({"back": str(found.earned_back)} if found.earned_back else {})
        for found in settle(terms, months)
    ]


def test_the_deepest_step_counts_and_the_cap_holds() -> None:
    assert credited((0.95, 0.96)) == [{}]
    assert credited((0.9499, 0.96)) == [{"listings": "3003.00"}]
    assert credited((0.8999, 0.94)) == [{"listings": "8008.00", "fraud": "2002.00"}], "10% is left for both"
    assert credited((0.80, 0.80)) == [{"listings": "8008.00", "fraud": "2002.00"}]
    assert credited((NAN, 0.94)) == [{"fraud": "3003.00"}], "no items, no miss"


def test_two_good_months_in_a_row_earn_a_credit_back() -> None:
    assert credited((0.94, 1.0), (0.98, 1.0), (0.98, 1.0)) == [{"listings": "3003.00"}, {}, {"back": "3003.00"}]
    assert credited((0.94, 1.0), (0.98, 1.0), (0.97, 1.0)) == [{"listings": "3003.00"}, {}, {}], "97% is not above it"
    assert credited((0.94, 1.0), (0.98, 1.0)) == [{"listings": "3003.00"}, {}], "the second month is not known"
    two = credited((0.94, 1.0), (0.94, 0.94), (0.98, 0.98), (0.98, 0.98))
    assert two == [{"listings": "3003.00"}, {"listings": "3003.00", "fraud": "3003.00"}, {}, {"back": "6006.00"}]


def test_part_of_a_month_earns_nothing() -> None:
    terms = contract(
        price={"per_productive_hour": 10}, service_credits=CREDITS, quality={"target": 0.97, "credit": 0.02}
    )
    bad = {"hours": 100.0, "attained": {LISTINGS: 0.5, FRAUD: 0.5}, "accuracy": 0.9}
    part, whole = settle(terms, [month("2026-10-05", part=(27, 31), **bad), month("2026-11-01", **bad)])
    assert (part.credits, part.price) == (0, Decimal("1000.00"))
    assert (str(whole.credits), str(whole.quality_credit)) == ("120.00", "20.00")


def test_a_miss_outside_the_locked_forecast_earns_nothing() -> None:
    terms = contract(price={"per_productive_hour": 10}, service_credits=CREDITS)
    missed = {"hours": 100.0, "attained": {LISTINGS: 0.5, FRAUD: 0.94}}
    (found,) = settle(terms, [month("2026-11-01", **missed, excused=frozenset({LISTINGS}))])
    assert {name: str(credit) for name, credit in found.service_credits.items()} == {FRAUD: "30.00"}


def test_accuracy() -> None:
    terms = contract(price={"per_productive_hour": 10}, quality={"target": 0.97, "credit": 0.02})
    months = [month("2026-11-01", hours=33.33, accuracy=accuracy) for accuracy in (0.97, 0.9699, NAN)]
    assert [str(one.quality_credit) for one in settle(terms, months)] == ["0.00", "6.67", "0.00"]


@given(
    hours=st.lists(st.floats(0, 1e6, width=64), min_size=1, max_size=12),
    attained=st.lists(st.floats(0.8, 1.0), min_size=12, max_size=12),
    rate=st.floats(0.01, 500),
)
def test_whatever_comes_the_cents_add_up(hours: list[float], attained: list[float], rate: float) -> None:
    terms = contract(price={"per_productive_hour": rate}, minimum={"hours_per_month": 5e5}, service_credits=CREDITS)
    months = [
        month(f"2026-{number + 1:02d}-01", hours=one, attained={LISTINGS: good, FRAUD: attained[-1 - number]})
        for number, (one, good) in enumerate(zip(hours, attained, strict=False))
    ]
    found = settle(terms, months)
    for one in found:
        assert one.net_cost == one.used + one.topped_up - one.credits
        assert one.net_cost.as_tuple().exponent == -2
        assert sum(one.service_credits.values()) <= one.price / 10 + Decimal("0.01")
    given = sum((credit for one in found for credit in one.service_credits.values()), Decimal(0))
    back = sum((one.earned_back for one in found), Decimal(0))
    assert 0 <= back <= given
    assert sum(one.net_cost for one in found) == sum(one.price for one in found) - given + back


@pytest.mark.parametrize(("share", "due"), [(0.03, "0.30"), (0.015, "0.15"), (0.027, "0.27"), (0.0275, "0.28")])
def test_half_a_cent_goes_up(share: float, due: str) -> None:
    terms = contract(price={"per_productive_hour": 10}, quality={"target": 0.97, "credit": share})
    (found,) = settle(terms, [month("2026-11-01", hours=1.0, accuracy=0.5)])
    assert str(found.quality_credit) == due


def test_hours_on_public_holidays_are_charged_beside_those_worked() -> None:
    terms = contract(price={"per_productive_hour": 10.0}, minimum={"hours_per_month": 100})
    (found,) = settle(terms, [month("2026-11-01", hours=90.0, premium_hours=30.0)])
    assert (str(found.used), str(found.topped_up)) == ("1200.00", "100.00"), "a minimum is of hours worked"


def test_halves_are_rounded_up() -> None:
    (hours,) = settle(contract(price={"per_productive_hour": 8.0}), [month("2026-11-01", hours=0.125)])
    assert str(hours.used) == "1.04", "0.13 h"
    (cents,) = settle(contract(price={"per_productive_hour": 0.01}), [month("2026-11-01", hours=0.5)])
    assert str(cents.used) == "0.01"
    terms = contract(price={"per_productive_hour": 100.0}, minimum={"hours_per_month": 0.01})
    (owed,) = settle(terms, [month("2026-11-01", part=(15, 30))])
    assert str(owed.topped_up) == "1.00", "0.01 h"


def test_without_a_cap_credits_take_no_more_than_the_fee() -> None:
    steep = {"sla": [LISTINGS, FRAUD], "steps": [{"below": "95%", "credit": "60%"}]}
    terms = contract(price={"per_productive_hour": 10.0}, service_credits=steep)
    (found,) = settle(terms, [month("2026-11-01", hours=10.0, attained={LISTINGS: 0.9, FRAUD: 0.9})])
    assert [str(credit) for credit in found.service_credits.values()] == ["60.00", "40.00"]


def test_a_credit_is_won_back_in_the_last_of_the_good_months_whatever_follows() -> None:
    found = credited((0.94, 0.99), (0.98, 0.99), (0.98, 0.99), (0.96, 0.99), (0.94, 0.99))
    assert found == [{"listings": "3003.00"}, {}, {"back": "3003.00"}, {}, {"listings": "3003.00"}]


def test_a_minimum_of_hours_means_nothing_where_hours_have_no_price() -> None:
    terms = contract(price={"per_fte_month": 1000.0}, minimum={"hours_per_month": 100})
    (found,) = settle(terms, [month("2026-11-01", agent_days=60.0)])
    assert (found.used, found.topped_up) == (Decimal(2000), Decimal(0))
