"""Shapes of a week: relative rates by local hour, 168 numbers from Monday 00:00, with mean 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from simcap.scenario.nearest import nearest
from simcap.scenario.schema.quantities import is_table

HOURS: Final = 168
"""Hours of a week."""

# fmt: off
_OFFICE_TO_EVENING = (
    0.45, 0.30, 0.22, 0.18, 0.17, 0.22, 0.35, 0.60, 0.90, 1.15, 1.30, 1.38,
    1.42, 1.40, 1.38, 1.36, 1.36, 1.40, 1.48, 1.58, 1.62, 1.50, 1.15, 0.75,
)
_SUNDAY_EVENING = (
    0.50, 0.36, 0.26, 0.20, 0.17, 0.18, 0.24, 0.38, 0.62, 0.92, 1.18, 1.32,
    1.38, 1.38, 1.40, 1.46, 1.58, 1.75, 1.95, 2.10, 2.12, 1.88, 1.40, 0.88,
)
_EVENING = (
    0.95, 0.70, 0.50, 0.36, 0.28, 0.26, 0.32, 0.48, 0.65, 0.78, 0.88, 0.98,
    1.08, 1.10, 1.08, 1.10, 1.18, 1.30, 1.48, 1.68, 1.85, 1.92, 1.72, 1.35,
)
_DESK = (
    0.02, 0.02, 0.02, 0.02, 0.02, 0.03, 0.10, 0.45, 1.30, 2.20, 2.60, 2.50,
    1.90, 2.10, 2.50, 2.45, 2.10, 1.35, 0.55, 0.20, 0.10, 0.06, 0.04, 0.03,
)
# fmt: on


def _week(days: Sequence[Sequence[float]], weights: Sequence[float]) -> tuple[float, ...]:
    """Return a week of seven days, each scaled to its weight, with mean 1."""
    scaled = [np.asarray(day) / sum(day) * weight for day, weight in zip(days, weights, strict=True)]
    week = np.concatenate(scaled)
    return tuple((week / week.mean()).tolist())


PROFILES: Final[dict[str, tuple[float, ...]]] = {
    "flat": (1.0,) * HOURS,
    "marketplace": _week([_OFFICE_TO_EVENING] * 6 + [_SUNDAY_EVENING], (1.02, 1.0, 0.98, 0.97, 0.93, 0.97, 1.16)),
    "social": _week([_EVENING] * 7, (0.97, 0.96, 0.97, 0.98, 1.02, 1.06, 1.08)),
    "office": _week([_DESK] * 7, (1.12, 1.05, 1.02, 1.0, 0.92, 0.06, 0.04)),
}
"""Profiles by name."""


def profile_message(name: str) -> str | None:
    """Return what is wrong with the name of a profile; nothing for one that is known, and for a data file."""
    if name in PROFILES or is_table(name):
        return None
    return f"there is no profile {name!r}; {nearest(name, PROFILES)} (or 24 or 168 numbers, or a CSV file)"
