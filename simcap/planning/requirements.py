"""What staffing must achieve: each SLA in each of its whole windows, with a confidence."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.money import ALL
from simcap.analysis.risks import is_settled
from simcap.analysis.summary import wilson
from simcap.errors import RunError
from simcap.scenario.grid import without_whole_window
from simcap.scenario.schema.scenario import Horizon, Scenario

Array = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Requirement:
    """One window of one SLA."""

    queue: str
    vendor: str
    sla: str
    target: float
    per: str
    start: str
    window: int
    """Its number among the windows of `per`."""
    days: tuple[int, int]
    """First day, and the day after the last, from the start of the horizon."""


@dataclasses.dataclass(frozen=True)
class Response:
    """What a plan achieves in each replication: attainment of each requirement, and cost."""

    attainment: Array
    """[replication, requirement]; NaN where nothing was due."""
    cost: Array
    """Net cost where contracts have a price, else paid hours."""

    def margin(self, confidence: float, targets: Array) -> Array:
        """Return by how much, with that confidence, the attainment of one more replication exceeds the target.

        A one-sided normal prediction bound (Hahn & Meeker 1991, ch. 4) from the replications in which something was
        due; infinite where nothing ever was.
        """
        from scipy.special import stdtrit

        count = np.maximum((~np.isnan(self.attainment)).sum(axis=0), 1)
        mean, sd = self.mean(), _spread(self.attainment)
        bound = mean - stdtrit(np.maximum(count - 1, 1), confidence) * sd * np.sqrt(1 + 1 / count)
        return np.where(np.isnan(mean), np.inf, bound - targets)

    def mean(self) -> Array:
        """Return mean attainments; NaN where nothing was ever due."""
        known = ~np.isnan(self.attainment)
        total = np.where(known, self.attainment, 0.0).sum(axis=0)
        return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)

    def met(self, targets: Array) -> tuple[Array, Array, Array]:
        """Return how often each requirement is met, with its 95% Wilson interval; NaN where nothing was ever due."""
        known = ~np.isnan(self.attainment)
        hits = (known & (self.attainment >= targets)).sum(axis=0).astype(float)
        trials = known.sum(axis=0).astype(float)
        low, high = wilson(hits, trials)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(trials > 0, hits / trials, np.nan), low, high


def _spread(values: Array) -> Array:
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    squares = np.where(known, (values - mean) ** 2, 0.0).sum(axis=0)
    return np.asarray(np.sqrt(squares / np.maximum(count - 1, 1)))


def requirements_of(run: Run, horizon: Horizon) -> list[Requirement]:
    """Return all whole windows of independent SLAs: the vendors' own where work is allocated."""
    requirements = []
    for subject in run.layout.subjects["sla"]:
        if not is_settled(subject, run.layout):
            continue
        queue, vendor, sla = subject
        per = run.periods[queue, sla]
        windows = run.layout.windows[per]
        names = windows.labels
        begins = [(one.date() - horizon.start).days for one in windows.starts] + [horizon.day_count]
        for window in np.flatnonzero(windows.whole).tolist():
            days = begins[window], max(begins[window + 1], begins[window] + 1)
            requirements.append(Requirement(queue, vendor, sla, run.targets[subject], per, names[window], window, days))
    return requirements


def parts_of(run: Run) -> pd.DataFrame:
    """Return the windows of which the horizon holds only a part, and which therefore are not asked for."""
    rows: list[tuple[str, ...]] = []
    for queue, vendor, sla in (one for one in run.layout.subjects["sla"] if is_settled(one, run.layout)):
        windows = run.layout.windows[run.periods[queue, sla]]
        parts = [begin for begin, whole in zip(windows.starts, windows.whole, strict=True) if not whole]
        rows += [(queue, vendor, sla, begin.date().isoformat()) for begin in parts]
    return pd.DataFrame(rows, columns=["queue", "vendor", "sla", "start"])


def needs_a_whole_window(scenario: Scenario) -> None:
    """Raise `RunError` if the horizon holds no whole window of any SLA, so that none can be judged."""
    without = without_whole_window(scenario)
    if len(without) < sum(len(queue.sla) for queue in scenario.queues.values()):
        return
    horizon = scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    raise RunError(
        f"{scenario.name}: no SLA has a whole window within the horizon, {horizon.start} to {last}, so none is judged: "
        f"{', '.join(without)}. Let the horizon hold a whole window (horizon.start, horizon.weeks), or judge SLAs by a "
        "shorter one (per: week, per: day)"
    )


def response_of(run: Run, required: list[Requirement]) -> Response:
    """Return a run's attainment of requirements, and its cost."""
    columns = [
        run.figures.of("sla", one.per, (one.queue, one.vendor, one.sla), "attainment")[:, one.window]
        for one in required
    ]
    if run.layout.subjects["money"]:
        cost = run.figures.of("money", "horizon", (ALL,), "net_cost")[:, 0]
    else:
        cost = run.figures.of("vendors", "horizon", None, "paid_hours")[..., 0].sum(axis=1)
    return Response(np.stack(columns, axis=1), cost)
