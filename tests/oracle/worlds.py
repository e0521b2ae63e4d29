"""Small worlds, drawn at random: few queues, agents and items, and much that happens at the same time.

Each part of a world (a burst of items, an agent, a shift, an order) is drawn from a seed of its own, and hypothesis
draws the seeds: that is quick, and a world in which the floors differ shrinks by leaving parts out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from random import Random
from typing import Final, TypeVar

import numpy as np
from hypothesis import strategies as st

from simcap.floor.plan import AgentPlan, QueuePlan, SlaPlan
from simcap.floor.routing import EARLIEST_DUE, LONGEST_WAIT, PRIORITY, RoutingRule
from simcap.floor.state import (
    ANY_EXPIRES,
    FINISH,
    HAND_BACK,
    HEAD_EXPIRES,
    INF,
    KEEP,
    LONGEST_IDLE,
    MOST_PROFICIENT,
    NO_EXPIRY,
    TURNAROUND,
    WAIT,
)
from simcap.scenario.open_times import OpenTimes
from simcap.units import HOUR, TICK

from .comparison import World
from .script import (
    BeginDay,
    Block,
    Hire,
    Load,
    Look,
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

DAY: Final = 480.0
"""A day of these worlds, in seconds: an item takes up to a quarter of it."""
GRAINS: Final = ((30.0,), (10.0,), (1.0,), (TICK,), (TICK, 20.0))
"""How finely times are drawn: coarsely, so that they are often equal, or on the finest grid, or both."""
AT_END: Final = (FINISH, HAND_BACK, KEEP)

T = TypeVar("T")
Skills = tuple[int, tuple[int, ...]]


def seeded(draw: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """Return a strategy whose values are drawn from one seed each."""
    return st.integers(0, 2**32 - 1).map(lambda seed: draw(Random(seed)))


@dataclasses.dataclass(frozen=True)
class Site:
    """What a world is built around: its queues, and what is the same for all that is drawn."""

    grain: tuple[float, ...]
    vendors: int
    rule: RoutingRule
    start: float
    overlaps: bool = False
    """Whether agents may have several items of some queue in hand."""
    queues: tuple[QueuePlan, ...] = ()
    patience: tuple[float, ...] = ()
    """By queue: of every item, where items expire in the order of the line."""

    def seconds(self, random: Random, low: float, high: float) -> float:
        """Draw a time or duration from `low` to `high`."""
        size = random.choice(self.grain)
        return random.randint(int(low / size), int(high / size)) * size

    def skills(self, random: Random) -> Skills:
        """Draw a vendor and the skills of one of its agents."""
        queues = random.sample(range(len(self.queues)), random.randint(1, len(self.queues)))
        return random.randrange(self.vendors), tuple(queues)


# -- queues -------------------------------------------------------------------------------------------------------


def draw_site(random: Random, *, overlaps: bool = False) -> Site:
    rule = random.choice([PRIORITY, EARLIEST_DUE, LONGEST_WAIT])
    site = Site(random.choice(GRAINS), random.randint(1, 3), rule, random.choice([0.0, -DAY, 7e6]), overlaps)
    queues = tuple(draw_queue(random, site) for _ in range(random.randint(1, 4)))
    patience = tuple(site.seconds(random, 0, 400) for _ in queues)
    return dataclasses.replace(site, queues=queues, patience=patience)


def draw_queue(random: Random, site: Site) -> QueuePlan:
    hours = draw_hours(random, site) if random.random() < 0.25 else None
    slas = [
        SlaPlan(
            site.seconds(random, 30, 300),
            random.choice([TURNAROUND, WAIT]),
            random.random() < 0.6,
            random.choice([None, hours, hours]),
        )
        for _ in range(random.choice([0, 1, 1, 2]))
    ]
    in_order = [not sla.from_origin and sla.hours is None for sla in slas]
    some_go_ahead = random.random() < 0.4
    by_key = site.rule != EARLIEST_DUE or (bool(slas) and all(in_order))
    keys_in_order_of_expiry = by_key and not some_go_ahead
    return QueuePlan(
        vendors=tuple(random.sample(range(site.vendors), random.randint(0, site.vendors))),
        slas=tuple(slas),
        expiry=random.choice([NO_EXPIRY, ANY_EXPIRES, HEAD_EXPIRES if keys_in_order_of_expiry else ANY_EXPIRES]),
        exposure=random.choice([INF, site.seconds(random, 30, 120), site.seconds(random, 30, 240)]),
        overflow=random.choice([INF, 0.0, site.seconds(random, 0, 200), site.seconds(random, 0, 200)]),
        some_go_ahead=some_go_ahead,
        pace=draw_pace_in_hand(random, site),
    )


def draw_pace_in_hand(random: Random, site: Site) -> tuple[float, ...]:
    """Draw at what speed each item goes on with one, two, ... of a queue in hand."""
    if not site.overlaps or random.random() < 0.3:
        return (1.0,)
    return (1.0, *random.choice([(1.0,), (0.5,), (0.7,), (0.9, 0.8), (0.55, 0.4, 1 / 3), (1.2, 0.3)]))


# -- items --------------------------------------------------------------------------------------------------------


def draw_item(random: Random, site: Site, time: float, queues: Sequence[int], generations: int) -> Work:
    """Draw an item that has no id yet, and its follow-up work."""
    queue = random.choice(queues)
    until_due = [sla.within for sla in site.queues[queue].slas]
    patience = random.choice([INF, 3 * DAY, site.seconds(random, 0, 300), site.seconds(random, 0, 300), *until_due])
    if site.queues[queue].expiry == HEAD_EXPIRES:
        patience = site.patience[queue]
    then: list[Work] = []
    if generations > 1 and random.random() < 0.5:
        for _ in range(random.randint(1, 2)):
            delay = random.choice([0.0, site.seconds(random, 0, 200)])
            then.append(draw_item(random, site, delay, range(len(site.queues)), generations - 1))
    return Work(
        id=-1,
        time=time,
        content=site.seconds(random, 0, 120),
        queue=queue,
        patience=patience,
        error_draw=random.choice([0.0, 0.25, 0.5, 1.0]),
        if_wrong=random.random() < 0.5,
        then=tuple(then),
        split=tuple(random.randrange(max(len(site.queues[queue].vendors), 1)) for _ in range(2)),
        goes_ahead=site.queues[queue].some_go_ahead and random.random() < 0.4,
    )


def with_ids(works: Sequence[Work], first: int) -> tuple[Work, ...]:
    """Return items with ids from `first` on."""
    named: list[Work] = []
    for work in works:
        named.append(dataclasses.replace(work, id=first, then=with_ids(work.then, first + 1)))
        first += sum(1 for _ in work.family())
    return tuple(named)


@st.composite
def chunks(draw: st.DrawFn, site: Site, day: int, begin: float, burst: int) -> Load:
    """Draw the items of a day, in bursts of up to so many."""

    def draw_burst(random: Random) -> list[Work]:
        moments = [site.seconds(random, 0, DAY - 1) for _ in range(random.randint(1, 2))]
        times = [begin + random.choice(moments) for _ in range(random.randint(1, burst))]
        return [draw_item(random, site, time, range(len(site.queues)), 3) for time in times]

    works = [work for burst in draw(st.lists(seeded(draw_burst), max_size=8)) for work in burst]
    return Load(begin, with_ids(works, 1000 * (day + 1)))


def draw_backlog(random: Random, site: Site, time: float, first: int) -> PutBacklog:
    queue = random.randrange(len(site.queues))
    ages = sorted((site.seconds(random, 0, 200) for _ in range(random.randint(0, 6))), reverse=True)
    return PutBacklog(time, queue, with_ids([draw_item(random, site, age, (queue,), 2) for age in ages], first))


# -- agents and their duty ----------------------------------------------------------------------------------------


def draw_agent(random: Random, site: Site) -> AgentPlan:
    return AgentPlan(random.randint(0, 1), *site.skills(random), at_end=random.choice(AT_END))


def draw_shift(random: Random, site: Site, begin: float, earliest: float) -> tuple[Block, ...]:
    """Draw the blocks of a day; an agent who is still on when the day begins may go on without a gap."""
    on = max(begin + random.choice([0.0, site.seconds(random, 0, DAY / 2)]), earliest)
    blocks: list[Block] = []
    for _ in range(random.randint(0, 3)):
        off = on + site.seconds(random, 30, 150)
        blocks.append((on, off, random.random() < 0.2))
        on = off + random.choice([0.0, site.seconds(random, 0, 40), site.seconds(random, 0, 90)])
    return (*blocks, (on, on + random.choice([DAY, site.seconds(random, 30, DAY / 2)]), True))


def draw_duty(random: Random, site: Site, begins: Sequence[float]) -> list[tuple[float, tuple[Block, ...]]]:
    """Draw what is posted for an agent, and when: all ahead, or day by day, late at times, or prolonged."""
    ahead, over = random.random() < 0.2, begins[0]
    posts: list[tuple[float, tuple[Block, ...]]] = [(begins[0], ())]
    for begin in begins:
        if random.random() < 0.15:
            continue
        blocks = draw_shift(random, site, begin, over)
        over = blocks[-1][1]
        if ahead:
            posts.append((begins[0], blocks))
            continue
        time = begin + random.choice([0.0, 0.0, 0.0, site.seconds(random, 0, DAY)])
        posts.append((max(time, posts[-1][0]), blocks))
        if random.random() < 0.4:
            moment = over + random.choice([-1, 0, 1, 1]) * site.seconds(random, 0, 90)
            blocks = ((over, over + site.seconds(random, 30, 150), True),)
            over = blocks[-1][1]
            posts.append((max(moment, posts[-1][0]), blocks))
    return posts


@st.composite
def rosters(draw: st.DrawFn, site: Site, counts: list[int], begins: list[float]) -> list[Post]:
    """Draw the duty of all days for as many agents as there are then."""
    posts: dict[tuple[float, int], dict[int, tuple[Block, ...]]] = {}
    for agent in range(counts[-1]):
        first = next(day for day, count in enumerate(counts) if agent < count)
        duty = draw(seeded(lambda random: draw_duty(random, site, begins[first:])))  # noqa: B023
        for turn, (time, blocks) in enumerate(duty):
            posts.setdefault((time, turn), {})[agent] = blocks
    return [Post(time, posts[time, turn]) for time, turn in sorted(posts)]


# -- what else is ordered -----------------------------------------------------------------------------------------


def draw_pace(random: Random, site: Site) -> Pace:
    speeds, error_rates = [0.5, 1.0, 2.0, 0.7, 1.3], [0.0, 0.3, 1.0]
    return Pace(
        random.choice(speeds),
        tuple(random.choice(speeds) for _ in site.queues),
        tuple(random.choice(error_rates) for _ in site.queues),
    )


def draw_orders(random: Random, site: Site, agents: int, times: tuple[float, float], number: int) -> list[Order]:
    """Draw an order out of turn, or two suspensions that overlap."""
    time = times[0] + site.seconds(random, 0, times[1] - times[0])
    queue = random.randrange(len(site.queues))
    some = tuple(random.sample(range(agents), random.randint(1, agents)))
    makers: list[Callable[[], Order]] = [
        lambda: Release(time, some),
        lambda: Qualify(time, {agent: site.skills(random) for agent in some}),
        lambda: BeginDay(time, some),
        lambda: SetSpeed(time, {agent: draw_pace(random, site) for agent in some}),
        lambda: SetFactor(time, queue, random.choice([0.5, 1.0, 1.5])),
        lambda: SetEpoch(time, queue, random.randint(0, 1)),
        lambda: draw_backlog(random, site, time, 100_000 + 1000 * number),
        lambda: Look(time),
    ]
    if random.random() < 0.7:
        return [random.choice(makers)()]
    length = site.seconds(random, 0, DAY / 2)
    again = time + site.seconds(random, 0, length)
    return [Suspend(time, some, time + length), Suspend(again, some[:2], again + site.seconds(random, 0, DAY / 4))]


@st.composite
def days(draw: st.DrawFn, site: Site, agents: int, begins: list[float], burst: int) -> list[Order]:
    """Draw what is ordered when each day begins: agents join, are rostered, items come."""
    script: list[Order] = []
    counts: list[int] = []
    for day, begin in enumerate(begins):
        if draw(st.booleans()):
            script.append(draw(seeded(lambda random: Hire(begin, site.skills(random), (random.choice(AT_END),)))))  # noqa: B023
            agents += 1
        counts.append(agents)
        script.append(draw(chunks(site, day, begin, burst)))
        if draw(st.booleans()):
            script.append(BeginDay(begin, tuple(range(agents))))
        if draw(st.booleans()):
            script.append(Release(begin, tuple(range(agents))))
    return script + draw(rosters(site, counts, begins))


def draw_edges(random: Random, site: Site, begin: float, end: float) -> tuple[float, ...]:
    """Draw the borders of the report's cells, which are over before the world ends; most of what happens is within."""
    first = begin + random.choice([0.0, 0.0, site.seconds(random, 0, DAY / 2)])
    last = random.choice([end - TICK, end - DAY, end - 3 * DAY])
    between = {first + site.seconds(random, 0, last - first) for _ in range(random.randint(0, 6))}
    return (first, *sorted(edge for edge in between if first < edge < last), last)


def draw_hours(random: Random, site: Site) -> OpenTimes:
    """Draw the hours of many days in which a clock runs."""
    days, opens, length = range(-2, 40), site.seconds(random, 0, DAY / 2), site.seconds(random, 30, DAY / 2)
    begins = np.array([site.start + day * DAY + opens for day in days if day % 4 or random.random() < 0.5])
    return OpenTimes(begins, begins + length)


@st.composite
def worlds(draw: st.DrawFn, most_days: int = 3, burst: int = 6, *, overlaps: bool = False) -> World:
    """Draw a world of a few days; items come in bursts of up to so many; work may overlap in an agent's hands."""
    site = draw(seeded(lambda random: draw_site(random, overlaps=overlaps)))
    agents = draw(st.lists(seeded(lambda random: draw_agent(random, site)), min_size=1, max_size=8))
    start = site.start
    begins = [start + day * DAY for day in range(draw(st.integers(1, most_days)))]
    end = begins[-1] + 4 * DAY
    script: list[Order] = []
    if draw(st.booleans()):
        pace = draw(seeded(lambda random: {agent: draw_pace(random, site) for agent in range(len(agents))}))
        script.append(SetSpeed(start, pace))
    script += draw(days(site, len(agents), begins, burst))
    if draw(st.booleans()):
        time = 0.0 if start < 0 else start
        script.append(draw(seeded(lambda random: draw_backlog(random, site, time, 90_000))))
    for number in range(draw(st.integers(0, 16))):
        times = (start, begins[-1] + DAY)
        script += draw(seeded(lambda random: draw_orders(random, site, len(agents), times, number)))  # noqa: B023
    return World(
        queues=site.queues,
        agents=tuple(agents),
        script=tuple(sorted(script, key=lambda order: order.time)),
        end=max([end, *(order.time for order in script)]),
        rule=site.rule,
        choice=draw(st.sampled_from([LONGEST_IDLE, MOST_PROFICIENT])),
        start=start,
        edges=draw(seeded(lambda random: draw_edges(random, site, begins[0], end))),
        every=draw(st.sampled_from([HOUR, 60.0, 7.0])),
    )
