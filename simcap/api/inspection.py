"""A scenario inspected without simulating it: whether its work fits, and what is uncertain in it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pandas as pd

from simcap.api.asking import Source, file_of

if TYPE_CHECKING:
    from simcap.analysis.fits import Assessment
    from simcap.scenario.schema.scenario import Scenario


@dataclasses.dataclass(frozen=True)
class LoadCheck:
    """Load compared with capacity: what is impossible is impossible, what is possible may still miss an SLA."""

    scenario: Scenario
    assessment: Assessment
    reasons: tuple[str, ...]
    """Why it does not fit, and what is in the way."""
    notes: tuple[str, ...]
    tables: dict[str, pd.DataFrame]
    """weeks; lines (of work: a queue, or a vendor's share of it) by week; slas (best attainment) by window; gaps (hours
    without anybody); sketched (what sketches expect of SLAs)."""

    @property
    def fits(self) -> bool:
        """Return whether all work can be done in time."""
        return self.assessment.fits

    def __repr__(self) -> str:
        lines = [line for line in self.assessment.lines if not line.fits]
        short = ", ".join(dict.fromkeys(line.queue for line in lines)) or "all together"
        return f"LoadCheck({self.scenario.name!r}: {'fits' if self.fits else f'does not fit: {short}'})"


def check(scenario: Source, *, sketch: bool = True) -> LoadCheck:
    """Compare a scenario's load with its capacity by queue and week, without simulating; `tables` has the figures.

    With `sketch`, the table `sketched` has what 5 to 20 sketches of replications expect of each SLA.
    """
    from simcap.analysis.fits import assess
    from simcap.experiment.first_look import first_look
    from simcap.report.documents.fluid import fluid_document, fluid_tables
    from simcap.streams import Streams
    from simcap.world.capacity import estimate

    file = file_of(scenario)
    checked = file.scenario
    assessment = assess(checked, estimate(checked, file.files, Streams(checked.simulation.seed, 0)))
    look = first_look(file, float(assessment.supply.sum())) if sketch else None
    document = fluid_document(checked, assessment, look=look)
    reasons = [reason for line in document["lines"] for reason in line["reasons"]]
    reasons += [joint["reason"] for joint in document["together"]]
    return LoadCheck(checked, assessment, tuple(reasons), tuple(document["notes"]), fluid_tables(document))


def parameters(scenario: Source) -> pd.DataFrame:
    """Return what each replication draws anew: a row for each value that is fitted or under `uncertain`.

    group, parameter (its path), value (as fitted or written), p05 and p95 (the 90% range of what is drawn). Durations
    are in seconds, shares are fractions, rates of leaving are hazards per second.
    """
    from simcap.experiment.replicate import drawn_ranges

    return drawn_ranges(file_of(scenario))
