"""Figures made by hand, in the layout of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simcap.analysis.figures import Figures, Layout
from simcap.analysis.late_measures import BY_HOUR, LATE_MEASURES
from simcap.analysis.measures import QUEUE_MEASURES, SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.money import MONEY_MEASURES
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Scenario

PERIODS = ("horizon", "month", "week", "day")


def layout_of(plan: Scenario, periods: tuple[str, ...] = PERIODS) -> Layout:
    """Return the layout that a run of a scenario has."""
    grid = Grid(plan.horizon, hourly="hour" in periods)
    slas: list[tuple[str, ...]] = []
    for queue, value in plan.queues.items():
        for name in value.sla:
            vendors = [vendor for vendor in plan.vendors if vendor in plan.routing.allocation.get(queue, {})]
            slas += [(queue, vendor, name) for vendor in ("", *vendors)]
    return Layout(
        subjects={
            "queues": tuple((queue,) for queue in plan.queues),
            "teams": tuple((vendor, team) for vendor, value in plan.vendors.items() for team in value.teams),
            "vendors": tuple((vendor,) for vendor in plan.vendors),
            "sla": tuple(slas),
            "late": tuple(slas),
            "money": (),
        },
        measures={
            "queues": QUEUE_MEASURES,
            "teams": TEAM_MEASURES,
            "vendors": TEAM_MEASURES,
            "sla": SLA_MEASURES,
            "late": LATE_MEASURES,
            "money": MONEY_MEASURES,
        },
        windows={period: grid.windows(period) for period in periods},
    )


def quiet_figures(layout: Layout, replications: int) -> Figures:
    """Return figures in which every SLA is met, every team is as large as at the start and half busy."""
    figures = Figures(layout, {})
    for table in layout.subjects:
        for period in layout.windows:
            figures.arrays[table, period] = np.zeros((replications, *layout.shape(table, period)))
    for period in layout.windows:
        figures.of("sla", period, None, "attainment")[:, :] = 1.0
        for name in ("decided", "on_time", "counted", "created"):
            figures.of("sla", period, None, name)[:, :] = 1000.0
        for name, value in {"headcount": 10, "on_floor_hours": 350, "busy_hours": 300, "occupancy": 300 / 350}.items():
            figures.of("teams", period, None, name)[:, :] = value
        figures.of("teams", period, None, "effective_fte")[:, :] = 9.0
    return figures


def put_late(
    figures: Figures,
    period: str,
    window: int,
    hours: Mapping[str, float],
    created: Mapping[int, float],
    place: int = 0,
) -> None:
    """Let each replication have late items: hours by cause, as many items of each; items by hour of the horizon."""
    for cause, value in hours.items():
        figures.of("late", period, None, f"{cause}_hours")[:, place, window] = value
        figures.of("late", period, None, cause)[:, place, window] = value
    shape = (
        figures.arrays["late", period].shape[0],
        len(figures.layout.subjects["late"]),
        24 * len(figures.layout.windows["day"].cells),
    )
    by_hour = figures.arrays.setdefault(BY_HOUR, np.zeros(shape))
    for hour, items in created.items():
        by_hour[:, place, hour] = items
