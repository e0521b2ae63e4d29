"""What goes ahead is worked as if it were a queue of its own that everybody takes just before the rest."""

from __future__ import annotations

import dataclasses

from hypothesis import HealthCheck, given, settings

from simcap.floor.floor import Floor
from simcap.floor.plan import QueuePlan
from simcap.floor.routing import PRIORITY
from simcap.floor.state import ANY_EXPIRES, INF, NO_EXPIRY
from tests.oracle.comparison import World, play, records
from tests.oracle.script import Hire, Load, Order, PutBacklog, Qualify, SetEpoch, SetFactor, SetSpeed, Work
from tests.oracle.worlds import worlds


def plain(queue: QueuePlan) -> QueuePlan:
    """Return a queue of one line in which anything may expire at any time."""
    expiry = NO_EXPIRY if queue.expiry == NO_EXPIRY else ANY_EXPIRES
    return dataclasses.replace(queue, vendors=(), exposure=INF, overflow=INF, expiry=expiry)


def of_one_line(work: Work) -> Work:
    return dataclasses.replace(work, split=(), then=tuple(map(of_one_line, work.then)))


def one_line_each(world: World) -> World:
    """Return a world worked by rank, whose queues are not allocated and know no limits."""
    script = tuple(
        dataclasses.replace(order, items=tuple(map(of_one_line, order.items)))
        if isinstance(order, Load | PutBacklog)
        else order
        for order in world.script
        if not isinstance(order, SetEpoch)
    )
    return dataclasses.replace(world, queues=tuple(map(plain, world.queues)), rule=PRIORITY, script=script)


def in_two(world: World) -> World:
    """Return a world in which what goes ahead is in queues of its own: the even ones, each before its odd one."""
    queues = tuple(dataclasses.replace(queue, some_go_ahead=False) for queue in world.queues for _ in range(2))
    agents = tuple(dataclasses.replace(agent, skills=twice(agent.skills)) for agent in world.agents)
    script = tuple(split for order in world.script for split in split_order(order))
    return dataclasses.replace(world, queues=queues, agents=agents, script=script)


def twice(queues: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(2 * queue + part for queue in queues for part in range(2))


def moved(work: Work) -> Work:
    queue = 2 * work.queue + (not work.goes_ahead)
    return dataclasses.replace(work, queue=queue, goes_ahead=False, then=tuple(map(moved, work.then)))


def split_order(order: Order) -> list[Order]:
    """Return what is ordered of the world in two."""
    match order:
        case Load():
            return [dataclasses.replace(order, items=tuple(map(moved, order.items)))]
        case PutBacklog():
            items = [moved(work) for work in order.items]
            both = twice((order.queue,))
            return [PutBacklog(order.time, queue, tuple(one for one in items if one.queue == queue)) for queue in both]
        case Qualify():
            skills = {agent: (vendor, twice(known)) for agent, (vendor, known) in order.skills.items()}
            return [Qualify(order.time, skills)]
        case Hire():
            return [dataclasses.replace(order, skills=(order.skills[0], twice(order.skills[1])))]
        case SetFactor():
            return [dataclasses.replace(order, queue=queue) for queue in twice((order.queue,))]
        case SetSpeed():
            pace = {
                agent: dataclasses.replace(
                    one,
                    speed=tuple(speed for speed in one.speed for _ in range(2)),
                    error_rate=tuple(rate for rate in one.error_rate for _ in range(2)),
                )
                for agent, one in order.pace.items()
            }
            return [SetSpeed(order.time, pace)]
    return [order]


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)
@given(worlds())
def test_what_goes_ahead_is_worked_like_a_queue_before_the_others(world: World) -> None:
    one = one_line_each(world)
    journals = [records([*play(each, Floor)][-1][0]) for each in (one, in_two(one))]
    assert journals[0] == journals[1]
