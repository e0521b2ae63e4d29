"""A sketch of a replication: a fluid of items through the hours of the same people, on a grid of quarter hours.

It takes the draws of the replication that it sketches - parameters, busyness, absence, leavers, tenure, talent, outages
- and leaves out what single items do. What it misses is hence little, and nearly independent of what it shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.floor.state import CAUSES, LATE_COUNT, LINE_COUNT, QUEUE_COUNT, SLA_COUNT, TEAM_COUNT
from simcap.floor.tally import bin_edges
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.data.public_holidays import is_off
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Scenario
from simcap.sketch.answers import overtime_tables, response_tables
from simcap.sketch.flow import flow
from simcap.sketch.layout import FlowPlan, FlowState
from simcap.sketch.plan import backlogs, crew_tables, flow_plan, queue_tables, sla_tables, steps_of
from simcap.sketch.presence import LastPresence, Presence, Replication
from simcap.sketch.stage import StagedTeam
from simcap.sketch.steps import QuarterHours
from simcap.sketch.volumes import ExpectedVolumes
from simcap.streams import Streams
from simcap.tally import Names, Tally
from simcap.workforce.duty import add_hours
from simcap.world.rows import names_of

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]


class Sketcher:
    """Sketches the replications of one scenario, whose values may vary as far as they are uncertain.

    What all of them share is computed once: the grid, and volumes at a level of one. With the `presences` of another
    sketcher, who is there is not computed again for replications that the other has just sketched with the same people.
    """

    def __init__(
        self, scenario: Scenario, files: DataFiles, *, hourly: bool = False, presences: LastPresence | None = None
    ) -> None:
        self.files = files
        self.presences = presences or LastPresence()
        self.grid = Grid(scenario.horizon, hourly=hourly)
        demand = Demand(scenario, files)
        self.steps = steps_of(scenario, demand, self.grid)
        self.cell = self.steps.cells(self.grid.edges)
        self.volumes = ExpectedVolumes(self.steps)

    def sketch(self, scenario: Scenario, streams: Streams) -> Tally:
        """Return the counts of one replication, which are real numbers. `scenario` has its values drawn.

        Causes of lateness, and percentiles of waits, are not sketched.
        """
        demand = Demand(scenario, self.files)
        steps, grid = self.steps, self.grid
        present = self.presences.of(
            Replication(scenario, self.files, streams, demand, steps, grid.edges, len(grid.days))
        )
        items = self.volumes.items(demand, streams)
        plan = flow_plan(
            queue_tables(scenario, demand, steps, items, backlogs(demand, streams, steps), self.cell)
            | sla_tables(scenario, demand, grid, steps)
            | crew_tables(scenario, demand, present.crews)
            | present.hours
            | response_tables(scenario, demand, present.responses, steps)
            | overtime_tables(scenario, present.overtime, present.responses, steps),
            changing=present.changing,
        )
        names = names_of(scenario, demand)
        state = _empty(plan, names, present.weeks, grid.edges.size, len(scenario.vendors))
        flow(plan, state)
        return _tally(names, grid, plan, state, present, _paid(present, plan, state, steps))


def _paid(present: Presence, plan: FlowPlan, state: FlowState, steps: QuarterHours) -> Array:
    """Return [team, step] what is paid: for those who came besides or stayed away, and for overtime, too."""
    if not present.changing:
        return present.paid
    paid, edges, answered = present.paid.copy(), steps.edges.tolist(), state.answered.tolist()
    for shift, factor in zip(present.responses[: state.next_response[0]], answered, strict=False):
        add_hours(paid[shift.team], edges, shift.begin, shift.end, (factor - 1) * shift.people * shift.paid)
    for number in np.flatnonzero(state.granted).tolist():
        late, response = present.overtime[number], plan.overtime_response[number]
        people = late.paid * (answered[response] if response >= 0 else 1.0)
        add_hours(paid[late.team], edges, late.end, late.end + late.extra, people)
    return paid


def _empty(plan: FlowPlan, names: Names, weeks: int, cells: int, vendors: int) -> FlowState:
    """Return a state in which nothing has happened."""
    queues, lines, crews = len(names.queues), len(names.lines), plan.team.size
    steps, teams, slas = plan.cell.size, len(names.teams), len(names.slas)
    by_line, by_crew, by_queue = (lines,), (crews,), (queues,)
    shapes: dict[str, tuple[int, ...]] = {
        "cohort": (steps, lines),
        **dict.fromkeys(("head", "todo", "old", "wanted", "given", "served", "slowness", "wrong"), by_line),
        **dict.fromkeys(("cursor", "rest"), by_line),
        **dict.fromkeys(("hours", "left", "capacity_before", "done", "residual"), by_crew),
        "coming": (queues, steps),
        **dict.fromkeys(("open", "before"), by_queue),
        **dict.fromkeys(("arrived", "completed", "expired", "open_at", "oldest", "picked_up"), (queues, cells)),
        **dict.fromkeys(("wait", "decided", "turnaround", "gave_up", "gave_up_wait", "lost"), (queues, cells)),
        **dict.fromkeys(("line_created", "line_lost"), (lines, cells)),
        **dict.fromkeys(("on_time", "void", "closed"), (max(slas, 1), max(vendors, 1), cells)),
        **dict.fromkeys(("busy", "errors", "overrun", "overran"), (teams, cells)),
        "asked": (crews, lines),
        "exposed": (crews, queues),
        "worked": (max(weeks, 1),),
        "granted": (plan.overtime_step.size,),
        "next_overtime": (1,),
        "aged": (1,),
        "answered": (plan.response_step.size,),
        "next_response": (1,),
        "decisions": (teams, queues, cells),
    }
    return FlowState(**{name: np.zeros(shape, FlowState.FIELDS[name][0]) for name, shape in shapes.items()})


def _tally(
    names: Names,
    grid: Grid,
    plan: FlowPlan,
    state: FlowState,
    present: Presence,
    paid: Array,
) -> Tally:
    teams, people = present.teams, present.headcounts
    cells, days = grid.edges.size, len(grid.days)

    def by_team_and_cell(rows: Array) -> Array:
        total = np.zeros((len(teams), cells))
        np.add.at(total, plan.team, _by_cell(rows, plan.cell, cells))
        return total

    by_queue = _records(
        QUEUE_COUNT.names or (), (len(names.queues), cells), state, {"open": state.open_at, "delayed": None}
    )
    by_line = _records(
        LINE_COUNT.names or (),
        (len(names.lines), cells),
        state,
        {"created": state.line_created, "lost": state.line_lost},
    )
    by_sla = _records(SLA_COUNT.names or (), state.on_time.shape, state, {})
    by_team = _records(
        TEAM_COUNT.names or (),
        (len(teams), cells),
        state,
        {
            "floor": by_team_and_cell(plan.seconds) + state.overrun,
            "effective": by_team_and_cell(plan.capacity) + state.overran,
        },
    )
    return Tally(
        names=names,
        grid=grid,
        by_queue=by_queue,
        by_line=by_line,
        by_sla=by_sla,
        late=np.zeros((*state.on_time.shape, CAUSES), LATE_COUNT),
        late_hours=np.zeros((*state.on_time.shape[:2], 0), np.uint32),
        by_team=by_team,
        decisions=state.decisions,
        wait_bins=np.zeros((len(names.queues), days, 0), np.uint32),
        turnaround_bins=np.zeros((len(names.queues), days, 0), np.uint32),
        bin_edges=bin_edges(),
        open_before=state.before,
        paid=_by_cell(paid, plan.cell, cells),
        scheduled=_by_cell(present.scheduled, plan.cell, cells),
        premium=np.stack([_premium(team, by_team["floor"][place], grid) for place, team in enumerate(teams)]),
        headcount=np.stack([row[0] for row in people]),
        in_training=np.stack([row[1] for row in people]),
        hires=np.stack([row[2] for row in people]),
        leavers=np.stack([row[3] for row in people]),
        transfers=np.stack([row[4] for row in people]),
        stated=np.stack([row[5] for row in people]),
        notes=(),
        journal=np.zeros(0),
    )


def _by_cell(rows: Array, cell: Numbers, cells: int) -> Array:
    """Return sums by cell of what rows have by step; steps of a cell follow one another, but for those outside."""
    borders = np.append(0, np.flatnonzero(np.diff(cell)) + 1)
    total = np.zeros((rows.shape[0], cells))
    np.add.at(total.T, cell[borders], np.add.reduceat(rows, borders, axis=1).T)
    return total


def _records(
    fields: tuple[str, ...], shape: tuple[int, ...], state: FlowState, other: dict[str, Array | None]
) -> NDArray[np.void]:
    """Return counts of a tally as real numbers; those that `other` leaves empty are not sketched."""
    records = np.zeros(shape, [(name, "f8") for name in fields])
    for name in fields:
        values = other[name] if name in other else getattr(state, name)
        if values is not None:
            records[name] = values
    return records


def _premium(team: StagedTeam, floor: Array, grid: Grid) -> Array:
    """Return the share by which a team's time on the floor costs more, by cell, if its days are those of the report."""
    calendar = team.holidays.calendar
    premium = np.zeros(grid.edges.size)
    if calendar is None or not team.holidays.raises_price:
        return premium
    for cell, day in enumerate(grid.cell_day):
        off = any(is_off(calendar, weekdays, grid.days[day]) for weekdays in team.holidays.weekdays)
        premium[cell] = (calendar.price_factor - 1) * off * (floor[cell] > 0)
    return premium
