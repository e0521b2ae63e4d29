"""Whether vendors have lines of their own on a queue: whose an item is before anybody takes it, as a log shows it.

An agent who takes an item while an older one waits overtakes it. On a queue that is one pool, who takes the older one
later is a matter of who is there then; where the queue is split, it is another vendor, as each works its own line in
order. Overflow shows, too: from a certain age on items are taken by a vendor that has overtaken them before.
"""

from __future__ import annotations

import bisect
import dataclasses
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.people import of_agents
from simcap.units import DAY, HOUR, MINUTE

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Verdict = Literal["split", "pool", "untold"]

NOBODY: Final = -1
"""Code of a vendor that is not known."""
RARE: Final = 0.02
"""Part of a queue's known pick-ups below which a vendor is taken for none of the queue's."""
ENOUGH: Final = 50
"""Overtakings needed to tell."""
ENOUGH_WITHIN: Final = 20.0
"""Overtakings within a vendor that there would be on a pool."""
ENOUGH_CHOICES: Final = 500
"""Pick-ups while other items waited by which a queue that is taken in order is known to be a pool."""
IN_ORDER: Final = 0.01
"""Most overtakings, as a part of such pick-ups, on a queue that is taken in order."""
MISSING: Final = 0.2
"""Part of the overtakings within vendors that is missing where a queue is split, though much is taken out of order."""
MOSTLY: Final = 0.5
"""Part of the items that nobody has taken whose vendor a log must have to be believed to have it from the beginning."""
CLEARLY: Final = 3.0
"""By how many standard errors over days they must be missing."""
EDGE_GAIN: Final = 10.0
"""Gain in log likelihood from which on an age of overflow is believed."""
MOST: Final = 200_000
"""Most pick-ups of a queue that are looked at: the latest."""
_SOONER: Final = 0.2
"""Most that overtakings within vendors may be before overflow, against those after it."""
_ROUNDS: Final = 200


@dataclasses.dataclass(frozen=True)
class VendorLines:
    """What a log shows of the vendors on one queue."""

    queue: str
    vendors: tuple[str, ...]
    verdict: Verdict
    missing: float
    """Part of the overtakings within vendors that a pool would have, but the log does not: 0 for a pool, 1 if split."""
    error: float
    """Its standard error, were the queue a pool."""
    overtakings: int
    overflow: float
    """Age in seconds from which other vendors take an item, too; infinite if they never do, or it is not split."""
    owner: pd.Series
    """Whose each item of the queue is, by the items' index; empty where it cannot be told."""
    shares: Array
    """[week, vendor] items by whose they are; those that may be of several are spread over these. Empty for a pool."""


def taken_by(items: pd.DataFrame, roster: pd.DataFrame | None) -> pd.Series:
    """Return the vendor of whoever took each item: by the roster, else by the log's own column; empty if unknown."""
    if roster is not None and "vendor" in roster:
        vendors = pd.Series(of_agents(items["agent"], roster.set_index("agent")["vendor"]), index=items.index)
    elif "vendor" in items:
        vendors = items["vendor"].where(items["started"].notna())
    else:
        vendors = pd.Series("", index=items.index)
    return vendors.astype(object).where(vendors.notna(), "").astype(str)


def vendor_lines(items: pd.DataFrame, taker: pd.Series, until: float) -> list[VendorLines]:
    """Return what a log until a moment shows of each queue that two vendors or more take items of."""
    found = []
    for queue, rows in items.groupby("queue", observed=True):
        mine = taker.loc[rows.index]
        counts = mine[(mine != "") & rows["started"].notna()].value_counts()
        vendors = sorted(str(name) for name in counts.index[counts >= RARE * counts.sum()])
        if len(vendors) > 1:
            found.append(_lines(str(queue), rows, mine, tuple(vendors), until))
    return found


def _lines(queue: str, rows: pd.DataFrame, taker: pd.Series, vendors: tuple[str, ...], until: float) -> VendorLines:
    codes = _codes(taker, vendors)
    created, started = rows["created"].to_numpy(float), rows["started"].to_numpy(float)
    margin = max(MINUTE, 2 * float(np.nan_to_num(rows["coarse"].max())))
    seen = _overtakings(created, started, codes, margin)
    overflow = _edge(seen)
    early = seen.of(seen.wait < overflow)
    missing, error = early.missing()
    verdict = _verdict(early, missing, error, seen.choices)
    if verdict != "split":
        nobody = pd.Series("", index=rows.index)
        none = np.zeros((0, len(vendors)))
        return VendorLines(queue, vendors, verdict, missing, error, len(early.within), np.inf, nobody, none)
    possible = _possible(rows, codes, len(vendors), (overflow, margin, until))
    owner, shares = _owners(rows, codes, possible, vendors)
    return VendorLines(queue, vendors, verdict, missing, error, len(early.within), overflow, owner, shares)


def _codes(names: pd.Series, vendors: tuple[str, ...]) -> Codes:
    return np.asarray(pd.Index(vendors).get_indexer(pd.Index(names)), np.int64)


@dataclasses.dataclass(frozen=True)
class _Overtakings:
    """Pick-ups while an older item waited, each with the middle one of the older items."""

    within: NDArray[np.bool_]
    """Whether the older one was taken later by the same vendor."""
    expected: Array
    """The share that this vendor has of all pick-ups in the hour in which it was."""
    wait: Array
    """How long the older one waited in all."""
    day: Codes
    choices: int
    """Pick-ups while some other item waited."""

    def of(self, rows: NDArray[np.bool_]) -> _Overtakings:
        return _Overtakings(self.within[rows], self.expected[rows], self.wait[rows], self.day[rows], self.choices)

    def missing(self) -> tuple[float, float]:
        """Return the part of the overtakings within vendors that is missing, and its error over days on a pool."""
        whole = self.expected.sum()
        if not whole:
            return 0.0, np.inf
        days = np.bincount(self.day - self.day.min(), self.within - self.expected)
        return 1 - float(self.within.sum()) / float(whole), float(np.sqrt((days**2).sum())) / float(whole)


def _overtakings(created: Array, started: Array, codes: Codes, margin: float) -> _Overtakings:
    """Return the overtakings among items that were taken; differences of less than a margin in seconds do not count."""
    known = np.flatnonzero(np.isfinite(started))
    picked = known[np.argsort(started[known], kind="stable")][-MOST:]
    pairs, choices = _passed_over(created, started, picked, margin)
    one, other = pairs[:, 0], pairs[:, 1]
    named = (codes[one] != NOBODY) & (codes[other] != NOBODY) if len(pairs) else np.zeros(0, bool)
    one, other = one[named], other[named]
    share = _shares_by_hour(started[picked], codes[picked])
    expected = share(started[other], codes[one])
    day = np.asarray(started[other] // DAY, np.int64)
    return _Overtakings(codes[one] == codes[other], expected, started[other] - created[other], day, choices)


def _passed_over(created: Array, started: Array, picked: Codes, margin: float) -> tuple[Codes, int]:
    """Return (item taken, older item that waited on), and the number of pick-ups while another item waited."""
    coming = picked[np.lexsort((picked, created[picked]))].tolist()
    births, begins = created.tolist(), started.tolist()
    waiting: list[tuple[float, int]] = []
    pairs, place, choices = [], 0, 0
    for item in picked.tolist():
        while place < len(coming) and births[coming[place]] <= begins[item]:
            waiting.append((births[coming[place]], coming[place]))
            place += 1
        choices += len(waiting) > 1
        older = bisect.bisect_left(waiting, (births[item] - margin, -1))
        if older:
            middle = waiting[older // 2][1]
            if begins[middle] > begins[item] + margin:
                pairs.append((item, middle))
        del waiting[bisect.bisect_left(waiting, (births[item], item))]
    return np.array(pairs, np.int64).reshape(-1, 2), choices


def _shares_by_hour(started: Array, codes: Codes) -> Any:
    """Return a function of moments and vendors: the vendor's share of the known pick-ups in the moment's hour."""
    known = codes != NOBODY
    cell = np.asarray(started // HOUR, np.int64)
    first, width = int(cell.min(initial=0)), int(codes.max(initial=0)) + 1
    size = int(cell.max(initial=first)) - first + 1
    table = np.bincount((cell[known] - first) * width + codes[known], minlength=size * width).reshape(size, width)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    return lambda moments, vendors: shares[np.asarray(moments // HOUR, np.int64) - first, vendors]


def _edge(seen: _Overtakings) -> float:
    """Return the wait from which on vendors take what they have overtaken; infinite if there is none.

    Of all waits the one that divides the counts best into two Poisson rates, few before it and many after.
    """
    order = np.argsort(seen.wait, kind="stable")
    within, expected = np.cumsum(seen.within[order]), np.cumsum(seen.expected[order])
    if within.size < ENOUGH or within[-1] < ENOUGH_WITHIN:
        return np.inf
    before = (within[:-1].astype(float), expected[:-1])
    after = (within[-1] - before[0], expected[-1] - before[1])
    rates = [_rate(*before), _rate(*after)]
    gain = _likelihood(*before) + _likelihood(*after) - _likelihood(within[-1:].astype(float), expected[-1:])
    sudden = (rates[0] <= _SOONER * rates[1]) & (after[0] >= ENOUGH_WITHIN)
    gain = np.where(sudden, gain, -np.inf)
    best = int(np.argmax(gain))
    return float(seen.wait[order][best + 1]) if gain[best] > EDGE_GAIN else np.inf


def _rate(count: Array, expected: Array) -> Array:
    return count / np.maximum(expected, 1e-9)


def _likelihood(count: Array, expected: Array) -> Array:
    return np.asarray(np.where(count > 0, count * np.log(np.maximum(_rate(count, expected), 1e-12)), 0.0))


def _verdict(seen: _Overtakings, missing: float, error: float, choices: int) -> Verdict:
    if len(seen.within) >= ENOUGH and seen.expected.sum() >= ENOUGH_WITHIN:
        if missing > MISSING and missing > CLEARLY * error and len(seen.within) > IN_ORDER * choices:
            return "split"
        if missing + error < MISSING:
            return "pool"
    in_order = choices >= ENOUGH_CHOICES and len(seen.within) <= IN_ORDER * choices
    return "pool" if in_order else "untold"


def _possible(rows: pd.DataFrame, codes: Codes, vendors: int, limits: tuple[float, float, float]) -> NDArray[np.bool_]:
    """Return whose each item may be, [item, vendor].

    One that was taken before it could overflow is its taker's. A later one, or one that waits still or left, is of
    nobody who meanwhile took a younger item of their own.
    """
    overflow, margin, until = limits
    created, started = rows["created"].to_numpy(float), rows["started"].to_numpy(float)
    left = np.fmin(np.fmin(started, rows["expired"].to_numpy(float)), until)
    own = (started - created < overflow - margin) & (codes != NOBODY)
    possible = np.ones((len(rows), vendors), bool)
    for vendor in range(vendors):
        mine = np.flatnonzero(own & (codes == vendor))
        mine = mine[np.argsort(started[mine], kind="stable")]
        reached = np.maximum.accumulate(np.append(-np.inf, created[mine]))
        possible[:, vendor] = reached[np.searchsorted(started[mine], left - margin)] <= created + margin
    possible[own] = np.arange(vendors) == codes[own, None]
    return possible


def _owners(
    rows: pd.DataFrame, codes: Codes, possible: NDArray[np.bool_], vendors: tuple[str, ...]
) -> tuple[pd.Series, Array]:
    """Return whose each item is, and the items by week and vendor; by the log's own column where it has all items."""
    if tells_owners(rows):
        told = _codes(rows["vendor"].fillna("").astype(str), vendors)
        possible = np.where(told[:, None] == NOBODY, possible, np.arange(len(vendors)) == told[:, None])
    possible = possible | ~possible.any(axis=1, keepdims=True)
    kinds, kind = np.unique(possible, axis=0, return_inverse=True)
    kind = kind.reshape(-1)
    week = np.asarray((rows["created"].to_numpy(float) - rows["created"].min()) // (7 * DAY), np.int64)
    shares = np.full(len(vendors), 1 / len(vendors))
    counts = np.bincount(kind, minlength=len(kinds))
    for _ in range(_ROUNDS):
        shares = counts @ _spread(kinds, shares) / len(rows)
    parts = _spread(kinds, shares)[kind]
    weeks = np.stack([np.bincount(week, parts[:, vendor]) for vendor in range(len(vendors))], axis=1).astype(float)
    likely = np.where(possible.sum(axis=1) == 1, possible.argmax(axis=1), codes)
    names = np.array([*vendors, ""], object)[likely]
    return pd.Series(names, index=rows.index), weeks


def tells_owners(rows: pd.DataFrame) -> bool:
    """Return whether the log says whose an item is that nobody has taken."""
    if "vendor" not in rows:
        return False
    waiting = rows.loc[rows["started"].isna(), "vendor"].fillna("")
    return bool(len(waiting) and (waiting != "").mean() > MOSTLY)


def _spread(kinds: NDArray[np.bool_], shares: Array) -> Array:
    """Return for each kind of item, by whose it may be, the chances of each vendor."""
    weight = kinds * shares
    return np.asarray(weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12))
