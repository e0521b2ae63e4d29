"""What an option takes: notice under contracts, and the last day on which it can be decided."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from simcap.report.wording.words import listed, long_date
from simcap.scenario.effective import cut_day
from simcap.scenario.relations import teams_of
from simcap.scenario.schema.events import Headcount
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY, format_duration


@dataclasses.dataclass(frozen=True)
class Takes:
    """Until when an option can be decided, and what notice is due; no day if nothing in it has a date."""

    last_day: dt.date | None
    words: str


def takes(base: Scenario, variant: Scenario) -> Takes:
    """Return what a variant takes that its base does not have."""
    days = sorted(_days(base, variant))
    last = days[0][0] if days else None
    horizon = base.horizon.start
    if last is None:
        parts = [f"in force from the first day, so decide before {long_date(horizon)}"]
    elif last < horizon:
        parts = [f"decide by {long_date(last)}, before the horizon begins ({days[0][1]})"]
    else:
        parts = [f"decide by {long_date(last)} ({days[0][1]})"]
    return Takes(last, "; ".join([*parts, *_notices(base, variant)]))


def _days(base: Scenario, variant: Scenario) -> Iterator[tuple[dt.date, str]]:
    """Yield the last day of each dated part that differs from the base, with what it is."""
    for name, event in variant.events.items():
        before = base.events.get(name)
        for kind in type(event).model_fields:
            plan = getattr(event, kind)
            if plan is None or plan == (getattr(before, kind) if before is not None else None):
                continue
            if isinstance(plan, Headcount) and plan.change < 0:
                yield _ordered(variant, plan), f"{name} is ordered then"
            elif (day := _day(plan)) is not None:
                yield day, f"{name} begins then"
    for owner, vendor in variant.vendors.items():
        known = base.vendors[owner].hiring.classes if owner in base.vendors else {}
        lead = vendor.hiring.backfill.lead_time if vendor.hiring.backfill is not None else 0.0
        for name, group in vendor.hiring.classes.items():
            if known.get(name) != group:
                ahead = f", {format_duration(lead)} ahead" if lead else ""
                yield group.start - dt.timedelta(days=math.ceil(lead / DAY)), f"class {name} is ordered then{ahead}"
        if owner not in base.vendors and vendor.go_live is not None:
            yield _plain_day(vendor.go_live), f"{owner} goes live then"


def _ordered(scenario: Scenario, cut: Headcount) -> dt.date:
    """Return the last day on which a cut can be ordered so that it takes effect when it does in the scenario."""
    owner, _ = teams_of(scenario)[cut.team]
    contract = scenario.vendors[owner].contract
    notice = contract.notice if contract is not None else 0.0
    return cut_day(scenario, cut, owner) - dt.timedelta(days=math.ceil(notice / DAY))


def _day(plan: Any) -> dt.date | None:
    moment = getattr(plan, "from_", None) or getattr(plan, "on", None)
    return None if moment is None else _plain_day(moment)


def _plain_day(moment: dt.date | dt.datetime) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _notices(base: Scenario, variant: Scenario) -> Iterator[str]:
    """Yield the notice of vendors from which work or people are taken."""
    losing = [name for name in base.vendors if name not in variant.vendors or name in _cut(base, variant)]
    for name in losing:
        contract = base.vendors[name].contract
        if contract is not None and contract.notice:
            yield f"{name}’s contract has a notice of {format_duration(contract.notice)}"
    cuts = [
        f"{event.headcount.team} is smaller from {long_date(cut_day(variant, event.headcount, owner))}"
        for key, event in variant.events.items()
        if event.headcount is not None and event.headcount.change < 0 and key not in base.events
        for owner, vendor in variant.vendors.items()
        if event.headcount.team in vendor.teams
    ]
    if cuts:
        yield f"after notice, {listed(cuts)}"


def _cut(base: Scenario, variant: Scenario) -> set[str]:
    """Return the vendors whose share of some queue falls, by routing or by an event, or whose teams are cut."""
    losing: set[str] = set()
    new = [event for name, event in variant.events.items() if base.events.get(name) != event]
    shares = [(event.allocation.queue, event.allocation.shares) for event in new if event.allocation is not None]
    shares += list(variant.routing.allocation.items())
    for queue, parts in shares:
        before = base.routing.allocation.get(str(queue), {})
        losing |= {name for name, share in before.items() if parts.get(name, 0.0) < share}
    for event in new:
        if event.headcount is not None and event.headcount.change < 0:
            losing |= {name for name, vendor in base.vendors.items() if event.headcount.team in vendor.teams}
    return losing
