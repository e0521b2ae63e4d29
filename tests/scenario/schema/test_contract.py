"""What a contract may say: one way of pricing, bands that rise, credits in steps."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simcap.scenario.schema.contract import Contract, Price, ServiceCredits


@pytest.mark.parametrize(
    ("price", "said"),
    [
        ({}, "exactly one of per_productive_hour, per_fte_month, per_item"),
        (
            {"per_productive_hour": 9, "per_fte_month": 900},
            "exactly one of per_productive_hour, per_fte_month, per_item",
        ),
        ({"per_item": {"mail": []}}, "per_item.mail: every band but the last needs `up_to`, and the last has none"),
        ({"per_item": {"mail": [{"up_to": 5, "at": 1}]}}, "per_item.mail: every band but the last needs `up_to`"),
        ({"per_item": {"mail": [{"at": 2}, {"at": 1}]}}, "per_item.mail: every band but the last needs `up_to`"),
        ({"per_item": {"mail": [{"up_to": n, "at": 1} for n in (5, 5)] + [{"at": 1}]}}, "the bands' `up_to` must rise"),
        ({"per_item": {"mail": [{"up_to": n, "at": 1} for n in (9, 5)] + [{"at": 1}]}}, "the bands' `up_to` must rise"),
    ],
)
def test_a_price_is_charged_one_way_in_bands_that_rise(price: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("`", ".").replace("'", ".")):
        Price.model_validate(price)


def test_bands_are_read_as_they_stand() -> None:
    bands = [{"up_to": 1000, "at": 2}, {"up_to": 5000, "at": "1.5"}, {"at": 1}]
    with pytest.raises(ValidationError, match="at"):
        Price.model_validate({"per_item": {"mail": bands}})
    bands[1]["at"] = 1.5
    found = Price.model_validate({"per_item": {"mail": bands}}).per_item
    assert found is not None
    assert [(band.up_to, band.at) for band in found["mail"]] == [(1000, 2), (5000, 1.5), (None, 1)]


def test_a_contract_binds_to_nothing_that_it_does_not_say() -> None:
    plain = Contract.model_validate({"currency": "USD"})
    assert (plain.notice, plain.price, plain.ramp_limit, plain.service_credits) == (0.0, None, None, None)
    for currency in ("US", "DOLLAR"):
        with pytest.raises(ValidationError, match="currency"):
            Contract.model_validate({"currency": currency})
    with pytest.raises(ValidationError, match="hires_per_month"):
        Contract.model_validate({"currency": "USD", "ramp_limit": {"hires_per_month": 0}})


def test_credits_name_their_slas_and_steps() -> None:
    whole = {"sla": ["mail / 4 h"], "steps": [{"below": "95%", "credit": "5%"}]}
    found = ServiceCredits.model_validate(whole | {"earn_back": {"above": "98%", "months": 3}})
    assert (found.steps[0].below, found.steps[0].credit, found.per) == (0.95, 0.05, "month")
    for missing in ("sla", "steps"):
        with pytest.raises(ValidationError, match=missing):
            ServiceCredits.model_validate(whole | {missing: []})
