"""The rules by which an agent chooses among waiting items, as the two questions that the kernel asks."""

from __future__ import annotations

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True)
class RoutingRule:
    """How an agent chooses: which queue first, and which item within a queue or among all."""

    queues_by_rank: bool
    """Whether queues go in the order of the agent's skills; otherwise all queues count as one."""
    key_is_due: bool
    """Whether the item that is due first goes first; otherwise the oldest one."""


PRIORITY: Final = RoutingRule(queues_by_rank=True, key_is_due=False)
EARLIEST_DUE: Final = RoutingRule(queues_by_rank=False, key_is_due=True)
LONGEST_WAIT: Final = RoutingRule(queues_by_rank=False, key_is_due=False)

RULES: Final = {"priority": PRIORITY, "earliest_due": EARLIEST_DUE, "longest_wait": LONGEST_WAIT}
"""The rules by their names in a scenario's `routing.rule`. A new rule is an entry here and a name there."""
