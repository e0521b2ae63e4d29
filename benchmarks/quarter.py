"""The quarter of the design as a scenario, and the same work for the contenders: the duty that the engine posts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.work import HOUR, Floats, Ints, Work
from simcap.scenario.clock import Clock
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.profiles import PROFILES
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.world.floor_port import FloorPort
from simcap.world.world import World

HERE = Path(__file__).parent
QUEUES = 8
TEAMS = 24
SHIFTS = ("06:00", "14:00", "22:00")
VOLUME = np.array([0.30, 0.20, 0.14, 0.11, 0.09, 0.07, 0.05, 0.04])
HANDLE = np.array([0.5, 0.7, 0.9, 1.1, 1.4, 1.8, 2.4, 3.0])
OCCUPANCY = 0.85
ABSENCE = 0.08
FLOOR_HOURS = 9 - 1.5


def quarter(items: float, agents: int, days: int, *, coming: float = 1.0) -> Scenario:
    """Return a scenario of so many items: 8 queues, 24 teams on 3 shifts with breaks and absences, 5 days of 7.

    `coming` is the share of the items that do come, of the work that the agents are there for.
    """
    hours = agents * 5 / 7 * days * FLOOR_HOURS * (1 - ABSENCE)
    handle = HANDLE * (OCCUPANCY * hours * HOUR / (items * (VOLUME @ HANDLE)))
    return Scenario.model_validate(
        {
            "name": "quarter",
            "horizon": {"start": "2026-10-05", "days": days, "timezone": "UTC", "warm_up": "0 days"},
            "queues": {
                f"q{queue}": _queue(coming * items * VOLUME[queue] / days, handle[queue]) for queue in range(QUEUES)
            },
            "vendors": {"vendor": {"shrinkage": {"absence": ABSENCE}, "teams": _teams(agents)}},
        }
    )


def _queue(per_day: float, handle: float) -> dict[str, Any]:
    return {
        "arrivals": {"per_day": float(per_day), "profile": "marketplace"},
        "handle_time": {"lognormal": {"mean": f"{handle:.6f} s", "cv": 0.9}},
        "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": 0.95, "per": "week"}},
    }


def _teams(agents: int) -> dict[str, Any]:
    breaks = [{"after": "2 h", "for": "15 min"}, {"after": "4 h", "for": "60 min"}, {"after": "6.5 h", "for": "15 min"}]
    return {
        f"t{team}": {
            "timezone": "UTC",
            "agents": agents // TEAMS + (team < agents % TEAMS),
            "skills": [f"q{(team // 3 + step) % QUEUES}" for step in (0, 1, 3, 6)][: 2 + team % 3],
            "shift": {"days": "5 of 7", "start": SHIFTS[team % 3], "length": "9 h", "breaks": breaks},
        }
        for team in range(TEAMS)
    }


class _Recorder(FloorPort):
    """A desk that writes down the duty it is given and lets nobody work."""

    posted: list[tuple[Ints, Floats, Floats]]

    def post(self, agents: Ints, on: Floats, off: Floats, begin: float | None = None) -> None:  # noqa: ARG002
        self.posted.append((agents, on, off))


def work_of(scenario: Scenario, seed: int, replication: int) -> Work:
    """Return the same work for the contenders: rates, handle times, skills, and the duty of one replication."""
    world = World(scenario, DataFiles(HERE), Streams(seed, replication))
    recorder = _Recorder(world.env, world.floor, world.port.vendors, world.port.skills, world.port.means.tolist())
    recorder.posted = []
    world.context.floor = recorder
    for team in world.workforce.teams.values():
        team.open()
    horizon = world.grid.end
    world.env.run(horizon)
    agent = np.concatenate([np.repeat(agents, on.shape[1]) for agents, on, _ in recorder.posted])
    on = np.concatenate([on.ravel() for _, on, _ in recorder.posted])
    off = np.concatenate([off.ravel() for _, _, off in recorder.posted])
    order = np.lexsort((on, agent))
    plans = list(scenario.queues.values())
    clock = Clock.of(scenario.horizon)
    week = [24 * clock.local(h * HOUR).weekday() + clock.local(h * HOUR).hour for h in range(round(horizon / HOUR))]
    arrivals = [plan.arrivals for plan in plans if plan.arrivals and plan.arrivals.per_day]
    rates = [one.per_day[0] / 24 * np.array(PROFILES[str(one.profile)])[week] for one in arrivals if one.per_day]
    widths = max(len(skills) for skills in world.port.skills)
    skills = np.array([[*row, *[-1] * (widths - len(row))] for row in world.port.skills])
    return Work(
        rates=np.array(rates),
        handle_mean=np.array([work.content.mean for work in world.demand.work_by_queue]),
        handle_cv=np.full(len(plans), 0.9),
        skills=skills[world.floor.state.agents["team"][: int(agent.max()) + 1]],
        on=on[order],
        off=off[order],
        agent=agent[order],
        horizon=horizon,
    )
