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
from simcap.workforce.notice import handover_notes
from simcap.workforce.roster import days_between
from simcap.workforce.team import Team

Teams = dict[str, Team]


def begin_events(context: ReplicationContext, teams: Teams) -> None:
    """Start the process of every event that affects the workforce or the floor."""
    for name, event in context.scenario.events.items():
        if event.outage is not None:
            context.begin(_outage(context, teams, name, event.outage))
        elif event.random_outages is not None:
            context.begin(_random_outages(context, teams, name, event.random_outages))
        elif event.training is not None:
            context.begin(_training(context, teams, name, event.training))
        elif event.cross_train is not None:
            context.begin(_cross_training(context, teams, name, event.cross_train))
        elif event.headcount is not None:
            context.begin(_headcount(context, teams, name, event.headcount))
        elif event.transfer is not None:
            move = event.transfer
            context.begin(transfer(context, teams[move.source], teams[move.to], name, move))
    for queue, name in enumerate(context.scenario.queues):
        context.begin(_handle_time(context, queue, factor_steps(context.scenario, context.clock, name)))


def begin_splits(context: ReplicationContext, epochs: Sequence[Sequence[float]]) -> None:
    """Start the processes that change the allocation of queues; `epochs` are the starts of each queue's splits."""
    for queue, starts in enumerate(epochs):
        if len(starts) > 1:
            context.begin(_splits(context, queue, starts))


def _splits(context: ReplicationContext, queue: int, starts: Sequence[float]) -> Process:
    for epoch, begin in enumerate(starts):
        if epoch > 0:
            yield context.until(begin)
            context.floor.set_epoch(queue, epoch)


# -- tools --------------------------------------------------------------------------------------------------------


def _stop(
    context: ReplicationContext,
    teams: Teams,
    outage: Outage | RandomOutages,
    address: tuple[str | int, ...],
    until: float,
) -> None:
    """Stop the first agents in an order of the outage's own, and the same share of those who join before it ends."""
    numbers, keys = [], []
    for name, team in teams.items():
        if outage.team in (None, name) and outage.vendor in (None, team.vendor_name):
            roster = team.members.roster
            here = roster.table[roster.on(team.members.today)]
            numbers.append(here["number"])
            keys.append(here["key"])
            team.members.stop_joiners(until, 1 - outage.capacity, address)
    everyone, key = np.concatenate(numbers), np.concatenate(keys)
    rank = np.argsort(context.streams.uniforms(key, Purpose.OUTAGE, *address), kind="stable")
    context.floor.suspend(everyone[rank[: round((1 - outage.capacity) * everyone.size)]], until)


def _outage(context: ReplicationContext, teams: Teams, name: str, outage: Outage) -> Process:
    clock = context.clock if outage.team is None else teams[outage.team].days.clock
    begin = to_tick(clock.at(outage.from_))
    yield context.until(begin)
    _stop(context, teams, outage, (name,), begin + to_tick(outage.for_))


def _random_outages(context: ReplicationContext, teams: Teams, name: str, outages: RandomOutages) -> Process:
    """Start outages at the points of a Poisson process that begins with the horizon."""
    if outages.per_year == 0:
        return
    yield context.until(0.0)
    lengths = family(outages.for_, context.files)
    number = 0
    while True:
        address = Purpose.RANDOM_OUTAGES, name, number
        gap, length = (context.streams.uniform(*address, part) for part in ("gap", "length"))
        yield context.env.timeout(to_tick(-math.log(gap) * YEAR / outages.per_year))
        spell = to_tick(float(lengths.ppf(np.array([length]))[0]))
        _stop(context, teams, outages, (name, number), context.env.now + spell)
        number += 1


def _handle_time(context: ReplicationContext, queue: int, steps: Sequence[tuple[float, float]]) -> Process:
    for moment, factor in steps[1:]:
        yield context.until(moment)
        context.floor.set_factor(queue, factor)


# -- people -------------------------------------------------------------------------------------------------------


def _ranked(
    context: ReplicationContext, team: Team, address: Sequence[str | int], rows: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return rows in an order of the event's own."""
    draws = context.streams.uniforms(team.members.roster.table["key"][rows], *address)
    return rows[np.argsort(draws, kind="stable")]


def _training(context: ReplicationContext, teams: Teams, name: str, training: Training) -> Process:
    team = teams[training.team]
    day = days_between(context.first, training.from_)
    yield context.until(team.days.midnight(day))
    rows = _ranked(context, team, (Purpose.TRAINING, name), team.members.roster.on(day))
    team.members.owe(rows[: round(training.agents * rows.size)], to_tick(training.hours * HOUR))


def _cross_training(context: ReplicationContext, teams: Teams, name: str, training: CrossTraining) -> Process:
    team = teams[training.team]
    queues = [list(context.scenario.queues).index(queue) for queue in training.adds]
    day = days_between(context.first, training.from_)
    done = day + math.ceil(training.for_ / DAY)
    yield context.until(team.days.midnight(day))
    roster = team.members.roster
    rows = roster.on(day)
    rows = _ranked(context, team, (Purpose.CROSS_TRAINING, name), rows[roster.table["second"][rows] < 0])
    chosen = rows[: training.agents]
    if chosen.size < training.agents:
        context.notes.append(
            f"{name}: teaches {agents(chosen.size)} of {training.team} rather than {training.agents}, "
            "as no more were free to learn"
        )
    team.members.learn(chosen, queues, training.ramp, done)
    yield context.until(team.days.midnight(done))
    context.floor.qualify(roster.table["number"][chosen], team.index, queues)


def _headcount(context: ReplicationContext, teams: Teams, name: str, change: Headcount) -> Process:
    team = teams[change.team]
    date = cut_day(context.scenario, change, team.vendor_name)
    if date != change.from_:
        context.notes.append(f"{name}: the notice moves the cut of {change.team} from {change.from_} to {date}")
        context.notes.extend(handover_notes(context.scenario, name, change, date))
    day = days_between(context.first, date)
    yield context.until(team.days.midnight(day))
    if change.change < 0:
        team.members.cut(day, -change.change)
    else:
        keys = team.members.keys(Purpose.TRANSFER, name, count=change.change)
        team.members.join(keys, team.members.tenure_of(keys))
