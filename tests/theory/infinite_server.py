"""Work that never waits: a sinusoidal rate of arrivals and as many agents as it takes (Mt/M/infinity)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.theory import _checks


@dataclass(frozen=True)
class SinusoidalDemand:
    """Arrivals at rate base + amplitude * sin(2 pi t / period), each at once in hand for an exponential time.

    All rates are per unit of time; `period` and `mean_handle` are in that unit. The number in hand is Poisson at every
    moment, so its variance equals its mean.
    Raises `ValueError` for values that are not positive and an amplitude above the base.
    Source: Eick, Massey & Whitt (1993).
    """

    base: float
    amplitude: float
    period: float
    mean_handle: float

    def __post_init__(self) -> None:
        for value, what in ((self.base, "base"), (self.period, "period"), (self.mean_handle, "mean_handle")):
            _checks.positive(value, what)
        _checks.not_negative(self.amplitude, "amplitude")
        if self.amplitude > self.base:
            raise ValueError(f"amplitude {self.amplitude:g} exceeds base {self.base:g}; a rate cannot be negative")

    def rate(self, time: float) -> float:
        """Return the rate of arrivals at a time."""
        return self.base + self.amplitude * math.sin(self._frequency * time)

    def arrivals(self, begin: float, end: float) -> float:
        """Return the mean number of arrivals between two times. Raises `ValueError` if the second is earlier."""
        if end < begin:
            raise ValueError(f"the end {end:g} lies before the begin {begin:g}")
        swing = math.cos(self._frequency * begin) - math.cos(self._frequency * end)
        return self.base * (end - begin) + self.amplitude * swing / self._frequency

    def mean_in_system(self, time: float) -> float:
        """Return the mean (and variance) of the number in hand at a time, long after the start."""
        turn = self._frequency * self.mean_handle
        swing = math.sin(self._frequency * time) - turn * math.cos(self._frequency * time)
        return self.mean_handle * (self.base + self.amplitude * swing / (1 + turn * turn))

    @property
    def lag(self) -> float:
        """Return the time by which the peak of the number in hand follows the peak of arrivals."""
        return math.atan(self._frequency * self.mean_handle) / self._frequency

    @property
    def _frequency(self) -> float:
        return 2 * math.pi / self.period
