"""What `check` says, held against what replications give: for each thing that it reckons with, and several at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.analysis.figures import Layout, figures_of
from simcap.analysis.fits import Assessment, assess
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.world.capacity import estimate
from simcap.world.world import simulate
from tests.helpers import NOWHERE, scenario

BASE = """
name: small
horizon: {start: 2026-10-05, weeks: 2, timezone: Europe/London, warm_up: 2 days}
queues:
  mail:
    arrivals: {per_day: 300}
    handle_time: {exponential: 5 min}
    sla: {4 h: {measure: turnaround, within: 4 h, target: 90%, per: week}}
  chat:
    arrivals: {per_day: 100}
    handle_time: {exponential: 5 min}
    sla: {4 h: {measure: turnaround, within: 4 h, target: 90%, per: week}}
vendors:
  north:
    teams:
      one: {timezone: Europe/London, agents: 3, skills: [mail, chat], shift: {always: true}}
  south:
    teams:
      two: {timezone: Europe/London, agents: 2, skills: [mail], shift: {always: true}}
"""
ONE, TWO = "vendors.north.teams.one", "vendors.south.teams.two"
DAY_SHIFT = '{days: Mon-Sun, start: "08:00", length: 12 h}'
SPLIT = "{mail: {north: 50%, south: 50%}}"
LEARNS = "{cross_train: {team: two, agents: 2, adds: [chat], from: 2026-10-05, for: 1 day}}"

FINE: dict[str, dict[str, Any]] = {
    "as it is": {},
    "a short outage": {"events.down": "{outage: {from: '2026-10-08 09:00', for: 2 h}}"},
    "an outage of some": {"events.down": "{outage: {vendor: south, from: '2026-10-08 09:00', for: 3 days}}"},
    "rare random outages": {"events.r": "{random_outages: {per_year: 40, for: {exponential: 1 h}}}"},
    "a wide cap": {"queues.mail.max_per_day": "12 h"},
    "a cap on the smaller queue": {"queues.chat.max_per_day": "8 h"},
    "an even split": {"routing.allocation": SPLIT},
    "an uneven split with overflow": {
        "routing.allocation": "{mail: {north: 0%, south: 100%}}",
        f"{TWO}.agents": 1,
        "routing.overflow": "{after: 1 h}",
    },
    "short nights off": {f"{ONE}.shift": '{days: Mon-Sun, start: "03:00", length: 21 h}', f"{TWO}.shift": DAY_SHIFT},
    "a quiet night": {
        f"{ONE}.shift": DAY_SHIFT,
        f"{ONE}.agents": 4,
        f"{TWO}.shift": DAY_SHIFT,
        f"{TWO}.agents": 3,
        "queues.mail.arrivals.profile": [0] * 8 + [1] * 12 + [0] * 4,
        "queues.chat.arrivals.profile": [0] * 8 + [1] * 12 + [0] * 4,
    },
    "a second skill": {
        f"{ONE}.agents": 1,
        f"{ONE}.skills": ["chat"],
        f"{TWO}.agents": 4,
        "events.learn": LEARNS,
        "queues.chat.arrivals": "{per_day: 300}",
    },
    "a week that catches up": {
        "queues.mail.sla": "{'7 days': {measure: turnaround, within: 7 days, target: 90%, per: week}}",
        "queues.chat.sla": "{'7 days': {measure: turnaround, within: 7 days, target: 90%, per: week}}",
        "events.down": "{outage: {from: '2026-10-09 00:00', for: 2 days}}",
    },
    "all at once, with room": {
        "events.down": "{outage: {team: one, from: '2026-10-08 09:00', for: 3 h}}",
        "queues.mail.max_per_day": "10 h",
        "routing.allocation": SPLIT,
        f"{ONE}.agents": 5,
    },
}
BAD: dict[str, dict[str, Any]] = {
    "a long outage": {"events.down": "{outage: {from: '2026-10-08 09:00', for: 2 days}}"},
    "an outage of most": {"events.down": "{outage: {from: '2026-10-08 00:00', for: 3 days, capacity: 20%}}"},
    "an outage that two queues share": {
        f"{ONE}.agents": 2,
        f"{TWO}.agents": 1,
        f"{TWO}.skills": ["mail", "chat"],
        "queues.mail.arrivals": "{per_day: 280}",
        "queues.chat.arrivals": "{per_day: 280}",
        "events.down": "{outage: {team: one, from: '2026-10-08 00:00', for: 3 days}}",
    },
    "long random outages": {"events.r": "{random_outages: {per_year: 300, for: {constant: 2 days}}}"},
    "a narrow cap": {"queues.mail.max_per_day": "3 h"},
    "a cap that is used up by noon": {
        f"{ONE}.shift": DAY_SHIFT,
        f"{TWO}.shift": DAY_SHIFT,
        "queues.mail.max_per_day": "5.2 h",
    },
    "a split beyond a vendor's hours": {"routing.allocation": "{mail: {north: 0%, south: 100%}}", f"{TWO}.agents": 1},
    "a split whose overflow is late": {
        "routing.allocation": "{mail: {north: 0%, south: 100%}}",
        f"{TWO}.agents": 1,
        "routing.overflow": "{after: 8 h}",
    },
    "nights off": {f"{ONE}.shift": DAY_SHIFT, f"{TWO}.shift": DAY_SHIFT, f"{ONE}.agents": 6, f"{TWO}.agents": 4},
    "weekends off": {
        f"{ONE}.shift": '{days: Mon-Fri, start: "00:00", length: 24 h}',
        "queues.chat.arrivals": "{per_day: 50}",
    },
    "a vendor's nights off": {"routing.allocation": SPLIT, f"{TWO}.shift": DAY_SHIFT},
    "a skill that nobody has time for": {
        f"{ONE}.agents": 1,
        f"{TWO}.agents": 9,
        "queues.chat.arrivals": "{per_day: 330}",
    },
    "a cap within a split": {"routing.allocation": SPLIT, "queues.mail.max_per_day": "5 h"},
    "an outage within a split": {
        "routing.allocation": SPLIT,
        "events.down": "{outage: {vendor: south, from: '2026-10-08 09:00', for: 2 days}}",
    },
    "an outage beside a night": {
        f"{ONE}.shift": '{days: Mon-Sun, start: "03:00", length: 21 h}',
        f"{TWO}.shift": DAY_SHIFT,
        "events.down": "{outage: {from: '2026-10-08 03:00', for: 30 h}}",
    },
    "nights off of people who hang up": {
        **{f"{team}.shift": DAY_SHIFT for team in (ONE, TWO)},
        f"{ONE}.agents": 6,
        f"{TWO}.agents": 4,
        **{f"queues.{queue}.expires": "{after: {exponential: 30 min}}" for queue in ("mail", "chat")},
        **{f"queues.{queue}.sla.4 h.counts": "all" for queue in ("mail", "chat")},
    },
    "a cap and an outage": {
        "queues.mail.max_per_day": "6 h",
        "events.down": "{outage: {team: two, from: '2026-10-08 00:00', for: 5 days}}",
    },
}


def told(plan: Scenario) -> Assessment:
    return assess(plan, estimate(plan, NOWHERE, Streams(1, 0)))


def least_margin(plan: Scenario, replications: int = 3) -> float:
    """Return the least mean attainment of a week less its target over all SLAs and vendors."""
    found = []
    for replication in range(replications):
        tally = simulate(plan, NOWHERE, 1, replication)
        layout = Layout.of(tally, ("week",))
        found.append(figures_of(tally, layout)["sla", "week"][:, layout.measures["sla"].index("attainment")])
    return float(np.nanmin(np.mean(found, axis=0))) - 0.9


@pytest.mark.parametrize("case", FINE)
def test_what_a_run_does_well_is_said_to_fit(case: str) -> None:
    plan = scenario(FINE[case], BASE)
    assert least_margin(plan) > 0
    assert told(plan).fits


@pytest.mark.parametrize("case", BAD)
def test_what_a_run_misses_badly_is_not_said_to_fit(case: str) -> None:
    plan = scenario(BAD[case], BASE)
    assert least_margin(plan) < -0.05
    assert not told(plan).fits
