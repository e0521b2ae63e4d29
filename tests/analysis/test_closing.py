"""Closing times that every wait holds: they are no cause, and what remains is told as the cause."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.analysis.closing import open_part, shortest_closing
from simcap.analysis.lateness import Lateness
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import CAUSES
from simcap.units import DAY, HOUR
from tests.helpers import scenario

TWO_VENDORS = {
    "vendors.south.teams.night": (
        "{timezone: Europe/London, agents: 2, skills: [mail], shift: {days: Mon-Sun, start: '17:00', length: 10 h}}"
    )
}


def late(items: float, **hours: float) -> Lateness:
    """Return late items, all of one cause by themselves, with hours by cause."""
    return Lateness(
        {cause: items if cause == "nobody" else 0.0 for cause in CAUSES},
        {cause: hours.get(cause, 0.0) for cause in CAUSES},
        np.array([items]),
        (dt.datetime(2026, 10, 5),),
    )


def left(plan: Scenario, within: str, items: float, clock: str = "own", **hours: float) -> Lateness:
    """Return what is left of hours by cause for an SLA on the mail."""
    sla = f"{{a: {{measure: turnaround, within: {within}, target: 95%, per: week, clock: {clock}}}}}"
    told = scenario({"queues.mail.sla": sla}).queues["mail"].sla["a"]
    return open_part(plan, "mail", "", told, late(items, **hours))


@pytest.mark.parametrize(
    ("days", "span", "shut"),
    [
        ("Mon-Sun", 8 * HOUR, 0),
        ("Mon-Sun", 12 * HOUR, 4 * HOUR),
        ("Mon-Sun", 24 * HOUR, 16 * HOUR),
        ("Mon-Sun", 7 * DAY, 7 * 16 * HOUR),
        ("Mon-Fri", 24 * HOUR, 16 * HOUR),
        ("Mon-Fri", 4 * DAY, 4 * 16 * HOUR),
        ("Mon-Fri", 7 * DAY, (7 * 24 - 40) * HOUR),
        ("Mon-Fri", 8 * DAY, (7 * 24 - 40 + 16) * HOUR),
        ("5 of 7", 24 * HOUR, 16 * HOUR),
    ],
)
def test_the_least_that_a_wait_finds_shut(days: str, span: float, shut: float) -> None:
    plan = scenario({"vendors.north.teams.day.shift.days": days})
    assert shortest_closing(plan, "mail", "", span) == shut


def test_shifts_of_all_who_have_the_skill_count_by_their_own_clocks() -> None:
    plan = scenario(TWO_VENDORS)
    assert shortest_closing(plan, "mail", "", DAY) == 6 * HOUR
    assert shortest_closing(plan, "mail", "south", DAY) == 14 * HOUR
    manila = scenario({**TWO_VENDORS, "vendors.south.teams.night.timezone": "Asia/Manila"})
    assert shortest_closing(manila, "mail", "", DAY) == 13 * HOUR, "10:00 to 20:00 in London"


def test_around_the_clock_and_by_file_nothing_is_shut() -> None:
    assert shortest_closing(scenario({"vendors.north.teams.day.shift": "{always: true}"}), "mail", "", DAY) == 0
    by_file = {"vendors.north.teams.day": "{timezone: UTC, skills: [mail], duty: duty.csv}"}
    assert shortest_closing(scenario(by_file), "mail", "", DAY) == 0
    assert shortest_closing(scenario(), "unknown", "", DAY) == 0


def test_nights_of_a_day_team_are_no_cause_of_what_is_due_in_24_hours() -> None:
    rest = left(scenario(), "24 h", 10, nobody=160, busy=80)
    assert rest.main == "busy"
    assert rest.share("busy") == 1
    assert rest.items["nobody"] == 10, "items stay as they were counted"


def test_a_day_on_which_nobody_works_stays_the_cause() -> None:
    rest = left(scenario(), "24 h", 10, nobody=235, busy=5)
    assert rest.main == "nobody"
    assert rest.hours["nobody"] == pytest.approx(75)


def test_what_is_due_within_a_shift_keeps_its_nights() -> None:
    assert left(scenario(), "4 h", 10, nobody=40).hours["nobody"] == 40


def test_nights_with_others_on_duty_are_shut_alike() -> None:
    rest = left(scenario(), "24 h", 10, nobody=40, elsewhere=120, busy=80)
    assert rest.main == "busy"
    assert rest.hours["elsewhere"] == 0


def test_where_nothing_else_is_left_all_of_it_stays() -> None:
    assert left(scenario(), "24 h", 10, nobody=160).main == "nobody"


def test_what_a_clock_of_business_hours_leaves_out_is_no_cause() -> None:
    clock = "{hours: Mon-Fri 09:00-17:00}"
    rest = left(scenario(), "4 h", 10, clock, nobody=620, busy=40)
    assert rest.main == "busy"
    assert rest.hours["nobody"] == 0
    holiday = left(scenario(), "4 h", 10, clock, nobody=655, busy=5)
    assert holiday.main == "nobody"
    assert holiday.hours["nobody"] == pytest.approx(35)


def test_what_went_before_in_its_chain_is_not_of_its_wait() -> None:
    rest = left(scenario(), "24 h", 10, "origin", earlier=160, nobody=80)
    assert rest.hours == {cause: {"earlier": 160, "nobody": 80}.get(cause, 0) for cause in CAUSES}


def test_several_shifts_of_a_team_are_all_open() -> None:
    early, late_ = (
        f"{{days: Mon-Sun, start: '{at}', share: 50%, length: {length} h}}"
        for at, length in (("09:00", 8), ("17:00", 4))
    )
    shifts = f"{{a: {early}, b: {late_}}}"
    team = f"{{timezone: Europe/London, agents: 4, skills: [mail], shifts: {shifts}}}"
    assert shortest_closing(scenario({"vendors.north.teams.day": team}), "mail", "", DAY) == 12 * HOUR


def test_without_closing_times_all_hours_stay() -> None:
    assert left(scenario(), "24 h", 10, busy=240).hours["busy"] == 240


def test_no_more_is_left_out_than_there_is() -> None:
    """Any 24 hours find 16 of them shut; of these items only ten each were."""
    rest = left(scenario(), "24 h", 10, nobody=100, busy=140)
    assert (rest.hours["nobody"], rest.hours["busy"]) == (0, 140)


def test_business_hours_leave_out_only_what_is_beyond_the_limit() -> None:
    clock = "{hours: Mon-Fri 09:00-17:00}"
    assert left(scenario(), "24 h", 10, clock, nobody=150, busy=50).hours["nobody"] == 150
    chain = "{hours: Mon-Fri 09:00-17:00, from: origin}"
    assert left(scenario(), "4 h", 10, chain, nobody=620, busy=40).hours["nobody"] == 620
