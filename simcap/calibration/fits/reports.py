"""All that reports tell beside volumes: each parameter by a module of its own, marked as reported."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

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
    if history.roster is not None:
        vendors = history.roster.drop_duplicates("team").set_index("team")["vendor"]
        reports = reports.assign(vendor=reports["vendor"].where(reports["vendor"] != "", reports["team"].map(vendors)))
        reports = reports.assign(vendor=reports["vendor"].fillna(""))
    queues = sorted(set(history.counts) | set(history.offered))
    return [
        *_nameless(reports),
        *fit_reported_handling(reports, history.first),
        *fit_reported_attrition(reports),
        *fit_reported_shrinkage(reports, history.first),
        *fit_reported_accuracy(reports, queues),
        *fit_reported_patience(reports),
        *fit_reported_allocation(reports),
        *opening_backlogs(reports, history.offered, history.first, history.days),
    ]


def _nameless(reports: pd.DataFrame) -> Iterator[NotFitted]:
    """Yield the reports that count items without saying of which queue."""
    counts = [name for name in ("offered", "handled") if name in reports]
    for _, rows in reports.groupby("source"):
        known = [name for name in counts if rows[name].notna().any()]
        if known and (rows["queue"] == "").all():
            why = "the report does not say of which queue; give `columns: {queue: ...}`, or `queue:` a file"
            yield NotFitted(f"queues.*, by {' and '.join(known)}", why)
