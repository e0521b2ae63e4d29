"""What the floor does, event by event: small worlds whose journals were worked out by hand, played to both floors.

Each table is the whole journal of its world: time, item, agent, what happened. Read from top to bottom, a table is the
explanation of a rule.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from simcap.floor.floor import Floor
from simcap.floor.plan import AgentPlan, QueuePlan, SlaPlan
from simcap.floor.routing import EARLIEST_DUE, LONGEST_WAIT, PRIORITY, RoutingRule
from simcap.floor.state import (
    ANY_EXPIRES,
    CAUSES,
    FINISH,
    HAND_BACK,
    HEAD_EXPIRES,
    IN_HAND_LONG,
    KEEP,
    MOST_PROFICIENT,
    NIL,
    NOBODY,
    STOPPED,
    TURNAROUND,
    WAIT,
)

from .oracle.comparison import KINDS, FloorType, Record, World, play, records
from .oracle.naive_floor import NaiveFloor
from .oracle.script import (
    AnyFloor,
    BeginDay,
    Hire,
    Load,
    Order,
    Pace,
    Post,
    PutBacklog,
    Qualify,
    Release,
    SetEpoch,
    SetFactor,
    SetSpeed,
    Suspend,
    Work,
)

END = 1000.0
TICK = 2.0**-20


def agent(*skills: int, vendor: int = 0, at_end: int = FINISH) -> AgentPlan:
    return AgentPlan(0, vendor, skills or (0,), at_end)


def on_duty(*agents: int, on: float = 0.0, off: float = END) -> Order:
    """Post one block for each agent, as long as the world."""
    return Post(0.0, dict.fromkeys(agents, ((on, off, True),)))


def load(*items: Work) -> Order:
    return Load(0.0, items)


def world(
    queues: list[QueuePlan], agents: list[AgentPlan], *script: Order, rule: RoutingRule = PRIORITY, choice: int = 0
) -> World:
    return World(tuple(queues), tuple(agents), script, END, rule, choice)


def read_table(table: str) -> list[Record]:
    """Read a journal as it is written here: `TIME  ITEM  AGENT or -  KIND` a line."""
    kinds = {name: kind for kind, name in KINDS.items()}
    rows: list[Record] = []
    for line in filter(str.strip, table.splitlines()):
        time, item, who, kind = line.split(maxsplit=3)
        rows.append((float(time), int(item), NIL if who == "-" else int(who), kinds[kind.strip()]))
    return rows


# -- who takes what -----------------------------------------------------------------------------------------------

ONE_QUEUE = [QueuePlan()]


def longest_idle_first() -> tuple[World, str]:
    """Ties of idleness go by agent number. At one instant completions come first, then arrivals, then the dispatch."""
    items = load(Work(1, 10.0, 20.0), Work(2, 10.0, 30.0), Work(3, 30.0, 10.0), Work(4, 40.0, 5.0), Work(5, 50.0, 5.0))
    return (
        world(ONE_QUEUE, [agent(), agent()], on_duty(0, 1), items),
        """
        10  1  0  picked up
        10  2  1  picked up
        30  1  0  decided
        30  3  0  picked up
        40  3  0  decided
        40  2  1  decided
        40  4  0  picked up
        45  4  0  decided
        50  5  1  picked up
        55  5  1  decided
    """,
    )


def most_proficient_first() -> tuple[World, str]:
    """The fastest in general goes first, however fast in this queue; ties go by agent number."""
    pace = {0: Pace(1.0, (4.0,), (0.0,)), 1: Pace(2.0, (1.0,), (0.0,)), 2: Pace(2.0, (1.0,), (0.0,))}
    items = load(Work(1, 10.0, 8.0), Work(2, 10.0, 8.0), Work(3, 10.0, 8.0))
    script = SetSpeed(0.0, pace), on_duty(0, 1, 2), items
    return (
        world(ONE_QUEUE, [agent()] * 3, *script, choice=MOST_PROFICIENT),
        """
        10  1  1  picked up
        10  2  2  picked up
        10  3  0  picked up
        12  3  0  decided
        18  1  1  decided
        18  2  2  decided
    """,
    )


def ahead_of_older_ones() -> tuple[World, str]:
    """Items 3 and 5 go ahead, the older of them first; handed back, item 5 goes ahead once more."""
    queues = [QueuePlan(some_go_ahead=True)]
    items = load(
        Work(1, 0.0, 20.0),
        Work(2, 5.0, 10.0),
        Work(3, 10.0, 10.0, goes_ahead=True),
        Work(4, 11.0, 10.0),
        Work(5, 12.0, 10.0, goes_ahead=True),
    )
    return (
        world(queues, [agent()], on_duty(0), items, Suspend(35.0, (0,), 50.0)),
        """
        0  1  0  picked up
        20  1  0  decided
        20  3  0  picked up
        30  3  0  decided
        30  5  0  picked up
        35  5  0  handed back
        50  5  0  picked up
        60  5  0  decided
        60  2  0  picked up
        70  2  0  decided
        70  4  0  picked up
        80  4  0  decided
    """,
    )


def ahead_within_one_queue() -> tuple[World, str]:
    """By rank, what goes ahead in the second queue stands behind all of the first one."""
    queues = [QueuePlan(), QueuePlan(some_go_ahead=True)]
    items = load(
        Work(1, 0.0, 20.0),
        Work(2, 5.0, 10.0, queue=1),
        Work(3, 6.0, 10.0, queue=1, goes_ahead=True),
        Work(4, 7.0, 10.0),
    )
    return (
        world(queues, [agent(0, 1)], on_duty(0), items),
        """
        0  1  0  picked up
        20  1  0  decided
        20  4  0  picked up
        30  4  0  decided
        30  3  0  picked up
        40  3  0  decided
        40  2  0  picked up
        50  2  0  decided
    """,
    )


TWO_QUEUES = [
    QueuePlan(slas=(SlaPlan(200.0, TURNAROUND),)),
    QueuePlan(slas=(SlaPlan(100.0, TURNAROUND), SlaPlan(300.0, TURNAROUND))),
]
THREE_WAIT = load(Work(1, 0.0, 10.0, queue=1), Work(2, 10.0, 10.0, queue=0), Work(3, 20.0, 10.0, queue=1))


def by_priority() -> tuple[World, str]:
    """The first skill that has work, and in it the oldest."""
    return (
        world(TWO_QUEUES, [agent(0, 1)], on_duty(0, on=30.0), THREE_WAIT),
        """
        30  2  0  picked up
        40  2  0  decided
        40  1  0  picked up
        50  1  0  decided
        50  3  0  picked up
        60  3  0  decided
    """,
    )


def by_wait() -> tuple[World, str]:
    """The oldest over all skills."""
    return (
        world(TWO_QUEUES, [agent(0, 1)], on_duty(0, on=30.0), THREE_WAIT, rule=LONGEST_WAIT),
        """
        30  1  0  picked up
        40  1  0  decided
        40  2  0  picked up
        50  2  0  decided
        50  3  0  picked up
        60  3  0  decided
    """,
    )


def by_due_time() -> tuple[World, str]:
    """Due at 100 (1), 120 (3) and 210 (2): the tightest SLA of a queue counts."""
    return (
        world(TWO_QUEUES, [agent(0, 1)], on_duty(0, on=30.0), THREE_WAIT, rule=EARLIEST_DUE),
        """
        30  1  0  picked up
        40  1  0  decided
        40  3  0  picked up
        50  3  0  decided
        50  2  0  picked up
        60  2  0  decided
    """,
    )


def skills_change_at_once() -> tuple[World, str]:
    """Agent 0 learns queue 1 while idle, agent 1 unlearns it with such an item in hand: that one is still decided."""
    items = load(Work(1, 0.0, 20.0, queue=1), Work(2, 5.0, 10.0, queue=1), Work(3, 15.0, 5.0))
    learn = Qualify(10.0, {0: (0, (1,)), 1: (0, (0,))})
    return (
        world([QueuePlan()] * 2, [agent(0), agent(1)], on_duty(0, 1), items, learn),
        """
        0  1  1  picked up
        10  2  0  picked up
        20  2  0  decided
        20  1  1  decided
        20  3  1  picked up
        25  3  1  decided
    """,
    )


# -- duration -----------------------------------------------------------------------------------------------------


def duration_is_fixed_at_pick_up() -> tuple[World, str]:
    """10 s at factor 1.5 and speed 2 take 7.5 s whatever changes meanwhile; a third of a second is rounded to ticks."""
    items = load(Work(1, 0.0, 10.0), Work(2, 20.0, 1.0), Work(3, 30.0, 0.0))
    script = [SetFactor(0.0, 0, 1.5), SetSpeed(0.0, {0: Pace(1.0, (2.0,), (0.0,))}), on_duty(0), items]
    script += [SetFactor(5.0, 0, 1.0), SetSpeed(5.0, {0: Pace(1.0, (3.0,), (0.0,))})]
    return (
        world(ONE_QUEUE, [agent()], *script),
        f"""
        0  1  0  picked up
        7.5  1  0  decided
        20  2  0  picked up
        {20 + 349525 * TICK}  2  0  decided
        30  3  0  picked up
        {30 + TICK}  3  0  decided
    """,
    )


# -- follow-up work -----------------------------------------------------------------------------------------------


def follow_up_work() -> tuple[World, str]:
    """The share of errors is 0.3. Item 1 draws 0.2 and is decided wrongly, item 2 draws 0.3 and is not.

    Follow-up work without delay is there for the dispatch of that instant, after first-order items that arrive then,
    but it has its number since the decision: of two created at 10, item 13 stands before item 3.
    """
    after_error = Work(11, 5.0, 2.0, if_wrong=True, then=(Work(12, 1.0, 2.0),))
    one = Work(1, 0.0, 10.0, error_draw=0.2, then=(after_error, Work(13, 0.0, 3.0)))
    two = Work(2, 20.0, 4.0, error_draw=0.3, then=(Work(21, 0.0, 2.0, if_wrong=True), Work(22, 0.0, 2.0)))
    three = Work(3, 10.0, 1.0)
    script = SetSpeed(0.0, {0: Pace(1.0, (1.0,), (0.3,))}), on_duty(0), load(one, three, two)
    return (
        world(ONE_QUEUE, [agent()], *script),
        """
        0  1  0  picked up
        10  1  0  decided
        10  13  0  picked up
        13  13  0  decided
        13  3  0  picked up
        14  3  0  decided
        15  11  0  picked up
        17  11  0  decided
        18  12  0  picked up
        20  12  0  decided
        20  2  0  picked up
        24  2  0  decided
        24  22  0  picked up
        26  22  0  decided
    """,
    )


def due_by_the_origin() -> tuple[World, str]:
    """Item 2 arrives before the follow-up of 1, which is due before it all the same: at 100, not 110."""
    queues = [QueuePlan(slas=(SlaPlan(100.0, TURNAROUND, from_origin=True),))]
    one = Work(1, 0.0, 20.0, then=(Work(11, 0.0, 5.0),))
    return (
        world(queues, [agent()], on_duty(0), load(one, Work(2, 10.0, 5.0)), rule=EARLIEST_DUE),
        """
        0  1  0  picked up
        20  1  0  decided
        20  11  0  picked up
        25  11  0  decided
        25  2  0  picked up
        30  2  0  decided
    """,
    )


# -- patience -----------------------------------------------------------------------------------------------------


def patience() -> tuple[World, str]:
    """Expiry goes before the dispatch: item 2 leaves at the instant at which the agent is free, item 3 just makes it.

    In hand nothing expires; item 3 is handed back after its time and leaves at once.
    """
    queues = [QueuePlan(expiry=ANY_EXPIRES)]
    items = load(Work(1, 0.0, 20.0), Work(2, 5.0, 9.0, patience=15.0), Work(3, 5.0, 9.0, patience=16.0))
    return (
        world(queues, [agent()], on_duty(0), items, Suspend(25.0, (0,), 50.0)),
        """
        0  1  0  picked up
        20  1  0  decided
        20  2  -  expired
        20  3  0  picked up
        25  3  0  handed back
        25  3  -  expired
    """,
    )


def handed_back_often() -> tuple[World, str]:
    """However often an item is handed back, it expires once, as long after its creation as ever."""
    stops = [Suspend(10.0 * time, (0,), 10.0 * time + 5.0) for time in range(1, 7)]
    items = load(Work(1, 0.0, 50.0, patience=65.0))
    tries = "".join(f"{10 * time - 5}  1  0  picked up\n{10 * time}  1  0  handed back\n" for time in range(2, 7))
    script = on_duty(0), items, *stops, Suspend(63.0, (0,), 100.0)
    return (
        world([QueuePlan(expiry=ANY_EXPIRES)], [agent()], *script),
        f"""
        0  1  0  picked up
        10  1  0  handed back
        {tries}
        65  1  -  expired
    """,
    )


# -- vendors ------------------------------------------------------------------------------------------------------

TWO_VENDORS = [QueuePlan(vendors=(0, 1), overflow=10.0)]


def overflow() -> tuple[World, str]:
    """Agent 0 of vendor 0 takes item 2 of vendor 1 at the age of 10, not before.

    At 22 item 3 overflows too, but the work of the agent's own vendor goes first.
    """
    items = load(
        Work(1, 0.0, 40.0, split=(1,)),
        Work(2, 2.0, 10.0, split=(1,)),
        Work(3, 4.0, 9.0, split=(1,)),
        Work(4, 20.0, 5.0),
    )
    return (
        world(TWO_VENDORS, [agent(), agent(vendor=1)], on_duty(0, 1), items),
        """
        0  1  1  picked up
        12  2  0  picked up
        22  2  0  decided
        22  4  0  picked up
        27  4  0  decided
        27  3  0  picked up
        36  3  0  decided
        40  1  1  decided
    """,
    )


def overflow_after_an_expiry() -> tuple[World, str]:
    """Item 2 is only the head of its line since item 1 has left, and overflows at its own time."""
    queues = [QueuePlan(vendors=(0,), overflow=10.0, expiry=HEAD_EXPIRES)]
    items = load(Work(1, 0.0, 5.0, patience=12.0), Work(2, 5.0, 5.0, patience=12.0))
    return (
        world(queues, [agent(vendor=1)], on_duty(0, on=13.0), items),
        """
        12  1  -  expired
        15  2  0  picked up
        20  2  0  decided
    """,
    )


def overflow_behind_a_younger_head() -> tuple[World, str]:
    """Only heads overflow. Item 12 (created at 9, due at 100) stands before item 3 (created at 1, due at 101).

    Once agent 0 has taken it at 12, item 3 is the head, is older than 10 and goes to the other vendor's agent at once.
    """
    queues = [QueuePlan(), QueuePlan(vendors=(0,), overflow=10.0, slas=(SlaPlan(100.0, TURNAROUND, from_origin=True),))]
    one = Work(1, 0.0, 12.0)
    two = Work(2, 0.0, 9.0, then=(Work(12, 0.0, 20.0, queue=1),))
    agents = [agent(0, 1), agent(1, vendor=1), agent(0)]
    script = on_duty(0, 2), on_duty(1, on=11.5), load(one, two, Work(3, 1.0, 20.0, queue=1))
    return (
        world(queues, agents, *script, rule=EARLIEST_DUE),
        """
        0  1  0  picked up
        0  2  2  picked up
        9  2  2  decided
        12  1  0  decided
        12  12  0  picked up
        12  3  1  picked up
        32  12  0  decided
        32  3  1  decided
    """,
    )


def allocation_changes_for_later_items() -> tuple[World, str]:
    """From 10 on the split sends these items to vendor 1: item 2, which is created then, too, and follow-up work."""
    queues = [QueuePlan(vendors=(0, 1))]
    one = Work(1, 0.0, 15.0, then=(Work(11, 0.0, 5.0, split=(0, 1)),))
    items = load(one, Work(2, 10.0, 2.0, split=(0, 1)), Work(3, 10.0, 2.0, split=(1, 0)))
    return (
        world(queues, [agent(), agent(vendor=1)], on_duty(0, 1), items, SetEpoch(10.0, 0, 1)),
        """
        0  1  0  picked up
        10  2  1  picked up
        12  2  1  decided
        15  1  0  decided
        15  11  1  picked up
        15  3  0  picked up
        17  3  0  decided
        20  11  1  decided
    """,
    )


# -- duty ---------------------------------------------------------------------------------------------------------


def breaks_wait_and_keep_their_length() -> tuple[World, str]:
    """The break of 10 s due at 100 begins at 125 and would end at 135.

    The block to 120 is over by then, so the next break of 10 s follows at once: back at 145.
    """
    blocks = ((0.0, 100.0, False), (110.0, 120.0, False), (130.0, 300.0, True))
    items = load(Work(1, 90.0, 35.0), Work(2, 126.0, 5.0))
    return (
        world(ONE_QUEUE, [agent()], Post(0.0, {0: blocks}), items),
        """
        90  1  0  picked up
        125  1  0  decided
        145  2  0  picked up
        150  2  0  decided
    """,
    )


def ends_of_shifts() -> tuple[World, str]:
    """Agent 0 finishes the item, agent 1 hands it back and begins anew, agent 2 keeps it and goes on after the gap.

    An item that is done when the shift ends is decided: completions go before ends of duty.
    """
    agents = [agent(0, at_end=FINISH), agent(1, at_end=HAND_BACK), agent(2, at_end=KEEP), agent(3, at_end=HAND_BACK)]
    blocks = ((0.0, 100.0, True), (200.0, 310.0, True))
    items = load(*[Work(queue + 1, 0.0, 120.0, queue=queue) for queue in range(3)], Work(4, 0.0, 100.0, queue=3))
    return (
        world([QueuePlan()] * 4, agents, Post(0.0, dict.fromkeys(range(4), blocks)), items),
        """
        0  1  0  picked up
        0  2  1  picked up
        0  3  2  picked up
        0  4  3  picked up
        100  4  3  decided
        100  2  1  handed back
        120  1  0  decided
        200  2  1  picked up
        220  3  2  decided
        310  2  1  handed back
    """,
    )


def kept_and_released() -> tuple[World, str]:
    """Agent 0 keeps item 1 and is absent the next day: on release it has the place of its creation."""
    items = load(Work(1, 50.0, 60.0), Work(2, 90.0, 10.0), Work(3, 95.0, 10.0))
    script = [Post(0.0, {0: ((0.0, 100.0, True),)}), items, Post(200.0, {1: ((210.0, 400.0, True),)})]
    return (
        world(ONE_QUEUE, [agent(at_end=KEEP), agent()], *script, Release(200.0, (0, 1))),
        """
        50  1  0  picked up
        200  1  0  handed back
        210  1  1  picked up
        270  1  1  decided
        270  2  1  picked up
        280  2  1  decided
        280  3  1  picked up
        290  3  1  decided
    """,
    )


def shifts_that_meet() -> tuple[World, str]:
    """The shift posted at 100 begins where the other ends: nothing ends at 100, item 1 is not handed back."""
    script = Post(0.0, {0: ((0.0, 100.0, True),)}), Post(100.0, {0: ((100.0, 200.0, True),)})
    items = load(Work(1, 90.0, 20.0), Work(2, 195.0, 10.0))
    return (
        world(ONE_QUEUE, [agent(at_end=HAND_BACK)], *script, items),
        """
        90  1  0  picked up
        110  1  0  decided
        195  2  0  picked up
        200  2  0  handed back
    """,
    )


def prolonged_while_overrunning() -> tuple[World, str]:
    """Who still works on an item after the end of the shift stays on if the shift is prolonged then."""
    script = Post(0.0, {0: ((0.0, 100.0, True),)}), Post(110.0, {0: ((100.0, 200.0, True),)})
    items = load(Work(1, 90.0, 40.0), Work(2, 150.0, 10.0), Work(3, 201.0, 10.0))
    return (
        world(ONE_QUEUE, [agent()], *script, items),
        """
        90  1  0  picked up
        130  1  0  decided
        150  2  0  picked up
        160  2  0  decided
    """,
    )


def back_at_the_instant_of_leaving() -> tuple[World, str]:
    """Agent 0 is late for the next shift and begins it at 130, in time for the dispatch of the follow-up work."""
    pace = {0: Pace(2.0, (1.0,), (0.0,)), 1: Pace(1.0, (1.0,), (0.0,))}
    blocks = {0: ((0.0, 100.0, True), (120.0, 200.0, True)), 1: ((100.0, END, True),)}
    items = load(Work(1, 90.0, 40.0, then=(Work(11, 0.0, 10.0),)))
    script = SetSpeed(0.0, pace), Post(0.0, blocks), items
    return (
        world(ONE_QUEUE, [agent(), agent()], *script, choice=MOST_PROFICIENT),
        """
        90  1  0  picked up
        130  1  0  decided
        130  11  0  picked up
        140  11  0  decided
    """,
    )


def suspensions_overlap() -> tuple[World, str]:
    """The later end counts: 50. The work done is lost; agent 1, who comes on at 30, is barred too."""
    script = [on_duty(0), on_duty(1, on=30.0), load(Work(1, 0.0, 20.0), Work(2, 5.0, 20.0))]
    script += [Suspend(10.0, (0, 1), 50.0), Suspend(20.0, (0,), 40.0)]
    return (
        world(ONE_QUEUE, [agent(), agent()], *script),
        """
        0  1  0  picked up
        10  1  0  handed back
        50  1  0  picked up
        50  2  1  picked up
        70  1  0  decided
        70  2  1  decided
    """,
    )


def hired() -> tuple[World, str]:
    """A new agent has the next number and works when duty is posted."""
    script = [on_duty(0), load(*[Work(number, 10.0, 30.0) for number in (1, 2)])]
    script += [Hire(20.0, (0, (0,)), (FINISH,)), Post(20.0, {1: ((25.0, END, True),)})]
    return (
        world(ONE_QUEUE, [agent()], *script),
        """
        10  1  0  picked up
        25  2  1  picked up
        40  1  0  decided
        55  2  1  decided
    """,
    )


# -- exposure and backlog -----------------------------------------------------------------------------------------


def exposure() -> tuple[World, str]:
    """After 40 s on queue 0 the limit of 30 s is passed: the agent takes nothing more from it until the next day."""
    queues = [QueuePlan(exposure=30.0), QueuePlan()]
    items = load(Work(1, 0.0, 20.0), Work(2, 0.0, 20.0), Work(3, 0.0, 20.0), Work(4, 30.0, 20.0, queue=1))
    return (
        world(queues, [agent(0, 1)], on_duty(0), items, BeginDay(100.0, (0,))),
        """
        0  1  0  picked up
        20  1  0  decided
        20  2  0  picked up
        40  2  0  decided
        40  4  0  picked up
        60  4  0  decided
        100  3  0  picked up
        120  3  0  decided
    """,
    )


def backlog() -> tuple[World, str]:
    """At 10 a backlog takes the place of what waits (item 2), not of what is in hand (item 1) or yet to come (item 3).

    The oldest goes first, also before item 3, which is created at 10; item 91 is past its time and leaves at once.
    """
    aged = (Work(90, 50.0, 5.0, patience=80.0), Work(91, 40.0, 5.0, patience=30.0), Work(92, 0.0, 5.0))
    items = load(Work(1, 0.0, 20.0), Work(2, 5.0, 20.0), Work(3, 10.0, 5.0))
    script = on_duty(0), items, PutBacklog(10.0, 0, aged)
    return (
        world([QueuePlan(expiry=ANY_EXPIRES)], [agent()], *script),
        """
        0  1  0  picked up
        10  91  -  expired
        20  1  0  decided
        20  90  0  picked up
        25  90  0  decided
        25  92  0  picked up
        30  92  0  decided
        30  3  0  picked up
        35  3  0  decided
    """,
    )


# -- the test -----------------------------------------------------------------------------------------------------

CASES = [
    longest_idle_first,
    most_proficient_first,
    ahead_of_older_ones,
    ahead_within_one_queue,
    by_priority,
    by_wait,
    by_due_time,
    skills_change_at_once,
    duration_is_fixed_at_pick_up,
    follow_up_work,
    due_by_the_origin,
    patience,
    handed_back_often,
    overflow,
    overflow_after_an_expiry,
    overflow_behind_a_younger_head,
    allocation_changes_for_later_items,
    breaks_wait_and_keep_their_length,
    ends_of_shifts,
    kept_and_released,
    shifts_that_meet,
    prolonged_while_overrunning,
    back_at_the_instant_of_leaving,
    suspensions_overlap,
    hired,
    exposure,
    backlog,
]


@pytest.mark.parametrize("floor_type", [Floor, NaiveFloor])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_journal_is_as_worked_by_hand(case: Callable[[], tuple[World, str]], floor_type: FloorType) -> None:
    told, table = case()
    script = tuple(sorted(told.script, key=lambda order: order.time))
    *_, (floor,) = play(dataclasses.replace(told, script=script), floor_type)
    assert records(floor) == read_table(table)


def test_an_item_that_leaves_when_it_is_due_counts_as_late() -> None:
    """Item 1 leaves before it is due and counts for nothing, 2 as it is due, 3 after it, 4 is decided as it is due."""
    slas = [SlaPlan(10.0, TURNAROUND), SlaPlan(10.0, WAIT)]
    items = load(
        Work(1, 5.0, 1.0, patience=10.0 - TICK),
        Work(2, 5.0, 1.0, patience=10.0),
        Work(3, 5.0, 1.0, patience=10.0 + TICK),
        Work(4, 90.0, 10.0),
    )
    told = world([QueuePlan(expiry=ANY_EXPIRES, slas=slas)], [agent()], on_duty(0, on=90.0), items)
    *_, (floor,) = play(told, Floor)
    assert isinstance(floor, Floor)
    for sla in (0, 1):
        counts = floor.state.by_sla[sla, 0, 0]
        assert (counts["void"], counts["on_time"]) == (1, 1)
        assert floor.state.late["items"][sla, 0, 0].sum() == 2
    assert floor.state.by_queue["lost"][0, 0] == 3


# -- counts -------------------------------------------------------------------------------------------------------


def counted(told: World, floor_type: FloorType) -> AnyFloor:
    """Play a world whose report is over just before the world is."""
    *_, (floor,) = play(dataclasses.replace(told, edges=(0.0, END - 1.0)), floor_type)
    return floor


def late_by_cause(told: World, floor_type: FloorType) -> dict[int, tuple[int, float]]:
    """Return late items and their seconds until due, by cause."""
    late = counted(told, floor_type).state.late[0, 0, 0]
    return {cause: tuple(late[cause].tolist()) for cause in range(CAUSES) if late[cause]["seconds"] > 0}


@pytest.mark.parametrize("floor_type", [Floor, NaiveFloor])
def test_what_expires_when_it_is_due_has_waited_for_a_cause(floor_type: FloorType) -> None:
    """Also at a time at which the clocks of lines are written down."""
    queues = [QueuePlan(expiry=ANY_EXPIRES, slas=(SlaPlan(60.0, TURNAROUND),))]
    told = world(queues, [agent()], load(Work(1, 0.0, 10.0, patience=60.0)))
    for every in (60.0, 45.0):
        assert late_by_cause(dataclasses.replace(told, every=every), floor_type) == {NOBODY: (1, 60.0)}


@pytest.mark.parametrize("floor_type", [Floor, NaiveFloor])
@pytest.mark.parametrize("others", [(), (Work(2, 10.0, 5.0, queue=1),)])
def test_wait_after_hand_back_is_split_where_the_item_was_due(floor_type: FloorType, others: tuple[Work, ...]) -> None:
    """Taken at once at 10, handed back at 30, due at 80; the agent is stopped until 90, then gone for good.

    Whether another item was created at the same instant makes no difference.
    """
    queues = [QueuePlan(slas=(SlaPlan(70.0, TURNAROUND),)), QueuePlan()]
    script = on_duty(0, off=90.0), on_duty(1), load(Work(1, 10.0, 500.0), *others), Suspend(30.0, (0,), 200.0)
    told = world(queues, [agent(0), agent(1)], *script)
    assert late_by_cause(dataclasses.replace(told, every=10.0), floor_type) == {
        STOPPED: (1, 50.0),
        IN_HAND_LONG: (0, 20.0),
    }


@pytest.mark.parametrize("floor_type", [Floor, NaiveFloor])
def test_time_on_the_floor_counts_at_the_speed_of_its_time(floor_type: FloorType) -> None:
    """50 s at speed 1 and 50 s at speed 2."""
    faster = SetSpeed(50.0, {0: Pace(2.0, (2.0,), (0.0,))})
    floor = counted(world([QueuePlan()], [agent()], on_duty(0, off=100.0), faster), floor_type)
    assert floor.state.by_team[0, 0]["floor"] == 100.0
    assert floor.state.by_team[0, 0]["effective"] == 150.0


@pytest.mark.parametrize("floor_type", [Floor, NaiveFloor])
def test_overrun_counts_on_while_the_next_shift_is_prolonged(floor_type: FloorType) -> None:
    """The item outlasts the shift from 50 to 65; at 60 it is the shift from 70 that is prolonged."""
    posts = Post(0.0, {0: ((0.0, 50.0, True), (70.0, 100.0, True))}), Post(60.0, {0: ((100.0, 150.0, True),)})
    floor = counted(world([QueuePlan()], [agent()], posts[0], load(Work(1, 40.0, 25.0)), posts[1]), floor_type)
    assert floor.state.by_team[0, 0]["overrun"] == 15.0
    assert floor.state.by_team[0, 0]["floor"] == 65.0 + 80.0
