"""Rows of the tables, whole: keys, what is left empty, and intervals that stay within what a measure can be."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.late_measures import BY_HOUR
from simcap.analysis.money import MONEY_MEASURES
from simcap.analysis.tables import long_table, replication_table, sla_table
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

PLAN = scenario(
    {
        "horizon": {"start": "2026-10-05", "days": 10, "timezone": "Europe/London", "warm_up": "0 days"},
        "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
        "routing.allocation": "{mail: {north: 60%, south: 40%}}",
        "vendors.south.teams.far": "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}",
    }
)
LAYOUT = layout_of(PLAN, ("horizon", "week"))
PAID = dataclasses.replace(LAYOUT, subjects=LAYOUT.subjects | {"money": (("north",), ("",))})
T_3 = 3.1824463
"""Student's t with three degrees of freedom, 97.5%."""


def one_row(table: pd.DataFrame, **keys: str) -> pd.Series:
    """Return the one row with these keys."""
    found = table[np.logical_and.reduce([table[name] == value for name, value in keys.items()])]
    assert len(found) == 1
    return found.iloc[0]


def test_rows_are_numbered_through() -> None:
    figures = quiet_figures(LAYOUT, 2)
    for table in (
        long_table("teams", figures),
        sla_table(figures, {("mail", "4 h"): 0.95}),
        replication_table(figures, {"queues.mail.x": np.array([0.2, 0.3])}),
    ):
        assert table.index.equals(pd.RangeIndex(len(table)))


def test_an_interval_stays_within_what_a_measure_can_be() -> None:
    figures = quiet_figures(PAID, 4)
    queues, teams, money = (figures.arrays[name, "week"] for name in ("queues", "teams", "money"))
    queues[:, 0, PAID.measures["queues"].index("arrived"), 1] = [0, 0, 0, 8]
    teams[:, 1, PAID.measures["teams"].index("occupancy"), 1] = [1, 1, 1, 0.2]
    money[:, 1, MONEY_MEASURES.index("credits"), 1] = [0, 0, 0, -8]
    money[:, 1, MONEY_MEASURES.index("price"), 1] = [0, 0, 0, 8]
    week = {"period": "week", "start": "2026-10-12"}
    # A mean of 2 with a standard error of 2: no fewer than none arrive, no price is below nothing, but credits may be.
    for name, measure in (("queues", "arrived"), ("money", "price")):
        table = long_table(name, figures)
        table = table[table["vendor"] == ""] if name == "money" else table
        row = one_row(table, measure=measure, **week)
        assert row[["mean", "ci_low", "ci_high"]].tolist() == pytest.approx([2, 0, 2 + 2 * T_3]), name
    row = one_row(long_table("money", figures), vendor="", measure="credits", **week)
    assert row[["mean", "ci_low", "ci_high"]].tolist() == pytest.approx([-2, -2 - 2 * T_3, -2 + 2 * T_3])
    # Wilson's, of 0.8 with an error of 0.2: t^2 0.04 / 0.16 is the weight of a half.
    weight = T_3**2 / 4
    middle, half = (0.8 + weight / 2) / (1 + weight), np.sqrt(0.04 * T_3**2 + weight**2 / 4) / (1 + weight)
    row = one_row(long_table("teams", figures), vendor="south", measure="occupancy", **week)
    assert row[["mean", "ci_low", "ci_high"]].tolist() == pytest.approx([0.8, middle - half, middle + half])


def test_infinite_figures_of_either_sign_are_left_empty() -> None:
    figures = quiet_figures(LAYOUT, 2)
    figures.arrays["queues", "week"][:, 0, :2, 0] = [[np.inf, -np.inf]] * 2
    table = long_table("queues", figures)
    for measure in LAYOUT.measures["queues"][:2]:
        row = one_row(table, measure=measure, period="week", start="2026-10-05")
        assert row[["mean", "p05", "p50", "p95"]].isna().all()
    assert table.dtypes[["mean", "ci_low", "p50"]].eq("float64").all()


def test_a_part_of_a_week_has_a_shortfall_and_a_share_that_left_but_no_chance_of_a_miss() -> None:
    figures = quiet_figures(LAYOUT, 2)
    sla = dict(zip(LAYOUT.measures["sla"], np.moveaxis(figures.arrays["sla", "week"], 2, 0), strict=True))
    sla["attainment"][:, 1, 1] = [0.91, 0.97]
    sla["expired"][:, 1, 1], sla["expired"][:, 2, 0] = [100, 300], [0, 50]
    table = sla_table(figures, {("mail", "4 h"): 0.95})
    part = one_row(table, vendor="north", period="week", start="2026-10-12")
    assert part["shortfall"] == pytest.approx((0.95 - 0.91) / 2)
    assert part[["miss_probability", "miss_low", "miss_high"]].isna().all()
    assert part["partial"]
    assert part["expired_share"] == pytest.approx(400 / 2000)
    assert one_row(table, vendor="south", period="week", start="2026-10-05")["expired_share"] == pytest.approx(0.025)
    assert one_row(table, vendor="", period="week", start="2026-10-05")["expired_share"] == 0
    assert table.dtypes[["miss_probability", "miss_low", "miss_high", "shortfall"]].eq("float64").all()


def test_each_row_of_a_replication_has_all_keys_and_what_was_drawn_has_none() -> None:
    figures = quiet_figures(LAYOUT, 2)
    figures.arrays[BY_HOUR] = np.ones((2, 3, 240))
    figures.arrays["queues", "week"][1, 0, 0, 1] = 12
    figures.arrays["teams", "week"][1, 1, 0, 1] = 13
    figures.arrays["sla", "week"][1, 2, 1, 1] = 14
    table = replication_table(figures, {"queues.mail.x": np.array([0.2, 0.3])})
    columns = ["replication", "table", "queue", "vendor", "team", "sla", "measure", "period", "start", "value", "level"]
    assert table.columns.tolist() == columns
    assert [column for column in columns if table[column].dtype == "category"] == [*columns[1:9], "level"]
    assert table[table["value"].isin([12, 13, 14, 0.2, 0.3])].astype(object).to_numpy().tolist() == [
        [1, "queues", "mail", "", "", "", LAYOUT.measures["queues"][0], "week", "2026-10-12", 12, "queue"],
        [1, "teams", "", "south", "far", "", LAYOUT.measures["teams"][0], "week", "2026-10-12", 13, "team"],
        [1, "sla", "mail", "south", "", "4 h", LAYOUT.measures["sla"][1], "week", "2026-10-12", 14, "vendor"],
        [0, "uncertain", "", "", "", "", "queues.mail.x", "", "", 0.2, "all"],
        [1, "uncertain", "", "", "", "", "queues.mail.x", "", "", 0.3, "all"],
    ]
    kept = sum(np.size(values) for key, values in figures.arrays.items() if key != BY_HOUR)
    assert len(table) == kept + 2, "late items by hour have a table of their own"
