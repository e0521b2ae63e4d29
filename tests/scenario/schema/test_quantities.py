"""The kinds of value, as the models read them."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import TypeAdapter, ValidationError

from simcap import units
from simcap.scenario.schema.contract import Price
from simcap.scenario.schema.quantities import Date, DistributionSpec, LocalTime, Quantity, Uncertainty
from simcap.scenario.schema.vendors import Attrition, Ramp, Shift, Shrinkage, parse_days
from simcap.scenario.schema.zones import is_time_zone


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("2026-10-05", dt.datetime(2026, 10, 5)),
        ("2026-10-05 09:30", dt.datetime(2026, 10, 5, 9, 30)),
        (dt.date(2026, 10, 5), dt.datetime(2026, 10, 5)),
    ],
)
def test_local_time(value: object, seen: dt.datetime) -> None:
    assert TypeAdapter(LocalTime).validate_python(value) == seen


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (LocalTime, "2026-10-05T09:00Z", "has no offset; leave it out"),
        (LocalTime, 20261005, "is not a date; write 2026-10-05"),
        (Date, "2026-10-05 09:00", "has a clock time; give the date alone"),
        (Quantity, "many", "is not a quantity; write a number, a share"),
        (Quantity, True, "is not a quantity"),
    ],
)
def test_refused_values(kind: object, value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(("value", "seen"), [(3, 3.0), ("35%", 0.35), ("2 h", 7200.0)])
def test_quantity(value: object, seen: float) -> None:
    assert TypeAdapter(Quantity).validate_python(value) == seen


def test_family() -> None:
    assert DistributionSpec.model_validate({"gamma": {"mean": "6 min", "cv": 0.7}}).family == "gamma"
    assert Uncertainty.model_validate({"uniform": ["35%", "60%"]}).uniform == (0.35, 0.6)


@pytest.mark.parametrize(
    ("model", "value", "message"),
    [
        (DistributionSpec, {}, "exactly one of constant, .*; none is given"),
        (
            DistributionSpec,
            {"mixture": {"a": {"share": "30%", "exponential": "1 s"}, "b": {"share": "60%", "exponential": "9 s"}}},
            "sum to 90.0000%; they must sum to 100%",
        ),
        (
            DistributionSpec,
            {"mixture": {"a": {"share": "30%"}, "b": {"share": "70%", "exponential": "9 s"}}},
            "a part of a mixture needs exactly one of exponential, .*; none is given",
        ),
        (DistributionSpec, {"mixture": {"a": {"share": "100%", "exponential": "1 s"}}}, "at least 2 items"),
        (DistributionSpec, {"constant": "1 s", "exponential": "1 s"}, "constant and exponential are given"),
        (Price, {"per_item": {"a": [{"up_to": 5, "at": 1}]}}, "every band but the last needs `up_to`"),
        (Price, {"per_item": {"a": [{"up_to": 5, "at": 1}, {"up_to": 5, "at": 1}, {"at": 1}]}}, "`up_to` must rise"),
        (Attrition, {"hazard": {"1-13 weeks": "9% per month"}}, "must begin at tenure 0"),
        (Attrition, {"hazard": {"0-13 weeks": "9% per month"}}, "the last range must be open"),
        (Attrition, {"hazard": {"0-13 weeks": "9% per month", "14+ weeks": "1% per month"}}, "a gap or an overlap"),
        (Ramp, {"start": "50%", "reaches": "40%", "after": "1 week"}, "a ramp rises"),
        (Ramp, {"start": "50%"}, "needs start, reaches and after, or `steps`"),
        (Ramp, {"steps": ["50%"], "shape": "linear"}, "not both"),
        (Ramp, {"start": "50%", "reaches": "100%", "after": "1 week", "shape": "exponential"}, "only approaches 100%"),
        (Shift, {"always": True, "days": "Mon"}, "takes no days"),
        (Shift, {"days": "Mon", "start": "09:00"}, "needs days, start and length"),
    ],
)
def test_refused_models(model: type[DistributionSpec], value: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        model.model_validate(value)


def test_hazard_is_a_table_of_rows() -> None:
    hazard = Attrition.model_validate({"hazard": {"13+ weeks": "0% per week", "0-13 weeks": "50% per week"}}).hazard
    assert hazard is not None
    assert [row[:2] for row in hazard] == [(0.0, 13 * units.WEEK), (13 * units.WEEK, float("inf"))]


@pytest.mark.parametrize(("value", "seen"), [("8%", (0.08,)), ({"weekly": [0.1, "14%"]}, (0.1, 0.14))])
def test_absence(value: object, seen: tuple[float, ...]) -> None:
    assert Shrinkage.model_validate({"absence": value}).absence == pytest.approx(seen)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Mon-Fri", frozenset(range(5))),
        ("sat - mon", frozenset({5, 6, 0})),
        ("Mon, Wed,Fri", frozenset({0, 2, 4})),
        ("5 of 7", (5, 7)),
    ],
)
def test_days(text: str, seen: object) -> None:
    assert parse_days(text) == seen


@pytest.mark.parametrize("text", ["", "Mo", "Mon-Tue-Wed", "0 of 7", "8 of 7"])
def test_refused_days(text: str) -> None:
    with pytest.raises(ValueError, match=r"write (for example )?'"):
        parse_days(text)


@pytest.mark.parametrize(
    ("name", "known"),
    [("Asia/Manila", True), ("UTC", True), ("Europe", False), ("../UTC", False), ("a\0b", False), ("", False)],
)
def test_time_zone(name: str, known: bool) -> None:
    assert is_time_zone(name) is known
