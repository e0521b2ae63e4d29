"""The money of tallies made by hand: every amount was worked out on paper from the contracts above it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simcap.analysis.billing import ledger_table, never_reached
from simcap.analysis.figures import Figures, Layout, stacked
from simcap.analysis.measures import Measured, stack_measures
from simcap.analysis.money import ALL, MONEY_MEASURES, money_figures, payers, priced
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Names, Tally
from simcap.units import HOUR
from tests.analysis.tallies import empty_tally
from tests.helpers import scenario

NAN = float("nan")
MONTHS = ("2026-10-05", "2026-11-01", "2026-12-01")
TEAM = "{timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}"
CONTRACTS: dict[str, Any] = {
    "horizon": {"start": "2026-10-05", "days": 88, "timezone": "UTC", "warm_up": "0 days"},
    "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
    "routing.allocation.mail": "{north: 30%, south: 70%}",
    "vendors.north.contract": "{currency: USD, price: {per_item: {mail: [{at: 0.5}]}}}",
    "vendors.free.teams.own": TEAM,
    "vendors.loose.contract": "{currency: USD}",
    "vendors.loose.teams.other": TEAM,
    "vendors.south.teams.far": TEAM,
    "vendors.south.contract": """
currency: USD
price: {per_productive_hour: 10}
minimum: {hours_per_month: 1000}
service_credits: {sla: [mail / 4 h], steps: [{below: 95%, credit: 5%}], earn_back: {above: 96%, months: 1}}
quality: {target: 97%, credit: 2%}
""",
}
"""27 days of October, November and December."""
PLAN = scenario(CONTRACTS)
NAMES = Names(
    queues=("mail",),
    lines=(("mail", "north"), ("mail", "south")),
    slas=(("mail", "4 h"),),
    teams=(("north", "day"), ("free", "own"), ("loose", "other"), ("south", "far")),
)


def worked(november: float) -> Tally:
    """Return a tally in which the south works 500 h in October, so many in November and 805 in December."""
    tally = empty_tally(NAMES, Grid(PLAN.horizon, hourly=False))
    tally.by_team["floor"][3, [10, 40, 70]] = np.array([500, november, 805]) * HOUR
    tally.decisions[3, 0, [10, 40, 70]] = [10, 100, 200]
    tally.decisions[0, 0, [40, 70]] = [100, 40]
    tally.by_team["errors"][3, 40] = 4
    tally.by_line["created"][1, [40, 70]] = 100
    tally.by_sla["on_time"][0, 1, [40, 70]] = [90, 98]
    return tally


def rows(figures: Measured, place: int) -> list[list[float]]:
    """Return the figures of a payer, a row for each window."""
    return stack_measures(figures, MONEY_MEASURES)[place].T.tolist()  # type: ignore[no-any-return]


def months(plan: Scenario, *hours: float) -> Figures:
    """Return the figures by month of replications in which the south works so many hours in November."""
    tallies = [worked(november) for november in hours]
    found = [stack_measures(money_figures(plan, tally, None)["month"], MONEY_MEASURES) for tally in tallies]
    layout = Layout.of(tallies[0], ("month", "horizon"), plan)
    return stacked(layout, [{("money", "month"): values} for values in found])


def test_who_is_paid() -> None:
    assert priced(PLAN) == ("north", "south")
    assert payers(PLAN) == ("north", "south", ALL)
    assert payers(scenario()) == ()


def test_each_amount_of_each_month_and_over_all() -> None:
    figures = money_figures(PLAN, worked(1200), None)
    assert (
        *("price", "credits", "net_cost", "cost_per_decision", "used_fee", "minimum_fee", "service_credits"),
        *("quality_credits", "earned_back", "decisions"),
    ) == MONEY_MEASURES
    north = [
        [0, 0, 0, NAN, 0, 0, 0, 0, 0, 0],
        [50, 0, 50, 0.5, 50, 0, 0, 0, 0, 100],
        [20, 0, 20, 0.5, 20, 0, 0, 0, 0, 40],
    ]
    # October owes 1000 x 27 / 31 = 870.97 h, of which 370.97 are missing, and part of a month earns no credits.
    # November: 90% in time, 5% of 12,000; 96% right, 2% of it. December: 195 h are missing, 98% void November's credit.
    south = [
        [8709.70, 0, 8709.70, 870.97, 5000, 3709.70, 0, 0, 0, 10],
        [12000, 840, 11160, 111.60, 12000, 0, 600, 240, 0, 100],
        [10000, -600, 10600, 53, 8050, 1950, 0, 0, 600, 200],
    ]
    both = [
        [8709.70, 0, 8709.70, 870.97, 5000, 3709.70, 0, 0, 0, 10],
        [12050, 840, 11210, 56.05, 12050, 0, 600, 240, 0, 200],
        [10020, -600, 10620, 44.25, 8070, 1950, 0, 0, 600, 240],
    ]
    for place, known in enumerate((north, south, both)):
        for found, row in zip(rows(figures["month"], place), known, strict=True):
            assert found == pytest.approx(row, nan_ok=True)
    for place, row in enumerate(
        [
            [70, 0, 70, 0.5, 70, 0, 0, 0, 0, 140],
            [30709.70, 240, 30469.70, 30469.70 / 310, 25050, 5659.70, 600, 240, 600, 310],
            [30779.70, 240, 30539.70, 30539.70 / 450, 25120, 5659.70, 600, 240, 600, 450],
        ]
    ):
        assert rows(figures["horizon"], place) == [pytest.approx(row)]


def test_without_a_price_there_are_no_rows_but_the_windows() -> None:
    plan = scenario({"horizon": CONTRACTS["horizon"]})
    figures = money_figures(plan, worked(0), None)
    for period, count in (("month", 3), ("horizon", 1)):
        assert {values.shape for values in figures[period].values()} == {(0, count)}


def test_a_locked_forecast_that_volume_has_left_spares_the_credit() -> None:
    lock = {"vendors.south.contract.forecast_lock": "{weeks_ahead: 4, tolerance: 10%}"}
    plan = scenario(CONTRACTS | lock)
    tally = worked(1200)
    tally.by_queue["arrived"][0, :88] = 100
    planned = np.full((1, 88), 100.0)
    for forecast, credit in (((planned, planned), 600), ((planned / 2, planned / 2), 0)):
        assert rows(money_figures(plan, tally, forecast)["month"], 1)[1][6] == credit


def test_a_minimum_that_no_month_reaches_is_told_with_its_share_of_the_price() -> None:
    # Of 8,709.70 + 10,000 + 10,000 in each replication, 3,709.70 + 0.50 + 1,950 are for hours that nobody works: 19.7%.
    assert never_reached(PLAN, months(PLAN, 999.95, 999.95)) == [
        "south: the minimum of 1,000 h a month is never reached; 20% of the price is for hours that nobody works"
    ]
    assert never_reached(PLAN, months(PLAN, 999.95, 1000.0)) == []
    assert never_reached(scenario(), months(scenario(), 1000.0)) == []


def test_the_ledger_has_a_row_for_each_replication_vendor_and_month() -> None:
    table = ledger_table(months(PLAN, 1200, 1000))
    assert list(table.columns) == [
        *("replication", "vendor", "start", "price", "credits", "net_cost", "used_fee", "minimum_fee"),
        *("service_credits", "quality_credits", "earned_back", "decisions"),
    ]
    keys = [(n, vendor, month) for n in (0, 1) for vendor in ("north", "south", "") for month in MONTHS]
    assert list(zip(table["replication"], table["vendor"], table["start"], strict=True)) == keys
    # In the second replication November's credits are of 10,000: 500 and 200.
    south = table[table["vendor"] == "south"].drop(columns=["replication", "vendor", "start"])
    assert south.to_numpy(float) == pytest.approx(
        np.array(
            [
                [8709.70, 0, 8709.70, 5000, 3709.70, 0, 0, 0, 10],
                [12000, 840, 11160, 12000, 0, 600, 240, 0, 100],
                [10000, -600, 10600, 8050, 1950, 0, 0, 600, 200],
                [8709.70, 0, 8709.70, 5000, 3709.70, 0, 0, 0, 10],
                [10000, 700, 9300, 10000, 0, 500, 200, 0, 100],
                [10000, -500, 10500, 8050, 1950, 0, 0, 500, 200],
            ]
        )
    )
    assert table["decisions"].dtype == int
