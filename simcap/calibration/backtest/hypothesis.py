"""What no report says of a desk, and a replay has to assume: the order of work, split queues, how much time work takes.

A back-test tries several such hypotheses on the weeks before an origin, and takes the one that missed them least.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final, Literal

Rule = Literal["longest_wait", "priority", "earliest_due"]

LOAD_STEPS: Final = 0.08
"""First step in which a factor is sought on the time that items take, against what handle times and hours say."""
LEAST_LOAD: Final = 0.7
"""Smallest such factor; its inverse is the largest."""


@dataclasses.dataclass(frozen=True)
class Hypothesis:
    """What a replay by reports assumes."""

    rule: Rule = "longest_wait"
    """What agents take next."""
    split: frozenset[str] = frozenset()
    """Queues of which each vendor has its own line."""
    load: float = 1.0
    """Factor on the time that items take."""

    def __str__(self) -> str:
        order = {"longest_wait": "the oldest item first", "priority": "queue by queue", "earliest_due": "by due time"}
        own = f", own lines of vendors for {', '.join(sorted(self.split))}" if self.split else ""
        more = "more" if self.load > 1 else "less"
        load = f", and work takes {abs(self.load - 1):.0%} {more} time than counted" if self.load != 1 else ""
        return f"{order[self.rule]}{own}{load}"


def splits(queues: Sequence[str]) -> list[frozenset[str]]:
    """Return which of some queues may be split: none, each alone, all."""
    each = [frozenset({queue}) for queue in queues]
    return list(dict.fromkeys([frozenset(), *each, frozenset(queues)]))
