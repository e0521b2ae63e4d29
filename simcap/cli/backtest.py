"""simcap backtest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.simulation_command("backtest")
@frame.file
@click.option(
    "--mode", type=click.Choice(["both", "replay", "forecast"]), default="both", show_default=True,
    help="Replay: given the items and the staffing that came. Forecast: given nothing after the origin.",
)  # fmt: skip
@frame.out("backtest, beside FILE")
@frame.jobs
@frame.force("an earlier back-test")
@frame.charts()
def command(file: Path, out: Path | None, voice: Voice, **shared: Any) -> None:
    """Predict weeks that have happened, from the weeks before them, and show how far off that is.

    FILE is a calibration file with a part `backtest:`. From each origin on, days are predicted by what was known
    before it. Scores stand beside those of two forecasts without a model: as on the same weekday and hour before, and
    as in the last week.

    \b
    Example:
      simcap backtest calibration/2026-q3/calibration.yaml --mode replay --out outputs/backtest
    """
    from simcap.api.history import backtest
    from simcap.report.documents.machine import of_backtest
    from simcap.report.terminal.backtest import print_backtest

    folder = out or file.parent / "backtest"
    with voice.parts() as progress:
        result = backtest(file, out=folder, progress=progress, **shared)
    voice.results(folder, lambda: of_backtest(result), lambda: print_backtest(result, folder))
