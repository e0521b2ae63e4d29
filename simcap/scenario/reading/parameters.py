"""Fitted parameters: what their file may hold, and how each replication draws them.

A parameters file has the shape of a scenario, `queues` and `vendors`, and beside it `draws`: blocks of values that are
jointly uncertain, and `origins`: where they come from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from simcap import units
from simcap.scenario.reading.source import Stamp
from simcap.scenario.reading.varying import resolve, value_at
from simcap.scenario.schema.quantities import LARGEST, Model, parse_rate
from simcap.streams import Purpose, Streams

Scale = Literal["log", "logit", "plain"]
_EDGE: Final = 1e-9
MOST_VARIANCE: Final = 100
"""Variance of a logarithm or a logit: one more standard deviation is a factor of 22,000."""
_Z90: Final = 1.6449
"""Standard normal quantile at 95%."""


class Block(Model):
    """Jointly uncertain fitted values: normal, on the scales given, around the values of the file."""

    group: str
    """What they describe: volume, busy days in common, handle time, ramp, attrition, shrinkage, follow-up, patience."""
    paths: tuple[str, ...] = Field(min_length=1)
    """Dotted paths of the values."""
    scale: tuple[Scale, ...]
    """The scale on which each is normal."""
    covariance: tuple[tuple[float, ...], ...]
    """Covariance of the estimates on these scales."""

    @model_validator(mode="after")
    def _square(self) -> Self:
        size = len(self.paths)
        if len(self.scale) != size or len(self.covariance) != size or any(len(row) != size for row in self.covariance):
            raise ValueError(f"{size} paths need as many scales, and a covariance of {size} rows and columns")
        matrix = np.array(self.covariance)
        if np.abs(matrix).max() > LARGEST:
            raise ValueError(f"the covariance has values beyond {LARGEST:,}; no estimate is as uncertain")
        for path, scale, variance in zip(self.paths, self.scale, np.diag(matrix).tolist(), strict=True):
            if scale != "plain" and variance > MOST_VARIANCE:
                raise ValueError(
                    f"the variance of {path} is {variance:g} on the {scale} scale; it is at most {MOST_VARIANCE}"
                )
        if not np.allclose(matrix, matrix.T, rtol=1e-6, atol=1e-15):
            raise ValueError("the covariance is not symmetric")
        if np.linalg.eigvalsh(matrix).min() < -1e-9 * max(float(np.trace(matrix)), _EDGE):
            raise ValueError("the covariance is not positive semi-definite, as every covariance is")
        return self


class FittedFrom(Model):
    """Where the values under a path come from."""

    path: str
    """Dotted path: of one value, or of all that stand below it."""
    origin: Literal["fitted", "reported", "prior"] = "fitted"
    """Fitted to logs, read from reports, or taken from the field's usual range."""
    files: tuple[str, ...] = ()
    """The files that it rests on."""
    observations: int | None = None
    """How many observations."""
    note: str = ""
    """What it rests on besides."""


class Parameters(Model):
    """A parameters file."""

    title: str = ""
    """What it was fitted to."""
    history: dict[str, Any] = {}
    """Where the figures come from: the days fitted on, rows used."""
    queues: dict[str, dict[str, Any]] = {}
    """What is known about queues, as in a scenario."""
    vendors: dict[str, dict[str, Any]] = {}
    """What is known about vendors and their teams, as in a scenario."""
    routing: dict[str, Any] = {}
    """What is known about the split of work between vendors: it holds where a scenario says nothing of allocation."""
    draws: tuple[Block, ...] = ()
    """The uncertainty of these values."""
    origins: tuple[FittedFrom, ...] = ()
    """Where these values come from; a longer path goes before a shorter one."""

    def stamp_of(self, path: str, file: str) -> Stamp:
        """Return where the value at a path of a scenario comes from, if it is filled from this file."""
        above = [one for one in self.origins if path == one.path or path.startswith(f"{one.path}.")]
        known = max(above, key=lambda one: len(one.path), default=FittedFrom(path=path))
        seen = "" if known.observations is None else f"{known.observations:,} observations"
        days = " to ".join(str(self.history[key]) for key in ("from", "to") if key in self.history)
        source = "; ".join(text for text in (file, ", ".join(known.files), seen, days) if text)
        return Stamp(known.origin, source, str(self.history.get("to", "")), known.note)


@dataclass(frozen=True)
class Fitted:
    """The fitted values that a scenario uses: the blocks, and which of their paths the scenario left open."""

    blocks: tuple[Block, ...]
    open: frozenset[str]
    document: Mapping[str, Any]

    def draw(self, streams: Streams) -> dict[str, float]:
        """Return the values of one replication by path: durations in seconds, shares as fractions."""
        drawn: dict[str, float] = {}
        for block in self.blocks:
            normal = np.array([_normal(streams, block.group, path) for path in block.paths])
            values, vectors = np.linalg.eigh(np.array(block.covariance))
            shifts = (vectors * np.sqrt(np.maximum(values, 0.0))) @ (vectors.T @ normal)
            for path, scale, shift in zip(block.paths, block.scale, shifts.tolist(), strict=True):
                if path in self.open:
                    drawn[path] = moved(number_at(self.document, path), scale, shift)
        return drawn

    def ranges(self) -> Iterator[tuple[str, str, float, float, float]]:
        """Yield, for each value that is drawn, its group and path, the value, and the 90% range of the draws."""
        for block in self.blocks:
            errors = np.sqrt(np.diag(np.array(block.covariance))).tolist()
            for path, scale, error in zip(block.paths, block.scale, errors, strict=True):
                if path in self.open:
                    value = number_at(self.document, path)
                    low, high = (moved(value, scale, sign * _Z90 * error) for sign in (-1, 1))
                    yield block.group, path, value, low, high


def _normal(streams: Streams, group: str, path: str) -> float:
    from scipy.special import ndtri

    return float(ndtri(streams.uniform(Purpose.PARAMETERS, group, path)))


def number_at(document: Mapping[str, Any], path: str) -> float:
    """Return the quantity at a dotted path: durations in seconds, shares as fractions, rates as hazards per second."""
    keys, _ = resolve(dict(document), path)
    value = value_at(document, keys)
    if isinstance(value, (int, float)):
        return float(value)
    parsers: tuple[Callable[[object], float], ...] = (units.parse_signed_share, units.parse_duration, parse_rate)
    for parse in parsers:
        try:
            return parse(value)
        except ValueError:
            continue
    raise ValueError(f"{value!r} is not a quantity")


def moved(value: float, scale: str, shift: float) -> float:
    """Return a value shifted on its scale: log, logit or plain."""
    if scale == "log":
        return value * math.exp(shift)
    if scale == "plain":
        return value + shift
    share = min(max(value, _EDGE), 1 - _EDGE)
    return 1 / (1 + math.exp(-math.log(share / (1 - share)) - shift))
