"""Which model of a desk a back-test uses: agents on duty who take items, or the rate at which items are picked up."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np

from simcap.calibration.backtest.desk import Mode, known_at, midnight
from simcap.calibration.backtest.pickup_settings import (
    Chosen,
    Progress,
    choose,
    error_of_floor,
    errors_of_both,
)
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.errors import DataError
from simcap.experiment.workers import Jobs
from simcap.units import HOUR, MINUTE

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
ORDERS: Final = ("longest_wait", "priority")
"""What agents may take next: the oldest item, or by preference; the first where hindcasts cannot tell."""


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


def ordered(
    configuration: Configuration, history: History, jobs: Jobs, progress: Progress
) -> tuple[Configuration, str]:
    """Return a configuration that says what agents take next, and what decided for it, in words.

    Where the calibration file leaves it to hindcasts, `staffing.rule: auto`, it is the order whose forecasts from
    origins before the first one miss by less. With waits of minutes all orders are alike: agents take what comes.
    Nothing is told of an order that the file names, nor of a pick-up desk, which has none.
    """
    assert configuration.backtest is not None
    if configuration.staffing.rule != "auto":
        return configuration, ""
    if configuration.backtest.desk == "pick_up":
        return _with_order(configuration, ORDERS[0]), ""
    if (wait := _median_wait(configuration, history)) < LONG:
        return _with_order(configuration, ORDERS[0]), f"{ORDERS[0]}, as the median wait is {wait / MINUTE:.1f} min"
    progress("choosing what agents take next")
    errors = [error_of_floor(_with_order(configuration, order), history, jobs) for order in ORDERS]
    if not np.isfinite(errors).all():
        return _with_order(configuration, ORDERS[0]), f"{ORDERS[0]}, as the history is too short for hindcasts"
    best = int(np.argmin(errors))
    missed = " and ".join(f"{100 * error:.1f} ({order})" for order, error in zip(ORDERS, errors, strict=True))
    why = f"{ORDERS[best]}, by hindcasts before the first origin, which missed by {missed} points"
    return _with_order(configuration, ORDERS[best]), why


def _with_order(configuration: Configuration, order: str) -> Configuration:
    staffing = configuration.staffing.model_copy(update={"rule": order})
    return configuration.model_copy(update={"staffing": staffing})


def _median_wait(configuration: Configuration, history: History) -> float:
    """Return the median wait before the first origin in seconds; not a number if nothing was taken."""
    assert configuration.backtest is not None
    past = known_at(history.items, midnight(configuration, configuration.backtest.first))
    return float((past["started"].fillna(past["completed"]) - past["created"]).median())


def _against(configuration: Configuration, history: History) -> str:
    """Return why a pick-up desk is out of question; nothing if it is not."""
    assert configuration.backtest is not None
    if history.attendance is not None:
        return "attendance is known"
    if not (wait := _median_wait(configuration, history)) >= LONG:
        return f"the median wait is {wait / MINUTE:.1f} min, and a pick-up desk is for waits of hours or days"
    return ""


def _compared(mine: float, other: float) -> str:
    return (
        f"hindcasts before the first origin missed by {100 * mine:.1f} points, the other model's by {100 * other:.1f}"
    )
