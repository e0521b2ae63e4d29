"""What a programme can change about its staffing: agents at the start, classes by date, overtime.

Agents can be added at the start only if nothing says how long hiring takes, or the day of approval is early enough;
otherwise they come in classes, after lead time and training, within the contract's ramp limit.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simcap.planning.heads import heads
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Vendor
from simcap.units import DAY
from simcap.workforce.curves import speed_at

Array = NDArray[np.float64]
Kind = Literal["agents", "class", "overtime"]

MOST_GROWTH = 1.0
"""Most seats in a class, as a share of the team's agents, unless a ramp limit says less."""
OVERTIME_HOURS, OVERTIME_A_WEEK = 2, 6
"""Overtime that can be asked of a vendor without any: hours a day, and a week."""


@dataclasses.dataclass(frozen=True)
class Lever:
    """One thing that can be changed, by whole numbers from `low` to `high`."""

    kind: Kind
    vendor: str
    team: str
    """Empty for overtime, which is a vendor's."""
    low: int
    high: int
    start: dt.date | None = None
    """First day of training of a class."""
    approve: dt.date | None = None
    """Last day on which a class can be approved."""
    arrives: dt.date | None = None
    """Day from which it is felt; none: from the start."""

    @property
    def group(self) -> tuple[str, str, str]:
        """Return what levers that differ only in date have in common."""
        return self.kind, self.vendor, self.team


Amounts = Mapping[Lever, int]


def levers_of(scenario: Scenario, today: dt.date, kinds: tuple[Kind, ...]) -> list[Lever]:
    """Return the levers of a scenario, with what is approved on or after `today`."""
    levers: list[Lever] = []
    for name, vendor in scenario.vendors.items():
        for team, spec in vendor.teams.items():
            if spec.agents is None:
                continue
            wait, size = waiting(vendor), heads(scenario, name, team)
            if "agents" in kinds and today + dt.timedelta(days=wait) <= scenario.horizon.start:
                levers.append(
                    Lever("agents", name, team, _minimum(scenario, today, vendor, spec.agents), _maximum(size))
                )
            elif "class" in kinds:
                levers += _classes(scenario, today, name, team, size)
        if "overtime" in kinds and vendor.overtime is None:
            levers.append(Lever("overtime", name, "", 0, 1))
    return levers


def _minimum(scenario: Scenario, today: dt.date, vendor: Vendor, agents: int) -> int:
    """Return the most negative change of a team: not below one agent, and none before notice is over.

    A team that begins with nobody may stay empty.
    """
    notice = vendor.contract.notice if vendor.contract is not None else 0.0
    return min(1 - agents, 0) if today + dt.timedelta(days=math.ceil(notice / DAY)) <= scenario.horizon.start else 0


def _maximum(agents: int) -> int:
    return max(4 * agents, 20)


def waiting(vendor: Vendor) -> int:
    """Return the days from the approval of a class until its graduates are on the floor; 0 if unknown."""
    lead, training, _ = _terms(vendor)
    return lead + training


def _terms(vendor: Vendor) -> tuple[int, int, float | None]:
    """Return lead time and training in days, and the share of graduates, as the vendor's back-fill or classes have."""
    backfill, classes = vendor.hiring.backfill, list(vendor.hiring.classes.values())
    if backfill is not None:
        return math.ceil(backfill.lead_time / DAY), math.ceil(backfill.training / DAY), vendor.hiring.share_of(backfill)
    if classes:
        longest = max(classes, key=lambda plan: plan.training)
        return 0, math.ceil(longest.training / DAY), vendor.hiring.share_of(longest)
    return 0, 0, None


def _classes(scenario: Scenario, today: dt.date, vendor: str, team: str, agents: int) -> Iterator[Lever]:
    """Yield a class for each week in which one can still start and be felt."""
    lead, training, _ = _terms(scenario.vendors[vendor])
    horizon = scenario.horizon
    end = horizon.start + dt.timedelta(days=horizon.day_count)
    earliest = max(today + dt.timedelta(days=lead), horizon.start)
    for week in range(horizon.day_count // 7 + 1):
        start = earliest + dt.timedelta(weeks=week)
        arrives = start + dt.timedelta(days=training)
        if arrives < end:
            seats = min(limits(scenario, vendor).get((start.year, start.month), 10**6), math.ceil(MOST_GROWTH * agents))
            if seats > 0:
                yield Lever("class", vendor, team, 0, seats, start, start - dt.timedelta(days=lead), arrives)


def limits(scenario: Scenario, vendor: str) -> dict[tuple[int, int], int]:
    """Return the seats that the ramp limit leaves in each month after the classes planned; empty without a limit."""
    plan = scenario.vendors[vendor]
    limit = plan.contract.ramp_limit if plan.contract is not None else None
    if limit is None:
        return {}
    days = [scenario.horizon.start + dt.timedelta(days=n) for n in range(scenario.horizon.day_count + 62)]
    free = {(day.year, day.month): limit.hires_per_month for day in days}
    for one in plan.hiring.classes.values():
        month = one.start.year, one.start.month
        free[month] = max(free.get(month, limit.hires_per_month) - one.size, 0)
    return free


def patch_of(scenario: Scenario, amounts: Amounts) -> dict[str, Any]:
    """Return the patch of the scenario that a plan makes."""
    vendors: dict[str, Any] = {}
    for lever, amount in amounts.items():
        if amount == 0:
            continue
        owner = scenario.vendors[lever.vendor]
        patch = vendors.setdefault(lever.vendor, {})
        if lever.kind == "agents":
            patch.setdefault("teams", {})[lever.team] = {"agents": (owner.teams[lever.team].agents or 0) + amount}
        elif lever.kind == "overtime":
            patch["overtime"] = {
                "when": {"backlog_hours": 0},
                "adds": f"{OVERTIME_HOURS} h",
                "max_per_week": f"{OVERTIME_A_WEEK} h",
            }
        else:
            _, training, graduates = _terms(owner)
            seats: dict[str, Any] = {
                "start": lever.start,
                "team": lever.team,
                "size": amount,
                "training": f"{training} days",
            }
            seats |= {} if graduates is None else {"graduates": graduates}
            classes = patch.setdefault("hiring", {}).setdefault("classes", {})
            classes[f"staff-{lever.team}-{lever.start}"] = seats
    return {"vendors": vendors} if vendors else {}


def strength(scenario: Scenario, lever: Lever, first: Lever, begins: Array, ends: Array) -> Array:
    """Return the effect of a class, by window (days from the start), relative to the earliest class of its team.

    The share of the window that it is there for, times its speed at that tenure relative to that of the first.
    """
    if lever.kind != "class":
        return np.ones(begins.size)
    own, other = (presence(scenario, one, begins, ends) for one in (lever, first))
    return np.divide(own, other, out=np.zeros_like(own), where=other > 0)


def presence(scenario: Scenario, lever: Lever, begins: Array, ends: Array) -> Array:
    """Return by window (days from the start) the days that a lever is felt, weighted by the speed of a new agent."""
    if lever.kind != "class" or lever.arrives is None:
        return np.asarray(ends - begins, np.float64)
    day = (lever.arrives - scenario.horizon.start).days
    there = np.clip(ends - np.maximum(begins, day), 0, None)
    middle = np.maximum((np.maximum(begins, day) + ends) / 2 - day, 0) * DAY
    return np.asarray(there * speed_at(scenario.vendors[lever.vendor].practice(lever.team).ramp, middle), np.float64)


def change_in_words(lever: Lever, amount: int) -> str:
    """Return a change of the plan in words."""
    if lever.kind == "overtime":
        return f"{lever.vendor}: overtime, {OVERTIME_HOURS} h a day, {OVERTIME_A_WEEK} h a week, while work waits"
    if lever.kind == "agents":
        return f"{lever.team}: {amount:+d} agents at the start"
    when = f"from {lever.start}, approved by {lever.approve}, on the floor {lever.arrives}"
    return f"{lever.team}: a class of {amount} {when}"
