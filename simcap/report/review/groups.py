"""Groups of queues and teams (region, site, language, any key): what each is expected to serve, to need and to cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from simcap.analysis.groups import Members, groups_of
from simcap.experiment.results import Results
from simcap.report.wording.sentences import AT_RISK, LIKELY
from simcap.report.wording.sla_rows import MARKS, MEANINGS, Outlook
from simcap.report.wording.words import DASH, about, amount, attained, currency_of, odds, short_window, target_share

Row = dict[Any, Any]


@dataclasses.dataclass(frozen=True)
class GroupReview:
    """All groups under one key, in words."""

    key: str
    service: tuple[tuple[str, ...], ...]
    """A row for each value and SLA name: these, outlook, target, expected, 90% band, windows at risk, the worst."""
    people: tuple[tuple[str, ...], ...]
    """A row for each value: queues, teams, arrived, agents, hours on the floor, busy, net cost; dashes if unknown."""
    currency: str
    """Empty if no contract has a price."""


def groups_in(results: Results) -> list[GroupReview]:
    """Return the groups of a run, a review for each key; none if queues and teams belong to none."""
    table = results.tables.get("groups")
    if table is None:
        return []
    money = currency_of(results.scenario) if results.layout.subjects["money"] else ""
    return [
        _review(results, table[table["group"] == key], key, list(members), money)
        for key, members in groupby(groups_of(results.scenario), key=lambda one: one.group)
    ]


def _review(results: Results, table: pd.DataFrame, key: str, members: list[Members], money: str) -> GroupReview:
    rows = [table[table["value"] == one.value] for one in members]
    return GroupReview(
        key,
        tuple(row for one, own in zip(members, rows, strict=True) for row in _service(results, one.value, own)),
        tuple(_people(one, own) for one, own in zip(members, rows, strict=True)),
        money,
    )


def _service(results: Results, value: str, table: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Yield a row for each SLA name of a group's queues."""
    shares = table[table["measure"] == "attainment"]
    for sla in dict.fromkeys(name for name in shares["sla"] if name):
        own = shares[shares["sla"] == sla]
        (whole,) = own[own["period"] == "horizon"].to_dict("records")
        windows = own[own["miss_probability"].notna()].to_dict("records")
        # Queues of one name that promise different things have no target together.
        goal = whole["target"]
        low, high = (attained(whole[end], np.nan_to_num(goal)) for end in ("p05", "p95"))
        yield (
            value,
            sla,
            _outlook(windows),
            DASH if goal != goal else target_share(goal),
            attained(whole["mean"], np.nan_to_num(goal)),
            high if low == high else f"{low.rstrip('%')}{DASH}{high}",
            *_risk(windows, results.replications),
        )


def _outlook(windows: list[Row]) -> str:
    most = max((row["miss_probability"] for row in windows), default=float("nan"))
    outlook: Outlook = "unknown"
    if most == most:
        outlook = "likely" if most >= LIKELY else "at risk" if most >= AT_RISK else "safe"
    return f"{MARKS[outlook]} {MEANINGS[outlook]}".strip()


def _risk(windows: list[Row], replications: int) -> tuple[str, str]:
    """Return how many windows are at risk, and which is the worst with its chance of a miss."""
    if not windows:
        return DASH, DASH
    worst = max(windows, key=lambda row: row["miss_probability"])
    risky = sum(row["miss_probability"] >= AT_RISK for row in windows)
    most = odds(worst["miss_probability"], replications)
    when = f"{short_window(worst['period'], pd.Timestamp(worst['start']))} ({most})"
    return f"{risky} of {len(windows)}", when if worst["miss_probability"] else f"none ({most})"


def _people(members: Members, table: pd.DataFrame) -> tuple[str, ...]:
    over = table[(table["period"] == "horizon") & (table["sla"] == "")].set_index("measure")
    weeks = table[(table["period"] == "week") & (table["measure"] == "headcount")]["mean"].tolist()
    known = over["mean"].to_dict()

    def of(measure: str) -> str:
        return about(known[measure]) if measure in known and known[measure] == known[measure] else DASH

    busy = known.get("occupancy", float("nan"))
    return (
        members.value,
        f"{len(members.queues)}" if members.queues else DASH,
        f"{len(members.teams)}" if members.teams else DASH,
        of("arrived"),
        f"{about(weeks[0])} to {about(weeks[-1])}" if weeks else DASH,
        of("on_floor_hours"),
        DASH if busy != busy else f"{busy:.0%}",
        _cost(over),
    )


def _cost(over: pd.DataFrame) -> str:
    """Return the net cost of a group's teams with its 90% band."""
    if "net_cost" not in over.index:
        return DASH
    mean, low, high = (amount(float(over[name]["net_cost"])) for name in ("mean", "p05", "p95"))
    return f"{mean} ({low} to {high})"
