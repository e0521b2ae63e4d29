"""The items of the bare loop, drawn a block at a time when the last is used up.

Times are stamps: ticks of 2 ** -20 s and, in the lowest 16 bits, the number of the agent or queue concerned, so that
one comparison of integers finds the earliest and whose it is. Each queue draws from a stream of its own, so its items
are the same in whatever order the queues are served.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numba import int64, njit
from numpy.typing import NDArray

from benchmarks.draws import fill_exponential, fill_normal, power_of_two
from benchmarks.work import GRAIN, HOUR, Chunks, Floats, Ints, Work, lognormal

Records: TypeAlias = Any
"""An array of records; their fields are known to numba and not to type checkers."""

BLOCK = 128
NUMBER = 16
NEVER = np.int64(2**62)
ITEM = np.dtype([("arrive", "i8"), ("handle", "i8")])
RATE = np.dtype([("until", "f8"), ("slope", "f8"), ("origin", "f8")])
"""An hour of a queue: items expected by its end, ticks per expected item, ticks at which that line would start."""


class Source(NamedTuple):
    """What items are drawn from, and the block drawn of each queue."""

    items: Records  # ITEM[queue, BLOCK]
    rates: Records  # RATE[queue, hour], and an endless hour after the last
    expected: Floats  # [queue]: items expected by the time of the last one drawn
    hour: Ints  # [queue]: of the last one drawn
    mu: Floats  # [queue]: of log2(handle time in ticks)
    sigma: Floats
    counters: NDArray[np.uint64]  # [queue, 2], of the random numbers
    scratch: Floats  # [BLOCK]
    bits: Ints  # a view of it
    powers: Floats  # [BLOCK]


def stamps(seconds: Floats | float) -> Any:
    """Return times as stamps of number 0."""
    return np.round(np.asarray(seconds) / GRAIN).astype(np.int64) << NUMBER


def seconds(these: Ints) -> Floats:
    """Return the times of stamps."""
    return (these >> NUMBER).astype(np.float64) * GRAIN


def source(work: Work, seed: int) -> Source:
    """Return where the work's items come from; nothing is drawn yet."""
    queues, hours = work.rates.shape
    expected = np.cumsum(work.rates, axis=1)
    rates = np.zeros((queues, hours + 1), RATE)
    rates["until"], rates["origin"] = np.inf, float(NEVER >> NUMBER)
    rates["until"][:, :-1] = expected
    rates["slope"][:, :-1] = slope = (HOUR / GRAIN) / np.maximum(work.rates, 1e-300)
    rates["origin"][:, :-1] = np.arange(hours) * (HOUR / GRAIN) - (expected - work.rates) * slope
    mu, sigma = lognormal(work)
    counters = np.random.SeedSequence(seed).generate_state(2 * queues, np.uint64)
    scratch = np.zeros(BLOCK)
    return Source(
        items=np.zeros((queues, BLOCK), ITEM),
        rates=rates,
        expected=np.zeros(queues),
        hour=np.zeros(queues, np.int64),
        mu=(mu - math.log(GRAIN)) / math.log(2),
        sigma=sigma / math.log(2),
        counters=counters.astype(np.uint64).reshape(queues, 2),
        scratch=scratch,
        bits=scratch.view(np.int64),
        powers=np.zeros(BLOCK),
    )


@njit
def draw(source: Source, queue: int) -> None:
    """Draw a queue's next block."""
    fill_normal(source.scratch, source.counters[queue])
    power_of_two(source.scratch, source.bits, source.mu[queue], source.sigma[queue], source.powers)
    for i in range(BLOCK):
        source.items[queue, i].handle = int64(source.powers[i] + 0.5) << NUMBER
    fill_exponential(source.scratch, source.counters[queue])
    expected, hour = source.expected[queue], source.hour[queue]
    for i in range(BLOCK):
        expected += source.scratch[i]
        while expected >= source.rates[queue, hour].until:
            hour += 1
        rate = source.rates[queue, hour]
        source.items[queue, i].arrive = int64(rate.origin + expected * rate.slope) << NUMBER | int64(queue)
    source.expected[queue], source.hour[queue] = expected, hour


def drawn(work: Work, seed: int) -> list[Chunks]:
    """Return the very items that the bare loop draws, for others to work."""
    return [_blocks(source(work, seed), queue, work.horizon) for queue in range(len(work.rates))]


def _blocks(origin: Source, queue: int, horizon: float) -> Chunks:
    times = np.zeros(1)
    while times[-1] < horizon:
        draw(origin, queue)
        times, handles = (seconds(origin.items[queue][name]) for name in ("arrive", "handle"))
        yield times[times < horizon], handles[times < horizon]
