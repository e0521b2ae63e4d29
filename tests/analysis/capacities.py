"""Load and hours made by hand: what a fluid estimate reckons with, without a workforce."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Capacity, Crew, Exposure, Staffed
from simcap.units import HOUR
from tests.helpers import Array, scenario

WARM_UP, HORIZON, AFTER = 24, 14 * 24, 48
"""Cells of an hour before, in and after the horizon."""
CELLS = WARM_UP + HORIZON + AFTER
WEEKLY = "{measure: turnaround, within: 6 h, target: 90%, per: week}"
DESK: dict[str, Any] = {
    "horizon": {"start": "2026-10-05", "weeks": 2, "timezone": "UTC", "warm_up": "1 day"},
    "queues.mail.sla": f"{{6 h: {WEEKLY}}}",
    "queues.chat": "{arrivals: {per_day: 30}, handle_time: {constant: 3 min}}",
    "vendors.south.teams.far": "{timezone: UTC, agents: 1, skills: [mail, chat], shift: {always: true}}",
}
"""Two vendors and two queues, mail with an SLA."""
NORTH, SOUTH = Crew("north", "day"), Crew("south", "far")


def desk(**changes: Any) -> Scenario:
    """Return the scenario with changes; "__" stands for the dots of a path."""
    return scenario(DESK | {path.replace("__", "."): value for path, value in changes.items()})


def hour(day: int, clock: int = 0) -> int:
    """Return the cell of an hour of a day of the horizon."""
    return WARM_UP + 24 * day + clock


def row(value: float, parts: Mapping[tuple[int, int], float] | None = None) -> Array:
    """Return hours of each cell in seconds: one value, and others from cell to cell."""
    found = np.full(CELLS, float(value))
    for (begin, end), other in (parts or {}).items():
        found[begin:end] = other
    return found * HOUR


def capacity(
    lines: Sequence[tuple[int, str]],
    load: Sequence[Array],
    crews: Sequence[tuple[Crew, Sequence[float]]],
    seconds: Sequence[Array],
    *,
    planned: Sequence[Array] | None = None,
    exposures: tuple[Exposure, ...] = (),
    patience: Mapping[int, Sequence[float]] | None = None,
) -> Capacity:
    """Return a capacity; each crew comes with its speed on each queue, `planned` are hours without outages."""
    queues = len(crews[0][1])
    waits = np.full((queues, 3), np.inf)
    for queue, parts in (patience or {}).items():
        waits[queue] = parts
    staffed = Staffed(np.stack(seconds), exposures)
    return Capacity(
        edges=(np.arange(CELLS + 1) - WARM_UP) * HOUR,
        lines=tuple(lines),
        load=np.stack(load),
        crews=tuple(crew for crew, _ in crews),
        skill=np.array([skill for _, skill in crews], float),
        staffed=staffed,
        planned=staffed if planned is None else Staffed(np.stack(planned), exposures),
        patience=waits,
        productive=np.zeros((len(crews), 1)),
        notes=("a note",),
    )
