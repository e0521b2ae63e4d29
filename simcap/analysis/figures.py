"""All figures of one replication, and of many, in a fixed layout."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.lateness import BY_HOUR, LATE_MEASURES, late_by_hour, late_figures
from simcap.analysis.measures import (
    QUEUE_MEASURES,
    SLA_MEASURES,
    TEAM_MEASURES,
    queue_figures,
    sla_figures,
    sla_rows,
    team_figures,
    vendor_figures,
    vendors_of,
)
from simcap.analysis.money import MONEY_MEASURES, payers
from simcap.scenario.grid import Windows
from simcap.scenario.schema import Scenario
from simcap.tally import Tally

Array = NDArray[np.float64]
Figures = dict[tuple[str, str], Array]
"""(table, period) -> [subject, measure, window]; of many replications: [replication, subject, measure, window].

Late items by hour of creation alone have another shape: [SLA row, hour of the horizon].
"""


TABLES = ("queues", "teams", "vendors", "sla", "late")


@dataclasses.dataclass(frozen=True)
class Layout:
    """What the axes of figures stand for."""

    subjects: dict[str, tuple[tuple[str, ...], ...]]
    """Table -> keys of each subject: (queue,), (vendor, team), (vendor,), (queue, vendor, sla).

    `money` has a row for each vendor with a price, and one with an empty vendor for all of them.
    """
    measures: dict[str, tuple[str, ...]]
    windows: dict[str, Windows]
    stated: dict[str, tuple[float, ...]] = dataclasses.field(default_factory=dict)
    """Team -> agents by day that the scenario or a file of it names."""

    @classmethod
    def of(cls, tally: Tally, periods: tuple[str, ...], scenario: Scenario | None = None) -> Layout:
        """Return the layout of a tally's figures by period; those in money need the scenario's contracts."""
        slas = tuple((queue, vendor, name) for _, queue, vendor, name, _ in sla_rows(tally))
        return cls(
            subjects={
                "queues": tuple((queue,) for queue in tally.names.queues),
                "teams": tally.names.teams,
                "vendors": tuple((vendor,) for vendor in vendors_of(tally)),
                "money": tuple((vendor,) for vendor in payers(scenario)) if scenario else (),
                "sla": slas,
                "late": slas,
            },
            measures={
                "queues": QUEUE_MEASURES,
                "teams": TEAM_MEASURES,
                "vendors": TEAM_MEASURES,
                "money": MONEY_MEASURES,
                "sla": SLA_MEASURES,
                "late": LATE_MEASURES,
            },
            windows={period: tally.grid.windows(period) for period in periods},
            stated={team: tuple(row) for (_, team), row in zip(tally.names.teams, tally.stated.tolist(), strict=True)},
        )

    def shape(self, table: str, period: str) -> tuple[int, int, int]:
        """Return the shape of one replication's figures."""
        return len(self.subjects[table]), len(self.measures[table]), len(self.windows[period].cells)


def figures_of(tally: Tally, layout: Layout) -> Figures:
    """Return all figures of one replication but those in money."""
    makers = {
        "queues": queue_figures,
        "teams": team_figures,
        "vendors": vendor_figures,
        "sla": sla_figures,
        "late": late_figures,
    }
    figures: Figures = {BY_HOUR: late_by_hour(tally).astype(float)}
    return figures | {
        (table, period): make(tally, windows)
        for period, windows in layout.windows.items()
        for table, make in makers.items()
    }


def stacked(replications: list[Figures]) -> Figures:
    """Return the figures of many replications, which become the first axis."""
    return {key: np.stack([figures[key] for figures in replications]) for key in replications[0]}
