"""Handle times of small queues: near their own sample as far as it goes, near the other queues where it does not."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits.families import Part, Shape
from simcap.calibration.fits.few_handle_times import USUAL_CV, USUAL_MEAN, fit_few
from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.handling import ENOUGH_ITEMS, fit_handle_times, without_any

LARGER = [("posts", Shape("lognormal", (Part(1.0, 400.0, 0.8),))), ("calls", Shape("gamma", (Part(1.0, 900.0, 0.8),)))]


def log(queue: str, handle: np.ndarray) -> pd.DataFrame:
    size = len(handle)
    whose = {"queue": queue, "agent": [f"a{row % 12}" for row in range(size)], "day": np.arange(size) % 28}
    return pd.DataFrame(whose | {"handle": handle, "coarse": 0.0})


def gamma(size: int, mean: float, cv: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).gamma(cv**-2, mean * cv**2, size)


def parts(fit: Fit) -> tuple[float, float]:
    return fit.value("handle_time", "lognormal", "mean"), fit.value("handle_time", "lognormal", "cv")


@pytest.mark.parametrize("size", [1, 5, 30, 150])
def test_the_interval_holds_the_truth_as_often_as_it_says(size: int) -> None:
    """Of 400 queues of a mean as far from the others as queues are; nine in ten within the 90% interval."""
    generator = np.random.default_rng(11)
    held = 0
    for number in range(400):
        mean, cv = 600.0 * math.exp(generator.normal()), 0.8
        fit = fit_few("rare", log("rare", gamma(size, mean, cv, number)), LARGER)
        (_, low, high), _ = fit.intervals()
        held += low <= mean <= high
    assert 0.85 < held / 400 < 0.95


def test_without_a_sample_it_is_that_of_the_others_and_says_so() -> None:
    fit = fit_few("rare", log("rare", np.zeros(0)), LARGER)
    assert parts(fit) == pytest.approx((600.0, 0.8))
    assert {one.origin for one in fit.estimates} == {"prior"}
    assert fit.prior == "no handle time; as posts, calls"
    assert parts(fit_few("rare", log("rare", np.zeros(0)), [])) == pytest.approx((USUAL_MEAN, USUAL_CV))


def test_more_items_tell_more() -> None:
    errors = [
        fit_few("rare", log("rare", gamma(size, 300, 0.7, 3)), LARGER).standard_errors()[0] for size in (1, 9, 99)
    ]
    assert errors[0] > 2 * errors[1] > 4 * errors[2]


def test_no_queue_is_left_out_of_a_log() -> None:
    items = pd.concat([log("posts", gamma(ENOUGH_ITEMS, 400, 0.7, 1)), log("rare", gamma(12, 1500, 0.7, 2))])
    fits = {fit.subject.name: fit for fit in fit_handle_times(items)}
    assert not fits["posts"].prior
    assert fits["rare"].prior == "12 handle times, drawn to those of posts"
    assert parts(fits["rare"])[0] == pytest.approx(items["handle"][-12:].mean(), rel=0.1)
    (other,) = without_any(list(fits.values()), ["posts", "rare", "mail"])
    assert isinstance(other, Fit)
    assert other.subject.name == "mail"
    assert parts(other)[0] == pytest.approx(400, rel=0.15)


def test_where_no_queue_has_any_this_is_said() -> None:
    (one,) = without_any([], ["mail"])
    assert isinstance(one, NotFitted)
    assert one.what == "queues.mail.handle_time"
    assert "aht" in one.why
