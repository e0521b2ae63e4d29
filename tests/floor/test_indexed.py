"""The heap from which any agent can be removed, against sorted lists."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from simcap.floor import ends as ends_module
from simcap.floor import indexed as module
from simcap.floor.ends import NEVER, agent_bits, no_ends
from simcap.floor.heap import ENTRY
from simcap.floor.state import CLOCK
from tests.floor.plain import plain, records

indexed, ends = plain(module), plain(ends_module)
PEOPLE = 60
KIND = 1 << module.AGENT_BITS


class Agenda:
    """A heap and the list that it should be like."""

    def __init__(self) -> None:
        self.table, self.places, self.size = records(PEOPLE, ENTRY), np.full(PEOPLE, 1_000, np.int32), 0
        self.entries: dict[int, tuple[float, int]] = {}

    def push(self, time: float, code: int) -> None:
        self.size = indexed.push(self.table, self.places, self.size, time, code)
        self.entries[code % KIND] = (time, code)

    def pop(self) -> None:
        first = (float(self.table[0].time), int(self.table[0].code))
        assert first == min(self.entries.values())
        self.size = indexed.pop(self.table, self.places, self.size)
        del self.entries[first[1] % KIND]

    def remove(self, agent: int) -> None:
        self.size = indexed.remove(self.table, self.places, self.size, agent)
        self.entries.pop(agent, None)

    def check(self) -> None:
        assert self.size == len(self.entries)
        for agent, entry in self.entries.items():
            place = self.places[agent]
            assert place < self.size
            assert (float(self.table[place].time), int(self.table[place].code)) == entry


@pytest.mark.parametrize("seed", range(20))
def test_agents_come_in_order_and_any_of_them_can_go(seed: int) -> None:
    draws, agenda = random.Random(seed), Agenda()
    for _ in range(300):
        absent = [agent for agent in range(PEOPLE) if agent not in agenda.entries]
        step = draws.random()
        if step < 0.5 and absent:
            agenda.push(float(draws.randrange(8)), draws.choice(absent) + KIND * draws.randrange(2))
        elif step < 0.7 and agenda.entries:
            agenda.pop()
        else:
            agenda.remove(draws.randrange(PEOPLE))
        agenda.check()
    while agenda.entries:
        agenda.pop()


class Completions:
    """The heap of completions on a floor of its own, and the completions that should be in it."""

    def __init__(self) -> None:
        self.clock = records(1, CLOCK)
        self.clock[0].agent_bits = agent_bits(PEOPLE)
        self.ends = no_ends(PEOPLE)
        self.known: dict[int, float] = {}

    def check(self) -> None:
        count = int(self.clock[0].ends)
        assert count == len(self.known)
        assert (self.ends[count:] == NEVER).all()
        assert {int(end) % 64 for end in self.ends[:count]} == set(self.known)
        if self.known:
            moment, agent = min((moment, agent) for agent, moment in self.known.items())
            assert (ends.next_end(self), ends.next_to_end(self)) == (moment, agent)


@pytest.mark.parametrize("seed", range(20))
def test_completions_come_in_order_and_any_of_them_can_be_cancelled(seed: int) -> None:
    draws, floor = random.Random(seed), Completions()
    floor_: Any = floor
    for _ in range(300):
        free = [agent for agent in range(PEOPLE) if agent not in floor.known]
        step, moment = draws.random(), float(draws.randrange(-4, 8))
        if step < 0.5 and free:
            agent = draws.choice(free)
            ends.add_end(floor_, moment, agent)
            floor.known[agent] = moment
        elif step < 0.6 and floor.known:
            del floor.known[ends.next_to_end(floor_)]
            ends.drop_end(floor_)
        elif step < 0.7 and floor.known:
            agent = ends.next_to_end(floor_)
            ends.replace_end(floor_, moment, agent)
            floor.known[agent] = moment
        else:
            agent = draws.randrange(PEOPLE)
            ends.remove_end(floor_, agent)
            floor.known.pop(agent, None)
        floor.check()
