"""What a fit gives: a piece of a parameters file, its uncertainty, and how well it describes the data."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.reading.parameters import MOST_VARIANCE, Scale, moved
from simcap.scenario.reading.source import dotted
from simcap.scenario.schema.quantities import LARGEST

Array = NDArray[np.float64]
Key = tuple[str, ...]
"""Where a value stands under its subject, from the outermost key to the innermost."""
Kind = Literal[
    "volume",
    "busy days in common",
    "handle time",
    "at once",
    "spread",
    "ramp",
    "attrition",
    "training",
    "shrinkage",
    "accuracy",
    "patience",
    "follow-up",
    "allocation",
    "releases",
    "backlog",
]
Unit = Literal["", "share", "s", "a month"]
Origin = Literal["fitted", "reported", "prior"]
"""Where a value comes from: rows of logs, figures of reports, or what is usual in the field."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a value belongs to: a queue or a vendor, by its name in a scenario; or a part of its routing."""

    part: Literal["queues", "vendors", "routing"]
    name: str

    def path(self, *key: str) -> str:
        """Return the dotted path of what stands under it."""
        return dotted((self.part, self.name, *key))


def of_queue(name: str) -> Subject:
    """Return a queue as a subject."""
    return Subject("queues", name)


def of_vendor(name: str) -> Subject:
    """Return a vendor as a subject."""
    return Subject("vendors", name)


@dataclasses.dataclass(frozen=True)
class Estimate:
    """One fitted value: its subject, the value, and the scale on which it is normal."""

    subject: Subject
    key: Key
    value: float
    scale: Scale
    unit: Unit = ""
    """"s" for a duration, "a month" for a hazard, "share" for a percentage; empty for a number."""
    origin: Origin = "fitted"

    @property
    def path(self) -> str:
        """Return its dotted path in a scenario."""
        return self.subject.path(*self.key)

    def written(self) -> float | str:
        """Return the value as a scenario writes it."""
        if self.unit == "s":
            return f"{self.value:.6g} s"
        if self.unit == "a month":
            return f"{-100 * math.expm1(-self.value):.6g}% per month"
        return float(f"{self.value:.6g}")


@dataclasses.dataclass(frozen=True)
class Picture:
    """What was observed of a fit's subject and what the fit gives, both as shares over one axis."""

    x: Array
    seen: Array
    low: Array
    high: Array
    """95% interval of the observations."""
    at: Array
    """Places, from left to right, of the fitted curve."""
    curve: Array
    unit: Literal["days", "weeks", "seconds", "newness", "deviation"]
    """What the axis counts."""
    steps: bool = False
    """Whether observations extend from one place to the next (a survival curve), instead of being at the places."""


@dataclasses.dataclass(frozen=True)
class Fit:
    """Values that were fitted together, with the covariance of their estimates on their scales."""

    kind: Kind
    estimates: tuple[Estimate, ...]
    covariance: Array
    seen: int
    """Observations it rests on."""
    goodness: dict[str, float]
    """Measures of how well it describes the data."""
    fixed: dict[Key, Any] = dataclasses.field(default_factory=dict)
    """Values of each subject that belong to it and are not drawn."""
    picture: Picture | None = dataclasses.field(default=None, compare=False)
    """What a chart shows of it; volumes, and handle times of a log, are drawn from the history itself."""
    drawn: bool = True
    """Whether replications draw its values; shares that add up to one are told, and not drawn."""
    told: bool = False
    """Whether it is only told: no key of a scenario has its values, and a parameters file leaves them out."""
    prior: str = ""
    """What it rests on besides the data, where these are few; empty if on nothing."""
    trend: Array | None = dataclasses.field(default=None, compare=False)
    """Of volumes whose level drifts: the level fitted to each day of the history, in items a week."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return the subjects of its values; several if they were fitted together."""
        return tuple(dict.fromkeys(estimate.subject for estimate in self.estimates))

    @property
    def subject(self) -> Subject:
        """Return its subject; the first, if there are several."""
        return self.estimates[0].subject

    @property
    def group(self) -> str:
        """Return the name of its block of draws, which is part of their address."""
        return "handle time" if self.kind == "spread" else self.kind

    def value(self, *key: str) -> float:
        """Return the estimate at a key of its subject. Raises `KeyError` if there is none."""
        return self._values()[key]

    def has(self, *key: str) -> bool:
        """Say whether it has an estimate at a key of its subject, or below it."""
        return any(known[: len(key)] == key for known in self._values())

    def _values(self) -> dict[Key, float]:
        return {one.key: one.value for one in self.estimates if one.subject == self.subject}

    def standard_errors(self) -> Array:
        """Return the standard errors on the scales."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def intervals(self) -> Iterator[tuple[Estimate, float, float]]:
        """Yield each estimate with its 90% interval."""
        for estimate, error in zip(self.estimates, self.standard_errors().tolist(), strict=True):
            low, high = (moved(estimate.value, estimate.scale, sign * 1.6449 * error) for sign in (-1, 1))
            yield estimate, low, high


@dataclasses.dataclass(frozen=True)
class NotFitted:
    """Something that cannot be fitted to the history, and what would be needed."""

    what: str
    why: str


def sound(found: Sequence[Fit | NotFitted]) -> list[Fit | NotFitted]:
    """Return what was found, but nothing whose value or error is no number, or beyond all use.

    No scenario can be run on such.
    """
    return [one if isinstance(one, NotFitted) or _is_sound(one) else _unsound(one) for one in found]


def _is_sound(fit: Fit) -> bool:
    values = np.array([one.value for one in fit.estimates], float)
    if not (np.isfinite(values).all() and np.isfinite(fit.covariance).all()):
        return False
    most = [LARGEST if one.scale == "plain" else MOST_VARIANCE for one in fit.estimates]
    variances = np.diag(fit.covariance)
    return bool((variances >= 0).all() and (variances <= most).all())


def _unsound(fit: Fit) -> NotFitted:
    why = f"{fit.seen:,} observations do not settle it; they are too few, or too much alike"
    return NotFitted(fit.subject.path(*fit.estimates[0].key[:-1]), why)


def document_of(fits: Sequence[Fit]) -> dict[str, Any]:
    """Return the contents of a parameters file: the values at their places in a scenario, and how they are drawn."""
    document: dict[str, Any] = {}
    fits = [fit for fit in fits if not fit.told]
    for fit in fits:
        for estimate in fit.estimates:
            _place(document, estimate.subject, estimate.key, estimate.written())
        for subject in fit.subjects:
            for key, value in fit.fixed.items():
                _place(document, subject, key, value)
    document["draws"] = [
        {
            "group": fit.group,
            "paths": [estimate.path for estimate in fit.estimates],
            "scale": [estimate.scale for estimate in fit.estimates],
            "covariance": [[float(f"{value:.6g}") for value in row] for row in fit.covariance.tolist()],
        }
        for fit in fits
        if fit.drawn
    ]
    return document


def as_reported(fit: Fit) -> Fit:
    """Return a fit whose values come from figures of reports."""
    return dataclasses.replace(
        fit, estimates=tuple(dataclasses.replace(estimate, origin="reported") for estimate in fit.estimates)
    )


def share_of(part: Array, whole: Array) -> tuple[float, float]:
    """Return a ratio of sums over clusters, and the variance of its logit (Cochran 1977, 6.13)."""
    clusters = whole.size
    share = float(part.sum() / whole.sum())
    inside = min(max(share, 0.5 / whole.sum()), 1 - 0.5 / whole.sum())
    variance = clusters / (clusters - 1) * float(((part - share * whole) ** 2).sum()) / float(whole.sum()) ** 2
    return share, variance / (inside * (1 - inside)) ** 2


def _place(document: dict[str, Any], subject: Subject, key: Key, value: object) -> None:
    for name in (subject.part, subject.name, *key[:-1]):
        document = document.setdefault(name, {})
    document[key[-1]] = value
