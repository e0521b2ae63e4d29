"""The last day on which a class that saves a window can be approved."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.planning.effects import EffectModel
from simcap.planning.program import solve
from simcap.planning.trials import Trials

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-9
"""Attainment by which a sum may fall short of what is needed."""


def last_dates(trials: Trials, model: EffectModel, confidence: float, lost: Flags) -> list[tuple[int, dt.date | None]]:
    """Return for each requirement missed today the last day on which classes that save it can be approved.

    By the plans tried that saved it, and by the model as the search has corrected it: classes approved on that day or
    later, as large as the ramp limit allows, add what is missing. None where classes do not, but only overtime, or both
    together.
    """
    needed = np.maximum(-trials.base.margin(confidence, trials.targets), 0.0)
    later = {
        day: model.only([lever for lever in model.levers if lever.approve is not None and lever.approve >= day])
        for day in sorted({lever.approve for lever in model.levers if lever.approve is not None})
    }
    proven = _proven(trials, confidence)
    last_days: list[tuple[int, dt.date | None]] = []
    for row in np.flatnonzero((needed > 0) & ~lost).tolist():
        days = [proven[row]] if row in proven else []
        for day, left in later.items():
            if not _saves(trials, left, row, needed):
                break
            days.append(day)
        last_days.append((row, max(days, default=None)))
    return last_days


def _saves(trials: Trials, model: EffectModel, row: int, needed: Array) -> bool:
    """Say whether the levers left in a model can add what one requirement needs."""
    alone = np.where(np.arange(needed.size) == row, -needed, 0.0)
    plan = solve(trials.file.scenario, model, alone, {}, np.inf)
    return float(model.effect[row] @ model.vector(plan)) >= float(needed[row]) - ROUNDING


def _proven(trials: Trials, confidence: float) -> dict[int, dt.date]:
    """Return for each requirement the latest first day of approval among the plans that were seen to meet it.

    Only plans of classes alone count: overtime has no day.
    """
    latest: dict[int, dt.date] = {}
    for key, response in trials.known.items():
        days = [lever.approve for lever, _ in key if lever.approve is not None]
        if not key or len(days) < len(key):
            continue
        for row in np.flatnonzero(response.margin(confidence, trials.targets) >= 0).tolist():
            latest[row] = max(min(days), latest.get(row, min(days)))
    return latest
