"""What becomes of the items that are served in a step, or give up: waits, SLAs, and the work that follows."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import maximum, minimum, outlined
from simcap.sketch.layout import LATEST, LITTLE, ORIGINS, PIECES, REACH
from simcap.sketch.steps import STEP

Array = NDArray[np.float64]

_SCALE: Final = PIECES / REACH


@outlined
def _done_within(table: Array, slack: float) -> Any:
    """Return the integral up to a slack, in mean durations, of the probability that an item takes no longer."""
    if slack <= 0:
        return 0.0
    place = slack * _SCALE
    piece = int(place)
    if piece >= PIECES:
        return table[PIECES] + (slack - REACH)
    return table[piece] + (table[piece + 1] - table[piece]) * (place - piece)


@outlined
def _share_on_time(table: Array, first: float, last: float) -> Any:
    """Return the share done in time of items whose slack, in mean durations, runs evenly from one value to another."""
    low, high = minimum(first, last), maximum(first, last)
    if low >= REACH:
        return 1.0
    if high >= LATEST:
        return 0.5
    if high - low < 0.1:
        middle = (low + high) / 2
        low, high = middle - 0.05, middle + 0.05
    return (_done_within(table, high) - _done_within(table, low)) / (high - low)


@outlined
def _share_above_zero(first: float, last: float) -> float:
    """Return the share of items whose slack is not below zero, as it runs evenly from one value to another."""
    low, high = minimum(first, last), maximum(first, last)
    if low >= 0:
        return 1.0
    return high / (high - low) if high > 0 else 0.0


@outlined
def take(p: Any, s: Any, t: int, line: int) -> None:
    """Take what a line was served out of its cohorts, the oldest first, and count it."""
    served = s.served[line]
    if served <= LITTLE:
        return
    queue = p.line_queue[line]
    duration = p.duration[queue, t] * s.slowness[line] / served
    decided = t + 0.5 + duration / STEP
    left, before, ages, squares = served, 0.0, 0.0, 0.0
    while left > LITTLE and s.head[line] <= t:
        cohort = s.head[line]
        there = s.cohort[cohort, line].waiting
        taken = minimum(there, left)
        if taken > 0:
            whole = s.cohort[cohort, line].created
            first = maximum(1.0 - there / whole, 0.0)
            last = minimum(first + taken / whole, 1.0)
            begin, end = t + before / served, t + (before + taken) / served
            if cohort == t:
                begin, end = maximum(begin, t + first), maximum(end, t + last)
            _count(p, s, t, line, cohort, taken, (first, last), (begin, end), duration)
            age = decided - (cohort + 0.5) + s.cohort[cohort, line].origin / maximum(whole, LITTLE)
            ages += taken * age
            squares += taken * age**2
            s.cohort[cohort, line].waiting = there - taken
            before += taken
            left -= taken
        if s.cohort[cohort, line].waiting <= LITTLE:
            s.cohort[cohort, line].waiting = 0.0
            if cohort == t:
                break
            s.head[line] += 1
    if p.first_rule[queue] < p.first_rule[queue + 1]:
        _follow(p, s, t, line, decided, (before, ages, squares))


@outlined
def _chain_age(p: Any, mean: float, sd: float, point: int) -> Any:
    """Return a quantile of a lognormal distribution: steps from the start of a chain to an item's creation."""
    return mean * np.exp(sd * p.scores[point] - sd * sd / 2) if mean > LITTLE else 0.0


@outlined
def _chain_spread(s: Any, line: int, cohort: int, items: float, mean: float) -> Any:
    """Return the standard deviation of the logarithm of the ages of a cohort's chains."""
    if mean <= LITTLE:
        return 0.0
    return np.sqrt(np.log(maximum(s.cohort[cohort, line].origin_squares / items / mean**2, 1.0)))


@outlined
def _count(
    p: Any, s: Any, t: int, line: int, cohort: int, taken: float, part: Any, pickup: Any, duration: float
) -> None:
    """Count items of a cohort that are picked up in a step: `part` of the cohort, within `pickup`, in steps."""
    queue = p.line_queue[line]
    own, now = p.cell[cohort], p.cell[t]
    first, last = cohort + part[0], cohort + part[1]
    wait = maximum((pickup[0] + pickup[1] - first - last) / 2, 0.0) * STEP
    s.picked_up[queue, own] += taken
    s.wait[queue, own] += taken * wait
    s.turnaround[queue, own] += taken * (wait + duration)
    s.completed[queue, now] += taken
    s.decided[queue, own] += taken
    s.open[queue] -= taken
    place = line - p.first_line[queue]
    for sla in range(p.first_sla[queue], p.first_sla[queue + 1]):
        share, mean, sd, points = 0.0, 0.0, 0.0, 1
        if p.from_origin[sla] and s.cohort[cohort, line].origin > 0:
            items = maximum(s.cohort[cohort, line].created, LITTLE)
            mean = s.cohort[cohort, line].origin / items
            sd = _chain_spread(s, line, cohort, items, mean)
            points = ORIGINS if mean > LITTLE else 1
        for point in range(points):
            early = _chain_age(p, mean, sd, point)
            slack_first = _due(p, sla, first - early) - pickup[0]
            slack_last = _due(p, sla, last - early) - pickup[1]
            if p.is_wait[sla]:
                share += _share_above_zero(slack_first, slack_last) / points
            else:
                per = STEP / maximum(duration, LITTLE)
                share += _share_on_time(p.done_within[queue], slack_first * per, slack_last * per) / points
        cell = now if p.by_close[sla] else own
        s.on_time[sla, place, cell] += taken * share
        s.closed[sla, place, now] += taken


@outlined
def _due(p: Any, sla: int, place: float) -> Any:
    """Return when an item is due that was created at a place, both in steps."""
    clock = p.clock[sla]
    if clock < 0:
        return place + p.within[sla]
    bounded = minimum(maximum(place, 0.0), p.cell.size - 0.000001)
    step = int(bounded)
    return p.due[clock, step] + (p.due[clock, step + 1] - p.due[clock, step]) * (bounded - step)


@outlined
def _follow(p: Any, s: Any, t: int, line: int, decided: float, moments: Any) -> None:
    """Create the work that follows a step's decisions, each part after its delay.

    `moments` are the number of items decided and the sums of the ages of their chains, and of those squared.
    """
    queue = p.line_queue[line]
    count, ages, squares = moments
    wrong = s.wrong[line] / s.served[line]
    steps = p.cell.size
    for rule in range(p.first_rule[queue], p.first_rule[queue + 1]):
        share = p.rule_share[rule] * (wrong if p.rule_if_wrong[rule] else 1.0)
        target = p.rule_to[rule]
        for point in range(p.first_delay[rule], p.first_delay[rule + 1]):
            delay = p.delay[point]
            step = maximum(int(decided + delay), t + 1)
            if step < steps:
                part = share * p.delay_weight[point]
                s.coming[target, step].items += part * count
                s.coming[target, step].origin += part * (ages + count * delay)
                s.coming[target, step].origin_squares += part * (squares + 2 * delay * ages + count * delay**2)


@outlined
def expire(p: Any, s: Any, t: int, line: int) -> None:
    """Let waiting items leave whose patience ends in this step."""
    queue = p.line_queue[line]
    staying = p.staying[p.patience[queue]]
    place = line - p.first_line[queue]
    for cohort in range(s.head[line], t + 1):
        there = s.cohort[cohort, line].waiting
        if there <= 0:
            continue
        age = minimum(t - cohort, staying.size - 2)
        before = staying[age]
        gone = there * (1.0 - staying[age + 1] / before) if before > 0 else there
        if gone <= 0:
            continue
        own, now = p.cell[cohort], p.cell[t]
        s.cohort[cohort, line].waiting = there - gone
        s.todo[line] -= gone
        s.open[queue] -= gone
        s.expired[queue, now] += gone
        s.lost[queue, own] += gone
        s.line_lost[line, own] += gone
        s.gave_up[queue, own] += gone
        s.gave_up_wait[queue, own] += gone * (t - cohort) * STEP
        for sla in range(p.first_sla[queue], p.first_sla[queue + 1]):
            early = (
                s.cohort[cohort, line].origin / maximum(s.cohort[cohort, line].created, LITTLE)
                if p.from_origin[sla]
                else 0.0
            )
            if _due(p, sla, cohort + 0.5 - early) >= t + 0.5:
                s.void[sla, place, own] += gone
            else:
                s.closed[sla, place, now] += gone
