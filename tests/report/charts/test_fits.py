"""Titles of the charts of a calibration state what was found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simcap.calibration.fits.fit import Estimate, Fit, Subject
from simcap.report.charts.fits import fits_finding

NOTHING: Any = SimpleNamespace()


def ramp(vendor: str, start: float) -> Fit:
    """Return the ramp of a vendor."""
    subject = Subject("vendors", vendor)
    begins = Estimate(subject, ("ramp", "start"), start, "logit", "share")
    lasts = Estimate(subject, ("ramp", "after"), 3e6, "log", "s")
    return Fit("ramp", (begins, lasts), np.eye(2), 10, {})


def test_a_ramp_says_where_new_agents_begin() -> None:
    fits = [ramp("kestrel", 0.6), ramp("northstar", 0.57), ramp("swift", 0.59)]
    assert (
        fits_finding(NOTHING, "ramp", fits)
        == "New agents begin at 57.00% (northstar) to 60.00% (kestrel) of full speed"
    )
    assert fits_finding(NOTHING, "ramp", fits[:1]) == "New agents begin at 60.00% (kestrel) of full speed"


@pytest.mark.parametrize("name", ["patience", "training"])
def test_a_kind_without_words_of_its_own_names_its_first_estimate(name: str) -> None:
    assert fits_finding(NOTHING, name, [ramp("kestrel", 0.6)]) == f"{name.capitalize()}: start 60.00% (kestrel)"
