"""What contracts are settled on, against the figures that the tables show, and the forecast that a contract locks."""

from __future__ import annotations

import numpy as np
import pytest

from simcap.analysis.figures import Layout, figures_of
from simcap.analysis.measures import SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.money import ALL, MONEY_MEASURES, money_figures
from simcap.analysis.usage import months_of
from simcap.scenario.schema.contract import Contract
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Tally
from simcap.units import HOUR
from simcap.world.world import simulate
from tests.helpers import NOWHERE, scenario

TERMS = """
currency: USD
price: {per_productive_hour: 10}
service_credits: {sla: [mail / 4 h, chat / 1 h], steps: [{below: 99%, credit: 5%}]}
forecast_lock: {weeks_ahead: 4, tolerance: 10%}
"""
TEAM = "{timezone: Europe/London, agents: 3, skills: [mail, chat], shift: {days: Mon-Fri, start: '09:00', length: 8 h}}"


@pytest.fixture(scope="module", name="plan")
def _plan() -> Scenario:
    return scenario(
        {
            "horizon.days": 100,
            "queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}",
            "queues.mail.errors": "{tenured: 4%, new: 4%}",
            "queues.chat": "{arrivals: {per_day: 30}, handle_time: {constant: 3 min}, "
            "sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}}",
            "routing.allocation.mail": "{north: 60%, south: 40%}",
            "vendors.north.contract": TERMS,
            "vendors.north.teams.day": TEAM,
            "vendors.south.contract": "{currency: USD, price: {per_item: {mail: [{up_to: 500, at: 0.5}, {at: 0.4}]}}}",
            "vendors.south.teams.late": TEAM,
        }
    )


@pytest.fixture(scope="module", name="tally")
def _tally(plan: Scenario) -> Tally:
    return simulate(plan, NOWHERE, 1, 0)


def terms(plan: Scenario, vendor: str) -> Contract:
    contract = plan.vendors[vendor].contract
    assert contract is not None
    return contract


def test_months_are_those_of_the_tables(plan: Scenario, tally: Tally) -> None:
    layout = Layout.of(tally, ("month",))
    figures = figures_of(tally, layout)
    for place, vendor in enumerate(plan.vendors):
        table = dict(zip(TEAM_MEASURES, figures["vendors", "month"][place], strict=True))
        months = months_of(tally, vendor, terms(plan, vendor), None)
        assert [month.part for month in months] == [(27, 31), (30, 30), (31, 31), (12, 31)]
        assert [month.whole for month in months] == [False, True, True, False]
        assert [month.hours for month in months] == pytest.approx(table["on_floor_hours"])
        assert [sum(month.decisions.values()) for month in months] == table["completed"].tolist()
        assert [month.agent_days for month in months] == [3 * month.part[0] for month in months]
        right = 1 - table["errors"] / table["completed"]
        assert [month.accuracy for month in months] == pytest.approx(right)
        assert 0.95 < min(right) < 0.99
    counted = sum(np.array([month.decisions["chat"] for month in months_of(tally, vendor, terms(plan, vendor), None)])
                  for vendor in plan.vendors)  # fmt: skip
    assert counted.sum() == tally.by_queue["completed"][1, :-1].sum()


def test_credits_use_the_vendors_own_items_or_the_pool(plan: Scenario, tally: Tally) -> None:
    layout = Layout.of(tally, ("month",))
    rows = figures_of(tally, layout)["sla", "month"][:, SLA_MEASURES.index("attainment")]
    months = months_of(tally, "north", terms(plan, "north"), None)
    mine = rows[layout.subjects["sla"].index(("mail", "north", "4 h"))]
    assert [month.attained["mail / 4 h"] for month in months] == mine.tolist()
    assert mine.tolist() != rows[layout.subjects["sla"].index(("mail", "", "4 h"))].tolist()
    pool = rows[layout.subjects["sla"].index(("chat", "", "1 h"))]
    assert [month.attained["chat / 1 h"] for month in months] == pool.tolist()
    assert not any(month.attained for month in months_of(tally, "south", terms(plan, "south"), None))


@pytest.mark.parametrize(
    ("factor", "excused"),
    [
        (1.0, [False, False, False, False]),
        (1.05, [False, False, False, False]),
        # October was locked before the horizon: the plan holds, and volume leaves it. So was November, on 4 October.
        # December and January know the level of the weeks before.
        (1.25, [True, True, False, False]),
        (0.8, [True, True, False, False]),
    ],
)
def test_a_forecast_is_the_plan_at_the_level_known_when_it_is_locked(
    plan: Scenario, tally: Tally, factor: float, excused: list[bool]
) -> None:
    came = tally.by_queue["arrived"][:, :-1].astype(float)
    months = months_of(tally, "north", terms(plan, "north"), (factor * came, factor * came))
    assert [("mail / 4 h" in month.excused) for month in months] == excused


def test_what_errors_may_explain_has_not_left_the_forecast(plan: Scenario, tally: Tally) -> None:
    came = tally.by_queue["arrived"][:, :-1].astype(float)
    for forecast in ((0.8 * came, came), (came, 1.25 * came), (0.8 * came, 1.25 * came)):
        months = months_of(tally, "north", terms(plan, "north"), forecast)
        assert not any(month.excused for month in months)


def test_a_surge_that_nobody_forecast_excuses_its_queue_alone(plan: Scenario, tally: Tally) -> None:
    forecast = tally.by_queue["arrived"][:, :-1].astype(float)
    december = np.array([day.month == 12 for day in tally.grid.days])
    forecast[0, december] *= 0.7
    months = months_of(tally, "north", terms(plan, "north"), (forecast, forecast))
    assert [sorted(month.excused) for month in months] == [[], [], ["mail / 4 h"], []]


def test_money_adds_up_over_months_and_vendors(plan: Scenario, tally: Tally) -> None:
    found = money_figures(plan, tally, None)
    layout = Layout.of(tally, ("month",), plan)
    assert layout.subjects["money"] == (("north",), ("south",), (ALL,))
    month, whole = found["month"], found["horizon"]
    assert set(month) == set(whole) == set(MONEY_MEASURES)
    for name in set(MONEY_MEASURES) - {"cost_per_decision"}:
        cents = np.rint(100 * month[name]).astype(np.int64)
        assert 100 * month[name] == pytest.approx(cents, abs=1e-6), name
        assert (cents[0] + cents[1] == cents[2]).all()
        assert np.rint(100 * whole[name][:, 0]).tolist() == cents.sum(axis=1).tolist()
    price, net, decisions = (whole[name][:, 0] for name in ("price", "net_cost", "decisions"))
    assert whole["cost_per_decision"][:, 0] == pytest.approx(net / decisions)
    hours = tally.by_team["floor"][0, :-1].sum() / HOUR
    assert price[0] == pytest.approx(10 * hours, abs=0.25)
    assert net[0] < price[0], "the case has credits"
