"""Who is there in a replication, in the form that the flow of a sketch takes, kept for scenarios that share it.

Most of what a risk review asks changes the work and not the people. On the same draws the same people then come, and
what adds up their duty need not run again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.scenario.clock import Clock
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.relations import answering
from simcap.scenario.schema.scenario import Scenario
from simcap.sketch.crews import PAD, CrewHours, PossibleOvertime, PossibleResponse
from simcap.sketch.roll import DutyRoll
from simcap.sketch.stage import StagedTeam, staged
from simcap.sketch.steps import STEP, QuarterHours
from simcap.streams import Streams
from simcap.workforce.team_days import TeamDays
from simcap.world.rows import headcounts

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

_BY_OVERTIME: Final = ("capacity", "seconds")
_BY_RESPONSE: Final = ("capacity", "seconds", "newness", "present", "people", "leaving")
_OF_WORK: Final = frozenset({"surge", "handle_time", "policy_change", "automation", "allocation"})
"""Kinds of events that change the work that comes, and not who comes to it."""


@dataclasses.dataclass(frozen=True)
class Presence:
    """What the workforce of one replication offers; must not be written to."""

    teams: Sequence[StagedTeam]
    crews: Sequence[CrewHours]
    hours: dict[str, NDArray[np.generic]]
    """Tables of the flow that hold [crew, step]."""
    overtime: Sequence[PossibleOvertime]
    """Shifts that may be prolonged, in the order in which they begin."""
    responses: Sequence[PossibleResponse]
    """Shifts to which more may come, or fewer, in the order in which they begin."""
    weeks: int
    paid: Array
    """[team, step] agents times seconds."""
    scheduled: Array
    headcounts: Sequence[tuple[Array, ...]]
    """By team: `headcounts`."""

    @property
    def changing(self) -> tuple[str, ...]:
        """Return the tables to which the flow writes, as the backlog changes who is there."""
        if self.responses:
            return _BY_RESPONSE
        return _BY_OVERTIME if self.overtime else ()


class Replication(NamedTuple):
    """Of what one asks who is there."""

    scenario: Scenario
    files: DataFiles
    streams: Streams
    demand: Demand
    steps: QuarterHours
    edges: Array
    """Borders of the report's cells."""
    days: int


class LastPresence:
    """Keeps the presence that was last asked for."""

    def __init__(self) -> None:
        self._asked: tuple[Any, ...] = ()
        self._files: DataFiles | None = None
        self._last: Presence | None = None

    def of(self, one: Replication) -> Presence:
        """Return who is there in a replication."""
        asked = (one.streams, one.steps, one.edges.size, one.days, _people_of(one.scenario))
        known = self._files is not None and self._files.alike(one.files) and self._asked == asked
        if self._last is None or not known:
            self._last, self._asked, self._files = _presence(one), asked, one.files
        return self._last


def _people_of(scenario: Scenario) -> tuple[Any, ...]:
    """Return what a scenario says of its people and of when they work; the flow knows how queues are responded to."""
    events = {name: event for name, event in scenario.events.items() if event.kind not in _OF_WORK}
    return scenario.vendors, scenario.horizon, tuple(scenario.queues), events, answering(scenario)


def _presence(one: Replication) -> Presence:
    stage, _ = staged(one.scenario, one.files, one.streams, one.demand, one.edges, one.steps.end)
    roll = DutyRoll(stage, one.steps, one.streams)
    return Presence(
        stage.teams,
        roll.crews,
        _hours(roll.crews) | {"new_day": _new_days(stage.teams, [crew.team for crew in roll.crews], one.steps)},
        roll.overtime,
        roll.responses,
        roll.weeks,
        roll.paid,
        roll.scheduled,
        [headcounts(team, one.days) for team in stage.teams],
    )


def _hours(crews: Sequence[CrewHours]) -> dict[str, NDArray[np.generic]]:
    inside = slice(PAD, -PAD)

    def stacked(name: str) -> Array:
        return np.stack([getattr(crew, name)[inside] for crew in crews])

    capacity = np.maximum(stacked("work"), 0.0)
    newness = np.divide(stacked("newness"), capacity, out=np.zeros_like(capacity), where=capacity > 0)
    return {
        "team": np.array([crew.team for crew in crews]),
        "capacity": capacity,
        "seconds": np.maximum(stacked("seconds"), 0.0),
        "relative": stacked("relative"),
        "newness": np.clip(newness, 0.0, 1.0),
        "present": stacked("present"),
        "people": stacked("people"),
        "leaving": stacked("leaving"),
    }


def _new_days(teams: Sequence[StagedTeam], team_of: Sequence[int], steps: QuarterHours) -> Numbers:
    """Return [crew, step] whether a local day of a crew's team begins in a step."""
    own = [teams[team].days for team in team_of]
    return np.stack([_midnights(days.clock.zone.key, days.clock.origin, days.first, steps) for days in own])


@functools.lru_cache(maxsize=64)
def _midnights(timezone: str, origin: float, start: dt.date, steps: QuarterHours) -> Numbers:
    days = TeamDays(Clock(origin, timezone), start)
    first, last = days.number(steps.begin), days.number(steps.end)
    begins = np.array([days.midnight(day) for day in range(first, last + 1)])
    step = np.floor((begins - steps.begin) / STEP).astype(np.int64)
    marks = np.zeros(steps.count, np.int64)
    marks[step[(step >= 0) & (step < steps.count)]] = 1
    return marks
