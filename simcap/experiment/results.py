"""The results of a run: figures of all replications, and the tables made from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from simcap.analysis.billing import ledger_table, never_reached
from simcap.analysis.figures import Figures, Layout, targets_of
from simcap.analysis.groups import group_table, groups_of
from simcap.analysis.late_table import late_table
from simcap.analysis.levels import with_level
from simcap.analysis.replications import ReplicationTable
from simcap.analysis.risks import rank_risks
from simcap.analysis.tables import long_parts, rows_of, sla_table
from simcap.experiment.folders import CENTS_FORMAT, CSV_FORMAT, write_parts
from simcap.experiment.layouts import layout_document
from simcap.experiment.long_tables import MOST_KEPT, Parts, Tables
from simcap.experiment.plain_json import json_text
from simcap.experiment.replicate import Outcome
from simcap.scenario.schema.scenario import Scenario

LAYOUT = "layout.json"
"""The file of a run that says what the axes of its figures stand for."""
_GROUP = 1 << 20
"""Rows of a group in a Parquet file: those that are in memory while it is written."""


@dataclasses.dataclass(frozen=True)
class Results:
    """The results of a run."""

    scenario: Scenario
    seed: int
    figures: Figures
    """Of all replications."""
    drawn: dict[str, np.ndarray[Any, np.dtype[np.float64]]]
    tables: MutableMapping[str, pd.DataFrame]
    """queues, teams, vendors, sla, late_by_cause, risks; ledger, if a contract has a price; groups, if
    queues or teams have any; assumptions of a run."""
    notes: tuple[str, ...]

    @property
    def replications(self) -> int:
        """Return the number of replications."""
        return self.figures.replications

    @property
    def origins(self) -> dict[str, int]:
        """Return how many values of the scenario have which origin; empty unless a run has listed them."""
        listed = self.tables.get("assumptions", pd.DataFrame({"origin": []}))["origin"]
        return {str(origin): int(count) for origin, count in listed.value_counts(sort=False).items()}

    @property
    def layout(self) -> Layout:
        """Return what the axes of the figures stand for."""
        return self.figures.layout

    def __repr__(self) -> str:
        table = self.tables["sla"]
        rows = table[(table["period"] == "horizon") & (table["vendor"] == "") & table["attainment"].notna()]
        if rows.empty:
            verdict = "no SLA that anything is due for"
        else:
            worst = rows.iloc[int((rows["attainment"] - rows["target"]).argmin())]
            reached = int((rows["attainment"] >= rows["target"]).sum())
            verdict = (
                f"SLAs at their target over the horizon: {reached} of {len(rows)}; the weakest: "
                f"{worst['queue']} / {worst['sla']}, {worst['attainment']:.1%} for a target of {worst['target']:.1%}"
            )
        return f"Results({self.scenario.name!r}, {self.replications} replications: {verdict})"

    @classmethod
    def of(cls, scenario: Scenario, seed: int, figures: Figures, outcomes: list[Outcome]) -> Results:
        """Return the results of replications, in the order of their numbers, given the figures of all of them."""
        tables: dict[str, pd.DataFrame | Parts] = {}
        for name, table in _tables(scenario, figures):
            tables[name] = table
            figures.let_go()
        unused = never_reached(scenario, figures) if "ledger" in tables else []
        return cls(
            scenario=scenario,
            seed=seed,
            figures=figures,
            drawn={path: np.array([outcome.drawn[path] for outcome in outcomes]) for path in outcomes[0].drawn},
            tables=Tables(tables),
            notes=tuple(dict.fromkeys([note for outcome in outcomes for note in outcome.notes] + unused)),
        )

    def write(self, folder: Path) -> None:
        """Write tables, replications and the layout of figures into a folder."""
        (folder / LAYOUT).write_text(json_text(layout_document(self.layout)) + "\n", encoding="utf-8")
        (folder / "tables").mkdir()
        tables = Tables(self.tables)
        for name in tables:
            figures = CENTS_FORMAT if name == "ledger" else CSV_FORMAT
            write_parts(tables.parts(name), folder / "tables" / f"{name}.csv", figures)
        self._write_rows(folder / "replications.parquet")

    def _write_rows(self, path: Path) -> None:
        """Write a row for every figure of every replication as Parquet, one group of rows after another."""
        from pyarrow import Table, parquet

        table = ReplicationTable(self.figures, self.drawn)
        first = Table.from_pandas(table.rows(0, _GROUP), preserve_index=False)
        with parquet.ParquetWriter(path, first.schema, compression="zstd") as file:
            file.write_table(first)
            for begin in range(_GROUP, len(table), _GROUP):
                file.write_table(Table.from_pandas(table.rows(begin, begin + _GROUP), preserve_index=False))
                self.figures.let_go()


def _tables(scenario: Scenario, figures: Figures) -> Iterator[tuple[str, pd.DataFrame | Parts]]:
    """Yield the tables of results by name, in the order in which they are written."""
    paid = bool(figures.layout.subjects["money"])
    yield "queues", _long(figures, "queues")
    yield "teams", _long(figures, "teams")
    yield "vendors", _long(figures, *(("vendors", "money") if paid else ("vendors",)))
    if paid:
        yield "ledger", with_level(ledger_table(figures))
    if figures.has("work", "horizon"):
        yield "work", _long(figures, "work")
    yield "sla", with_level(sla_table(figures, targets_of(scenario, figures.layout)))
    if groups_of(scenario):
        yield "groups", with_level(group_table(scenario, figures))
    yield "late_by_cause", with_level(late_table(scenario, figures))
    yield "risks", with_level(rank_risks(scenario, figures))


def _long(figures: Figures, *names: str) -> pd.DataFrame | Parts:
    """Return the rows of long tables, one after another, or what makes them if they are too many to be kept."""

    def parts() -> Iterator[pd.DataFrame]:
        return (with_level(part) for name in names for part in long_parts(name, figures))

    kept = sum(rows_of(name, figures) for name in names) <= MOST_KEPT
    return pd.concat(list(parts()), ignore_index=True) if kept else parts
