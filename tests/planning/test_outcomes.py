"""What drivers are asked about, of figures made by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from simcap.analysis.comparison import run_of
from simcap.analysis.figures import Figures, Layout
from simcap.analysis.measures import SLA_MEASURES
from simcap.planning.outcomes import measured, outlook
from simcap.scenario.schema.scenario import Scenario
from tests.analysis.made import layout_of, quiet_figures
from tests.experiment.made import attain, layout_with_money
from tests.helpers import scenario

BASE: dict[str, Any] = {
    "horizon.days": 17,
    "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
}
SPLIT = {
    "routing.allocation": "{mail: {north: 60%, south: 40%}}",
    "vendors.south.teams.far": "{timezone: UTC, agents: 10, skills: [mail], shift: {always: true}}",
}


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0.0, "safe"), (0.0999, "safe"), (0.10, "at risk"), (0.9499, "at risk"), (0.95, "hopeless"), (1.0, "hopeless")],
)
def test_how_a_chance_stands(chance: float, said: str) -> None:
    assert outlook(chance) == said


def setup(**changes: Any) -> tuple[Scenario, Layout, Figures]:
    plan = scenario({**BASE, **changes})
    layout = layout_of(plan)
    return plan, layout, quiet_figures(layout, 4)


def test_attainment_is_that_of_sums_and_a_miss_that_of_any_whole_window() -> None:
    plan, _, figures = setup()
    attain(figures, "horizon", 0, [50, 290, 10, 10], [100, 300, 40, 10])
    for week, replication in ((0, 1), (1, 3), (2, 0)):
        figures.of("sla", "week", None, "attainment")[replication, 0, week] = 0.94
    figures.of("sla", "week", None, "attainment")[2, 0, 0] = 0.95
    found = measured(run_of(plan, figures))
    assert list(found) == [("mail", "", "4 h", "attainment"), ("mail", "", "4 h", "any_miss")]
    assert found["mail", "", "4 h", "attainment"].mean() == pytest.approx(360 / 450)
    assert found["mail", "", "4 h", "any_miss"].tolist() == [0, 1, 0, 1], "the third week is in part here"


def test_a_replication_without_items_attains_nothing_and_misses_nothing() -> None:
    plan, _, figures = setup()
    figures.arrays["sla", "horizon"][1, 0] = 0
    figures.of("sla", "week", None, "attainment")[1, 0] = np.nan
    figures.arrays["sla", "horizon"][2, 0, [SLA_MEASURES.index("on_time"), SLA_MEASURES.index("counted")], 0] = 1
    found = measured(run_of(plan, figures))
    for values in found.values():
        assert np.isnan(values).tolist() == [False, True, False, False]


def test_vendors_stand_for_an_allocated_queue() -> None:
    plan, _, figures = setup(**SPLIT)
    attain(figures, "horizon", 2, [80, 80, 80, 80], [100, 100, 100, 100])
    figures.of("sla", "week", None, "attainment")[:2, 1, 0] = 0.5
    found = measured(run_of(plan, figures))
    assert [key[1] for key in found] == ["north", "north", "south", "south"]
    assert found["mail", "south", "4 h", "attainment"] == pytest.approx([0.8] * 4)
    assert found["mail", "north", "4 h", "any_miss"].tolist() == [1, 1, 0, 0]


def test_net_cost_is_that_of_all_vendors_over_the_horizon() -> None:
    price = "{currency: USD, price: {per_productive_hour: 20}}"
    plan = scenario({**BASE, **SPLIT, "vendors.north.contract": price, "vendors.south.contract": price})
    layout = layout_with_money(plan)
    assert layout.subjects["money"] == (("north",), ("south",), ("",))
    figures = quiet_figures(layout, 4)
    figures.of("money", "horizon", None, "net_cost")[:, 2, 0] = [5, 6, 7, 8]
    figures.of("money", "horizon", None, "net_cost")[:, 0, 0] = 1
    found = measured(run_of(plan, figures))
    assert found["", "", "", "net_cost"].tolist() == [5, 6, 7, 8]
    moneyless = dataclasses.replace(layout, subjects=layout.subjects | {"money": ()})
    assert ("", "", "", "net_cost") not in measured(run_of(plan, Figures(moneyless, figures.arrays)))
