"""The back-test: fit on the weeks before an origin, predict the days after it, compare both with what happened."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from simcap.calibration.backtest.anchor import HINDCASTS, Anchor, anchor_of, anchored, anchors_table, decided_by
from simcap.calibration.backtest.desk import Learned, Mode, known_at, learn, midnight
from simcap.calibration.backtest.overlay import Fitting, Overlay, laid_over, overlay_of
from simcap.calibration.backtest.past import renamed
from simcap.calibration.backtest.predict import Prediction, predict, predict_scenario
from simcap.calibration.backtest.report_desk import learn_reported, with_items
from simcap.calibration.backtest.scores import scores_table, totals_table, windows_table
from simcap.calibration.history.configuration import Configuration, read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.history.sheets import DataSheet
from simcap.calibration.history.yardsticks import LEAST_DAYS, Backtest
from simcap.errors import DataError, Interrupted, RunError, ScenarioError
from simcap.experiment.folders import Add, ResultFolder, add_nothing, going_on, write_csv
from simcap.experiment.kept import Kept, key_of_all
from simcap.experiment.manifest import digest, versions
from simcap.scenario.nearest import nearest

MODES: tuple[Mode, ...] = ("plan", "replay", "forecast")


MOST_REPLICATIONS = 40
"""Of a hindcast."""


@dataclasses.dataclass(frozen=True)
class Backtested:
    """The results of a back-test."""

    configuration: Configuration
    modes: tuple[Mode, ...]
    origins: tuple[dt.date, ...]
    windows: pd.DataFrame
    scores: pd.DataFrame
    totals: pd.DataFrame
    sheets: tuple[DataSheet, ...]
    """The files that were read, and what was dropped of them."""
    inferred: bool
    """Whether staffing was inferred from who was working."""
    anchors: tuple[Anchor, ...] = ()
    """Of each origin of plans and forecasts: how they are weighed against the best rule without a model."""
    scenario: Path | None = None
    """The scenario that was laid over the origins."""
    notes: tuple[str, ...] = ()
    """What its predictions rest on besides what was known."""

    def __repr__(self) -> str:
        rows = self.scores[self.scores["queue"] == ""]
        rows = rows if len(rows) else self.scores
        missed = "; ".join(
            f"{row['mode']} missed {row['sla']} per {row['period']} by {100 * row['error']:.1f} points"
            for row in rows.drop_duplicates("mode").to_dict("records")
        )
        count = self.configuration.backtest.replications if self.configuration.backtest is not None else 0
        return f"Backtested({self.configuration.title!r}, origins: {len(self.origins)}, {count} replications: {missed})"

    def write(self, folder: Path) -> None:
        """Write windows.csv, scores.csv, totals.csv and, if predictions are anchored, anchors.csv into a folder."""
        for name in ("windows", "scores", "totals"):
            table: pd.DataFrame = getattr(self, name)
            write_csv(table, folder / f"{name}.csv")
        if self.anchors:
            write_csv(anchors_table(self.anchors), folder / "anchors.csv")


def backtest(
    path: Path,
    modes: Sequence[Mode] = MODES,
    *,
    anchor: bool = True,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
    kept: Kept | None = None,
    scenario: tuple[Path, Fitting] | None = None,
) -> Backtested:
    """Back-test the calibration that a file describes; with `kept`, resume where an earlier one was interrupted.

    With `anchor`, plans and forecasts are also weighed against the best rule without a model, by hindcasts. The mode
    `scenario` needs a scenario's file, and what fits a history.

    Raises `Interrupted` on Ctrl-C, `ScenarioError` for a bad file or one without `backtest:`, `DataError` for data that
    cannot be used.
    """
    configuration = read_configuration(path)
    if configuration.backtest is None:
        raise ScenarioError(f"{path}: has no `backtest:`; {_example(configuration)}")
    progress("reading the history", 0, 0)
    history = renamed(read_history(configuration, path.parent), configuration.backtest.names)
    if configuration.items is None:
        modes = _replayed(path, modes)
        history = with_items(configuration, history)
    _check_queues(path, configuration.backtest, sorted(set(history.items["queue"].astype(str))))
    origins = _origins(configuration)
    key = key_of_history(configuration, path.parent) if kept is not None else ""
    overlay = _overlay(path, scenario, configuration, history) if "scenario" in modes else None
    ask = _Asking(configuration, history, jobs, progress, kept, key, overlay)
    finest = configuration.backtest.finest
    anchors = []
    try:
        predictions = [ask.prediction(origin, mode) for origin in origins for mode in modes]
        if anchor:
            anchors = [ask.anchor(origin, mode) for origin in origins for mode in modes if mode != "replay"]
    except KeyboardInterrupt:
        raise Interrupted(f"stopped; {going_on(kept) if kept else 'nothing was written'}") from None
    windows = windows_table(predictions, finest)
    if windows.empty:
        raise DataError(
            f"{path}: no window after {origins[0]} has items; make sure that `backtest.first` is before the end"
        )
    windows = anchored(windows, anchors)
    return Backtested(
        configuration,
        tuple(modes),
        origins,
        windows,
        scores_table(windows),
        totals_table(predictions),
        history.sheets,
        inferred=history.attendance is None and configuration.items is not None,
        anchors=tuple(anchors),
        scenario=overlay.path if overlay is not None else None,
        notes=tuple(dict.fromkeys(note for one in predictions for note in one.notes)),
    )


def _example(configuration: Configuration) -> str:
    """Return a `backtest:` section for a configuration, if its history is long enough."""
    first = max(configuration.to - dt.timedelta(days=27), configuration.from_ + dt.timedelta(days=LEAST_DAYS))
    if first > configuration.to:
        return f"and is fitted to {LEAST_DAYS} days before it predicts, so it needs a history of more than that"
    return f"add for example\nbacktest: {{first: {first}, days: 7, sla: {{4 h: {{measure: turnaround, within: 4 h}}}}}}"


def _replayed(path: Path, modes: Sequence[Mode]) -> tuple[Mode, ...]:
    """Return the modes that reports allow. Raises `ScenarioError` if that is none."""
    if "replay" not in modes:
        raise ScenarioError(f"{path}: a {modes[0]} needs an item log, `items`; reports allow `--mode replay`")
    return ("replay",)


def _overlay(
    path: Path, scenario: tuple[Path, Fitting] | None, configuration: Configuration, history: History
) -> Overlay:
    """Return the scenario to lay over origins. Raises `ScenarioError` if there is none, or it does not fit the logs."""
    if scenario is None:
        raise ScenarioError(f"{path}: the mode scenario needs a scenario: name its file, as in --scenario FILE")
    if configuration.items is None:
        raise ScenarioError(f"{path}: to test a scenario needs an item log, `items`; reports allow `--mode replay`")
    return overlay_of(*scenario, configuration, history)


def _check_queues(path: Path, backtest: Backtest, queues: list[str]) -> None:
    """Raise `ScenarioError` for queues that a back-test SLA names and the log lacks."""
    problems = [
        f"{path}: backtest.sla.{name}.queues: there is no queue {queue!r}; {nearest(queue, queues)}"
        for name, sla in backtest.sla.items()
        for queue in sla.queues or ()
        if queue not in queues
    ]
    if problems:
        raise ScenarioError("\n".join(problems))


@dataclasses.dataclass(frozen=True)
class _Asking:
    """How predictions are asked for."""

    configuration: Configuration
    history: History
    jobs: int
    progress: Callable[[str, int, int], None]
    kept: Kept | None
    key: str
    """Of the history, under which replications are stored."""
    overlay: Overlay | None

    def prediction(self, origin: dt.date, mode: Mode, what: str = "") -> Prediction:
        """Predict the days after an origin."""
        what = f"{mode} from {origin:%d %b %Y}{what}".replace(" 0", " ")
        self.progress(what, 0, 0)
        if mode == "scenario":
            return self._by_scenario(origin, what)
        learn_by = learn if self.configuration.items is not None else _learn_by_reports
        learned = learn_by(self.configuration, self.history, origin, mode)
        kept = (self.kept, key_of_all(self.key, origin, mode)) if self.kept else None
        return predict(
            self.configuration, self.history, learned, mode, self.jobs, functools.partial(self.progress, what), kept
        )

    def _by_scenario(self, origin: dt.date, what: str) -> Prediction:
        """Predict the days after an origin by the scenario that is laid over it."""
        assert self.overlay is not None
        laid = laid_over(self.overlay, self.configuration, self.history, origin)
        kept = (self.kept, key_of_all(self.key, origin, self.overlay.key)) if self.kept else None
        progress = functools.partial(self.progress, what)
        return predict_scenario(self.configuration, self.history, laid, self.jobs, progress, kept)

    def anchor(self, origin: dt.date, mode: Mode) -> Anchor:
        """Weigh the simulation against the rules by hindcasts from weeks before an origin, as far as data reach."""
        assert self.configuration.backtest is not None
        asking = self._known_at(origin)
        weeks = range(1, HINDCASTS + 1)
        before = [origin - dt.timedelta(weeks=week) for week in weeks]
        found = []
        for first in before:
            if (first - self.configuration.from_).days >= LEAST_DAYS:
                with contextlib.suppress(DataError):
                    found.append(asking.prediction(first, mode, f", a hindcast for {origin:%d %b}"))
        finest = self.configuration.backtest.finest
        return anchor_of(mode, origin, decided_by(origin, windows_table(found, finest), self.configuration), finest)

    def _known_at(self, origin: dt.date) -> _Asking:
        """Return the same with a week to predict, and nothing known that came later than an origin."""
        backtest, begin = self.configuration.backtest, midnight(self.configuration, origin)
        assert backtest is not None
        week = backtest.model_copy(update={"days": 7, "replications": min(backtest.replications, MOST_REPLICATIONS)})
        attendance = self.history.attendance
        if attendance is not None:
            attendance = attendance[attendance["start"] < begin]
            attendance = attendance.assign(end=attendance["end"].clip(upper=begin))
        return dataclasses.replace(
            self,
            configuration=self.configuration.model_copy(update={"backtest": week}),
            history=dataclasses.replace(self.history, items=known_at(self.history.items, begin), attendance=attendance),
            key=key_of_all(self.key, "hindcast", origin),
        )


def _learn_by_reports(configuration: Configuration, history: History, origin: dt.date, _mode: Mode) -> Learned:
    return learn_reported(configuration, history, origin)


def key_of_history(configuration: Configuration, folder: Path) -> str:
    """Return a key of what a back-test depends on: the calibration file, the files that it names, the versions."""
    logs = [getattr(configuration, name) for name in ("items", "volumes", "roster", "attendance", "quality")]
    logs += configuration.reports
    files = [file for log in logs if log is not None for part in log.parts for file in log.files_of(part, folder)]
    return key_of_all(configuration.model_dump(mode="json"), [digest(file) for file in files], versions())


def _origins(configuration: Configuration) -> tuple[dt.date, ...]:
    """Return the days from which predictions start: as many as fit before the end of the history."""
    assert configuration.backtest is not None
    step = configuration.backtest.every or configuration.backtest.days
    days = (configuration.to - configuration.backtest.first).days + 1
    count = (days - configuration.backtest.days) // step + 1
    if count < 1:
        raise ScenarioError(
            f"backtest.days: {configuration.backtest.days} days from {configuration.backtest.first} "
            f"reach beyond the history, which ends on {configuration.to}"
        )
    return tuple(configuration.backtest.first + dt.timedelta(days=step * number) for number in range(count))


def results_in(folder: Path) -> ResultFolder:
    """Return a folder as the results folder of a back-test."""
    return ResultFolder(folder, "scores.csv", "a back-test", alone=True)


def check_folder(folder: Path, *, force: bool) -> None:
    """Raise `RunError` unless results of a back-test can be written into a folder."""
    results_in(folder).check()
    if results_in(folder).is_finished and not force:
        raise RunError(f"{folder}: holds a back-test already; give another --out, or --force to replace it")


def write_results(result: Backtested, folder: Path, add: Add = add_nothing) -> None:
    """Write the results of a back-test into a folder at once, replacing what is there; `add` adds charts."""
    with results_in(folder).written() as inside:
        result.write(inside)
        add(inside)
