"""What a prediction is told of the days after its origin: by its mode, and part by part to see what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from simcap.calibration.backtest.desk import Mode

Part = Literal["volumes", "items", "staffing", "handle_times", "availability", "order"]
Told = frozenset[Part]

NOTHING: Final[Told] = frozenset()
OF_MODE: Final[Mapping[Mode, Told]] = {
    "forecast": NOTHING,
    "plan": frozenset({"staffing"}),
    "replay": frozenset({"items", "staffing"}),
    "scenario": NOTHING,
}
"""What each mode is told."""
OF_MODEL: Final[Mapping[str, tuple[Part, ...]]] = {
    "floor": ("volumes", "items", "staffing", "handle_times", "availability"),
    "pick_up": ("volumes", "items", "staffing", "order"),
    "scenario": ("volumes", "items", "handle_times"),
}
"""The parts that can be told, by the model that predicts. The staffing of a pick-up desk is how much it picks up on
each day, its order how the chance of an item goes with its age and the hour."""


def parts_left(model: str, mode: Mode, *, attended: bool) -> tuple[Part, ...]:
    """Return the parts that a mode is not told. Where attendance is known, time between items is in it."""
    told = OF_MODE[mode]
    left = [part for part in OF_MODEL["scenario" if mode == "scenario" else model] if part not in told]
    if "items" in told:
        left.remove("volumes")
    return tuple(part for part in left if part != "availability" or not attended)


def mode_of(told: Told) -> Mode:
    """Return the mode of a desk that is told as much of items and staffing."""
    if "staffing" not in told:
        return "forecast"
    return "replay" if "items" in told else "plan"
