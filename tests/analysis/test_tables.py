"""The tables that a run writes: rows, columns, what is empty."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.analysis.measures import SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.tables import long_table, replication_table, sla_table
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
TARGETS = {("mail", "4 h"): 0.95}


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
    table = replication_table(figures, {"queues.mail.x": np.array([0.1, 0.2, 0.3])})
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
