"""Risks with their cause, what would mend each, and until when that must be decided."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pandas as pd

from simcap.analysis.tables import date_text
from simcap.experiment.results import Results
from simcap.planning.levers import waiting
from simcap.report.wording.sentences import RiskText, describe_risks
from simcap.report.wording.words import long_date, plural
from simcap.report.wording.worst import worst_risks
from simcap.scenario.relations import teams_of
from simcap.scenario.schema.scenario import Scenario

PEOPLE = ("busy", "capped", "")
"""Causes of a missed SLA that more agents mend."""
CAUSES = {
    "headcount": "more agents leave, or fewer join, than the plan has replaced by then",
    "occupancy": "more work reaches the team than its hours on the floor take at a healthy pace",
    "work_lost": "items leave before anyone picks them up",
}
"""Why risks other than a missed SLA come about."""


@dataclasses.dataclass(frozen=True)
class RiskReview:
    """A risk: its windows together."""

    text: RiskText
    why: str
    mend: str
    decide_by: str
    """Until when it must be decided, in words."""
    deadline: dt.date
    is_told: bool
    """Whether it is one of those told first."""


def risks_of(results: Results) -> list[RiskReview]:
    """Return all risks, the worst first."""
    texts = describe_risks(results)
    told = worst_risks(texts) if texts else []
    return [_review(results.scenario, text, is_told=text in told) for text in texts]


def _review(scenario: Scenario, text: RiskText, *, is_told: bool) -> RiskReview:
    deadline, words = _deadline(scenario, text)
    why = text.why or CAUSES.get(text.kind, "")
    return RiskReview(text, _sentence(why), _sentence(text.mend), words, deadline, is_told)


def _sentence(words: str) -> str:
    return f"{words}." if words else ""


def _deadline(scenario: Scenario, text: RiskText) -> tuple[dt.date, str]:
    """Return the last day on which what mends a risk can be decided, and that in words.

    More agents take a class, from its approval to the floor; anything else can be decided until the window begins.
    """
    worst = text.rows.iloc[0]
    start = dt.datetime.fromisoformat(date_text(worst["start"])).date()
    days = min(filter(None, (waiting(scenario.vendors[name]) for name in _vendors(scenario, worst))), default=0)
    if text.kind == "sla_miss" and worst["cause"] not in PEOPLE:
        return start, f"{long_date(start)}, when that window begins: it takes no hiring"
    if not days:
        return start, f"{long_date(start)}; nothing says how long hiring takes"
    by = start - dt.timedelta(days=days)
    takes = f"a class takes {plural(days, 'day')} from approval to the floor"
    if by < scenario.horizon.start:
        return by, f"{long_date(by)}, before the horizon begins: {takes}, so only overtime or moved hours are left"
    return by, f"{long_date(by)}: {takes}"


def _vendors(scenario: Scenario, row: pd.Series) -> Iterator[str]:
    """Yield the vendors that could send people against a risk."""
    teams = teams_of(scenario)
    subject = str(row["subject"])
    if subject in teams and row["level"] == "team":
        yield teams[subject][0]
        return
    named = [name for name in scenario.vendors if subject.endswith(f"({name})")]
    yield from named if row["level"] == "vendor" and named else scenario.vendors
