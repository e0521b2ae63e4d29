"""All that reports tell beside volumes: each parameter by a module of its own, marked as reported."""

from __future__ import annotations

from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.report_accuracy import fit_reported_accuracy
from simcap.calibration.fits.report_allocation import fit_reported_allocation
from simcap.calibration.fits.report_handling import fit_reported_handling
from simcap.calibration.fits.report_staffing import fit_reported_attrition, fit_reported_shrinkage
from simcap.calibration.fits.report_waiting import fit_reported_patience, opening_backlogs
from simcap.calibration.history.history import History


def fit_reports(history: History) -> list[Fit | NotFitted]:
    """Fit what the reports of a history tell of handle times, people, accuracy, patience, allocation and backlog."""
    reports = history.reports
    if reports is None:
        return []
    queues = sorted(set(history.counts) | set(history.offered))
    return [
        *fit_reported_handling(reports, history.first),
        *fit_reported_attrition(reports),
        *fit_reported_shrinkage(reports, history.first),
        *fit_reported_accuracy(reports, queues),
        *fit_reported_patience(reports),
        *fit_reported_allocation(reports),
        *opening_backlogs(reports, history.offered, history.first, history.days),
    ]
