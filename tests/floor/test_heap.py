"""The heap of events, against sorted lists."""

from __future__ import annotations

import random
from typing import Any

import pytest

from simcap.floor import heap as module
from simcap.floor.heap import ENTRY
from tests.floor.plain import plain, records

heap = plain(module)
Entries = list[tuple[float, int]]


def drawn(seed: int, count: int) -> Entries:
    """Return entries of few times, so that many are ties; each has a code of its own."""
    draws = random.Random(seed)
    return [(float(draws.randrange(6)), code) for code in draws.sample(range(100), count)]


def filled(entries: Entries) -> tuple[Any, int]:
    table, size = records(len(entries) + 1, ENTRY), 0
    for entry in entries:
        size = heap.heap_push(table, size, *entry)
    return table, size


def emptied(table: Any, size: int) -> Entries:
    found = []
    while size:
        found.append((float(table[0].time), int(table[0].code)))
        size = heap.heap_pop(table, size)
    return found


@pytest.mark.parametrize(
    ("one", "other", "first"),
    [((1, 9), (2, 1), True), ((2, 1), (1, 9), False), ((1, 1), (1, 2), True), ((1, 2), (1, 1), False)],
)
def test_time_goes_before_code(one: tuple[float, int], other: tuple[float, int], first: bool) -> None:
    assert heap.goes_first(*one, *other) is first


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 30])
def test_entries_come_out_in_order(count: int) -> None:
    for seed in range(20):
        entries = drawn(seed, count)
        assert emptied(*filled(entries)) == sorted(entries)


def test_what_lies_in_any_order_is_brought_into_order() -> None:
    for count in range(12):
        entries = drawn(count, count)
        table = records(count, ENTRY)
        for place, entry in enumerate(entries):
            table[place] = entry
        heap.heap_restore(table, count)
        assert emptied(table, count) == sorted(entries)
