"""What is said of a missed window: when its late items come, why they are late, and what would mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from simcap.analysis.advice import cause_and_advice, first_in_order
from simcap.analysis.heads import Miss
from simcap.tally import CAUSES
from tests.analysis.made import layout_of, put_late, quiet_figures
from tests.helpers import scenario

SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"
DAYS = "shift: {days: Mon-Sun, start: '09:00', length: 8 h}"
BASE: dict[str, Any] = {
    "horizon.days": 14,
    "horizon.timezone": "UTC",
    "queues.mail.sla": SLA,
    "queues.mail.handle_time": "{constant: 6 min}",
    "queues.chat": "{arrivals: {per_day: 100}, handle_time: {constant: 2 min}}",
    "queues.forms": "{arrivals: {per_day: 100}, handle_time: {constant: 20 min}}",
    "vendors.north.teams": None,
    "vendors.north.teams.day": f"{{timezone: UTC, agents: 10, skills: [chat, forms, mail], {DAYS}}}",
}
EVERY_HOUR = dict.fromkeys(range(168, 336), 1.0)
AT_NIGHT = {168 + 24 * day + hour: 1.0 for day in range(7) for hour in (2, 3)}


def told(
    hours: Mapping[str, float],
    created: Mapping[int, float] = EVERY_HOUR,
    *,
    place: int = 0,
    arrived: Mapping[str, float] | None = None,
    **changes: Any,
) -> tuple[str, str]:
    """Return cause and sentence of the second week, in which every replication has these late items."""
    plan = scenario({**BASE, **changes})
    layout = layout_of(plan)
    figures = quiet_figures(layout, 4)
    put_late(figures, "week", 1, hours, created, place)
    for queue, items in (arrived or {}).items():
        row = list(plan.queues).index(queue)
        figures.of("queues", "horizon", None, "arrived")[:, row] = items
    cause, advice = cause_and_advice(plan, figures, Miss(layout.subjects["sla"][place], 1, np.ones(4, bool), 100.0))
    return cause, advice.text


def sentence(*args: Any, **keys: Any) -> str:
    return told(*args, **keys)[1]


# -- a sentence for every cause ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (
            "nobody",
            (
                "for 100% of their wait nobody with the skill is on duty; "
                "hours between 17:00 and 06:00, not more agents at other times"
            ),
        ),
        (
            "stopped",
            (
                "for 100% of their wait everybody on duty is stopped; "
                "breaks, offline time and training fall together: spread them"
            ),
        ),
        (
            "capped",
            (
                "for 100% of their wait everybody has reached the cap on mail; "
                "a higher cap, or more agents with the skill: longer hours for the same agents do not help"
            ),
        ),
        (
            "elsewhere",
            (
                "for 100% of their wait the vendor that they are allocated to has nobody on duty while others "
                "have; routing.overflow lets others take them, or give them another split"
            ),
        ),
        (
            "behind",
            (
                "for 100% of their wait they are behind items of forms, which go first; a problem of order rather "
                "than of headcount: mail earlier in the order of skills or routing.rule: earliest_due"
            ),
        ),
        (
            "busy",
            (
                "for 100% of their wait everybody is busy with mail or what goes after it; "
                "day: the late work comes to the hours of about 1 tenured agent in the week of 2026-10-12, "
                "on shift while it waits"
            ),
        ),
        (
            "in_hand",
            (
                "for 100% of their time they are in hand; "
                "a shorter handle time, or items that are handed back at the end of a shift (at_end)"
            ),
        ),
        (
            "earlier",
            (
                "for 100% of their time they do not exist yet, only what they follow from; "
                "the first queue sooner: this SLA counts from the first item"
            ),
        ),
    ],
)
def test_every_cause_has_its_sentence(cause: str, said: str) -> None:
    arrived = {"chat": 1000.0, "forms": 101.0}
    assert told({cause: 5.0}, arrived=arrived) == (cause, said)


def test_all_causes_are_told() -> None:
    for cause in CAUSES:
        assert told({cause: 2.0, "busy": 1.0})[0] == cause


def test_without_late_items_heads_are_reckoned_and_no_cause_is_named() -> None:
    assert told({}) == (
        "",
        (
            "day: the late work comes to the hours of about 1 tenured agent in the week of 2026-10-12, "
            "on shift while it waits"
        ),
    )


@pytest.mark.parametrize(
    ("hours", "shares"),
    [
        (
            {"nobody": 75.0, "busy": 25.0},
            (
                "for 75% of their wait nobody with the skill is on duty "
                "(for 25% everybody is busy with work of the same or lower priority); "
            ),
        ),
        ({"nobody": 76.0, "busy": 24.0}, "for 76% of their wait nobody with the skill is on duty; "),
        (
            {"nobody": 40.0, "capped": 25.0, "behind": 35.0},
            ("for 40% of their wait nobody with the skill is on duty (for 35% they are behind items that go first); "),
        ),
        (
            {"nobody": 60.0, "stopped": 40.0},
            ("for 60% of their wait nobody with the skill is on duty (for 40% everybody on duty is stopped); "),
        ),
        (
            {"nobody": 60.0, "capped": 40.0},
            ("for 60% of their wait nobody with the skill is on duty (for 40% everybody has reached the cap); "),
        ),
        (
            {"nobody": 60.0, "elsewhere": 40.0},
            (
                "for 60% of their wait nobody with the skill is on duty "
                "(for 40% only other vendors have people on duty); "
            ),
        ),
        (
            {"nobody": 60.0, "in_hand": 40.0},
            ("for 60% of their wait nobody with the skill is on duty (for 40% they are in hand); "),
        ),
        (
            {"nobody": 60.0, "earlier": 40.0},
            ("for 60% of their wait nobody with the skill is on duty (for 40% they do not exist yet); "),
        ),
        (
            {"in_hand": 60.0, "nobody": 40.0},
            ("for 60% of their time they are in hand (for 40% nobody with the skill is on duty); "),
        ),
    ],
)
def test_a_second_cause_is_told_from_a_quarter_on(hours: dict[str, float], shares: str) -> None:
    assert sentence(hours).startswith(shares)


# -- when it happens --------------------------------------------------------------------------------------------------


def test_hours_of_the_day_are_named_in_when_and_in_the_remedy() -> None:
    when = "most late items are created between 02:00 and 04:00; "
    assert sentence({"nobody": 1.0}, AT_NIGHT) == (
        f"{when}for 100% of their wait nobody with the skill is on duty; "
        "hours between 02:00 and 04:00, not more agents at other times"
    )
    busy = sentence({"busy": 1.0}, AT_NIGHT)
    assert busy.startswith(when)
    assert busy.endswith("in the week of 2026-10-12, on shift between 02:00 and 04:00")


HOLIDAY = {"vendors.north.teams.day": BASE["vendors.north.teams.day"][:-1] + ", holidays: {add: [2026-10-14]}}"}
ON_THE_DAY = {168 + 2 * 24 + hour: 1.0 for hour in range(24)} | {168: 6.0}


def test_a_holiday_is_named_when_the_team_has_the_day_off() -> None:
    assert sentence({"nobody": 1.0}, ON_THE_DAY, **HOLIDAY) == (
        "80% of the late items were created on 14 October, when day has the day off; "
        "for 100% of their wait nobody with the skill is on duty; "
        "cover these days (holidays: {staffed: ...}); more agents would not help"
    )


OUTAGE = {"events.halt": "{outage: {team: day, from: 2026-10-14 00:00, for: 24 h}}"}
AT_RANDOM = {"events.luck": "{random_outages: {team: day, per_year: 4, for: {constant: 2 h}}}"}


def test_an_outage_is_named_and_another_site_advised() -> None:
    assert sentence({"stopped": 1.0}, ON_THE_DAY, **OUTAGE) == (
        "80% of the late items were created while halt lasts (14 October); "
        "for 100% of their wait everybody on duty is stopped; "
        "a share of the agents that can go on, or another site with the skill"
    )
    assert sentence({"stopped": 1.0}, **AT_RANDOM) == (
        "for 100% of their wait everybody on duty is stopped; "
        "outages, breaks or training: another site with the skill, breaks apart"
    )


def test_a_surge_on_the_queue_is_named() -> None:
    surge = {"events.rush": "{surge: {queue: mail, from: 2026-10-14 00:00, for: 24 h, factor: 3}}"}
    said = "80% of the late items were created while rush lasts (14 October); for 100% of their wait"
    assert sentence({"busy": 1.0}, ON_THE_DAY, **surge).startswith(said)
    assert "hours on these days" not in sentence({"nobody": 1.0}, ON_THE_DAY, **surge)


# -- what each remedy knows -------------------------------------------------------------------------------------------


def test_a_cap_is_told_as_it_stands() -> None:
    said = sentence({"capped": 1.0}, **{"queues.mail.max_per_day": "2 h"})
    assert "everybody has reached the cap of 2 h a day on mail" in said


SPLIT = {
    "routing.allocation": "{mail: {north: 60%, south: 40%}}",
    "vendors.south.teams.far": f"{{timezone: UTC, agents: 4, skills: [mail], {DAYS}}}",
}


def test_a_vendors_row_names_the_vendor() -> None:
    said = "south has nobody on duty while others have; routing.overflow lets others take them, or give them"
    assert said in sentence({"elsewhere": 1.0}, place=2, **SPLIT)
    overflow = sentence({"elsewhere": 1.0}, place=2, **SPLIT, **{"routing.overflow": "{after: 3 h}"})
    assert overflow == (
        "for 100% of their wait south has nobody on duty while others have; "
        "routing.overflow earlier than after 3 h, or another split"
    )
    assert ": the late work" in sentence({"busy": 1.0}, place=2, **SPLIT)
    assert "; far: the late work" in sentence({"busy": 1.0}, place=2, **SPLIT)
    assert "; day: the late work" in sentence({"busy": 1.0}, place=1, **SPLIT)


def test_an_ordering_problem_says_which_queue_goes_first_by_its_work() -> None:
    """A chat takes 2 minutes and a form 20: ten chats are a form."""
    for chats, first in ((1009.0, "forms"), (1011.0, "chat")):
        said = sentence({"behind": 1.0}, arrived={"chat": chats, "forms": 101.0, "mail": 1e6})
        assert f"they are behind items of {first}, which go first" in said


@pytest.mark.parametrize("rule", ["earliest_due", "longest_wait"])
def test_an_order_without_ranks_gets_another_rule(rule: str) -> None:
    said = sentence({"behind": 1.0}, **{"routing.rule": rule})
    assert said.endswith("; a problem of order rather than of headcount: another routing.rule")


def test_who_goes_first_is_of_the_teams_that_serve_both() -> None:
    mine = {"vendors.north.teams.day": f"{{timezone: UTC, agents: 9, skills: [chat, mail, forms], {DAYS}}}"}
    theirs = {"vendors.south.teams.far": f"{{timezone: UTC, agents: 4, skills: [forms, mail], {DAYS}}}"}
    other = {"vendors.south.teams.odd": f"{{timezone: UTC, agents: 4, skills: [forms, chat], {DAYS}}}"}

    def first(vendor: str, **changes: Any) -> str:
        plan = scenario({**BASE, **mine, **changes})
        layout = layout_of(plan)
        figures = quiet_figures(layout, 2)
        figures.of("queues", "horizon", None, "arrived")[:, :] = 100
        return first_in_order(plan, figures, "mail", vendor)

    assert first("") == "chat"
    assert first("", **{"routing.rule": "earliest_due"}) == "forms"
    assert first("", **theirs) == "forms"
    assert first("north", **theirs) == "chat"
    assert first("south", **theirs) == "forms"
    assert first("", **other) == "chat", "who does not serve it does not count"
    assert first("south", **other) == "", "nobody serves it there"
    assert first("", **{"vendors.north.teams.day": f"{{timezone: UTC, agents: 9, skills: [mail, chat], {DAYS}}}"}) == ""
    last = {"vendors.south.teams.far": f"{{timezone: UTC, agents: 4, skills: [mail, forms], {DAYS}}}"}
    assert first("", **last) == "chat", "a team in which it goes first takes nothing away from another"


def test_a_queue_of_data_files_counts_by_its_items() -> None:
    said = sentence(
        {"behind": 1.0},
        arrived={"chat": 10.0, "forms": 1199.0},
        **{"queues.forms.handle_time": "{empirical: times.csv}"},
    )
    assert "behind items of chat" in said, "10 x 120 s are more than 1,199 x 1 s"


def test_behind_nobody_knows_whom() -> None:
    alone = {"vendors.north.teams.day": f"{{timezone: UTC, agents: 9, skills: [mail, chat, forms], {DAYS}}}"}
    assert "they are behind other items, which go first" in sentence({"behind": 1.0}, **alone)


def test_what_comes_before_in_the_chain_is_named() -> None:
    then = {"queues.chat.then": "{mail: {share: 10%}}"}
    assert sentence({"earlier": 1.0}, **then).endswith("; chat sooner: this SLA counts from the first item")
    both = {**then, "queues.forms.then": "{mail: {share: 10%}}"}
    assert "; chat and forms sooner: this SLA" in sentence({"earlier": 1.0}, **both)
