"""The table of late items: a row a cause and window, a row an hour of the week, a row a circumstance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simcap.analysis.figures import Figures
from simcap.analysis.late_measures import BY_HOUR
from simcap.analysis.late_table import COLUMNS, late_table
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of, put_late, quiet_figures
from tests.helpers import scenario

SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"
FAR = "{timezone: UTC, agents: 10, skills: [mail], shift: {always: true}}"
BASE = {
    "queues.mail.sla": SLA,
    "horizon.days": 14,
    "horizon.timezone": "UTC",
    "routing.allocation": "{mail: {north: 60%, south: 40%}}",
    "vendors.south.teams.far": FAR,
    "events.rush": "{surge: {queue: mail, from: 2026-10-06 09:00, for: 2 h, factor: 2}}",
    "events.halt": "{outage: {team: far, from: 2026-10-07 09:00, for: 2 h}}",
}


def setup() -> tuple[Scenario, Figures]:
    plan = scenario(BASE)
    layout = layout_of(plan)
    figures = quiet_figures(layout, 2)
    figures.arrays[BY_HOUR] = np.zeros((2, 3, 14 * 24))
    return plan, figures


def rows(table: pd.DataFrame, **where: str) -> list[list[object]]:
    for column, value in where.items():
        table = table[table[column] == value]
    return table[[column for column in COLUMNS if column not in (*where, "queue", "sla")]].to_numpy().tolist()


def test_without_late_items_the_table_has_columns_and_no_rows() -> None:
    table = late_table(*setup())
    assert table.empty
    assert tuple(table.columns) == COLUMNS


def test_causes_of_each_window_and_each_vendor() -> None:
    plan, figures = setup()
    put_late(figures, "week", 1, {"busy": 6.0, "nobody": 2.0}, {})
    put_late(figures, "week", 0, {"capped": 4.0}, {}, place=2)
    figures.arrays["late", "week"][1] *= 2
    table = late_table(plan, figures)
    assert set(table["by"]) == {"cause"}
    assert set(table["queue"] + table["sla"]) == {"mail4 h"}
    assert rows(table, period="week", vendor="", by="cause") == [
        ["2026-10-12", "nobody", 3.0, 3.0],
        ["2026-10-12", "busy", 9.0, 9.0],
    ]
    assert rows(table, vendor="south", by="cause") == [["week", "2026-10-05", "capped", 6.0, 6.0]]
    assert len(table) == 3


def test_hours_of_the_week_add_up_over_weeks() -> None:
    plan, figures = setup()
    put_late(figures, "week", 0, {}, {9: 1.0, 168 + 9: 2.0, 6 * 24 + 23: 4.0})
    figures.arrays[BY_HOUR][1] *= 3
    table = late_table(plan, figures)
    found = table[["vendor", "period", "start", "by", "value", "items"]].to_numpy().tolist()
    assert found == [
        ["", "horizon", "2026-10-05", "hour_of_week", "Mon 09:00", 6.0],
        ["", "horizon", "2026-10-05", "hour_of_week", "Sun 23:00", 8.0],
    ]
    assert table["hours"].isna().all()


def test_events_are_told_to_those_whom_they_touch() -> None:
    plan, figures = setup()
    for place in (0, 1, 2):
        put_late(figures, "week", 0, {}, {33: 1.0, 34: 2.0, 35: 4.0, 58: 8.0}, place=place)
    table = late_table(plan, figures)
    told = table[table["by"] != "hour_of_week"]
    rush, halt = "while rush lasts (6 October, 09:00 to 11:00)", "while halt lasts (7 October, 09:00 to 11:00)"
    assert told[["vendor", "by", "value", "items"]].to_numpy().tolist() == [
        ["", "surge", rush, 3.0],
        ["", "outage", halt, 8.0],
        ["north", "surge", rush, 3.0],
        ["south", "surge", rush, 3.0],
        ["south", "outage", halt, 8.0],
    ]
    assert told["hours"].isna().all()
    assert set(told["period"] + told["start"]) == {"horizon2026-10-05"}


def test_a_circumstance_without_late_items_has_no_row() -> None:
    plan, figures = setup()
    put_late(figures, "week", 0, {}, {100: 1.0})
    assert set(late_table(plan, figures)["by"]) == {"hour_of_week"}


def test_rows_are_of_any_part_of_an_item_and_of_every_subject() -> None:
    plan, figures = setup()
    put_late(figures, "week", 0, {"busy": 0.5}, {33: 0.25, 48: 0.5}, place=2)
    table = late_table(plan, figures)
    assert table[["vendor", "by", "value", "items"]].to_numpy().tolist() == [
        ["south", "cause", "busy", 0.5],
        ["south", "hour_of_week", "Tue 09:00", 0.25],
        ["south", "hour_of_week", "Wed 00:00", 0.5],
        ["south", "surge", "while rush lasts (6 October, 09:00 to 11:00)", 0.25],
    ]
