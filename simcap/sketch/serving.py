"""Which crews work on which lines in a step, and for how long: the routing rules, for a fluid."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcap.compiled import maximum, minimum, outlined
from simcap.sketch.layout import LATEST, LITTLE


@outlined
def fill_by_rank(p: Any, s: Any, t: int) -> None:
    """Let each crew spend its hours on its skills in order: own lines first, then those of other vendors."""
    for rank in range(p.skills.shape[1]):
        _serve_own(p, s, t, rank)
        if s.aged[0]:
            _serve_others(p, s, t, rank)


@outlined
def _serve_own(p: Any, s: Any, t: int, rank: int) -> None:
    """Work off lines of their own vendor with the hours that crews have left; who wants the same line shares it."""
    lines, crews = p.line_queue.size, p.skills.shape[0]
    for line in range(lines):
        s.wanted[line] = 0.0
    wanted = False
    for crew in range(crews):
        s.hours[crew] = 0.0
        line = p.own[crew, rank]
        if line < 0 or s.left[crew] <= LITTLE or s.todo[line] <= LITTLE:
            continue
        queue = p.line_queue[line]
        s.hours[crew] = able(p, s, t, crew, queue)
        s.wanted[line] += s.hours[crew] * _pace(p, t, crew, rank) / p.work[queue, t]
        wanted = True
    if not wanted:
        return
    for line in range(lines):
        s.given[line] = minimum(s.todo[line] / s.wanted[line], 1.0) if s.wanted[line] > 0 else 0.0
    for crew in range(crews):
        if s.hours[crew] > 0:
            line = p.own[crew, rank]
            _spend(p, s, t, crew, rank, line, s.hours[crew] * s.given[line])


@outlined
def _serve_others(p: Any, s: Any, t: int, rank: int) -> None:
    """Work off what has waited long enough on lines of other vendors, which crews share like their own."""
    lines, crews = p.line_queue.size, p.skills.shape[0]
    for line in range(lines):
        s.wanted[line] = 0.0
    for crew in range(crews):
        queue = p.skills[crew, rank]
        if queue < 0 or s.left[crew] <= LITTLE:
            continue
        hours = able(p, s, t, crew, queue)
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            s.asked[crew, line] = hours * _part(p, s, crew, rank, queue, line)
            s.wanted[line] += s.asked[crew, line] * _pace(p, t, crew, rank) / p.work[queue, t]
    for line in range(lines):
        most = minimum(s.todo[line], s.old[line])
        s.given[line] = minimum(most / s.wanted[line], 1.0) if s.wanted[line] > 0 else 0.0
    for crew in range(crews):
        queue = p.skills[crew, rank]
        if queue < 0:
            continue
        for line in range(p.first_line[queue], p.first_line[queue + 1]):
            if s.asked[crew, line] > 0 and s.given[line] > 0:
                _spend(p, s, t, crew, rank, line, s.asked[crew, line] * s.given[line])
            s.asked[crew, line] = 0.0


@outlined
def _part(p: Any, s: Any, crew: int, rank: int, queue: int, line: int) -> Any:
    """Return the share of its hours that a crew offers to another vendor's line of a queue."""
    own = p.own[crew, rank]
    if line == own or p.after[queue] >= LATEST:
        return 0.0
    total = 0.0
    for other in range(p.first_line[queue], p.first_line[queue + 1]):
        if other != own:
            total += minimum(s.old[other], s.todo[other])
    return minimum(s.old[line], s.todo[line]) / total if total > LITTLE else 0.0


@outlined
def able(p: Any, s: Any, t: int, crew: int, queue: int) -> Any:
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
def mean_speed(p: Any, t: int, crew: int) -> Any:
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
    speed = mean_speed(p, t, crew)
    s.slowness[line] += items / maximum(speed * _pace(p, t, crew, rank), LITTLE)
    s.residual[crew] += items * p.residual[queue] * p.work[queue, t]
    s.done[crew] += items
    cell = p.cell[t]
    team = p.team[crew]
    s.decisions[team, queue, cell] += items
    s.busy[team, cell] += hours / maximum(speed, LITTLE)
    wrong = items * (p.wrong[queue, 0] + p.wrong[queue, 1] * p.newness[crew, t])
    s.errors[team, cell] += wrong
    s.wrong[line] += wrong


@outlined
def fill_by_key(p: Any, s: Any, t: int) -> None:
    """Let crews take cohorts of all lines in the order of their creation, or of when they are due."""
    for line in range(p.line_queue.size):
        s.cursor[line] = s.head[line]
        s.rest[line] = s.cohort[s.head[line], line].waiting if s.head[line] <= t else 0.0
    while True:
        best, least = -1, np.inf
        for line in range(p.line_queue.size):
            while s.rest[line] <= LITTLE and s.cursor[line] < t:
                s.cursor[line] += 1
                s.rest[line] = s.cohort[s.cursor[line], line].waiting
            if s.rest[line] > LITTLE:
                key = p.key[line, s.cursor[line]]
                if key < least and _someone(p, s, t, line):
                    best, least = line, key
        if best < 0:
            return
        before = s.todo[best]
        _share_cohort(p, s, t, best)
        s.rest[best] -= before - s.todo[best]
        if before - s.todo[best] <= LITTLE:
            s.rest[best] = 0.0


@outlined
def _rank_on(p: Any, s: Any, t: int, crew: int, line: int) -> int:
    """Return the rank at which a crew may take the cohort that a line has come to; -1 if it may not."""
    queue = p.line_queue[line]
    if s.left[crew] <= LITTLE:
        return -1
    for rank in range(p.skills.shape[1]):
        if p.skills[crew, rank] == queue:
            may = p.own[crew, rank] == line or t - s.cursor[line] >= p.after[queue]
            return rank if may and able(p, s, t, crew, queue) > LITTLE else -1
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
            total += able(p, s, t, crew, queue) * _pace(p, t, crew, rank) / p.work[queue, t]
    part = minimum(s.rest[line] / total, 1.0)
    for crew in range(p.skills.shape[0]):
        rank = _rank_on(p, s, t, crew, line)
        if rank >= 0:
            _spend(p, s, t, crew, rank, line, able(p, s, t, crew, queue) * part)
