"""Who takes what, on lines and agents that stand there by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simcap.floor import choosing as module
from simcap.floor.heap import ENTRY
from simcap.floor.state import INF, ITEM, LINE, MODES, NIL, QUEUE
from tests.floor.plain import plain, records

choosing = plain(module)
NORTH, SOUTH, CHAT = 0, 1, 2
"""Lines: mail of two vendors, and chat."""


def a_floor(waiting: dict[int, tuple[float, float]]) -> Any:
    """Return a floor on which one item waits in each of some lines, with its key and creation."""
    items, lines = records(3, ITEM), records(3, LINE)
    lines["head"] = lines["tail"] = lines["heap"] = NIL
    for line, (key, created) in waiting.items():
        items[line].key, items[line].created, items[line].number = key, created, line
        lines[line].head = lines[line].tail = line
        lines[line].count = 1
    return SimpleNamespace(items=items, lines=lines)


def some_rules(skills: list[int], own: list[int], *, by_rank: bool = False, overflow: float = INF) -> Any:
    """Return the rules of a profile with these skills (mail 0, chat 1) and own lines."""
    queues, modes = records(2, QUEUE), records(1, MODES)
    queues[0].line, queues[0].lines, queues[0].overflow = NORTH, 2, overflow
    queues[1].line, queues[1].lines, queues[1].overflow = CHAT, 1, INF
    modes[0].queues_by_rank = by_rank
    return SimpleNamespace(queues=queues, modes=modes, skills=np.array([skills]), own_line=np.array([own]))


def taken(rules: Any, waiting: dict[int, tuple[float, float]], now: float = 100.0) -> int:
    return int(choosing.best_item(rules, a_floor(waiting), 0, now))


def test_of_all_skills_the_lowest_key_is_taken_or_the_first_skill_by_rank() -> None:
    both = {NORTH: (20.0, 20.0), CHAT: (10.0, 10.0)}
    for order in ([0, 1], [1, 0]):
        own = [NORTH if queue == 0 else CHAT for queue in order]
        assert taken(some_rules(order, own), both) == CHAT
        assert taken(some_rules(order, own, by_rank=True), both) == own[0]
    assert taken(some_rules([0, 1], [NORTH, CHAT], by_rank=True), {CHAT: (10.0, 10.0)}) == CHAT
    assert taken(some_rules([0, 1], [NORTH, CHAT]), {}) == NIL
    assert taken(some_rules([0, NIL], [NORTH, NIL]), {CHAT: (10.0, 10.0)}) == NIL, "who has no such skill"


@pytest.mark.parametrize(("created", "expected"), [(70.0, SOUTH), (70.5, NIL), (60.0, SOUTH)])
def test_what_is_old_enough_flows_over(created: float, expected: int) -> None:
    rules = some_rules([0], [NORTH], overflow=30.0)
    assert taken(rules, {SOUTH: (1.0, created)}) == expected
    assert taken(some_rules([0], [NORTH]), {SOUTH: (1.0, created)}) == NIL, "where nothing flows over"


def test_an_own_item_goes_before_what_flows_over() -> None:
    rules = some_rules([0], [NORTH], overflow=30.0)
    assert taken(rules, {NORTH: (50.0, 50.0), SOUTH: (1.0, 1.0)}) == NORTH


def test_of_the_others_lines_the_lowest_key_flows_over() -> None:
    rules = some_rules([0], [NIL], overflow=30.0)
    assert taken(rules, {NORTH: (2.0, 2.0), SOUTH: (1.0, 1.0)}) == SOUTH
    assert taken(rules, {NORTH: (1.0, 2.0), SOUTH: (2.0, 1.0)}) == NORTH
    assert taken(rules, {NORTH: (1.0, 90.0), SOUTH: (2.0, 1.0)}) == SOUTH


@pytest.mark.parametrize(
    ("idle", "expected"),
    [
        ({0: (5.0, 40), 1: (3.0, 41)}, 41),
        ({0: (3.0, 40), 1: (3.0, 41)}, 40),
        ({0: (3.0, 41), 1: (3.0, 40)}, 40),
        ({1: (5.0, 41)}, 41),
        ({2: (1.0, 42)}, NIL),
        ({}, NIL),
    ],
)
def test_the_agent_whose_turn_is_earliest_is_called(idle: dict[int, tuple[float, int]], expected: int) -> None:
    rules = SimpleNamespace(line_profiles=np.array([[0, 1, NIL], [2, NIL, NIL]]))
    floor = SimpleNamespace(idle_count=np.zeros(3, int), idle=np.stack([records(2, ENTRY)] * 3).view(np.recarray))
    for profile, turn in idle.items():
        floor.idle_count[profile] = 1
        floor.idle[profile, 0] = turn
    assert choosing.first_idle(rules, floor, 0) == expected
