"""All figures of one replication, and of many, in a fixed layout."""

from __future__ import annotations

import dataclasses
import mmap
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.late_measures import BY_HOUR, LATE_MEASURES, late_by_hour, late_figures
from simcap.analysis.measures import (
    QUEUE_MEASURES,
    SLA_MEASURES,
    TEAM_MEASURES,
    queue_figures,
    sla_figures,
    sla_rows,
    stack_measures,
    team_figures,
    vendor_figures,
    vendors_of,
)
from simcap.analysis.money import MONEY_MEASURES, payers
from simcap.analysis.work import WORK_MEASURES, workers
from simcap.scenario.grid import Windows
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Tally

Array = NDArray[np.float64]
Subject = tuple[str, ...]
"""The key of a row: (queue,), (vendor, team), (vendor,), (queue, vendor, sla)."""
Arrays = dict[tuple[str, str], Array]
"""(table, period) -> [subject, measure, window] of one replication; of many, [replication, subject, measure, window].

Only late items by hour of creation have another shape: [SLA row, hour of the horizon].
"""
TABLES = ("queues", "teams", "vendors", "sla", "late")


@dataclasses.dataclass(frozen=True)
class Layout:
    """What the axes of figures stand for."""

    subjects: dict[str, tuple[Subject, ...]]
    """Table -> keys of each subject: (queue,), (vendor, team), (vendor,), (vendor, team, queue), (queue, vendor, sla).

    `money` has a row for each vendor with a price, and one with an empty vendor for all of them.
    """
    measures: dict[str, tuple[str, ...]]
    windows: dict[str, Windows]
    stated: dict[str, tuple[float, ...]] = dataclasses.field(default_factory=dict)
    """Team -> agents by day whom the scenario or one of its files names."""

    @classmethod
    def of(cls, tally: Tally, periods: tuple[str, ...], scenario: Scenario | None = None) -> Layout:
        """Return the layout of a tally's figures by period; figures in money need the scenario's contracts."""
        pairs = workers(scenario) if scenario else ()
        slas = tuple((queue, vendor, name) for _, queue, vendor, name, _ in sla_rows(tally))
        return cls(
            subjects={
                "queues": tuple((queue,) for queue in tally.names.queues),
                "teams": tally.names.teams,
                "vendors": tuple((vendor,) for vendor in vendors_of(tally)),
                "money": tuple((vendor,) for vendor in payers(scenario)) if scenario else (),
                "work": pairs,
                "sla": slas,
                "late": slas,
            },
            measures={
                "queues": QUEUE_MEASURES,
                "teams": TEAM_MEASURES,
                "vendors": TEAM_MEASURES,
                "money": MONEY_MEASURES,
                "work": WORK_MEASURES,
                "sla": SLA_MEASURES,
                "late": LATE_MEASURES,
            },
            windows={period: tally.grid.windows(period) for period in periods},
            stated={team: tuple(row) for (_, team), row in zip(tally.names.teams, tally.stated.tolist(), strict=True)},
        )

    def shape(self, table: str, period: str) -> tuple[int, int, int]:
        """Return the shape of one replication's figures."""
        return len(self.subjects[table]), len(self.measures[table]), len(self.windows[period].cells)


@dataclasses.dataclass(frozen=True)
class Figures:
    """All figures of one replication or of many, by the names on their axes: no other code counts rows or measures."""

    layout: Layout
    arrays: Arrays
    pages: mmap.mmap | None = None
    """The file that they lie in, if they are not in memory."""

    def of(self, table: str, period: str, subject: Subject | None, measure: str) -> Array:
        """Return a measure as [replication, window], or as [replication, subject, window] where no subject is named.

        For a single replication there is no first axis. The array is a view of the figures. Raises `KeyError` for a
        table and period that were not measured, `ValueError` for a subject or measure that they do not have.
        """
        column = self.layout.measures[table].index(measure)
        return self._rows(table, period, subject)[..., column, :]

    def each(self, table: str, period: str, subject: Subject | None) -> Iterator[tuple[str, Array]]:
        """Yield the name of every measure of a table with its array, as `of` returns it."""
        rows = self._rows(table, period, subject)
        for column, measure in enumerate(self.layout.measures[table]):
            yield measure, rows[..., column, :]

    def whole(self, table: str, period: str) -> Array:
        """Return a table as it is laid out: [replication, subject, measure, window]."""
        return self.arrays[table, period]

    def late_by_hour(self, subject: Subject) -> Array:
        """Return the late items of an SLA row by hour of creation: [replication, hour of the horizon]."""
        return self.arrays[BY_HOUR][..., self.layout.subjects["late"].index(subject), :]

    def has(self, table: str, period: str) -> bool:
        """Return whether a table was measured by this period."""
        return (table, period) in self.arrays

    def first(self, replications: int) -> Figures:
        """Return the figures of the first replications."""
        return Figures(self.layout, {key: values[:replications] for key, values in self.arrays.items()}, self.pages)

    def followed_by(self, others: Figures) -> Figures:
        """Return these figures and, after them, those of more replications."""
        return Figures(
            self.layout, {key: np.concatenate([values, others.arrays[key]]) for key, values in self.arrays.items()}
        )

    def let_go(self) -> None:
        """Give the memory of figures that lie in a file back to the system; they can be read again at any time."""
        if self.pages is not None and hasattr(mmap, "MADV_DONTNEED"):
            self.pages.madvise(mmap.MADV_DONTNEED)

    @property
    def replications(self) -> int:
        """Return the number of replications."""
        return int(next(iter(self.arrays.values())).shape[0])

    def _rows(self, table: str, period: str, subject: Subject | None) -> Array:
        values = self.arrays[table, period]
        return values if subject is None else values[..., self.layout.subjects[table].index(subject), :, :]


def targets_of(scenario: Scenario, layout: Layout) -> dict[Subject, float]:
    """Return the target of each SLA row: that which its vendor has promised, if it is another."""
    return {
        (queue, vendor, name): scenario.queues[queue].sla[name].of(vendor).target
        for queue, vendor, name in layout.subjects["sla"]
    }


def figures_of(tally: Tally, layout: Layout) -> Arrays:
    """Return all figures of one replication except those in money."""
    makers = {
        "queues": queue_figures,
        "teams": team_figures,
        "vendors": vendor_figures,
        "sla": sla_figures,
        "late": late_figures,
    }
    arrays: Arrays = {BY_HOUR: late_by_hour(tally).astype(float)}
    return arrays | {
        (table, period): stack_measures(make(tally, windows), layout.measures[table])
        for period, windows in layout.windows.items()
        for table, make in makers.items()
    }


def sketched_figures(tally: Tally, layout: Layout, tables: Collection[str]) -> Arrays:
    """Return the figures of one sketch, as far as they are asked for: of SLAs, teams and vendors."""
    makers = {"teams": team_figures, "vendors": vendor_figures, "sla": sla_figures}
    return {
        (table, period): stack_measures(make(tally, windows), layout.measures[table])
        for period, windows in layout.windows.items()
        for table, make in makers.items()
        if table in tables
    }


def stacked(layout: Layout, replications: Sequence[Arrays]) -> Figures:
    """Return the figures of many replications, which become the first axis."""
    return Figures(layout, {key: np.stack([arrays[key] for arrays in replications]) for key in replications[0]})
