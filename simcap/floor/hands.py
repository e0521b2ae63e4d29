"""Several items in an agent's hands: all of one queue, worked at the same pace, which depends on how many there are.

Each item needs its content over the agent's speed, in seconds of work on it alone. What has been done is reckoned
whenever the number in hand changes: seconds passed times the pace, to the nearest tick; an item ends after what is left
of it over the pace, to the nearest tick, at least one. As all items in hand go on at the same pace, one number for an
agent, `attained`, tells what is left of each.

`slot` or `kept` of an agent is the first of the items. Where no work overlaps nothing of this is used.
"""

from __future__ import annotations

from simcap.compiled import inlined, maximum, minimum, outlined, tick_of
from simcap.floor.ends import add_end
from simcap.floor.state import INF, NIL, Rules, State
from simcap.units import TICK


@inlined
def pace_of(rules: Rules, floor: State, agent: int) -> float:
    """Return the speed at which each item in hand is worked, against one alone."""
    first = floor.hand[agent, 0]
    return float(rules.pace[floor.items[first].queue, floor.hands[agent].held])


@inlined
def ends_after(floor: State, agent: int, place: int, pace: float) -> float:
    """Return the seconds after which an item ends, from when the work done was last reckoned."""
    left = floor.done_at[agent, place] - floor.hands[agent].attained
    return maximum(tick_of(left / pace), TICK)


@outlined
def work_until(rules: Rules, floor: State, agent: int, now: float) -> None:
    """Reckon the work done on what is in hand, before the number of items changes."""
    hands = floor.hands[agent]
    hands.attained += tick_of((now - hands.since) * pace_of(rules, floor, agent))
    hands.since = now


@outlined
def set_next_end(rules: Rules, floor: State, agent: int) -> None:
    """Note when the first of the items in hand will be done."""
    hands = floor.hands[agent]
    pace = pace_of(rules, floor, agent)
    first = INF
    for place in range(hands.held):
        first = minimum(first, ends_after(floor, agent, place, pace))
    floor.agents[agent].end = hands.since + first
    add_end(floor, floor.agents[agent].end, agent)


@outlined
def put_down(floor: State, agent: int, place: int) -> int:
    """Take an item out of an agent's hands; return its slot."""
    hands = floor.hands[agent]
    slot = floor.hand[agent, place]
    hands.held -= 1
    for later in range(place, hands.held):
        floor.hand[agent, later] = floor.hand[agent, later + 1]
        floor.done_at[agent, later] = floor.done_at[agent, later + 1]
    floor.hand[agent, hands.held] = NIL
    return int(slot)
