"""What arrivals go through, given how many items they find before them: first come, first served.

An arrival who finds n items with c agents, n >= c, waits for n - c + 1 departures. While j others wait in front of it,
the next departure comes at rate c/handle + j/patience. The sum of these exponential times, seen as
exp(-wait/patience), is Beta(c * patience/handle, n - c + 1): hence the incomplete beta functions below. Without
abandonment it is Erlang distributed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tests.theory import _checks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Wait:
    """The time that an item would wait if it never gave up, by the number of departures it waits for."""

    departures: Array
    agents: int
    mean_handle: float
    mean_patience: float

    def served_share(self) -> Array:
        """Return the probability of being picked up at all."""
        if math.isinf(self.mean_patience):
            return np.ones_like(self.departures)
        return self._shape / (self._shape + self.departures)

    def within(self, limit: float) -> Array:
        """Return the probability that the agents are ready within `limit`."""
        from scipy import special

        if math.isinf(self.mean_patience):
            return np.asarray(special.gammainc(self.departures, self.agents * limit / self.mean_handle))
        return np.asarray(1 - special.betainc(self._shape, self.departures, self._stay(limit)))

    def served_within(self, limit: float) -> Array:
        """Return the probability that the item is still there and picked up within `limit`."""
        from scipy import special

        if math.isinf(self.mean_patience):
            return self.within(limit)
        tail = special.betainc(self._shape + 1, self.departures, self._stay(limit))
        return np.asarray(self.served_share() * (1 - tail))

    def mean_line_time(self) -> Array:
        """Return the mean time until pick-up or abandonment."""
        if math.isinf(self.mean_patience):
            return self.departures * (self.mean_handle / self.agents)
        return self.mean_patience * (1 - self.served_share())

    def mean_served_time(self) -> Array:
        """Return the mean of the wait, counted as zero for who abandons."""
        from scipy import special

        if math.isinf(self.mean_patience):
            return self.mean_line_time()
        spread = special.digamma(self._shape + self.departures + 1) - special.digamma(self._shape + 1)
        return np.asarray(self.served_share() * self.mean_patience * spread)

    @property
    def _shape(self) -> float:
        return self.agents * self.mean_patience / self.mean_handle

    def _stay(self, limit: float) -> float:
        return math.exp(-limit / self.mean_patience)


@dataclass(frozen=True, eq=False)
class Congestion:
    """How full a queue is for its arrivals, and what follows from it for them (M/M/c + M).

    `found[n]` is the probability that an arrival finds n items, waiting or in hand. Arrivals are Poisson at a constant
    rate, so it is also the share of time with n items. `mean_handle`, `mean_patience` (infinite: nobody abandons) and
    every result in time share one unit.
    Raises `ValueError` for values that are not positive and for probabilities that do not sum to one.
    Source of the waiting times: Palm (1957); Mandelbaum & Zeltyn (2007).
    """

    found: Array
    agents: int
    mean_handle: float
    mean_patience: float = math.inf

    def __post_init__(self) -> None:
        _checks.positive(self.mean_handle, "mean_handle")
        _checks.patience(self.mean_patience)
        _checks.whole_agents(self.agents)
        total = float(self.found.sum())
        if abs(total - 1) > 1e-9 or self.found.min() < 0:
            raise ValueError(f"found: the probabilities sum to {total:.9g}; they must be positive and sum to 1")

    @property
    def delayed_share(self) -> float:
        """Return the share of all arrivals that wait at all, whether they are picked up or abandon."""
        return float(self._found_busy.sum())

    @property
    def served_share(self) -> float:
        """Return the share of all arrivals that are picked up."""
        return self._at_once + self._averaged(self._wait.served_share())

    @property
    def abandoned_share(self) -> float:
        """Return the share of all arrivals that leave unserved."""
        return self._averaged(1 - self._wait.served_share())

    @property
    def mean_wait(self) -> float:
        """Return the mean time in the line over all arrivals, until pick-up or abandonment."""
        return self._averaged(self._wait.mean_line_time())

    @property
    def mean_wait_served(self) -> float:
        """Return the mean wait of those who are picked up (average speed of answer)."""
        return self._averaged(self._wait.mean_served_time()) / self.served_share

    @property
    def occupancy(self) -> float:
        """Return the share of the agents' time that is spent on items."""
        return float(np.minimum(self._items, self.agents) @ self.found) / self.agents

    @property
    def mean_line(self) -> float:
        """Return the mean number of items that wait."""
        return float(np.maximum(self._items - self.agents, 0.0) @ self.found)

    @property
    def mean_in_system(self) -> float:
        """Return the mean number of items that wait or are in hand."""
        return float(self._items @ self.found)

    def served_within(self, limit: float) -> float:
        """Return the share of all arrivals that are picked up within `limit`. Raises `ValueError` if it is negative."""
        _checks.not_negative(limit, "limit")
        return self._at_once + self._averaged(self._wait.served_within(limit))

    def abandoned_within(self, limit: float) -> float:
        """Return the share of all arrivals that leave unserved within `limit`. Raises `ValueError` if negative."""
        _checks.not_negative(limit, "limit")
        if math.isinf(self.mean_patience):
            return 0.0
        still_waiting = math.exp(-limit / self.mean_patience) * (1 - self._wait.within(limit))
        return self._averaged(1 - self._wait.served_within(limit) - still_waiting)

    def attainment(self, limit: float) -> float:
        """Return the share picked up within `limit` of all but those who left before it.

        Who gives up earlier does not count, who gives up later counts as late: the definition of `sla.csv`.
        Raises `ValueError` for a negative limit.
        """
        return self.served_within(limit) / (1 - self.abandoned_within(limit))

    @cached_property
    def _items(self) -> Array:
        return np.arange(len(self.found), dtype=np.float64)

    @property
    def _found_busy(self) -> Array:
        return self.found[self.agents :]

    @property
    def _at_once(self) -> float:
        return float(self.found[: self.agents].sum())

    @cached_property
    def _wait(self) -> _Wait:
        departures = np.arange(1, len(self._found_busy) + 1, dtype=np.float64)
        return _Wait(departures, self.agents, self.mean_handle, self.mean_patience)

    def _averaged(self, by_state: Array) -> float:
        return float(self._found_busy @ by_state)


def departure_rates(states: int, agents: int, mean_handle: float, mean_patience: float) -> Array:
    """Return the rate of leaving, served or not, with 0, 1, ... states - 1 items in the system."""
    items = np.arange(states, dtype=np.float64)
    waiting = np.maximum(items - agents, 0.0)
    return (items - waiting) / mean_handle + waiting / mean_patience
