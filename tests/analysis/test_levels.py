"""What rows stand for: rows of one level add up to the whole once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import simcap
from simcap.analysis.levels import with_level
from simcap.analysis.measures import SHARES
from simcap.analysis.money import MAY_BE_NEGATIVE
from simcap.experiment.results import Results


def table(*rows: tuple[str, ...], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split()).assign(items=np.arange(1.0, len(rows) + 1))


@pytest.mark.parametrize(
    ("columns", "rows", "levels"),
    [
        ("queue measure", [("mail", "arrived")], ["queue"]),
        ("vendor team", [("north", "day"), ("north", "late")], ["team", "team"]),
        ("vendor", [("north",), ("south",), ("",)], ["vendor", "vendor", "all"]),
        ("queue vendor sla", [("mail", "", "4 h"), ("mail", "north", "4 h"), ("", "", "")], ["queue", "vendor", "all"]),
        ("queue sla", [("mail", "4 h"), ("", "4 h")], ["queue", "all"]),
        ("vendor team", [("north", "day"), ("north", ""), ("", "")], ["team", "vendor", "all"]),
    ],
)
def test_a_row_stands_for_the_finest_thing_that_it_names(
    columns: str, rows: list[tuple[str, ...]], levels: list[str]
) -> None:
    found = with_level(table(*rows, columns=columns))
    assert found["level"].tolist() == levels
    assert list(found.columns) == [*columns.split(), "items", "level"], "behind all others"


def test_what_is_missing_names_nothing() -> None:
    rows = pd.DataFrame({"vendor": ["north", None, np.nan]})
    assert with_level(rows)["level"].tolist() == ["vendor", "all", "all"]


def test_tables_of_nothing_of_that_kind_stay() -> None:
    rows = pd.DataFrame({"confidence": [0.8]})
    assert with_level(rows) is rows
    done = with_level(table(("mail",), columns="queue"))
    assert with_level(done) is done
    assert with_level(pd.DataFrame({"queue": []}))["level"].tolist() == []


# -- of a run ---------------------------------------------------------------------------------------------------------


TWO = """
name: two
horizon: {start: 2026-10-05, days: 14, timezone: UTC, warm_up: 0 days}
queues:
  mail:
    arrivals: {per_day: 100}
    handle_time: {constant: 5 min}
    sla: {4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}
  chat: {arrivals: {per_day: 20}, handle_time: {constant: 3 min}}
routing: {allocation: {mail: {north: 60%, south: 40%}}}
vendors:
  north:
    contract: {currency: USD, price: {per_productive_hour: 10}}
    teams:
      day: {timezone: UTC, agents: 3, skills: [mail, chat], shift: {always: true}}
      late: {timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}
  south:
    contract: {currency: USD, price: {per_productive_hour: 12}}
    teams: {far: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}
"""


@pytest.fixture(scope="module", name="results")
def _results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    path = tmp_path_factory.mktemp("levels") / "two.yaml"
    path.write_text(TWO)
    return simcap.run(path, replications=2, period="day")


def test_every_table_has_levels(results: Results) -> None:
    found = {name: set(table["level"]) for name, table in results.tables.items() if name != "assumptions"}
    assert found.pop("late_by_cause") <= {"queue", "vendor"}
    assert found.pop("risks") <= {"team", "queue", "vendor"}
    assert found == {
        "queues": {"queue"},
        "teams": {"team"},
        "vendors": {"vendor", "all"},
        "work": {"team"},
        "sla": {"queue", "vendor"},
        "ledger": {"vendor", "all"},
    }


def test_rows_of_one_level_add_up(results: Results) -> None:
    sla = results.tables["sla"].query("period == 'horizon'").groupby("level")["decided"].sum()
    assert sla["vendor"] == pytest.approx(sla["queue"])
    ledger = results.tables["ledger"].groupby("level")["net_cost"].sum()
    assert ledger["vendor"] == pytest.approx(ledger["all"])
    assert ledger["all"] > 0
    vendors = results.tables["vendors"].query("measure == 'net_cost' and period == 'horizon'")
    by_level = vendors.groupby("level")["mean"].sum()
    assert by_level["vendor"] == pytest.approx(by_level["all"])


def test_every_figure_of_every_replication_has_its_level(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(TWO)
    simcap.run(tmp_path / "two.yaml", replications=2, out=tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out" / "replications.parquet")
    assert list(rows.columns)[-2:] == ["value", "level"]
    costs = rows.query("table == 'money' and measure == 'price' and period == 'horizon'")
    by_level = costs.groupby("level", observed=True)["value"].sum()
    assert by_level["vendor"] == pytest.approx(by_level["all"])
    kept = pd.read_csv(tmp_path / "out" / "tables" / "vendors.csv", keep_default_na=False)
    assert set(kept["level"]) == {"vendor", "all"}


def test_intervals_stay_inside_what_is_possible(results: Results) -> None:
    for name in ("queues", "teams", "vendors"):
        table = results.tables[name]
        shares = table[table["measure"].isin(SHARES)]
        assert len(shares)
        known = shares.dropna(subset=["ci_low"])
        assert known[["ci_low", "ci_high"]].to_numpy().min() >= 0
        assert known[["ci_low", "ci_high"]].to_numpy().max() <= 1
        others = table[~table["measure"].isin(MAY_BE_NEGATIVE)]
        assert others["ci_low"].min() >= 0
    open_ = results.tables["queues"].query("measure == 'open_at_end' and period == 'day'")
    assert (open_["ci_low"] == 0).any(), "two replications of some items: Student's t would go below none"
    sla = results.tables["sla"]
    assert sla["ci_low"].min() >= 0
    assert sla["ci_high"].max() <= 1
    assert ((sla["ci_low"] <= sla["attainment"]) & (sla["attainment"] <= sla["ci_high"])).all()
    whole = sla[(sla["attainment"] == 1) & (sla["period"] == "horizon")]
    assert len(whole)
    assert (whole["ci_low"] < 1).all(), "two replications make nothing certain"
