"""Figures by group: what belongs together, what is added up, and how cost is shared out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.groups import GroupMembers, group_table, groups_of
from simcap.analysis.money import MONEY_MEASURES
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"
TEAM = "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}, groups: {site: Bogota, language: ES}}"
PLAN = scenario(
    {
        "horizon.days": 17,
        "queues.mail": f"{{handle_time: {{constant: 1 min}}, groups: {{language: ES}}, sla: {SLA}}}",
        "queues.chat": f"{{handle_time: {{constant: 1 min}}, groups: {{language: ES, tier: 1}}, sla: {SLA}}}",
        "queues.post": "{handle_time: {constant: 1 min}, groups: {language: PT}}",
        "vendors.south.teams.far": TEAM,
        "vendors.south.teams.near": "{timezone: UTC, agents: 1, skills: [chat], shift: {always: true}}",
    }
)
LAYOUT = layout_of(PLAN)


def table_of(figures: object = None) -> pd.DataFrame:
    return group_table(PLAN, quiet_figures(LAYOUT, 4) if figures is None else figures)  # type: ignore[arg-type]


def test_members_stand_in_the_order_in_which_keys_are_named() -> None:
    assert groups_of(PLAN) == [
        GroupMembers("language", "ES", ("mail", "chat"), (("south", "far"),)),
        GroupMembers("language", "PT", ("post",), ()),
        GroupMembers("tier", "1", ("chat",), ()),
        GroupMembers("site", "Bogota", (), (("south", "far"),)),
    ]
    assert groups_of(scenario()) == []


def test_attainment_is_a_ratio_of_sums_over_the_groups_queues() -> None:
    figures = quiet_figures(LAYOUT, 4)
    for queue, on_time, counted in (("mail", 90, 100), ("chat", 900, 900)):
        figures.of("sla", "week", (queue, "", "4 h"), "on_time")[:, 0] = on_time
        figures.of("sla", "week", (queue, "", "4 h"), "counted")[:, 0] = counted
    rows = table_of(figures).query("group == 'language' and value == 'ES' and measure == 'attainment'")
    first = rows.query("period == 'week' and start == '2026-10-05'").set_index("sla")
    assert first["mean"].tolist() == [0.99, 0.99]
    assert first.loc["4 h", ["target", "miss_probability"]].tolist() == [0.95, 0.0]
    assert first.loc["", ["target", "miss_probability"]].isna().all(), "all SLAs together have no target"
    assert rows.query("sla == '4 h' and start == '2026-10-19'")["miss_probability"].isna().all(), "a cut week"
    assert rows.query("sla == '4 h' and period == 'horizon'")["miss_probability"].isna().all()


def test_people_and_work_are_added_up_and_occupancy_is_their_ratio() -> None:
    rows = table_of().query("period == 'week' and start == '2026-10-05' and sla == ''")
    mean = {(row["value"], row["measure"]): row["mean"] for row in rows.to_dict("records")}
    assert mean["Bogota", "headcount"] == 10
    assert mean["ES", "occupancy"] == pytest.approx(300 / 350)
    assert ("PT", "headcount") not in mean
    assert ("Bogota", "arrived") not in mean


def test_a_vendors_cost_is_shared_out_by_paid_hours() -> None:
    layout = layout_of(PLAN)
    layout.subjects["money"] = (("north",), ("south",), ("",))
    figures = quiet_figures(layout, 4)
    for period in ("week", "day"):
        del figures.arrays["money", period]
    assert figures.whole("money", "month").shape[2] == len(MONEY_MEASURES)
    figures.of("money", "horizon", ("south",), "net_cost")[:] = np.array([[100.0], [200.0], [300.0], [400.0]])
    figures.of("vendors", "horizon", ("south",), "paid_hours")[:] = 40
    figures.of("teams", "horizon", ("south", "far"), "paid_hours")[:] = 10
    cost = group_table(PLAN, figures).query("measure == 'net_cost' and period == 'horizon'").set_index("value")
    assert cost["mean"].to_dict() == {"ES": 62.5, "Bogota": 62.5}
    assert cost.loc["ES", "p95"] == pytest.approx(np.percentile([25, 50, 75, 100], 95))
    assert group_table(PLAN, figures).query("measure == 'net_cost' and period == 'week'").empty
