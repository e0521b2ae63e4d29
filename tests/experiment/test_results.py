"""Results of replications: in their order, with their tables, and as files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from simcap.analysis import tables
from simcap.analysis.late_measures import BY_HOUR
from simcap.analysis.money import MONEY_MEASURES
from simcap.experiment import folders, results
from simcap.experiment.gathered import Gathered
from simcap.experiment.long_tables import Tables
from simcap.experiment.results import Results
from tests.analysis.made import quiet_figures
from tests.experiment.made import layout_with_money, outcomes
from tests.helpers import scenario

SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"
PRICE = "{currency: USD, price: {per_productive_hour: 20}, minimum: {hours_per_month: 1000}}"
TABLES = ["queues", "teams", "vendors", "sla", "late_by_cause", "risks"]


def made(contract: str | None = None, count: int = 3) -> Results:
    """Return results of replications that are handed over the last first, each with its number as what arrived."""
    plan = scenario({"horizon.days": 14, "queues.mail.sla": SLA, "vendors.north.contract": contract})
    layout = layout_with_money(plan)
    figures = quiet_figures(layout, count)
    figures.arrays[BY_HOUR] = np.zeros((count, 1, 14 * 24))
    figures.of("queues", "horizon", None, "arrived")[:, 0, 0] = range(count)
    if contract:
        for name, amount in (("price", 400.0), ("net_cost", 400.004), ("minimum_fee", 100.0)):
            figures.of("money", "month", None, name)[:, :] = amount
    del figures.arrays["money", "week"]
    done = Gathered(count)
    for one in outcomes(figures):
        notes = f"note {one.replication % 2}", "both"
        done.add(dataclasses.replace(one, drawn={"a.b": one.replication / 10}, notes=notes))
    return Results.of(plan, 5, done.figures(layout), done.about())


def test_replications_are_in_the_order_of_their_numbers() -> None:
    found = made()
    assert found.replications == 3
    assert (found.scenario.name, found.seed) == ("small", 5)
    arrived = found.figures.of("queues", "horizon", None, "arrived")[:, 0, 0]
    assert arrived.tolist() == [0, 1, 2]
    assert found.drawn["a.b"].tolist() == [0, 0.1, 0.2]
    assert found.notes == ("note 0", "both", "note 1"), "each once, as they first come"


def test_the_tables_of_a_run_without_prices() -> None:
    tables = made().tables
    assert sorted(tables) == sorted(TABLES)
    assert all("level" in table for table in tables.values())
    assert tables["sla"]["target"].tolist() == [0.95] * len(tables["sla"])
    assert not set(tables["vendors"]["measure"]) & {"price"}


def test_money_is_part_of_the_vendors_and_has_a_ledger() -> None:
    found = made(PRICE)
    assert sorted(found.tables) == sorted([*TABLES, "ledger"])
    prices = found.tables["vendors"].query("measure == 'price' and period == 'month'")
    assert prices[["vendor", "level", "mean"]].to_numpy().tolist() == [["north", "vendor", 400], ["", "all", 400]]
    assert found.tables["vendors"].index.tolist() == list(range(len(found.tables["vendors"])))
    ledger = found.tables["ledger"]
    assert ledger[["replication", "vendor", "start"]].to_numpy().tolist() == [
        [number, vendor, "2026-10-05"] for number in range(3) for vendor in ("north", "")
    ]
    assert found.notes[-1] == (
        "north: the minimum of 1,000 h a month is never reached; 25% of the price is for hours that nobody works"
    )


def test_files_have_eight_digits_and_money_cents(tmp_path: Path) -> None:
    found = made(PRICE)
    found.tables["sla"].loc[0, "shortfall"] = 1 / 3
    found.write(tmp_path)
    written = {path.stem: path.read_text() for path in (tmp_path / "tables").iterdir()}
    assert sorted(written) == sorted(found.tables)
    assert ",0.33333333," in written["sla"]
    header, first = written["ledger"].splitlines()[:2]
    names = [
        "replication",
        "vendor",
        "start",
        *(name for name in MONEY_MEASURES if name != "cost_per_decision"),
        "level",
    ]
    assert header == ",".join(names)
    amounts = ["400.00", "0.00", "400.00", "0.00", "100.00", "0.00", "0.00", "0.00", "0"]
    assert first == ",".join(["0", "north", "2026-10-05", *amounts, "vendor"])
    rows = pd.read_parquet(tmp_path / "replications.parquet")
    assert rows.query("measure == 'arrived' and period == 'horizon'")["value"].tolist() == [0, 1, 2]
    assert rows.query("table == 'uncertain'")["value"].tolist() == [0, 0.1, 0.2]
    assert rows.index.tolist() == list(range(len(rows)))


def test_a_single_replication_is_a_run() -> None:
    found = made(count=1)
    assert (found.replications, found.drawn["a.b"].tolist(), found.notes) == (1, [0], ("note 0", "both"))


def test_replications_are_kept_small(tmp_path: Path) -> None:
    made().write(tmp_path)
    written = parquet.ParquetFile(tmp_path / "replications.parquet")
    assert written.metadata.row_group(0).column(0).compression == "ZSTD"
    assert written.schema.names[0] == "replication"
    assert not [name for name in written.schema.names if "index" in name]


def test_tables_that_are_too_long_to_be_kept_are_written_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = made(PRICE)
    monkeypatch.setattr(results, "MOST_KEPT", 0)
    monkeypatch.setattr(tables, "MOST_ROWS", 7)
    monkeypatch.setattr(folders, "_WRITTEN_AT_ONCE", 3)
    found = made(PRICE)
    sizes = [len(part) for part in Tables(found.tables).parts("teams")]
    assert len(sizes) > 3
    assert max(sizes) <= 7
    for name, table in kept.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], table)
    for one, folder in ((kept, tmp_path / "kept"), (found, tmp_path / "parts")):
        folder.mkdir()
        one.write(folder)
    written, expected = (
        {path.name: path.read_bytes() for path in sorted((tmp_path / name / "tables").iterdir())}
        for name in ("parts", "kept")
    )
    assert written == expected


def test_a_copy_of_tables_makes_none_of_them_and_leaves_the_others_as_they_are() -> None:
    asked = []

    def parts() -> Iterator[pd.DataFrame]:
        asked.append("long")
        yield from (pd.DataFrame({"x": [one]}) for one in (1, 2))

    first = Tables({"long": parts, "short": pd.DataFrame({"x": [3]})})
    second = Tables(first)
    second["short"] = pd.DataFrame({"x": [4]})
    assert asked == []
    assert [(name, table["x"].tolist()) for name, table in first.items()] == [("long", [1, 2]), ("short", [3])]
    assert [(name, table["x"].tolist()) for name, table in second.items()] == [("long", [1, 2]), ("short", [4])]
