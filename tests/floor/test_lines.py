"""Waiting lines, against sorted lists: items that come in order, and those that do not."""

from __future__ import annotations

import random
from typing import Any

from simcap.floor import lines as module
from simcap.floor.state import IN_HAND, IN_ORDER, ITEM, LINE, NIL, OUT_OF_ORDER
from tests.floor.plain import plain, records

line = plain(module)


class Line:
    """One waiting line, and what should stand in it."""

    def __init__(self, items: int) -> None:
        self.items, self.lines = records(items, ITEM), records(1, LINE)
        self.lines[0].head = self.lines[0].tail = self.lines[0].heap = NIL
        self.waiting: list[tuple[float, int, int]] = []

    def join(self, slot: int, key: float, number: int) -> None:
        self.items[slot].key, self.items[slot].number = key, number
        line.join_line(self.items, self.lines, 0, slot)
        self.waiting.append((key, number, slot))

    def leave(self, slot: int) -> None:
        line.leave_line(self.items, self.lines, 0, slot)
        assert self.items[slot].state == IN_HAND
        self.waiting = [one for one in self.waiting if one[2] != slot]

    def check(self) -> None:
        assert self.lines[0].count == len(self.waiting)
        assert line.first_in_line(self.items, self.lines, 0) == (min(self.waiting)[2] if self.waiting else NIL)

    def emptied(self) -> list[int]:
        """Return the slots of all that wait, as they are first in line."""
        found = []
        while (slot := line.first_in_line(self.items, self.lines, 0)) != NIL:
            self.leave(slot)
            found.append(slot)
        self.check()
        return found


def test_the_key_decides_and_then_the_number() -> None:
    items: Any = records(3, ITEM)
    items.key, items.number = [1, 1, 2], [5, 6, 1]
    assert line.precedes(items, 0, 1)
    assert not line.precedes(items, 1, 0)
    assert line.precedes(items, 1, 2)
    assert not line.precedes(items, 2, 0)


def test_what_comes_in_order_stands_in_the_list_and_the_rest_in_the_heap() -> None:
    found = Line(4)
    for slot, (key, number) in enumerate([(1.0, 0), (3.0, 1), (2.0, 2), (3.0, 3)]):
        found.join(slot, key, number)
    assert found.items.state.tolist() == [IN_ORDER, IN_ORDER, OUT_OF_ORDER, IN_ORDER]
    assert (found.lines[0].head, found.lines[0].tail, found.lines[0].heap) == (0, 3, 2)
    assert found.emptied() == [0, 2, 1, 3]


def test_items_come_and_go_in_any_order() -> None:
    for seed in range(25):
        draws, found = random.Random(seed), Line(40)
        free, here, number = list(range(40)), list[int](), 0
        for _ in range(120):
            if free and (not here or draws.random() < 0.6):
                slot = free.pop(draws.randrange(len(free)))
                number += 1
                # Mostly later than all before, as items are.
                key = float(number) if draws.random() < 0.5 else float(draws.randrange(number + 1))
                found.join(slot, key, number)
                here.append(slot)
            else:
                slot = here.pop(draws.randrange(len(here)))
                found.leave(slot)
                free.append(slot)
            found.check()
        left = [slot for *_, slot in sorted(found.waiting)]
        assert found.emptied() == left
