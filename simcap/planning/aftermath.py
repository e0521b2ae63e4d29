"""What a shock leaves behind: windows missed, and the days until all is well again."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simcap.analysis.comparison import Run
from simcap.analysis.figures import Subject
from simcap.analysis.summary import spread
from simcap.planning.changes import Change
from simcap.planning.noise import ENOUGH, shares

HURT = 0.01
"""Attainment by which a day is below the base's while the shock is felt."""
CALM = 3
"""Days in a row without that after which it has recovered."""


def missed(run: Run, subject: Subject) -> float:
    """Return how many whole windows of an SLA are missed, a mean over replications."""
    queue, _, sla = subject
    per = run.periods[queue, sla]
    attainment = run.figures.of("sla", per, subject, "attainment")[:, list(run.layout.windows[per].whole)]
    return float((attainment < run.targets[subject]).sum(axis=1).mean()) if attainment.size else 0.0


def recovery(shock: Change, base: Run, run: Run, subject: Subject, start: dt.date) -> float:
    """Return the days from the end of a shock until attainment by day is near the base's again, as in the table."""
    if shock.end is None:
        return np.nan
    before, after = (shares(one, subject, "day") for one in (base, run))
    gaps = spread(np.nan_to_num(before - after))
    over = (shock.end - start).days
    sure = gaps.ci_low > 0 if len(before) >= ENOUGH else True
    hurt = ((gaps.mean > HURT) & sure)[over:]
    if not hurt.any():
        return 0.0 if hurt.size else np.nan
    for day in range(hurt.size - CALM + 1):
        if not hurt[day : day + CALM].any():
            return float(day)
    return np.inf
