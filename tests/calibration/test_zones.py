"""Queues that live by another clock than the calibration's: fitted in their own days and hours."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.calibration.synthesize import synthesize
from simcap.cli import main
from simcap.demand.demand import Demand
from simcap.errors import DataError
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.reading.loading import load
from simcap.scenario.reading.source import read_tree
from tests.calibration.quarters import HOUR, WEEKDAY

FIRST, DAYS = dt.date(2026, 3, 2), 91
PLACES = {"es": "America/New_York", "id": "Asia/Kolkata", "en": "Europe/Dublin"}
PER_DAY = 2400

PLAN = """
title: three clocks
timezone: Europe/Dublin
from: 2026-03-02
to: 2026-05-31
timezones: {es: America/New_York, id: Asia/Kolkata}
volumes:
  path: volumes.csv
  timezone: UTC
  columns: {start: start, items: items, queue: queue}
"""


def log(place: str, seed: int) -> pd.DataFrame:
    """Return items by quarter of an hour of UTC, on the days of Dublin, that come by the hours of a place."""
    begin, end = (pd.Timestamp(FIRST + dt.timedelta(days=day), tz="Europe/Dublin") for day in (0, DAYS))
    start = pd.date_range(begin.tz_convert("UTC"), end.tz_convert("UTC"), freq="15min", inclusive="left")
    local = start.tz_convert(place)
    mean = PER_DAY / 96 * WEEKDAY[local.day_of_week] * HOUR[local.hour]
    return pd.DataFrame({"start": start.tz_localize(None), "items": np.random.default_rng(seed).poisson(mean)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the logs of three queues and the calibration file that names them."""
    folder = tmp_path_factory.mktemp("zones")
    tables = [log(place, seed).assign(queue=queue) for seed, (queue, place) in enumerate(PLACES.items())]
    pd.concat(tables).to_csv(folder / "volumes.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN)
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> Calibration:
    return calibrate(folder / "calibration.yaml")


@pytest.mark.parametrize("queue", PLACES)
def test_hours_and_weekdays_are_those_of_the_queue(found: Calibration, queue: str) -> None:
    fit = next(fit for fit in found.fits if fit.kind == "volume" and fit.subject.name == queue)
    assert fit.fixed["arrivals", "timezone"] == PLACES[queue]
    profile = np.array(fit.fixed["arrivals", "profile"]).reshape(7, 24)
    known = np.outer(WEEKDAY, HOUR) / (WEEKDAY.mean() * HOUR.mean())
    assert np.corrcoef(profile.ravel(), known.ravel())[0, 1] > 0.99
    assert fit.estimates[0].value == pytest.approx(7 * PER_DAY * WEEKDAY.mean() * HOUR.mean(), rel=0.02)


def test_days_known_in_part_are_neither_quiet_nor_missing(found: Calibration) -> None:
    for queue, place in PLACES.items():
        fit = next(fit for fit in found.fits if fit.kind == "volume" and fit.subject.name == queue)
        assert fit.goodness["days without items"] == 0
        assert fit.goodness["outlying days"] == 0
        assert fit.estimates[2].value < 0.02  # Poisson, with no more
        part = np.isnan(found.history.counts[queue].sum(axis=1))
        assert np.flatnonzero(part).tolist() == {"es": [DAYS - 1], "id": [0], "en": []}[queue], place
    assert not any("the pattern of the day moves" in note.what for note in found.odd)


def test_a_zone_of_a_queue_that_is_not_there_is_refused(folder: Path) -> None:
    path = folder / "other.yaml"
    path.write_text(PLAN.replace("es: America/New_York", "ess: America/New_York"))
    with pytest.raises(DataError, match=r"timezones.ess: the history has no queue 'ess'; did you mean 'es'\?"):
        calibrate(path)


SCENARIO = """
name: coming
calibration: parameters.yaml
horizon: {start: 2026-06-01, days: 7, timezone: UTC, warm_up: 0 days}
queues:
  en: {handle_time: {constant: 10 s}}
  es: {handle_time: {constant: 10 s}}
  id: {handle_time: {constant: 10 s}}
vendors: {north: {teams: {day: {timezone: UTC, agents: 9, skills: [en, es, id], shift: {always: true}}}}}
"""


def test_a_scenario_in_any_zone_has_each_queue_by_its_clock(folder: Path) -> None:
    done = CliRunner().invoke(main, ["calibrate", str(folder / "calibration.yaml")])
    assert done.exit_code == 0, done.output
    (folder / "plan.yaml").write_text(SCENARIO)
    file = load(folder / "plan.yaml")
    demand = Demand(file.scenario, DataFiles(folder))
    for number, queue in enumerate(demand.names):
        place = file.scenario.zone_of(queue)
        assert place == PLACES[queue]
        hours: NDArray[np.float64] = np.zeros(24)
        for day in map(demand.day, range(7)):
            borders, rates = demand.queues[number].source.rate.on(day)  # type: ignore[union-attr]
            for begin, end, rate in zip(borders[:-1], borders[1:], rates, strict=True):
                local = demand.clock.elsewhere(place).local(day.start + (begin + end) / 2)
                hours[local.hour] += rate * (end - begin)
        assert hours / hours.mean() == pytest.approx(HOUR / HOUR.mean(), abs=0.08)


def test_synthetic_logs_say_whose_clock_each_queue_has(tmp_path: Path) -> None:
    text = SCENARIO.replace("calibration: parameters.yaml\n", "")
    for queue, place in PLACES.items():
        arrivals = f"arrivals: {{per_day: 20, timezone: {place}}}"
        text = text.replace(f"{queue}: {{handle", f"{queue}: {{{arrivals}, handle")
    (tmp_path / "plan.yaml").write_text(text)
    synthesize(load(tmp_path / "plan.yaml"), tmp_path / "out", 1)
    written, _ = read_tree((tmp_path / "out" / "calibration.yaml").read_text(), "calibration.yaml")
    assert written is not None
    assert written.plain()["timezones"] == PLACES
