"""The compiled part of a sketch: cohorts of items flow through the hours of crews, step by step.

A cohort is what one step brings to a line. Lines are worked first in, first out; in a step each crew fills the hours
that it has by the routing rule. Nothing is random here, and items are real numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcap.compiled import kernel, maximum, minimum, outlined
from simcap.sketch.counting import expire, take
from simcap.sketch.layout import LATEST, LITTLE
from simcap.sketch.serving import fill_by_key, fill_by_rank, mean_speed
from simcap.sketch.steps import STEP


@outlined
def _arrive(p: Any, s: Any, t: int) -> None:
    """Create the items of a step, and put them into their lines."""
    cell = p.cell[t]
    for queue in range(p.first_line.size - 1):
        items = p.items[queue, t] + s.coming[queue, t].items
        if items <= 0:
            continue
        s.arrived[queue, cell] += items
        s.open[queue] += items
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            own = items * p.share[line, t]
            s.cohort[t, line].waiting += own
            s.cohort[t, line].created += own
            if s.coming[queue, t].items > 0:
                s.cohort[t, line].origin += s.coming[queue, t].origin * p.share[line, t]
                s.cohort[t, line].origin_squares += s.coming[queue, t].origin_squares * p.share[line, t]
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
                s.cohort[cohort, line].waiting = s.cohort[cohort, line].created = own
                s.cohort[cohort, line].origin = s.cohort[cohort, line].origin_squares = 0.0
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
        factor = np.floor(_asked(p, s, t, number) * people + p.response_draw[number]) / people
        s.answered[number] = factor
        for step in range(p.response_step[number], minimum(p.response_stop[number], p.cell.size)):
            if factor < 1:
                for place in range(p.response_crews[number]):
                    _send_away(p, crew + place, step, factor)
            elif factor > 1:
                _call(p, crew, p.response_crews[number], step, factor - 1)


@outlined
def _asked(p: Any, s: Any, t: int, number: int) -> Any:
    """Return how many times as many people a response asks for: by that of its terms which asks for the most."""
    first, beyond = p.response_first[number], p.response_first[number + 1]
    most = 0.0 if beyond > first else 1.0
    for term in range(first, beyond):
        line = p.term_line[term]
        if line < 0:
            waiting = _work_waiting(p, s, t, p.response_crew[number])
        else:
            waiting = s.todo[line] * p.work[p.line_queue[line], t]
        factor = (waiting / p.term_normal[term]) ** p.term_power[term]
        most = maximum(most, minimum(maximum(factor, p.term_least[term]), p.term_most[term]))
    return most


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
            s.overrun[p.team[crew], p.cell[t]] += extra / maximum(mean_speed(p, t, crew), LITTLE)
        if p.capacity[crew, t] > 0:
            s.capacity_before[crew] = s.left[crew]
            s.done[crew] = s.residual[crew] = 0.0
        if p.new_day[crew, t]:
            for queue in range(p.first_line.size - 1):
                s.exposed[crew, queue] = 0.0


@outlined
def _age(p: Any, s: Any, t: int) -> None:
    """Find how much of each line is old enough to overflow, and whether anything is."""
    s.aged[0] = 0
    for line in range(p.line_queue.size):
        after = p.after[p.line_queue[line]]
        s.old[line] = 0.0
        if after < LATEST:
            for cohort in range(s.head[line], t + 1):
                if t - cohort < after:
                    break
                s.old[line] += s.cohort[cohort, line].waiting
            if s.old[line] > 0:
                s.aged[0] = 1


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
            fill_by_rank(p, s, t)
        else:
            fill_by_key(p, s, t)
        for line in range(p.line_queue.size):
            take(p, s, t, line)
            if p.patience[p.line_queue[line]] >= 0:
                expire(p, s, t, line)
            while s.head[line] < t and s.cohort[s.head[line], line].waiting <= LITTLE:
                s.head[line] += 1
        if t == p.cell.size - 1 or p.cell[t + 1] != p.cell[t]:
            _look(p, s, t)
        if t == p.modes[0].start - 1:
            for queue in range(p.first_line.size - 1):
                s.before[queue] = s.open[queue]
