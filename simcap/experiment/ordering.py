"""What another order of work would do by itself: tried on the draws of a run whose risks blame the order."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.advice import without_due_order
from simcap.analysis.figures import Figures, stacked
from simcap.analysis.measures import ratio
from simcap.analysis.risks import is_settled
from simcap.experiment.long_tables import Tables
from simcap.experiment.results import Results
from simcap.experiment.scatter import outcomes
from simcap.experiment.workers import Jobs
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile

Array = NDArray[np.float64]

OTHER = "earliest_due"
TRIALS = 4
"""The most replications with the other order: whole points are enough, and the same draws make them steady."""
WORTH_MENTIONING = 0.01
"""Smallest change of attainment over the horizon that is mentioned."""


def with_order_tried(file: ScenarioFile, results: Results, periods: tuple[str, ...], jobs: Jobs) -> Results:
    """Return results whose risks say what `routing.rule: earliest_due` would do, if they blame the order of work.

    This is simulated on the draws of the first replications; without such a risk, nothing is simulated.
    """
    risks = results.tables["risks"]
    blamed = risks["cause"] == "behind"
    if not blamed.any() or file.scenario.routing.rule == OTHER:
        return results
    count = min(TRIALS, results.replications)
    variant = derived(file, {"routing": {"rule": OTHER}})
    trials = sorted(outcomes(variant, results.seed, range(count), periods, jobs), key=lambda pair: pair[0].replication)
    tried = stacked(trials[0][1], [outcome.figures for outcome, _ in trials])
    before = _attained(results.figures.first(count))
    gains = _Gains(results.layout.subjects["sla"], before, _attained(tried), count)
    settled = [place for place, subject in enumerate(gains.subjects) if is_settled(subject, results.layout)]
    advice_by_risk = [
        f"{gains.describe(subject, settled)}; {gains.left_of(advice, subject)}" if blame else advice
        for subject, advice, blame in zip(risks["subject"], risks["what_would_fix_it"], blamed, strict=True)
    ]
    tables = Tables(results.tables)
    tables["risks"] = risks.assign(what_would_fix_it=advice_by_risk)
    return dataclasses.replace(results, tables=tables)


def _attained(figures: Figures) -> Array:
    """Return attainment over the horizon of each SLA row, a ratio of sums over replications."""
    on_time, counted = (figures.of("sla", "horizon", None, name)[..., 0].sum(axis=0) for name in ("on_time", "counted"))
    return ratio(on_time, counted)


@dataclasses.dataclass(frozen=True)
class _Gains:
    """Attainment of each SLA row over the horizon, in the present order and in the other."""

    subjects: tuple[tuple[str, ...], ...]
    before: Array
    after: Array
    replications: int

    def describe(self, subject: str, settled: list[int]) -> str:
        """Say what the other order does for an SLA, and at whose cost."""
        gain, place = self.after - self.before, self._place(subject)
        evidence = f"(simulated, {self.replications} replication{'s' if self.replications > 1 else ''})"
        if not self.helps(subject):
            little = "hardly helps" if gain[place] > 0 else "does not help"
            return f"routing.rule: {OTHER} alone {little}: {self._move(place, '.1%')} {evidence}"
        worst = min((other for other in settled if other != place), key=lambda other: gain[other], default=place)
        cost = (
            f", {_name(self.subjects[worst])} {self._move(worst)}"
            if gain[worst] <= -WORTH_MENTIONING
            else ", at no other's cost"
        )
        return f"routing.rule: {OTHER} alone brings it {self._move(place)}{cost} {evidence}"

    def helps(self, subject: str) -> bool:
        """Return whether the other order gains a point for an SLA."""
        place = self._place(subject)
        return bool(self.after[place] - self.before[place] >= WORTH_MENTIONING)

    def left_of(self, advice: str, subject: str) -> str:
        """Return advice without the other order, if that does not help."""
        return advice if self.helps(subject) else without_due_order(advice)

    def _place(self, subject: str) -> int:
        return [_name(key) for key in self.subjects].index(subject)

    def _move(self, place: int, form: str = ".0%") -> str:
        return f"from {self.before[place]:{form}} to {self.after[place]:{form}}"


def _name(subject: tuple[str, ...]) -> str:
    queue, vendor, sla = subject
    return f"{queue} / {sla}" + (f" ({vendor})" if vendor else "")
