"""Busy days in common, found in logs: recovered with their errors, and not told where the logs cannot tell."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.sharing import fit_sharing
from simcap.calibration.fits.volumes import fit_volumes
from simcap.calibration.history.configuration import read_configuration
from simcap.cli import main
from simcap.demand.rates import busyness_factor
from simcap.scenario.reading.loading import load
from simcap.scenario.schema.arrivals import Busyness
from simcap.scenario.schema.calendars import HolidayCalendar
from simcap.streams import Streams
from tests.calibration.quarters import HOUR, WEEKDAY

FIRST = dt.date(2026, 1, 5)
Array = np.ndarray[Any, Any]


@functools.cache
def busy_days(shared: float, cv: float, queue: str, days: int, replication: int) -> Array:
    busyness = Busyness(cv=cv, correlation=0.4, shared={"programme": shared})
    streams = Streams(7, replication)
    return np.array([busyness_factor(busyness, streams, queue, FIRST + dt.timedelta(day)) for day in range(days)])


def counts(
    shares: list[float], days: int, replication: int, *, per_day: float = 900, cv: float = 0.12
) -> dict[str, Array]:
    """Return items as [day, hour] of queues that share these shares of their busyness."""
    generator = np.random.default_rng(replication)
    found = {}
    for number, shared in enumerate(shares):
        busy = busy_days(shared, cv, f"q{number}", days, replication)
        mean = per_day * WEEKDAY[np.arange(days) % 7] * 1.004 ** (np.arange(days) // 7) * busy
        found[f"q{number}"] = generator.poisson(np.outer(mean, HOUR / 24)).astype(float)
    return found


def fitted(items: dict[str, Array], country: str | None = None) -> Fit | NotFitted | None:
    calendar = HolidayCalendar(country=country) if country is not None else None
    volumes = [fit for fit in fit_volumes(items, FIRST.toordinal(), calendar) if isinstance(fit, Fit)]
    return fit_sharing(items, volumes, FIRST.toordinal())


def shares_of(found: Fit | NotFitted | None) -> Array:
    assert isinstance(found, Fit), found
    return np.array([estimate.value for estimate in found.estimates])


@pytest.mark.parametrize("shared", [0.25, 0.6])
def test_a_share_is_found_again_and_its_interval_covers_it(shared: float) -> None:
    values, inside = [], []
    for replication in range(24):
        fit = fitted(counts([shared] * 4, 91, replication))
        values.append(shares_of(fit))
        assert isinstance(fit, Fit)
        off = np.log(values[-1] / (1 - values[-1])) - np.log(shared / (1 - shared))
        inside.append(abs(off) < 1.645 * fit.standard_errors())
    found = np.array(values)
    error = found.mean(axis=1).std(ddof=1) / np.sqrt(len(found))
    assert abs(found.mean() - shared) < 4 * error + 0.02
    assert 4 * error < 0.1
    assert 0.65 < np.mean(inside) <= 1.0


def test_a_queue_that_goes_its_own_way_is_told_from_the_others() -> None:
    found = np.array(
        [shares_of(fitted(counts([0.6, 0.6, 0.6, 0.6, 0.0], 364, replication))) for replication in range(6)]
    )
    assert found[:, :4].mean(axis=0) == pytest.approx([0.6] * 4, abs=0.08)
    assert found[:, 4].mean() < 0.08


def test_independent_queues_are_found_to_share_next_to_nothing() -> None:
    found = np.array([shares_of(fitted(counts([0.0] * 4, 182, replication))) for replication in range(8)])
    assert found.mean() < 0.05
    assert found.max() < 0.2


def test_two_queues_tell_the_root_of_the_product_of_their_shares() -> None:
    found = np.array([shares_of(fitted(counts([0.9, 0.4], 364, replication))) for replication in range(6)])
    assert np.ptp(found, axis=1).max() == 0
    assert found[:, 0].mean() == pytest.approx(0.6, abs=0.06)


def test_holidays_and_lost_days_are_no_busy_days_in_common() -> None:
    found = []
    for replication in range(6):
        items = counts([0.0] * 3, 182, replication)
        for by_hour in items.values():
            by_hour[[88, 91, 116]] *= 0.3  # Good Friday, Easter Monday, May Day in Germany
            by_hour[40] = 0
        found.append((shares_of(fitted(items, "DE")).mean(), shares_of(fitted(items)).mean()))
    known, blind = np.array(found).mean(axis=0)
    assert known < 0.06
    assert blind > 0.2


@pytest.mark.parametrize(
    ("shares", "days", "per_day", "cv", "why"),
    [
        ([0.6], 91, 900, 0.12, None),
        ([0.6, 0.6], 42, 900, 0.12, "in 6 weeks"),
        ([0.6, 0.6], 91, 20, 0.01, "0 of 2 queues busy beyond chance"),
    ],
)
def test_what_the_logs_cannot_tell(shares: list[float], days: int, per_day: float, cv: float, why: str | None) -> None:
    found = fitted(counts(shares, days, 3, per_day=per_day, cv=cv))
    if why is None:
        assert found is None
    else:
        assert isinstance(found, NotFitted)
        assert why in found.why
        assert "busy days of queues are taken as independent" in found.why


PLAN = """
title: two queues
timezone: UTC
from: 2026-01-05
to: 2026-07-05
volumes: {path: volumes.csv, columns: {start: start, items: items, queue: queue}}
"""

SCENARIO = """
name: coming
calibration: parameters.yaml
horizon: {start: 2026-07-06, days: 7, timezone: UTC, warm_up: 0 days}
queues:
  q0: {handle_time: {constant: 10 s}}
  q1: {handle_time: {constant: 10 s}}
vendors: {north: {teams: {day: {timezone: UTC, agents: 9, skills: [q0, q1], shift: {always: true}}}}}
"""


def test_the_parameters_have_the_shares_and_replications_draw_them_together(tmp_path: Path) -> None:
    tables = []
    for queue, by_hour in counts([0.6, 0.6], 182, 1).items():
        day, hour = (place.ravel() for place in np.indices(by_hour.shape))
        start = pd.Timestamp(FIRST) + pd.to_timedelta(day * 24.0 + hour, unit="h")
        tables.append(pd.DataFrame({"start": start, "items": by_hour.ravel(), "queue": queue}))
    pd.concat(tables).to_csv(tmp_path / "volumes.csv", index=False)
    (tmp_path / "calibration.yaml").write_text(PLAN)
    assert read_configuration(tmp_path / "calibration.yaml").timezones == {}
    done = CliRunner().invoke(main, ["calibrate", str(tmp_path / "calibration.yaml"), "--no-charts"])
    assert done.exit_code == 0, done.output
    assert "queues.q0.arrivals.busyness.shared" in done.output
    (tmp_path / "plan.yaml").write_text(SCENARIO)
    file = load(tmp_path / "plan.yaml")
    arrivals = file.scenario.queues["q0"].arrivals
    assert arrivals is not None
    assert arrivals.busyness is not None
    written = arrivals.busyness.shared["programme"]
    assert written == pytest.approx(0.6, abs=0.2)
    assert file.fitted is not None
    assert "busy days in common" in {block.group for block in file.fitted.blocks}
    drawn = [file.drawn(file.fitted.draw(Streams(1, number))) for number in range(60)]
    shares = np.array([[q.arrivals.busyness.shared["programme"] for q in one.queues.values()] for one in drawn])  # type: ignore[union-attr]
    assert ((shares > 0) & (shares < 1)).all()
    assert shares.std(axis=0).min() > 0.01
    assert shares[:, 0] == pytest.approx(shares[:, 1])
