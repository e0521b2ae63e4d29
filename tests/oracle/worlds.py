"""Small worlds, drawn at random: few queues, agents and items, and much that happens at the same time."""

from __future__ import annotations

import dataclasses
from typing import Final

from hypothesis import strategies as st

from simcap.floor.plan import AgentPlan, QueuePlan, SlaPlan
from simcap.floor.state import (
    ANY_EXPIRES,
    EARLIEST_DUE,
    FINISH,
    HAND_BACK,
    HEAD_EXPIRES,
    INF,
    KEEP,
    LONGEST_IDLE,
    LONGEST_WAIT,
    MOST_PROFICIENT,
    NO_EXPIRY,
    PRIORITY,
    TURNAROUND,
    WAIT,
)
from simcap.units import TICK

from .script import (
    BeginDay,
    Block,
    Load,
    Look,
    Order,
    Pace,
    Post,
    PutBacklog,
    Qualify,
    Release,
    SetFactor,
    SetSpeed,
    Suspend,
    Work,
    World,
)

DAY: Final = 480.0
"""A day of these worlds, in seconds: an item takes up to a quarter of it."""
Skills = tuple[int, tuple[int, ...]]


@dataclasses.dataclass(frozen=True)
class Grain:
    """How finely times are drawn: coarsely, so that they are often equal, or on the finest grid, or both."""

    sizes: tuple[float, ...]

    def seconds(self, low: float, high: float) -> st.SearchStrategy[float]:
        """Draw a time or duration from `low` to `high`."""
        return st.one_of(*[st.integers(int(low / size), int(high / size)).map(size.__mul__) for size in self.sizes])


grains = st.sampled_from([Grain((30.0,)), Grain((10.0,)), Grain((1.0,)), Grain((TICK,)), Grain((TICK, 20.0))])


# -- who and what -------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Site:
    """What a world is built around: queues with their lines, and what is the same for all that is drawn."""

    grain: Grain
    vendors: int
    queues: tuple[QueuePlan, ...]
    patience: tuple[float, ...]
    """By queue: of every item, where items expire in the order of the line."""
    rule: int

    def lines(self) -> list[int]:
        """Return the queue of each line."""
        return [number for number, queue in enumerate(self.queues) for _ in queue.vendors or (None,)]


@st.composite
def queue_plans(draw: st.DrawFn, grain: Grain, vendors: int, rule: int) -> QueuePlan:
    within = grain.seconds(30, 300)
    slas = draw(st.lists(st.builds(SlaPlan, within, st.sampled_from([TURNAROUND, WAIT]), st.booleans()), max_size=2))
    keys_in_order_of_expiry = rule != EARLIEST_DUE or (bool(slas) and not any(sla.from_origin for sla in slas))
    expiries = [NO_EXPIRY, ANY_EXPIRES, HEAD_EXPIRES] if keys_in_order_of_expiry else [NO_EXPIRY, ANY_EXPIRES]
    return QueuePlan(
        vendors=draw(st.lists(st.integers(0, vendors - 1), max_size=vendors, unique=True).map(tuple)),
        slas=tuple(slas),
        expiry=draw(st.sampled_from(expiries)),
        exposure=draw(st.one_of(st.just(INF), grain.seconds(30, 240))),
        overflow=draw(st.one_of(st.just(INF), st.just(0.0), grain.seconds(0, 200))),
    )


@st.composite
def sites(draw: st.DrawFn) -> Site:
    grain, vendors = draw(grains), draw(st.integers(1, 3))
    rule = draw(st.sampled_from([PRIORITY, EARLIEST_DUE, LONGEST_WAIT]))
    queues = draw(st.lists(queue_plans(grain, vendors, rule), min_size=1, max_size=4))
    patience = [draw(grain.seconds(0, 400)) for _ in queues]
    return Site(grain, vendors, tuple(queues), tuple(patience), rule)


def skills_of(site: Site) -> st.SearchStrategy[Skills]:
    queues = st.lists(st.integers(0, len(site.queues) - 1), max_size=4, unique=True, min_size=1)
    return st.tuples(st.integers(0, site.vendors - 1), queues.map(tuple))


def agent_plans(site: Site) -> st.SearchStrategy[AgentPlan]:
    at_end = st.sampled_from([FINISH, HAND_BACK, KEEP])
    return st.builds(lambda skills, end: AgentPlan(0, *skills, at_end=end), skills_of(site), at_end)


# -- items --------------------------------------------------------------------------------------------------------


@st.composite
def items(draw: st.DrawFn, site: Site, time: st.SearchStrategy[float], lines: list[int], generations: int) -> Work:
    """Draw an item without a number, and its follow-up work."""
    line = draw(st.sampled_from(lines))
    queue = site.lines()[line]
    patience = st.just(site.patience[queue])
    if site.queues[queue].expiry != HEAD_EXPIRES:
        patience = st.one_of(st.just(INF), site.grain.seconds(0, 300))
    then: list[Work] = []
    if generations > 1 and draw(st.integers(0, 3)) == 3:
        delay = st.one_of(st.just(0.0), site.grain.seconds(0, 200))
        every_line = list(range(len(site.lines())))
        then = draw(st.lists(items(site, delay, every_line, generations - 1), min_size=1, max_size=2))
    return Work(
        id=-1,
        time=draw(time),
        content=draw(site.grain.seconds(0, 120)),
        line=line,
        patience=draw(patience),
        error_draw=draw(st.sampled_from([0.0, 0.25, 0.5, 1.0])),
        if_wrong=draw(st.booleans()),
        then=tuple(then),
    )


def with_ids(works: list[Work], first: int) -> tuple[Work, ...]:
    """Return items with ids from `first` on."""
    named: list[Work] = []
    for work in works:
        then = with_ids(list(work.then), first + 1)
        named.append(dataclasses.replace(work, id=first, then=then))
        first += sum(1 for _ in work.family())
    return tuple(named)


@st.composite
def chunks(draw: st.DrawFn, site: Site, day: int, begin: float) -> Load:
    every_line = list(range(len(site.lines())))
    time = site.grain.seconds(0, DAY - 1).map(begin.__add__)
    works = draw(st.lists(items(site, time, every_line, 3), max_size=20))
    works.sort(key=lambda work: work.time)
    return Load(begin, with_ids(works, 1000 * (day + 1)))


@st.composite
def backlogs(draw: st.DrawFn, site: Site, time: float, first: int) -> PutBacklog:
    queue = draw(st.integers(0, len(site.queues) - 1))
    lines = [line for line, owner in enumerate(site.lines()) if owner == queue]
    works = draw(st.lists(items(site, site.grain.seconds(0, 200), lines, 2), max_size=6))
    works.sort(key=lambda work: -work.time)
    return PutBacklog(time, queue, with_ids(works, first))


# -- duty ---------------------------------------------------------------------------------------------------------


@st.composite
def shifts(draw: st.DrawFn, grain: Grain, begin: float, earliest: float) -> tuple[Block, ...]:
    """Draw the blocks of a day; an agent who is still on when the day begins goes on without a gap."""
    if draw(st.integers(0, 5)) == 0:
        return ()
    on = max(begin + draw(st.one_of(st.just(0.0), grain.seconds(0, DAY / 2))), earliest)
    gaps = draw(st.lists(st.tuples(grain.seconds(30, 200), grain.seconds(0, 90)), max_size=3))
    blocks: list[Block] = []
    for length, gap in gaps:
        blocks.append((on, on + length, False))
        on += length + gap
    return (*blocks, (on, on + draw(st.one_of(st.just(DAY), grain.seconds(30, DAY))), True))


@st.composite
def rosters(draw: st.DrawFn, site: Site, agents: int, begins: list[float]) -> list[Post]:
    """Draw the duty of all days: posted when the day begins, or late, for some agents or for all."""
    posts: list[Post] = []
    over = [begins[0]] * agents
    for begin in begins:
        duty: dict[int, tuple[Block, ...]] = {}
        for agent in range(agents):
            duty[agent] = draw(shifts(site.grain, begin, over[agent]))
            over[agent] = max([over[agent], *(off for _, off, _ in duty[agent])])
        late = draw(st.one_of(st.just(0.0), st.just(0.0), site.grain.seconds(0, DAY)))
        later = draw(st.sets(st.integers(0, agents - 1))) if late else set()
        posts.append(Post(begin, {agent: blocks for agent, blocks in duty.items() if agent not in later}))
        posts.append(Post(begin + late, {agent: blocks for agent, blocks in duty.items() if agent in later}))
    return [post for post in posts if post.duty]


# -- what else is ordered -----------------------------------------------------------------------------------------


@st.composite
def paces(draw: st.DrawFn, queues: int) -> Pace:
    speed = st.sampled_from([0.5, 1.0, 2.0, 0.7, 1.3])
    error_rate = st.sampled_from([0.0, 0.3, 1.0])
    return Pace(
        draw(speed),
        tuple(draw(st.lists(speed, min_size=queues, max_size=queues))),
        tuple(draw(st.lists(error_rate, min_size=queues, max_size=queues))),
    )


@st.composite
def orders(draw: st.DrawFn, site: Site, agents: int, begin: float, end: float, number: int) -> Order:
    """Draw an order out of turn."""
    time = begin + draw(site.grain.seconds(0, end - begin))
    kinds = [Suspend, Suspend, Release, Qualify, BeginDay, SetSpeed, SetFactor, PutBacklog, Look]
    kind = draw(st.sampled_from(kinds))
    if kind is PutBacklog:
        return draw(backlogs(site, time, 100_000 + 1000 * number))
    if kind is SetFactor:
        return SetFactor(time, draw(st.integers(0, len(site.queues) - 1)), draw(st.sampled_from([0.5, 1.0, 1.5])))
    if kind is Look:
        return Look(time)
    some = tuple(draw(st.lists(st.integers(0, agents - 1), min_size=1, unique=True)))
    if kind is Suspend:
        return Suspend(time, some, time + draw(site.grain.seconds(0, DAY)))
    if kind is Qualify:
        return Qualify(time, {agent: draw(skills_of(site)) for agent in some})
    if kind is SetSpeed:
        return SetSpeed(time, {agent: draw(paces(len(site.queues))) for agent in some})
    return Release(time, some) if kind is Release else BeginDay(time, some)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a world of one to three days."""
    site = draw(sites())
    agents = draw(st.lists(agent_plans(site), min_size=1, max_size=8))
    everyone = tuple(range(len(agents)))
    start = draw(st.sampled_from([0.0, -DAY, 7e6]))
    begins = [start + day * DAY for day in range(draw(st.integers(1, 3)))]
    end = begins[-1] + 3 * DAY
    script: list[Order] = [SetSpeed(start, {agent: draw(paces(len(site.queues))) for agent in everyone})]
    script += draw(rosters(site, len(agents), begins))
    for day, begin in enumerate(begins):
        script.append(draw(chunks(site, day, begin)))
        if draw(st.booleans()):
            script.append(BeginDay(begin, everyone))
    if draw(st.booleans()):
        script.append(draw(backlogs(site, 0.0 if start < 0 else start, 90_000)))
    script += [draw(orders(site, len(agents), start, end, number)) for number in range(draw(st.integers(0, 8)))]
    script.sort(key=lambda order: order.time)
    return World(
        queues=site.queues,
        agents=tuple(agents),
        script=tuple(script),
        end=end,
        rule=site.rule,
        choice=draw(st.sampled_from([LONGEST_IDLE, MOST_PROFICIENT])),
        start=start,
        edges=tuple(begins) + (end,),
    )
