"""Differences told from simulated and sketched pairs: those of the sketches where simulations agree with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.paired_precision import COLUMNS, paired_precision_table
from tests.analysis.made import quiet_figures
from tests.experiment.made import layout_with_money
from tests.helpers import scenario

Array = NDArray[np.float64]
SKETCHES, SIMULATED, ITEMS = 40, 8, 1000.0
SLA = "{4 h: {measure: turnaround, within: 4 h, target: 90%, per: week}}"
PRICE = "{currency: USD, price: {per_productive_hour: 20}}"
RNG = np.random.default_rng(7)
SHARES = RNG.uniform(0.82, 0.99, (SKETCHES, 2)).round(3)
"""Of each week of the base."""
LOST = RNG.uniform(0.0, 0.1, (SKETCHES, 2)).round(3) * [0, 1]
"""By the variant, in the second week alone."""
COSTS = RNG.uniform(50, 150, SKETCHES)


def a_run(shares: Array, cost: Array) -> Run:
    """Return the figures of replications that attain these shares of two weeks."""
    plan = scenario({"horizon.days": 14, "queues.mail.sla": SLA, "vendors.north.contract": PRICE})
    figures = quiet_figures(layout_with_money(plan), len(shares))
    for period, values, items in (("week", shares, ITEMS), ("horizon", shares.mean(axis=1, keepdims=True), 2 * ITEMS)):
        for name, known in (("attainment", values), ("on_time", (values * items).round()), ("counted", items)):
            figures.of("sla", period, None, name)[:, 0] = known
    figures.of("money", "horizon", None, "net_cost")[:, :, 0] = cost[:, None]
    return run_of(plan, figures)


def told(simulated: int = SIMULATED, off: float = 0.0) -> pd.DataFrame:
    """Return the table where simulations are the sketches, less `off` in base and variant."""
    pairs = []
    for shares, cost in ((SHARES, 0 * COSTS), (SHARES - LOST, COSTS)):
        pairs.append((a_run(shares, cost), a_run(shares[:simulated] - off, cost[:simulated])))
    return paired_precision_table(*pairs)


@pytest.mark.parametrize("off", [0.0, 0.02])
def test_where_simulations_agree_a_difference_is_that_of_all_sketches(off: float) -> None:
    table = told(off=off)
    assert tuple(table.columns) == COLUMNS
    rows = table[table["measure"] == "attainment"].set_index(["period", "start"])
    assert rows["difference"].tolist() == pytest.approx([-LOST.mean(), 0, -LOST[:, 1].mean()], abs=1e-3)
    assert rows["counted"].tolist() == pytest.approx(
        [-LOST[:SIMULATED].mean(), 0, -LOST[:SIMULATED, 1].mean()], abs=1e-9
    )
    assert rows["sketch_gap"].tolist() == pytest.approx([0, 0, 0], abs=1e-9), "both sides are off alike"
    first, second = rows.loc["week"].itertuples()
    assert (first.low, first.high) == (0, 0), "nothing differs in the first week"
    assert second.low < second.difference < second.high < 0
    assert (rows["rho2"] > 0.9).all()
    assert second.effective == pytest.approx(SKETCHES, rel=0.3)
    assert (set(rows["replications"]), set(rows["sketches"]), set(rows["why_counted"])) == (
        {SIMULATED},
        {SKETCHES},
        {""},
    )


def test_chances_and_costs_have_rows() -> None:
    table = told()
    misses = table[table["measure"] == "miss_probability"].set_index("start")
    assert misses["period"].tolist() == ["week", "week"]
    true = ((SHARES - LOST < 0.9).mean(axis=0) - (SHARES < 0.9).mean(axis=0)).tolist()
    assert misses["difference"].tolist() == pytest.approx(true, abs=0.06)
    seen = (SHARES - LOST < 0.9)[:SIMULATED].mean(axis=0) - (SHARES < 0.9)[:SIMULATED].mean(axis=0)
    assert misses["counted"].tolist() == pytest.approx(seen.tolist())
    assert misses[["difference", "low", "high"]].iloc[0].tolist() == [0, 0, 0]
    costs = table[table["measure"] == "net_cost"]
    assert costs["vendor"].tolist() == ["north", ""]
    assert set(costs["period"]) == {"horizon"}
    assert costs["difference"].tolist() == pytest.approx([COSTS.mean()] * 2)
    assert costs["counted"].tolist() == pytest.approx([COSTS[:SIMULATED].mean()] * 2)
    assert (costs["low"] < costs["difference"]).all()


def test_a_cost_that_is_not_known_has_no_row() -> None:
    base, variant = ((a_run(SHARES, COSTS), a_run(SHARES[:4], COSTS[:4])) for _ in range(2))
    variant[1].figures.of("money", "horizon", ("north",), "net_cost")[2, 0] = np.nan
    costs = paired_precision_table(base, variant).query("measure == 'net_cost'")
    assert costs["vendor"].tolist() == [""]


def test_what_is_compared_without_sketches_says_why() -> None:
    table = told(simulated=1)
    assert set(table["why_counted"]) == {"one replication cannot show how far a sketch is off"}
    assert table["difference"].tolist() == pytest.approx(table["counted"].tolist())
