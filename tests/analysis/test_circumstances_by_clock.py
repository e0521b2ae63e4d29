"""What held while items came: each by the clock that dates it, told in the horizon's."""

from __future__ import annotations

import datetime as dt
from typing import Any

from simcap.analysis.circumstances import circumstances
from simcap.scenario.schema.scenario import Scenario

HOURS = [dt.datetime(2026, 11, 2) + dt.timedelta(hours=hour) for hour in range(14 * 24)]
SHIFT = {"days": "Mon-Fri", "start": "09:00", "length": "8 h"}


def _scenario(events: dict[str, Any], **team: Any) -> Scenario:
    arrivals = {"per_week": 1000}
    return Scenario.model_validate(
        {
            "name": "zones",
            "horizon": {"start": "2026-11-02", "weeks": 2, "timezone": "Europe/London"},
            "queues": {
                "manila": {"arrivals": arrivals | {"timezone": "Asia/Manila"}, "handle_time": {"constant": "60 s"}},
                "london": {"arrivals": arrivals, "handle_time": {"constant": "60 s"}},
                "other": {"arrivals": arrivals, "handle_time": {"constant": "60 s"}},
            },
            "vendors": {
                "v": {
                    "shrinkage": {"absence": "5%"},
                    "teams": {
                        "t": {"timezone": "Asia/Manila", "agents": 5, "skills": ["manila", "london"], "shift": SHIFT}
                        | team,
                        "elsewhere": {"timezone": "UTC", "agents": 5, "skills": ["other"], "shift": SHIFT},
                    },
                }
            },
            "events": events,
        }
    )


def _spans(scenario: Scenario, queue: str) -> list[tuple[str, dt.datetime, dt.datetime, str]]:
    """Return the kind, the first and the last hour and the words of what held for a queue."""
    found = []
    for one in circumstances(scenario, queue, "", HOURS):
        inside = [hour for hour, held in zip(HOURS, one.inside, strict=True) if held]
        found.append((one.kind, inside[0], inside[-1], one.words))
    return found


def test_an_event_that_ends_at_midnight_ends_on_its_own_day() -> None:
    for begin, length, told in [
        ("2026-11-09", "1 day", "(9 November)"),
        ("2026-11-09 18:00", "6 h", "(9 November, 18:00 to 24:00)"),
        ("2026-11-09 00:00", "6 h", "(9 November, 00:00 to 06:00)"),
        ("2026-11-09", "2 days", "(9 November to 10 November)"),
    ]:
        scenario = _scenario({"viral": {"surge": {"queue": "london", "from": begin, "for": length, "factor": 2}}})
        assert [words for *_, words in _spans(scenario, "london")] == [f"while viral lasts {told}"]


def test_a_surge_on_several_queues_holds_by_the_clock_of_each() -> None:
    surge = {"from": "2026-11-09 12:00", "for": "4 h", "factor": 2}
    scenario = _scenario({"viral": {"surge": {"queues": ["manila", "london"], **surge}}})
    assert _spans(scenario, "london") == [
        ("surge", dt.datetime(2026, 11, 9, 12), dt.datetime(2026, 11, 9, 15),
         "while viral lasts (9 November, 12:00 to 16:00)"),
    ]  # fmt: skip
    assert _spans(scenario, "manila") == [
        ("surge", dt.datetime(2026, 11, 9, 4), dt.datetime(2026, 11, 9, 7),
         "while viral lasts (9 November, 04:00 to 08:00)"),
    ]  # fmt: skip
    assert _spans(scenario, "other") == []


def test_what_names_no_queue_holds_by_the_clock_of_the_horizon() -> None:
    scenario = _scenario({"viral": {"surge": {"from": "2026-11-09 12:00", "for": "4 h", "factor": 2}}})
    assert _spans(scenario, "manila") == _spans(scenario, "london")
    assert _spans(scenario, "manila")[0][1] == dt.datetime(2026, 11, 9, 12)


def test_a_policy_and_an_absence_begin_by_the_clock_of_whom_they_touch() -> None:
    policy = {"queue": "manila", "from": "2026-11-09", "factor": 1.5, "recovers_in": "2 days"}
    absence = {"team": "t", "from": "2026-11-04", "for": "1 day", "factor": 3}
    scenario = _scenario({"rules": {"policy_change": policy}, "flu": {"absence": absence}})
    assert [span[:3] for span in _spans(scenario, "manila")] == [
        ("policy", dt.datetime(2026, 11, 8, 16), dt.datetime(2026, 11, 10, 15)),
        ("absence", dt.datetime(2026, 11, 3, 16), dt.datetime(2026, 11, 4, 15)),
    ]
    assert _spans(scenario, "other") == []


def test_an_outage_holds_by_the_clock_of_the_team_that_it_names() -> None:
    outage = {"from": "2026-11-09 12:00", "for": "2 h"}
    scenario = _scenario({"one": {"outage": {"team": "t", **outage}}, "all": {"outage": outage}})
    assert [span[1] for span in _spans(scenario, "london")] == [
        dt.datetime(2026, 11, 9, 4), dt.datetime(2026, 11, 9, 12),
    ]  # fmt: skip
    assert [span[1] for span in _spans(scenario, "other")] == [dt.datetime(2026, 11, 9, 12)]


def test_holidays_are_those_on_which_the_team_would_work() -> None:
    days = ["2026-11-06", "2026-11-07"]  # A Friday and a Saturday.
    (found,) = _spans(_scenario({}, holidays={"add": days}), "london")
    assert found[0] == "holiday"
    assert found[3] == "on 6 November, when t has the day off"
    assert _spans(_scenario({}, holidays={"add": days, "staffed": "100%"}), "london") == []
