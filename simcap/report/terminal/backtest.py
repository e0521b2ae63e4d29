"""What the terminal shows after a back-test."""

from __future__ import annotations

import math
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pandas as pd

from simcap.calibration.backtest.backtest import Backtested
from simcap.calibration.backtest.models import DeskModel
from simcap.calibration.backtest.pickup_settings import Chosen
from simcap.calibration.backtest.rivals import SHORT, best_of
from simcap.experiment.anchor import ANCHOR, FEWEST, FOLDER, ScenarioAnchor
from simcap.report.terminal.console import new_console
from simcap.report.terminal.missing import tell_missing
from simcap.report.terminal.other_hours import tell_other_hours
from simcap.report.terminal.recorded import Teller

_MEDIAN = " The median of the replications missed them by less than their mean: anchored is the median."
HEADINGS = (
    "", "SLA", "per", "windows", "came", "simulated", "missed by",
    "by best\nrule", "which", "anchored", "in 50%", "in 90%", "anchored",
)  # fmt: skip


def print_backtest(result: Backtested, folder: Path) -> None:
    """Print the scores of each mode next to those of the forecasts without a model, and where the results are."""
    console = new_console()
    tell_backtest(console, result)
    console.print(f"Results: {folder}", soft_wrap=True)


def tell_backtest(console: Teller, result: Backtested) -> None:
    """Tell the scores of each mode next to those of the forecasts without a model."""
    origins = ", ".join(f"{origin:%-d %b %Y}" for origin in result.origins)
    console.print(f"{result.configuration.title}: predicted from {origins}", soft_wrap=True)
    for sheet in result.sheets:
        for cause in sheet.dropped:
            console.print(
                f"{sheet.file}: {cause.rows:,} of {sheet.read:,} rows dropped: {cause.reason}", soft_wrap=True
            )
    for sentence in told_of_model(result.model):
        console.print(sentence, soft_wrap=True)
    if result.order:
        console.print(f"What agents take next: {result.order}.", soft_wrap=True)
    if result.gone:
        queues = ", ".join(f"{count:,} of {queue}" for queue, count in result.gone.items())
        console.print(
            f"Neither taken nor left, and too old to be waiting still at the last origin: {queues}. "
            "They count as gone, not as backlog.",
            soft_wrap=True,
        )
    if result.inferred:
        console.print(
            "Staffing is inferred from who was working: idle agents are invisible, and what agents do between "
            "items is measured only while items wait.",
            soft_wrap=True,
        )
    for line in (*result.rests, *(() if "scenario" in result.modes else result.notes)):
        console.print(line, soft_wrap=True)
    if result.configuration.items is None:
        console.print(
            "Came and simulated are the share on time of what was decided in a window, as reports have it.",
            soft_wrap=True,
        )
    for mode in result.modes:
        console.print(_table(result.scores[result.scores["mode"] == mode], mode))
        if mode == "scenario":
            _tell_scenario(console, result)
    _tell_asked(console, result)
    _tell_anchors(console, result)
    _tell_runs(console, result.runs)
    console.print(_totals(result.totals))
    console.print(
        "Missed by: mean absolute error of attainment, in points, next to that of the rule without a model that "
        "misses least: `same weekday` (and hour) before, `last week`, `day type` (all working days as one), "
        "`smoothing` (older days count less and less). scores.csv has all four. In 50%, 90%: the "
        "share of results within the simulated band. Windows are weighted by their items.",
        soft_wrap=True,
    )


def _tell_asked(console: Teller, result: Backtested) -> None:
    """Tell what else was asked for."""
    if len(result.missing):
        tell_missing(console, result.missing, result.model.name)
    if len(result.other_hours):
        tell_other_hours(console, result.other_hours)


def told_of_model(model: DeskModel) -> list[str]:
    """Return what is to be said of the model of a desk; nothing of a floor that was asked for."""
    why = f" ({model.why})" if model.why else ""
    if model.chosen is None:
        return [f"Model: the floor{why}."] if why else []
    said = (
        f"Model: a pick-up desk{why}. Items are picked up at a rate by hour, age, what waits and the day; nobody's "
        "duty is inferred. A replay is told how much was picked up on each day."
    )
    return [said, _told_of_hindcasts(model.chosen)]


def _told_of_hindcasts(chosen: Chosen) -> str:
    settings = chosen.settings
    rate = (
        f"The rate goes with what waits to the power of {settings.answer:g}; of the last days, each counts half after "
        f"{settings.half_life:g} days, and {settings.fading:g} of their level is left a day later."
    )
    if not chosen.origins:
        return f"{rate} These are the usual settings: the history is too short for hindcasts. Bands are as simulated."
    first, last = (f"{origin:%-d %b %Y}" for origin in (chosen.origins[0], chosen.origins[-1]))
    widths = [
        f"{factor:.2f} ({mode}, {period})" for mode, by in chosen.widened.items() for period, factor in by.items()
    ]
    return (
        f"{rate} Chosen by {len(chosen.origins)} hindcasts from {first} to {last}, which missed by "
        f"{100 * chosen.error:.1f} points; by them, the simulated bands are widened by a factor of {', '.join(widths)}."
        f"{_MEDIAN if chosen.point == 'p50' else ''}"
    )


def _table(scores: pd.DataFrame, mode: str) -> object:
    from rich.table import Table

    table = Table(box=None, title=f"\n{mode.capitalize()}", title_justify="left")
    for place, heading in enumerate(HEADINGS):
        table.add_column(heading, justify="left" if place < 3 else "right", no_wrap=place < 3)
    for row in scores.to_dict("records"):
        table.add_row(
            str(row["queue"]) or "all queues",
            str(row["sla"]),
            str(row["period"]),
            f"{row['windows']:,}",
            _share(row["actual"]),
            _share(row["predicted"]),
            _points(row["error"]),
            *_best_rule(row),
            _points(row.get("error_anchored", math.nan)),
            _share(row["coverage_50"]),
            _share(row["coverage_90"]),
            _share(row.get("coverage_90_anchored", math.nan)),
        )
    return table


def _tell_scenario(console: Teller, result: Backtested) -> None:
    """Tell which scenario was laid over the origins, and what of it is not what was known then."""
    console.print(
        f"{result.scenario} was laid over each origin, with the people and the backlog of that day, fitted to what was "
        "known by then.",
        soft_wrap=True,
    )
    for note in result.notes:
        console.print(f"  {note}", soft_wrap=True)


def _tell_anchors(console: Teller, result: Backtested) -> None:
    """Tell what the anchored predictions rest on."""
    for mode in dict.fromkeys(anchor.mode for anchor in result.anchors):
        of_mode = [anchor for anchor in result.anchors if anchor.mode == mode]
        weights = sorted(anchor.weight for anchor in of_mode)
        rules = ", ".join(dict.fromkeys(SHORT[anchor.rule] for anchor in of_mode))
        console.print(
            f"Anchored {mode}: the simulation weighs {_span(weights)} against {rules}, by hindcasts from the weeks "
            "before each origin; anchors.csv has the factors of bands.",
            soft_wrap=True,
        )
        if few := sum(anchor.windows < FEWEST for anchor in of_mode):
            console.print(
                f"For {few} of {len(of_mode)} origins hindcasts are too few to learn from (under {FEWEST} windows): "
                "both weigh the same there, and bands are as simulated.",
                soft_wrap=True,
            )


def _tell_runs(console: Teller, runs: ScenarioAnchor | str) -> None:
    """Tell by what runs of the tested scenario are anchored."""
    if isinstance(runs, str):
        if runs:
            console.print(f"Runs of the scenario are not anchored: {runs}.", soft_wrap=True)
        return
    weights = ", ".join(f"{one.weight:.2f}" for one in runs.ahead)
    console.print(
        f"Runs of the scenario are anchored to {SHORT[runs.rule]} as it was on {runs.known_to:%-d %b %Y}: by the week "
        f"ahead, the simulation weighs {weights}, on {runs.windows:,} windows of hindcasts. `simcap run` finds "
        f"{ANCHOR} in the folder {FOLDER} beside the calibration's parameters.",
        soft_wrap=True,
    )
    if runs.windows < FEWEST:
        console.print(f"Under {FEWEST} windows tell nothing: both weigh the same, and bands stay as they are.")
    for sla in runs.left_out:
        console.print(f"Not anchored: {sla}.", soft_wrap=True)


def _span(values: list[float]) -> str:
    """Return the range of some weights."""
    return f"{values[0]:.2f}" if values[0] == values[-1] else f"{values[0]:.2f} to {values[-1]:.2f}"


def _best_rule(row: dict[Hashable, Any]) -> tuple[str, str]:
    """Return the error of the best rule without a model, and its name; nothing if none knows anything."""
    errors = {name: float(row[f"error_{rule}"]) for rule, name in SHORT.items()}
    best = best_of(errors)
    return _points(best), next((name for name, error in errors.items() if error == best), "")


def _totals(totals: pd.DataFrame) -> object:
    from rich.table import Table

    table = Table(box=None, title="\nBacklog and waits", title_justify="left")
    headings = (
        "",
        "mode",
        "left\nundecided",
        "simulated",
        "backlog",
        "simulated",
        "mean\nwait",
        "simulated",
        "mean\ndifference",
    )
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < 2 else "right", no_wrap=place < 2)
    means = totals.groupby(["mode", "queue"], sort=False).mean(numeric_only=True).reset_index()
    for row in means.to_dict("records"):
        table.add_row(
            str(row["queue"]),
            str(row["mode"]),
            *(_share(row[name]) for name in ("left_undecided", "left_undecided_predicted")),
            *(_count(row[name]) for name in ("backlog", "backlog_predicted")),
            *(_time(row[name]) for name in ("mean_wait", "mean_wait_predicted", "distance")),
        )
    return table


def _share(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.1%}"


def _count(value: float) -> str:
    return "" if math.isnan(value) else f"{value:,.1f}"


def _points(value: float) -> str:
    return "" if math.isnan(value) else f"{100 * value:.1f}"


def _time(seconds: float) -> str:
    if math.isnan(seconds):
        return ""
    for size, name in ((3600, "h"), (60, "min")):
        if seconds >= 3 * size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.0f} s"
