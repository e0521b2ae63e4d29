"""Attainment over the horizon as far as it is known while replications still run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from simcap.analysis.figures import Figures, Subject
from simcap.analysis.ratios import ratio_spread


@dataclasses.dataclass(frozen=True)
class EarlyFigure:
    """What is known of one SLA of a whole queue, as shares."""

    queue: str
    sla: str
    target: float
    attainment: float
    low: float
    """Lower end of the 95% interval; NaN from a single replication."""
    high: float


@dataclasses.dataclass(frozen=True)
class EarlyLook:
    """What is known of all SLAs for which anything is due, those that fall furthest below their target first."""

    figures: tuple[EarlyFigure, ...]
    replications: int
    sketched: bool
    """Whether the replications were only sketched."""


def early_look(figures: Figures, targets: Mapping[Subject, float], *, sketched: bool) -> EarlyLook:
    """Return what some replications say of attainment over the horizon, as ratios of sums."""
    found = []
    for subject in figures.layout.subjects["sla"]:
        queue, vendor, sla = subject
        if vendor:
            continue
        on_time, counted = (figures.of("sla", "horizon", subject, measure) for measure in ("on_time", "counted"))
        if counted.sum() > 0:
            spread = ratio_spread(on_time, counted)
            known = (float(values[0]) for values in (spread.mean, spread.ci_low, spread.ci_high))
            found.append(EarlyFigure(queue, sla, targets[subject], *known))
    found.sort(key=lambda figure: figure.attainment - figure.target)
    return EarlyLook(tuple(found), figures.replications, sketched)
