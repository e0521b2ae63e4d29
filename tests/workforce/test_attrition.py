"""How long agents stay: flat, Weibull, by a table of hazards; on condition of the tenure they have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.vendors import Attrition
from simcap.units import DAY, MONTH, WEEK, YEAR
from simcap.workforce.attrition import TENURED, time_left
from tests.helpers import agree, agree_share, crew, scenario
from tests.theory.attrition import share_leaving

U = (np.arange(20_000) + 0.5) / 20_000
TABLE = {"0-13 weeks": "9% per month", "13-52 weeks": "4% per month", "52+ weeks": "2% per month"}


def attrition(**parts: Any) -> Attrition:
    return Attrition.model_validate(parts)


def left_within(plan: Attrition, tenure: float, span: float) -> float:
    return float((time_left(plan, np.full(U.size, tenure), U) < span).mean())


@pytest.mark.parametrize("tenure", [0.0, 3 * WEEK, 2 * YEAR])
@pytest.mark.parametrize("part", [1.0, 1 / 12, 7 / 365.25, 2.0])
def test_flat_rate_is_that_of_a_year_at_any_tenure(tenure: float, part: float) -> None:
    known = share_leaving(0.35, part)
    assert left_within(attrition(per_year="35%"), tenure, part * YEAR) == pytest.approx(known, abs=1e-4)


@pytest.mark.parametrize("shape", [0.7, 1.0, 2.0])
@pytest.mark.parametrize("weeks", [0, 8, 100])
def test_weibull_is_conditional_on_tenure(shape: float, weeks: float) -> None:
    tenure, known = weeks * WEEK, stats.weibull_min(shape, scale=60 * WEEK)
    u = U[::40]
    drawn = time_left(attrition(weibull={"shape": shape, "scale": "60 weeks"}), np.full(u.size, tenure), u)
    assert known.sf(tenure + drawn) / known.sf(tenure) == pytest.approx(u, rel=1e-9)
    assert (drawn >= 0).all()


@pytest.mark.parametrize("shape", [0.7, 1.0, 2.0])
def test_weibull_of_unknown_tenure_is_the_rest_of_a_stay_under_way(shape: float) -> None:
    known = stats.weibull_min(shape, scale=60)
    plan = attrition(weibull={"shape": shape, "scale": "60 weeks"})
    for weeks in (1, 20, 100):
        gone = integrate.quad(known.sf, 0, weeks)[0] / known.mean()
        assert left_within(plan, TENURED, weeks * WEEK) == pytest.approx(gone, abs=1e-4)


def survival(weeks: float) -> float:
    """Return the probability of staying so long by the table, added up range by range."""
    months = [min(max(weeks - begin, 0), end - begin) * WEEK / MONTH for begin, end in ((0, 13), (13, 52), (52, 1e9))]
    return float(np.prod([(1 - share) ** part for share, part in zip((0.09, 0.04, 0.02), months, strict=True)]))


@pytest.mark.parametrize("weeks", [0, 5, 13, 30, 51.9, 52, 200])
def test_hazard_table_is_conditional_on_tenure(weeks: float) -> None:
    drawn = time_left(attrition(hazard=TABLE), np.full(200, weeks * WEEK), U[::100])
    stays = [survival(weeks + left / WEEK) / survival(weeks) for left in drawn]
    assert stays == pytest.approx(U[::100].tolist(), rel=1e-9)


def test_a_range_without_hazard_and_nobody_leaving() -> None:
    safe = attrition(hazard={"0-4 weeks": "0% per month", "4-8 weeks": "50% per week", "8+ weeks": "0% per year"})
    drawn = time_left(safe, np.zeros(U.size), U)
    assert drawn.min() >= 4 * WEEK
    assert np.isinf(drawn).mean() == pytest.approx(0.5**4, abs=1e-3)
    assert drawn[np.isfinite(drawn)].max() <= 8 * WEEK
    assert np.isinf(time_left(attrition(per_year="0%"), np.zeros(3), U[:3])).all()


@given(st.lists(st.floats(1e-12, 1 - 1e-12), min_size=2, max_size=8), st.floats(0, 5 * YEAR))
def test_who_draws_higher_leaves_sooner(draws: list[float], tenure: float) -> None:
    u = np.sort(np.array(draws))
    for plan in (
        attrition(per_year="40%"),
        attrition(hazard=TABLE),
        attrition(weibull={"shape": 0.7, "scale": "1 year"}),
    ):
        left = time_left(plan, np.full(u.size, tenure), u)
        assert (left >= -1e-3).all()
        assert (np.diff(left) <= 1e-3).all()


# -- in a team ----------------------------------------------------------------------------------------------------

MANY = {"horizon.days": 1, "vendors.north.teams.day.agents": 10_000}


def leaving_days(more: dict[str, Any], folder: Path = Path(), **changes: Any) -> np.ndarray:
    return crew(scenario({**MANY, **more, **changes}), files=DataFiles(folder)).table()["leaves"]


def test_a_third_and_a_bit_leave_in_a_year_by_the_teams_own_rate() -> None:
    team = {"attrition": {"per_year": "35%"}, "agents": 28_000}
    own = {f"vendors.north.teams.day.{name}": value for name, value in team.items()}
    leaves = leaving_days({"vendors.north.attrition.per_year": "90%", **own})
    agree_share((leaves <= 365).sum(), leaves.size, 0.35)
    agree_share((leaves <= 7).sum(), leaves.size, share_leaving(0.35, 7 / 365.25), bug=0.5)
    assert leaves.min() >= 1


def test_the_new_leave_sooner_than_the_old() -> None:
    hazard = {"vendors.north.attrition.hazard": TABLE}
    for tenure, weeks in (("1 day", 1 / 7), ("30 weeks", 30), ("3 years", 3 * YEAR / WEEK)):
        leaves = leaving_days({**hazard, "vendors.north.teams.day.tenure": {"constant": tenure}})
        known = 1 - survival(weeks + 13) / survival(weeks)
        agree_share((leaves <= 91).sum(), leaves.size, known, bug=0.25)


def test_tenured_if_no_tenure_is_given() -> None:
    leaves = leaving_days({"vendors.north.attrition.hazard": TABLE})
    agree_share((leaves <= 91).sum(), leaves.size, 1 - 0.98 ** (91 * DAY / MONTH), bug=0.25)


def test_the_tenure_of_the_start_is_drawn() -> None:
    plan = scenario({**MANY, "vendors.north.teams.day.tenure": {"gamma": {"mean": "40 weeks", "cv": 0.8}}})
    tenure = -crew(plan).table()["joined"] / 7
    agree(tenure.mean(), 32 / np.sqrt(tenure.size), 40)
    assert stats.kstest(tenure, stats.gamma(1 / 0.64, scale=40 * 0.64).cdf).pvalue > 1e-4
