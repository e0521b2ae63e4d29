"""What a fit gives: a piece of a parameters file, how sure it is, and how well it describes what was seen."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Estimate:
    """One fitted value: its dotted path, the value, and the scale on which it is normal."""

    path: str
    value: float
    scale: str
    unit: str = ""
    """"s" for a duration, "a month" for a hazard; empty for a number or a share."""

    def written(self) -> float | str:
        """Return the value as a scenario writes it."""
        if self.unit == "s":
            return f"{self.value:.6g} s"
        if self.unit == "a month":
            return f"{-100 * math.expm1(-self.value):.6g}% per month"
        return float(f"{self.value:.6g}")


@dataclasses.dataclass(frozen=True)
class Picture:
    """What was seen of a fit's subject and what the fit says of it, both as shares over one axis."""

    x: Array
    seen: Array
    low: Array
    high: Array
    """95% interval of what was seen."""
    at: Array
    """Places, from left to right, of the fitted curve."""
    curve: Array
    unit: Literal["days", "weeks", "seconds", "newness", "deviation"]
    """What the axis counts."""
    steps: bool = False
    """Whether what was seen holds from one place to the next (a survival curve), instead of at the places."""


@dataclasses.dataclass(frozen=True)
class Fit:
    """Values that were fitted together, with the covariance of their estimates on their scales."""

    group: str
    estimates: tuple[Estimate, ...]
    covariance: Array
    seen: int
    """Observations it rests on."""
    goodness: dict[str, float]
    """Figures that say how well it describes the data."""
    fixed: dict[str, Any] = dataclasses.field(default_factory=dict)
    """Values that belong to it and are not drawn, by path."""
    picture: Picture | None = dataclasses.field(default=None, compare=False)
    """What a chart shows of it; volumes and handle times are drawn from the history itself."""

    def standard_errors(self) -> Array:
        """Return the standard errors on the scales."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


@dataclasses.dataclass(frozen=True)
class NotFitted:
    """Something that the history does not allow to be fitted, and what would be needed."""

    what: str
    why: str


def document_of(fits: Sequence[Fit]) -> dict[str, Any]:
    """Return what a parameters file says of fits: the values as a scenario places them, and how they are drawn."""
    document: dict[str, Any] = {}
    for fit in fits:
        for estimate in fit.estimates:
            _place(document, estimate.path, estimate.written())
        for path, value in fit.fixed.items():
            _place(document, path, value)
    document["draws"] = [
        {
            "group": fit.group,
            "paths": [estimate.path for estimate in fit.estimates],
            "scale": [estimate.scale for estimate in fit.estimates],
            "covariance": [[float(f"{value:.6g}") for value in row] for row in fit.covariance.tolist()],
        }
        for fit in fits
    ]
    return document


def share_of(part: Array, whole: Array) -> tuple[float, float]:
    """Return a ratio of sums over clusters, and the variance of its logit (Cochran 1977, 6.13)."""
    clusters = whole.size
    share = float(part.sum() / whole.sum())
    inside = min(max(share, 0.5 / whole.sum()), 1 - 0.5 / whole.sum())
    variance = clusters / (clusters - 1) * float(((part - share * whole) ** 2).sum()) / float(whole.sum()) ** 2
    return share, variance / (inside * (1 - inside)) ** 2


def _place(document: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for name in parents:
        document = document.setdefault(name, {})
    document[last] = value
