"""Attrition and training: tables of hazards where they fit better, drop-outs, and what a scenario makes of both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from simcap.calibration.calibrate import calibrate
from simcap.calibration.fits.attrition import fit_attrition, fit_graduates, still_there
from simcap.calibration.fits.fit import Fit, NotFitted, document_of
from simcap.calibration.history.trainees import by_roster
from simcap.scenario.reading.loading import load
from simcap.scenario.reading.writing import to_yaml
from simcap.streams import Streams
from simcap.units import DAY, MONTH
from tests.calibration import quarters

FIRST, DAYS = quarters.FIRST.toordinal(), 364
MONTHLY = (0.12, 0.015, 0.05)
"""True hazards a month up to 13, to 52 and beyond 52 weeks: no Weibull distribution falls and rises."""


def roster(seed: int, hazards: tuple[float, float, float] | None, people: int = 1500) -> pd.DataFrame:
    """Return people hired over three years, of whom those that left before the first day are not listed."""
    generator = np.random.default_rng(seed)
    hired = FIRST + generator.integers(-1000, DAYS, people).astype(float)
    tenure = 400 * generator.weibull(0.7, people) if hazards is None else _tenures(generator.random(people), hazards)
    left = hired + np.floor(tenure) + 1
    left[left > FIRST + DAYS] = np.nan
    table = pd.DataFrame({"vendor": "north", "team": "day", "hired": hired, "left": left})
    return table[~(table["left"] <= FIRST)]


def _tenures(u: NDArray[np.float64], monthly: tuple[float, float, float]) -> NDArray[np.float64]:
    """Return tenures in days with these hazards a month."""
    daily = np.array(monthly) * DAY / MONTH
    exposure, reached = -np.log(u), np.concatenate([[0.0], np.cumsum(daily[:2] * [91.0, 273.0])])
    piece = np.searchsorted(reached, exposure, "right") - 1
    return np.array([0.0, 91.0, 364.0])[piece] + (exposure - reached[piece]) / daily[piece]


def test_a_table_is_found_where_no_weibull_fits() -> None:
    inside = []
    for seed in range(40):
        (fit,) = fit_attrition(roster(seed, MONTHLY), FIRST, DAYS)
        assert isinstance(fit, Fit)
        assert [one.key[-1] for one in fit.estimates] == ["0-13 weeks", "13-52 weeks", "52+ weeks"]
        error = fit.standard_errors()
        inside += [
            abs(np.log(one.value / true)) < 1.645 * error[n]
            for n, (one, true) in enumerate(zip(fit.estimates, MONTHLY, strict=True))
        ]
    # 120 intervals of 90%: fewer than 100 or more than 117 in one of 400 runs each.
    assert 100 <= sum(inside) <= 117


def test_weibull_tenures_stay_weibull() -> None:
    found = [fit_attrition(roster(seed, None), FIRST, DAYS)[0] for seed in range(30)]
    assert sum(fit.has("attrition", "weibull") for fit in found if isinstance(fit, Fit)) >= 28


def test_the_curve_of_a_table_is_that_of_its_hazards() -> None:
    (fit,) = fit_attrition(roster(3, MONTHLY), FIRST, DAYS)
    assert isinstance(fit, Fit)
    days = np.array([0.0, 50.0, 91.0, 200.0, 500.0])
    drawn = _tenures(np.random.default_rng(1).random(400_000), tuple(one.value for one in fit.estimates))  # type: ignore[arg-type]
    assert still_there(fit, days) == pytest.approx([(drawn > day).mean() for day in days], abs=0.004)


def test_intervals_of_graduates_cover_the_truth() -> None:
    inside = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        rows = []
        for number in range(12):
            share = generator.beta(16, 4)
            rows += [("north", "day", float(number), bool(generator.random() < share)) for _ in range(15)]
        (fit,) = fit_graduates(pd.DataFrame(rows, columns=["vendor", "team", "trained", "graduated"]))
        assert isinstance(fit, Fit)
        gap = np.log(fit.estimates[0].value / (1 - fit.estimates[0].value)) - np.log(4)
        inside.append(abs(gap) < 1.645 * fit.standard_errors()[0])
    assert 0.82 <= np.mean(inside) <= 0.96


def test_all_who_graduated_do_not_prove_that_all_will() -> None:
    inside = []
    for seed in range(200):
        passed = np.random.default_rng(seed).random(36) < 0.97
        rows = pd.DataFrame({"vendor": "north", "team": "day", "trained": np.repeat([1.0, 2.0, 3.0], 12)})
        (fit,) = fit_graduates(rows.assign(graduated=passed))
        assert isinstance(fit, Fit)
        gap = np.log(fit.estimates[0].value / (1 - fit.estimates[0].value)) - np.log(0.97 / 0.03)
        inside.append(abs(gap) < 1.645 * fit.standard_errors()[0])
    assert np.mean(inside) > 0.85


def test_who_leaves_on_the_first_day_is_a_leaver() -> None:
    table = roster(1, None)
    more = pd.DataFrame({"vendor": "north", "team": "day", "hired": FIRST + 10.0, "left": FIRST + 10.0}, range(20))
    (one,), (other,) = (fit_attrition(rows, FIRST, DAYS) for rows in (table, pd.concat([table, more])))
    assert isinstance(one, Fit)
    assert isinstance(other, Fit)
    assert other.seen == one.seen + 20


def test_who_is_still_in_training_has_not_dropped_out() -> None:
    settled = pd.DataFrame(
        {"trained": np.repeat([10.0, 20.0], 10), "hired": np.repeat([31.0, 41.0], 10), "left": np.nan}
    )
    course = pd.DataFrame({"trained": [60.0] * 20, "hired": np.nan, "left": np.nan})
    late = pd.DataFrame({"trained": [65.0] * 5, "hired": [86.0] * 4 + [np.nan], "left": [np.nan] * 4 + [70.0]})
    people = pd.concat([settled, course, late]).assign(vendor="north", team="day")
    found = by_roster(people, 0, 91)
    assert len(found) == 20
    assert found["graduated"].all()


def test_few_trainees_are_not_enough() -> None:
    rows = pd.DataFrame({"vendor": "north", "team": "day", "trained": 1.0, "graduated": [True] * 7})
    (found,) = fit_graduates(rows)
    assert isinstance(found, NotFitted)
    assert found.why == "7 trainees; 20 are needed"


def test_dropouts_are_read_from_the_roster(tmp_path: Path) -> None:
    """Three classes of ten; in the first two eight graduate. The third is still in training when the history ends."""
    path = quarters.write(quarters.Truth(), 1, tmp_path)
    people = pd.read_csv(tmp_path / "roster.csv").assign(trained="2024-01-01")
    people["trained"] = pd.to_datetime(people["hired"]) - pd.Timedelta(days=21)
    begins = [quarters.FIRST + dt.timedelta(days=day) for day in (7, 14, 84)]
    more = [
        (
            f"t{begin}{seat}",
            "north",
            "day",
            begin + dt.timedelta(days=21) if seat < 8 and begin != begins[2] else None,
            None if seat < 8 else begin + dt.timedelta(days=3),
            begin,
        )
        for begin in begins
        for seat in range(10)
    ]
    people = people[people["trained"] < pd.Timestamp(quarters.FIRST)]
    people = pd.concat([people, pd.DataFrame(more, columns=["agent", "vendor", "team", "hired", "left", "trained"])])
    people.to_csv(tmp_path / "roster.csv", index=False)
    path.write_text(path.read_text().replace("{path: roster.csv}", "{path: roster.csv, columns: {trained: trained}}"))
    table = calibrate(path).table().set_index("parameter")
    row = table.loc["vendors.north.hiring.graduates"]
    assert row["value"] == pytest.approx(16.5 / 21)
    assert row["observations"] == 20


PLAN = """
name: small
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC, warm_up: 0 weeks}
calibration: parameters.yaml
queues:
  mail:
    arrivals: {per_week: 400}
    handle_time: {constant: 5 min}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 90%, per: week}}
vendors:
  north:
    teams: {day: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}
    hiring:
      classes:
        a: {start: 2026-10-05, team: day, size: 10, training: 1 week}
        b: {start: 2026-10-05, team: day, size: 10, training: 1 week, graduates: 50%}
"""


def test_a_scenario_takes_both_and_draws_them(tmp_path: Path) -> None:
    (leaving,) = fit_attrition(roster(3, MONTHLY), FIRST, DAYS)
    trainees = pd.DataFrame({"vendor": "north", "team": "day", "trained": np.repeat(range(4), 10), "graduated": True})
    trainees.loc[::5, "graduated"] = False
    (training,) = fit_graduates(trainees)
    assert isinstance(leaving, Fit)
    assert isinstance(training, Fit)
    (tmp_path / "parameters.yaml").write_text(to_yaml(document_of([leaving, training]), "Fitted."))
    (tmp_path / "plan.yaml").write_text(PLAN)
    file = load(tmp_path / "plan.yaml")
    hiring = file.scenario.vendors["north"].hiring
    assert [hiring.share_of(plan) for plan in hiring.classes.values()] == [pytest.approx(32.5 / 41), 0.5]
    assert file.fitted is not None
    drawn = [file.fitted.draw(Streams(1, number)) for number in range(200)]
    path = leaving.estimates[0].path
    assert np.std([np.log(one[path]) for one in drawn]) == pytest.approx(leaving.standard_errors()[0], rel=0.2)
    varied = file.vary(drawn[0]).vendors["north"]
    attrition = varied.practice("day").attrition
    assert attrition is not None
    assert attrition.hazard is not None
    assert attrition.hazard[0][2] == pytest.approx(drawn[0][path], rel=1e-9)
    assert varied.hiring.graduates == pytest.approx(drawn[0]["vendors.north.hiring.graduates"])
