"""Other values at dotted paths, and what may stand under `uncertain`."""

from __future__ import annotations

from typing import Any

import pytest

from simcap.errors import ScenarioError
from simcap.scenario.reading.varying import ends, is_duration, is_rate, resolve, vary
from simcap.scenario.schema.quantities import Uncertainty
from tests.helpers import BASE, plain


def document() -> dict[str, Any]:
    found: dict[str, Any] = plain(BASE)
    found["queues"]["mail"]["sla"] = {"1.5 h": {"measure": "wait", "within": "90 min", "target": "90%", "per": "week"}}
    found["vendors"]["north"]["attrition"] = {"per_year": "40%"}
    return found


@pytest.mark.parametrize(
    ("path", "keys", "left"),
    [
        ("queues.mail.sla.1.5 h.target", ("queues", "mail", "sla", "1.5 h", "target"), []),
        ("vendors.north.teams.day.skills.0", ("vendors", "north", "teams", "day", "skills", 0), []),
        ("vendors.north.teams.day.skills.7", ("vendors", "north", "teams", "day", "skills"), ["7"]),
        ("queues.chat.arrivals", ("queues",), ["chat", "arrivals"]),
    ],
)
def test_a_path_is_followed_as_far_as_it_goes(path: str, keys: tuple[str | int, ...], left: list[str]) -> None:
    assert resolve(document(), path) == (keys, left)


def test_numbers_are_written_as_their_place_reads_them() -> None:
    given = document()
    found = vary(
        given,
        {
            "queues.mail.handle_time.constant": 90.0,
            "vendors.north.teams.day.agents": 7.6,
            "queues.mail.arrivals.per_day": 12,
            "vendors.north.attrition.per_year": 1e-8,
        },
    )
    assert found.queues["mail"].handle_time.constant == 90
    assert found.vendors["north"].teams["day"].agents == 8
    arrivals, attrition = found.queues["mail"].arrivals, found.vendors["north"].attrition
    assert arrivals is not None
    assert attrition is not None
    assert arrivals.per_day == (12,)
    assert attrition.per_year == pytest.approx(1e-8)
    assert given == document(), "which stays as it was"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("queues.chat.arrivals", 5, "the scenario gives no 'chat.arrivals' under queues; known here: mail"),
        ("queues.mail.arivals", 5, "the scenario gives no 'arivals' under queues.mail; did you mean 'arrivals'?"),
        ("vendors.north.teams.day.agents", -5, "vendors.north.teams.day.agents: "),
    ],
)
def test_what_cannot_be_varied_is_told(path: str, value: object, said: str) -> None:
    with pytest.raises(ScenarioError, match=path.split(".")[0]) as told:
        vary(document(), {path: value})
    assert said in str(told.value)


def test_durations_and_rates_are_known_by_how_they_are_written() -> None:
    assert [is_duration(value) for value in ("5 min", "5%", 5)] == [True, False, False]
    assert [is_rate(value) for value in ("40% per year", "40%", 5)] == [True, False, False]


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [
        ({"uniform": [20, 30]}, 20, 30),
        ({"lognormal": {"mean": 10, "cv": 0.5}}, 10 / 1.25**0.5 / 10.62, 10 / 1.25**0.5 * 10.62),
        ({"gamma": {"mean": 10, "cv": 0.01}}, 9.51, 10.51),
    ],
)
def test_draws_are_checked_to_their_far_ends(given: dict[str, Any], low: float, high: float) -> None:
    assert ends(Uncertainty.model_validate(given)) == pytest.approx((low, high), rel=2e-3)
