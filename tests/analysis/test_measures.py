"""The measures of one replication against what the journal says, item by item."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simcap.analysis.figures import Layout, figures_of, stacked
from simcap.analysis.measures import QUEUE_MEASURES, ratio
from simcap.scenario.schema.scenario import Scenario
from tests.helpers import scenario, watch
from tests.ledger import Ledger
from tests.plans import draw_plan

PERIODS = ("horizon", "month", "week", "day")


def ledgers() -> list[Ledger]:
    """Return runs of a few drawn scenarios, some of them overloaded."""
    plans = [Scenario.model_validate(draw_plan(seed)) for seed in range(3, 27, 2)]
    busy = {
        "horizon.days": 10,
        "queues.mail.arrivals": "{per_day: 330, profile: marketplace}",
        "queues.mail.handle_time": "{exponential: 4 min}",
        "queues.mail.expires.after": "{exponential: 2 days}",
        "queues.mail.sla": "{1 day: {measure: turnaround, within: 1 day, target: 90%, per: day}}",
    }
    plans += [scenario(busy), scenario({**busy, "queues.mail.arrivals.per_day": 700})]
    return [Ledger(plan, *watch(plan, seed=5)) for plan in plans]


@pytest.fixture(scope="module", name="runs")
def _runs() -> list[Ledger]:
    return ledgers()


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize(("name", "share"), [("p50", 0.5), ("p95", 0.95)])
@pytest.mark.parametrize("measure", ["wait", "turnaround"])
def test_percentiles_are_exact_within_a_bin(
    runs: list[Ledger], measure: str, name: str, share: float, period: str
) -> None:
    compared = 0
    for run in runs:
        windows = run.tally.grid.windows(period)
        found = figures_of(run.tally, Layout.of(run.tally, (period,)))["queues", period]
        row = found[:, QUEUE_MEASURES.index(f"{measure}_{name}_s"), :]
        for queue in range(len(run.queues)):
            for place, (begin, end) in enumerate(windows.cells):
                times = durations(run, measure, queue, begin, end)
                if not times.size:
                    assert np.isnan(row[queue, place])
                    continue
                exact = np.sort(times)[math.ceil(share * times.size - 1e-9) - 1]
                if math.isinf(exact):
                    assert row[queue, place] == math.inf
                else:
                    assert abs(row[queue, place] - exact) <= exact / 64 + 2**-4
                compared += math.isfinite(exact) and exact > 0
    assert compared >= 6


def durations(run: Ledger, measure: str, queue: int, begin: int, end: int) -> np.ndarray:
    """Return waits (or turnarounds) of a cohort; infinite for items still open, without those that gave up."""
    mine = [item for item in run.all if item.queue == queue and begin <= run.cohort(item) < end]
    if measure == "wait":
        return np.array([item.picked_up - item.created for item in mine if item.spells or item.expired == math.inf])
    return np.array([item.decided - item.created for item in mine if item.expired == math.inf])


@pytest.mark.parametrize("period", PERIODS)
def test_means_and_shares(runs: list[Ledger], period: str) -> None:
    for run in runs:
        windows = run.tally.grid.windows(period)
        found = figures_of(run.tally, Layout.of(run.tally, (period,)))["queues", period]
        for queue in range(len(run.queues)):
            for place, (begin, end) in enumerate(windows.cells):
                mine = [item for item in run.all if item.queue == queue and begin <= run.cohort(item) < end]
                got = dict(zip(QUEUE_MEASURES, found[queue, :, place], strict=True))
                waits = [item.picked_up - item.created for item in mine if item.spells]
                done = [item.decided - item.created for item in mine if item.decided < math.inf]
                gave_up = [item.expired - item.created for item in mine if item.expired < math.inf and not item.spells]
                still = [item for item in mine if item.left == math.inf]
                known = {
                    "wait_mean_s": waits,
                    "turnaround_mean_s": done,
                    "queue_time_mean_s": waits + gave_up,
                    "delayed_share": [wait > 0 for wait in waits],
                    "censored_share": [item in still for item in mine],
                }
                for name, values in known.items():
                    mean = float(np.mean(values)) if values else math.nan
                    assert got[name] == pytest.approx(mean, nan_ok=True), (name, period)


def test_a_ratio_of_nothing_is_no_figure() -> None:
    assert ratio(np.array([0.0, 1.0, 0.0]), np.array([0.0, 4.0, 2.0])).tolist() == pytest.approx(
        [math.nan, 0.25, 0.0], nan_ok=True
    )


def test_ratios_of_longer_windows_are_ratios_of_sums(runs: list[Ledger]) -> None:
    run = runs[-1]
    found = figures_of(run.tally, Layout.of(run.tally, PERIODS))
    days, whole = found["sla", "day"][0], found["sla", "horizon"][0, :, 0]
    assert whole[0] == pytest.approx(days[2].sum() / days[1].sum())
    assert whole[0] != pytest.approx(np.nanmean(days[0]), rel=1e-6)


def test_figures_of_replications_are_stacked_in_order(runs: list[Ledger]) -> None:
    figures = [figures_of(run.tally, Layout.of(run.tally, ("day",))) for run in runs[-2:]]
    both = stacked(Layout.of(runs[-1].tally, ("day",)), figures)
    for key, values in both.arrays.items():
        assert values.shape == (2, *figures[0][key].shape)
        assert np.array_equal(values[1], figures[1][key], equal_nan=True)


def test_the_hour_has_no_percentiles() -> None:
    tally, _ = watch(scenario({"horizon.days": 1}), hourly=True)
    found = figures_of(tally, Layout.of(tally, ("hour",)))["queues", "hour"]
    for name in ("wait_p50_s", "wait_p95_s", "turnaround_p50_s", "turnaround_p95_s"):
        assert np.isnan(found[:, QUEUE_MEASURES.index(name), :]).all()


def test_people_join_and_leave_in_the_first_hour_of_their_day() -> None:
    hiring = {
        "horizon.days": 3,
        "vendors.north.hiring.classes.a": "{start: 2026-10-05, team: day, size: 4, training: 1 day}",
        "events.cut": "{headcount: {team: day, from: 2026-10-07, change: -2}}",
    }
    tally, _ = watch(scenario(hiring), hourly=True)
    layout = Layout.of(tally, ("horizon", "day", "hour"))
    found = figures_of(tally, layout)
    names = [layout.measures["teams"].index(name) for name in ("hires", "leavers")]
    hours, days = found["teams", "hour"][0, names, :], found["teams", "day"][0, names, :]
    assert days.tolist() == [[0, 4, 0], [0, 0, 2]]
    assert np.argwhere(hours).tolist() == [[0, 24], [1, 48]]
    assert hours.sum(axis=1).tolist() == found["teams", "horizon"][0, names, 0].tolist() == [4, 2]
