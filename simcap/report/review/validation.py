"""How far predictions have been off before: the back-test of the calibration in use."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd

from simcap.experiment.results import Results

NONE = (
    "No back-test of the parameters in use is known, so nothing here shows how far predictions for this programme have "
    "been off before. simcap backtest makes one from its history."
)
NOT_FITTED = (
    "The scenario rests on values that were written, not fitted to a history, so there is no back-test: nothing here "
    "shows how far predictions for this programme have been off before."
)


@dataclasses.dataclass(frozen=True)
class Score:
    """How an SLA's attainment was predicted in windows of the past."""

    mode: str
    """replay (given the actual items and staffing) or forecast (given nothing after the origin)."""
    queue: str
    """Empty for all queues."""
    sla: str
    period: str
    windows: int
    actual: float
    predicted: float
    error: float
    """Mean absolute error of attainment, a share."""
    error_same_hours: float
    """The same of "as on the same weekday and hour before"."""
    error_last_week: float
    error_day_type: float
    error_smoothing: float
    within_90: float
    """Share of results within the simulated 90% band."""

    @property
    def error_of_best_rule(self) -> float:
        """Return the least error of the rules without a model."""
        errors = self.error_same_hours, self.error_last_week, self.error_day_type, self.error_smoothing
        return min((error for error in errors if not math.isnan(error)), default=math.nan)


@dataclasses.dataclass(frozen=True)
class Validation:
    """The back-test of the calibration in use: a sentence, and its scores."""

    sentence: str
    scores: tuple[Score, ...]


def validation_of(results: Results) -> Validation:
    """Return the back-test that a run's folder has of its calibration, or the sentence that there is none."""
    table = results.tables.get("validation")
    if table is None or table.empty:
        return Validation(NONE if results.scenario.calibration else NOT_FITTED, ())
    scores = scores_of(table)
    return Validation(scores_sentence(scores), scores)


def scores_of(table: pd.DataFrame) -> tuple[Score, ...]:
    """Return the scores of a back-test's table."""
    return tuple(_score(row) for _, row in table.iterrows())


def _score(frame: pd.Series) -> Score:
    return Score(
        mode=str(frame["mode"]),
        queue=str(frame["queue"]),
        sla=str(frame["sla"]),
        period=str(frame["period"]),
        windows=int(frame["windows"]),
        actual=float(frame["actual"]),
        predicted=float(frame["predicted"]),
        error=float(frame["error"]),
        error_same_hours=float(frame["error_same_hours"]),
        error_last_week=float(frame["error_last_week"]),
        error_day_type=float(frame.get("error_day_type", math.nan)),
        error_smoothing=float(frame.get("error_smoothing", math.nan)),
        within_90=float(frame["coverage_90"]),
    )


def scores_sentence(scores: tuple[Score, ...]) -> str:
    """Say by how much predictions were off, and whether the rule without a model was better."""
    parts = []
    for mode in dict.fromkeys(score.mode for score in scores):
        of_mode = [score for score in scores if score.mode == mode]
        main = next((score for score in of_mode if not score.queue), of_mode[0])
        than = "less" if main.error < main.error_of_best_rule else "no less"
        parts.append(
            f"in {mode}, attainment of {main.sla} per {main.period} was missed by {100 * main.error:.1f} points on "
            f"average, {than} than the {100 * main.error_of_best_rule:.1f} of the best rule without a model"
        )
    return f"The calibration was back-tested: {'; '.join(parts)}."
