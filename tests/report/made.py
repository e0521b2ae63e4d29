"""Results that were made up, not simulated: figures follow a shape that a test chooses."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.figures import TABLES, Arrays, Layout, stacked
from simcap.analysis.late_measures import BY_HOUR, LATE_MEASURES
from simcap.analysis.lateness import hour_starts
from simcap.analysis.measures import QUEUE_MEASURES, SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.money import MONEY_MEASURES, payers
from simcap.analysis.work import WORK_MEASURES, WORK_PERIODS, workers
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import Results
from simcap.experiment.run import periods_down_to
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]

SHIFT = {"days": "Mon-Fri", "start": "09:00", "length": "9 h"}
BASE: dict[str, Any] = {
    "name": "Q4 baseline",
    "horizon": {"start": "2026-10-05", "weeks": 13, "timezone": "Europe/London"},
    "queues": {
        "listings": {
            "title": "New listing review",
            "arrivals": {"per_week": 70_000},
            "handle_time": {"constant": "45 s"},
            "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": "95%", "per": "week"}},
            "backlog": {"items": 400, "oldest": "2 h"},
        },
        "appeals": {
            "arrivals": {"per_week": 2_000},
            "handle_time": {"constant": "8 min"},
            "sla": {"72 h": {"measure": "turnaround", "within": "72 h", "target": "95%", "per": "month"}},
        },
        "quality": {"arrivals": {"per_week": 1_000}, "handle_time": {"constant": "60 s"}},
    },
    "routing": {"allocation": {"listings": {"north": "60%", "south": "40%"}}},
    "vendors": {
        "north": {
            "title": "North BPO",
            "shrinkage": {"absence": "8%"},
            "attrition": {"per_year": "45%"},
            "ramp": {"steps": ["50%", "100%"]},
            "spread": "10%",
            "teams": {"manila": {"timezone": "Asia/Manila", "agents": 40, "skills": ["listings"], "shift": SHIFT}},
            "hiring": {"classes": {"oct": {"start": "2026-10-12", "team": "manila", "size": 5, "training": "2 weeks"}}},
        },
        "south": {
            "shrinkage": {"absence": "8%"},
            "attrition": {"per_year": "45%"},
            "ramp": {"steps": ["50%", "100%"]},
            "spread": "10%",
            "teams": {"krakow": {"timezone": "Europe/Warsaw", "agents": 30, "skills": ["listings"], "shift": SHIFT}},
        },
    },
    "events": {"singles-day": {"surge": {"queue": "listings", "from": "2026-11-09", "for": "5 days", "factor": 1.8}}},
}


def changed(**changes: Any) -> dict[str, Any]:
    """Return the base document with top-level parts replaced."""
    return copy.deepcopy(BASE) | changes


def many(queues: int, teams: int, vendors: int, **changes: Any) -> dict[str, Any]:
    """Return a document of many queues, each with a weekly SLA, and many teams of a few vendors."""
    names = [f"queue-{number:02d}" for number in range(queues)]
    queue = BASE["queues"]["listings"]
    plans = {name: {**queue, "title": f"Review of kind {name[-2:]}"} for name in names}
    team = {"timezone": "UTC", "agents": 30, "skills": names, "shift": SHIFT}
    own = {
        f"vendor-{n}": {"teams": {f"team-{t:02d}": dict(team, agents=8 + t) for t in range(n, teams, vendors)}}
        for n in range(vendors)
    }
    return changed(queues=plans, vendors=own, routing={}, events={}) | changes


def layout_of(scenario: Scenario, period: str) -> Layout:
    """Return the layout of a scenario's figures down to a period."""
    split = scenario.routing.allocation
    grid = Grid(scenario.horizon, hourly=period == "hour")
    slas = tuple(
        (queue, vendor, sla)
        for queue, plan in scenario.queues.items()
        for sla in plan.sla
        for vendor in ("", *split.get(queue, {}))
    )
    return Layout(
        subjects={
            "queues": tuple((queue,) for queue in scenario.queues),
            "teams": tuple((vendor, team) for vendor, plan in scenario.vendors.items() for team in plan.teams),
            "vendors": tuple((vendor,) for vendor in scenario.vendors),
            "sla": slas,
            "late": slas,
            "money": tuple((vendor,) for vendor in payers(scenario)),
            "work": workers(scenario),
        },
        measures={
            "queues": QUEUE_MEASURES,
            "teams": TEAM_MEASURES,
            "vendors": TEAM_MEASURES,
            "sla": SLA_MEASURES,
            "late": LATE_MEASURES,
            "money": MONEY_MEASURES,
            "work": WORK_MEASURES,
        },
        windows={name: grid.windows(name) for name in periods_down_to(period)},
    )


def made(
    document: dict[str, Any],
    replications: int = 20,
    *,
    period: str = "week",
    attainment: Array | float | None = None,
    items: float = 1000.0,
    notes: tuple[str, ...] = (),
    expired: float = 0.0,
) -> Results:
    """Return results whose SLAs are attained as given ([window], [replication, window] or one share), else at random.

    Without `items` nothing arrives: attainments do not exist. A share of all items, `expired`, leaves undecided.
    """
    scenario = Scenario.model_validate(document)
    layout = layout_of(scenario, period)
    rng = np.random.default_rng(7)
    outcomes = []
    for number in range(replications):
        figures = _figures(scenario, layout, rng, _own(attainment, number), items)
        for (table, _), values in figures.items():
            if table == "sla" and expired:
                values[:, SLA_MEASURES.index("created")] = items
                values[:, SLA_MEASURES.index("expired")] = items * expired
        outcomes.append(Outcome(number, figures, {}, notes[:1] if number else notes))
    return Results.of(scenario, 7, stacked(layout, [one.figures for one in outcomes]), outcomes)


def _own(attainment: Array | float | None, number: int) -> Array | float | None:
    """Return what is given for one replication."""
    return attainment[number] if isinstance(attainment, np.ndarray) and attainment.ndim == 2 else attainment


def _figures(
    scenario: Scenario, layout: Layout, rng: np.random.Generator, attainment: Array | float | None, items: float
) -> Arrays:
    figures = {(table, period): np.zeros(layout.shape(table, period)) for table in TABLES for period in layout.windows}
    figures[BY_HOUR] = np.zeros((len(layout.subjects["late"]), len(hour_starts(scenario.horizon))))
    for period, windows in layout.windows.items():
        count = len(windows.cells)
        time = np.array([end for _, end in windows.cells]) / windows.cells[-1][1]
        for place, (queue, _, name) in enumerate(layout.subjects["sla"]):
            sla = scenario.queues[queue].sla[name]
            if attainment is None:
                miss = 0.02 + 0.08 * rng.random() * np.sin(3 * time + place) ** 2 + 0.02 * rng.random(count)
                share = 1 - miss * (1 - sla.target) * 20
            else:
                share = np.broadcast_to(attainment, count) if period == sla.per else np.full(count, np.mean(attainment))
            figures["sla", period][place] = [
                share if items else np.full(count, np.nan),
                np.full(count, items),
                items * share,
                np.full(count, items),
                np.full(count, items),
                np.zeros(count),
            ]
        for place in range(len(layout.subjects["queues"])):
            open_ = items * (0.3 + 0.4 * rng.random() * np.sin(4 * time + place) ** 2)
            _set(figures["queues", period][place], QUEUE_MEASURES, arrived=items, open_at_end=np.rint(open_))
        for place, (vendor, team) in enumerate(layout.subjects["teams"]):
            agents = scenario.vendors[vendor].teams[team].agents or 20
            left = rng.poisson(agents * 0.15 * time)
            _set(
                figures["teams", period][place],
                TEAM_MEASURES,
                headcount=agents - left,
                on_floor_hours=30 * agents,
            )
            _set(
                figures["teams", period][place],
                TEAM_MEASURES,
                effective_fte=agents,
                occupancy=0.8,
                busy_hours=24 * agents,
                scheduled_hours=36 * agents,
            )
            _set(
                figures["teams", period][place],
                TEAM_MEASURES,
                in_training=np.where((time > 0.1) & (time < 0.3), place % 3 * 4, 0),
            )
    for period in (name for name in WORK_PERIODS if name in layout.windows):
        figures["work", period] = _work(layout, figures["teams", period], period)
    if layout.subjects["money"]:
        price = np.round(100_000 * rng.lognormal(0, 0.02, layout.shape("money", "month")[::2]), 2)
        price[-1] = price[:-1].sum(axis=0)
        figures["money", "month"] = _money(layout, "month", price)
        figures["money", "horizon"] = _money(layout, "horizon", price)
    return figures


def _work(layout: Layout, teams: Array, period: str) -> Array:
    """Return the busy hours of each team, the first of its queues with twice the share of any other."""
    figures = np.zeros(layout.shape("work", period))
    pairs = layout.subjects["work"]
    queues: dict[tuple[str, str], list[str]] = {}
    for vendor, team, queue in pairs:
        queues.setdefault((vendor, team), []).append(queue)
    for place, (vendor, team, queue) in enumerate(pairs):
        own = queues[vendor, team]
        busy = teams[layout.subjects["teams"].index((vendor, team)), TEAM_MEASURES.index("busy_hours")]
        share = (2 if queue == own[0] else 1) / (len(own) + 1)
        _set(figures[place], WORK_MEASURES, busy_hours=busy * share, completed=np.rint(100 * busy * share))
    return figures


def _money(layout: Layout, period: str, price: Array) -> Array:
    """Return what vendors cost by month or in all: 1% of the price is given back, for 200,000 decisions a month."""
    figures = np.zeros(layout.shape("money", period))
    credits_ = np.round(0.01 * price, 2)
    decisions = np.full(price.shape, 200_000.0)
    if period == "horizon":
        price, credits_, decisions = (one.sum(axis=1, keepdims=True) for one in (price, credits_, decisions))
    for name, values in {
        "price": price,
        "used_fee": price,
        "credits": credits_,
        "service_credits": credits_,
        "net_cost": price - credits_,
        "cost_per_decision": (price - credits_) / decisions,
        "decisions": decisions,
    }.items():
        figures[:, MONEY_MEASURES.index(name)] = values
    return figures


def _set(rows: Array, measures: tuple[str, ...], **values: Array | float) -> None:
    for name, value in values.items():
        rows[measures.index(name)] = value
