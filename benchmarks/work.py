"""The work that every contender does, and the answer that it owes.

The rules, for all of them. Items of a queue arrive as a Poisson process with a rate by hour and need a lognormal
handle time. A free agent takes the oldest item of the first of its skills that has one; if there is none it is idle,
and an arriving item goes to the agent that has been idle longest (since its last completion, or since it came on) of
those that have the skill. Nothing is interrupted: an agent whose block ends finishes its item and then leaves. A gap of
less than `BREAK` between two blocks is a break: it begins when the agent is free and keeps its length. A block that is
over before the agent is back is lost, and the gap after it is taken from then. The run ends, sharp, at the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Chunks: TypeAlias = Iterator[tuple[Floats, Floats]]
"""Arrival times and handle times of a queue, in order, some at a time."""

HOUR = 3_600.0
DAY = 86_400.0
BREAK = 2 * HOUR
"""A shorter gap between two blocks of duty of an agent is a break, a longer one is the time between shifts."""
GRAIN = 2.0**-20
"""Times and durations are multiples of this, in seconds: their sums are exact, whatever adds them."""


@dataclass(frozen=True)
class Work:
    """Arrivals, handle times, skills and duty; times in seconds from 0 to the horizon."""

    rates: Floats
    """[queue, hour]: items per hour, constant within the hour."""
    handle_mean: Floats
    """[queue]: mean of the lognormal handle time."""
    handle_cv: Floats
    """[queue]: its coefficient of variation."""
    skills: Ints
    """[agent, rank]: queues in order of priority, padded with -1."""
    on: Floats
    """[block]: when a block of duty begins; blocks are sorted by agent and time."""
    off: Floats
    """[block]: when it ends."""
    agent: Ints
    """[block]: whose it is."""
    horizon: float


@dataclass(frozen=True)
class Outcome:
    """What a contender found, and how long it took. Waits are of the items picked up before the horizon."""

    items: int
    mean_wait: float
    wait_by_queue: Floats
    completed: int
    seconds: float


def outcome(began: float, items: int, completed: int, wait: Floats, taken: Ints) -> Outcome:
    """Return the answer, from the wait of all items picked up by queue, and their number; timed from `began`."""
    return Outcome(
        items=int(items),
        mean_wait=float(wait.sum() / taken.sum()),
        wait_by_queue=wait / np.where(taken, taken, np.nan),
        completed=int(completed),
        seconds=perf_counter() - began,
    )


def lognormal(work: Work) -> tuple[Floats, Floats]:
    """Return mu and sigma of each queue's handle times."""
    variance = np.log1p(work.handle_cv**2)
    return np.log(work.handle_mean) - variance / 2, np.sqrt(variance)


def drawn_by_day(work: Work, seed: int) -> list[Chunks]:
    """Return each queue's items, a day at a time, drawn by NumPy."""
    mu, sigma = lognormal(work)
    generators = [np.random.default_rng([seed, queue]) for queue in range(len(mu))]
    return [_days(*drawn) for drawn in zip(generators, work.rates, mu, sigma, strict=True)]


def _days(rng: np.random.Generator, rates: Floats, mu: float, sigma: float) -> Chunks:
    for start in range(0, len(rates), 24):
        counts = rng.poisson(rates[start : start + 24])
        hour = np.repeat(np.arange(start, start + len(counts)), counts)
        times = np.sort((hour + rng.random(len(hour))) * HOUR)
        yield to_grain(times), to_grain(rng.lognormal(mu, sigma, len(times)))


def to_grain(times: Floats) -> Floats:
    """Round to the grain of time."""
    return np.round(times / GRAIN) * GRAIN


def agents_blocks(work: Work) -> list[list[tuple[float, float]]]:
    """Return each agent's blocks of duty."""
    bounds = np.searchsorted(work.agent, np.arange(len(work.skills) + 1))
    blocks = list(zip(work.on.tolist(), work.off.tolist(), strict=True))
    return [blocks[first:last] for first, last in pairwise(bounds)]


def first_days(work: Work, days: int) -> Work:
    """Return the first days of the work."""
    horizon = min(days * DAY, work.horizon)
    kept = work.on < horizon
    return replace(
        work,
        rates=work.rates[:, : round(horizon / HOUR)].copy(),
        on=work.on[kept],
        off=work.off[kept],
        agent=work.agent[kept],
        horizon=horizon,
    )


QUEUE_LOAD = np.array([0.20, 0.16, 0.15, 0.13, 0.11, 0.10, 0.08, 0.07])
RELATIVE_HANDLE = np.array([0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0])
HANDLE_CV = np.array([0.8, 1.0, 0.9, 1.2, 1.0, 1.1, 0.7, 1.3])
SHIFT_START = np.array([6.0, 14.0, 22.0]) * HOUR
START_SPREAD = 1.0 * HOUR
SHIFT_LENGTH = np.array([8.5, 9.0, 8.5]) * HOUR
SHIFT_SHARE = np.array([0.38, 0.36, 0.26])
BREAK_AFTER = np.array([1.0, 3.25, 6.25]) * HOUR
BREAK_SPREAD = np.array([1.5, 2.25, 1.5]) * HOUR
BREAK_LENGTH = np.array([0.25, 0.5, 0.25]) * HOUR
ABSENT = 0.08
OCCUPANCY = 0.85


def synthetic(items: float, agents: int, days: int, seed: int) -> Work:
    """Return a work of so many items: 8 queues, 24 teams (each queue's own on each of 3 shifts), 5 days out of 7.

    Handle times are as long as an occupancy of `OCCUPANCY` allows. The day's profile is steeper than the staffing, so
    queues build up around noon and are worked off by the evening.
    """
    rng = np.random.default_rng(seed)
    team = rng.choice(24, agents, p=np.outer(QUEUE_LOAD, SHIFT_SHARE).ravel())
    on, off, agent = _duty(rng, team % 3, days)
    load, handle = _load(days), RELATIVE_HANDLE
    rates = load / handle[:, None]
    scale = items / rates.sum()
    on_duty = float((np.minimum(off, days * DAY) - on).sum())
    return Work(
        rates=rates * scale,
        handle_mean=handle * (OCCUPANCY * on_duty / (load.sum() * scale)),
        handle_cv=HANDLE_CV,
        skills=np.array([_team_skills(int(number)) for number in team]),
        on=on,
        off=off,
        agent=agent,
        horizon=days * DAY,
    )


def _load(days: int) -> Floats:
    """Return the work that arrives, [queue, hour], in some unit: a daily wave, and less of it on two days a week."""
    hour = np.arange(24 * days)
    wave = 1.0 + 0.45 * np.sin((hour % 24 - 7.5) * (2 * np.pi / 24))
    weekday = np.where(hour // 24 % 7 < 5, 1.0, 0.94)
    return np.outer(QUEUE_LOAD, wave * weekday).astype(np.float64)


def _team_skills(team: int) -> list[int]:
    """Return two to four skills: the team's own queue, then those it helps out in."""
    own, shift = divmod(team, 3)
    skills = [(own + step) % 8 for step in (0, 1, 3, 6)][: 2 + (own + shift) % 3]
    return skills + [-1] * (4 - len(skills))


def _duty(rng: np.random.Generator, shift: Ints, days: int) -> tuple[Floats, Floats, Ints]:
    """Return the blocks of duty, each of four to an agent and day worked, with staggered breaks."""
    agents = len(shift)
    day = np.arange(-1, days)
    works = (day[None, :] + rng.integers(7, size=agents)[:, None]) % 7 < 5
    works &= rng.random(works.shape) >= ABSENT
    who, which = np.nonzero(works)
    start = day[which] * DAY + SHIFT_START[shift[who]] + rng.uniform(0, START_SPREAD, len(who))
    rest = start[:, None] + BREAK_AFTER + rng.random((len(who), 3)) * BREAK_SPREAD
    end = start + SHIFT_LENGTH[shift[who]]
    on = np.column_stack([start, rest + BREAK_LENGTH]).ravel()
    off = np.column_stack([rest, end]).ravel()
    agent = np.repeat(who, 4)
    kept = (off > 0) & (on < days * DAY)
    on, off = (to_grain(np.maximum(time[kept], 0.0)) for time in (on, off))
    return on, off, agent[kept]
