"""Until when a class can be approved that saves a window."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.planning.effects import Model
from simcap.planning.program import solve
from simcap.planning.trials import Trials

Flags = NDArray[np.bool_]


def last_dates(trials: Trials, model: Model, confidence: float, lost: Flags) -> list[tuple[int, dt.date | None]]:
    """Return for each requirement missed today the last day on which classes that save it can be approved.

    By the plans tried that saved it, and by the model as the search has corrected it: classes approved on that day or
    later, as large as the ramp limit allows, add what is missing. None where no class does, but overtime, or all of it
    together.
    """
    needed = np.maximum(-trials.base.margin(confidence, trials.targets), 0.0)
    days = sorted({lever.approve for lever in model.levers if lever.approve is not None})
    found: list[tuple[int, dt.date | None]] = []
    for row in np.flatnonzero((needed > 0) & ~lost).tolist():
        saving = _proven(trials, confidence, row)
        for day in days:
            later = model.only([lever for lever in model.levers if lever.approve is not None and lever.approve >= day])
            alone = np.where(np.arange(needed.size) == row, -needed, 0.0)
            plan = solve(trials.file.scenario, later, alone, {}, np.inf)
            if float(later.effect[row] @ later.vector(plan)) < needed[row] - 1e-9:
                break
            saving = max(day, saving or day)
        found.append((row, saving))
    return found


def _proven(trials: Trials, confidence: float, row: int) -> dt.date | None:
    """Return the latest day from which on all was approved of a plan, of classes alone, that was seen to save a row."""
    first = [
        min(lever.approve for lever, _ in key if lever.approve is not None)
        for key, response in trials.known.items()
        if key and all(lever.kind == "class" for lever, _ in key)
        and response.margin(confidence, trials.targets)[row] >= 0
    ]  # fmt: skip
    return max(first, default=None)
