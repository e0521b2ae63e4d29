"""Follow-up work: shares and delays are found as often as their intervals say, and nothing is made up without links."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.follow_up import fit_follow_ups
from simcap.calibration.history.columns import ItemColumns

HOUR = 3600.0


def log(seed: int, share: float = 0.06, mean: float = 18.0, cv: float = 1.0) -> pd.DataFrame:
    """Return 60 days of decisions: some followed by appeals after a lognormal delay in hours, checks at once."""
    generator = np.random.default_rng(seed)
    count = 6000
    completed = np.sort(generator.uniform(0, 60 * 24, count)) * HOUR
    variance = np.log1p(cv**2)
    delay = np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * generator.standard_normal(count)) * HOUR
    mail = pd.DataFrame({"item": np.arange(count), "queue": "mail", "created": completed - 600, "completed": completed})
    appealed, checked = generator.random(count) < share, generator.random(count) < 0.1
    appeals = pd.DataFrame(
        {"parent": np.flatnonzero(appealed), "queue": "appeals", "created": (completed + delay)[appealed]}
    )
    checks = pd.DataFrame({"parent": np.flatnonzero(checked), "queue": "checks", "created": completed[checked]})
    items = pd.concat([mail, appeals, checks], ignore_index=True)
    items = items[items["created"] < 60 * 24 * HOUR]
    return items.assign(item=items["item"].fillna(-items.index.to_series() - 1.0))


def test_intervals_cover_the_truth() -> None:
    truth = {"share": 0.06, "mean": 18 * HOUR, "cv": 1.0}
    inside = dict.fromkeys(truth, 0)
    runs = 120
    for seed in range(runs):
        fits = {fit.estimates[0].path: fit for fit in fit_follow_ups(log(seed)) if isinstance(fit, Fit)}
        assert set(fits) == {"queues.mail.then.appeals.share", "queues.mail.then.checks.share"}
        assert len(fits["queues.mail.then.checks.share"].estimates) == 1
        fit = fits["queues.mail.then.appeals.share"]
        for estimate, error in zip(fit.estimates, fit.standard_errors(), strict=True):
            name = estimate.path.rsplit(".", 1)[-1]
            scale = (lambda p: np.log(p / (1 - p))) if estimate.scale == "logit" else np.log
            inside[name] += abs(scale(estimate.value) - scale(truth[name])) < 1.6449 * error
    for name, hits in inside.items():
        assert 0.80 <= hits / runs <= 0.98, (name, hits / runs)


def test_the_last_days_do_not_hide_what_is_still_to_come() -> None:
    # Half of the decisions of the last two days are followed only after the log ends.
    found = [
        fit.estimates[0].value
        for seed in range(20)
        for fit in fit_follow_ups(log(seed, share=0.1, mean=60.0))
        if isinstance(fit, Fit) and "appeals" in fit.estimates[0].path
    ]
    assert np.mean(found) == pytest.approx(0.1, rel=0.05)


def test_a_constant_delay_is_one() -> None:
    (fit, _) = fit_follow_ups(log(1, cv=1e-6))
    assert isinstance(fit, Fit)
    assert fit.estimates[1].path == "queues.mail.then.appeals.after.constant"
    assert fit.estimates[1].value == pytest.approx(18 * HOUR, rel=1e-4)


def test_without_links_nothing_is_made_up() -> None:
    (missing,) = fit_follow_ups(log(1).drop(columns="parent"))
    assert isinstance(missing, NotFitted)
    assert "`parent`" in missing.why


def test_few_that_were_followed_are_said() -> None:
    found = fit_follow_ups(log(1, share=0.001))
    assert [one.why for one in found if isinstance(one, NotFitted)]


def test_one_of_the_two_columns_is_not_enough() -> None:
    with pytest.raises(ValueError, match="needs both"):
        ItemColumns(parent="parent")
