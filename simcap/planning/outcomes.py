"""The outcomes that drivers move: attainment and the chance of any miss of each SLA, and net cost."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.figures import Figures, Subject
from simcap.analysis.money import ALL
from simcap.analysis.pairs import missed
from simcap.analysis.ratios import linear
from simcap.analysis.risks import is_settled

Array = NDArray[np.float64]
Outcome = tuple[str, str, str, str]
"""queue, vendor, sla, measure: attainment over the horizon, any_miss (its chance), or net_cost (names empty)."""

Outlook = Literal["safe", "at risk", "hopeless"]

AT_RISK, HOPELESS = 0.10, 0.95
"""Chances of any miss from which an SLA is at risk, and is missed almost surely."""


def outlook(chance: float) -> Outlook:
    """Return how an SLA stands by its chance of any miss."""
    if chance >= HOPELESS:
        return "hopeless"
    return "at risk" if chance >= AT_RISK else "safe"


def measured(run: Run) -> dict[Outcome, Array]:
    """Return each outcome by replication; attainments such that means and errors are those of ratios of sums."""
    outcomes: dict[Outcome, Array] = {}
    for subject in run.layout.subjects["sla"]:
        if is_settled(subject, run.layout):
            queue, vendor, sla = subject
            per = run.periods[queue, sla]
            whole = list(run.layout.windows[per].whole)
            outcomes[queue, vendor, sla, "attainment"] = _attained(run.figures, subject)
            windows = run.figures.of("sla", per, subject, "attainment")[:, whole]
            outcomes[queue, vendor, sla, "any_miss"] = missed(windows, run.targets[subject])
    if run.layout.subjects["money"]:
        outcomes["", ALL, "", "net_cost"] = run.figures.of("money", "horizon", (ALL,), "net_cost")[:, 0]
    return outcomes


def _attained(figures: Figures, subject: Subject) -> Array:
    """Return attainment of an SLA over the horizon by replication; NaN for a replication without items."""
    on_time, counted = (figures.of("sla", "horizon", subject, name)[:, 0] for name in ("on_time", "counted"))
    return np.where(counted > 0, linear(on_time, counted).values, np.nan)
