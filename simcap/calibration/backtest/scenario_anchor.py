"""What the runs of a tested scenario are anchored by: hindcasts of it over several weeks, up to the end of the history.

Each starts some weeks before the end and is predicted by the scenario as it is laid over that day. Measured are the
scenario's own SLAs. Rule, weight and factors on bands are found for all windows together, since there are few weeks;
weeks further ahead, when the rule has grown old, draw the weight to their own as far as they have windows that tell.
Windows in which everything is on time, as simulation and rule have it too, tell nothing and are left out.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from simcap.calibration.backtest.anchor import best_rule, best_weight, conformal, decided_by
from simcap.calibration.backtest.asking import MOST_REPLICATIONS, Asking
from simcap.calibration.backtest.desk import Known, midnight
from simcap.calibration.backtest.misfits import backtest_of
from simcap.calibration.backtest.overlay import Overlay
from simcap.calibration.backtest.past import history_at
from simcap.calibration.backtest.rivals import RULES, Rivals
from simcap.calibration.backtest.scores import windows_table
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.yardsticks import LEAST_DAYS, BacktestSla
from simcap.errors import DataError
from simcap.experiment.anchor import PERIODS, Ahead, RuleLevels, ScenarioAnchor, key_of_scenario
from simcap.experiment.kept import key_of_all
from simcap.scenario.schema.queues import Sla
from simcap.scenario.schema.scenario import Scenario

WEEKS: Final = 8
"""Most origins, a week apart, and most weeks that are predicted from each."""
_OWN_VOLUMES: Final = ("per_week", "per_day", "per_hour", "file", "trace", "growth")
_MONDAY: Final = dt.datetime(2024, 1, 1)


def scenario_anchor(asking: Asking) -> ScenarioAnchor | str:
    """Return what a scenario's runs are anchored by as of the end of the history, or why there is no such thing."""
    overlay = asking.overlay
    assert overlay is not None
    if written := list(own_volumes(overlay)):
        return f"{', '.join(written)}: volumes are the scenario's own, of which a rule without a model knows nothing"
    slas = dict(own_slas(overlay.file.scenario))
    measured = {label: sla for label, sla in slas.items() if isinstance(sla, BacktestSla)}
    if not measured:
        return "the scenario has no SLA that a log of items measures"
    configuration = _measuring(asking.configuration, measured)
    end = configuration.to + dt.timedelta(days=1)
    windows = decided_by(end, _hindcasts(dataclasses.replace(asking, configuration=configuration), end), configuration)
    if windows.empty:
        return f"the history holds no hindcast: {LEAST_DAYS} days before it and a week after are the least"
    windows = windows.assign(ahead=_weeks_ahead(windows))
    reached = int(windows["ahead"].max())
    rule = best_rule(windows[windows["period"] == backtest_of(configuration).finest])
    windows = windows[_tell(windows, rule)]
    finest = windows[windows["period"] == backtest_of(configuration).finest]
    weight = best_weight(finest, rule)
    ahead = [_ahead(finest[finest["ahead"] == week], rule, weight) for week in range(1, reached + 1)]
    weights = np.array([one.weight for one in ahead])
    return ScenarioAnchor(
        scenario=overlay.file.scenario.name,
        key=key_of_scenario(overlay.file),
        known_to=configuration.to,
        rule=rule,
        says=RULES[rule],
        ahead=tuple(ahead),
        factors={
            str(period): round(conformal(rows, rule, weights[rows["ahead"].to_numpy() - 1]), 4)
            for period, rows in windows.groupby("period", sort=False)
        },
        levels=tuple(_levels(asking, configuration, measured, end, rule)),
        left_out=tuple(f"{label}: {sla}" for label, sla in slas.items() if isinstance(sla, str)),
    )


def own_volumes(overlay: Overlay) -> Iterator[str]:
    """Yield the paths of volumes that a scenario writes itself."""
    for name, queue in overlay.document["queues"].items():
        arrivals = (queue or {}).get("arrivals") or {}
        yield from (f"queues.{name}.arrivals.{key}" for key in _OWN_VOLUMES if key in arrivals)


def own_slas(scenario: Scenario) -> Iterator[tuple[str, BacktestSla | str]]:
    """Yield the SLAs of a scenario, each as a back-test measures it, or why it cannot."""
    for name, queue in scenario.queues.items():
        for label, sla in queue.sla.items():
            yield f"{name} / {label}", _measured(name, sla, scenario.horizon.timezone)


def _measured(queue: str, sla: Sla, timezone: str) -> BacktestSla | str:
    if sla.from_origin:
        return "its clock starts with the first item of a chain, which a back-test does not know"
    if sla.by == "decided":
        return "its items count when they are decided, and a back-test counts them when they come"
    clock: Any = "own"
    if sla.hours is not None:
        clock = sla.hours.model_copy(update={"timezone": sla.hours.timezone or timezone})
    stated = {"measure": sla.measure, "within": f"{sla.within!r} s", "clock": clock, "counts": sla.counts}
    return BacktestSla.model_validate({**stated, "queues": (queue,)})


def _measuring(configuration: Configuration, slas: dict[str, BacktestSla]) -> Configuration:
    """Return a configuration whose back-test measures other SLAs, with the replications of hindcasts."""
    backtest = backtest_of(configuration)
    few = min(backtest.replications, MOST_REPLICATIONS)
    return configuration.model_copy(update={"backtest": backtest.model_copy(update={"sla": slas, "replications": few})})


def _hindcasts(asking: Asking, end: dt.date) -> pd.DataFrame:
    """Return the windows of hindcasts that start one to eight weeks before the end of the history, and reach it."""
    found = []
    for weeks in range(1, WEEKS + 1):
        origin = end - dt.timedelta(weeks=weeks)
        if (origin - asking.configuration.from_).days < LEAST_DAYS:
            break
        backtest = backtest_of(asking.configuration).model_copy(update={"days": 7 * weeks})
        long = dataclasses.replace(
            asking,
            configuration=asking.configuration.model_copy(update={"backtest": backtest}),
            key=key_of_all(asking.key, "anchor", backtest.model_dump(mode="json")),
        )
        try:
            prediction = long.prediction(origin, "scenario", f", {weeks} weeks" if weeks > 1 else ", a week")
        except DataError:
            continue
        found.append(windows_table([prediction], backtest.finest))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _weeks_ahead(windows: pd.DataFrame) -> pd.Series:
    """Return in which week after their origin windows begin, from 1."""
    begins = pd.to_datetime(windows["start"].astype(str).str[:10], format="ISO8601")
    return (begins - pd.to_datetime(windows["origin"])).dt.days // 7 + 1


def _tell(windows: pd.DataFrame, rule: str) -> pd.Series:
    """Return which windows tell simulation and rule apart: not all three of them and of what came are none, or all."""
    edge = 0.5 / (windows["items"] + 1)
    shares = windows[["actual", "mean", rule]]
    return shares.notna().all(axis=1) & ~(shares.ge(1 - edge, axis=0).all(axis=1) | shares.le(edge, axis=0).all(axis=1))


def _ahead(rows: pd.DataFrame, rule: str, weight: float) -> Ahead:
    return Ahead(weight=round(best_weight(rows, rule, weight), 4), windows=len(rows))


def _levels(
    asking: Asking, configuration: Configuration, slas: dict[str, BacktestSla], end: dt.date, rule: str
) -> Iterator[RuleLevels]:
    """Yield what a rule says as of the end of the history, of each SLA."""
    past = history_at(configuration, asking.history, end)
    known = Known(end, midnight(configuration, end), past.items)
    queues = known.queues
    rivals = Rivals(known, queues, list(slas.values()), configuration.timezone)
    finest = PERIODS.index(backtest_of(configuration).finest)
    for number, (label, sla) in enumerate(slas.items()):
        assert sla.queues is not None
        (queue,) = sla.queues
        place = [queues.index(queue)] if queue in queues else []

        def said(period: str, hours: Sequence[int], place: list[int] = place, number: int = number) -> Any:
            starts = [_MONDAY + dt.timedelta(hours=hour) for hour in hours]
            levels = [rivals.forecasts(place, number, period, start)[rule] for start in starts]
            return tuple(None if math.isnan(level) else round(level, 6) for level in levels)

        hours = {"week": range(1), "day": range(0, 168, 24), "hour": range(168)}
        levels = {period: said(period, hours[period]) for period in PERIODS[: finest + 1]}
        yield RuleLevels(queue=queue, sla=label.removeprefix(f"{queue} / "), **levels)
