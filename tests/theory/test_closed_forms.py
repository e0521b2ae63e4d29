"""The closed forms against published numbers, against each other, and against the limits they must tend to.

A published number is written as it was printed: it is met when it is the correct rounding of what is computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, linalg, special, stats

from tests.theory import attrition, counts, learning, limits, priority
from tests.theory.at_once import AtOnceQueue, one_agent
from tests.theory.congestion import Congestion, departure_rates
from tests.theory.erlang import ErlangC, erlang_b, erlang_c
from tests.theory.impatience import erlang_a
from tests.theory.infinite_server import SinusoidalDemand
from tests.theory.single_server import pollaczek_khinchine
from tests.theory.transient import day_from_empty

README_DESK = ErlangC(rate=100 / 1800, mean_handle=180, agents=14)
MINUTE_DESK = ErlangC(rate=48 / 60, mean_handle=60, agents=50)
IMPATIENT_MINUTE_DESK = erlang_a(rate=48 / 60, mean_handle=60, agents=50, mean_patience=120)
IMPATIENT_DESK = erlang_a(rate=100 / 1800, mean_handle=180, agents=14, mean_patience=300)
OVERLOAD = erlang_a(rate=120, mean_handle=1, agents=100, mean_patience=1)
URGENT_TO_LOW = (0.2, 0.6, 1.2)
SWING = SinusoidalDemand(base=10, amplitude=5, period=2 * math.pi, mean_handle=0.5)
DAY = day_from_empty(rate=4.2, mean_handle=2, agents=12, length=480)
IMPATIENT_DAY = day_from_empty(rate=4.2, mean_handle=2, agents=12, length=480, mean_patience=1)


def rounds_to(value: float, printed: str) -> bool:
    decimals = len(printed.partition(".")[2])
    return abs(value - float(printed)) <= 0.5000001 * 10.0**-decimals


PUBLISHED = [
    ("Erlang C, 14 agents: P(wait)", README_DESK.delayed_share, "0.174132"),
    ("Erlang C, 14 agents: served within 20 s", README_DESK.served_within(20), "0.888350"),
    ("Erlang C, 14 agents: mean wait, s", README_DESK.mean_wait, "7.835937"),
    ("Erlang C, 14 agents: occupancy", README_DESK.occupancy, "0.714286"),
    ("Erlang C, 50 agents: P(wait)", MINUTE_DESK.delayed_share, "0.694456"),
    ("Erlang C, 50 agents: mean wait, s", MINUTE_DESK.mean_wait, "20.834"),
    ("Erlang C, 50 agents: mean line", MINUTE_DESK.mean_line, "16.667"),
    ("Erlang C, 50 agents: 90th percentile of wait, s", MINUTE_DESK.wait_percentile(0.9), "58.14"),
    ("Erlang A, 50 agents: P(abandon)", IMPATIENT_MINUTE_DESK.abandoned_share, "0.030912"),
    ("Erlang A, 50 agents: mean wait, s", IMPATIENT_MINUTE_DESK.mean_wait, "3.7095"),
    ("Erlang A, 50 agents: utilisation", IMPATIENT_MINUTE_DESK.occupancy, "0.930324"),
    ("Erlang A, 50 agents: P(wait)", IMPATIENT_MINUTE_DESK.delayed_share, "0.467774"),
    ("Erlang A, 14 agents: P(wait)", IMPATIENT_DESK.delayed_share, "0.14526"),
    ("Erlang A, 14 agents: P(abandon)", IMPATIENT_DESK.abandoned_share, "0.013984"),
    ("Erlang A, 14 agents: occupancy", IMPATIENT_DESK.occupancy, "0.704297"),
    ("Erlang A, overload: P(abandon)", OVERLOAD.abandoned_share, "0.167693"),
    ("Halfin-Whitt, slack 0.5", limits.halfin_whitt(0.5), "0.504539"),
    ("Halfin-Whitt, slack 1", limits.halfin_whitt(1), "0.223361"),
    ("Halfin-Whitt, slack 2", limits.halfin_whitt(2), "0.026881"),
    ("M/M/1, load 0.9: mean wait", pollaczek_khinchine(0.9, 1, cv=1), "9.0"),
    ("M/D/1, load 0.9: mean wait", pollaczek_khinchine(0.9, 1, cv=0), "4.5"),
    ("M/E2/1, load 0.8: mean wait", pollaczek_khinchine(0.8, 1, cv=math.sqrt(0.5)), "3.0"),
    ("M/G/1, lognormal of cv 1.5, load 0.8: mean wait", pollaczek_khinchine(0.8, 1, cv=1.5), "6.5"),
    ("gamma-Poisson sd", counts.gamma_poisson_sd(1660, shape=10), "526.517"),
    ("35% a year, in % a week of 52", 100 * attrition.share_leaving(0.35, 1 / 52), "0.825007"),
    ("35% a year, in % a month", 100 * attrition.share_leaving(0.35, 1 / 12), "3.526186"),
    ("Wright, tenth unit on an 85% curve", learning.wright(10, progress=0.85), "0.58282"),
    *(
        (f"Cobham, one agent, class {rank}: mean wait, h", wait, printed)
        for rank, wait, printed in zip(
            (1, 2, 3),
            priority.one_agent(URGENT_TO_LOW, [1 / 3] * 3, [1.0] * 3),
            ("0.23810", "0.32468", "0.90909"),
            strict=True,
        )
    ),
    *(
        (f"Cobham, two agents, class {rank}: mean wait, h", wait, printed)
        for rank, wait, printed in zip(
            (1, 2, 3), priority.many_agents(URGENT_TO_LOW, 1 / 3, 2), ("0.02874", "0.03316", "0.04808"), strict=True
        )
    ),
    *(
        (f"Mt/M/infinity: mean in system at {quarter}/2 pi", SWING.mean_in_system(quarter * math.pi / 2), printed)
        for quarter, printed in enumerate(("4.0", "7.0", "6.0", "3.0"))
    ),
]


@pytest.mark.parametrize(
    "value, printed", [pytest.param(value, printed, id=what) for what, value, printed in PUBLISHED]
)
def test_closed_form_rounds_to_the_published_number(value: float, printed: str) -> None:
    assert rounds_to(value, printed), f"{value!r} does not round to {printed}"


@pytest.mark.parametrize(
    "exact, low, high",
    [
        pytest.param(DAY.attainment(1 / 3), 0.900, 0.904, id="answered within 20 s"),
        pytest.param(DAY.mean_wait_served, 0.097, 0.102, id="speed of answer, min"),
        pytest.param(DAY.occupancy, 0.694, 0.697, id="occupancy"),
        pytest.param(IMPATIENT_DAY.abandoned_share * 2016, 57.660, 59.558, id="abandoned a day"),
        pytest.param(IMPATIENT_DAY.mean_wait_served, 0.023, 0.024, id="speed of answer with patience, min"),
        pytest.param(IMPATIENT_DAY.attainment(1 / 3), 0.968, 0.969, id="attainment"),
        pytest.param(
            IMPATIENT_DAY.served_within(1 / 3) / IMPATIENT_DAY.served_share, 0.974, 0.975, id="of the served only"
        ),
        pytest.param(IMPATIENT_DAY.occupancy, 0.674, 0.677, id="occupancy with patience"),
    ],
)
def test_day_from_empty_lies_in_the_interval_that_contactcenters_simulated(
    exact: float, low: float, high: float
) -> None:
    assert low - 0.0005 <= exact <= high + 0.0005


def test_the_public_reference_that_prints_0_456_for_13_agents_is_wrong() -> None:
    assert rounds_to(erlang_c(10, 13), "0.285270")
    assert not rounds_to(erlang_c(10, 13), "0.456")


@pytest.mark.parametrize("load, agents", [(0.5, 1), (10, 13), (970, 1000), (4950, 5000), (19_800, 20_000)])
def test_erlang_b_is_the_truncated_poisson_distribution(load: float, agents: int) -> None:
    truncated = stats.poisson.pmf(agents, load) / stats.poisson.cdf(agents, load)
    assert erlang_b(load, agents) == pytest.approx(truncated, rel=1e-9)


def test_erlang_b_without_load_or_agents() -> None:
    assert erlang_b(0, 5) == 0
    assert erlang_b(3, 0) == 1


def test_erlang_c_tends_to_halfin_whitt() -> None:
    errors = [
        abs(erlang_c(load, limits.square_root_staffing(load, 1.0)) - limits.halfin_whitt(1.0))
        for load in (100.0, 10_000.0, 1_000_000.0)
    ]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-3


def test_wait_percentile_is_the_inverse_of_served_within() -> None:
    for share in (0.4, 0.5, 0.9, 0.999):
        assert MINUTE_DESK.served_within(MINUTE_DESK.wait_percentile(share)) == pytest.approx(share)
    assert MINUTE_DESK.wait_percentile(0.3) == 0
    assert MINUTE_DESK.mean_in_system == pytest.approx(MINUTE_DESK.mean_line + 48)


@settings(max_examples=50)
@given(load=st.floats(0.01, 500), spare=st.integers(1, 50))
def test_an_agent_more_means_less_waiting(load: float, spare: int) -> None:
    agents = math.floor(load) + spare
    fewer, more = ErlangC(load, 1.0, agents), ErlangC(load, 1.0, agents + 1)
    assert 0 < more.delayed_share < fewer.delayed_share < 1
    assert more.mean_wait < fewer.mean_wait
    assert erlang_b(load, agents) <= fewer.delayed_share


def palm_delayed_share(rate: float, mean_handle: float, agents: int, mean_patience: float) -> float:
    """P(wait) by Palm's function of the incomplete gamma function, as in Mandelbaum & Zeltyn (2007)."""
    shape, scale = agents * mean_patience / mean_handle, rate * mean_patience
    log_palm = special.gammaln(shape + 1) + scale - shape * math.log(scale) + math.log(special.gammainc(shape, scale))
    palm, blocked = math.exp(log_palm), erlang_b(rate * mean_handle, agents)
    return palm * blocked / (1 + (palm - 1) * blocked)


@settings(max_examples=50, deadline=None)
@given(load=st.floats(0.5, 300), agents=st.integers(1, 300), mean_patience=st.floats(0.05, 20))
def test_erlang_a_agrees_with_palm_and_with_its_balances(load: float, agents: int, mean_patience: float) -> None:
    queue = erlang_a(load, 1.0, agents, mean_patience)
    assert queue.served_share + queue.abandoned_share == pytest.approx(1, abs=1e-12)
    assert queue.mean_wait == pytest.approx(mean_patience * queue.abandoned_share, rel=1e-9)
    assert queue.mean_line == pytest.approx(load * queue.mean_wait, rel=1e-9, abs=1e-13)
    assert queue.occupancy == pytest.approx(load / agents * queue.served_share, rel=1e-9)
    assert queue.served_within(60 * mean_patience) == pytest.approx(queue.served_share, rel=1e-9)
    assert queue.abandoned_within(60 * mean_patience) == pytest.approx(queue.abandoned_share, abs=1e-9)
    if 0.5 < load / agents < 1.5 and load * mean_patience < 500:
        assert queue.delayed_share == pytest.approx(palm_delayed_share(load, 1.0, agents, mean_patience), rel=1e-7)


def test_erlang_a_tends_to_erlang_c_as_patience_grows() -> None:
    gaps = [abs(erlang_a(48, 1, 50, patience).mean_wait * 60 - MINUTE_DESK.mean_wait) for patience in (1e2, 1e4, 1e6)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-3
    endless = erlang_a(48, 1, 50, math.inf)
    assert endless.delayed_share == pytest.approx(MINUTE_DESK.delayed_share)
    assert endless.mean_wait * 60 == pytest.approx(MINUTE_DESK.mean_wait)
    assert endless.attainment(0.5) == pytest.approx(MINUTE_DESK.served_within(30))
    assert endless.mean_wait_served == pytest.approx(endless.mean_wait)
    assert endless.abandoned_share == 0


def test_erlang_a_tends_to_erlang_b_as_patience_vanishes() -> None:
    assert erlang_a(48, 1, 50, 1e-7).abandoned_share == pytest.approx(erlang_b(48, 50), rel=1e-4)


def test_erlang_a_under_overload_tends_to_the_fluid_limit() -> None:
    assert limits.fluid_abandoned_share(120, 100) == pytest.approx(1 / 6)
    large = erlang_a(12_000, 1, 10_000, 1)
    assert large.abandoned_share == pytest.approx(1 / 6, abs=1e-6)
    assert large.mean_wait_served == pytest.approx(limits.fluid_wait(12_000, 10_000, 1), rel=1e-3)
    assert limits.fluid_abandoned_share(90, 100) == 0
    assert limits.fluid_wait(90, 100, 1) == 0


def test_the_waits_of_the_served_agree_with_their_distribution() -> None:
    late, _ = integrate.quad(lambda limit: OVERLOAD.served_share - OVERLOAD.served_within(limit), 0, 3, epsabs=1e-10)
    assert OVERLOAD.mean_wait_served == pytest.approx(late / OVERLOAD.served_share, rel=1e-7)


def test_virtual_wait_with_two_ahead_agrees_with_the_sum_of_its_exponentials() -> None:
    found = np.zeros(6)
    found[5] = 1
    met = Congestion(found, agents=3, mean_handle=2.0, mean_patience=4.0)
    rates = [1.5, 1.75, 2.0]
    served = math.prod(rate / (rate + 0.25) for rate in rates)
    assert met.served_share == pytest.approx(served)
    chain = np.diag([-rate for rate in rates]) + np.diag(rates[:-1], 1)

    def phases(time: float) -> NDArray[np.float64]:
        return np.asarray(linalg.expm(chain * time)[0] * math.exp(-time / 4))

    served_by_1, _ = integrate.quad(lambda time: phases(time)[-1] * rates[-1], 0, 1)
    assert met.served_within(1) == pytest.approx(served_by_1)
    gone_by_1, _ = integrate.quad(lambda time: phases(time).sum() / 4, 0, 1)
    assert met.abandoned_within(1) == pytest.approx(gone_by_1)


def test_pollaczek_khinchine_constant_waits_half_of_exponential() -> None:
    for load in (0.1, 0.5, 0.99):
        exponential = pollaczek_khinchine(load, 1, cv=1)
        assert pollaczek_khinchine(load, 1, cv=0) == pytest.approx(exponential / 2)
        assert ErlangC(load, 1, 1).mean_wait == pytest.approx(exponential)


@settings(max_examples=50)
@given(
    shares=st.lists(st.floats(0.05, 1), min_size=1, max_size=6),
    load=st.floats(0.05, 0.98),
    agents=st.integers(1, 40),
)
def test_priorities_only_redistribute_the_waiting(shares: list[float], load: float, agents: int) -> None:
    rates = [share / sum(shares) * load * agents for share in shares]
    waits = priority.many_agents(rates, 1.0, agents)
    assert waits == sorted(waits)
    mean = sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) / sum(rates)
    assert mean == pytest.approx(ErlangC(load * agents, 1.0, agents).mean_wait, rel=1e-9)


def test_cobham_with_one_class_is_the_plain_queue() -> None:
    assert priority.one_agent([0.8], [1.0], [1.5]) == pytest.approx([pollaczek_khinchine(0.8, 1, cv=1.5)])
    assert priority.many_agents([48.0], 1.0, 50) == pytest.approx([MINUTE_DESK.mean_wait / 60])
    three = ([0.2, 0.3, 0.1], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
    assert priority.one_agent(*three) == pytest.approx(priority.many_agents(three[0], 1.0, 1))


def test_sinusoidal_demand_solves_its_differential_equation() -> None:
    swing = SinusoidalDemand(base=10, amplitude=5, period=4, mean_handle=0.7)
    for time in (0.0, 0.9, 2.2, 3.7):
        slope = (swing.mean_in_system(time + 1e-5) - swing.mean_in_system(time - 1e-5)) / 2e-5
        assert slope == pytest.approx(swing.rate(time) - swing.mean_in_system(time) / 0.7, abs=1e-6)
    assert swing.arrivals(0, 4) == pytest.approx(40)
    peak = 1 + swing.lag
    assert swing.mean_in_system(peak) > max(swing.mean_in_system(peak - 0.01), swing.mean_in_system(peak + 0.01))
    assert SinusoidalDemand(10, 0, 4, 0.7).mean_in_system(1.3) == pytest.approx(7)


@pytest.mark.parametrize("mean_patience", [1.0, math.inf])
def test_day_from_empty_agrees_with_the_matrix_exponential(mean_patience: float) -> None:
    length, day = 30.0, day_from_empty(4.2, 2, 12, 30, mean_patience)
    states = len(day.found)
    death = departure_rates(states, 12, 2, mean_patience)
    birth = np.where(np.arange(states) < states - 1, 4.2, 0.0)
    extended = np.zeros((states + 1, states + 1))
    extended[:-1, :-1] = np.diag(-birth - death) + np.diag(death[1:], 1) + np.diag(birth[:-1], -1)
    extended[0, -1] = 1.0
    integral = linalg.expm(extended * length)[:-1, -1]
    assert day.found == pytest.approx(integral / length, abs=1e-10)


def test_a_long_day_forgets_that_it_started_empty() -> None:
    long, steady = day_from_empty(4.2, 2, 12, 6_000, 4.0), erlang_a(4.2, 2, 12, 4.0)
    assert long.mean_in_system == pytest.approx(steady.mean_in_system, rel=1e-3)
    assert day_from_empty(4.2, 2, 12, 1e-6).mean_in_system == pytest.approx(0, abs=1e-5)


def test_small_identities() -> None:
    assert counts.gamma_poisson_sd(100, shape=1e12) == pytest.approx(10)
    assert counts.gamma_shape(math.sqrt(0.1)) == pytest.approx(10)
    assert attrition.share_leaving(0.35, 1) == pytest.approx(0.35)
    assert (1 - attrition.share_leaving(0.35, 1 / 52)) ** 52 == pytest.approx(0.65)
    assert attrition.hazard(0) == 0
    assert learning.wright(1, 0.85) == 1
    assert learning.wright(2, 0.85) == pytest.approx(0.85)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: erlang_c(100, 80), "100 erlangs on 80 agents: an unstable queue has no steady state; .*101 agents"),
        (lambda: ErlangC(100, 1, 100), "100 erlangs on 100 agents: an unstable queue"),
        (lambda: erlang_a(100, 1, 80, math.inf), "100 erlangs on 80 agents: an unstable queue"),
        (lambda: pollaczek_khinchine(1, 1, 1), "1 erlangs on 1 agents: an unstable queue"),
        (lambda: priority.many_agents([1, 1], 1, 2), "2 erlangs on 2 agents: an unstable queue"),
        (lambda: priority.one_agent([0.5, 0.6], [1, 1], [1, 1]), "1.1 erlangs on 1 agents: an unstable queue"),
        (lambda: priority.one_agent([0.5], [1, 1], [1]), "1 rates, 2 mean_handles and 1 cvs; give one of each"),
        (lambda: erlang_b(-1, 3), "load is -1; it must be finite and zero or more"),
        (lambda: erlang_b(1, -3), "agents is -3; it must be a whole number of at least 0"),
        (
            lambda: erlang_c(1, 2.5),  # type: ignore[arg-type]
            "agents is 2.5; it must be a whole number",
        ),
        (lambda: ErlangC(math.nan, 1, 2), "rate is nan; it must be finite and more than zero"),
        (lambda: MINUTE_DESK.served_within(-1), "limit is -1; it must be finite and zero or more"),
        (lambda: MINUTE_DESK.wait_percentile(90), "share is 90; it must be a share .*30% is 0.3"),
        (lambda: erlang_a(1, 1, 1, 0), "mean_patience is 0; it must be more than zero"),
        (
            lambda: erlang_a(1000, 1, 10, 1e9),
            "1000 erlangs on 10 agents with a mean patience of 1e.09: the line would exceed",
        ),
        (lambda: Congestion(np.array([0.5, 0.4]), 1, 1), "the probabilities sum to 0.9; they must be positive"),
        (lambda: SinusoidalDemand(5, 10, 1, 1), "amplitude 10 exceeds base 5; a rate cannot be negative"),
        (lambda: SWING.arrivals(2, 1), "the end 1 lies before the begin 2"),
        (lambda: day_from_empty(100, 1, 100, 1e9), "a length of 1e.09 takes .* steps to solve; use the steady state"),
        (lambda: limits.halfin_whitt(0), "slack is 0; it must be finite and more than zero"),
        (lambda: counts.gamma_poisson_sd(10, 0), "shape is 0; it must be finite and more than zero"),
        (lambda: attrition.share_leaving(35, 1), "share is 35; it must be a share .*30% is 0.3"),
        (lambda: attrition.share_leaving(0.35, -1), "fraction is -1; it must be finite and zero or more"),
        (lambda: learning.wright(0.5, 0.85), "unit is 0.5; the first unit is 1"),
        (lambda: learning.wright(10, 85), "progress is 85; an 85% curve is 0.85"),
    ],
)
def test_impossible_arguments_raise_a_message_for_a_person(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_agents_with_one_item_at_a_time_are_erlangs() -> None:
    wait, delayed, busy, in_hand = AtOnceQueue(100 / 1800, 180.0, 14, (1.0,), longest=400).figures()
    desk = README_DESK
    assert (wait, delayed) == pytest.approx((desk.mean_wait, erlang_c(desk.load, 14)), rel=1e-9)
    assert (busy, in_hand) == pytest.approx((desk.load / 14, 180.0))


def test_one_agent_with_several_items_is_a_birth_death_process() -> None:
    pace = (1.0, 0.8, 0.6)
    assert AtOnceQueue(30 / 3600, 180.0, 1, pace).figures()[0] == pytest.approx(one_agent(30 / 3600, 180.0, pace))
    even = (1.0, 1 / 2, 1 / 3)
    *_, in_system = AtOnceQueue(0.8 / 60, 60.0, 1, even).figures()
    wait = one_agent(0.8 / 60, 60.0, even)
    # Sharing evenly takes as long in all as one after another: M/M/1.
    assert wait + in_system == pytest.approx(300.0)
