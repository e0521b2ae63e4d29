"""The tables that a run writes: rows, columns, what is empty."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.figures import targets_of
from simcap.analysis.late_measures import BY_HOUR
from simcap.analysis.measures import SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.money import MONEY_MEASURES
from simcap.analysis.replications import ReplicationTable
from simcap.analysis.tables import long_table, sla_table
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

PLAN = scenario(
    {
        "horizon.start": "2026-10-05",
        "horizon.days": 60,
        "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
        "queues.chat": "{handle_time: {constant: 1 min}}",
        "routing.allocation": "{mail: {north: 60%, south: 40%}}",
        "vendors.south.teams.far": "{timezone: UTC, agents: 1, skills: [mail, chat], shift: {always: true}}",
    }
)
LAYOUT = layout_of(PLAN)
TARGETS = targets_of(PLAN, LAYOUT)


def test_the_sla_table_is_wide_and_has_a_row_for_the_queue_and_each_vendor() -> None:
    figures = quiet_figures(LAYOUT, 4)
    week = figures.arrays["sla", "week"]
    week[:, 1, SLA_MEASURES.index("attainment"), 2] = [0.90, 0.94, 0.95, 0.99]
    week[:, 1, SLA_MEASURES.index("on_time"), 2] = [900, 940, 950, 2970]
    week[3, 1, SLA_MEASURES.index("counted"), 2] = 3000
    week[:, 1, SLA_MEASURES.index("expired"), 2] = [0, 0, 100, 300]
    week[:, 2, SLA_MEASURES.index("attainment"), 3] = np.nan
    week[:, 2, SLA_MEASURES.index("counted"), 3] = 0
    table = sla_table(figures, TARGETS)
    assert list(table.columns) == [
        *("queue", "vendor", "sla", "target", "period", "start", "attainment", "ci_low", "ci_high"),
        *("p05", "p25", "p50", "p75", "p95", "decided", "miss_probability", "miss_low", "miss_high", "shortfall"),
        *("partial", "expired_share"),
    ]
    assert len(table) == 3 * (1 + 3 + 9 + 60)
    assert table["target"].eq(0.95).all()
    row = table.query("vendor == 'north' and period == 'week' and start == '2026-10-19'").iloc[0]
    assert row["attainment"] == pytest.approx((900 + 940 + 950 + 2970) / 6000), "a busy replication counts for more"
    assert 0.7 < row["ci_low"] < row["attainment"] < row["ci_high"] < 1
    assert row["expired_share"] == pytest.approx(0.1)
    assert row[["p05", "p95"]].tolist() == pytest.approx(np.percentile([0.90, 0.94, 0.95, 0.99], [5, 95]))
    assert row["miss_probability"] == 0.5
    assert row["shortfall"] == pytest.approx((0.05 + 0.01) / 4)
    assert row["decided"] == 1000
    empty = table.query("vendor == 'south' and period == 'week' and start == '2026-10-26'").iloc[0]
    assert empty[["attainment", "p50", "miss_probability", "miss_low", "miss_high", "shortfall"]].isna().all()


def test_partial_windows_have_no_probability_of_a_miss() -> None:
    table = sla_table(quiet_figures(LAYOUT, 4), TARGETS)
    months = table[(table["period"] == "month") & (table["vendor"] == "")].set_index("start")
    assert months["partial"].to_dict() == {"2026-10-05": True, "2026-11-01": False, "2026-12-01": True}
    assert months["miss_probability"].notna().tolist() == [False, True, False]
    weeks = table[(table["period"] == "week") & (table["vendor"] == "")]
    assert weeks["partial"].tolist() == [False] * 8 + [True]
    assert weeks["miss_low"].isna().tolist() == weeks["partial"].tolist()
    assert table.loc[~table["partial"], "miss_high"].between(0.4, 0.6).all()


def test_long_tables_have_a_row_for_each_subject_measure_and_window() -> None:
    figures = quiet_figures(LAYOUT, 3)
    figures.of("teams", "week", None, "hires")[:, 1, 4] = [1, 2, 6]
    table = long_table("teams", figures)
    assert list(table.columns) == [
        *("vendor", "team", "measure", "period", "start", "mean", "ci_low", "ci_high"),
        *("p05", "p25", "p50", "p75", "p95"),
    ]
    assert len(table) == 2 * len(TEAM_MEASURES) * (1 + 3 + 9 + 60)
    row = table.query("team == 'far' and measure == 'hires' and period == 'week' and start == '2026-11-02'")
    assert row[["mean", "p50"]].to_numpy().tolist() == [[3, 2]]
    assert set(table["start"].str.len()) == {10}


def test_infinite_percentiles_are_empty_in_tables() -> None:
    figures = quiet_figures(LAYOUT, 3)
    figures.arrays["queues", "week"][:, 0, 8, 0] = [5.0, 5.0, np.inf]
    row = long_table("queues", figures).query(
        "queue == 'mail' and measure == 'wait_p50_s' and start == '2026-10-05' and period == 'week'"
    )
    assert row["mean"].isna().all()
    assert row["p05"].tolist() == [5.0]
    assert row["p95"].isna().all()


def test_every_figure_of_every_replication() -> None:
    layout = layout_of(PLAN, ("horizon", "week"))
    figures = quiet_figures(layout, 3)
    for number, values in enumerate(figures.arrays.values()):
        values += np.arange(values.size).reshape(values.shape) + 1000 * number
    table = ReplicationTable(figures, {"queues.mail.x": np.array([0.1, 0.2, 0.3])}).rows()
    assert len(table) == sum(values.size for values in figures.arrays.values()) + 3
    drawn = table[table["table"] == "uncertain"]
    assert drawn[["replication", "measure", "value"]].to_numpy().tolist() == [
        [n, "queues.mail.x", 0.1 * (n + 1)] for n in range(2)
    ] + [[2, "queues.mail.x", 0.3]]
    cell = table.query(
        "replication == 1 and table == 'sla' and vendor == 'south' and measure == 'on_time' and start == '2026-10-19'"
    )
    assert cell["value"].tolist() == [figures.arrays["sla", "week"][1, 2, 2, 2]]


def test_hours_are_labelled_with_their_time() -> None:
    plan = scenario({"horizon.start": "2026-10-25", "horizon.days": 1})
    layout = layout_of(plan, ("hour",))
    table = long_table("queues", quiet_figures(layout, 2))
    starts = table[table["measure"] == "arrived"]["start"].tolist()
    assert starts[:2] == ["2026-10-25T00:00", "2026-10-25T01:00+01:00"]
    assert starts[2:4] == ["2026-10-25T01:00+00:00", "2026-10-25T02:00"]
    assert len(starts) == 25


@pytest.mark.parametrize(
    ("zone", "year", "repeated"),
    [
        ("Europe/London", 2026, ["2026-10-25T01:00+01:00", "2026-10-25T01:00+00:00"]),
        ("America/Sao_Paulo", 2017, ["2017-02-18T23:00-02:00", "2017-02-18T23:00-03:00"]),
        ("Africa/Cairo", 2026, ["2026-10-29T23:00+03:00", "2026-10-29T23:00+02:00"]),
        ("Asia/Beirut", 2026, ["2026-10-24T23:00+03:00", "2026-10-24T23:00+02:00"]),
        ("America/Havana", 2026, ["2026-11-01T00:00-04:00", "2026-11-01T00:00-05:00"]),
        ("Australia/Lord_Howe", 2026, ["2026-04-05T01:30+10:30"]),
        ("Pacific/Apia", 2011, ["2011-04-02T03:00-10:00", "2011-04-02T03:00-11:00"]),
        ("Asia/Manila", 2026, []),
    ],
)
def test_no_table_has_two_rows_with_one_key(zone: str, year: int, repeated: list[str]) -> None:
    plan = scenario({"horizon.start": f"{year}-01-01", "horizon.days": 365, "horizon.timezone": zone})
    layout = layout_of(plan, ("hour", "day", "week", "month"))
    for period, windows in layout.windows.items():
        assert len(set(windows.labels)) == len(windows.labels) == len(windows.starts), period
    table = long_table("queues", quiet_figures(layout, 1))
    assert not table.duplicated(["queue", "measure", "period", "start"]).any()
    hours = table[(table["period"] == "hour") & (table["measure"] == "arrived")]["start"]
    assert hours[hours.str.len() > len("2026-10-25T01:00")].tolist() == repeated


# -- rows, whole ------------------------------------------------------------------------------------------------------


SHORT = scenario(
    {
        "horizon": {"start": "2026-10-05", "days": 10, "timezone": "Europe/London", "warm_up": "0 days"},
        "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
        "routing.allocation": "{mail: {north: 60%, south: 40%}}",
        "vendors.south.teams.far": "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}",
    }
)
SHORT_LAYOUT = layout_of(SHORT, ("horizon", "week"))
PAID = dataclasses.replace(SHORT_LAYOUT, subjects=SHORT_LAYOUT.subjects | {"money": (("north",), ("",))})
T_3 = 3.1824463
"""Student's t with three degrees of freedom, 97.5%."""


def one_row(table: pd.DataFrame, **keys: str) -> pd.Series:
    """Return the one row with these keys."""
    found = table[np.logical_and.reduce([table[name] == value for name, value in keys.items()])]
    assert len(found) == 1
    return found.iloc[0]


def test_rows_are_numbered_through() -> None:
    figures = quiet_figures(SHORT_LAYOUT, 2)
    for table in (
        long_table("teams", figures),
        sla_table(figures, dict.fromkeys(SHORT_LAYOUT.subjects["sla"], 0.95)),
        ReplicationTable(figures, {"queues.mail.x": np.array([0.2, 0.3])}).rows(),
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
    figures = quiet_figures(SHORT_LAYOUT, 2)
    figures.arrays["queues", "week"][:, 0, :2, 0] = [[np.inf, -np.inf]] * 2
    table = long_table("queues", figures)
    for measure in SHORT_LAYOUT.measures["queues"][:2]:
        row = one_row(table, measure=measure, period="week", start="2026-10-05")
        assert row[["mean", "p05", "p50", "p95"]].isna().all()
    assert table.dtypes[["mean", "ci_low", "p50"]].eq("float64").all()


def test_a_part_of_a_week_has_a_shortfall_and_a_share_that_left_but_no_chance_of_a_miss() -> None:
    figures = quiet_figures(SHORT_LAYOUT, 2)
    sla = dict(zip(SHORT_LAYOUT.measures["sla"], np.moveaxis(figures.arrays["sla", "week"], 2, 0), strict=True))
    sla["attainment"][:, 1, 1] = [0.91, 0.97]
    sla["expired"][:, 1, 1], sla["expired"][:, 2, 0] = [100, 300], [0, 50]
    table = sla_table(figures, dict.fromkeys(SHORT_LAYOUT.subjects["sla"], 0.95))
    part = one_row(table, vendor="north", period="week", start="2026-10-12")
    assert part["shortfall"] == pytest.approx((0.95 - 0.91) / 2)
    assert part[["miss_probability", "miss_low", "miss_high"]].isna().all()
    assert part["partial"]
    assert part["expired_share"] == pytest.approx(400 / 2000)
    assert one_row(table, vendor="south", period="week", start="2026-10-05")["expired_share"] == pytest.approx(0.025)
    assert one_row(table, vendor="", period="week", start="2026-10-05")["expired_share"] == 0
    assert table.dtypes[["miss_probability", "miss_low", "miss_high", "shortfall"]].eq("float64").all()


def test_each_row_of_a_replication_has_all_keys_and_what_was_drawn_has_none() -> None:
    figures = quiet_figures(SHORT_LAYOUT, 2)
    figures.arrays[BY_HOUR] = np.ones((2, 3, 240))
    figures.arrays["queues", "week"][1, 0, 0, 1] = 12
    figures.arrays["teams", "week"][1, 1, 0, 1] = 13
    figures.arrays["sla", "week"][1, 2, 1, 1] = 14
    table = ReplicationTable(figures, {"queues.mail.x": np.array([0.2, 0.3])}).rows()
    columns = ["replication", "table", "queue", "vendor", "team", "sla", "measure", "period", "start", "value", "level"]
    assert table.columns.tolist() == columns
    assert [column for column in columns if table[column].dtype == "category"] == [*columns[1:9], "level"]
    assert table[table["value"].isin([12, 13, 14, 0.2, 0.3])].astype(object).to_numpy().tolist() == [
        [1, "queues", "mail", "", "", "", SHORT_LAYOUT.measures["queues"][0], "week", "2026-10-12", 12, "queue"],
        [1, "teams", "", "south", "far", "", SHORT_LAYOUT.measures["teams"][0], "week", "2026-10-12", 13, "team"],
        [1, "sla", "mail", "south", "", "4 h", SHORT_LAYOUT.measures["sla"][1], "week", "2026-10-12", 14, "vendor"],
        [0, "uncertain", "", "", "", "", "queues.mail.x", "", "", 0.2, "all"],
        [1, "uncertain", "", "", "", "", "queues.mail.x", "", "", 0.3, "all"],
    ]
    kept = sum(np.size(values) for key, values in figures.arrays.items() if key != BY_HOUR)
    assert len(table) == kept + 2, "late items by hour have a table of their own"
