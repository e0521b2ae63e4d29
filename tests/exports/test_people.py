"""What exports tell of people: absence and time off queue, counted by shift and not by calendar day."""

from __future__ import annotations

import json

import pytest

from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.shrinkage import fit_shrinkage

from .test_reading import expected, history
from .written import EXPORTS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

LOGS = ("01-warehouse-iso", "13-names-mapping", "25a-attendance-midnight")
"""Exports with attendance: one of shifts across midnight, one of one vendor in its day, one cut at midnight."""


def tolerance(export: str, name: str) -> float:
    found = json.loads((EXPORTS / "expected.json").read_text())[export]["expected"][name]
    return float(found[1])


@pytest.mark.parametrize("export", LOGS)
def test_shifts_and_absences_are_those_of_the_log_to_the_shift(export: str) -> None:
    attendance, truth = history(export, items=False).attendance, expected(export)
    assert attendance is not None
    absent = (attendance["activity"] == "absent").groupby(attendance["shift"]).all()
    assert (len(absent), int(absent.sum())) == (truth["agent_shifts"], truth["absent"])
    assert absent.mean() == pytest.approx(truth["absence"], abs=1e-5)


@pytest.mark.parametrize("export", LOGS)
def test_absence_and_offline_of_vendors_are_fitted(export: str) -> None:
    """Weighted by their agents, vendors' shares are those of the log; each is near it."""
    found = history(export, items=False)
    assert found.attendance is not None
    fits = [fit for fit in fit_shrinkage(found.attendance, found.roster) if isinstance(fit, Fit)]
    for name in ("absence", "offline"):
        shares = {
            fit.subject.name: (fit.value("shrinkage", name), fit.seen) for fit in fits if fit.has("shrinkage", name)
        }
        assert shares
        mean = sum(share * seen for share, seen in shares.values()) / sum(seen for _, seen in shares.values())
        assert mean == pytest.approx(expected(export)[name], abs=tolerance(export, name))
