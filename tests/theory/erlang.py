"""Erlang B and C: Poisson arrivals, exponential handle times, agents that share one line (M/M/c)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from tests.theory import _checks


def erlang_b(load: float, agents: int) -> float:
    """Return the share of items that find every agent busy when nothing may wait (M/M/c/c).

    `load` is in erlangs: arrival rate times mean handle time. Computed by the recursion in the number of agents, which
    neither overflows nor cancels, however many there are.
    Raises `ValueError` for a negative load or number of agents.
    Source: Erlang (1917).
    """
    _checks.not_negative(load, "load")
    _checks.whole_agents(agents, least=0)
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """Return the share of items that have to wait (M/M/c).

    `load` is in erlangs. Raises `ValueError` for a queue that has no steady state (load >= agents).
    Source: Erlang (1917).
    """
    _checks.not_negative(load, "load")
    _checks.whole_agents(agents)
    _checks.stable(load, agents)
    blocked = erlang_b(load, agents)
    return blocked / (1 - load / agents * (1 - blocked))


@dataclass(frozen=True)
class ErlangC:
    """The steady state of a line in which everybody waits until picked up, oldest first (M/M/c).

    `rate` is arrivals per unit of time; `mean_handle` and every result in time are in that unit.
    Raises `ValueError` for values that are not positive and for a queue without a steady state.
    Source: Erlang (1917).
    """

    rate: float
    mean_handle: float
    agents: int

    def __post_init__(self) -> None:
        _checks.positive(self.rate, "rate")
        _checks.positive(self.mean_handle, "mean_handle")
        _checks.whole_agents(self.agents)
        _checks.stable(self.load, self.agents)

    @property
    def load(self) -> float:
        """Return the offered load in erlangs."""
        return self.rate * self.mean_handle

    @property
    def occupancy(self) -> float:
        """Return the share of the agents' time that is spent on items."""
        return self.load / self.agents

    @cached_property
    def delayed_share(self) -> float:
        """Return the share of items that wait at all."""
        return erlang_c(self.load, self.agents)

    @property
    def mean_wait(self) -> float:
        """Return the mean wait over all items (average speed of answer)."""
        return self.delayed_share / self._spare_rate

    @property
    def mean_line(self) -> float:
        """Return the mean number of items that wait."""
        return self.rate * self.mean_wait

    @property
    def mean_in_system(self) -> float:
        """Return the mean number of items that wait or are in hand."""
        return self.mean_line + self.load

    def served_within(self, limit: float) -> float:
        """Return the share of items that are picked up within `limit` (service level).

        Raises `ValueError` for a negative limit.
        """
        _checks.not_negative(limit, "limit")
        return 1 - self.delayed_share * math.exp(-self._spare_rate * limit)

    def wait_percentile(self, share: float) -> float:
        """Return the wait that `share` of all items do not exceed; zero if so many do not wait at all.

        Raises `ValueError` unless 0 <= share < 1.
        """
        _checks.share_below_one(share, "share")
        if share <= 1 - self.delayed_share:
            return 0.0
        return math.log(self.delayed_share / (1 - share)) / self._spare_rate

    @property
    def _spare_rate(self) -> float:
        return self.agents / self.mean_handle - self.rate
