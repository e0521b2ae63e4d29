"""The workforce of a replication without its shifts: who joins, learns, is stopped, moves and leaves, and when."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import simpy
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Vendor
from simcap.streams import Streams
from simcap.units import DAY, TICK
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.exact import ExactDuty
from simcap.workforce.file_duty import FileDuty
from simcap.workforce.team import Team
from simcap.workforce.workforce import Workforce

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]


class StagedTeam(Team):
    """A team that begins no shifts; who joins gets a place in the rotation when the first shift would have begun."""

    def __init__(self, context: ReplicationContext, index: int, vendor: Vendor, vendor_name: str, name: str) -> None:
        super().__init__(context, index, vendor, vendor_name, name)
        self.duty: ExactDuty | None = None
        stage = context.floor
        assert isinstance(stage, Stage)
        stage.teams.append(self)

    def open(self) -> None:
        """Bring the initial agents into the team."""
        if self.spec.duty is not None:
            self.duty = ExactDuty(
                self.context.files.duty(self.spec.duty, self.spec.timezone),
                self.members.name,
                self.days.clock,
                self.spec.breaks or 0.0,
            )
            FileDuty(self.context, self.spec, self.members, self.holidays, self.hours).join(self.duty)
        else:
            self.members.join_at_start()

    def seated(self) -> None:
        """Give places in the rotations to those who have just joined, as soon as all of the same instant have."""
        if self.spec.duty is None:
            self.context.begin(self._rotate())

    def _rotate(self) -> Process:
        yield self.context.env.timeout(TICK)
        self.shifts.rotate(self.members.today)
        later = self.members.roster.table["since"]
        for day in np.unique(later[later > self.members.today]).tolist():
            yield self.context.until(self.days.midnight(int(day)) + TICK)
            self.shifts.rotate(int(day))


class Stage:
    """A floor where nothing happens: it numbers agents and records whom outages stop."""

    def __init__(self, env: simpy.Environment) -> None:
        self.env = env
        self.begin = env.now
        self.teams: list[StagedTeam] = []
        self.stops: list[tuple[Numbers, float, float]] = []
        self._people = 0

    def hire(self, team: int, at_end: Sequence[str]) -> Numbers:
        """Return numbers for new agents of a team."""
        first = self._people
        self._people += len(at_end)
        self.teams[team].seated()
        return np.arange(first, self._people)

    def suspend(self, agents: Numbers, until: float) -> None:
        """Record who is stopped, from now on until a time."""
        if agents.size:
            self.stops.append((agents.copy(), self.env.now, until))

    def post(self, agents: Numbers, on: Array, off: Array, begin: float | None = None) -> None:
        """Do nothing: shifts are not posted here."""

    def post_exactly(self, agents: Numbers, on: Array, off: Array, pause: float) -> None:
        """Do nothing, as in `post`."""

    def release(self, agents: Numbers) -> None:
        """Do nothing: there are no items."""

    def qualify(self, agents: Numbers, team: int, adds: Sequence[int]) -> None:
        """Do nothing: the roster knows who has learned what."""

    def begin_day(self, agents: Numbers) -> None:
        """Do nothing: exposure is computed for a crew as a whole."""

    def set_speed(self, agents: Numbers, speed: Array, by_queue: Array, error_rate: Array) -> None:
        """Do nothing: speeds are computed for all days at once."""

    def set_factor(self, queue: int, factor: float) -> None:
        """Do nothing: factors are known by step."""

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Do nothing: splits are known by step."""

    def backlog_hours(self, team: int) -> float:  # noqa: ARG002
        """Return infinity, which nobody asks for: overtime is decided with the backlog of the sketch."""
        return math.inf

    def line_backlog(self, team: int, queue: int) -> tuple[float, float]:  # noqa: ARG002
        """Return infinity, which nobody asks for either: responses are decided with the backlog of the sketch."""
        return math.inf, 1.0


def staged(
    scenario: Scenario, files: DataFiles, streams: Streams, demand: Demand, edges: Array, end: float
) -> tuple[Stage, Workforce]:
    """Return the workforce at the end of a replication, with all that has happened to it."""
    env = simpy.Environment(demand.day(-round(scenario.horizon.warm_up / DAY)).start)
    stage = Stage(env)
    context = ReplicationContext(env, scenario, files, streams, stage, demand.clock, edges)
    workforce = Workforce(context, StagedTeam)
    workforce.begin()
    env.run(end)
    return stage, workforce
