"""Queues whose servers work several items at once: Markov chains, solved as linear equations.

Items come at random, need exponential work, and wait only while every agent's hands are full. An agent with k in hand
works on each at pace[k - 1]. An item goes to an agent with the fewest in hand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import spsolve

from tests.theory._checks import positive, stable, whole_agents

State = tuple[int, ...]
"""How many agents have 0, 1, ... in hand; last, how many items wait."""


@dataclasses.dataclass(frozen=True)
class AtOnceQueue:
    """M/M/c whose servers share their time: `arrivals` a second, `work` mean seconds of an item alone."""

    arrivals: float
    work: float
    agents: int
    pace: Sequence[float]
    longest: int = 2000
    """The longest line that is reckoned with."""

    def __post_init__(self) -> None:
        positive(self.arrivals, "arrivals")
        positive(self.work, "work")
        whole_agents(self.agents)
        stable(self.arrivals * self.work / (len(self.pace) * self.pace[-1]), self.agents)

    def _moves(self, state: State) -> Iterator[tuple[State, float]]:
        *hands, line = state
        full = len(self.pace)
        if hands[full] == self.agents:
            yield (*hands, min(line + 1, self.longest)), self.arrivals
        else:
            fewest = next(k for k, agents in enumerate(hands) if agents)
            yield (*_moved(hands, fewest, fewest + 1), line), self.arrivals
        for k in range(1, full + 1):
            if hands[k]:
                after = (*hands, line - 1) if line else (*_moved(hands, k, k - 1), 0)
                yield after, hands[k] * k * self.pace[k - 1] / self.work

    def _shares(self) -> dict[State, float]:
        """Return the part of the time that is spent in each state."""
        first: State = (self.agents, *(0 for _ in self.pace), 0)
        places, todo, rates = {first: 0}, [first], []
        while todo:
            state = todo.pop()
            for after, rate in self._moves(state):
                if after not in places:
                    places[after] = len(places)
                    todo.append(after)
                rates.append((places[after], places[state], rate))
                rates.append((places[state], places[state], -rate))
        rows, columns, values = (np.array(part) for part in zip(*rates, strict=True))
        kept = rows > 0
        size = len(places)
        rows, columns = np.append(rows[kept], np.zeros(size, int)), np.append(columns[kept], np.arange(size))
        balance = csr_matrix((np.append(values[kept], np.ones(size)), (rows, columns)), (size, size))
        return dict(zip(places, spsolve(balance.tocsc(), np.eye(size, 1)[:, 0]).tolist(), strict=True))

    def figures(self) -> tuple[float, float, float, float]:
        """Return mean wait in seconds, share delayed, occupancy, and mean time in hand in seconds."""
        shares = self._shares()
        line = sum(share * state[-1] for state, share in shares.items())
        delayed = sum(share for state, share in shares.items() if state[-2] == self.agents)
        busy = sum(share * (self.agents - state[0]) / self.agents for state, share in shares.items())
        in_hand = sum(share * sum(k * agents for k, agents in enumerate(state[:-1])) for state, share in shares.items())
        return line / self.arrivals, delayed, busy, in_hand / self.arrivals


def _moved(hands: Sequence[int], source: int, target: int) -> tuple[int, ...]:
    return tuple(agents - (k == source) + (k == target) for k, agents in enumerate(hands))


def one_agent(arrivals: float, work: float, pace: Sequence[float]) -> float:
    """Return the mean wait in seconds for one agent: a birth-death process (Kleinrock 1975, 3.1)."""
    full = len(pace)
    weights, weight = [1.0], 1.0
    for k in range(1, full + 1):
        weight *= arrivals * work / (k * pace[k - 1])
        weights.append(weight)
    load = arrivals * work / (full * pace[-1])
    total = sum(weights[:-1]) + weights[-1] / (1 - load)
    return weights[-1] * load / (1 - load) ** 2 / total / arrivals
