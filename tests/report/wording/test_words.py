"""Figures, dates and SLAs as people say them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from simcap.report.wording import words
from simcap.scenario.schema.queues import Sla

OFFICE = {"hours": "Mon-Fri 09:00-17:00"}


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (14.4, "14"), (999.6, "1,000"), (1236, "1,240"), (28_649, "28,600"), (5e6, "5,000,000")],
)
def test_about(number: float, said: str) -> None:
    assert words.about(number) == said


@pytest.mark.parametrize(
    ("probability", "said"), [(0, "0%"), (0.004, "<1%"), (0.78, "78%"), (0.996, ">99%"), (1, "100%")]
)
def test_chance(probability: float, said: str) -> None:
    assert words.chance(probability) == said


@pytest.mark.parametrize(
    ("share", "replications", "said"),
    [
        (0, 4, "0% [0%, 49%]"),
        (1, 4, "100% [51%, 100%]"),
        (0.75, 20, "75% [53%, 89%]"),
        (0, 400, "0% [0%, 1%]"),
        (0, 1, "0% [0%, 79%]"),
        (float("nan"), 4, "–"),
        (0, 0, "–"),
    ],
)
def test_a_chance_stands_beside_its_interval(share: float, replications: int, said: str) -> None:
    assert words.odds(share, replications) == said


@pytest.mark.parametrize(
    ("share", "replications", "said"),
    [
        (0, 4, "not seen in 4 replications"),
        (0, 1, "not seen in 1 replication"),
        (1, 1, "seen in the only replication"),
        (1, 4, "seen in all 4 replications"),
        (0.3, 10, "seen in 3 of 10 replications"),
    ],
)
def test_how_often_something_was_seen(share: float, replications: int, said: str) -> None:
    assert words.seen(share, replications) == said


@pytest.mark.parametrize(("replications", "ruled_out"), [(4, False), (20, False), (34, False), (35, True), (200, True)])
def test_few_replications_rule_nothing_out(replications: int, ruled_out: bool) -> None:
    assert words.is_ruled_out(0.0, replications, 0.10) == ruled_out
    assert not words.is_ruled_out(0.10, replications, 0.10)


@pytest.mark.parametrize(
    ("share", "target", "said"),
    [
        (0.931, 0.95, "93.1%"),
        (0.94996, 0.95, "94.9%"),
        (0.95, 0.95, "95.0%"),
        (0.9999, 1.0, "99.9%"),
        (1.0, 1.0, "100.0%"),
        (None, 0.95, "–"),
        (float("nan"), 0.95, "–"),
    ],
)
def test_an_attainment_below_target_never_reads_as_the_target(share: float | None, target: float, said: str) -> None:
    assert words.attained(share, target) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-10-05", "2026-10-05", "5 October 2026"),
        ("2026-10-05", "2026-10-11", "5 to 11 October 2026"),
        ("2026-10-05", "2026-11-01", "5 October to 1 November 2026"),
        ("2026-10-05", "2027-01-03", "5 October 2026 to 3 January 2027"),
    ],
)
def test_span_of_days(first: str, last: str, said: str) -> None:
    assert words.span_of_days(dt.date.fromisoformat(first), dt.date.fromisoformat(last)) == said


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("4 h", {}, "95% within 4 h, per week"),
        ("24h", {"within": "24 h", "target": "99.5%", "per": "month"}, "99.5% within 24h, per month"),
        ("20 s", {"within": "20 s", "measure": "wait", "per": "day"}, "95% picked up within 20 s, per day"),
        ("4 h", {"clock": "origin"}, "95% within 4 h of origin, per week"),
        ("critical", {"within": "1 h"}, "critical: 95% within 1 h, per week"),
        ("4 h", {"clock": OFFICE}, "95% within 4 business hours (Mon-Fri 09:00-17:00), per week"),
        ("office", {"within": "1 h", "clock": OFFICE},
         "office: 95% within 1 business hour (Mon-Fri 09:00-17:00), per week"),
        ("3 days", {"within": "3 days", "clock": OFFICE},
         "95% within 72 business hours (Mon-Fri 09:00-17:00), per week"),
        ("4 h", {"measure": "wait", "clock": {**OFFICE, "from": "origin", "timezone": "Europe/London"}},
         "95% picked up within 4 business hours of origin (Mon-Fri 09:00-17:00 Europe/London), per week"),
        ("90 min", {"within": "90 min", "clock": {"hours": ["Mon-Fri 09:00-17:00", "Sat 10:00-14:00"]}},
         "95% within 90 min of business hours (Mon-Fri 09:00-17:00 and Sat 10:00-14:00), per week"),
        ("4 h", {"clock": {"hours": ["Mon-Thu 09:00-17:00", "Fri 09:00-15:00", "Sat 10:00-14:00"]}},
         "95% within 4 business hours (Mon-Thu 09:00-17:00 and 2 more), per week"),
    ],
)  # fmt: skip
def test_terms_of_an_sla(name: str, changes: dict[str, Any], said: str) -> None:
    sla = {"measure": "turnaround", "within": "4 h", "target": "95%", "per": "week"} | changes
    assert words.sla_terms(name, Sla.model_validate(sla)) == said


def test_brief_terms_leave_out_which_hours() -> None:
    plan = {"measure": "turnaround", "within": "4 h", "target": "95%", "per": "week"}
    office = Sla.model_validate(plan | {"clock": OFFICE})
    assert words.sla_terms("4 h", office, brief=True) == "95% within 4 business hours, per week"
    assert words.sla_terms("4 h", Sla.model_validate(plan), brief=True) == "95% within 4 h, per week"


def test_dates_in_a_sentence() -> None:
    assert words.spoken_dates("only in the week of 2026-11-09") == "only in the week of 9 November"


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0"), (2500, "2,500"), (10_000, "10k"), (42_500, "42.5k"), (1_500_000, "1.5M")]
)
def test_numbers_on_an_axis(number: float, said: str) -> None:
    assert words.compact(number) == said


@pytest.mark.parametrize(
    ("start", "said", "short"),
    [
        ("2026-10-25T14:00", "at 14:00 on 25 October", "25 Oct 14:00"),
        ("2026-10-25T01:00+00:00", "at 01:00 (UTC+00:00) on 25 October", "25 Oct 01:00 (UTC+00:00)"),
    ],
)
def test_an_hour_that_occurs_twice_is_told_by_its_offset(start: str, said: str, short: str) -> None:
    moment = dt.datetime.fromisoformat(start)
    assert words.in_window("hour", moment) == said
    assert words.short_window("hour", moment) == short
