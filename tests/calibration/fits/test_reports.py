"""What reports tell beside volumes, on tables whose truth is known: handle times, people, accuracy, patience."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.better_source import differences, merged
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, document_of, of_queue, of_vendor
from simcap.calibration.fits.report_accuracy import fit_reported_accuracy
from simcap.calibration.fits.report_allocation import fit_reported_allocation
from simcap.calibration.fits.report_handling import fit_reported_handling, notes_of_handling
from simcap.calibration.fits.report_staffing import fit_reported_attrition, fit_reported_shrinkage
from simcap.calibration.fits.report_waiting import fit_reported_patience, opening_backlogs
from simcap.calibration.history.report_balance import balances
from simcap.calibration.history.report_counts import Reported
from simcap.units import DAY, HOUR, MONTH

FIRST = dt.date(2026, 7, 6).toordinal()
START = pd.Timestamp("2026-07-06").timestamp()
WEEKS = 13


def table(length: float, rows: int, **columns: Any) -> pd.DataFrame:
    """Return the periods of one report, one after another."""
    start = START + length * np.arange(rows)
    day = FIRST + ((start - START) // DAY).astype(int)
    whose = dict.fromkeys(("queue", "vendor", "team", "site"), "")
    hour = ((start - START) % DAY // HOUR).astype(int)
    return pd.DataFrame({"source": 0, "start": start, "length": length, "day": day, "hour": hour} | whose | columns)


def values(fit: Fit) -> dict[str, float]:
    return {one.path: one.value for one in fit.estimates}


def half_hours(seed: int, cv: float, *, drift: float = 0.0) -> pd.DataFrame:
    """Return half-hours of ten gamma handle times each, of 300 s in the mean."""
    generator = np.random.default_rng(seed)
    rows = WEEKS * 7 * 48
    handled = generator.poisson(10, rows)
    mean = 300 * (1 + drift) ** (np.arange(rows) / (7 * 48))
    total = generator.gamma(np.maximum(handled, 1e-9) / cv**2, mean * cv**2)
    aht = np.where(handled > 0, total / np.maximum(handled, 1), np.nan)
    return table(HOUR / 2, rows, queue="mail", handled=handled, aht=aht)


def test_the_scatter_of_half_hours_bounds_the_cv_of_items() -> None:
    (fit,) = fit_reported_handling(half_hours(1, 0.6), FIRST)
    assert isinstance(fit, Fit)
    mean, cv = fit.estimates
    assert mean.path == "queues.mail.handle_time.lognormal.mean"
    assert mean.value == pytest.approx(300, rel=0.01)
    assert cv.value == pytest.approx(0.6, rel=0.03)
    assert (mean.origin, cv.origin) == ("reported", "reported")
    _, low, high = next(fit.intervals())
    assert low < 300 < high
    assert high / low < 1.03


def test_a_cv_that_nothing_bounds_is_the_usual_one_and_said_to_be() -> None:
    rows = half_hours(1, 1.6)
    (wide,) = fit_reported_handling(rows, FIRST)
    weekly = rows.assign(work=rows["handled"] * rows["aht"], week=(rows["day"] - FIRST) // 7).groupby("week")
    sums = weekly[["handled", "work"]].sum()
    of_weeks = table(
        7 * DAY,
        WEEKS,
        queue="mail",
        handled=sums["handled"].to_numpy(),
        aht=(sums["work"] / sums["handled"]).to_numpy(),
    )
    (few,) = fit_reported_handling(of_weeks, FIRST)
    for fit in (wide, few):
        assert isinstance(fit, Fit)
        assert (fit.estimates[1].value, fit.estimates[1].origin) == (0.9, "prior")
        (note,) = [note for note in notes_of_handling([fit]) if "drifts" not in note.what]
        assert "cv a prior" in note.examples
        assert "family lognormal" in note.examples
    assert isinstance(few, Fit)
    assert isinstance(wide, Fit)
    assert few.estimates[0].value == pytest.approx(wide.estimates[0].value)


def test_drift_is_told_and_does_not_widen_the_bound() -> None:
    (fit,) = fit_reported_handling(half_hours(2, 0.6, drift=0.02), FIRST)
    assert isinstance(fit, Fit)
    assert fit.goodness["drift a week"] == pytest.approx(0.02, abs=0.002)
    (fast,) = fit_reported_handling(half_hours(2, 0.6, drift=0.06), FIRST)
    assert isinstance(fast, Fit)
    assert max(fit.estimates[1].value, fast.estimates[1].value) < 0.65
    assert any("drifts" in note.what and "% a week" in note.examples for note in notes_of_handling([fit]))
    (still,) = fit_reported_handling(half_hours(2, 0.6), FIRST)
    assert isinstance(still, Fit)
    assert not any("drifts" in note.what for note in notes_of_handling([still]))


def people_by_week(absence: float, offline: float, *, vendor: str = "north") -> pd.DataFrame:
    generator = np.random.default_rng(8)
    planned = np.full(WEEKS, 40.0)
    gone = generator.binomial(200, absence, WEEKS) / 5
    lost = gone + offline * (planned - gone)
    report = {"fte_planned": planned, "fte_actual": planned - gone, "shrinkage": lost / planned}
    rows = table(7 * DAY, WEEKS, vendor=vendor, **report)
    return pd.concat([rows.assign(queue=queue) for queue in ("a", "b")], ignore_index=True)


def test_shrinkage_is_divided_into_absence_and_time_offline() -> None:
    found = fit_reported_shrinkage(people_by_week(0.08, 0.1), FIRST)
    fits = {fit.estimates[0].path: fit for fit in found if isinstance(fit, Fit)}
    absence, offline = (fits[f"vendors.north.shrinkage.{name}"] for name in ("absence", "offline"))
    assert absence.estimates[0].value == pytest.approx(0.08, abs=3 * (0.08 * 0.92 / 2600) ** 0.5)
    assert offline.estimates[0].value == pytest.approx(0.1, abs=1e-3)
    assert offline.goodness["shrinkage in total"] == pytest.approx(1 - 0.9 * (1 - absence.estimates[0].value))
    assert absence.seen == WEEKS
    _, low, high = next(absence.intervals())
    assert low < 0.08 < high


def test_without_fte_all_shrinkage_is_time_offline_and_without_a_vendor_nothing() -> None:
    (fit,) = fit_reported_shrinkage(people_by_week(0.08, 0.1).drop(columns=["fte_planned", "fte_actual"]), FIRST)
    assert isinstance(fit, Fit)
    assert fit.estimates[0].path == "vendors.north.shrinkage.offline"
    assert fit.estimates[0].value == pytest.approx(0.17, abs=0.02)
    for found in fit_reported_shrinkage(people_by_week(0.08, 0.1, vendor=""), FIRST):
        assert isinstance(found, NotFitted)
        assert "of which vendor" in found.why


def test_leavers_by_headcount_are_a_hazard() -> None:
    leavers = np.array([0, 1, 0, 2, 0, 0, 1, 0, 0, 1, 0, 0, 1])
    rows = pd.concat(
        [
            table(7 * DAY, WEEKS, vendor="north", leavers=leavers, headcount=50.0),
            table(7 * DAY, WEEKS, vendor="south", leavers=leavers, headcount=50.0),
        ]
    )
    (fit,) = fit_reported_attrition(rows)
    assert isinstance(fit, Fit)
    months = 50 * WEEKS * 7 * DAY / MONTH
    assert [one.value for one in fit.estimates] == pytest.approx([6 / months] * 2)
    assert fit.standard_errors().tolist() == pytest.approx([12**-0.5] * 2), "two that are alike count as one"
    assert str(fit.estimates[0].written()).endswith("% per month")
    (without,) = fit_reported_attrition(rows.drop(columns="headcount"))
    assert isinstance(without, NotFitted)


def test_wrong_decisions_go_by_the_sample() -> None:
    accuracy, sample = np.array([0.96, 1.0, 0.9]), np.array([100, 20, 50])
    rows = table(7 * DAY, 3, queue="mail", accuracy=accuracy, sample=sample)
    (fit,) = fit_reported_accuracy(rows, ["mail", "chat"])
    assert isinstance(fit, Fit)
    assert values(fit) == pytest.approx({"queues.mail.errors.tenured": 9 / 170})
    (of_all,) = fit_reported_accuracy(rows.assign(queue=""), ["mail", "chat"])
    assert isinstance(of_all, Fit)
    assert [one.subject.name for one in of_all.estimates] == ["mail", "chat"]
    (few,) = fit_reported_accuracy(rows.assign(accuracy=1.0), ["mail"])
    assert isinstance(few, NotFitted)


def test_a_sample_of_less_than_a_decision_is_told() -> None:
    """A queue of which 5e-324 decisions were checked had an accuracy of nan."""
    rows = table(7 * DAY, 3, queue="mail", accuracy=np.full(3, 0.9), sample=np.full(3, 100))
    none = rows.assign(queue="chat", sample=5e-324)
    fit, unchecked = fit_reported_accuracy(pd.concat([rows, none]), ["mail", "chat"])
    assert isinstance(fit, Fit)
    assert values(fit) == pytest.approx({"queues.mail.errors.tenured": 0.1})
    assert isinstance(unchecked, NotFitted)
    assert unchecked.what == "queues.chat.errors"
    assert [type(one) for one in fit_reported_accuracy(none, ["chat"])] == [NotFitted] * 2


def test_patience_is_time_waited_by_those_who_left() -> None:
    """Ten wait all the time, so 240 h a day are waited; eight a day leave."""
    rows = table(HOUR, 60 * 24, queue="mail", backlog=10.0, abandoned=np.tile([1, 0, 0], 480))
    (fit,) = fit_reported_patience(rows)
    assert isinstance(fit, Fit)
    assert fit.estimates[0].path == "queues.mail.expires.after.exponential"
    assert fit.estimates[0].value == pytest.approx(30 * HOUR)
    by_wait = table(DAY, 60, queue="mail", handled=92, abandoned=8, wait=2.4 * HOUR)
    (other,) = fit_reported_patience(by_wait)
    assert isinstance(other, Fit)
    assert other.estimates[0].value == pytest.approx(30 * HOUR)
    (untold,) = fit_reported_patience(by_wait.drop(columns="wait").assign(backlog=10.0))
    assert isinstance(untold, NotFitted), "the backlog at midnight is not that of the day"


def test_the_oldest_open_item_came_when_the_last_so_many_began() -> None:
    hours = np.full((2, 24), 4.0)
    one = np.ones(48, np.int64)
    offered = {
        "mail": Reported("mail", np.repeat([0, 1], 24), one, hours.ravel(), np.ones(168), given=False, by_hour=hours)
    }
    rows = table(HOUR, 48, queue="mail", backlog=np.arange(48.0))
    (fit,) = opening_backlogs(rows, offered, FIRST, 2)
    assert isinstance(fit, Fit)
    assert values(fit) == pytest.approx({"queues.mail.backlog.items": 47, "queues.mail.backlog.oldest": 47 / 4 * HOUR})
    assert document_of([fit])["draws"] == []
    (short,) = opening_backlogs(rows, offered, FIRST, 8)
    assert isinstance(short, NotFitted), "the second Monday is missing"
    (closed,) = opening_backlogs(rows, offered, FIRST, 7)
    assert isinstance(closed, Fit), "no Wednesday was ever reported"


def test_shares_of_vendors_are_told_and_not_drawn() -> None:
    parts = [table(7 * DAY, WEEKS, queue="mail", vendor=name, offered=count) for name, count in (("n", 60), ("s", 40))]
    (fit,) = fit_reported_allocation(pd.concat(parts))
    assert values(fit) == pytest.approx({"routing.allocation.mail.n": 0.6, "routing.allocation.mail.s": 0.4})
    _, low, high = next(fit.intervals())
    assert high - low == pytest.approx(2 * 1.645 * (0.24 / 1300) ** 0.5, rel=0.02)
    document = document_of([fit])
    assert document["routing"] == {"allocation": {"mail": {"n": 0.6, "s": 0.4}}}
    assert document["draws"] == []


def test_periods_that_do_not_balance_are_counted() -> None:
    offered, handled, abandoned = np.array([9, 8, 7, 6]), np.array([5, 6, 9, 6]), np.array([1, 1, 1, 1])
    after = 20 + np.cumsum(offered - handled - abandoned)
    rows = table(DAY, 4, queue="mail", offered=offered, handled=handled, abandoned=abandoned, backlog=after)
    (note,) = balances(rows, "UTC")
    assert (note.rows, note.examples) == (0, "of 3 periods")
    (wrong,) = balances(rows.assign(backlog=after + np.array([0, 0, 5, 5])), "UTC")
    assert wrong.rows == 1
    assert "by up to 5 items; 2026-07-08" in wrong.examples
    (gap,) = balances(rows.drop(index=1).reset_index(drop=True), "UTC")
    assert gap.examples == "of 1 periods", "what does not follow on another is not held against it"


def logged(*estimates: Estimate) -> Fit:
    return Fit("shrinkage", estimates, np.eye(len(estimates)), 5, {})


def test_what_logs_give_is_taken_from_them_and_the_difference_is_told() -> None:
    north, south = (of_vendor(name) for name in ("north", "south"))
    key = ("shrinkage", "absence")
    ours: list[Fit | NotFitted] = [
        logged(Estimate(north, key, 0.10, "logit", "share")),
        NotFitted("vendors.south.shrinkage", "3 agents"),
    ]
    theirs: list[Fit | NotFitted] = [
        logged(*(Estimate(vendor, key, 0.08, "logit", "share", "reported") for vendor in (north, south))),
        NotFitted("vendors.north.shrinkage.absence", "2 periods"),
        NotFitted("queues.mail.errors", "none"),
    ]
    found = merged(ours, theirs)
    kept = {one.path: (one.value, one.origin) for fit in found if isinstance(fit, Fit) for one in fit.estimates}
    assert kept == {
        "vendors.north.shrinkage.absence": (0.10, "fitted"),
        "vendors.south.shrinkage.absence": (0.08, "reported"),
    }
    assert [one.what for one in found if isinstance(one, NotFitted)] == ["queues.mail.errors"]
    assert all(fit.covariance.shape == (1, 1) for fit in found if isinstance(fit, Fit))
    (note,) = differences(ours, theirs)
    assert note.what == "vendors.north.shrinkage.absence"
    assert note.examples == "8.00% by reports, 10.00% by the logs, which is taken (-20%)"


def test_the_mean_of_reports_is_held_against_that_of_the_log() -> None:
    path = ("handle_time", "gamma")
    mail = of_queue("mail")
    log = Fit(
        "handle time",
        (Estimate(mail, (*path, "mean"), 400, "log", "s"), Estimate(mail, (*path, "cv"), 0.7, "log")),
        np.eye(2), 900, {},
    )  # fmt: skip
    reported = fit_reported_handling(half_hours(1, 0.6), FIRST)
    assert [one.estimates[0].origin for one in merged([log], reported) if isinstance(one, Fit)] == ["fitted"]
    (note,) = differences([log], reported)
    assert note.examples.startswith("a mean of 4.99 min by reports, a mean of 6.67 min by the logs")
