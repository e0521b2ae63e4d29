"""Small scenarios in a line or two, and what it takes to watch one run."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray
from ruamel.yaml import YAML

from simcap.demand.demand import Demand
from simcap.floor.floor import Floor
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.tally import Tally
from simcap.units import DAY
from simcap.workforce.context import ReplicationContext
from simcap.workforce.team import Team
from simcap.workforce.workforce import Workforce
from simcap.world.world import World

NOWHERE = DataFiles(Path())
Numbers = NDArray[np.int64]
Array = NDArray[np.float64]

BASE = """
name: small
horizon: {start: 2026-10-05, days: 7, timezone: Europe/London, warm_up: 0 days}
queues:
  mail: {arrivals: {per_day: 100}, handle_time: {constant: 5 min}}
vendors:
  north:
    teams:
      day:
        timezone: Europe/London
        agents: 3
        skills: [mail]
        shift: {days: Mon-Sun, start: "09:00", length: 8 h}
"""


def plain(text: str) -> Any:
    """Return what a piece of YAML says."""
    return YAML(typ="safe", pure=True).load(text)


def scenario(changes: Mapping[str, Any] | None = None, base: str = BASE) -> Scenario:
    """Return a scenario with values at dotted paths replaced or added; text is read as YAML, None removes."""
    document = plain(base)
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        inner = document
        for key in parents:
            inner = inner.setdefault(key, {})
        if value is None:
            inner.pop(last, None)
        else:
            inner[last] = plain(value) if isinstance(value, str) else copy.deepcopy(value)
    return Scenario.model_validate(document)


# -- statistics ---------------------------------------------------------------------------------------------------


def agree(mean: float, error: float, known: float, bug: float = 0.05) -> None:
    """Assert that an estimate with a standard error agrees with what is known, and that a bug of 5% would show."""
    assert 6 * error <= bug * abs(known), f"a standard error of {error:.3g} cannot tell {known:.5g} from a bug"
    assert abs(mean - known) < 4 * error, (
        f"{mean:.5g} is {(mean - known) / error:+.1f} standard errors from {known:.5g}"
    )


def agree_share(hits: float, count: float, known: float, bug: float = 0.05) -> None:
    """Assert that a share of independent trials agrees with the known probability."""
    agree(hits / count, float(np.sqrt(known * (1 - known) / count)), known, bug)


def agree_count(count: float, known: float, bug: float = 0.05) -> None:
    """Assert that a Poisson count agrees with its known mean."""
    agree(count, float(np.sqrt(known)), known, bug)


def agree_mean(samples: Array, known: float, bug: float = 0.05) -> None:
    """Assert that independent samples agree with their known mean."""
    agree(float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(samples.size)), known, bug)


# -- demand -------------------------------------------------------------------------------------------------------


def day_of_work(plan: Scenario, day: int = 0, seed: int = 1, files: DataFiles = NOWHERE) -> tuple[Any, Any]:
    """Return the items of a local day and the table of what may follow them."""
    demand = Demand(plan, files)
    return demand.draw(demand.day(day), Streams(seed, 0))


def counts(plan: Scenario, days: range, replications: int = 1, files: DataFiles = NOWHERE) -> NDArray[np.int64]:
    """Return [replication, day, queue] first-order items."""
    demand = Demand(plan, files)
    queues = len(plan.queues)
    found = [
        [np.bincount(demand.draw(demand.day(day), Streams(1, n))[0]["queue"], minlength=queues) for day in days]
        for n in range(replications)
    ]
    return np.array(found)


# -- workforce ----------------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Post:
    """One shift as it was posted."""

    time: float
    agents: Numbers
    on: Array
    off: Array

    @property
    def seconds(self) -> Array:
        """Return each agent's time on the floor."""
        return np.asarray(np.maximum(self.off - self.on, 0).sum(axis=1))


class Notebook:
    """A floor that does nothing but write down what it is told, and when."""

    def __init__(
        self, env: simpy.Environment, backlog: float = 0.0, lines: Mapping[int, tuple[float, float]] | None = None
    ) -> None:
        self.env, self.backlog, self.lines = env, backlog, lines or {}
        self.team: list[int] = []
        self.at_end: list[str] = []
        self.posts: list[Post] = []
        self.speeds: list[tuple[float, Numbers, Array, Array, Array]] = []
        self.suspended: list[tuple[float, Numbers, float]] = []
        self.qualified: list[tuple[float, Numbers, tuple[int, ...]]] = []
        self.released: list[tuple[float, Numbers]] = []
        self.factors: list[tuple[float, int, float]] = []
        self.days_begun: list[tuple[float, int]] = []

    def hire(self, team: int, at_end: Sequence[str]) -> Numbers:
        first = len(self.team)
        self.team += [team] * len(at_end)
        self.at_end += at_end
        return np.arange(first, len(self.team))

    def post(self, agents: Numbers, on: Array, off: Array, begin: float | None = None) -> None:  # noqa: ARG002
        self.posts.append(Post(self.env.now, agents.copy(), on.copy(), off.copy()))

    def post_exactly(self, agents: Numbers, on: Array, off: Array, pause: float) -> None:  # noqa: ARG002
        self.post(agents, on[:, None], off[:, None])

    def release(self, agents: Numbers) -> None:
        self.released.append((self.env.now, agents.copy()))

    def suspend(self, agents: Numbers, until: float) -> None:
        self.suspended.append((self.env.now, agents.copy(), until))

    def qualify(self, agents: Numbers, team: int, adds: Sequence[int]) -> None:  # noqa: ARG002 - the floor's own
        self.qualified.append((self.env.now, agents.copy(), tuple(adds)))

    def begin_day(self, agents: Numbers) -> None:
        self.days_begun.append((self.env.now, agents.size))

    def set_speed(self, agents: Numbers, speed: Array, by_queue: Array, error_rate: Array) -> None:
        self.speeds.append((self.env.now, agents.copy(), speed.copy(), by_queue.copy(), error_rate.copy()))

    def set_factor(self, queue: int, factor: float) -> None:
        self.factors.append((self.env.now, queue, factor))

    def set_epoch(self, queue: int, epoch: int) -> None:  # noqa: ARG002 - the floor's own
        raise AssertionError("the workforce does not allocate")

    def backlog_hours(self, team: int) -> float:  # noqa: ARG002 - the same for all
        return self.backlog

    def line_backlog(self, team: int, queue: int) -> tuple[float, float]:  # noqa: ARG002 - the same for all
        return self.lines[queue]


@dataclasses.dataclass
class Crew:
    """A workforce that has run over its horizon, and the notebook of what it told the floor."""

    context: ReplicationContext
    teams: dict[str, Team]
    told: Notebook

    def table(self, team: str = "day") -> Any:
        """Return the roster of a team."""
        return self.teams[team].members.roster.table

    def posts(self, team: str = "day") -> list[Post]:
        """Return the shifts of one team."""
        number = self.teams[team].index
        return [post for post in self.told.posts if self.told.team[post.agents[0]] == number]

    def on_day(self, day: int, team: str = "day") -> set[int]:
        """Return the agents that came on in a local day of the team, counted from `start`."""
        return {
            int(a) for post in self.posts(team) if self.teams[team].days.number(post.time) == day for a in post.agents
        }

    def paid_hours(self, team: str = "day") -> float:
        """Return paid hours within the horizon."""
        return float(self.teams[team].hours.paid.sum()) / 3600


def crew(
    plan: Scenario,
    *,
    seed: int = 1,
    files: DataFiles = NOWHERE,
    backlog: float = 0.0,
    lines: Mapping[int, tuple[float, float]] | None = None,
) -> Crew:
    """Run the workforce of a scenario, without items, from the start of the warm-up to the end of the horizon.

    `backlog` is what waits for each team, `lines` what each is told of one queue.
    """
    demand = Demand(plan, files)
    grid = Grid(plan.horizon, hourly=False)
    env = simpy.Environment(demand.day(-round(plan.horizon.warm_up / DAY)).start)
    told = Notebook(env, backlog, lines)
    context = ReplicationContext(env, plan, files, Streams(seed, 0), told, demand.clock, grid.edges)
    workforce = Workforce(context)
    workforce.begin()
    env.run(grid.end)
    return Crew(context, workforce.teams, told)


# -- worlds -------------------------------------------------------------------------------------------------------


class Watched(Floor):
    """The floor, which also keeps what it was handed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.items: list[Any] = []
        self.later: list[Any] = []
        self.backlogs: list[tuple[int, Any, Any]] = []
        self.duty: list[tuple[int, float, float]] = []
        self.stops: list[tuple[int, float, float]] = []
        self.midnights: list[tuple[int, float]] = []
        self.team_of: list[int] = []

    def load(self, arrivals: Any, follow_ups: Any) -> None:
        self.items.append(arrivals.copy())
        self.later.append(follow_ups.copy())
        super().load(arrivals, follow_ups)

    def put_backlog(self, queue: int, arrivals: Any, follow_ups: Any) -> None:
        self.backlogs.append((queue, arrivals.copy(), follow_ups.copy()))
        super().put_backlog(queue, arrivals, follow_ups)

    def post(self, agents: Any, on: Any, off: Any, last: Any, blocks: Any) -> None:
        for row, agent in enumerate(agents.tolist()):
            spans = zip(on[row, : blocks[row]].tolist(), off[row, : blocks[row]].tolist(), strict=True)
            self.duty += [(agent, begin, end) for begin, end in spans]
        super().post(agents, on, off, last, blocks)

    def hire(self, team: int, profile: int, at_end: Any) -> Any:
        self.team_of += [team] * len(at_end)
        return super().hire(team, profile, at_end)

    def begin_day(self, agents: Any) -> None:
        self.midnights += [(agent, self.now) for agent in agents.tolist()]
        super().begin_day(agents)

    def suspend(self, agents: Any, until: float) -> None:
        self.stops += [(agent, self.now, until) for agent in agents.tolist()]
        super().suspend(agents, until)


def watch(
    plan: Scenario, *, seed: int = 1, replication: int = 0, files: DataFiles = NOWHERE, hourly: bool = False
) -> tuple[Tally, Watched]:
    """Run a scenario with a journal; return its tally and the floor."""
    world = World(plan, files, Streams(seed, replication), hourly=hourly, journal=1_000_000, floor_type=Watched)
    tally = world.run()
    assert isinstance(world.floor, Watched)
    return tally, world.floor
