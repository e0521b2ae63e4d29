"""A scenario as users run it, laid over origins of a history.

Its structure stays: queues, teams, shifts, skills, routing, contract, and what it says of days to come. Who is there,
what waits, and all that a calibration fits are those of the origin. Rates of arrivals are always the fitted ones: those
that are written belong to the scenario's own weeks.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from simcap.calibration.backtest.desk import Known, midnight
from simcap.calibration.backtest.desk_files import backlogs, sla_of
from simcap.calibration.backtest.misfits import backtest_of, misfits
from simcap.calibration.backtest.past import history_at
from simcap.calibration.backtest.people import (
    add_ordered,
    add_trainees,
    keep_classes,
    people_of,
    seen_in_training,
)
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.errors import ScenarioError
from simcap.experiment.kept import key_of_all
from simcap.experiment.manifest import manifest_of
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.data.files import RosterRows
from simcap.scenario.event_spans import first_day
from simcap.scenario.reading.derived import validated
from simcap.scenario.reading.filling import filled_by
from simcap.scenario.reading.inherit import read_chain
from simcap.scenario.reading.loading import ScenarioFile, load
from simcap.scenario.reading.varying import resolve
from simcap.scenario.schema.events import Event
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY

Fitting = Callable[[Configuration, History], Mapping[str, Any]]
"""Returns the parameters file, as a document, of a history."""
YARDSTICK: Final = "back-test: "
"""Stands before the names of the SLAs that are scored, beside the scenario's own."""
_WRITTEN: Final = {
    "queues": ("handle_time", "at_once", "errors", "expires", "then"),
    "vendors": ("shrinkage", "attrition", "ramp", "spread"),
}
"""What a calibration fits, where a scenario may write it itself."""
_DATED: Final = ("file", "trace")


@dataclasses.dataclass(frozen=True)
class Overlay:
    """A scenario, ready to be laid over origins."""

    path: Path
    file: ScenarioFile
    document: dict[str, Any]
    """What it says itself: parents merged, nothing filled in."""
    key: str
    """Of all that it says, and of its data."""
    fit: Fitting
    fitted: dict[dt.date, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    """The parameters of the origins so far."""

    def parameters(self, past: History) -> Mapping[str, Any]:
        """Return what is fitted to a history that ends on the day before an origin."""
        origin = past.configuration.to
        if origin not in self.fitted:
            self.fitted[origin] = self.fit(past.configuration, past)
        return self.fitted[origin]


@dataclasses.dataclass(frozen=True)
class LaidOver:
    """A scenario at an origin."""

    known: Known
    file: ScenarioFile
    notes: tuple[str, ...]
    given: tuple[DataFiles, ...] = ()
    """Files by replication, in place of the scenario's, where it is told what comes."""

    def files_of(self, replication: int) -> DataFiles:
        """Return the data files of a replication."""
        return self.given[replication % len(self.given)] if self.given else self.file.files


def overlay_of(
    path: Path, fit: Fitting, configuration: Configuration, history: History, *, allow_outside: bool = False
) -> Overlay:
    """Return a scenario that can be laid over origins. Raises `ScenarioError` with all that does not fit the logs."""
    file = load(path, allow_outside=allow_outside)
    problems = [f"{path}: {problem}" for problem in misfits(file.scenario, configuration, history)]
    if problems:
        raise ScenarioError("\n".join(problems))
    tree = read_chain(path).tree
    assert tree is not None
    document = {key: value for key, value in tree.plain().items() if key not in ("calibration", "extends")}
    key = key_of_all(document, manifest_of(file, 0, 0, ())["data"])
    return Overlay(path, file, document, key, fit)


def laid_over(overlay: Overlay, configuration: Configuration, history: History, origin: dt.date) -> LaidOver:
    """Return a scenario as it was at an origin, as far as logs and the scenario itself tell.

    Raises `ScenarioError` or `DataError` if that is impossible, with the origin.
    """
    past = history_at(configuration, history, origin)
    known = Known(origin, midnight(configuration, origin), past.items)
    parameters = overlay.parameters(past)
    span = origin, origin + dt.timedelta(days=backtest_of(configuration).days)
    notes: list[str] = []
    document = copy.deepcopy(overlay.document)
    document["name"] = f"{overlay.file.scenario.name}, from {origin}"
    document["horizon"] = _horizon(overlay.file.scenario, configuration, span)
    notes += _queues(document, overlay.file.scenario, parameters, configuration, known)
    seen = seen_in_training(history, past)
    notes += keep_classes(document, overlay.file.scenario, span, seen=seen is not None)
    notes += _events(document, overlay.file.scenario, span)
    people: dict[str, RosterRows] = {}
    if past.roster is None:
        notes.append("there is no roster: teams have as many people as the scenario says, whatever the day")
    else:
        people = people_of(document, overlay.file.scenario, past, known)
        notes += add_ordered(document, overlay.file.scenario, past, span, seen=seen is not None)
        if seen is not None:
            notes += add_trainees(document, overlay.file.scenario, seen, past.roster, span)
    notes += _written(overlay.document, parameters)
    filled = filled_by(document, parameters)
    document = dict(filled.document)
    document["uncertain"] = _still_uncertain(document, overlay.document, parameters)
    try:
        scenario = validated(document)
    except ScenarioError as error:
        raise ScenarioError(f"{overlay.path}, laid over {origin}: {error}") from None
    files = DataFiles(overlay.file.folder, people)
    return LaidOver(known, ScenarioFile(scenario, document, files, filled), tuple(notes))


def _horizon(scenario: Scenario, configuration: Configuration, span: tuple[dt.date, dt.date]) -> dict[str, Any]:
    return {
        "start": span[0].isoformat(),
        "days": (span[1] - span[0]).days,
        "timezone": configuration.timezone,
        "warm_up": f"{scenario.horizon.warm_up / DAY:.0f} days",
    }


def _queues(
    document: dict[str, Any],
    scenario: Scenario,
    parameters: Mapping[str, Any],
    configuration: Configuration,
    known: Known,
) -> Iterator[str]:
    """Give queues what waits at the origin and the SLAs that are scored; leave arrivals to the calibration."""
    dated, waiting = [], backlogs(configuration, known)
    for name, spec in scenario.queues.items():
        queue = document["queues"][name] = dict(document["queues"][name] or {})
        if spec.arrivals is not None and any(getattr(spec.arrivals, key) is not None for key in _DATED):
            dated.append(f"queues.{name}.arrivals")
        elif "arrivals" in parameters["queues"].get(name, {}):
            queue.pop("arrivals", None)
        queue["backlog"] = waiting.get(name, {"items": 0, "oldest": "0 s"})
        added = {
            f"{YARDSTICK}{label}": sla_of(sla)
            for label, sla in backtest_of(configuration).sla.items()
            if scenario.routing.rule != "earliest_due" or name in (sla.queues or scenario.queues)
        }
        queue["sla"] = {**(queue.get("sla") or {}), **added}
    if dated:
        yield f"volumes of dated files stay, which may know what came: {', '.join(dated)}"


def _events(document: dict[str, Any], scenario: Scenario, span: tuple[dt.date, dt.date]) -> Iterator[str]:
    """Keep the events of the predicted days."""
    kept = [name for name, event in scenario.events.items() if _within(event, span)]
    dropped = [name for name in scenario.events if name not in kept]
    document["events"] = {name: document["events"][name] for name in kept}
    if kept:
        yield f"events that the scenario knows of: {', '.join(kept)}"
    if dropped:
        yield f"events outside the predicted days, left out: {', '.join(dropped)}"


def _within(event: Event, span: tuple[dt.date, dt.date]) -> bool:
    day = first_day(event)
    return day is None or span[0] <= day < span[1]


def _written(document: Mapping[str, Any], parameters: Mapping[str, Any]) -> Iterator[str]:
    """Tell which values are the scenario's own although they can be fitted."""
    found = [
        f"{part}.{name}.{key}"
        for part, keys in _WRITTEN.items()
        for name, spec in document.get(part, {}).items()
        for key in keys
        if spec and key in spec and key in parameters.get(part, {}).get(name, {})
    ]
    if found:
        yield f"written in the scenario, so not fitted to what was known: {', '.join(found)}"


def _still_uncertain(document: dict[str, Any], own: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ranges of values that are still there, and not of arrivals that are fitted now."""
    refitted = tuple(f"queues.{name}.arrivals." for name, spec in parameters["queues"].items() if "arrivals" in spec)
    kept = {path: spec for path, spec in (own.get("uncertain") or {}).items() if not resolve(document, path)[1]}
    return {path: spec for path, spec in kept.items() if not path.startswith(refitted)}
