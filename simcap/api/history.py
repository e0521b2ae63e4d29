"""What a history shows: fits of parameters, back-tests, and synthetic histories."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from simcap.api.asking import Executor, Source, file_of, seed_of, tell_nobody, who_simulates
from simcap.api.pages import write_page

if TYPE_CHECKING:
    from simcap.calibration.backtest.backtest import Backtested
    from simcap.calibration.backtest.desk import Mode
    from simcap.calibration.calibrate import Calibration
    from simcap.calibration.look.looking import Looked
    from simcap.calibration.synthesize import SyntheticLogs

MODES = ("all", "both", "scenario", "plan", "replay", "forecast")


def calibrate(
    path: str | Path,
    *,
    out: str | Path | None = None,
    charts: bool = False,
    wait: bool = False,
    allow_outside: bool = False,
    progress: Callable[[str], None] = tell_nobody,
) -> Calibration:
    """Fit a scenario's parameters to the history that a calibration file names.

    `table()` of the result has the fits as a DataFrame, `quality()` what was read and dropped. With `out` they are
    written together with parameters.yaml, which a scenario names under `calibration:`; if another process writes to
    the folder, that is an error unless it is to `wait`. The files lie in the project, unless `allow_outside`.
    """
    from simcap.calibration.calibrate import calibrate as fit
    from simcap.calibration.calibrate import write
    from simcap.experiment.folders import unless_unwritten
    from simcap.experiment.owner import owned

    def add(inside: Path) -> None:
        from simcap.report.documents.answer import answer_of_calibration, write_answer

        write_answer(answer_of_calibration(result), inside)
        if charts:
            from simcap.report.charts.fits import draw_fits

            progress("drawing")
            draw_fits(result, inside / "charts")
        write_page(inside)

    if out is None:
        return fit(Path(path), progress, allow_outside=allow_outside)
    with owned(Path(out), wait=wait, inside=True):
        result = fit(Path(path), progress, allow_outside=allow_outside)
        progress("writing")
        with unless_unwritten(result):
            write(result, Path(out), add)
    return result


def look(
    files: Sequence[str | Path],
    *,
    out: str | Path | None = None,
    timezone: str | None = None,
    progress: Callable[[str], None] = tell_nobody,
) -> Looked:
    """Look at files as tools export them: what each seems to hold, and a calibration file that reads them.

    `timezone` is that of days, and of times without an offset. With `out` the file is written there as
    calibration.yaml; one that is there is left alone.
    """
    from simcap.calibration.look.looking import look_at_all, write_proposal

    folder = Path(out) if out is not None else Path.cwd()
    found = look_at_all([Path(file) for file in files], folder, timezone, progress)
    if out is not None:
        write_proposal(found, folder)
    return found


def backtest(
    path: str | Path,
    *,
    mode: Literal["all", "both", "scenario", "plan", "replay", "forecast"] | None = None,
    scenario: str | Path | None = None,
    anchor: bool = True,
    explain: bool = False,
    hours: float | None = None,
    out: str | Path | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    force: bool = False,
    wait: bool = False,
    charts: bool = False,
    allow_outside: bool = False,
    progress: Callable[[str, int, int], None] = tell_nobody,
) -> Backtested:
    """Predict past weeks from the weeks before them; `windows`, `scores` and `totals` are DataFrames.

    `path` is a calibration file with a `backtest:` section; the mode `both` is replay and forecast. A `scenario` file
    is laid over each origin, with the people and the backlog of that day; the mode is then `scenario`, else `all`, if
    left out. With `anchor`, all but replays are also weighed against the best rule without a model, by hindcasts. With
    `explain`, `missing` says how much less would be missed if one part of the predicted days were known. With `hours`,
    such as 1.2, `other_hours` says what a pick-up desk would attain with so many times the effective hours an item.
    Raises `RunError` if `out` holds a back-test already, unless `force`.
    """
    from simcap.calibration.backtest import backtest as room
    from simcap.calibration.backtest.other_hours import MOST
    from simcap.calibration.calibrate import calibrate_history
    from simcap.experiment.folders import unless_unwritten
    from simcap.experiment.kept import Kept
    from simcap.experiment.owner import owned

    modes = _modes(mode, scenario)
    if hours is not None and not 0 < hours <= MOST:
        raise ValueError(f"hours {hours:g} is not above 0 and at most {MOST:g}; write for example 1.2")
    tested = None
    if scenario is not None:
        tested = Path(scenario), lambda known, history: calibrate_history(Path(path), known, history).parameters()

    def ask(kept: Kept | None) -> Backtested:
        with who_simulates(jobs, executor) as workers:
            return room.backtest(
                Path(path),
                modes,
                anchor=anchor,
                explain=explain,
                hours=hours,
                jobs=workers,
                progress=progress,
                kept=kept,
                allow_outside=allow_outside,
                scenario=tested,
            )

    def add(inside: Path) -> None:
        from simcap.report.documents.answer import answer_of_backtest, write_answer

        write_answer(answer_of_backtest(result), inside)
        if charts:
            from simcap.report.charts.validation import draw_validation

            draw_validation(result, inside / "charts")
        write_page(inside)

    if out is None:
        return ask(None)
    with owned(Path(out), wait=wait):
        room.check_folder(Path(out), force=force)
        kept = Kept(Path(out))
        result = ask(kept)
        with unless_unwritten(result):
            room.write_results(result, Path(out), add)
        kept.drop()
    return result


def _modes(mode: str | None, scenario: str | Path | None) -> list[Mode]:
    """Return the modes of a back-test. Raises `RunError` where mode and scenario do not go together."""
    from simcap.calibration.backtest.backtest import MODES as KNOWN
    from simcap.errors import RunError

    if mode is None:
        mode = "all" if scenario is None else "scenario"
    if mode not in MODES:
        raise ValueError(f"mode {mode!r}: choose from {', '.join(MODES)}")
    if scenario is not None and mode not in ("all", "scenario"):
        raise RunError(f"the mode {mode} tests no scenario; use scenario or all, or leave one of both out")
    if scenario is None and mode == "scenario":
        raise RunError("the mode scenario tests a scenario: name its file, as in --scenario FILE")
    asked = {"both": ("replay", "forecast"), "all": KNOWN if scenario is None else ("scenario", *KNOWN)}
    return list(asked.get(mode, [one for one in ("scenario", *KNOWN) if one == mode]))


def synthesize(
    scenario: Source, *, out: str | Path | None = None, seed: int | None = None, scorecard: bool = False
) -> SyntheticLogs:
    """Make the logs that a scenario's quarter would have left; `tables` has items, roster and attendance.

    With `out`, a folder that is empty or new, they are written in the formats that `calibrate` reads, with the
    calibration.yaml that names them; with `scorecard` also the workbook that vendors would have sent of their weeks.
    """
    from simcap.calibration.scorecard import write_scorecard
    from simcap.calibration.synthesize import check_empty, synthetic_logs, write
    from simcap.experiment.folders import add_nothing
    from simcap.experiment.owner import owned

    file = file_of(scenario)
    if out is None:
        return synthetic_logs(file, seed_of(file, seed))
    with owned(Path(out)):
        check_empty(Path(out))
        logs = synthetic_logs(file, seed_of(file, seed))
        write(logs, Path(out), (lambda inside: write_scorecard(logs, inside)) if scorecard else add_nothing)
    return logs
