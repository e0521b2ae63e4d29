"""Tables of people and of periods, told by their columns: attendance, quality checks, rosters, reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from simcap.calibration.look import vocabulary
from simcap.calibration.look.assign import Found, Roles, assign, with_unit
from simcap.calibration.look.features import Feature


def guess_attendance(_: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    """Return the roles of spells of agents: who, from when to when, and at what, in words of attendance."""
    holds = {
        "agent": ("words", "codes"),
        "start": ("moment", "clock"),
        "end": ("moment", "clock"),
        "activity": ("words",),
    }
    found = assign(seen, vocabulary.ATTENDANCE, holds)
    if len(found) < len(holds):
        return None
    meant = {word: vocabulary.meaning(word, vocabulary.ACTIVITIES) for word in found["activity"].words}
    words: Roles = {}
    for word, means in meant.items():
        if means is not None:
            words.setdefault(means, []).append(word)
    if "floor" not in words or len(words) < 2:
        return None
    roles: Roles = {role: one.name for role, one in found.items()}
    days = [one for one in seen if one.content == "day"]
    if found["start"].content == "clock" and days:
        roles |= {role: [days[0].name, found[role].name] for role in ("start", "end")}
    unknown = [word for word, means in meant.items() if means is None]
    doubts = [f"what {word!r} is: floor, offline, absent or aside" for word in unknown]
    return "attendance", roles, words, tuple(doubts)


def guess_quality(_: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    """Return the roles of quality checks: whose, when, and how many were wrong, or whether one was."""
    holds = {"agent": ("words", "codes"), "date": ("moment", "day"), "queue": ("words",)}
    found = assign(seen, vocabulary.QUALITY, holds)
    if not {"agent", "date"} <= found.keys() or sum(one.is_time for one in seen) > 1:
        return None
    flags = [one for one in seen if one.content == "flag" and words_of_wrong(one)]
    counts = assign(seen, vocabulary.QUALITY, {"checked": ("number",), "wrong": ("number",)})
    roles: Roles = {role: one.name for role, one in found.items()}
    if flags:
        roles |= {"checked": {"value": "1"}, "wrong": {"column": flags[0].name, "is": words_of_wrong(flags[0])}}
    elif len(counts) == 2:
        roles |= {role: one.name for role, one in counts.items()}
    else:
        return None
    return "quality", roles, {}, ()


def words_of_wrong(flag: Feature) -> list[str]:
    """Return the words of a flag by which a decision was wrong, in small letters."""
    told = vocabulary.meaning(flag.name, {name: vocabulary.QUALITY[name] for name in ("wrong", "correct")})
    bad = {"fail", "incorrect"} | _BAD.get(told or "", set())
    return [word.casefold() for word in flag.words if word.casefold() in bad]


_BAD: Final = {"wrong": {"true", "yes", "y", "1"}, "correct": {"false", "no", "n", "0"}}
"""Words of a flag that mean a wrong decision only if its name says which of the two it marks."""


def guess_roster(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    """Return the roles of a roster: a row a person, with dates of coming and leaving."""
    days = [one for one in seen if one.content == "day"]
    if not days or any(one.is_time for one in seen):
        return None
    holds = {"agent": ("codes", "words"), "vendor": ("words",), "team": ("words",)}
    dates = {"hired": ("day",), "left": ("day",), "trained": ("day",)}
    found = assign(seen, vocabulary.ROSTER, holds | dates)
    people = [one for one in seen if one.content in ("codes", "words") and one.different == len(cells)]
    if not people or "left" not in found or not {"hired", "trained"} & found.keys():
        return None
    if found.get("agent") not in people:
        found["agent"] = people[0]
    if "hired" not in found:
        found["hired"] = found.pop("trained")
    floor = [one for one in days if one not in found.values() and vocabulary.FLOOR.search(one.name.casefold())]
    if floor and "trained" not in found:
        found["trained"], found["hired"] = found["hired"], floor[0]
    roles: Roles = {role: one.name for role, one in found.items()}
    if "last" in found["left"].name.casefold() or "termination" in found["left"].name.casefold():
        roles["left"] = {"column": found["left"].name, "last_day": True}
    others = [one.name for one in people if one is not found["agent"]]
    if others:
        roles["also"] = others
    doubts = [
        f"{role} of the agents; write {{value: ...}} if all have the same"
        for role in ("vendor", "team")
        if role not in roles
    ]
    return "roster", roles, {}, tuple(doubts)


_TWICE: Final = 0.05
"""Part of the rows of a report that may have the period, queue and team of another."""


def guess_reports(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    """Return the roles of a report by period: a period, and two figures of it at least."""
    holds = {
        "period": ("day", "moment", "words", "codes", "interval"),
        "queue": ("words",),
        "vendor": ("words",),
        "team": ("words",),
        "aht": ("clock", "number"),
        "wait": ("clock", "number"),
    } | {
        role: ("number", "codes")
        for role in vocabulary.REPORTS
        if role not in {"period", "queue", "vendor", "team", "aht", "wait"}
    }
    found = assign(seen, vocabulary.REPORTS, holds)
    measured = [role for role in found if role not in {"period", "queue", "vendor", "team"}]
    if "period" not in found or len(measured) < 2 or sum(one.is_time for one in seen) > 1:
        return None
    roles: Roles = {role: one.name for role, one in found.items()}
    keys = [one.name for one in seen if one.content in ("interval", "day", "moment", "words") or one is found["period"]]
    if cells[keys].duplicated().mean() > _TWICE:
        return None
    intervals = [one for one in seen if one.content == "interval"]
    days = [one for one in seen if one.content == "day"]
    if intervals and days:
        roles["period"] = [days[0].name, intervals[0].name]
    doubts: list[str] = []
    for role in ("aht", "wait"):
        with_unit(cells, found, roles, role, doubts)
    return "reports", roles, {}, tuple(doubts)
