"""What holds in every run, whatever the scenario: nothing is lost, nobody is in two places.

Scenarios are drawn at random; each count of the floor is compared with what the journal says happened to the items.
"""

from __future__ import annotations

import collections
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcap.analysis.figures import Layout, figures_of
from simcap.analysis.measures import QUEUE_MEASURES, TEAM_MEASURES
from simcap.scenario.schema.scenario import Scenario
from simcap.units import TICK
from tests.helpers import watch
from tests.ledger import Item, Ledger
from tests.plans import draw_plan

PERIODS = ("horizon", "month", "week", "day", "hour")
seeds = st.integers(0, 10**6)


def ledger_of(seed: int) -> Ledger:
    plan = Scenario.model_validate(draw_plan(seed))
    return Ledger(plan, *watch(plan, seed=seed, hourly=True))


def laws(ledger: Ledger) -> None:
    """Assert every law of one run."""
    balance(ledger)
    counts_by_the_clock(ledger)
    counts_by_cohort(ledger)
    slas(ledger)
    causes(ledger)
    run_out(ledger)
    hands(ledger)
    duty(ledger)
    expiry(ledger)
    exposure(ledger)
    overflow(ledger)
    people(ledger)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seeds)
def test_laws(seed: int) -> None:
    laws(ledger_of(seed))


@settings(max_examples=12, deadline=None, derandomize=True)
@given(seeds)
def test_laws_where_people_come_and_stay_away_by_the_backlog(seed: int) -> None:
    document = draw_plan(seed)
    more = {"to": "backlog", "normal": "3 h", "elasticity": "80%", "at_least": "30%", "at_most": "400%"}
    teams = [team for vendor in document["vendors"].values() for team in vendor["teams"].values()]
    for asking in teams if seed % 2 else document["queues"].values():
        asking["responds"] = more
    plan = Scenario.model_validate(document)
    laws(Ledger(plan, *watch(plan, seed=seed, hourly=True)))


# -- items --------------------------------------------------------------------------------------------------------


def balance(ledger: Ledger) -> None:
    """Open before + arrived = completed + expired + open at the end, in every window of every period."""
    tally = ledger.tally
    layout = Layout.of(tally, PERIODS)
    figures = figures_of(tally, layout)
    for period in PERIODS:
        arrived, completed, expired, open_at_end = (
            figures["queues", period][:, QUEUE_MEASURES.index(name), :]
            for name in ("arrived", "completed", "expired", "open_at_end")
        )
        before = np.concatenate([tally.open_before[:, None], open_at_end[:, :-1]], axis=1)
        assert np.array_equal(before + arrived, completed + expired + open_at_end), period
    for name in ("arrived", "completed", "expired"):
        sums = [figures["queues", period][:, QUEUE_MEASURES.index(name), :].sum(axis=1) for period in PERIODS]
        assert all(np.array_equal(sums[0], other) for other in sums)


def counts_by_the_clock(ledger: Ledger) -> None:
    tally, edges = ledger.tally, ledger.tally.grid.edges
    arrived, completed, expired = ledger.zeros(), ledger.zeros(), ledger.zeros()
    for item in ledger.all:
        if not item.backlog:
            arrived[item.queue, ledger.cell(item.created)] += 1
        for moment, count in ((item.decided, completed), (item.expired, expired)):
            if moment < math.inf:
                count[item.queue, ledger.cell(moment)] += 1
    for name, count in (("arrived", arrived), ("completed", completed), ("expired", expired)):
        assert np.array_equal(tally.by_queue[name][:, :-1], count[:, :-1]), name
    for cell, edge in enumerate(edges[1:]):
        there = [item for item in ledger.all if item.created < edge <= item.left]
        waiting = np.bincount([item.queue for item in there], minlength=len(ledger.queues))
        assert np.array_equal(tally.by_queue["open"][:, cell], waiting), cell
        for queue in range(len(ledger.queues)):
            oldest = max((edge - item.created for item in there if item.queue == queue), default=0.0)
            assert tally.by_queue["oldest"][queue, cell] == oldest
    before = [item for item in ledger.all if (item.created < 0 or item.backlog) and item.left >= 0 != item.replaced]
    assert np.array_equal(tally.open_before, np.bincount([i.queue for i in before], minlength=len(ledger.queues)))


def counts_by_cohort(ledger: Ledger) -> None:
    """Compare waits and turnarounds; with the open counts this is Little's law, item by item."""
    names = ("picked_up", "delayed", "wait", "decided", "turnaround", "gave_up", "gave_up_wait", "lost")
    found = {name: ledger.zeros() for name in names}
    for item in ledger.all:
        at = item.queue, ledger.cohort(item)
        if item.spells:
            found["picked_up"][at] += 1
            found["wait"][at] += item.picked_up - item.created
            found["delayed"][at] += item.picked_up > item.created
        if item.decided < math.inf:
            found["decided"][at] += 1
            found["turnaround"][at] += item.decided - item.created
        if item.expired < math.inf:
            found["lost"][at] += 1
            if not item.spells:
                found["gave_up"][at] += 1
                found["gave_up_wait"][at] += item.expired - item.created
    for name in names:
        assert np.array_equal(ledger.tally.by_queue[name][:, :-1], found[name][:, :-1]), name
    for bins, name in ((ledger.tally.wait_bins, "picked_up"), (ledger.tally.turnaround_bins, "decided")):
        by_day = np.zeros(bins.shape[:2])
        for cell, day in enumerate(ledger.tally.grid.cell_day):
            by_day[:, day] += found[name][:, cell]
        assert np.array_equal(bins.sum(axis=2)[:, :-1], by_day[:, :-1]), name


def slas(ledger: Ledger) -> None:
    tally = ledger.tally
    created, lost = np.zeros(tally.by_line.shape), np.zeros(tally.by_line.shape)
    on_time, void = np.zeros(tally.by_sla.shape), np.zeros(tally.by_sla.shape)
    first_line = {queue: n for n, (queue, _) in reversed(list(enumerate(tally.names.lines)))}
    terms = [(list(ledger.plan.queues).index(q), ledger.plan.queues[q].sla[name]) for q, name in tally.names.slas]
    for item in ledger.all:
        cell = ledger.cohort(item)
        line = first_line[tally.names.queues[item.queue]] + item.place
        if not item.backlog:
            created[line, cell] += 1
        lost[line, cell] += item.expired < math.inf
        for number, (queue, sla) in enumerate(terms):
            if queue == item.queue:
                due = (item.origin if sla.clock == "origin" else item.created) + sla.within
                moment = item.decided if sla.measure == "turnaround" else item.picked_up
                on_time[number, item.place, cell] += moment <= due
                void[number, item.place, cell] += item.expired < due and moment == math.inf
    assert np.array_equal(tally.by_line["created"][:, :-1], created[:, :-1])
    assert np.array_equal(tally.by_line["lost"][:, :-1], lost[:, :-1])
    assert np.array_equal(tally.by_sla["on_time"][..., :-1], on_time[..., :-1])
    assert np.array_equal(tally.by_sla["void"][..., :-1], void[..., :-1])


def causes(ledger: Ledger) -> None:
    """Every late item has a cause, and the parts of its time sum to the time in which it was due."""
    tally = ledger.tally
    for sla, (of, name) in enumerate(tally.names.slas):
        queue = tally.names.queues.index(of)
        terms = ledger.queues[queue].sla[name]
        lines = [line for line, (own, _) in enumerate(tally.names.lines) if own == of]
        late = tally.late[sla, : len(lines), :-1]
        decided = tally.by_line["created"][lines, :-1] - tally.by_sla["void"][sla, : len(lines), :-1]
        assert np.array_equal(late["items"].sum(axis=-1), decided - tally.by_sla["on_time"][sla, : len(lines), :-1])
        by_hour = tally.late_hours[sla, : len(lines)]
        assert np.array_equal(by_hour.sum(axis=-1), late["items"].sum(axis=(1, 2)))
        assert (late["seconds"] >= 0).all()
        assert ((late["seconds"] > 0) | (late["items"] == 0)).all(), "an item is late by a cause that took time"
        until_due = terms.within * late["items"].sum(axis=-1)
        assert np.allclose(late["seconds"].sum(axis=-1), until_due, rtol=1e-9, atol=1e-6)


def run_out(ledger: Ledger) -> None:
    """The run goes on until no item of the horizon that an SLA counts is open, or all of them are past due."""
    end = ledger.tally.grid.end
    slas = [[sla.within for sla in queue.sla.values()] for queue in ledger.queues]
    still = [i for i in ledger.all if i.left == math.inf and slas[i.queue] and not i.backlog and 0 <= i.created < end]
    assert ledger.floor.counters["unsettled"] == len(still)
    if still:
        last = end + max(max(within) for within in slas if within)
        assert ledger.floor.settle(last) is False
        assert ledger.floor.counters["unsettled"] == len(still)


def expiry(ledger: Ledger) -> None:
    """Only waiting items expire, at their time; nobody picks up an item whose time has come."""
    for item in ledger.all:
        assert all(begin < item.expires for begin, *_ in item.spells)
        back = item.spells[-1][1] if item.spells and item.decided == math.inf else -math.inf
        if item.expired < math.inf:
            assert item.expired == max(item.expires, back)
        elif item.left == math.inf and back < math.inf:
            assert item.expires >= ledger.end - TICK


# -- people -------------------------------------------------------------------------------------------------------


def by_agent(ledger: Ledger) -> dict[int, list[tuple[float, float, Item]]]:
    spells = collections.defaultdict(list)
    for item in ledger.all:
        for begin, end, agent in item.spells:
            spells[agent].append((begin, end, item))
    return {agent: sorted(found, key=lambda spell: spell[0]) for agent, found in spells.items()}


def hands(ledger: Ledger) -> None:
    """Nobody works on two items, and no item is worked on by two."""
    for spells in by_agent(ledger).values():
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spells))
    for item in ledger.all:
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(item.spells))
        assert item.created <= item.picked_up
        assert sum(moment < math.inf for moment in (item.decided, item.expired, item.replaced)) <= 1


def duty(ledger: Ledger) -> None:
    """Items are taken on duty only: within a block that was posted, and not while suspended."""
    blocks, stops = collections.defaultdict(list), collections.defaultdict(list)
    for agent, on, off in ledger.floor.duty:
        blocks[agent].append((on, off))
    for agent, begin, end in ledger.floor.stops:
        stops[agent].append((begin, end))
    for agent, spells in by_agent(ledger).items():
        for begin, _, _ in spells:
            assert any(on <= begin < off for on, off in blocks[agent]), (agent, begin)
            assert not any(since <= begin < until for since, until in stops[agent]), (agent, begin)


def exposure(ledger: Ledger) -> None:
    """Nobody takes an item from a queue after the limit of the local day."""
    days = collections.defaultdict(list)
    for agent, moment in ledger.floor.midnights:
        days[agent].append(moment)
    for agent, spells in by_agent(ledger).items():
        worked: dict[tuple[int, int], float] = collections.defaultdict(float)
        for begin, end, item in spells:
            limit = ledger.queues[item.queue].max_per_day
            if limit is None or end - begin > 4 * 3600:  # kept over night: what was done when is not in the journal
                continue
            midnights = [moment for moment in days[agent] if begin < moment < end]
            day = sum(moment <= begin for moment in days[agent])
            if not any(e - b > 4 * 3600 for b, e, i in spells if i.queue == item.queue):
                assert worked[item.queue, day] < limit, (agent, begin)
            for number, (since, until) in enumerate(zip([begin, *midnights], [*midnights, end], strict=True)):
                worked[item.queue, day + number] += until - since


def overflow(ledger: Ledger) -> None:
    """Another vendor's agent takes an allocated item only once it is old enough, and only with overflow."""
    names = ledger.tally.names
    after = ledger.plan.routing.overflow.after if ledger.plan.routing.overflow else math.inf
    learned = [event.cross_train for event in ledger.plan.events.values() if event.cross_train is not None]
    for item in ledger.all:
        own = [vendor for queue, vendor in names.lines if queue == names.queues[item.queue]][item.place]
        for begin, _, agent in item.spells:
            vendor, team = names.teams[ledger.floor.team_of[agent]]
            skills = ledger.plan.vendors[vendor].teams[team].skills
            added = [queue for lesson in learned if lesson.team == team for queue in lesson.adds]
            assert names.queues[item.queue] in (*skills, *added)
            assert own in ("", vendor) or begin - item.created >= after


def people(ledger: Ledger) -> None:
    tally = ledger.tally
    count = tally.by_team[:, :-1]
    assert (count["busy"] <= count["floor"] + TICK).all()
    assert (count["busy"] >= 0).all()
    assert (count["overrun"] <= count["floor"] + TICK).all()
    decisions = tally.decisions[:, :, :-1]
    assert np.array_equal(decisions.sum(axis=0), tally.by_queue["completed"][:, :-1])
    assert (count["errors"] <= decisions.sum(axis=1)).all()
    figures = figures_of(tally, Layout.of(tally, PERIODS))
    for period in PERIODS:
        table = figures["teams", period]
        occupancy = table[:, TEAM_MEASURES.index("occupancy"), :]
        assert ((occupancy >= 0) & (occupancy <= 1 + 1e-9) | np.isnan(occupancy)).all()
        for name in ("hires", "leavers", "paid_hours", "completed", "busy_hours"):
            row = table[:, TEAM_MEASURES.index(name), :].sum(axis=1)
            assert row == pytest.approx(figures["teams", "horizon"][:, TEAM_MEASURES.index(name), 0]), (period, name)
    for team, hires, leavers, moved in zip(tally.headcount, tally.hires, tally.leavers, tally.transfers, strict=True):
        assert np.array_equal(np.diff(team), (hires - leavers + moved)[1:])
        assert (team >= 0).all()
    assert not tally.transfers.sum(axis=0).any(), "a transfer makes nobody, and loses nobody"
