"""Options in futures, by hand: regrets, and where two of them are even; Fieller's interval has its coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simcap.analysis.comparison import Run, run_of
from simcap.analysis.futures import break_even_table, future_slas, future_table, ratio_of_means
from tests.analysis.made import quiet_figures
from tests.experiment import made
from tests.helpers import scenario

PRICE = "{currency: USD, price: {per_productive_hour: 20}}"
SLA = "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}"
COUNT = 40


def a_run(cost: NDArray[np.float64] | None = None, missed: int = 0, **changes: Any) -> Run:
    """Return a run of 40 replications, of which the first miss the SLA in the second of two weeks."""
    priced = {} if cost is None else {"vendors.north.contract": PRICE}
    plan = scenario({"horizon.days": 14, "queues.mail.sla": SLA, **priced, **changes})
    figures = quiet_figures(made.layout_with_money(plan), COUNT)
    if cost is not None:
        figures.of("money", "horizon", None, "net_cost")[:, :, 0] = cost[:, None]
    shares = [900.0] * missed + [1000.0] * (COUNT - missed)
    made.attain(figures, "week", 0, shares, [1000.0] * COUNT, window=1)
    made.attain(figures, "horizon", 0, [1000.0 + share for share in shares], [2000.0] * COUNT)
    return run_of(plan, figures)


def costs(mean: float, spread: float = 10.0) -> NDArray[np.float64]:
    """Return costs of this mean exactly, the same noise for all."""
    noise = np.linspace(-1.0, 1.0, COUNT)
    return mean + spread * noise


def test_regret_is_against_the_cheapest_of_the_same_future() -> None:
    futures = {
        "base": [a_run(costs(100.0)), a_run(costs(130.0))],
        "surge": [a_run(costs(300.0), missed=30), a_run(costs(180.0))],
    }
    table = future_table(["own", "vendor"], futures).set_index(["future", "scenario"])
    assert table["net_cost"].tolist() == pytest.approx([100, 130, 300, 180])
    assert table["regret"].tolist() == pytest.approx([0, 30, 120, 0])
    assert table["any_miss"].tolist() == [0, 0, 0.75, 0]
    assert table["miss_regret"].tolist() == [0, 0, 0.75, 0]
    surge = table.loc["surge", "own"]
    assert (surge["regret_low"], surge["regret_high"]) == pytest.approx((120, 120)), "the noise is the same in both"
    assert surge["net_cost_low"] < 300 < surge["net_cost_high"]
    assert (surge["worst_week"], surge["worst_week_miss"]) == ("2026-10-12", 0.75)
    assert table.loc["base", "own"]["worst_week"] == ""
    slas = future_slas(["own", "vendor"], futures).set_index(["future", "scenario"])
    assert slas["attainment"].tolist() == pytest.approx([1, 1, (30 * 1900 + 10 * 2000) / 80_000, 1])
    assert slas["any_miss"].tolist() == [0, 0, 0.75, 0]


def test_two_options_are_even_at_a_probability() -> None:
    """20 more as things stand, 60 less in a slump: even at 20 / (20 + 60)."""
    futures = {
        "base": [a_run(costs(100.0)), a_run(costs(120.0))],
        "slump": [a_run(costs(100.0)), a_run(costs(40.0, spread=30.0))],
    }
    (row,) = break_even_table(["own", "vendor"], futures).to_dict("records")
    assert (row["measure"], row["future"], row["scenario"], row["instead_of"]) == (
        "probability", "slump", "vendor", "own",
    )  # fmt: skip
    assert (row["dearer_first"], row["dearer"], row["break_even"]) == pytest.approx((20, -60, 0.25))
    assert 0.2 < row["ci_low"] < 0.25 < row["ci_high"] < 0.3
    assert row["why"] == ""


@pytest.mark.parametrize(("missed", "why"), [((30, 0), "serves better"), ((0, 30), "serves worse"), ((1, 0), "")])
def test_cost_alone_decides_only_where_service_is_no_worse(missed: tuple[int, int], why: str) -> None:
    futures = {
        "base": [a_run(costs(100.0)), a_run(costs(120.0))],
        "slump": [a_run(costs(100.0), missed[0]), a_run(costs(40.0), missed[1])],
    }
    (row,) = break_even_table(["own", "vendor"], futures).query("measure == 'probability'").to_dict("records")
    assert row["why"] == why
    assert np.isnan(row["break_even"]) == (why == "serves worse")


def test_what_a_horizon_without_a_miss_has_to_be_worth() -> None:
    """It costs 30 more, and misses three quarters less often: right above 40."""
    futures = {"base": [a_run(costs(100.0), missed=30), a_run(costs(130.0))]}
    (row,) = break_even_table(["own", "vendor"], futures).to_dict("records")
    assert (row["measure"], row["scenario"], row["break_even"]) == ("price_of_a_miss", "vendor", pytest.approx(40))
    assert row["ci_low"] < 40 < row["ci_high"]
    unsure = {"base": [a_run(costs(100.0), missed=2), a_run(costs(130.0))]}
    (row,) = break_even_table(["own", "vendor"], unsure).to_dict("records")
    assert (row["why"], np.isnan(row["break_even"])) == ("too few replications", True)


def test_costs_of_which_one_is_unknown_are_not_compared() -> None:
    futures = {"base": [a_run(costs(100.0)), a_run(None, missed=4)]}
    table = future_table(["own", "vendor"], futures)
    assert table["net_cost"].isna().all()
    assert table["regret"].isna().all()
    assert table["miss_regret"].tolist() == [0, 0.1]
    assert break_even_table(["own", "vendor"], futures).empty


def test_the_interval_of_a_ratio_has_its_coverage() -> None:
    """Of 2,000 samples of twelve pairs, 95% hold the true ratio: 93.5% to 96.5% is three standard errors."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(2000):
        first = rng.normal(20.0, 12.0, 12)
        whole = first + rng.normal(60.0, 25.0, 12)
        found = ratio_of_means(first, whole)
        held += found.low <= 20 / 80 <= found.high
    assert 0.935 <= held / 2000 <= 0.965


def test_a_ratio_that_is_not_bounded_is_not_known() -> None:
    rng = np.random.default_rng(6)
    found = ratio_of_means(rng.normal(1.0, 1.0, 10), rng.normal(0.0, 1.0, 10))
    assert np.isnan(found).all()
    assert np.isnan(ratio_of_means(np.ones(1), np.ones(1))).all()
