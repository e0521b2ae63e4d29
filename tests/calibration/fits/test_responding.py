"""Elasticities of made-up desks, and desks that look as if they responded but do not."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pytest

from simcap.calibration.fits.responding import SeenResponse, fit_response
from tests.helpers import Array, agree_mean

WEEKDAY: Final = np.array([1.1, 1.0, 1.0, 1.0, 1.0, 0.6, 0.5])
FIRST: Final = 739_001
AGENTS, HOURS, ITEM = 20, 7.0, 600.0
NORMAL: Final = AGENTS * HOURS * 3600 / 2
DESKS: Final = 16


def desk(
    seed: int,
    elasticity: float = 0.0,
    *,
    days: int = 120,
    load: float = 0.95,
    persistence: float = 0.0,
    noise: float = 0.1,
    planned: bool = False,
    leaving: float = 0.0,
    busy: float = 0.2,
) -> tuple[Any, Array, Array, Array]:
    """Return day, people, waiting and items of a desk whose backlog is what its people leave.

    Volume is log-normal about the weekday, `planned` with waves that the roster follows; people scatter by an
    autoregression and a binomial.
    """
    generator = np.random.default_rng(seed)
    rows, left, level = [], NORMAL, 0.0
    for day in range(days):
        wave = 0.3 * np.sin(day / 14) if planned else 0.0
        items = AGENTS * HOURS * 3600 / ITEM * load * WEEKDAY[day % 7] * np.exp(wave + busy * generator.normal())
        waiting = left + 0.4 * items * ITEM
        level = persistence * level + generator.normal() * noise * np.sqrt(1 - persistence**2)
        mean = AGENTS * WEEKDAY[day % 7] * np.exp(wave + level - leaving * day / 90) * (waiting / NORMAL) ** elasticity
        people = generator.binomial(max(round(mean / 0.9), 1), 0.9)
        rows.append((people, waiting, items))
        left = max(waiting + 0.6 * items * ITEM - people * HOURS * 3600, ITEM)
    people, waiting, items = np.array(rows, float).T
    return np.arange(FIRST, FIRST + days), people, waiting, items


def found(elasticity: float = 0.0, **setting: Any) -> list[SeenResponse]:
    fits = [fit_response(*desk(seed, elasticity, **setting)) for seed in range(DESKS)]
    return [fit for fit in fits if fit is not None]


@pytest.mark.parametrize("elasticity", [0.6, 0.9])
def test_elasticities_are_found_where_people_follow_what_waits(elasticity: float) -> None:
    fits = found(elasticity, busy=0.35)
    assert len(fits) >= 0.9 * DESKS
    agree_mean(np.array([fit.elasticity for fit in fits]), elasticity, bug=0.1)
    errors = np.array([fit.elasticity - elasticity for fit in fits]) / np.array([fit.error for fit in fits])
    assert np.abs(errors).mean() < 1.6, "standard errors are of the right size"


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"persistence": 0.95, "noise": 0.2},
        {"planned": True},
        pytest.param({"leaving": 0.3, "load": 0.85}, marks=pytest.mark.slow),
        pytest.param({"load": 1.05}, marks=pytest.mark.slow),
        pytest.param({"busy": 0.35, "persistence": 0.8}, marks=pytest.mark.slow),
    ],
    ids=["scatter", "weeks of illness", "planned for waves", "a team that shrinks", "overload", "busy days"],
)
def test_none_is_found_where_people_do_not_look_at_what_waits(setting: dict[str, Any]) -> None:
    assert len(found(**setting)) <= 1


def test_nothing_is_said_of_few_shifts() -> None:
    day, people, waiting, items = desk(1, 0.9, busy=0.35)
    assert fit_response(day[:55], people[:55], waiting[:55], items[:55]) is None
    assert fit_response(day, people * 0, waiting, items) is None


def test_days_without_work_or_people_are_left_out() -> None:
    day, people, waiting, items = desk(2, 0.9, busy=0.35)
    whole = fit_response(day, people, waiting, items)
    holes = np.arange(day.size) % 10 == 3
    cut = fit_response(day, np.where(holes, 0, people), waiting, items)
    assert whole is not None
    assert cut is not None
    assert (whole.shifts, cut.shifts) == (120, 108)
    assert cut.elasticity == pytest.approx(whole.elasticity, abs=0.1)


def test_a_response_is_the_same_curve_for_a_team_of_another_size() -> None:
    seen = SeenResponse(0.5, 0.05, 20.0, 100.0, 0.5, 1.5, 0.4, 90, 54)
    larger = seen.of(25.0)
    assert (larger.normal, larger.least, larger.most) == pytest.approx((156.25, 0.4, 1.2))
    for waiting in (30.0, 100.0, 156.25, 200.0):
        people = [one.people * (waiting / one.normal) ** one.elasticity for one in (seen, larger)]
        assert people[0] == pytest.approx(people[1])
