"""The summary of a run for machines, of figures made by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.analysis.figures import Figures
from simcap.analysis.late_measures import BY_HOUR
from simcap.experiment.results import Results
from simcap.experiment.summary import sla_overview, summary_of
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import quiet_figures
from tests.experiment.made import attain, layout_with_money, outcomes
from tests.helpers import scenario

BASE: dict[str, Any] = {
    "description": "a small one",
    "horizon.days": 24,
    "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
    "queues.mail.expires": "{after: {constant: 7 days}}",
}
COUNT = 20


def setup(**changes: Any) -> tuple[Scenario, Figures]:
    """Return a scenario of three whole weeks and a part of one, in which 20 replications meet everything."""
    plan = scenario({**BASE, **changes})
    layout = layout_with_money(plan)
    figures = quiet_figures(layout, COUNT)
    figures.arrays[BY_HOUR] = np.zeros((COUNT, len(layout.subjects["late"]), 24 * plan.horizon.day_count))
    return plan, figures


def made(plan: Scenario, figures: Figures) -> Results:
    return Results.of(plan, 3, figures, outcomes(figures))


def miss(figures: Figures, week: int, replications: list[int], row: int = 0, share: float = 0.9) -> None:
    figures.of("sla", "week", None, "attainment")[replications, row, week] = share


def test_windows_at_risk_and_the_chance_of_any_miss() -> None:
    """Week 0 is missed in 1 of 20, week 1 in 2, week 2 in 4, of which one misses week 1, too; the part in all."""
    plan, figures = setup()
    for week, replications in enumerate(([0], [1, 2], [2, 3, 4, 5], list(range(COUNT)))):
        miss(figures, week, replications)
    figures.of("sla", "week", None, "attainment")[6, 0, 0] = 0.95
    (row,) = sla_overview(made(plan, figures))
    assert (row["queue"], row["vendor"], row["sla"]) == ("mail", "", "4 h")
    assert (row["measure"], row["target"], row["per"]) == ("turnaround", 0.95, "week")
    assert (row["windows"], row["windows_at_risk"], row["first_at_risk"]) == (3, 2, "2026-10-12")
    known = stats.binomtest(6, COUNT).proportion_ci(0.95, "wilson")
    assert row["miss_any"] == 6 / 20
    assert (row["miss_any_low"], row["miss_any_high"]) == pytest.approx((known.low, known.high))


def test_attainment_over_the_horizon_and_what_left() -> None:
    plan, figures = setup()
    on_time, counted = [500.0] * 10 + [900.0] * 10, [1000.0] * 10 + [3000.0] * 10
    attain(figures, "horizon", 0, on_time, counted)
    figures.of("sla", "horizon", None, "expired")[:, 0, 0] = 50
    figures.of("sla", "week", None, "expired")[:, 0, 1] = 100
    (row,) = sla_overview(made(plan, figures))
    assert row["attainment"] == pytest.approx(14_000 / 40_000)
    assert (row["p05"], row["p95"]) == pytest.approx((0.3, 0.5))
    assert row["expired_share"] == pytest.approx(0.05)
    assert row["loses_work"] is True
    assert (row["windows_at_risk"], row["first_at_risk"], row["miss_any"]) == (0, None, 0)


@pytest.mark.parametrize(("replications", "loses"), [(1, False), (2, True)])
def test_work_is_lost_from_a_chance_of_a_tenth_on(replications: int, loses: bool) -> None:
    plan, figures = setup()
    figures.of("sla", "week", None, "expired")[:replications, 0, 1] = 100
    (row,) = sla_overview(made(plan, figures))
    assert row["loses_work"] is loses


def test_each_part_of_an_allocated_queue_has_its_own_row() -> None:
    plan, figures = setup(
        **{
            "routing.allocation": "{mail: {north: 60%, south: 40%}}",
            "vendors.south.teams.far": "{timezone: UTC, agents: 10, skills: [mail], shift: {always: true}}",
            "queues.mail.sla.8 h": "{measure: wait, within: 8 h, target: 90%, per: month}",
        }
    )
    miss(figures, 0, [0, 1], row=2)
    figures.of("sla", "week", None, "expired")[:, 2, 1] = 100
    attain(figures, "horizon", 5, [800.0] * COUNT, [1000.0] * COUNT)
    rows = sla_overview(made(plan, figures))
    assert [(row["sla"], row["vendor"]) for row in rows] == [
        ("4 h", ""), ("4 h", "north"), ("4 h", "south"), ("8 h", ""), ("8 h", "north"), ("8 h", "south")
    ]  # fmt: skip
    assert [row["windows_at_risk"] for row in rows] == [0, 0, 1, 0, 0, 0]
    assert [row["attainment"] for row in rows] == pytest.approx([1, 1, 1, 1, 1, 0.8])
    assert [row["loses_work"] for row in rows] == [True, False, True] * 2
    assert [row["per"] for row in rows] == ["week"] * 3 + ["month"] * 3


def test_without_items_nothing_is_known() -> None:
    plan, figures = setup()
    figures.of("sla", "week", None, "attainment")[:, 0] = np.nan
    figures.arrays["sla", "horizon"][:, 0] = 0
    (row,) = sla_overview(made(plan, figures))
    unknown = ("attainment", "p05", "p95", "miss_any", "miss_any_low", "miss_any_high", "expired_share")
    assert [row[name] for name in unknown] == [None] * len(unknown)


def test_the_summary_holds_costs_risks_and_notes() -> None:
    plan, figures = setup(**{"vendors.north.contract": "{currency: USD, price: {per_productive_hour: 20}}"})
    figures.of("money", "horizon", None, "net_cost")[:, :, 0] = 5
    figures.of("money", "month", None, "cost_per_decision")[:, :] = np.nan
    miss(figures, 1, list(range(COUNT)))
    del figures.arrays["money", "week"]
    found = dataclasses.replace(made(plan, figures), notes=("moved",))
    told = summary_of(found)
    assert list(told) == [
        *("name", "description", "replications", "slas", "costs", "groups", "risks", "notes"),
        *("taken_as_neutral", "assumptions"),
    ]
    assert (told["name"], told["description"], told["replications"]) == ("small", "a small one", COUNT)
    assert told["notes"] == ["moved"]
    assert told["slas"] == sla_overview(found)
    assert any("attrition" in line for line in told["taken_as_neutral"])
    assert [(risk["risk"], risk["start"], risk["share"]) for risk in told["risks"]] == [
        ("sla_miss", "2026-10-12", None)
    ]
    keys = [(cost["vendor"], cost["measure"], cost["period"]) for cost in told["costs"]]
    measures = ("price", "credits", "net_cost", "cost_per_decision")
    for vendor in ("north", ""):
        own = [(vendor, measure, period) for measure in measures for period in ("horizon", "month")]
        assert sorted(key for key in keys if key[0] == vendor) == sorted(own)
    cost = next(one for one in told["costs"] if (one["measure"], one["period"]) == ("net_cost", "horizon"))
    assert cost == {
        "vendor": "north", "measure": "net_cost", "period": "horizon", "start": "2026-10-05",
        "mean": 5.0, "p05": 5.0, "p95": 5.0,
    }  # fmt: skip
    each = next(one for one in told["costs"] if (one["measure"], one["period"]) == ("cost_per_decision", "month"))
    assert each["mean"] is None
