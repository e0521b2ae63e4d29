"""The rules by which an agent chooses among the items that wait, as the two questions that the kernel asks."""

from __future__ import annotations

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True)
class RoutingRule:
    """How an agent chooses: which queue first, and which item within a queue or among all."""

    queues_by_rank: bool
    """Whether a queue goes before those that stand after it among the agent's skills; otherwise all queues are one."""
    key_is_due: bool
    """Whether the item that is due first goes first; otherwise the oldest."""


PRIORITY: Final = RoutingRule(queues_by_rank=True, key_is_due=False)
EARLIEST_DUE: Final = RoutingRule(queues_by_rank=False, key_is_due=True)
LONGEST_WAIT: Final = RoutingRule(queues_by_rank=False, key_is_due=False)

RULES: Final = {"priority": PRIORITY, "earliest_due": EARLIEST_DUE, "longest_wait": LONGEST_WAIT}
"""The rules by their names in a scenario's `routing.rule`. A new one is an entry here and a name there."""
