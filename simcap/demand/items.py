"""Items as columns, and the tree of follow-up work that each would cause.

All that an item will ever need is drawn with it: content, patience, the draw that decides whether its decision is
wrong, and the follow-up work with draws of its own, addressed by the root item and the path to it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.distributions import Constant, Distribution
from simcap.streams import Keys, mix, name_key, uniforms
from simcap.units import to_ticks

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

CONTENT, PATIENCE, ERROR, DELAY = 11, 12, 13, 14
"""Purposes of an item's own draws."""


@dataclasses.dataclass(frozen=True)
class Batch:
    """Items of one or several queues, a row each.

    `time` is the creation in seconds (of follow-up work: the delay after the decision), `split` the vendor by epoch of
    the queue's allocation (`Split.code`), `child` and `children` the rows of its follow-up work.
    """

    time: Array
    content: Array
    patience: Array
    error_draw: Array
    id: Keys
    queue: Rows
    split: Rows
    if_wrong: NDArray[np.bool_]
    child: Rows
    children: Rows

    @property
    def size(self) -> int:
        """Return the number of items."""
        return self.time.size

    def take(self, rows: Rows) -> Batch:
        """Return the rows named, in that order."""
        return Batch(*(getattr(self, field.name)[rows] for field in dataclasses.fields(self)))

    @staticmethod
    def join(batches: Sequence[Batch]) -> Batch:
        """Return the rows of several batches, one after the other."""
        if len(batches) == 1:
            return batches[0]
        return Batch(*(np.concatenate([getattr(b, f.name) for b in batches]) for f in dataclasses.fields(Batch)))


EMPTY = Batch(
    *(
        np.zeros(0, kind)
        for kind in (float, float, float, float, np.uint64, np.int64, np.int64, np.bool_, np.int64, np.int64)
    )
)


@dataclasses.dataclass(frozen=True)
class Split:
    """The contracted split of a queue between vendors: one row of shares for each epoch, in the order of the lines.

    An item goes to the vendor with the highest ln(u) / share (weighted rendezvous, Mosko 1998 and Schindelhauer &
    Schomaker 2005), so that a new share moves only the items that it must move.
    """

    vendors: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]

    BITS = 8
    """Bits of `code` for each epoch."""

    def code(self, ids: Keys) -> Rows:
        """Return for each item the line of its vendor in every epoch, `BITS` bits an epoch, the first one lowest."""
        if len(self.vendors) == 0:
            return np.zeros(ids.size, np.int64)
        scores = np.stack([np.log(uniforms(ids, name_key("allocation", vendor))) for vendor in self.vendors])
        code = np.zeros(ids.size, np.int64)
        with np.errstate(divide="ignore"):
            for epoch, shares in enumerate(self.shares):
                line = np.argmax(scores / np.array(shares)[:, None], axis=0)
                code |= line << (self.BITS * epoch)
        return code


@dataclasses.dataclass(frozen=True)
class Line:
    """One kind of work that follows a decision."""

    queue: int
    share: float
    delay: Distribution | None
    salt: int
    only_if_wrong: bool = False


@dataclasses.dataclass(frozen=True)
class Work:
    """What the items of a queue are made of."""

    content: Distribution
    patience: Distribution | None
    split: Split
    lines: tuple[Line, ...]
    worst_error: float
    """Highest share of wrong decisions that any agent can have."""

    def draw(self, queue: int, ids: Keys, time: Array, *, if_wrong: bool = False) -> Batch:
        """Return the items with these keys."""
        return Batch(
            time=time,
            content=_quantiles(self.content, ids, CONTENT),
            patience=_quantiles(self.patience, ids, PATIENCE) if self.patience else np.full(ids.size, np.inf),
            error_draw=uniforms(ids, ERROR) if self.worst_error > 0 else np.ones(ids.size),
            id=ids,
            queue=np.full(ids.size, queue),
            split=self.split.code(ids),
            if_wrong=np.full(ids.size, if_wrong),
            child=np.zeros(ids.size, np.int64),
            children=np.zeros(ids.size, np.int64),
        )


def _quantiles(distribution: Distribution, ids: Keys, purpose: int) -> Array:
    if isinstance(distribution, Constant):
        return to_ticks(np.full(ids.size, distribution.value))
    return to_ticks(distribution.ppf(uniforms(ids, purpose)))


def follow(parents: Batch, works: Sequence[Work]) -> tuple[Batch, Batch]:
    """Return the items with `child` and `children` filled, and the table of all work that may follow them.

    The table has one generation after the other; the rows of one parent are together, in the order of its queue's
    lines.
    """
    roots, following = _with_children(parents, works, 0)
    generations: list[Batch] = []
    rows = 0
    while following.size:
        rows += following.size
        generation, following = _with_children(following, works, rows)
        generations.append(generation)
    return roots, Batch.join(generations) if generations else EMPTY


def _with_children(parents: Batch, works: Sequence[Work], first_row: int) -> tuple[Batch, Batch]:
    """Return the parents with references to their children, which begin at `first_row`, and the children."""
    families = [
        family
        for queue, work in enumerate(works)
        for line in work.lines
        for family in _family(parents, queue, work, line, works[line.queue])
    ]
    if not families:
        return parents, EMPTY
    owner = np.concatenate([rows for rows, _ in families])
    order = np.argsort(owner, kind="stable")
    children = np.bincount(owner, minlength=parents.size)
    child = first_row + np.cumsum(children) - children
    following = Batch.join([batch for _, batch in families]).take(order)
    return dataclasses.replace(parents, child=child, children=children), following


def _family(parents: Batch, queue: int, work: Work, line: Line, target: Work) -> Iterator[tuple[Rows, Batch]]:
    """Yield the parents that have a child by one line, and the children."""
    rows = np.flatnonzero(parents.queue == queue)
    if line.only_if_wrong:
        rows = rows[parents.error_draw[rows] < work.worst_error]
    rows = rows[uniforms(parents.id[rows], line.salt) < line.share]
    if rows.size:
        ids = mix(parents.id[rows], line.salt + 1)
        delay = np.zeros(ids.size) if line.delay is None else _quantiles(line.delay, ids, DELAY)
        yield rows, target.draw(line.queue, ids, delay, if_wrong=line.only_if_wrong)
