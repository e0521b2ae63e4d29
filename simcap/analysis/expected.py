"""What a few sketches of a scenario expect of its SLAs, before anything is simulated."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import numpy as np

from simcap.analysis.figures import Figures, Subject
from simcap.analysis.measures import ratio


@dataclasses.dataclass(frozen=True)
class Expected:
    """What sketches expect of one SLA row; attainment is NaN where nothing is due."""

    queue: str
    vendor: str
    sla: str
    target: float
    per: str
    attainment: float
    """Over the horizon."""
    worst: dt.datetime
    """Start of the window that attains least, of those that are judged."""
    at_worst: float
    missed: float
    """Share of sketches that miss the target in that window."""

    @property
    def is_met(self) -> bool:
        """Return whether the worst window is expected to attain the target."""
        return not self.at_worst < self.target


def expected_slas(
    sketches: Figures, targets: Mapping[Subject, float], periods: Mapping[tuple[str, str], str]
) -> list[Expected]:
    """Return what sketches expect of each SLA row: shares are ratios of sums over all of them."""
    return [
        _expected(sketches, subject, targets[subject], periods[subject[0], subject[2]])
        for subject in sketches.layout.subjects["sla"]
    ]


def _expected(sketches: Figures, subject: Subject, target: float, per: str) -> Expected:
    queue, vendor, sla = subject
    windows = sketches.layout.windows[per]
    on_time, counted = (sketches.of("sla", per, subject, measure) for measure in ("on_time", "counted"))
    shares = ratio(on_time.sum(axis=0), counted.sum(axis=0))
    judged = np.where(np.array(windows.judged) & np.isfinite(shares), shares, np.inf)
    worst = int(judged.argmin())
    own = ratio(on_time[:, worst], counted[:, worst])
    whole = [sketches.of("sla", "horizon", subject, measure).sum() for measure in ("on_time", "counted")]
    return Expected(
        queue,
        vendor,
        sla,
        target,
        per,
        float(whole[0] / whole[1]) if whole[1] > 0 else float("nan"),
        windows.starts[worst],
        float(shares[worst]),
        float((own < target).mean()),
    )
