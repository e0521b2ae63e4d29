"""Which model of a desk a back-test uses: agents on duty who take items, or the rate at which items are picked up."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final, Literal

from simcap.calibration.backtest.desk import Mode, known_at, midnight
from simcap.calibration.backtest.pickup_settings import Chosen, Progress, choose, errors_of_both
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.errors import DataError
from simcap.experiment.workers import Jobs
from simcap.units import HOUR

LONG: Final = HOUR
"""Median wait from which on `auto` tries a pick-up desk: agents do not idle then for want of items."""


@dataclasses.dataclass(frozen=True)
class DeskModel:
    """The model of a desk that a back-test uses."""

    name: Literal["floor", "pick_up"]
    why: str = ""
    """What decided for it, in a sentence; empty if the calibration file names it."""
    chosen: Chosen | None = None
    """What hindcasts say of a pick-up desk."""


FLOOR: Final = DeskModel("floor")


def model_of(
    configuration: Configuration, history: History, modes: Sequence[Mode], jobs: Jobs, progress: Progress
) -> DeskModel:
    """Return the model that a calibration file names or, if it leaves that open, the one whose hindcasts miss by less.

    Raises `DataError` if a pick-up desk is asked for and cannot be fitted.
    """
    assert configuration.backtest is not None
    asked = configuration.backtest.desk
    if asked == "floor":
        return FLOOR
    if asked == "auto" and (reason := _against(configuration, history)):
        return dataclasses.replace(FLOOR, why=reason)
    try:
        chosen = choose(configuration, history, modes, progress)
    except DataError as error:
        if asked == "pick_up":
            raise
        return dataclasses.replace(FLOOR, why=f"a pick-up desk cannot be fitted: {error}")
    if asked == "pick_up":
        return DeskModel("pick_up", chosen=chosen)
    progress("trying the floor against a pick-up desk")
    try:
        picked, worked = errors_of_both(configuration, history, chosen.settings, jobs)
    except DataError as error:
        return DeskModel("pick_up", f"a floor cannot be fitted: {error}", chosen)
    if not picked <= worked:
        return dataclasses.replace(FLOOR, why=_compared(worked, picked))
    return DeskModel("pick_up", _compared(picked, worked), chosen)


def _against(configuration: Configuration, history: History) -> str:
    """Return why a pick-up desk is out of question; nothing if it is not."""
    assert configuration.backtest is not None
    if history.attendance is not None:
        return "attendance is known"
    past = known_at(history.items, midnight(configuration, configuration.backtest.first))
    wait = float((past["started"].fillna(past["completed"]) - past["created"]).median())
    if not wait >= LONG:
        return f"the median wait is {wait / 60:.1f} min, and a pick-up desk is for waits of hours or days"
    return ""


def _compared(mine: float, other: float) -> str:
    return (
        f"hindcasts before the first origin missed by {100 * mine:.1f} points, the other model's by {100 * other:.1f}"
    )
