"""How each SLA stands, window by window: the figures behind the SLA charts and the heat map."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.any_miss import Attained
from simcap.analysis.any_miss import chance_by as chances_of
from simcap.analysis.losses import likely_losses, loses_work
from simcap.analysis.measures import ratio
from simcap.analysis.summary import misses, percentiles
from simcap.experiment.results import Results
from simcap.report.wording.sentences import AT_RISK, LIKELY
from simcap.report.wording.words import is_ruled_out
from simcap.scenario.grid import Windows
from simcap.scenario.schema.queues import Sla

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Standing:
    """One row of the SLA table: a queue, or a vendor's part of it (the vendor is empty for the whole queue)."""

    queue: str
    vendor: str
    name: str
    sla: Sla
    settled: bool
    """Whether it is independent: a vendor's row, or that of a queue without allocation."""
    windows: Windows
    """Of the SLA's own period."""
    attainment: Array
    """[replication, window]."""
    counted: Array
    """[replication, window] items of which attainment is a share."""
    expired_share: float
    """Share of all items of the windows that left undecided; NaN without items."""
    loses_work: bool
    """Whether that is likely to be more than usual in some week."""

    @functools.cached_property
    def chance(self) -> Array:
        """Return the probability of a miss by window; NaN for partial windows and those without items."""
        probability = misses(self.attainment, np.full(self.attainment.shape[1], self.sla.target)).probability
        return np.where(self.windows.whole, probability, np.nan)

    @property
    def is_single(self) -> bool:
        """Say whether there is only one replication, which shows no probability."""
        return len(self.attainment) == 1

    @property
    def replications(self) -> int:
        """Return the number of replications."""
        return len(self.attainment)

    @property
    def is_safe(self) -> bool:
        """Say whether there are enough replications to say that no window is at risk, and no work is lost."""
        return is_ruled_out(float(np.nanmax(self.chance)), self.replications, AT_RISK) and not self.loses_work

    @property
    def judged(self) -> int:
        """Return the number of windows that can be judged."""
        return int(np.isfinite(self.chance).sum())

    @property
    def at_risk(self) -> int:
        """Return the number of windows at risk."""
        return int((self.chance >= AT_RISK).sum())

    @property
    def likely(self) -> int:
        """Return the number of windows in which a miss is likely."""
        return int((self.chance >= LIKELY).sum())

    @functools.cached_property
    def worst(self) -> int:
        """Return the window with the highest probability of a miss; among equals, that with the most late items."""
        short = np.where(self.missed, (self.sla.target - self.attainment) * self.counted, 0.0).sum(axis=0)
        impact = short / np.maximum(self.missed.sum(axis=0), 1)
        return int(np.lexsort((-impact, -np.nan_to_num(self.chance, nan=-1.0)))[0])

    @property
    def any_miss(self) -> float:
        """Return the chance that any whole window is missed."""
        return float(self.missed[:, np.array(self.windows.whole)].any(axis=1).mean())

    @property
    def missed(self) -> NDArray[np.bool_]:
        """Return whether each replication misses each window."""
        return self.attainment < self.sla.target


def standings(results: Results) -> list[Standing]:
    """Return how each SLA row stands, in the order of the SLA table."""
    subjects = results.layout.subjects["sla"]
    split = {(queue, name) for queue, vendor, name in subjects if vendor}
    losing = likely_losses(results.tables["risks"], AT_RISK)
    found = []
    for subject in subjects:
        queue, vendor, name = subject
        sla = results.scenario.queues[queue].sla[name].of(vendor)
        period = sla.per if sla.per in results.layout.windows else "week"
        counts = dict(results.figures.each("sla", period, subject))
        found.append(
            Standing(
                queue,
                vendor,
                name,
                sla,
                bool(vendor) or (queue, name) not in split,
                results.layout.windows[period],
                counts["attainment"],
                counts["counted"],
                float(ratio(counts["expired"].sum(), counts["created"].sum())),
                loses_work(losing, queue, vendor),
            )
        )
    return found


def chance_by(rows: list[Standing], columns: Windows) -> Array:
    """Return the probability by column that any window inside it misses any of the SLAs; NaN where none is judged."""
    return chances_of([Attained(row.windows, row.attainment, row.sla.target) for row in rows], columns)


def fan(figures: Array) -> Array:
    """Return the 5, 25, 50, 75 and 95% points over replications, the first axis: [percentile, window]."""
    return percentiles(figures, (~np.isnan(figures)).sum(axis=0))
