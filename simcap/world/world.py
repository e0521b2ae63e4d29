"""One replication of a scenario, from the start of the warm-up to the end of the run-out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import simpy

from simcap.arrivals import ARRIVAL
from simcap.compiled import is_compiled
from simcap.demand.demand import Demand
from simcap.floor.floor import Floor
from simcap.floor.tally import bin_edges
from simcap.rows import Buffer
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.grid import Grid
from simcap.scenario.relations import late_starts
from simcap.scenario.schema.scenario import Scenario
from simcap.streams import Streams
from simcap.tally import Tally
from simcap.units import DAY, TICK
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.workforce import Workforce
from simcap.world.build import floor_plan, team_skills
from simcap.world.floor_port import FloorPort
from simcap.world.rows import headcounts, names_of


class World:
    """Everything in one replication. `floor_type` is the floor, or a model of it with the same methods.

    Unless `by_day`, times in percentiles are kept for weeks and months alone. `journal` is the number of item events to
    record. Items that are open when the horizon ends are worked on for at
    least `run_out` seconds, should it take so long. `ahead` has the shares of queues' items that are taken before the
    older ones. Raises `DataError` for unreadable data files.
    """

    def __init__(
        self,
        scenario: Scenario,
        files: DataFiles,
        streams: Streams,
        *,
        hourly: bool = False,
        by_day: bool = True,
        journal: int = 0,
        run_out: float = 0.0,
        ahead: Mapping[str, float] | None = None,
        floor_type: type[Floor] = Floor,
    ) -> None:
        self.scenario, self.streams = scenario, streams
        self.demand = Demand(scenario, files, ahead)
        self.grid = Grid(scenario.horizon, hourly=hourly, by_day=by_day)
        self.start = self.demand.day(-round(scenario.horizon.warm_up / DAY)).start
        self.env = simpy.Environment(self.start)
        self.floor = floor_type(floor_plan(scenario, self.demand, self.grid, run_out), self.start, journal)
        self.pairs = [(name, team) for name, vendor in scenario.vendors.items() for team in vendor.teams]
        vendors = list(scenario.vendors)
        self.port = FloorPort(
            self.env,
            self.floor,
            [vendors.index(vendor) for vendor, _ in self.pairs],
            [team_skills(scenario, vendor, team) for vendor, team in self.pairs],
            [
                work.content.mean / queue.throughput
                for work, queue in zip(self.demand.work_by_queue, scenario.queues.values(), strict=True)
            ],
            [work.split.shares for work in self.demand.work_by_queue],
        )
        clock = self.demand.clock
        self.context = ReplicationContext(self.env, scenario, files, streams, self.port, clock, self.grid.edges)
        self.workforce = Workforce(self.context)

    def run(self) -> Tally:
        """Run the replication and return its counts."""
        self._begin()
        self.env.run(self.grid.end + TICK)
        self.port.sync()
        self._run_out()
        return self._tally()

    def run_while(self, goes_on: Callable[[], bool]) -> None:
        """Run the replication as long as a condition holds, at most to where nothing is counted any more."""
        self._begin()
        end = self.floor.plan.end
        while goes_on() and self.env.peek() < end:
            self.env.step()
        self.floor.advance(end if goes_on() else self.env.now)

    def _begin(self) -> None:
        self.env.process(self._days())
        self.env.process(self._backlogs())
        self.workforce.begin([[begin for begin, _ in epochs] for epochs in self.demand.epochs.values()])

    def _days(self) -> Process:
        """Hand the items of each local day to the floor when the day begins; of a dense day, when their part begins."""
        index = -round(self.scenario.horizon.warm_up / DAY)
        buffer = Buffer(ARRIVAL)
        while True:
            day = self.demand.day(index)
            yield self.context.until(day.start)
            for part in self.demand.parts(day, self.streams, until=self.floor.plan.end):
                if part.begin > day.start:
                    yield self.context.until(part.begin)
                floor = self.port.sync()
                floor.load(*self.demand.made(day, part.created, buffer))
            index += 1

    def _backlogs(self) -> Process:
        """Replace what waits at the start of the horizon by the backlogs in the scenario."""
        yield self.context.until(self.demand.start)
        for number, queue in enumerate(self.scenario.queues.values()):
            if queue.backlog is not None:
                items, follow_ups = self.demand.backlog(number, self.streams)
                self.port.sync().put_backlog(number, items, follow_ups)

    def _run_out(self) -> None:
        """Go on until every item of the horizon that an SLA counts is decided, expired or past its last due time."""
        end = self.floor.plan.end
        while self.env.peek() < end:
            if self.floor.settle(self.env.peek()):
                break
            self.env.step()
        else:
            self.floor.settle(end)
        self.floor.close_books()

    def _tally(self) -> Tally:
        state = self.floor.state
        teams = list(self.workforce.teams.values())
        days = len(self.grid.days)
        people = [headcounts(team, days) for team in teams]
        return Tally(
            names=names_of(self.scenario, self.demand),
            grid=self.grid,
            by_queue=state.by_queue,
            by_line=state.by_line,
            by_sla=state.by_sla,
            late=state.late,
            late_hours=state.late_hours,
            by_team=state.by_team,
            decisions=state.decisions,
            wait_bins=state.wait_bins,
            turnaround_bins=state.turnaround_bins,
            bin_edges=bin_edges(),
            open_before=state.by_queue["open"][:, -1].copy(),
            paid=np.stack([team.hours.paid for team in teams]),
            scheduled=np.stack([team.hours.scheduled for team in teams]),
            premium=np.stack([team.holidays.premium() for team in teams]),
            headcount=np.stack([row[0] for row in people]),
            in_training=np.stack([row[1] for row in people]),
            hires=np.stack([row[2] for row in people]),
            leavers=np.stack([row[3] for row in people]),
            transfers=np.stack([row[4] for row in people]),
            stated=np.stack([row[5] for row in people]),
            notes=tuple(self._notes()),
            journal=self.floor.journal() if state.journal.size else state.journal,
        )

    def _notes(self) -> list[str]:
        of_files = (*self.demand.repeats(len(self.grid.days) - 1), *self.demand.skipped_intervals())
        return [*self.context.notes, *late_starts(self.scenario), *of_files]


def simulate(
    scenario: Scenario, files: DataFiles, seed: int, replication: int, *, hourly: bool = False, journal: int = 0
) -> Tally:
    """Run one replication of a scenario and return its counts."""
    return World(scenario, files, Streams(seed, replication), hourly=hourly, journal=journal).run()


def must_compile() -> bool:
    """Return whether the first replication will have to compile the kernels."""
    return not is_compiled()
