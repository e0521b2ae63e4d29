"""Work that overlaps: agents with several items in hand, as in chat; how many, and how fast each goes on.

Each agent's time is swept from item to item, so that for every item it is known how long it was in hand together with
how many others. A queue's work overlaps if for a fifth of the time on it or more several items are in hand.

With pace 1 - c (k - 1) for each of k items, an item's content is w = e - c x: e the time in hand, x the sum over that
time of the others in hand. Long items meet more others, so that a regression of e on x finds too large a c. But how
many an agent has in hand when taking an item does not depend on what is in the item: c is such that ln w is
uncorrelated with that number among each agent's items (an instrumental variable; Wooldridge 2010, 5.1, in moments).
Logarithms make an agent's speed a constant that drops out, and long items count no more than others. What remains as
bias: content that differs by hours of the day, if the numbers in hand do as well.

Where the numbers in hand do not vary enough to tell c, an agent's time is divided evenly among the items in hand
(multitasking in Simod; Estrada-Torres et al. 2021): the right throughput, but nothing about fewer items in hand.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize

from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, of_queue
from simcap.calibration.history.sheets import Note
from simcap.units import HOUR

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

STARTED_BESIDE = 0.1
"""Part of a queue's items started beside others from which on its agents' time is swept."""
OVERLAPPING = 0.2
"""Part of the time at work on a queue with several items in hand from which on its work is meant to overlap."""
USUAL = 0.01
"""Part of the time at work in which so many are in hand, or more, if that is usual."""
MOST = 20
"""The most items that an agent is believed to have in hand."""
ENOUGH = 200
SLOWEST, FASTEST = 0.02, 0.99
"""Bounds of each item's speed with as many in hand as is usual."""
TOLD = 0.9
"""Handle times below this part of the time from pick-up to decision, at the median, tell time at work already."""
UNSURE = 0.06
"""Standard error of the speed above which the numbers in hand tell too little of it."""


@dataclasses.dataclass(frozen=True)
class InHand:
    """What was in hand beside each item."""

    together: Array
    """[item, k] seconds in hand as one of k + 1 items of the agent; of more than `MOST`, in the last column."""
    before: Numbers
    """Items that the agent had in hand when taking it."""

    @property
    def others(self) -> Array:
        """Return the sum over the time in hand of the others in hand, in seconds."""
        return self.together @ np.arange(self.together.shape[1], dtype=np.float64)

    @property
    def divided(self) -> Array:
        """Return the seconds of each item if the agent's time is divided evenly among the items in hand."""
        return self.together @ (1.0 / np.arange(1, self.together.shape[1] + 1))

    def at_work(self, rows: NDArray[np.bool_]) -> Array:
        """Return the parts of agents' time on some items with 1, 2, ... in hand."""
        seconds = self.together[rows].sum(axis=0) / np.arange(1, self.together.shape[1] + 1)
        return np.asarray(seconds / max(seconds.sum(), 1e-9))


def swept(agent: Numbers, begun: Array, done: Array) -> InHand:
    """Return what was in hand beside each item, from its agent's number, its start and its end in seconds."""
    count = agent.size
    kind = np.repeat([1, -1], count)
    order = np.lexsort((kind, np.append(begun, done), np.append(agent, agent)))
    moment = np.append(begun, done)[order]
    held = np.cumsum(kind[order])
    place = np.empty(2 * count, np.int64)
    place[order] = np.arange(2 * count)
    lasts = np.append(np.diff(moment), 0.0)
    lasts[held == 0] = 0.0
    level = np.clip(held, 1, MOST) - 1
    most = int(level.max(initial=0)) + 1
    together = np.empty((count, most))
    for k in range(most):
        until = np.append(0.0, np.cumsum(np.where(level == k, lasts, 0.0)))
        together[:, k] = until[place[count:]] - until[place[:count]]
    return InHand(together, held[place[:count]] - 1)


def one_at_a_time(items: pd.DataFrame) -> tuple[pd.DataFrame, list[Fit | NotFitted], list[Note]]:
    """Return items with handle times as of work on one item alone, fits of how work overlaps, and what was changed.

    `items` has queue, agent, completed, handle (seconds in hand and at work). Queues whose work does not overlap stay
    as they are.
    """
    rows = np.flatnonzero(_known(items))
    done, spent = (items[name].to_numpy(float)[rows] for name in ("completed", "handle"))
    agent = np.asarray(items["agent"].cat.codes, np.int64)[rows]
    queue = items["queue"].astype("str").to_numpy()[rows]
    busy = _often_beside(agent, queue, done - spent, done)
    if not busy:
        return items, [], []
    theirs = np.isin(agent, np.unique(agent[np.isin(queue, busy)]))
    rows, done, spent, agent, queue = rows[theirs], done[theirs], spent[theirs], agent[theirs], queue[theirs]
    passed = done - items["started"].to_numpy(float)[rows]
    in_hand = swept(agent, done - spent, done)
    handle = items["handle"].to_numpy(float, copy=True)
    found: list[Fit | NotFitted] = []
    notes: list[Note] = []
    for name in busy:
        own = queue == name
        shares = in_hand.at_work(own)
        if 1 - shares[0] < OVERLAPPING or np.median(spent[own] / np.maximum(passed[own], 1e-3)) < TOLD:
            continue
        # What had been handed back before is longer than other work, and goes first in the morning, to empty hands.
        once = own & (spent >= TOLD * passed)
        fit = _fit(name, agent[once], spent[once], InHand(in_hand.together[once], in_hand.before[once]), shares)
        found.append(fit)
        work = _content(fit, spent[own], in_hand.others[own], in_hand.divided[own])
        handle[rows[own]] = work
        notes.append(_note(name, spent[own], work, shares))
    return items.assign(handle=handle), found, notes


def _known(items: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which items were worked by a named agent for a known time."""
    if items.empty:
        return np.zeros(0, bool)
    names = items["agent"].cat.categories.astype(str).str.strip()
    named = np.append(~names.isin(["", "nan"]), False)[items["agent"].cat.codes]
    done, handle = (items[name].to_numpy(float) for name in ("completed", "handle"))
    return np.asarray(named & np.isfinite(done) & (handle > 0))


def _often_beside(agent: Numbers, queue: NDArray[np.object_], begun: Array, done: Array) -> list[str]:
    """Return the queues many of whose items were started while their agent was working on another."""
    if not agent.size:
        return []
    order = np.lexsort((begun, agent))
    apart = agent[order] * (done.max() - begun.min() + 1.0)
    reached = np.maximum.accumulate(done[order] + apart) - apart
    beside = np.zeros(agent.size)
    beside[order[1:]] = (agent[order][1:] == agent[order][:-1]) & (begun[order][1:] < reached[:-1])
    part = pd.Series(beside).groupby(queue).mean()
    return sorted(part.index[part > STARTED_BESIDE].astype(str))


def _fit(name: str, agent: Numbers, spent: Array, in_hand: InHand, shares: Array) -> Fit | NotFitted:
    """Return how many items overlap, and how fast each goes on with so many in hand."""
    at_least = np.cumsum(shares[::-1])[::-1]
    most = max(int(np.flatnonzero(at_least >= USUAL).max()) + 1, 2)
    subject, key = of_queue(name), ("at_once", "speed")
    several = f"with {most} in hand at most"
    if spent.size < ENOUGH:
        return NotFitted(subject.path("at_once"), f"{spent.size} items {several}; {ENOUGH} are needed to tell a speed")
    centred = _within(agent, in_hand.before.astype(np.float64))
    steepest = (1 - SLOWEST) / (most - 1)
    others = np.minimum(in_hand.others, (most - 1) * spent)

    def moment(loss: float) -> float:
        return float(centred @ np.log(spent - loss * others))

    low, high = (1 - FASTEST) / (most - 1), steepest
    loss = low if moment(low) <= 0 else high if moment(high) >= 0 else float(optimize.brentq(moment, low, high))
    work = spent - loss * others
    slope = float(centred @ (others / work))
    each = centred * _within(agent, np.log(work))
    # By agents, whose number may be too small for it to be enough.
    noise = max(float((np.bincount(agent, each) ** 2).sum()), float((each**2).sum()))
    error = (most - 1) * np.sqrt(noise) / abs(slope) if slope else np.inf
    speed = 1 - loss * (most - 1)
    if not error < UNSURE:
        why = f"{spent.size:,} items, {several}: the numbers in hand vary too little to tell how fast each goes on"
        return NotFitted(subject.path("at_once"), f"{why}; agents' time is divided evenly among the items")
    estimate = Estimate(subject, key, speed, "logit", "share")
    variance = (error / (speed * (1 - speed))) ** 2
    goodness = {f"time at work with {k + 1} in hand": float(share) for k, share in enumerate(shares[:most])}
    fixed: dict[Key, int] = {("at_once", "items"): most}
    return Fit("at once", (estimate,), np.array([[variance]]), spent.size, goodness, fixed, drawn=False)


def _within(agent: Numbers, values: Array) -> Array:
    """Return values less the mean of their agent."""
    counts = np.maximum(np.bincount(agent), 1)
    return np.asarray(values - (np.bincount(agent, values) / counts)[agent])


def _content(fit: Fit | NotFitted, spent: Array, others: Array, divided: Array) -> Array:
    """Return the time that each item would have taken alone."""
    if isinstance(fit, NotFitted):
        return divided
    most = int(fit.fixed["at_once", "items"])
    loss = (1 - fit.value("at_once", "speed")) / (most - 1)
    return np.asarray(spent - loss * np.minimum(others, (most - 1) * spent))


def _note(name: str, spent: Array, work: Array, shares: Array) -> Note:
    parts = ", ".join(f"{k + 1}: {share:.0%}" for k, share in enumerate(_shown(shares)))
    said = f"time at work by number in hand: {parts}; {spent.sum() / HOUR:,.0f} h in hand are taken for "
    return Note(f"items that overlap in their agents' hands: {name}", spent.size, f"{said}{work.sum() / HOUR:,.0f} h")


def _shown(shares: Array) -> Iterator[float]:
    for share in shares:
        if share < USUAL / 2:
            return
        yield float(share)
