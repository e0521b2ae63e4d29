"""What staffing must achieve: which windows, with which margin, at which cost."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.analysis.comparison import Run, run_of
from simcap.errors import RunError
from simcap.planning.requirements import (
    Response,
    needs_a_whole_window,
    parts_of,
    requirements_of,
    response_of,
)
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

NAN = np.nan
WEEKLY = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"
MONTHLY = "{m: {measure: turnaround, within: 4 h, target: 90%, per: month}}"
BOTH = f"{WEEKLY[:-1]}, {MONTHLY[1:]}"
SPLIT = {
    "routing.allocation": "{mail: {north: 60%, south: 40%}}",
    "vendors.south.teams.far": "{timezone: UTC, agents: 4, skills: [mail], shift: {always: true}}",
}


def plan(days: int, sla: str = WEEKLY, **changes: Any) -> Scenario:
    """Return a scenario from Monday 5 October 2026 on."""
    return scenario({"horizon.days": days, "queues.mail.sla": sla, **changes})


def run(told: Scenario, replications: int = 3) -> Run:
    layout = layout_of(told)
    return run_of(told, quiet_figures(layout, replications))


# -- which windows ----------------------------------------------------------------------------------------------------


def test_whole_windows_are_required_and_parts_are_told() -> None:
    told = plan(32, BOTH)
    found = requirements_of(run(told), told.horizon)
    assert [(one.sla, one.start, one.days, one.window) for one in found] == [
        ("4 h", "2026-10-05", (0, 7), 0),
        ("4 h", "2026-10-12", (7, 14), 1),
        ("4 h", "2026-10-19", (14, 21), 2),
        ("4 h", "2026-10-26", (21, 28), 3),
    ]
    assert {(one.queue, one.vendor, one.target, one.per) for one in found} == {("mail", "", 0.95, "week")}
    parts = parts_of(run(told))
    assert list(parts.columns) == ["queue", "vendor", "sla", "start"]
    assert parts.to_numpy().tolist() == [
        ["mail", "", "4 h", "2026-11-02"],
        ["mail", "", "m", "2026-10-05"],
        ["mail", "", "m", "2026-11-01"],
    ]


def test_a_month_has_its_days_and_the_last_window_ends_with_the_horizon() -> None:
    told = plan(57, MONTHLY)
    (november,) = requirements_of(run(told), told.horizon)
    assert (november.start, november.days, november.window, november.target) == ("2026-11-01", (27, 57), 1, 0.9)
    weeks = plan(14)
    assert [one.days for one in requirements_of(run(weeks), weeks.horizon)] == [(0, 7), (7, 14)]
    assert parts_of(run(weeks)).empty


def test_where_work_is_allocated_vendors_stand_for_themselves() -> None:
    told = plan(9, **SPLIT)
    found = requirements_of(run(told), told.horizon)
    assert [(one.vendor, one.window) for one in found] == [("north", 0), ("south", 0)]
    assert parts_of(run(told))["vendor"].tolist() == ["north", "south"]


def test_without_a_whole_window_nothing_can_be_judged() -> None:
    needs_a_whole_window(plan(7))
    needs_a_whole_window(plan(7, BOTH))
    said = (
        "small: no SLA has a whole window within the horizon, 2026-10-05 to 2026-10-10, so none is judged: "
        "mail / 4 h (per week), mail / m (per month). Let the horizon hold a whole window (horizon.start, "
        "horizon.weeks), or judge SLAs by a shorter one (per: week, per: day)"
    )
    with pytest.raises(RunError, match=f"^{re.escape(said)}$"):
        needs_a_whole_window(plan(6, BOTH))


# -- what a plan gives ------------------------------------------------------------------------------------------------


def test_the_response_is_attainment_of_each_requirement_and_paid_hours() -> None:
    told = plan(14, **SPLIT)
    made = run(told)
    attained = made.figures.of("sla", "week", None, "attainment")
    attained[:, 1] = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
    attained[:, 2] = 0.7
    made.figures.of("vendors", "horizon", None, "paid_hours")[:, :, 0] = [[1, 10], [2, 20], [3, 30]]
    found = response_of(made, requirements_of(made, told.horizon))
    assert found.attainment.tolist() == [[0.1, 0.2, 0.7, 0.7], [0.3, 0.4, 0.7, 0.7], [0.5, 0.6, 0.7, 0.7]]
    assert found.cost.tolist() == [11, 22, 33]


def test_with_a_price_the_cost_is_the_net_cost_of_all_vendors() -> None:
    told = plan(7)
    layout = layout_of(told)
    layout = dataclasses.replace(layout, subjects={**layout.subjects, "money": (("north",), ("",))})
    made = run_of(told, quiet_figures(layout, 2))
    made.figures.of("money", "horizon", None, "net_cost")[:, 1, 0] = [5.0, 7.0]
    made.figures.of("money", "horizon", None, "net_cost")[:, 0, 0] = [1.0, 1.0]
    assert response_of(made, requirements_of(made, told.horizon)).cost.tolist() == [5.0, 7.0]


SEEN = Response(
    np.array([[0.90, 0.95, NAN, NAN], [0.94, 0.95, NAN, 0.8], [0.98, 0.95, NAN, NAN], [NAN, 0.95, NAN, NAN]]),
    np.zeros(4),
)


def test_means_are_of_replications_in_which_something_was_due() -> None:
    np.testing.assert_allclose(SEEN.mean(), [0.94, 0.95, NAN, 0.8])


def test_the_margin_is_a_prediction_bound_above_the_target() -> None:
    margin = SEEN.margin(0.9, np.array([0.9, 0.9, 0.9, 0.7]))
    bound = 0.94 - stats.t.ppf(0.9, 2) * 0.04 * (1 + 1 / 3) ** 0.5
    assert margin == pytest.approx([bound - 0.9, 0.05, np.inf, 0.1])
    two = Response(np.array([[0.8], [0.9]]), np.zeros(2)).margin(0.8, np.array([0.5]))
    assert two == pytest.approx([0.85 - stats.t.ppf(0.8, 1) * (0.05 * 2**0.5) * 1.5**0.5 - 0.5])


def test_met_counts_replications_that_reach_the_target() -> None:
    share, low, high = SEEN.met(np.array([0.94, 0.96, 0.9, 0.8]))
    np.testing.assert_allclose(share, [2 / 3, 0.0, NAN, 1.0])
    z = stats.norm.ppf(0.975)
    middle, half = (2 / 3 + z**2 / 6) / (1 + z**2 / 3), z / (1 + z**2 / 3) * (2 / 27 + z**2 / 36) ** 0.5
    assert (low[0], high[0]) == pytest.approx((middle - half, middle + half))
    assert (low[1], high[3]) == (0.0, 1.0)
    assert np.isnan([low[2], high[2]]).all()


def test_an_hour_lies_within_its_day() -> None:
    told = plan(2, WEEKLY.replace("per: week", "per: hour"))
    layout = layout_of(told, ("horizon", "month", "week", "day", "hour"))
    found = requirements_of(run_of(told, quiet_figures(layout, 2)), told.horizon)
    assert len(found) == 48
    assert (found[0].start, found[0].days, found[23].days, found[24].days) == (
        "2026-10-05T00:00", (0, 1), (0, 1), (1, 2),
    )  # fmt: skip
