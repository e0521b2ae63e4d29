"""A chart of past weeks as they would have been foreseen, beside what came."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simcap.calibration.calibrate import Calibration
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.hindcast import missed
from simcap.report.charts.panels import MARKERS, Panel, scale
from simcap.report.charts.style import BLUE, INK, RISK, SOFT
from simcap.report.charts.timeline import Timeline

SHOWN = 1
"""Weeks ahead of the forecasts that are drawn."""
SUBTITLE = (
    "Items by week (dots); as foreseen a week before, with the 90% band (blue); mean of the four weeks before (grey). "
    "Errors are of 1 to 4 weeks"
)


def draw_foresight(calibration: Calibration, fit: Fit, panel: Panel, size: float) -> str:
    """Draw a queue's weeks as they came and as they were foreseen; return the errors in words."""
    weeks = calibration.foreseen[fit.subject.name]
    found = missed(weeks)
    rows = [one for one in weeks if one.ahead == SHOWN]
    place = np.array([7 * one.week + 3.5 for one in rows])
    came, model, low, high, rule = (
        np.array([getattr(one, name) for one in rows]) for name in ("came", "model", "low", "high", "four_weeks")
    )
    held = (low <= came) & (came <= high)
    axes = panel.axes
    scale(panel, 0.0, 1.05 * float(max(came.max(), high.max())), lambda tick: f"{tick:,.0f}", size, foot=0.0)
    axes.fill_between(place, low, high, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(place, rule, color=SOFT, linewidth=1.2)
    axes.plot(place, model, color=BLUE, linewidth=1.6)
    axes.plot(place[held], came[held], "o", color=INK, markersize=3.2)
    axes.plot(place[~held], came[~held], MARKERS["outside"], color=RISK, markersize=3.0)
    Timeline(calibration.configuration.from_, calibration.history.days).draw(axes, panel.width, size=size)
    axes.set_xlim(left=place[0] - 7)
    if found is None:
        return ""
    return f"off by {found.model:.1%}, the best rule by {found.rules[found.best]:.1%}; bands held {found.held:.0%}"


def foresight_finding(calibration: Calibration, fits: Sequence[Fit]) -> str:
    """Say by how much the weeks of the queue that is worst foreseen were missed, next to the best rule of thumb."""
    scores = [(missed(calibration.foreseen[fit.subject.name]), fit.subject.name) for fit in fits]
    known = [(found, name) for found, name in scores if found is not None]
    if not known:
        return "Too few weeks to say how well volumes are foreseen"
    found, name = max(known, key=lambda one: one[0].model)
    rule = f"the best rule of thumb by {found.rules[found.best]:.1%}"
    more = f", most of {len(known)} queues" if len(known) > 1 else ""
    return f"Weeks of {name} were foreseen to within {found.model:.1%}{more}; {rule}"
