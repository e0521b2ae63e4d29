"""What a scenario takes from the files: its queues, who works on them, and which of its values a calibration has."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence

from simcap.calibration.calibrate import Calibration
from simcap.calibration.draft.crew import DraftTeam, whole_percents
from simcap.calibration.draft.crews import crews_of, left_out
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.handling import shape_of
from simcap.calibration.look.guess import Look
from simcap.calibration.look.proposal import constant_of

WORK = "work"
"""Name of the queue where no file names one."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known of a programme. `per_week` and `handle` (seconds) are by queue, where a calibration has them."""

    timezone: str
    start: dt.date
    """The day after the last one of the files."""
    queues: tuple[str, ...]
    crews: tuple[DraftTeam, ...] = ()
    fits: tuple[Fit, ...] = ()
    left_out: tuple[str, ...] = ()
    """Vendors of whom no file has any work."""

    @property
    def per_week(self) -> Mapping[str, float]:
        """Return the items a week of each queue whose volume is fitted."""
        return {fit.subject.name: fit.value("arrivals", "per_week") for fit in self.fits if fit.kind == "volume"}

    @property
    def handle(self) -> Mapping[str, float]:
        """Return the mean handle time of each queue for which it is fitted."""
        return {fit.subject.name: mean_of(fit) for fit in self.fits if fit.kind == "handle time"}

    def of_vendor(self, vendor: str, *key: str) -> bool:
        """Return whether the calibration has a value of a vendor."""
        return any(
            one.subject.part == "vendors" and one.subject.name == vendor and one.key[: len(key)] == key
            for fit in self.fits
            for one in fit.estimates
        )

    def allocation(self) -> dict[str, dict[str, float]]:
        """Return the fitted split of queues between vendors, where both have a team that takes the queue."""
        found: dict[str, dict[str, float]] = {}
        for fit in self.fits:
            if fit.kind == "allocation":
                for one in fit.estimates:
                    found.setdefault(one.key[0], {})[one.key[1]] = one.value
        able = {(queue, crew.vendor) for crew in self.crews for queue in crew.skills}
        return {
            queue: dict(zip(shares, whole_percents(list(shares.values())), strict=True))
            for queue, shares in found.items()
            if len(shares) > 1 and all((queue, vendor) in able for vendor in shares)
        }


def facts_of(calibration: Calibration) -> Facts:
    """Return what a calibration and its history show."""
    history, configuration = calibration.history, calibration.configuration
    named = {str(queue) for queue in history.items["queue"].unique()} | set(history.counts) | set(history.offered)
    named |= {fit.subject.name for fit in calibration.fits if fit.subject.part == "queues"}
    queues = tuple(sorted(named)) or (WORK,)
    crews = tuple(crews_of(history, queues))
    start = configuration.to + dt.timedelta(days=1)
    return Facts(configuration.timezone, start, queues, crews, calibration.fits, tuple(left_out(history, crews)))


def facts_seen(looks: Sequence[Look], timezone: str, last: dt.date) -> Facts:
    """Return what files seem to be about, where nothing could be fitted to them yet: the names of queues alone."""
    queues: list[str] = []
    for look in looks:
        name = look.roles.get("queue")
        if isinstance(name, str):
            queues += look.feature(name).words
        elif look.kind in ("items", "events", "claims", "reports"):
            queues += [(constant_of(look) or {}).get("queue", "")]
    return Facts(timezone, last + dt.timedelta(days=1), tuple(sorted({one for one in queues if one})) or (WORK,))


def mean_of(fit: Fit) -> float:
    """Return the mean of a fit of handle times, in seconds."""
    shape = shape_of(fit)
    return fit.estimates[0].value if shape is None else shape.mean
