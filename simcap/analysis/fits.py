"""Whether a scenario's work fits into its hours: by week, on time, and what prevents it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.fluid import overdue
from simcap.analysis.gaps import Gap, gaps
from simcap.analysis.reckoning import CAUSES, NEGLIGIBLE, TOLERANCE, Reckoning
from simcap.analysis.together import Joint, joint_misses
from simcap.scenario.schema.queues import Sla
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import Capacity

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class SlaFit:
    """What an SLA can attain at best, by whole window."""

    name: str
    sla: Sla
    starts: list[dt.datetime]
    best: Array
    without: dict[str, float]
    """The lowest of them without each cause."""

    @property
    def missed(self) -> Mask:
        """Return in which windows it is certainly missed."""
        return np.asarray(self.best < self.sla.target - TOLERANCE)


@dataclasses.dataclass(frozen=True)
class LineFit:
    """How one line of work fits: a queue, or a vendor's share of it."""

    queue: str
    vendor: str
    load: Array
    """[week] hours."""
    reach: Array
    """[week] the most hours that may go into it."""
    overdue: Array
    """[week] hours past due at the end of the week."""
    short: Mask
    capped: Mask
    """[week] whether there is more work, of this line or its whole queue, than an exposure limit allows."""
    let_in: Array
    """[week] hours that the limit allows for it, or for the whole queue if that has more work than is allowed."""
    asked: Array
    """[week] the work that these hours are for."""
    stopped: Mask
    """[week] whether a dated outage takes away hours that could go into it."""
    slas: list[SlaFit]
    gaps: list[Gap]
    without: dict[str, float]
    """The most hours past due at the end of any week without each cause."""

    @property
    def fits(self) -> bool:
        """Return whether nothing rules out that it is done on time."""
        return not self.short.any() and not any(fit.missed.any() for fit in self.slas)


@dataclasses.dataclass(frozen=True)
class Assessment:
    """How a scenario's work fits into its hours: an estimate without chance or order of work."""

    starts: list[dt.datetime]
    """Local start of each week."""
    load: Array
    """[week] hours of work."""
    supply: Array
    """[week] hours on the floor, weighted by speed."""
    lines: list[LineFit]
    together: list[Joint]
    """Sets of lines of which each could be done on time, but not all together."""
    productive: Array
    """[team, month] hours on the floor, as contracts count them."""
    notes: tuple[str, ...]
    """What the workforce moved or assumed, in words."""

    @property
    def fits(self) -> bool:
        """Return whether nothing rules out that all work is done on time."""
        return all(line.fits for line in self.lines) and not self.together


def assess(scenario: Scenario, capacity: Capacity) -> Assessment:
    """Compare a scenario's load with its hours; what does not fit is tried without each cause in turn."""
    base = Reckoning(scenario, capacity)
    others = {cause: Reckoning(scenario, capacity, cause) for cause in CAUSES if _occurs(base, cause)}
    left = overdue(base.weekly)
    short = np.stack([_short(base, line, left[line]) for line in range(len(capacity.lines))])
    left_without = {cause: overdue(other.weekly) for cause, other in others.items()} if short.any() else {}
    lines = [
        _line(
            base, others, line, left[line], short[line], {cause: hours[line] for cause, hours in left_without.items()}
        )
        for line in range(len(capacity.lines))
    ]
    single = [fit.missed.any() for line in lines for fit in line.slas]
    return Assessment(
        starts=list(base.grid.windows("week").starts),
        load=base.weekly.load.sum(axis=0),
        supply=base.weekly.supply.sum(axis=0),
        lines=lines,
        together=[] if short.any() or any(single) else joint_misses(base, others),
        productive=capacity.productive,
        notes=capacity.notes,
    )


def _occurs(base: Reckoning, cause: str) -> bool:
    if cause == "outage":
        return base.capacity.planned is not base.capacity.staffed
    return bool(base.exposures) if cause == "cap" else any(vendor for _, vendor in base.capacity.lines)


def _short(base: Reckoning, line: int, left: Array) -> Mask:
    """Return in which weeks so much is past due that the tightest SLA is missed, or a queue without SLA falls behind.

    Where the backlog grows steadily, work past due is to all waiting work as late items are to all items.
    """
    slas = base.slas(line).values()
    allowed = 1 - min(slas, key=lambda sla: sla.within).target if slas else 0.0
    late = left / np.maximum(left + base.weekly.not_due[line], 1e-9)
    return np.asarray((late > allowed) & (left > TOLERANCE * base.weekly.load[line]) & (left > 1e-6))


def _line(
    base: Reckoning, others: dict[str, Reckoning], line: int, left: Array, short: Mask, left_without: dict[str, Array]
) -> LineFit:
    queue, vendor = base.capacity.lines[line]
    load, reach = base.weekly.load[line], base.reach(line)
    open_reach = base.weekly.speed[:, line] @ base.weekly.supply
    asked, let_in = base.whole_queue(line)
    together = asked > let_in * (1 + TOLERANCE)
    limited = reach < open_reach * (1 - 1e-9)
    planned = others["outage"].weekly if "outage" in others else base.weekly
    stopped = planned.speed[:, line] @ planned.supply - open_reach
    return LineFit(
        queue=list(base.scenario.queues)[queue],
        vendor=vendor,
        load=load,
        reach=reach,
        overdue=left,
        short=short,
        capped=limited & (together | (load > reach * (1 + TOLERANCE))),
        let_in=np.where(together, let_in, reach),
        asked=np.where(together, asked, load),
        stopped=stopped > NEGLIGIBLE * open_reach,
        slas=[
            _sla(base, others, line, name, sla)
            for name, sla in base.slas(line).items()
            if sla.counts == "all" or not base.leaves_first(line, sla)
        ],
        gaps=gaps(base, line),
        without={cause: float(hours.max()) for cause, hours in left_without.items()},
    )


def _sla(base: Reckoning, others: dict[str, Reckoning], line: int, name: str, sla: Sla) -> SlaFit:
    best, starts = base.best(line, sla)
    fit = SlaFit(name, sla, starts, best, {})
    if not fit.missed.any():
        return fit
    worst = int(np.nanargmin(best))
    without = {cause: float(other.best(line, sla)[0][worst]) for cause, other in others.items()}
    return dataclasses.replace(fit, without=without)
