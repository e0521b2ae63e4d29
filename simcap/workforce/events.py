"""What happens to the workforce and its tools: outages, changes of handle time, training, cuts, new splits."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.effective import cut_day, factor_steps
from simcap.scenario.families import family
from simcap.scenario.relations import agents
from simcap.scenario.schema.events import CrossTraining, Headcount, Outage, RandomOutages, Training
from simcap.streams import Purpose
from simcap.units import DAY, HOUR, YEAR, to_tick
from simcap.workforce.context import Process, ReplicationContext
from simcap.workforce.moving import transfer
from simcap.workforce.notice import told_apart
from simcap.workforce.roster import days_between
from simcap.workforce.team import Team

Teams = dict[str, Team]


def begin_events(setting: ReplicationContext, teams: Teams) -> None:
    """Start the process of every event that the workforce or the floor feels."""
    for name, event in setting.scenario.events.items():
        if event.outage is not None:
            setting.begin(_outage(setting, teams, name, event.outage))
        elif event.random_outages is not None:
            setting.begin(_random_outages(setting, teams, name, event.random_outages))
        elif event.training is not None:
            setting.begin(_training(setting, teams, name, event.training))
        elif event.cross_train is not None:
            setting.begin(_cross_training(setting, teams, name, event.cross_train))
        elif event.headcount is not None:
            setting.begin(_headcount(setting, teams, name, event.headcount))
        elif event.transfer is not None:
            move = event.transfer
            setting.begin(transfer(setting, teams[move.source], teams[move.to], name, move))
    for queue, name in enumerate(setting.scenario.queues):
        setting.begin(_handle_time(setting, queue, factor_steps(setting.scenario, setting.clock, name)))


def begin_splits(setting: ReplicationContext, epochs: Sequence[Sequence[float]]) -> None:
    """Start the processes that change the allocation of queues: for each queue the starts of its splits."""
    for queue, begins in enumerate(epochs):
        if len(begins) > 1:
            setting.begin(_splits(setting, queue, begins))


def _splits(setting: ReplicationContext, queue: int, begins: Sequence[float]) -> Process:
    for epoch, begin in enumerate(begins):
        if epoch > 0:
            yield setting.until(begin)
            setting.floor.set_epoch(queue, epoch)


# -- tools --------------------------------------------------------------------------------------------------------


def _stop(
    setting: ReplicationContext,
    teams: Teams,
    outage: Outage | RandomOutages,
    address: tuple[str | int, ...],
    until: float,
) -> None:
    """Stop the first agents by a rank of the outage's own, and of those who join before it ends the same share."""
    numbers, keys = [], []
    for name, team in teams.items():
        if outage.team in (None, name) and outage.vendor in (None, team.vendor_name):
            roster = team.members.roster
            here = roster.table[roster.on(team.members.today)]
            numbers.append(here["number"])
            keys.append(here["key"])
            team.members.halt(until, 1 - outage.capacity, address)
    everyone, key = np.concatenate(numbers), np.concatenate(keys)
    rank = np.argsort(setting.streams.uniforms(key, Purpose.OUTAGE, *address), kind="stable")
    setting.floor.suspend(everyone[rank[: round((1 - outage.capacity) * everyone.size)]], until)


def _outage(setting: ReplicationContext, teams: Teams, name: str, plan: Outage) -> Process:
    clock = setting.clock if plan.team is None else teams[plan.team].days.clock
    begin = to_tick(clock.at(plan.from_))
    yield setting.until(begin)
    _stop(setting, teams, plan, (name,), begin + to_tick(plan.for_))


def _random_outages(setting: ReplicationContext, teams: Teams, name: str, plan: RandomOutages) -> Process:
    """Let outages begin at the points of a Poisson process from `start` on."""
    if plan.per_year == 0:
        return
    yield setting.until(0.0)
    lengths = family(plan.for_, setting.files)
    number = 0
    while True:
        address = Purpose.RANDOM_OUTAGES, name, number
        gap, length = (setting.streams.uniform(*address, part) for part in ("gap", "length"))
        yield setting.env.timeout(to_tick(-math.log(gap) * YEAR / plan.per_year))
        spell = to_tick(float(lengths.ppf(np.array([length]))[0]))
        _stop(setting, teams, plan, (name, number), setting.env.now + spell)
        number += 1


def _handle_time(setting: ReplicationContext, queue: int, steps: Sequence[tuple[float, float]]) -> Process:
    for moment, factor in steps[1:]:
        yield setting.until(moment)
        setting.floor.set_factor(queue, factor)


# -- people -------------------------------------------------------------------------------------------------------


def _first_of(
    setting: ReplicationContext, team: Team, address: Sequence[str | int], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return rows in the order of a rank of the event's own."""
    draws = setting.streams.uniforms(team.members.roster.table["key"][rows], *address)
    return rows[np.argsort(draws, kind="stable")]


def _training(setting: ReplicationContext, teams: Teams, name: str, plan: Training) -> Process:
    team = teams[plan.team]
    day = days_between(setting.first, plan.from_)
    yield setting.until(team.days.midnight(day))
    rows = _first_of(setting, team, (Purpose.TRAINING, name), team.members.roster.on(day))
    team.members.owe(rows[: round(plan.agents * rows.size)], to_tick(plan.hours * HOUR))


def _cross_training(setting: ReplicationContext, teams: Teams, name: str, plan: CrossTraining) -> Process:
    team = teams[plan.team]
    queues = [list(setting.scenario.queues).index(queue) for queue in plan.adds]
    day = days_between(setting.first, plan.from_)
    done = day + math.ceil(plan.for_ / DAY)
    yield setting.until(team.days.midnight(day))
    roster = team.members.roster
    rows = roster.on(day)
    rows = _first_of(setting, team, (Purpose.CROSS_TRAINING, name), rows[roster.table["second"][rows] < 0])
    chosen = rows[: plan.agents]
    if chosen.size < plan.agents:
        setting.notes.append(
            f"{name}: teaches {agents(chosen.size)} of {plan.team} rather than {plan.agents}, "
            "as no more were free to learn"
        )
    team.members.learn(chosen, queues, plan.ramp, done)
    yield setting.until(team.days.midnight(done))
    setting.floor.qualify(roster.table["number"][chosen], team.index, queues)


def _headcount(setting: ReplicationContext, teams: Teams, name: str, plan: Headcount) -> Process:
    team = teams[plan.team]
    date = cut_day(setting.scenario, plan, team.vendor_name)
    if date != plan.from_:
        setting.notes.append(f"{name}: the notice moves the cut of {plan.team} from {plan.from_} to {date}")
        setting.notes.extend(told_apart(setting.scenario, name, plan, date))
    day = days_between(setting.first, date)
    yield setting.until(team.days.midnight(day))
    if plan.change < 0:
        team.members.cut(day, -plan.change)
    else:
        keys = team.members.keys(Purpose.TRANSFER, name, count=plan.change)
        team.members.join(keys, team.members.tenure_of(keys))
