"""The back-test: fit on the weeks before an origin, predict the days after it, compare both with what happened."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from simcap.calibration.backtest.anchor import Anchor, anchored, anchors_table
from simcap.calibration.backtest.asking import Asking
from simcap.calibration.backtest.desk import Mode
from simcap.calibration.backtest.hindcasts import Hindcasts
from simcap.calibration.backtest.missing import missing_table
from simcap.calibration.backtest.models import FLOOR, DeskModel, model_of, ordered
from simcap.calibration.backtest.other_hours import other_hours_table
from simcap.calibration.backtest.overlay import Fitting, Overlay, overlay_of
from simcap.calibration.backtest.past import renamed
from simcap.calibration.backtest.pickup_desk import PickUps
from simcap.calibration.backtest.predict import Prediction
from simcap.calibration.backtest.reported_desk import reported_desk
from simcap.calibration.backtest.scenario_anchor import scenario_anchor
from simcap.calibration.backtest.scores import scores_table, totals_table, windows_table
from simcap.calibration.history.configuration import Configuration, read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.history.sheets import DataSheet
from simcap.calibration.history.yardsticks import LEAST_DAYS, Backtest
from simcap.errors import DataError, Interrupted, RunError, ScenarioError
from simcap.experiment.alike import arithmetic
from simcap.experiment.anchor import ScenarioAnchor, write_anchor
from simcap.experiment.folders import Add, ResultFolder, add_nothing, going_on, write_csv
from simcap.experiment.kept import Kept, key_of_all
from simcap.experiment.manifest import digest, versions
from simcap.experiment.workers import Jobs
from simcap.scenario.data.reach import Reach, reach_of
from simcap.scenario.nearest import nearest
from simcap.scenario.reading.loading import load

MODES: tuple[Mode, ...] = ("plan", "replay", "forecast")


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
    rests: tuple[str, ...] = ()
    """What a replay by reports alone rests on, in words."""
    model: DeskModel = FLOOR
    order: str = ""
    """What agents take next and what decided for it, where the calibration file leaves that to hindcasts."""
    gone: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """By queue of a pick-up desk, items that by the last origin were neither taken nor left and are too old to wait."""
    scenario: Path | None = None
    """The scenario that was laid over the origins."""
    notes: tuple[str, ...] = ()
    """What its predictions rest on besides what was known."""
    missing: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)
    """How much less predictions would miss if they were told a part of later days; empty if that was not asked for."""
    other_hours: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)
    """What a pick-up desk would do if other hours came; empty if that was not asked for."""
    runs: ScenarioAnchor | str = ""
    """By what runs of the scenario are anchored, or why by nothing; empty where none was tested, or none asked for."""

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
        """Write windows.csv, scores.csv, totals.csv into a folder; what else was asked for if it is there."""
        for name in ("windows", "scores", "totals"):
            table: pd.DataFrame = getattr(self, name)
            write_csv(table, folder / f"{name}.csv")
        for name in ("missing", "other_hours"):
            if len(table := getattr(self, name)):
                write_csv(table, folder / f"{name}.csv")
        if self.anchors:
            write_csv(anchors_table(self.anchors), folder / "anchors.csv")
        if isinstance(self.runs, ScenarioAnchor):
            write_anchor(self.runs, folder)


def backtest(
    path: Path,
    modes: Sequence[Mode] = MODES,
    *,
    anchor: bool = True,
    explain: bool = False,
    hours: float | None = None,
    jobs: Jobs = 1,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
    kept: Kept | None = None,
    allow_outside: bool = False,
    scenario: tuple[Path, Fitting] | None = None,
) -> Backtested:
    """Back-test the calibration that a file describes; with `kept`, resume where an earlier one was interrupted.

    With `anchor`, plans and forecasts are also weighed against the best rule without a model, by hindcasts, and so are
    the runs of a scenario that is tested. The mode `scenario` needs a scenario's file, and what fits a history. With
    `explain`, predictions are repeated with parts of later days told, to see what they lack. With `hours`, a pick-up
    desk is also forecast with so many times the effective hours an item.

    Raises `Interrupted` on Ctrl-C, `ScenarioError` for a bad file or one without `backtest:`, `DataError` for data that
    cannot be used.
    """
    configuration = read_configuration(path)
    if configuration.backtest is None:
        raise ScenarioError(f"{path}: has no `backtest:`; {_example(configuration)}")
    progress("reading the history", 0, 0)
    reach = reach_of(path, allow_outside=allow_outside)
    history = renamed(read_history(configuration, path.parent, reach), configuration.backtest.names)
    hindcasts = None
    if configuration.items is None:
        modes = _replayed(path, modes, explain=explain)
        _check_stated(path, configuration.backtest, reach)
        desk = reported_desk(configuration, history, path.parent, allow_outside=allow_outside)
        history = desk.history
        hindcasts = Hindcasts(desk, jobs, lambda done: progress("replaying earlier weeks", done, 0))
    _check_queues(path, configuration.backtest, sorted(set(history.items["queue"].astype(str))))
    origins = origins_in(configuration)
    key = key_of_history(configuration, path.parent, allow_outside=allow_outside) if kept is not None else ""
    overlay = None
    if "scenario" in modes:
        overlay = _overlay(path, scenario, configuration, history, allow_outside=allow_outside)
    finest = configuration.backtest.finest
    model, anchors, order = FLOOR, [], ""
    runs: ScenarioAnchor | str = ""
    try:
        if configuration.items is not None:
            configuration, order = ordered(configuration, history, jobs, lambda what: progress(what, 0, 0))
            model = model_of(configuration, history, modes, jobs, lambda what: progress(what, 0, 0))
        modes = _known_to(path, model, modes)
        ask = Asking(configuration, history, hindcasts, model, jobs, progress, kept, key, overlay)
        predictions = [ask.prediction(origin, mode) for origin in origins for mode in modes]
        missing = missing_table(ask, origins, modes) if explain else pd.DataFrame()
        other = _other_hours(path, ask, origins, hours)
        if anchor:
            anchors = [ask.anchor(origin, mode) for origin in origins for mode in modes if mode != "replay"]
            runs = scenario_anchor(ask) if overlay is not None else ""
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
        inferred=history.attendance is None and configuration.items is not None and model.name == "floor",
        anchors=tuple(anchors),
        rests=() if hindcasts is None else (*desk.rests(), *hindcasts.told()),
        model=model,
        order=order if model.chosen is None else "",
        gone=_gone(predictions[-1]),
        scenario=overlay.path if overlay is not None else None,
        notes=tuple(dict.fromkeys(note for one in predictions for note in one.notes)),
        missing=missing,
        other_hours=other,
        runs=runs,
    )


def _other_hours(path: Path, ask: Asking, origins: Sequence[dt.date], hours: float | None) -> pd.DataFrame:
    """Return what other hours would do. Raises `ScenarioError` unless the desk is one that is picked up from."""
    if hours is None:
        return pd.DataFrame()
    if ask.model.chosen is None:
        raise ScenarioError(
            f"{path}: --hours is for pick-up desks (`backtest.desk: pick_up`), and this one is modelled as a floor; "
            "to change who works there, compare two scenarios: simcap compare"
        )
    return other_hours_table(ask, origins, hours)


def _gone(last: Prediction) -> dict[str, int]:
    """Return the items of each queue that nobody takes any more; of pick-up desks only."""
    if not isinstance(last.known, PickUps):
        return {}
    return {queue: count for queue, count in last.known.gone.items() if count}


def _example(configuration: Configuration) -> str:
    """Return a `backtest:` section for a configuration, if its history is long enough."""
    first = max(configuration.to - dt.timedelta(days=27), configuration.from_ + dt.timedelta(days=LEAST_DAYS))
    if first > configuration.to:
        return f"and is fitted to {LEAST_DAYS} days before it predicts, so it needs a history of more than that"
    return f"add for example\nbacktest: {{first: {first}, days: 7, sla: {{4 h: {{measure: turnaround, within: 4 h}}}}}}"


def _replayed(path: Path, modes: Sequence[Mode], *, explain: bool) -> tuple[Mode, ...]:
    """Return the modes that reports allow. Raises `ScenarioError` if that is none, or if that cannot be explained."""
    if explain:
        raise ScenarioError(f"{path}: to explain what is missing needs an item log, `items`; leave --explain out")
    if "replay" not in modes:
        raise ScenarioError(f"{path}: a {modes[0]} needs an item log, `items`; reports allow `--mode replay`")
    return ("replay",)


def _check_stated(path: Path, backtest: Backtest, reach: Reach) -> None:
    """Raise `ScenarioError` if the scenario that says who works when is not to be read."""
    refused = reach.refusal(path.parent / backtest.scenario) if backtest.scenario is not None else None
    if refused is not None:
        raise ScenarioError(f"{path}: backtest.scenario: {backtest.scenario} {refused}")


def _overlay(
    path: Path,
    scenario: tuple[Path, Fitting] | None,
    configuration: Configuration,
    history: History,
    *,
    allow_outside: bool,
) -> Overlay:
    """Return the scenario to lay over origins. Raises `ScenarioError` if there is none, or it does not fit the logs."""
    if scenario is None:
        raise ScenarioError(f"{path}: the mode scenario needs a scenario: name its file, as in --scenario FILE")
    if configuration.items is None:
        raise ScenarioError(f"{path}: to test a scenario needs an item log, `items`; reports allow `--mode replay`")
    return overlay_of(*scenario, configuration, history, allow_outside=allow_outside)


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


def _known_to(path: Path, model: DeskModel, modes: Sequence[Mode]) -> tuple[Mode, ...]:
    """Return the modes that a model has. Raises `ScenarioError` if that is none."""
    if model.chosen is None:
        return tuple(modes)
    known = tuple(mode for mode in modes if mode != "plan")
    if not known:
        raise ScenarioError(
            f"{path}: backtest.desk: a plan has to know who is there, which a pick-up desk does not; take `desk: floor`"
        )
    return known


def key_of_history(configuration: Configuration, folder: Path, *, allow_outside: bool = False) -> str:
    """Return a key of what a back-test depends on: the calibration file, the files that it names, the versions."""
    logs = [getattr(configuration, name) for name in ("items", "volumes", "roster", "attendance", "quality")]
    logs += configuration.reports
    files = [file for log in logs if log is not None for part in log.parts for file in part.files(folder)]
    stated = configuration.backtest.scenario if configuration.backtest is not None else None
    scenario = load(folder / stated, allow_outside=allow_outside).document if stated is not None else None
    with_what = versions(), arithmetic()
    return key_of_all(configuration.model_dump(mode="json"), [digest(file) for file in files], with_what, scenario)


def origins_in(configuration: Configuration) -> tuple[dt.date, ...]:
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
