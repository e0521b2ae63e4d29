"""Blanks in values count once: what would be tried at each of thousands of them would take minutes."""

from __future__ import annotations

import pytest

from simcap import units
from simcap.scenario.schema.business_hours import parse_span
from simcap.scenario.schema.quantities import parse_rate


def test_blanks_within_a_rate_or_a_span_do_no_harm() -> None:
    assert parse_rate(" 9%   per  month ") == units.parse_rate("9% per month")
    assert parse_span("Mon - Fri   09:00 -  18:00") == parse_span("Mon - Fri 09:00 - 18:00")


def test_many_blanks_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="is not an attrition rate"):
        parse_rate("9% per" + " " * 30_000 + "x")
    with pytest.raises(ValueError, match="is not a span of business hours"):
        parse_span("Mon" + " " * 100_000 + "x")
