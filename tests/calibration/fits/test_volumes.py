"""Volumes: interval counts as history, holidays told apart, and what a scenario makes of both."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from simcap.calibration.calibrate import calibrate
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.volumes import expected_by_day, fit_volumes, missing_days
from simcap.cli import main
from simcap.demand.demand import Demand
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.data.public_holidays import is_holiday
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.calendars import HolidayCalendar
from tests.calibration.quarters import HOUR, WEEKDAY

FIRST, DAYS = dt.date(2026, 1, 5), 182
FACTOR = 0.4
DATES = [FIRST + dt.timedelta(days=day) for day in range(DAYS)]
HOLIDAY = np.array([is_holiday("DE", date) for date in DATES])


def drawn(seed: int, busyness: float = 0.1) -> NDArray[np.float64]:
    """Return half a year of counts by [day, hour]: 8,400 a week, 40% of it on the holidays of Germany."""
    generator = np.random.default_rng(seed)
    mean = 1200 * np.outer(WEEKDAY[np.arange(DAYS) % 7], HOUR / 24) * np.where(HOLIDAY, FACTOR, 1.0)[:, None]
    busy = generator.gamma(busyness**-2, busyness**2, DAYS)
    return generator.poisson(mean * busy[:, None]).astype(float)


def fitted(counts: NDArray[np.float64], country: str | None, **more: Any) -> Fit:
    calendar = None if country is None else HolidayCalendar.model_validate({"country": country, **more})
    (fit,) = fit_volumes({"mail": counts}, FIRST.toordinal(), calendar)
    assert isinstance(fit, Fit)
    return fit


def test_holidays_are_found_and_spoil_nothing() -> None:
    assert HOLIDAY.sum() == 5
    inside = []
    for seed in range(60):
        fit = fitted(drawn(seed), "DE")
        factor = fit.estimates[-1]
        assert factor.path == "queues.mail.arrivals.holidays.factor"
        inside.append(abs(np.log(factor.value / FACTOR)) < 1.645 * fit.standard_errors()[-1])
    assert 46 <= sum(inside) <= 60
    blind = fitted(drawn(1), None)
    busyness = [fit.value("arrivals", "busyness", "cv") for fit in (fit, blind)]
    assert busyness[0] == pytest.approx(0.1, abs=0.025)
    assert busyness[1] > 1.2 * busyness[0]


def test_a_day_without_items_is_missed_where_there_usually_are_many() -> None:
    weekday = np.arange(28) % 7
    counts = np.where(weekday == 5, 0.0, 500.0)
    counts[9], counts[weekday == 6] = 0.0, np.nan
    assert np.flatnonzero(missing_days(counts, weekday)).tolist() == [9]
    assert not missing_days(np.full(28, np.nan), weekday).any()


def test_a_calendar_of_ones_own_is_carried_over() -> None:
    days = {"except": ["2026-05-01"], "add": ["2026-02-16"]}
    fit = fitted(drawn(2), "DE", **days)
    carried = {key[2:]: value for key, value in fit.fixed.items() if key[1] == "holidays"}
    assert {carried.pop((side,)) for side in ("before", "after")} < {one / 1e4 for one in range(9000, 11000)}
    assert carried == {
        ("country",): "DE", ("except",): ["2026-05-01"], ("add",): ["2026-02-16"],
    }  # fmt: skip
    assert fit.goodness["holidays"] == 5
    expected = expected_by_day(fit, FIRST.toordinal(), DAYS)
    usual = expected_by_day(fitted(drawn(2), "DE"), FIRST.toordinal(), DAYS)
    assert expected[DATES.index(dt.date(2026, 2, 16))] < 0.7 * usual[DATES.index(dt.date(2026, 2, 16))]
    assert expected[DATES.index(dt.date(2026, 5, 1))] > 1.5 * usual[DATES.index(dt.date(2026, 5, 1))]


def test_the_expected_volume_falls_on_holidays() -> None:
    fit = fitted(drawn(2), "DE")
    expected = expected_by_day(fit, FIRST.toordinal(), DAYS)
    usual = 1200 * WEEKDAY[np.arange(DAYS) % 7]
    assert (expected / usual)[HOLIDAY] == pytest.approx(FACTOR, rel=0.25)
    assert (expected / usual)[~HOLIDAY] == pytest.approx(1.0, rel=0.15)


def log(counts: NDArray[np.float64]) -> pd.DataFrame:
    """Return counts as intervals of half an hour, 45% of an hour's items in the first half of it."""
    day, hour = (place.ravel() for place in np.indices(counts.shape))
    start = pd.Timestamp(FIRST) + pd.to_timedelta(day * 24.0 + hour, unit="h")
    first = np.floor(0.45 * counts).ravel()
    halves = [(start, first), (start + pd.Timedelta("30min"), counts.ravel() - first)]
    rows = [pd.DataFrame({"begin": moment, "calls": items}) for moment, items in halves]
    table = pd.concat(rows).sort_values("begin")
    return table.assign(met=np.floor(0.9 * table["calls"]), open=17)


PLAN = """
title: counted only
timezone: UTC
from: 2026-01-05
to: 2026-07-05
holidays: DE
volumes:
  path: volumes.csv
  columns: {start: begin, items: calls, on_time: met, backlog: open}
  queue: mail
"""


def test_volumes_alone_are_a_history(tmp_path: Path) -> None:
    counts = drawn(3)
    log(counts).to_csv(tmp_path / "volumes.csv", index=False)
    path = tmp_path / "calibration.yaml"
    path.write_text(PLAN)
    done = CliRunner().invoke(main, ["calibrate", str(path)])
    assert done.exit_code == 0, done.output
    assert "Not fitted: handle times, patience and follow-up work: there is no item log" in done.output
    found = calibrate(path)
    assert found.fits[0].estimates == fitted(counts, "DE").estimates
    said = found.quality().set_index("what").loc["items of mail", "examples"]
    assert f"{counts.sum():,.0f} reported; " in said
    assert "% of them on time; 17 open at the end" in said
    assert (tmp_path / "charts" / "volumes.png").stat().st_size > 10_000


SCENARIO = """
name: coming
calibration: parameters.yaml
horizon: {start: 2026-12-21, days: 14, timezone: UTC, warm_up: 0 weeks}
queues:
  mail: {handle_time: {constant: 10 s}, sla: {1 h: {measure: wait, within: 1 h, target: 90%, per: week}}}
vendors: {north: {teams: {day: {timezone: UTC, agents: 9, skills: [mail], shift: {always: true}}}}}
"""


def test_a_scenario_expects_less_on_the_holidays_to_come(tmp_path: Path) -> None:
    log(drawn(4)).to_csv(tmp_path / "volumes.csv", index=False)
    (tmp_path / "calibration.yaml").write_text(PLAN)
    assert CliRunner().invoke(main, ["calibrate", str(tmp_path / "calibration.yaml"), "--no-charts"]).exit_code == 0
    (tmp_path / "plan.yaml").write_text(SCENARIO)
    file = load(tmp_path / "plan.yaml")
    assert file.fitted is not None
    assert "queues.mail.arrivals.holidays.factor" in file.fitted.open
    demand = Demand(file.scenario, DataFiles(tmp_path))
    by_day = np.array([demand.expected(0, demand.day(day)) for day in range(14)])
    arrivals = file.scenario.queues["mail"].arrivals
    assert arrivals is not None
    assert arrivals.holidays is not None
    # 25 and 26 December are a Friday and a Saturday, 1 January is a Friday.
    assert by_day[4] == pytest.approx(by_day[11], rel=0.02)
    growth = 1 + arrivals.growth
    after = arrivals.holidays.after
    assert by_day[5] * growth * after == pytest.approx(by_day[12] * arrivals.holidays.factor)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("  queue: mail\n", ""), "give the column of the queue under columns, or the one queue's name"),
        (("holidays: DE", "holidays: Germany"), "'Germany' is not a country whose holidays are known"),
        (("items: calls", "items: cals"), "there is no column 'cals'; did you mean 'calls'?"),
        (
            (
                "to: 2026-07-05",
                "to: 2026-07-05\nbacktest: {first: 2026-06-01, sla: {1 h: {measure: wait, within: 1 h}}}",
            ),
            "needs an item log",
        ),
        (("volumes:\n", "unused:\n"), "unused: unknown key"),
    ],
)
def test_bad_volumes_get_one_clear_error(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    log(drawn(3)).to_csv(tmp_path / "volumes.csv", index=False)
    assert change[0] in PLAN
    (tmp_path / "calibration.yaml").write_text(PLAN.replace(*change))
    done = CliRunner().invoke(main, ["calibrate", str(tmp_path / "calibration.yaml")])
    assert done.exit_code == 1
    assert message in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "parameters.yaml").exists()


def test_whole_days_are_too_long_to_see_hours(tmp_path: Path) -> None:
    table = pd.DataFrame({"begin": DATES, "calls": 900, "met": 9, "open": 0})
    table.to_csv(tmp_path / "volumes.csv", index=False)
    (tmp_path / "calibration.yaml").write_text(PLAN)
    done = CliRunner().invoke(main, ["calibrate", str(tmp_path / "calibration.yaml")])
    assert done.exit_code == 1
    assert "mail: intervals of 1 day; an hour or less is needed" in done.output


def test_bad_rows_are_named_and_counted(tmp_path: Path) -> None:
    table = log(drawn(3)).astype({"calls": object, "begin": object, "met": object})
    table.iloc[0, 0], table.iloc[1, 1], table.iloc[2, 1] = "noon", -4, "many"
    table.iloc[100, 1] = np.inf
    table.iloc[200, 2], table.iloc[201, 2] = 1e6, "most"
    pd.concat([table, table.tail(1)]).to_csv(tmp_path / "volumes.csv", index=False)
    (tmp_path / "calibration.yaml").write_text(PLAN)
    quality = calibrate(tmp_path / "calibration.yaml").quality()
    rows = quality[quality["file"] == "volumes.csv"].set_index("what")["rows"]
    assert rows.drop(["used", "read"]).to_dict() == {
        "start is not a time": 1,
        "items is not a number from zero to 1,000,000,000": 3,
        "of a day with an interval that cannot be used": (48 - 3) + (48 - 1),
        "the interval is listed before": 1,
    }
    said = quality.set_index("what").loc["volumes.csv: on_time that cannot be used"]
    assert said["rows"] == 2
    assert rows.drop("read").sum() == rows["read"] == len(table) + 1


def test_closed_holidays_are_said(tmp_path: Path) -> None:
    counts = drawn(3)
    counts[HOLIDAY] = 0
    log(counts).to_csv(tmp_path / "volumes.csv", index=False)
    (tmp_path / "calibration.yaml").write_text(PLAN)
    found = calibrate(tmp_path / "calibration.yaml")
    assert "no item came on the 5 public holidays" in " ".join(one.why for one in found.open)
    assert found.fits[0].fixed["arrivals", "holidays", "factor"] == 0


def test_a_torn_day_is_a_lost_one(tmp_path: Path) -> None:
    """Counts above 999 in thousands cannot be read; their days must not look quiet."""
    counts = 20 * drawn(5)
    table = log(counts)
    table["calls"] = [f"{items / 1000:.1f}k" if items > 999 else f"{items:.0f}" for items in table["calls"]]
    table = table.assign(met=0)
    table.to_csv(tmp_path / "volumes.csv", index=False)
    (tmp_path / "calibration.yaml").write_text(PLAN)
    found = calibrate(tmp_path / "calibration.yaml")
    assert any("of a day with an interval" in cause.reason for sheet in found.history.sheets for cause in sheet.dropped)
    by_day = found.history.counts["mail"].sum(axis=1)
    kept = by_day > 0
    assert kept.any()
    assert (by_day[kept] == counts.sum(axis=1)[kept]).all()


def test_all_items_in_one_hour_are_no_obstacle() -> None:
    counts = np.zeros((28, 24))
    counts[::7, 9] = 500.0
    assert isinstance(fit_volumes({"mail": counts}, FIRST.toordinal())[0], Fit)


def test_a_queue_may_have_dots_and_spaces_in_its_name(tmp_path: Path) -> None:
    counts = drawn(3)
    pair = [log(counts).assign(q=name) for name in ("a.b", "a.b c. d")]
    pd.concat(pair).to_csv(tmp_path / "volumes.csv", index=False)
    plan = PLAN.replace("start: begin", "queue: q, start: begin").replace("  queue: mail\n", "")
    (tmp_path / "calibration.yaml").write_text(plan)
    found = calibrate(tmp_path / "calibration.yaml")
    weekly = [fit for fit in found.fits if fit.kind == "volume"]
    assert [fit.subject.name for fit in weekly] == ["a.b", "a.b c. d"]
    assert set(found.parameters()["queues"]) == {"a.b", "a.b c. d"}
    assert found.parameters()["queues"]["a.b"]["arrivals"]["per_week"] == pytest.approx(weekly[0].estimates[0].value)


def test_errors_of_correlation_and_profile_are_those_over_many_quarters() -> None:
    weekday, profile = np.arange(91) % 7, np.repeat([0.5, 1.5], 84)
    found = []
    for seed in range(150):
        generator = np.random.default_rng(seed)
        day = np.zeros(92)
        for number in range(1, 92):
            day[number] = 0.5 * day[number - 1] + generator.normal(0, np.sqrt(1 - 0.5**2))
        mean = 20 * np.exp(0.2 * day[1:] - 0.02)[:, None] * profile.reshape(7, 24)[weekday]
        (fit,) = fit_volumes({"mail": generator.poisson(mean).astype(float)}, FIRST.toordinal())
        assert isinstance(fit, Fit)
        shape = np.array(fit.fixed["arrivals", "profile"])
        off = float(np.abs(shape / profile - 1).mean() * np.sqrt(np.pi / 2))
        told = fit.goodness["standard error of the correlation"], fit.goodness["of an hour in the profile"]
        found.append((fit.fixed["arrivals", "busyness", "correlation"], off, *told))
    correlation, off, error, unsure = np.array(found).T
    assert correlation.mean() == pytest.approx(0.5, abs=0.1)
    assert error.mean() == pytest.approx(correlation.std(), rel=0.4)
    # The day's total moves a whole weekday's hours together, which the error of an hour does not count.
    assert unsure.mean() < off.mean() < 2 * unsure.mean()
