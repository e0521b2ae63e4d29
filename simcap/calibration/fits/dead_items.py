"""Open items that nobody will take: closed elsewhere, or forgotten.

Age alone does not tell: where a desk falls behind, the oldest items are those that come next. What tells is how often
an item was passed over. At a pick-up among n waiting items each of them would be taken with a chance of 1 / n, if
agents took any; these chances add up over the time that an item waits. That sum is exponential with mean 1 where
agents take any item, and smaller where they take the oldest. The tail of those that were taken says how many that
somebody would take are to be expected among those that were passed over as often as an open item.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.history.sheets import Note
from simcap.scenario.relations import aged
from simcap.units import format_duration

Array = NDArray[np.float64]

Rule = Literal["leave_out", "keep"] | float
"""What is done with dead items: left out of what waits, or kept; or the age in seconds from which items are dead."""

FALSE: Final = 0.05
"""Of the items that are given up, the expected share that somebody would have taken."""
TAIL: Final = 0.01
"""Share of the taken items, those passed over most often, to which the tail is fitted; but at least `FEWEST`."""
FEWEST: Final = 20


def dead(items: pd.DataFrame, within: Array, until: float) -> NDArray[np.bool_]:
    """Return which items are open at a moment, and will not be taken.

    `within` has, for items that left at an unknown time, the seconds from creation within which; NaN for all others.
    """
    created = items["created"].to_numpy(float)
    taken = items["started"].fillna(items["completed"]).to_numpy(float)
    left = np.where(np.isnan(within), items["expired"].to_numpy(float), created + within)
    gone = np.fmin(taken, left)
    queues = pd.factorize(items["queue"].astype("str"))[0]
    found = np.zeros(len(items), np.bool_)
    for queue in np.unique(queues[np.isnan(gone)]).tolist():
        mine = np.flatnonzero(queues == queue)
        end = np.where(np.isnan(gone[mine]), until, gone[mine])
        passed = passed_over(created[mine], end, np.isfinite(taken[mine]))
        open_ = np.isnan(gone[mine])
        found[mine[open_]] = _given_up(passed[open_], passed[np.isfinite(taken[mine])])
    return found


def passed_over(created: Array, end: Array, taken: NDArray[np.bool_]) -> Array:
    """Return how often each item would have been taken by its end, had agents taken any item of the queue each time."""
    picks = np.sort(end[taken])
    waiting = np.searchsorted(np.sort(created), picks, "right") - np.searchsorted(np.sort(end), picks, "left")
    chances = np.append(0.0, np.cumsum(1 / np.maximum(waiting, 1)))
    return np.asarray(chances[np.searchsorted(picks, end, "left")] - chances[np.searchsorted(picks, created, "left")])


def _given_up(open_: Array, taken: Array) -> NDArray[np.bool_]:
    """Return which open items nobody will take, by how often they and those that were taken were passed over.

    The tail of the taken is exponential, as it is where agents take any item; above the threshold of the items that are
    given up, at most `FALSE` of them are expected to be of it (Benjamini & Hochberg 1995).
    """
    tail = max(FEWEST, int(TAIL * taken.size))
    if taken.size < 2 * tail:
        return np.zeros(open_.size, np.bool_)
    most = np.sort(taken)[-tail:]
    mean = max(float((most - most[0]).mean()), 1e-9)
    levels = np.sort(open_)
    expected = np.maximum(
        tail * np.exp(-(levels - most[0]) / mean), taken.size - np.searchsorted(np.sort(taken), levels)
    )
    reached = open_.size - np.arange(open_.size)
    sure = (levels > most[0]) & (expected <= FALSE * reached)
    return open_ >= levels[np.argmax(sure)] if sure.any() else np.zeros(open_.size, np.bool_)


def given_up(items: pd.DataFrame, within: Array, until: float, rule: Rule) -> NDArray[np.bool_]:
    """Return which items are open at a moment and taken as dead by a rule: by the test, or by their age alone."""
    if isinstance(rule, str):
        return dead(items, within, until)
    open_ = items[["started", "completed", "expired"]].isna().all(axis=1).to_numpy() & np.isnan(within)
    return np.asarray(open_ & (until - items["created"].to_numpy(float) > rule))


def dead_notes(items: pd.DataFrame, within: Array, until: float, rule: Rule) -> Iterator[Note]:
    """Yield of each queue how many open items nobody will take, how old they are, and by which rule that is known."""
    age = until - items["created"].to_numpy(float)
    for queue, rows in items.assign(age=age)[given_up(items, within, until, rule)].groupby("queue", observed=True):
        ages = [aged(one) for one in (rows["age"].min(), rows["age"].max())]
        old = ages[0] if len(rows) == 1 else f"{ages[0]} to {ages[1]}"
        yield Note(f"open items of {queue} that nobody will take", len(rows), f"{old} old; {_told(rule)}")


def _told(rule: Rule) -> str:
    """Return how items are known to be dead, and what becomes of them."""
    if not isinstance(rule, str):
        return f"older than {format_duration(rule)} (`dead_items`), so left out of the starting backlog"
    what = "kept in the starting backlog (`dead_items: keep`)" if rule == "keep" else "left out of the starting backlog"
    return (
        f"{what}: they were passed over so often that, by those which were taken, {FALSE:.0%} of them at most are "
        "expected to be taken yet"
    )
