"""The back-test: fit on the weeks before an origin, predict the days after it, compare both with what happened."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from simcap.calibration.backtest.desk import Mode, learn
from simcap.calibration.backtest.models import FLOOR, DeskModel, model_of
from simcap.calibration.backtest.pickup_desk import (
    PickUps,
    items_that_came,
    items_to_come,
    learn_pick_ups,
    predict_pick_ups,
)
from simcap.calibration.backtest.pickup_settings import Chosen
from simcap.calibration.backtest.predict import Prediction, predict
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

MODES: tuple[Mode, ...] = ("replay", "forecast")


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
    model: DeskModel = FLOOR
    gone: Mapping[str, int] = dataclasses.field(default_factory=dict)
    """By queue of a pick-up desk, items that by the last origin were neither taken nor left and are too old to wait."""

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
        """Write windows.csv, scores.csv and totals.csv into a folder."""
        for name in ("windows", "scores", "totals"):
            table: pd.DataFrame = getattr(self, name)
            write_csv(table, folder / f"{name}.csv")


def backtest(
    path: Path,
    modes: Sequence[Mode] = MODES,
    *,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
    kept: Kept | None = None,
) -> Backtested:
    """Back-test the calibration that a file describes; with `kept`, resume where an earlier one was interrupted.

    Raises `Interrupted` on Ctrl-C, `ScenarioError` for a bad file or one without `backtest:`, `DataError` for data that
    cannot be used.
    """
    configuration = read_configuration(path)
    if configuration.backtest is None:
        raise ScenarioError(f"{path}: has no `backtest:`; {_example(configuration)}")
    progress("reading the history", 0, 0)
    history = read_history(configuration, path.parent)
    if configuration.items is None:
        modes = _replayed(path, modes)
        history = with_items(configuration, history)
    _check_queues(path, configuration.backtest, sorted(set(history.items["queue"].astype(str))))
    origins = origins_in(configuration)
    key = key_of_history(configuration, path.parent) if kept is not None else ""
    try:
        model = FLOOR
        if configuration.items is not None:
            model = model_of(configuration, history, modes, jobs, lambda what: progress(what, 0, 0))
        predictions = [
            _one(
                configuration,
                history,
                model,
                origin,
                mode,
                jobs,
                progress,
                (kept, key_of_all(key, origin, mode)) if kept else None,
            )
            for origin in origins
            for mode in modes
        ]
    except KeyboardInterrupt:
        raise Interrupted(f"stopped; {going_on(kept) if kept else 'nothing was written'}") from None
    windows = windows_table(predictions, configuration.backtest.finest)
    if windows.empty:
        raise DataError(
            f"{path}: no window after {origins[0]} has items; make sure that `backtest.first` is before the end"
        )
    return Backtested(
        configuration,
        tuple(modes),
        origins,
        windows,
        scores_table(windows),
        totals_table(predictions),
        history.sheets,
        inferred=history.attendance is None and configuration.items is not None and model.name == "floor",
        model=model,
        gone=_gone(predictions[-1]),
    )


def _gone(last: Prediction) -> dict[str, int]:
    """Return the items of each queue that nobody takes any more; of pick-up desks only."""
    if not isinstance(last.learned, PickUps):
        return {}
    return {queue: count for queue, count in last.learned.gone.items() if count}


def _example(configuration: Configuration) -> str:
    """Return a `backtest:` section for a configuration, if its history is long enough."""
    first = max(configuration.to - dt.timedelta(days=27), configuration.from_ + dt.timedelta(days=LEAST_DAYS))
    if first > configuration.to:
        return f"and is fitted to {LEAST_DAYS} days before it predicts, so it needs a history of more than that"
    return f"add for example\nbacktest: {{first: {first}, days: 7, sla: {{4 h: {{measure: turnaround, within: 4 h}}}}}}"


def _replayed(path: Path, modes: Sequence[Mode]) -> tuple[Mode, ...]:
    """Return the modes that reports allow. Raises `ScenarioError` if that is none."""
    if "replay" not in modes:
        raise ScenarioError(f"{path}: a forecast needs an item log, `items`; reports allow `--mode replay`")
    return ("replay",)


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


def _one(
    configuration: Configuration,
    history: History,
    model: DeskModel,
    origin: dt.date,
    mode: Mode,
    jobs: int,
    progress: Callable[[str, int, int], None],
    kept: tuple[Kept, str] | None,
) -> Prediction:
    what = f"{mode} from {origin:%d %b %Y}".replace(" 0", " ")
    progress(what, 0, 0)
    if model.chosen is not None:
        return _picked_up(configuration, history, model.chosen, origin, mode)
    if configuration.items is None:
        learned = learn_reported(configuration, history, origin)
    else:
        learned = learn(configuration, history, origin, mode)
    return predict(configuration, history, learned, mode, jobs, lambda done, all_: progress(what, done, all_), kept)


def _picked_up(
    configuration: Configuration, history: History, chosen: Chosen, origin: dt.date, mode: Mode
) -> Prediction:
    assert configuration.backtest is not None
    count = configuration.backtest.replications
    learned = learn_pick_ups(configuration, history, origin, mode, chosen.settings)
    if mode == "replay":
        coming = (items_that_came(history, learned),) * count
    else:
        coming = items_to_come(configuration, history, origin, count)
    return predict_pick_ups(configuration, history, learned, mode, coming, dict(chosen.widened.get(mode, {})))


def key_of_history(configuration: Configuration, folder: Path) -> str:
    """Return a key of what a back-test depends on: the calibration file, the files that it names, the versions."""
    logs = [getattr(configuration, name) for name in ("items", "volumes", "roster", "attendance", "quality")]
    logs += configuration.reports
    files = [file for log in logs if log is not None for part in log.parts for file in log.files_of(part, folder)]
    return key_of_all(configuration.model_dump(mode="json"), [digest(file) for file in files], versions())


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
