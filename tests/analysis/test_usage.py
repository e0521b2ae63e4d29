"""What contracts are settled on, against the figures that the tables show, and the forecast that a contract locks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from simcap.analysis.figures import Layout, figures_of
from simcap.analysis.measures import SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.money import ALL, MONEY_MEASURES, money_figures
from simcap.analysis.usage import Forecast, months_of
from simcap.scenario.grid import Grid
from simcap.scenario.schema.contract import Contract
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Names, Tally
from simcap.units import HOUR
from simcap.world.world import simulate
from tests.analysis.tallies import empty_tally
from tests.helpers import NOWHERE, plain, scenario

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


# -- tallies by hand --------------------------------------------------------------------------------------------------


NAMES = Names(
    queues=("chat", "first look"),
    lines=(("chat", ""), ("first look", "north"), ("first look", "south")),
    slas=(("chat", "1 min"), ("first look", "1 h")),
    teams=(("south", "far"), ("north", "day"), ("north", "night"), ("east", "aside")),
)
LOOK, CHAT = "first look / 1 h", "chat / 1 min"
NAN = float("nan")


def terms_by_hand(lock: str | None = None, *slas: str) -> Contract:
    text = "currency: USD\nprice: {per_productive_hour: 10}\n"
    if slas:
        text += f"service_credits: {{sla: [{', '.join(slas)}], steps: [{{below: 99%, credit: 5%}}]}}\n"
    return Contract.model_validate(plain(text + (f"forecast_lock: {lock}" if lock else "")))


def nothing(start: str = "2026-10-05", days: int = 60, *, hourly: bool = False) -> Tally:
    """Return the tally of a horizon in which nothing happened: by default 27 days of October, November, 3 December."""
    horizon = scenario({"horizon.start": start, "horizon.days": days, "horizon.timezone": "UTC"}).horizon
    return empty_tally(NAMES, Grid(horizon, hourly=hourly))


@pytest.mark.parametrize("hourly", [False, True])
def test_a_month_is_the_sum_of_its_days_over_a_vendors_own_teams(hourly: bool) -> None:
    tally = nothing(hourly=hourly)
    cells = 24 if hourly else 1
    first, last, november, december = 0, 26 * cells, 27 * cells, 57 * cells
    tally.by_team["floor"][1, [first, last, november, december]] = [2 * HOUR, 3 * HOUR, 7 * HOUR, 1 * HOUR]
    tally.by_team["floor"][2, [last, november]] = [5 * HOUR, 4 * HOUR]
    tally.by_team["floor"][[0, 3]] = 100 * HOUR
    tally.premium[1, [last, november]] = [0.5, 0.0]
    tally.premium[2, november] = 0.25
    tally.premium[[0, 3]] = 1.0
    tally.headcount[1, :27], tally.headcount[2, 26:57], tally.headcount[1, 57:] = 3, 2, 5
    tally.headcount[[0, 3]] = 50
    tally.decisions[1, 0, [first, november]] = [10, 20]
    tally.decisions[2, 1, [last, november]] = [30, 60]
    tally.decisions[[0, 3]] = 999
    tally.by_team["errors"][1, [first, november]] = [4, 2]
    tally.by_team["errors"][2, last] = 6
    tally.by_team["errors"][[0, 3]] = 500
    months = months_of(tally, "north", terms_by_hand(), None)
    assert [month.first for month in months] == [dt.date(2026, 10, 5), dt.date(2026, 11, 1), dt.date(2026, 12, 1)]
    assert [month.part for month in months] == [(27, 31), (30, 30), (3, 31)]
    assert [month.hours for month in months] == pytest.approx([10, 11, 1])
    assert [month.premium_hours for month in months] == pytest.approx([1.5, 1.0, 0])
    assert [month.agent_days for month in months] == [27 * 3 + 2, 30 * 2, 3 * 5]
    assert [dict(month.decisions) for month in months] == [
        {"chat": 10, "first look": 30},
        {"chat": 20, "first look": 60},
        {"chat": 0, "first look": 0},
    ]
    assert [month.accuracy for month in months] == pytest.approx([1 - 10 / 40, 1 - 2 / 80, NAN], nan_ok=True)
    assert [(dict(month.attained), month.excused) for month in months] == [({}, frozenset())] * 3


def test_a_vendor_answers_for_its_own_items_and_for_a_pool_with_all_others() -> None:
    tally = nothing()
    tally.by_line["created"][:, 5], tally.by_line["created"][:, 30] = [100, 40, 200], [50, 10, 0]
    tally.by_sla["on_time"][0, 0, [5, 30]] = [90, 50]
    tally.by_sla["on_time"][1, :2, 5] = [30, 50]
    tally.by_sla["on_time"][1, 0, 30] = 1
    north, south, east = (
        [dict(month.attained) for month in months_of(tally, vendor, terms_by_hand(None, LOOK, CHAT), None)]
        for vendor in ("north", "south", "east")
    )
    nan = pytest.approx(NAN, nan_ok=True)
    assert north == [{LOOK: 0.75, CHAT: 0.9}, {LOOK: 0.1, CHAT: 1.0}, {LOOK: nan, CHAT: nan}]
    assert south == [{LOOK: 0.25, CHAT: 0.9}, {LOOK: nan, CHAT: 1.0}, {LOOK: nan, CHAT: nan}]
    assert east == [{LOOK: nan, CHAT: 0.9}, {LOOK: nan, CHAT: 1.0}, {LOOK: nan, CHAT: nan}], "nothing is its own"
    only_chat = months_of(tally, "north", terms_by_hand(None, CHAT), None)
    assert [sorted(month.attained) for month in only_chat] == [[CHAT]] * 3


def evenly(tally: Tally, look: float, chat: float) -> Forecast:
    """Return a forecast of so many items a day, whatever errors do."""
    least = np.repeat(np.array([[chat], [look]], float), len(tally.grid.days), axis=1)
    return least, least.copy()


def excused(tally: Tally, forecast: Forecast | None, lock: str | None, *slas: str) -> list[list[str]]:
    return [sorted(month.excused) for month in months_of(tally, "north", terms_by_hand(lock, *slas), forecast)]


QUARTER = "{weeks_ahead: 4, tolerance: 25%}"


@pytest.mark.parametrize(("volume", "off"), [(2249, True), (2250, False), (3750, False), (3751, True)])
def test_volume_has_left_the_forecast_beyond_the_tolerance(volume: int, off: bool) -> None:
    tally = nothing()
    tally.by_queue["arrived"][:, :60] = 100
    tally.by_queue["arrived"][1, 27:57] = 0
    tally.by_queue["arrived"][1, 40] = volume
    # November was locked on 4 October, before the horizon: the plan of 30 x 100 holds.
    found = excused(tally, evenly(tally, 100, 100), QUARTER, LOOK, CHAT)
    assert found[:2] == [[], [LOOK] if off else []]
    assert excused(tally, None, QUARTER, LOOK, CHAT) == [[], [], []]
    assert excused(tally, evenly(tally, 100, 100), None, LOOK, CHAT) == [[], [], []]
    assert excused(tally, evenly(tally, 100, 100), QUARTER) == [[], [], []], "no credits, no excuse"


def test_each_end_of_a_forecast_has_its_own_level() -> None:
    tally = nothing()
    tally.by_queue["arrived"][1, :60] = 100
    least, most = evenly(tally, 80, 1)[0], evenly(tally, 120, 1)[0]
    # November and October: between 0.75 x 80 and 1.25 x 120 a day is as agreed.
    for volume, off in ((59, True), (60, False), (150, False), (151, True)):
        tally.by_queue["arrived"][1, 27:57] = volume
        assert excused(tally, (least, most), QUARTER, LOOK)[1] == ([LOOK] if off else []), volume


def test_the_level_is_that_of_the_four_weeks_before_the_lock() -> None:
    tally = nothing()
    # December is locked on 3 November, day 29: what came on days 1 to 28 was 1.5 times the plan, so 150 a day are due.
    came = tally.by_queue["arrived"]
    came[1, :60] = 10
    came[1, 1:29] = 150
    for volume, off in ((337, True), (338, False), (562, False), (563, True)):
        came[1, 57:60] = 0
        came[1, 58] = volume
        assert excused(tally, evenly(tally, 100, 100), QUARTER, LOOK)[2] == ([LOOK] if off else []), volume


@pytest.mark.parametrize(("start", "off"), [("2026-10-04", False), ("2026-10-05", True)])
def test_with_less_than_a_week_before_the_lock_the_plan_holds(start: str, off: bool) -> None:
    # November is locked three weeks ahead, on 11 October: seven days of the horizon are before it, or six.
    tally = nothing(start)
    tally.by_queue["arrived"][1, :] = 200
    found = excused(tally, evenly(tally, 100, 100), "{weeks_ahead: 3, tolerance: 25%}", LOOK)
    assert found[1] == ([LOOK] if off else [])


def test_a_queue_that_was_not_planned_before_the_lock_has_no_level() -> None:
    tally = nothing()
    tally.by_queue["arrived"][1, :] = 100
    forecast = evenly(tally, 100, 100)
    for plan in forecast:
        plan[1, :30] = 0
    assert excused(tally, forecast, QUARTER, LOOK)[2] == [], "100 a day as planned"
    for plan in forecast:
        plan[1, 20] = 0.5
    assert excused(tally, forecast, QUARTER, LOOK)[2] == [LOOK], "5600 times half an item were to be expected"
