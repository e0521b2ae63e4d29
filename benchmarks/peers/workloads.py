"""Three workloads, as scenarios for simcap and as `Work` for everybody else: one queue, skills, a week of shifts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.quarter import HANDLE, QUEUES, VOLUME
from simcap.scenario.schema.scenario import Scenario

LOAD = 0.9
"""Work that arrives, as a share of the agents' time."""
SHIFTS = {"06:00": 0.36, "14:00": 0.48, "22:00": 0.16}
"""Share of the agents by start of their shift of eight hours; each begins as the one before ends."""
OCCUPANCY = 0.8
"""Work that arrives in a week of shifts, as a share of the time on duty: hours between are above and below."""
HANDLE_TIME = 180.0
"""Mean handle time, s."""


def one_queue(agents: int, days: int) -> Scenario:
    """Return one queue and one team that is always there."""
    return _scenario("one queue", days, {"q": _queue(LOAD * agents, HANDLE_TIME)}, {"t": _team(agents, ["q"])})


def skills(agents: int, days: int) -> Scenario:
    """Return 8 queues of different handle times and 8 teams, always there, of two to four skills in order."""
    handle = HANDLE * HANDLE_TIME / (VOLUME @ HANDLE)
    shares = VOLUME * handle / HANDLE_TIME
    queues = {
        f"q{number}": _queue(LOAD * agents * share, mean)
        for number, (share, mean) in enumerate(zip(shares, handle, strict=True))
    }
    teams = {}
    for number in range(QUEUES):
        own = [f"q{(number + step) % QUEUES}" for step in (0, 1, 3, 6)][: 2 + number % 3]
        teams[f"t{number}"] = _team(round(agents / QUEUES), own)
    return _scenario("skills", days, queues, teams)


def week_of_shifts(agents: int, days: int) -> Scenario:
    """Return one queue whose rate follows hour and weekday, and three teams on shifts that take turns."""
    sizes = {start: round(agents * share) for start, share in SHIFTS.items()}
    teams = {
        f"t{start[:2]}": _team(size, ["q"], {"days": "Mon-Sun", "start": start, "length": "8 h"})
        for start, size in sizes.items()
    }
    queue = _queue(OCCUPANCY * sum(sizes.values()) / len(sizes), HANDLE_TIME, "marketplace")
    return _scenario("week of shifts", days, {"q": queue}, teams)


WORKLOADS: dict[str, Callable[[int, int], Scenario]] = {
    "one queue": one_queue,
    "skills": skills,
    "week of shifts": week_of_shifts,
}


def _scenario(name: str, days: int, queues: dict[str, Any], teams: dict[str, Any]) -> Scenario:
    return Scenario.model_validate(
        {
            "name": name,
            "horizon": {"start": "2026-10-05", "days": days, "timezone": "UTC", "warm_up": "0 days"},
            "queues": queues,
            "vendors": {"vendor": {"teams": teams}},
        }
    )


def _queue(busy: float, mean: float, profile: str = "flat") -> dict[str, Any]:
    return {
        "arrivals": {"per_day": float(busy * 86_400 / mean), "profile": profile},
        "handle_time": {"lognormal": {"mean": f"{mean:.6f} s", "cv": 0.9}},
        "sla": {"15 min": {"measure": "turnaround", "within": "15 min", "target": 0.9, "per": "day"}},
    }


def _team(agents: int, skills: list[str], shift: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"timezone": "UTC", "agents": agents, "skills": skills, "shift": shift or {"always": True}}
