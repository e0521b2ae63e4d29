"""Completions to come, as agents join."""

from __future__ import annotations

from simcap.floor.ends import NEVER, agent_bits, no_ends, resized


def test_completions_keep_time_and_agent_when_agents_join() -> None:
    before, people = agent_bits(3), 1_000
    ends = no_ends(3)
    ends[:3] = [(ticks << before) | agent for ticks, agent in ((-7, 2), (-7, 1), (5 * 2**20, 0))]
    wider = resized(ends, 3, before, people)
    bits = agent_bits(people)
    assert [(int(end >> bits), int(end & ((1 << bits) - 1))) for end in wider[:3]] == [(-7, 2), (-7, 1), (5 * 2**20, 0)]
    assert (wider[3:] == NEVER).all()


def test_a_completion_that_is_never_reached_is_still_not_when_agents_join() -> None:
    before, people = agent_bits(3), 100_000
    ends = no_ends(3)
    ends[:2] = [(2**20 << before) | 1, (2 ** (62 - before) << before) | 2]
    bits = agent_bits(people)
    near, far = (resized(ends, 2, before, people)[:2] >> bits).tolist()
    assert near == 2**20
    assert far == 2 ** (62 - bits)
