"""What happens to a queue in the horizon, in words for the caption of its curve: events, holidays, launches."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from simcap.report.wording.interruptions import holidays, outages
from simcap.report.wording.words import short_date
from simcap.scenario.clock import Clock
from simcap.scenario.event_spans import own_clock
from simcap.scenario.relations import teams_serving
from simcap.scenario.schema.scenario import Scenario

KINDS = ("surge", "policy_change", "handle_time", "automation", "allocation")
"""Fields of an event that change the work of a queue from a day on."""


@dataclasses.dataclass(frozen=True)
class Happening:
    """Something that begins at a local time in the horizon."""

    begin: dt.datetime
    text: str


def happenings(scenario: Scenario, queue: str, vendor: str = "") -> list[Happening]:
    """Return what happens to a queue and to the teams that serve it (of one vendor, if named), in the order of time."""
    horizon = scenario.horizon
    days = [horizon.start + dt.timedelta(days=number) for number in range(horizon.day_count)]
    teams = teams_serving(scenario, queue, vendor)
    found = [Happening(one.begin, one.text) for one in holidays(scenario, teams, days)]
    found += [
        Happening(one.begin.replace(tzinfo=None), f"{short_date(one.begin)} {one.text}")
        for one in outages(scenario, teams)
    ]
    for name, event in scenario.events.items():
        for kind in KINDS:
            plan = getattr(event, kind, None)
            if plan is not None and plan.touches(queue):
                found.append(_change(scenario, queue, name, plan))
    begin, end = (dt.datetime.combine(day, dt.time()) for day in (days[0], days[-1] + dt.timedelta(days=1)))
    return sorted((one for one in found if begin <= one.begin < end), key=lambda one: one.begin)


def _change(scenario: Scenario, queue: str, name: str, plan: Any) -> Happening:
    moment = plan.from_ if isinstance(plan.from_, dt.datetime) else dt.datetime.combine(plan.from_, dt.time())
    local = Clock.of(scenario.horizon).local(own_clock(scenario, plan, queue).at(moment)).replace(tzinfo=None)
    factor = f" ×{plan.factor:g}" if hasattr(plan, "factor") else ""
    return Happening(local, f"{short_date(local)} {name}{factor}")
