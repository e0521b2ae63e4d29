"""The floor as the rest of the program sees it: lazy, exact, fed day by day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap import rows
from simcap.arrivals import ARRIVAL
from simcap.errors import RunError
from simcap.floor import kernel, orders, together
from simcap.floor.chunk import ChunkSorter
from simcap.floor.ends import agent_bits, max_agents, no_ends, resized
from simcap.floor.heap import ENTRY
from simcap.floor.plan import FloorPlan
from simcap.floor.state import (
    AGENT,
    AHEAD,
    BINS,
    CAUSES,
    CLOCK,
    HANDS,
    INF,
    ITEM,
    JOURNAL,
    LATE_COUNT,
    LINE_COUNT,
    NIL,
    OFF,
    QUEUE_COUNT,
    SLA_COUNT,
    TEAM_COUNT,
    WAITS,
    State,
)
from simcap.units import HOUR

Agents = NDArray[np.int64]

MAX_MARKS = 10_000
"""The most times at which the clocks of a line are recorded."""


class Floor:
    """Where items meet people.

    Times are simulated seconds on the grid of `units.TICK`; agents are numbered from 0, first those of the plan, then
    those who are hired, in this order.
    """

    def __init__(self, plan: FloorPlan, start: float, journal: int = 0) -> None:
        self.plan = plan
        self.rules = plan.rules
        self.state = _empty_state(plan, start, journal)
        self._people = len(plan.teams)
        self._max_people = max_agents(max(plan.end, -start))
        self._check_people()
        self._reserved = 0
        self._sorter = ChunkSorter()
        self._advance = together.advance if plan.overlaps else kernel.advance

    @property
    def now(self) -> float:
        """Return the time before which everything has happened."""
        return float(self.state.clock[0]["now"])

    @property
    def counters(self) -> Any:
        """Return the record of the floor's clock and counters."""
        return self.state.clock[0]

    def load(self, arrivals: NDArray[Any], follow_ups: NDArray[Any]) -> None:
        """Hand over the items that are created next, in any order, and the table of their follow-up work.

        Items of one instant are created in the order of their rows. Raises `ValueError` if items of the previous chunk
        have not been created yet.
        """
        if self.counters["row"] < self.state.arrivals.size:
            raise ValueError("the previous chunk is not finished; advance the floor to its end first")
        self._reserved = arrivals.size + follow_ups.size
        self._make_room(self._reserved)
        times, order = self._sorter.sort(arrivals, self.now)
        self.state.put(arrivals=arrivals, follow_ups=follow_ups, times=times, order=order)
        self.counters["row"] = 0

    def advance(self, until: float) -> None:
        """Process everything that happens strictly before `until`."""
        if until > self.now:
            self._have_marks(until)
            self._advance(self.rules, self.state, until, until_settled=False)

    def settle(self, until: float) -> bool:
        """Go on until no item of the horizon that an SLA counts is open, at most to `until`; return whether none is."""
        self._have_marks(until)
        self._advance(self.rules, self.state, until, until_settled=True)
        return bool(self.counters["unsettled"] == 0)

    def close_books(self) -> None:
        """Count as late the items of the horizon that are still open when the run ends."""
        kernel.close_books(self.rules, self.state, self.plan.end)

    def post(
        self,
        agents: Agents,
        on: NDArray[np.float64],
        off: NDArray[np.float64],
        last: NDArray[np.uint8],
        blocks: NDArray[np.int64],
    ) -> None:
        """Post the duty of a day, from the present time on: a row of blocks for each agent."""
        needed = orders.post(self.state, agents, on, off, last, blocks, self.now)
        if needed > self.state.on.shape[1]:
            self._widen_duty(needed)
            orders.post(self.state, agents, on, off, last, blocks, self.now)
        if self.plan.overlaps:
            self.counters["changed"] = self.now  # who stays on longer may take more

    def attend(self, agents: Agents) -> None:
        """Count agents who have been posted as on duty from now on, although they are in training first."""
        orders.attend(self.rules, self.state, agents, self.now)

    def release(self, agents: Agents) -> None:
        """Hand back what these agents have kept from an earlier shift."""
        orders.release(self.rules, self.state, agents, self.now)

    def suspend(self, agents: Agents, until: float) -> None:
        """Take agents off the floor at once, until a given time; their items are handed back."""
        orders.suspend(self.rules, self.state, agents, until, self.now)

    def qualify(self, agents: Agents, profiles: Sequence[int]) -> None:
        """Give agents new skills: for each the number of a profile of the plan."""
        orders.qualify(self.rules, self.state, agents, np.asarray(profiles, np.int64), self.now)

    def begin_day(self, agents: Agents) -> None:
        """Begin a local day of these agents: their exposure is reset to zero."""
        orders.begin_day(self.rules, self.state, agents, self.now)

    def set_speed(
        self, agents: Agents, base: NDArray[np.float64], speed: NDArray[np.float64], error_rate: NDArray[np.float64]
    ) -> None:
        """Set agents' general speed, their speed by queue and their share of wrong decisions by queue."""
        orders.set_speed(self.state, np.ascontiguousarray(agents), base, speed, error_rate, self.now)

    def set_factor(self, queue: int, factor: float) -> None:
        """Set the factor on the handle time of a queue's items that are picked up from now on."""
        self.rules.queues["factor"][queue] = factor

    def set_epoch(self, queue: int, epoch: int) -> None:
        """Allocate a queue's items that are created from now on by another of its splits."""
        self.rules.queues["epoch"][queue] = epoch

    def hire(self, team: int, profile: int, at_end: Sequence[int]) -> Agents:
        """Add agents to a team; return their numbers. Raises `RunError` if there are too many."""
        first = self._people
        self._people += len(at_end)
        if self._people > self.state.agents.size:
            self._check_people()
            self._seat(min(max(self._people, 2 * first), self._max_people))
        people = self.state.agents[first : self._people]
        people["team"] = team
        people["profile"] = people["skilled"] = profile
        people["at_end"] = at_end
        return np.arange(first, self._people)

    def put_backlog(self, queue: int, arrivals: NDArray[Any], follow_ups: NDArray[Any]) -> None:
        """Replace what waits in a queue by rows, the oldest first, whose `time` is the age in seconds."""
        self._make_room(self._reserved + arrivals.size + follow_ups.size)
        day = {"arrivals": self.state.arrivals, "follow_ups": self.state.follow_ups}
        self.state.put(arrivals=arrivals, follow_ups=follow_ups)
        orders.replace_backlog(self.rules, self.state, queue, self.now)
        self.state.put(**day)

    def waiting(self) -> NDArray[np.int64]:
        """Return the number of items waiting in each line."""
        return self.state.lines["count"].astype(np.int64)

    def on_floor(self) -> Agents:
        """Return the agents who are on the floor."""
        return np.flatnonzero(self.state.agents["state"] != OFF)

    def journal(self) -> NDArray[Any]:
        """Return the journal, in the order of events.

        Raises `ValueError` if it was too short for the run.
        """
        lines = int(self.counters["journal"])
        if lines > self.state.journal.size:
            raise ValueError(f"the journal holds {self.state.journal.size} lines, {lines} were written; make it longer")
        return self.state.journal[:lines]

    def _make_room(self, items: int) -> None:
        clock, state = self.counters, self.state
        used, returned = int(clock["fresh"]), int(clock["returned"])
        lacking = items - returned - (state.items.size - used)
        if lacking <= 0:
            return
        size = int(1.5 * (state.items.size + lacking))
        slots = rows.empty(size, ITEM)
        slots[:used] = state.items[:used]
        waits = rows.empty(size * CAUSES, np.float64).reshape(size, CAUSES)
        waits[:used] = state.waits[:used]
        state.put(
            items=slots,
            waits=waits,
            returned=_longer(state.returned[:returned], size + 1),
            coming=_longer(state.coming[: clock["coming"]], size),
            expiries=_longer(state.expiries[: clock["expiries"]], 2 * size),
        )

    def _have_marks(self, until: float) -> None:
        """Make room for what the clocks show beyond the end of the plan, where the floor is worked on so long."""
        if until > self.plan.end:
            marks = self.state.marks
            lacking = _count_of_marks(self.plan, until) - marks.shape[1]
            if lacking > 0:
                self.state.put(marks=np.pad(marks, ((0, 0), (0, lacking), (0, 0))))

    def _check_people(self) -> None:
        if self._people > self._max_people:
            raise RunError(
                f"{self._people:,} agents are more than the {self._max_people:,} that can be numbered over so long a "
                "time; simulate fewer days"
            )

    def _seat(self, people: int) -> None:
        """Make room for more agents."""
        state = self.state
        fresh = _agents(people, self.rules.skills.shape[1])
        fresh[: state.agents.size] = state.agents
        by_agent = {
            name: getattr(state, name)
            for name in ("speed", "error_rate", "passes", "exposed", "hand", "done_at", "on", "off", "last")
        }
        grown = {name: np.zeros((people, array.shape[1]), array.dtype) for name, array in by_agent.items()}
        for name, array in by_agent.items():
            grown[name][: array.shape[0]] = array
        grown["speed"][state.speed.shape[0] :] = 1.0
        idle = np.zeros((state.idle.shape[0], people), ENTRY)
        idle[:, : state.idle.shape[1]] = state.idle
        hands = _longer(state.hands, people)
        hands[state.hands.size :] = np.zeros(1, HANDS)
        ends = resized(state.ends, int(self.counters["ends"]), int(self.counters["agent_bits"]), people)
        duties = _longer(state.duties, people + 1)
        freed = _longer(state.freed, 2 * people + 1)
        places = {name: _longer(getattr(state, name), people) for name in ("idle_places", "duty_places")}
        state.put(agents=fresh, idle=idle, freed=freed, ends=ends, duties=duties, hands=hands, **places, **grown)
        self.counters["agent_bits"] = agent_bits(people)

    def _widen_duty(self, blocks: int) -> None:
        more = ((0, 0), (0, blocks - self.state.on.shape[1]))
        self.state.put(
            on=np.pad(self.state.on, more), off=np.pad(self.state.off, more), last=np.pad(self.state.last, more)
        )


def _longer(array: NDArray[Any], size: int) -> NDArray[Any]:
    longer = np.empty(size, array.dtype)
    longer[: array.size] = array
    return longer


def _agents(people: int, width: int) -> NDArray[Any]:
    """Return agents who are off the floor; `width` is the largest number of skills."""
    agents = rows.empty(people, AGENT)
    agents[:] = np.zeros(1, AGENT)
    for name in ("slot", "kept"):
        agents[name] = NIL
    for name in ("duty_at", "overrun_since"):
        agents[name] = INF
    agents["suspended"] = -INF
    agents["rank"] = width
    agents["speed"] = 1.0
    return agents


def _marks(plan: FloorPlan, start: float) -> int:
    """Set when the clocks of lines are recorded: every hour, less often in long runs; return how many times."""
    grid = plan.rules.marks
    grid["begin"], grid["every"] = start, HOUR * math.ceil((plan.end - start) / HOUR / MAX_MARKS)
    return _count_of_marks(plan, plan.end)


def _count_of_marks(plan: FloorPlan, until: float) -> int:
    """Return how often the clocks of lines are recorded until a time, and once more."""
    grid = plan.rules.marks[0]
    return math.ceil((until - float(grid["begin"])) / float(grid["every"])) + 2


def _empty_state(plan: FloorPlan, start: float, journal: int) -> State:
    rules = plan.rules
    people, queues, cells, days = plan.seats, rules.queues.size, rules.edges.size, int(rules.cell_day.max()) + 1
    clock = np.zeros(1, CLOCK)
    for name in ("changed", "next_overflow", "next_expiry"):
        clock[name] = INF
    clock["now"] = start
    clock["cell"] = cells - 1
    clock["next_edge"] = rules.edges[0]
    clock["agent_bits"] = agent_bits(people)
    agents = _agents(people, rules.skills.shape[1])
    known = agents[: plan.teams.size]
    known["team"] = plan.teams
    known["profile"] = known["skilled"] = plan.profiles
    known["at_end"] = plan.at_end
    return State(
        clock=clock,
        items=np.zeros(0, ITEM),
        returned=np.zeros(1, np.int32),
        waits=np.zeros((0, CAUSES)),
        lines=plan.lines.copy(),
        clocks=np.zeros((plan.lines.size, WAITS)),
        marks=np.zeros((plan.lines.size, _marks(plan, start), WAITS)),
        open=np.zeros(queues, np.int64),
        agents=agents,
        hands=np.zeros(people, HANDS),
        hand=np.full((people, plan.at_once), NIL, np.int32),
        done_at=np.zeros((people, plan.at_once)),
        speed=np.ones((people, queues)),
        error_rate=np.zeros((people, queues)),
        passes=np.zeros((people, rules.skills.shape[1]), np.uint8),
        exposed=np.zeros((people, queues)),
        on=np.zeros((people, 8)),
        off=np.zeros((people, 8)),
        last=np.zeros((people, 8), np.uint8),
        idle=np.zeros((rules.skills.shape[0], people), ENTRY),
        idle_count=np.zeros(rules.skills.shape[0], np.int64),
        idle_places=np.zeros(people, np.int32),
        freed=np.zeros(2 * people + 1, np.int64),
        ends=no_ends(people),
        duties=np.zeros(people + 1, ENTRY),
        duty_places=np.zeros(people, np.int32),
        coming=np.zeros(0, ENTRY),
        expiries=np.zeros(0, ENTRY),
        arrivals=np.zeros(0, ARRIVAL),
        times=np.full(2, INF),
        order=np.zeros(AHEAD, np.int64),
        follow_ups=np.zeros(0, ARRIVAL),
        by_queue=np.zeros((queues, cells), QUEUE_COUNT),
        by_line=np.zeros((plan.lines.size, cells), LINE_COUNT),
        by_sla=np.zeros((max(rules.slas.size, 1), plan.vendors, cells), SLA_COUNT),
        late=np.zeros((max(rules.slas.size, 1), plan.vendors, cells, CAUSES), LATE_COUNT),
        late_hours=np.zeros((max(rules.slas.size, 1), plan.vendors, plan.hours), np.uint32),
        by_team=np.zeros((plan.team_count, cells), TEAM_COUNT),
        decisions=np.zeros((plan.team_count, queues, cells), np.int64),
        wait_bins=np.zeros((queues, days, BINS), np.uint32),
        turnaround_bins=np.zeros((queues, days, BINS), np.uint32),
        journal=np.zeros(journal, JOURNAL),
    )
