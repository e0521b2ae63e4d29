"""Items as rows, and the tree of follow-up work that each of them would cause.

Everything that an item will ever need is drawn with it: content, patience, the draw that decides whether its decision
is wrong, and its follow-up work with draws of its own, addressed by the root item and the path from it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.arrivals import ARRIVAL, SPLIT_BITS, Items, join, take_rows
from simcap.demand.scores import cubics
from simcap.distributions import Constant, Distribution, Scored
from simcap.streams import Keys, Purpose, Salt, mix, name_key, uniforms
from simcap.units import to_ticks

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

_NONE = np.zeros(0)
_NO_SPLIT = np.zeros(0, np.int64)


@dataclasses.dataclass(frozen=True)
class Split:
    """The contracted split of a queue between vendors: one row of shares for each epoch, in the order of the lines.

    An item goes to the vendor with the highest ln(u) / share (weighted rendezvous, Mosko 1998 and Schindelhauer &
    Schomaker 2005), so that a new share moves only the items that have to move.
    """

    vendors: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]

    def code(self, ids: Keys) -> Rows:
        """Return for each item the place of its vendor in every epoch, `SPLIT_BITS` an epoch, the first one lowest."""
        code = np.zeros(ids.size, np.int64)
        scores = [np.log(uniforms(ids, name_key(Purpose.ALLOCATION, vendor))) for vendor in self.vendors]
        for epoch, shares in enumerate(self.shares):
            best = np.full(ids.size, -np.inf)
            line = np.zeros(ids.size, np.int64)
            for place, share in enumerate(shares):
                if share > 0:
                    score = scores[place] / share
                    ahead = score > best
                    line[ahead] = place
                    np.maximum(best, score, out=best)
            code |= line << (SPLIT_BITS * epoch)
        return code


@dataclasses.dataclass(frozen=True)
class FollowUpRule:
    """One kind of work that follows a decision."""

    queue: int
    share: float
    delay: Distribution | None
    salt: int
    only_if_wrong: bool = False


@dataclasses.dataclass(frozen=True)
class Work:
    """What the items of a queue consist of."""

    content: Distribution
    patience: Distribution | None
    split: Split
    rules: tuple[FollowUpRule, ...]
    errors: tuple[float, float]
    """Lowest and highest share of wrong decisions that an agent can have."""
    ahead: float = 0.0
    """Share of the items that are taken before the older ones of the queue."""

    def draw(self, queue: int, ids: Keys, time: Array, *, if_wrong: bool = False) -> Items:
        """Return the items with these keys, without follow-up work."""
        items = np.empty(ids.size, ARRIVAL)
        self.fill(items, queue, ids, time, if_wrong=if_wrong)
        return items

    def fill(
        self, items: Items, queue: int, ids: Keys, time: Array, *, start: float = 0.0, if_wrong: bool = False
    ) -> None:
        """Write the items with these keys, without follow-up work, into rows; times are counted from `start`."""
        from simcap.demand.points import write_rows

        contents = _quantiles(self.content, ids, Salt.CONTENT)
        patience = _quantiles(self.patience, ids, Salt.PATIENCE) if self.patience else _NONE
        splits = self.split.code(ids) if self.split.vendors else _NO_SPLIT
        error = int(Salt.ERROR) if self.errors[1] > 0 else 0
        write_rows(items, queue, ids, start, time, contents, patience, splits, error, if_wrong)
        if self.ahead > 0:
            items["goes_ahead"] = uniforms(ids, Salt.GOES_AHEAD) < self.ahead


def _quantiles(distribution: Distribution, ids: Keys, salt: Salt) -> Array:
    if isinstance(distribution, Constant):
        return np.full(ids.size, distribution.value)
    from simcap.demand.points import write_scores, write_uniforms

    drawn = np.empty(ids.size)
    if isinstance(distribution, Scored):
        write_scores(ids, int(salt), cubics(), drawn)
        return distribution.at(drawn)
    write_uniforms(ids, int(salt), drawn)
    return distribution.ppf(drawn)


class FollowUps:
    """The table of all work that may follow the items of a day; rows of one parent are together, in order of rules."""

    def __init__(self, work_by_queue: Sequence[Work]) -> None:
        self.work_by_queue = work_by_queue
        self.size = 0
        self._parts: list[Items] = []

    def table(self) -> Items:
        """Return all rows."""
        return join(self._parts)

    def add(self, queue: int, parents: Items) -> None:
        """Draw what may follow items of one queue, directly or not; fill in their `child` and `children`."""
        todo: list[tuple[int, Items, Rows | None]] = [(queue, parents, None)]
        while todo:
            number, holder, rows = todo.pop()
            batch = holder if rows is None else take_rows(holder, rows)
            part = self._children(number, batch)
            if part is None:
                continue
            if rows is not None:
                holder["child"][rows], holder["children"][rows] = batch["child"], batch["children"]
            todo.extend(
                (following, part, np.flatnonzero(part["queue"] == following))
                for following in np.unique(part["queue"]).tolist()
                if self.work_by_queue[following].rules
            )

    def _children(self, queue: int, parents: Items) -> Items | None:
        """Draw the children of one queue's items, put them into the table, and note in the parents where they are."""
        families = [family for rule in self.work_by_queue[queue].rules for family in self._family(parents, queue, rule)]
        if not families:
            return None
        owner = np.concatenate([rows for rows, _ in families])
        children = np.bincount(owner, minlength=parents.size)
        parents["child"] = self.size + np.cumsum(children) - children
        parents["children"] = children
        part = take_rows(join([batch for _, batch in families]), np.argsort(owner, kind="stable"))
        self._parts.append(part)
        self.size += part.size
        return part

    def _family(self, parents: Items, queue: int, rule: FollowUpRule) -> Iterator[tuple[Rows, Items]]:
        """Yield the rows of the parents that have a child by a rule, and the children."""
        from simcap.demand.points import choose

        chosen = np.empty(parents.size, np.int64)
        errors = self.work_by_queue[queue].errors[1] if rule.only_if_wrong else np.inf
        rows = chosen[: choose(parents, np.uint64(rule.salt), rule.share, errors, chosen)]
        if rows.size:
            keys = mix(parents["id"][rows], rule.salt + 1)
            delay = np.zeros(keys.size) if rule.delay is None else to_ticks(_quantiles(rule.delay, keys, Salt.DELAY))
            yield rows, self.work_by_queue[rule.queue].draw(rule.queue, keys, delay, if_wrong=rule.only_if_wrong)
