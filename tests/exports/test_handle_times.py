"""Handle times of exports to the minute: the fit has the mean of the exact times."""

from __future__ import annotations

import pytest

from simcap.calibration.fits.coarse import sharpened
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.handling import fit_handle_times, shape_of

from .test_reading import expected, history
from .written import EXPORTS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

CVS = {"listings": 0.9, "images": 0.7}
"""At full speed; that of the rows is a little higher, as agents differ."""


@pytest.mark.parametrize("export", ["02-us-ampm", "05-minutes-no-ids"])
def test_fitted_mean_and_cv_are_those_of_the_work(export: str) -> None:
    items = history(export).items
    assert (items["coarse"][items["handle"].notna()] == 60).all()
    (fit,) = fit_handle_times(sharpened(items))
    assert isinstance(fit, Fit)
    shape = shape_of(fit)
    assert shape is not None
    assert shape.mean == pytest.approx(expected(export)["mean_handle_s"][fit.subject.name], abs=5.0)
    assert CVS[fit.subject.name] < shape.parts[0].cv < CVS[fit.subject.name] * 1.05
