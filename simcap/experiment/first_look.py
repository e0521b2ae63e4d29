"""A first look at a scenario: what a few sketches expect of its SLAs, within a second or two."""

from __future__ import annotations

import dataclasses
from typing import Final

from simcap.analysis.expected import Expected, expected_slas
from simcap.analysis.figures import stacked, targets_of
from simcap.experiment.effort import of_sketch
from simcap.experiment.sketched import sketch
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.relations import teams_of
from simcap.sketch.steps import STEP

LEAST, MOST = 5, 20
"""Sketches of a large scenario, and of a small one."""
SECONDS: Final = 0.8
"""What all sketches together may take, if that is enough for so few."""
LONGEST: Final = 3.0
"""What they may take at all."""


@dataclasses.dataclass(frozen=True)
class FirstLook:
    """What sketches expect."""

    sketches: int
    """None of a scenario that is too large."""
    slas: tuple[Expected, ...]
    """Those that a sketch can tell."""
    blind: tuple[tuple[str, str], ...]
    """(queue, sla) that it cannot: they allow less time than the steps in which it moves."""


def first_look(file: ScenarioFile, hours: float) -> FirstLook | None:
    """Sketch the first replications of a scenario that has so many hours on the floor; None if it has no SLA.

    Raises `DataError` for data files that cannot be read.
    """
    scenario = file.scenario
    slas = {(name, label): sla for name, queue in scenario.queues.items() for label, sla in queue.sla.items()}
    if not slas:
        return None
    blind = tuple(key for key, sla in slas.items() if sla.within < STEP)
    count = _count(of_sketch(scenario.horizon.day_count, hours, len(teams_of(scenario))))
    if not count:
        return FirstLook(0, (), blind)
    periods = ("horizon", *dict.fromkeys(sla.per for sla in slas.values()))
    found = [sketch(file, scenario.simulation.seed, number, periods, ("sla",)) for number in range(count)]
    layout = found[0][1]
    figures = stacked(layout, [outcome.figures for outcome, _ in found])
    told = expected_slas(figures, targets_of(scenario, layout), {key: sla.per for key, sla in slas.items()})
    return FirstLook(count, tuple(one for one in told if (one.queue, one.sla) not in blind), blind)


def _count(seconds: float) -> int:
    """Return how many sketches to make of which each takes so long."""
    return 0 if LEAST * seconds > LONGEST else int(min(max(SECONDS / seconds, LEAST), MOST))
