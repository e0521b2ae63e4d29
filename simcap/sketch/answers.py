"""Lays out the shifts that answer to the backlog: more may come to them, or fewer, or they are prolonged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simcap.demand.demand import Demand
from simcap.scenario.relations import responses
from simcap.scenario.schema.hiring import BacklogResponse
from simcap.scenario.schema.scenario import Scenario
from simcap.sketch.crews import PossibleOvertime, PossibleResponse
from simcap.sketch.plan import Tables, firsts, line_counts, shares_of, whole
from simcap.sketch.steps import STEP, QuarterHours

Array = NDArray[np.float64]


class Term(NamedTuple):
    """What one shift of a team responds to."""

    line: int
    """-1 for all that waits for the team."""
    normal: float
    terms: BacklogResponse


def response_tables(
    scenario: Scenario, demand: Demand, shifts: Sequence[PossibleResponse], steps: QuarterHours
) -> Tables:
    """Return the tables of the shifts to which more may come, or fewer, in the order in which they begin."""
    step = whole([max((shift.begin - steps.begin) // STEP, 0) for shift in shifts])
    known = {number: _responses(scenario, demand, number, steps) for number in {shift.team for shift in shifts}}
    asking = [_terms(known[shift.team], begin) for shift, begin in zip(shifts, step.tolist(), strict=True)]
    terms = [term for one in asking for term in one]
    return {
        "response_step": step,
        "response_stop": whole([np.ceil((shift.end - steps.begin) / STEP) for shift in shifts]),
        "response_crew": whole([shift.first for shift in shifts]),
        "response_crews": whole([shift.crews for shift in shifts]),
        "response_people": np.array([shift.people for shift in shifts], float),
        "response_draw": np.array([shift.draw for shift in shifts], float),
        "response_first": firsts([len(one) for one in asking]),
        "term_line": whole([term.line for term in terms]),
        "term_normal": np.array([term.normal for term in terms], float),
        "term_power": np.array([term.terms.elasticity for term in terms], float),
        "term_least": np.array([term.terms.at_least for term in terms], float),
        "term_most": np.array([term.terms.at_most for term in terms], float),
    }


def _responses(
    scenario: Scenario, demand: Demand, team: int, steps: QuarterHours
) -> list[tuple[int, BacklogResponse, Array]]:
    """Return what a team responds to: the line of each queue, or -1; terms; by step its vendor's share of the queue."""
    vendor, name = [(vendor, name) for vendor, owner in scenario.vendors.items() for name in owner.teams][team]
    first_lines = dict(zip(scenario.queues, firsts(line_counts(demand)), strict=False))
    found = []
    for queue, terms in responses(scenario, name).items():
        vendors = demand.work_by_queue[demand.names.index(queue)].split.vendors if queue else ()
        place = vendors.index(vendor) if vendors else 0
        share = shares_of(demand, queue, steps)[place] if queue else np.ones(steps.count)
        found.append((int(first_lines[queue]) + place if queue else -1, terms, share))
    return found


def _terms(known: Sequence[tuple[int, BacklogResponse, Array]], step: int) -> list[Term]:
    """Return what a shift that begins in a step responds to; a queue of which nothing comes then asks for nobody."""
    shares = [(line, terms, float(share[min(step, share.size - 1)])) for line, terms, share in known]
    return [Term(line, terms.normal * share, terms) for line, terms, share in shares if share > 0]


def overtime_tables(
    scenario: Scenario,
    shifts: Sequence[PossibleOvertime],
    responses: Sequence[PossibleResponse],
    steps: QuarterHours,
) -> Tables:
    """Return the tables of the shifts that may be prolonged, in the order in which they begin."""
    places = {id(response): place for place, response in enumerate(responses)}
    vendors = [vendor for vendor in scenario.vendors.values() for _ in vendor.teams]
    terms = [vendors[shift.team].overtime for shift in shifts]
    width = max((len(shift.work) for shift in shifts), default=1)
    work, people = np.zeros((2, len(shifts), width))
    for place, shift in enumerate(shifts):
        work[place, : len(shift.work)], people[place, : len(shift.people)] = shift.work, shift.people
    return {
        "overtime_step": whole([max((shift.begin - steps.begin) // STEP, 0) for shift in shifts]),
        "overtime_crew": whole([shift.first for shift in shifts]),
        "overtime_crews": whole([len(shift.work) for shift in shifts]),
        "overtime_response": whole([places.get(id(shift.response), -1) for shift in shifts]),
        "overtime_week": whole([shift.week for shift in shifts]),
        "overtime_end": np.array([(shift.end - steps.begin) / STEP for shift in shifts], float),
        "overtime_extra": np.array([shift.extra for shift in shifts], float),
        "overtime_adds": np.array([term.adds for term in terms if term is not None], float),
        "overtime_most": np.array([term.max_per_week for term in terms if term is not None], float),
        "overtime_from": np.array([term.when.backlog_hours * 3600.0 for term in terms if term is not None], float),
        "overtime_work": work,
        "overtime_people": people,
    }
