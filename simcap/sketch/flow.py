"""The compiled part of a sketch: cohorts of items flow through the hours of crews, step by step.

A cohort is what one step brings to a line. Lines are worked first in, first out; in a step each crew fills the hours
that it has by the routing rule. Nothing is random here, and items are real numbers.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import kernel, maximum, minimum, outlined
from simcap.sketch.layout import LATEST, ORIGINS, PIECES, REACH
from simcap.sketch.steps import STEP

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

_LITTLE: Final = 1e-9
_OWN: Final = 0
_OTHERS: Final = 1
"""Which lines of a queue a crew looks at: that of its vendor, or those of others."""
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
    if high >= LATEST:
        return 1.0 if low >= LATEST else 0.5
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
def _fill_by_rank(p: Any, s: Any, t: int) -> None:
    """Let each crew spend its hours on its skills in order: own lines first, then those of other vendors."""
    for rank in range(p.skills.shape[1]):
        _serve(p, s, t, rank, _OWN)
        if p.modes[0].overflows:
            _serve(p, s, t, rank, _OTHERS)


@outlined
def _serve(p: Any, s: Any, t: int, rank: int, whose: int) -> None:
    """Work off lines with the hours that crews have left, shared out evenly where several crews want a line."""
    lines, crews = p.line_queue.size, p.skills.shape[0]
    for line in range(lines):
        s.wanted[line] = 0.0
    for crew in range(crews):
        queue = p.skills[crew, rank]
        if queue < 0 or s.left[crew] <= _LITTLE:
            continue
        able = _able(p, s, t, crew, queue)
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            s.asked[crew, line] = able * _part(p, s, crew, rank, queue, line, whose)
            s.wanted[line] += s.asked[crew, line] * _pace(p, t, crew, rank) / p.work[queue, t]
    for line in range(lines):
        s.given[line] = 0.0
        if s.wanted[line] > 0:
            most = minimum(s.todo[line], s.old[line]) if whose == _OTHERS else s.todo[line]
            s.given[line] = minimum(most / s.wanted[line], 1.0)
    for crew in range(crews):
        queue = p.skills[crew, rank]
        if queue < 0:
            continue
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            if s.asked[crew, line] > 0 and s.given[line] > 0:
                _spend(p, s, t, crew, rank, line, s.asked[crew, line] * s.given[line])
            s.asked[crew, line] = 0.0


@outlined
def _part(p: Any, s: Any, crew: int, rank: int, queue: int, line: int, whose: int) -> Any:
    """Return the share of its hours that a crew offers to a line of a queue."""
    own = p.own[crew, rank]
    if whose == _OWN:
        return 1.0 if line == own and s.todo[line] > _LITTLE else 0.0
    if line == own or p.after[queue] >= LATEST:
        return 0.0
    total = 0.0
    for other in range(p.first_line[queue], p.first_line[queue + 1]):
        if other != own:
            total += minimum(s.old[other], s.todo[other])
    return minimum(s.old[line], s.todo[line]) / total if total > _LITTLE else 0.0


@outlined
def _able(p: Any, s: Any, t: int, crew: int, queue: int) -> Any:
    """Return the hours that a crew may spend on a queue: the last item before a limit is finished beyond it."""
    if p.limit[queue] >= LATEST:
        return s.left[crew]
    most = p.present[crew, t] * p.limit[queue] + p.people[crew, t] * p.residual[queue] * p.work[queue, t]
    return maximum(minimum(s.left[crew], most - s.exposed[crew, queue]), 0.0)


@outlined
def _pace(p: Any, t: int, crew: int, rank: int) -> Any:
    """Return the speed of a crew on a skill against its speed in general."""
    return p.relative[crew, t] if rank >= p.added[crew] else 1.0


@outlined
def _speed(p: Any, t: int, crew: int) -> Any:
    """Return the mean speed of a crew."""
    return p.capacity[crew, t] / p.seconds[crew, t] if p.seconds[crew, t] > 0 else 1.0


@outlined
def _spend(p: Any, s: Any, t: int, crew: int, rank: int, line: int, hours: float) -> None:
    """Let a crew work on a line."""
    queue = p.line_queue[line]
    items = hours * _pace(p, t, crew, rank) / p.work[queue, t]
    s.left[crew] -= hours
    s.exposed[crew, queue] += hours
    s.todo[line] -= items
    s.old[line] = maximum(s.old[line] - items, 0.0)
    s.served[line] += items
    pace = _speed(p, t, crew) * _pace(p, t, crew, rank)
    s.slowness[line] += items / maximum(pace, _LITTLE)
    s.residual[crew] += items * p.residual[queue] * p.work[queue, t]
    s.done[crew] += items
    cell = p.cell[t]
    team = p.team[crew]
    s.decisions[team, queue, cell] += items
    s.busy[team, cell] += hours / maximum(_speed(p, t, crew), _LITTLE)
    wrong = items * (p.wrong[queue, 0] + p.wrong[queue, 1] * p.newness[crew, t])
    s.errors[team, cell] += wrong
    s.wrong[line] += wrong


@outlined
def _fill_by_key(p: Any, s: Any, t: int) -> None:
    """Let crews take cohorts of all lines in the order of their creation, or of when they are due."""
    for line in range(p.line_queue.size):
        s.cursor[line] = s.head[line]
        s.rest[line] = s.waiting[line, s.head[line]] if s.head[line] <= t else 0.0
    while True:
        best, least = -1, np.inf
        for line in range(p.line_queue.size):
            while s.rest[line] <= _LITTLE and s.cursor[line] < t:
                s.cursor[line] += 1
                s.rest[line] = s.waiting[line, s.cursor[line]]
            if s.rest[line] > _LITTLE:
                key = p.key[line, s.cursor[line]]
                if key < least and _someone(p, s, t, line):
                    best, least = line, key
        if best < 0:
            return
        before = s.todo[best]
        _share_cohort(p, s, t, best)
        s.rest[best] -= before - s.todo[best]
        if before - s.todo[best] <= _LITTLE:
            s.rest[best] = 0.0


@outlined
def _rank_on(p: Any, s: Any, t: int, crew: int, line: int) -> int:
    """Return the rank at which a crew may take the cohort that a line has come to; -1 if it may not."""
    queue = p.line_queue[line]
    if s.left[crew] <= _LITTLE:
        return -1
    for rank in range(p.skills.shape[1]):
        if p.skills[crew, rank] == queue:
            may = p.own[crew, rank] == line or t - s.cursor[line] >= p.after[queue]
            return rank if may and _able(p, s, t, crew, queue) > _LITTLE else -1
    return -1


@outlined
def _someone(p: Any, s: Any, t: int, line: int) -> bool:
    able = False
    for crew in range(p.skills.shape[0]):
        able = able or _rank_on(p, s, t, crew, line) >= 0
    return able


@outlined
def _share_cohort(p: Any, s: Any, t: int, line: int) -> None:
    """Let all who may take a cohort share it by the hours that they have left."""
    queue = p.line_queue[line]
    total = 0.0
    for crew in range(p.skills.shape[0]):
        rank = _rank_on(p, s, t, crew, line)
        if rank >= 0:
            total += _able(p, s, t, crew, queue) * _pace(p, t, crew, rank) / p.work[queue, t]
    part = minimum(s.rest[line] / total, 1.0)
    for crew in range(p.skills.shape[0]):
        rank = _rank_on(p, s, t, crew, line)
        if rank >= 0:
            _spend(p, s, t, crew, rank, line, _able(p, s, t, crew, queue) * part)


@outlined
def _take(p: Any, s: Any, t: int, line: int) -> None:
    """Take what a line was served out of its cohorts, the oldest first, and count it."""
    served = s.served[line]
    if served <= _LITTLE:
        return
    queue = p.line_queue[line]
    slow = s.slowness[line] / served
    duration = p.duration[queue, t] * slow
    wrong = s.wrong[line] / served
    left, before = served, 0.0
    while left > _LITTLE and s.head[line] <= t:
        cohort = s.head[line]
        there = s.waiting[line, cohort]
        taken = minimum(there, left)
        if taken > 0:
            whole = s.created[line, cohort]
            first = maximum(1.0 - there / whole, 0.0)
            last = minimum(first + taken / whole, 1.0)
            begin, end = t + before / served, t + (before + taken) / served
            if cohort == t:
                begin, end = maximum(begin, t + first), maximum(end, t + last)
            _count(p, s, t, line, cohort, taken, (first, last), (begin, end), duration)
            _follow(p, s, t, line, cohort, taken, wrong, duration)
            s.waiting[line, cohort] = there - taken
            before += taken
            left -= taken
        if s.waiting[line, cohort] <= _LITTLE:
            s.waiting[line, cohort] = 0.0
            if cohort == t:
                return
            s.head[line] += 1


@outlined
def _origin(p: Any, s: Any, line: int, cohort: int, point: int) -> Any:
    """Return how long before its creation an item's chain began, in steps: a quantile of a lognormal distribution."""
    items = maximum(s.created[line, cohort], _LITTLE)
    mean = s.origin[line, cohort] / items
    if mean <= _LITTLE:
        return 0.0
    variance = np.log(maximum(s.origin_squares[line, cohort] / items / mean**2, 1.0))
    return mean * np.exp(np.sqrt(variance) * p.scores[point] - variance / 2)


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
        share = 0.0
        points = ORIGINS if p.from_origin[sla] else 1
        for point in range(points):
            early = _origin(p, s, line, cohort, point) if points > 1 else 0.0
            slack_first = _due(p, sla, first - early) - pickup[0]
            slack_last = _due(p, sla, last - early) - pickup[1]
            if p.is_wait[sla]:
                share += _share_above_zero(slack_first, slack_last) / points
            else:
                per = STEP / maximum(duration, _LITTLE)
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
def _follow(p: Any, s: Any, t: int, line: int, cohort: int, taken: float, wrong: float, duration: float) -> None:
    """Create the work that follows decisions, each part after its delay."""
    queue = p.line_queue[line]
    steps = p.cell.size
    decided = t + 0.5 + duration / STEP
    age = decided - (cohort + 0.5) + s.origin[line, cohort] / maximum(s.created[line, cohort], _LITTLE)
    for rule in range(p.first_rule[queue], p.first_rule[queue + 1]):
        items = taken * p.rule_share[rule] * (wrong if p.rule_if_wrong[rule] else 1.0)
        target = p.rule_to[rule]
        for point in range(p.first_delay[rule], p.first_delay[rule + 1]):
            place = decided + p.delay[point]
            step = maximum(int(place), t + 1)
            if step < steps:
                part = items * p.delay_weight[point]
                s.coming[target, step] += part
                back = age + p.delay[point]
                s.coming_origin[target, step] += part * back
                s.coming_squares[target, step] += part * back**2


@outlined
def _expire(p: Any, s: Any, t: int, line: int) -> None:
    """Let waiting items leave whose patience ends in this step."""
    queue = p.line_queue[line]
    staying = p.staying[p.patience[queue]]
    place = line - p.first_line[queue]
    for cohort in range(s.head[line], t + 1):
        there = s.waiting[line, cohort]
        if there <= 0:
            continue
        age = minimum(t - cohort, staying.size - 2)
        before = staying[age]
        gone = there * (1.0 - staying[age + 1] / before) if before > 0 else there
        if gone <= 0:
            continue
        own, now = p.cell[cohort], p.cell[t]
        s.waiting[line, cohort] = there - gone
        s.todo[line] -= gone
        s.open[queue] -= gone
        s.expired[queue, now] += gone
        s.lost[queue, own] += gone
        s.line_lost[line, own] += gone
        s.gave_up[queue, own] += gone
        s.gave_up_wait[queue, own] += gone * (t - cohort) * STEP
        for sla in range(p.first_sla[queue], p.first_sla[queue + 1]):
            early = s.origin[line, cohort] / maximum(s.created[line, cohort], _LITTLE) if p.from_origin[sla] else 0.0
            if _due(p, sla, cohort + 0.5 - early) >= t + 0.5:
                s.void[sla, place, own] += gone
            else:
                s.closed[sla, place, now] += gone


@outlined
def _arrive(p: Any, s: Any, t: int) -> None:
    """Create the items of a step, and put them into their lines."""
    cell = p.cell[t]
    for queue in range(p.first_line.size - 1):
        items = p.items[queue, t] + s.coming[queue, t]
        if items <= 0:
            continue
        s.arrived[queue, cell] += items
        s.open[queue] += items
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            own = items * p.share[line, t]
            s.waiting[line, t] += own
            s.created[line, t] += own
            s.origin[line, t] += s.coming_origin[queue, t] * p.share[line, t]
            s.origin_squares[line, t] += s.coming_squares[queue, t] * p.share[line, t]
            s.line_created[line, cell] += own
            s.todo[line] += own


@outlined
def _replace_backlogs(p: Any, s: Any, t: int) -> None:
    """Replace what waits by the backlogs of the scenario; what is older than the first step counts as so old."""
    for queue in range(p.first_line.size - 1):
        if not p.replaced[queue]:
            continue
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            s.open[queue] -= s.todo[line]
            s.todo[line] = 0.0
            s.head[line] = 0
            for cohort in range(t):
                own = p.backlog[queue, t - 1 - cohort] * p.share[line, t]
                s.waiting[line, cohort] = s.created[line, cohort] = own
                s.origin[line, cohort] = s.origin_squares[line, cohort] = 0.0
                s.todo[line] += own
            s.open[queue] += s.todo[line]


@outlined
def _work_waiting(p: Any, s: Any, t: int, crew: int) -> Any:
    """Return the seconds of work that wait for the team of a crew."""
    seconds = 0.0
    for rank in range(p.added[crew]):
        line = p.own[crew, rank]
        if line >= 0:
            seconds += s.todo[line] * p.work[p.line_queue[line], t]
    return seconds


@outlined
def _respond(p: Any, s: Any, t: int) -> None:
    """Decide how many come to the shifts that begin in this step."""
    while s.next_response[0] < p.response_step.size and p.response_step[s.next_response[0]] <= t:
        number = s.next_response[0]
        s.next_response[0] += 1
        crew, people = p.response_crew[number], p.response_people[number]
        factor = (_work_waiting(p, s, t, crew) / p.response_normal[number]) ** p.response_power[number]
        factor = minimum(maximum(factor, p.response_least[number]), p.response_most[number])
        factor = np.floor(factor * people + p.response_draw[number]) / people
        s.answered[number] = factor
        for step in range(p.response_step[number], minimum(p.response_stop[number], p.cell.size)):
            if factor < 1:
                for place in range(p.response_crews[number]):
                    _send_away(p, crew + place, step, factor)
            elif factor > 1:
                _call(p, crew, p.response_crews[number], step, factor - 1)


@outlined
def _send_away(p: Any, crew: int, step: int, factor: float) -> None:
    """Leave a share of a crew at work."""
    p.capacity[crew, step] *= factor
    p.seconds[crew, step] *= factor
    p.present[crew, step] *= factor
    p.people[crew, step] *= factor
    p.leaving[crew, step] *= factor


@outlined
def _call(p: Any, crew: int, crews: int, step: int, share: float) -> None:
    """Add helpers to the first of a shift's crews: a share of all its people, at full speed."""
    seconds, people, leaving = 0.0, 0.0, 0.0
    for other in range(crew, crew + crews):
        seconds += share * p.seconds[other, step]
        people += share * p.people[other, step]
        leaving += share * p.leaving[other, step]
    before = p.capacity[crew, step]
    p.capacity[crew, step] += seconds
    p.seconds[crew, step] += seconds
    p.present[crew, step] += people
    p.people[crew, step] += people
    p.leaving[crew, step] += leaving
    if p.capacity[crew, step] > 0:
        p.newness[crew, step] *= before / p.capacity[crew, step]


@outlined
def _prolong(p: Any, s: Any, t: int) -> None:
    """Decide about overtime for the shifts that begin in this step."""
    while s.next_overtime[0] < p.overtime_step.size and p.overtime_step[s.next_overtime[0]] <= t:
        number = s.next_overtime[0]
        s.next_overtime[0] += 1
        crew, week = p.overtime_crew[number], p.overtime_week[number]
        if s.worked[week] + p.overtime_adds[number] > p.overtime_most[number]:
            continue
        if _work_waiting(p, s, t, crew) < p.overtime_from[number]:
            continue
        response = p.overtime_response[number]
        factor = s.answered[response] if response >= 0 else 1.0
        s.worked[week] += p.overtime_adds[number]
        s.granted[number] = 1
        begin = p.overtime_end[number]
        end = begin + p.overtime_extra[number] / STEP
        for place in range(p.overtime_crews[number]):
            for step in range(maximum(int(begin), 0), minimum(int(np.ceil(end)), p.cell.size)):
                part = (minimum(step + 1.0, end) - maximum(float(step), begin)) * STEP * factor
                p.capacity[crew + place, step] += p.overtime_work[number, place] * part
                p.seconds[crew + place, step] += p.overtime_people[number, place] * part


@outlined
def _begin_step(p: Any, s: Any, t: int) -> None:
    """Set what crews can do in a step: their hours, and what the end of a shift adds to the items in hand."""
    for crew in range(p.skills.shape[0]):
        used = s.capacity_before[crew]
        extra = 0.0
        if p.leaving[crew, t] != 0 and s.done[crew] > 0 and used > 0:
            busy = minimum(1.0 - s.left[crew] / used, 1.0)
            extra = p.leaving[crew, t] * busy * s.residual[crew] / s.done[crew]
        s.left[crew] = maximum(p.capacity[crew, t] + extra, 0.0)
        if extra > 0:
            s.overran[p.team[crew], p.cell[t]] += extra
            s.overrun[p.team[crew], p.cell[t]] += extra / maximum(_speed(p, t, crew), _LITTLE)
        if p.capacity[crew, t] > 0:
            s.capacity_before[crew] = s.left[crew]
            s.done[crew] = s.residual[crew] = 0.0
        if p.new_day[crew, t]:
            for queue in range(p.first_line.size - 1):
                s.exposed[crew, queue] = 0.0


@outlined
def _age(p: Any, s: Any, t: int) -> None:
    """Find how much of each line is old enough to overflow."""
    for line in range(p.line_queue.size):
        after = p.after[p.line_queue[line]]
        s.old[line] = 0.0
        if after < LATEST:
            for cohort in range(s.head[line], t + 1):
                if t - cohort < after:
                    break
                s.old[line] += s.waiting[line, cohort]


@outlined
def _look(p: Any, s: Any, t: int) -> None:
    """Note what is open at the end of a step."""
    cell = p.cell[t]
    for queue in range(p.first_line.size - 1):
        s.open_at[queue, cell] = s.open[queue]
        s.oldest[queue, cell] = 0.0
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            if s.todo[line] > 0.5:
                s.oldest[queue, cell] = maximum(s.oldest[queue, cell], (t + 1.0 - s.head[line]) * STEP)
        if t == p.modes[0].start - 1:
            s.before[queue] = s.open[queue]


@kernel
def flow(p: Any, s: Any) -> None:
    """Let all steps pass."""
    for t in range(p.cell.size):
        if t == p.modes[0].start:
            _replace_backlogs(p, s, t)
        _respond(p, s, t)
        _prolong(p, s, t)
        _arrive(p, s, t)
        _begin_step(p, s, t)
        for line in range(p.line_queue.size):
            s.served[line] = s.slowness[line] = s.wrong[line] = 0.0
        if p.modes[0].overflows:
            _age(p, s, t)
        if p.modes[0].by_rank:
            _fill_by_rank(p, s, t)
        else:
            _fill_by_key(p, s, t)
        for line in range(p.line_queue.size):
            _take(p, s, t, line)
            if p.patience[p.line_queue[line]] >= 0:
                _expire(p, s, t, line)
            while s.head[line] < t and s.waiting[line, s.head[line]] <= _LITTLE:
                s.head[line] += 1
        _look(p, s, t)
