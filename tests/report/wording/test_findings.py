"""What charts say in their titles, of figures that are given."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.report.wording.findings import Peak, Row, backlog_finding, few_replications, heat_finding, queue_title
from simcap.report.wording.sentences import AT_RISK, LIKELY
from simcap.report.wording.sla_rows import Outlook
from simcap.scenario.grid import Grid
from tests.helpers import scenario

WEEKS = Grid(scenario({"horizon.days": 28}).horizon, hourly=False).windows("week")


def test_a_name_leaves_room_for_the_finding() -> None:
    plan = scenario({"queues.mail.title": "Review of new listings", "queues.chat": None})
    assert queue_title(plan, "mail") == "Review of new listings"
    long = scenario({"queues.mail.title": "Review of new and of changed listings of professional sellers"})
    assert queue_title(long, "mail") == "Review of new and of changed listings of profes…"
    assert queue_title(scenario(), "mail") == "mail"


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, ""), (4, " (with 4 replications 0 may be up to 49, 100 as low as 51)"), (100, "")],
)
def test_what_few_replications_leave_open_is_said(count: int, said: str) -> None:
    assert few_replications(count) == said


def peak(title: str, items: float, days: float, *, has_sla: bool = True, growing: bool = False) -> Peak:
    return Peak(title, has_sla, items, days, "9 November", growing)


@pytest.mark.parametrize(
    ("peaks", "said"),
    [
        (
            [peak("mail", 300, 3), peak("chat", 900, 0.5)],
            "Backlog of mail peaks at 300 items on 9 November, 3 days of arrivals",
        ),
        ([peak("mail", 40, 0.25)], "Backlog of mail peaks at 40 items on 9 November, 6 h of arrivals"),
        ([peak("mail", 4, 1 / 144)], "Backlog of mail peaks at 4 items on 9 November, 10 min of arrivals"),
        ([peak("mail", 40, np.nan, growing=True)], "Backlog of mail keeps growing to 40 items on 9 November"),
        ([peak("mail", 0.4, 0.1)], "Hardly anything is left open at the end of any period"),
        (
            [peak("mail", 9, 0.1), peak("chat", 90, 9, has_sla=False)],
            "Backlog of mail peaks at 9 items on 9 November, 2 h of arrivals",
        ),
        ([peak("chat", 90, 9, has_sla=False)], "Backlog of chat peaks at 90 items on 9 November, 9 days of arrivals"),
    ],
)
def test_a_backlog_is_held_against_what_arrives(peaks: list[Peak], said: str) -> None:
    assert backlog_finding(peaks) == said


def row(queue: str, chances: list[float], replications: int = 100, *, loses_work: bool = False) -> Row:
    found = np.array(chances)
    most = found.max()
    outlook: Outlook = "likely" if most >= LIKELY else "at risk" if most >= AT_RISK else "safe"
    return Row(queue, queue.title(), found, WEEKS, int(np.nanargmax(found)), replications, loses_work, outlook)


SAFE = [0.0] * 4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("mail", SAFE)], "Every SLA is safe throughout"),
        ([row("mail", SAFE, 4)], "No miss of any SLA seen in 4 replications (its chance may be up to 49%)"),
        ([row("mail", SAFE, 1)], "Every SLA is met throughout"),
        ([row("mail", SAFE, loses_work=True)], "Mail loses work undecided; no SLA is at risk for what stays"),
        ([row("mail", [0, 1, 0, 0], 1)], "Mail misses an SLA in the week of 12 October"),
    ],
)
def test_the_heat_map_says_what_is_at_risk(rows: list[Row], said: str) -> None:
    assert heat_finding(rows) == said


def test_of_several_queues_those_at_risk_are_counted_and_the_worst_is_named() -> None:
    mail, chat, calls = row("mail", [0.2, 0.9, 0.6, 0.0]), row("chat", [0.3, 0, 0, 0]), row("calls", SAFE)
    found = heat_finding([mail, chat, calls])
    assert found.startswith(
        "2 of 3 queues are at risk; Mail may miss an SLA in 3 of 4 weeks, is likely to miss it in 2, worst week of 12"
    )
    assert heat_finding([chat, calls]).startswith(
        "1 of 2 queues is at risk; Chat may miss an SLA in the week of 5 October ("
    )
    assert heat_finding([mail, chat]).startswith("Both queues are at risk; ")
