"""Logs of work, told by their columns: a row an item, an event, a claim."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import pandas as pd

from simcap.calibration.look import vocabulary
from simcap.calibration.look.assign import Found, Roles, assign, with_unit
from simcap.calibration.look.features import FEW, Feature
from simcap.calibration.look.table_guess import words_of_wrong

_FULL_SHARE: Final = 0.5
"""Part of the rows in which a column of a role that all rows have must be filled."""
_ITEM_HOLDS: Final = {
    "created": ("moment", "day"),
    "started": ("moment",),
    "completed": ("moment",),
    "expired": ("moment",),
    "queue": ("words",),
    "agent": ("words", "codes", "number"),
    "item": ("codes", "words"),
    "handle": ("clock", "number", "codes"),
    "wait": ("clock", "number"),
    "vendor": ("words",),
    "status": ("words",),
}


def guess_items(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    """Return the roles of a row an item; none for a table that does not say when anything came."""
    found = assign(seen, vocabulary.ITEMS, _ITEM_HOLDS)
    if "item" in found and found["item"].repeats(len(cells)) > _ONCE:
        found = assign(seen, vocabulary.ITEMS, {role: holds for role, holds in _ITEM_HOLDS.items() if role != "item"})
    roles: Roles = {role: one.name for role, one in found.items() if role != "status"}
    doubts: list[str] = []
    if "created" not in found:
        _first_moment(seen, found, roles)
    if "created" not in roles:
        return None
    if found.get("created") is not None and found["created"].content == "day":
        _with_time_of_day(seen, found, roles)
    _in_order(found, roles)
    _by_status(found, roles, seen)
    _checked(found, roles, seen, doubts)
    with_unit(cells, found, roles, "handle", doubts)
    with_unit(cells, found, roles, "wait", doubts)
    return "items", roles, {}, tuple(doubts)


_ONCE: Final = 1.01
"""Rows that have one number of an item, on average, above which it is not the number of the row's item."""


def _first_moment(seen: Sequence[Feature], found: dict[str, Feature], roles: Roles) -> None:
    """Take the earliest of the moments that have no role as the creation, if all rows have it."""
    free = [one for one in seen if one.is_time and one not in found.values() and one.filled > _MOSTLY_FILLED]
    if free:
        first = min(free, key=lambda one: float(pd.Series(one.seconds).replace(float("inf"), float("nan")).min()))
        found["created"], roles["created"] = first, first.name


_MOSTLY_FILLED: Final = 0.95


def _with_time_of_day(seen: Sequence[Feature], found: dict[str, Feature], roles: Roles) -> None:
    """Read a day together with the first column of times of day that has no role, "Call Date" with "Call Time"."""
    clocks = [one for one in seen if one.content == "clock" and one not in found.values()]
    beside = [one for one in clocks if "time" in one.name.casefold() or "hour" in one.name.casefold()] or clocks
    if beside:
        roles["created"] = [found["created"].name, beside[0].name]


def _in_order(found: dict[str, Feature], roles: Roles) -> None:
    """Put created, started and completed in the order of their times, where their names had it the wrong way."""
    named = [role for role in ("created", "started", "completed") if role in found]
    for early, late in itertools.combinations(named, 2):
        first, second = (pd.Series(found[role].seconds).replace(float("inf"), float("nan")) for role in (early, late))
        if float((second < first).mean()) > _FULL_SHARE * float((first.notna() & second.notna()).mean()):
            found[early], found[late] = found[late], found[early]
            roles[early], roles[late] = found[early].name, found[late].name


def _by_status(found: dict[str, Feature], roles: Roles, seen: Sequence[Feature]) -> None:
    """Where a status says that items left undecided, the column of the decision says when."""
    if "completed" not in found or "expired" in found:
        return
    for status in (
        one for one in seen if one.content == "words" and vocabulary.fits(one.name, "status", vocabulary.ITEMS)
    ):
        meant = {word: vocabulary.meaning(word, vocabulary.EVENTS) for word in status.words}
        left = [word for word, means in meant.items() if means == "expired"]
        done = [word for word, means in meant.items() if means == "completed"]
        if left and done:
            at = found["completed"].name
            roles["completed"] = {"column": status.name, "is": done, "at": at}
            roles["expired"] = {"column": status.name, "is": left, "at": at}
            return


def _checked(found: dict[str, Feature], roles: Roles, seen: Sequence[Feature], doubts: list[str]) -> None:
    """Take a flag that is called so as the verdict of quality checks: of decisions that were checked, if not of all."""
    flags = [one for one in seen if one.content == "flag" and vocabulary.VERDICT.search(one.name.casefold())]
    words = words_of_wrong(flags[0]) if flags else []
    if "completed" not in found or not words:
        return
    roles["wrong"] = {"column": flags[0].name, "is": words}
    if flags[0].filled >= found["completed"].filled:
        doubts.append(f"whether every decision was checked: {flags[0].name!r} is never empty")


def guess_events(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    """Return the roles of a row an event: items that recur, one column of times, and words for what happened."""
    times = [one for one in seen if one.is_time]
    if len(times) != 1:
        return None
    found = assign(
        seen,
        vocabulary.ITEMS,
        {
            "event": ("words",),
            "item": ("codes", "words"),
            "queue": ("words",),
            "agent": ("words", "codes"),
            "vendor": ("words",),
        },
    )
    if "event" not in found or "item" not in found or found["item"].repeats(len(cells)) < 1.5:
        return None
    words: dict[str, list[str]] = {}
    for word in found["event"].words:
        means = vocabulary.meaning(word, vocabulary.EVENTS)
        if means == "started" and vocabulary.meaning(word, {"returned": vocabulary.EVENTS["returned"]}):
            means = "returned"
        if means is not None:
            words.setdefault(means, []).append(word)
    if not {"created", "completed"} <= words.keys():
        return None
    roles: Roles = {role: one.name for role, one in found.items()} | {"time": times[0].name}
    return "events", roles, {"rows": "events", "events": words}, ()


def guess_claims(cells: pd.DataFrame, seen: Sequence[Feature]) -> Found | None:
    """Return the roles of a row a claim: items that recur, with a word for those that were given back."""
    made = guess_items(cells, seen)
    if made is None or not {"started", "completed"} <= made[1].keys():
        return None
    codes = [one for one in seen if one.content == "codes" and vocabulary.fits(one.name, "item", vocabulary.ITEMS)]
    again = [one for one in codes if 1.005 < one.repeats(len(cells)) < 3]
    outcomes = [
        (one, [word for word in one.words if vocabulary.meaning(word, {"returned": vocabulary.EVENTS["returned"]})])
        for one in seen
        if one.content == "words" and len(one.words) <= FEW
    ]
    given_back = [(one, words) for one, words in outcomes if words]
    if not again or not given_back:
        return None
    roles = made[1] | {"item": again[0].name, "returned": {"column": given_back[0][0].name, "is": given_back[0][1]}}
    for role in ("expired", "status"):
        roles.pop(role, None)
    return "claims", roles, {"rows": "claims"}, made[3]
