"""A cut that waits for its notice beside a gain that does not."""

from __future__ import annotations

import pytest

from tests.helpers import crew, scenario

NORTH = "vendors.north"
LATE = "{timezone: Europe/London, agents: 5, skills: [mail], shift: {days: Mon-Sun, start: '15:00', length: 8 h}}"


def notes(cut: str = "", gain: str = "", **more: str) -> list[str]:
    plan = scenario(
        {
            "horizon.days": 42,
            f"{NORTH}.teams.day.agents": 7,
            f"{NORTH}.teams.late": LATE,
            f"{NORTH}.contract": "{currency: USD, notice: 30 days}",
            "vendors.south.teams.far": LATE,
            "events.out": f"{{headcount: {{team: day, from: 2026-10-12, change: -3{cut}}}}}",
            "events.in": f"{{headcount: {gain or '{team: late, from: 2026-10-12, change: 3}'}}}",
            **more,
        }
    )
    return crew(plan).context.notes


MOVED = "out: the notice moves the cut of day from 2026-10-12 to 2026-11-04"


def test_both_dates_and_the_people_between_them_are_told() -> None:
    told = (
        "out, in: 3 leave day on 2026-11-04, 3 join late on 2026-10-12: between the two dates both teams together have "
        "3 people more (15 rather than 12, as they start); if these are the same people, write `transfer: {from: day, "
        "to: late, agents: 3, on: 2026-10-12}` instead, which moves them on one day"
    )
    assert notes() == [MOVED, told]


@pytest.mark.parametrize(
    ("gain", "paired"),
    [
        ("{team: late, from: 2026-10-12, change: 2}", True),
        ("{team: late, from: 2026-10-26, change: 3}", True),
        ("{team: late, from: 2026-10-05, change: 3}", True),
        ("{team: late, from: 2026-10-26, change: 2}", False),
        ("{team: late, from: 2026-11-04, change: 3}", False),
        ("{team: late, from: 2026-10-12, change: -3}", False),
        ("{team: far, from: 2026-10-12, change: 3}", False),
        ("{team: day, from: 2026-10-12, change: 3}", False),
    ],
)
def test_what_belongs_together(gain: str, paired: bool) -> None:
    found = [note for note in notes(gain=gain) if "transfer:" in note]
    assert len(found) == paired


def test_without_a_notice_nothing_is_told() -> None:
    assert notes(**{f"{NORTH}.contract": "{currency: USD}"}) == []
    assert notes(cut=", ordered: 2026-09-01") == []
