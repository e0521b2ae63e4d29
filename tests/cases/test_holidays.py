"""A team that works all week loses a holiday or its substitute, never both."""

from __future__ import annotations

import pytest

from simcap.api import change
from tests.helpers import watch
from tests.real.published import ROOT, needs

CASE = ROOT.parent / "shared" / "cases" / "31-holiday-substitute" / "hGB.yaml"


@needs(CASE)
@pytest.mark.parametrize(
    ("holidays", "off"),
    [
        ("GB", [25, 26]),
        ({"country": "GB"}, [25, 26]),
        ({"country": "GB", "observed": "substitute"}, [25, 28]),
        ({"country": "GB", "observed": "both"}, [25, 26, 28]),
    ],
)
def test_two_days_are_off(holidays: object, off: list[int]) -> None:
    plan = change(CASE, {"vendors": {"v": {"teams": {"t": {"holidays": holidays}}}}}, name="days off").scenario
    tally, _ = watch(plan)
    days = [(day, hours) for day, hours in zip(tally.grid.days, tally.by_team["floor"][0, :-1] / 3600, strict=True)]
    assert [day.day for day, hours in days if day.month == 12 and hours == 0] == off
    assert [day for day, hours in days if day.month in (10, 11) and hours == 0] == []
