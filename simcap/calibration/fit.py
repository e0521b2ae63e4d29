"""What a fit gives: a piece of a parameters file, how sure it is, and how well it describes what was seen."""

from __future__ import annotations

import dataclasses
from typing import Any

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
    """"s" for a duration; empty for a number or a share."""

    def written(self) -> float | str:
        """Return the value as a scenario writes it."""
        return f"{self.value:.6g} s" if self.unit == "s" else float(f"{self.value:.6g}")


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

    def standard_errors(self) -> Array:
        """Return the standard errors on the scales."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


@dataclasses.dataclass(frozen=True)
class NotFitted:
    """Something that the history does not allow to be fitted, and what would be needed."""

    what: str
    why: str
