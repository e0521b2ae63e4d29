"""simcap backtest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcap.cli import frame
from simcap.cli.shares import Times
from simcap.cli.voice import Voice


@frame.simulation_command("backtest")
@frame.file
@frame.outside
@click.option(
    "--mode", type=click.Choice(["all", "scenario", "plan", "replay", "forecast", "both"]),
    show_default="scenario if one is given, else all",
    help="Plan: given who was there, and no volumes. Replay: given the actual items, too. Forecast: given nothing "
    "after the origin. Both: replay and forecast.",
)  # fmt: skip
@click.option(
    "--scenario", type=click.Path(path_type=Path), metavar="FILE",
    help="Test this scenario: laid over each origin with the people, the backlog and the fits of that day.",
)  # fmt: skip
@click.option(
    "--anchor/--no-anchor", default=True, show_default=True,
    help="Weigh scenarios, plans and forecasts against the best rule without a model, by how both did before.",
)  # fmt: skip
@click.option(
    "--explain", is_flag=True,
    help="Say what is missing: predict again with one part of the predicted days told at a time, as volumes, items, "
    "staffing or handle times.",
)  # fmt: skip
@click.option(
    "--hours", type=Times(),
    help="Also forecast a pick-up desk with so many times the effective hours an item, e.g. 120%, from each origin on.",
)  # fmt: skip
@frame.out("backtest, next to FILE")
@frame.jobs
@frame.force("an earlier back-test")
@frame.wait
@frame.charts()
def command(file: Path, out: Path | None, voice: Voice, **shared: Any) -> None:
    """Predict past weeks from the weeks before them, and show how far off the predictions are.

    FILE is a calibration file with a `backtest:` section. From each origin, days are predicted from what was known
    before it. Scores are shown next to that of the best of four rules without a model: same as on the same weekday and
    hour before, as last week, as on days of the same type, and as lately.

    \b
    Example:
      simcap backtest calibration/2026-q3/calibration.yaml --mode replay --out outputs/backtest
      simcap backtest calibration/2026-q3/calibration.yaml --scenario scenarios/next-quarter.yaml --out outputs/tested
    """
    from simcap.api.history import backtest
    from simcap.report.documents.machine import of_backtest
    from simcap.report.terminal.backtest import print_backtest

    folder = out or file.parent / "backtest"
    with voice.parts() as progress:
        result = voice.asked(backtest, file, out=folder, progress=progress, **shared)
    voice.results(folder, lambda: of_backtest(result), lambda: print_backtest(result, folder))
