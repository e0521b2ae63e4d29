"""simcap backtest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.simulation_command("backtest")
@frame.file
@frame.outside
@click.option(
    "--mode", type=click.Choice(["both", "replay", "forecast"]), default="both", show_default=True,
    help="Replay: given the actual items and staffing. Forecast: given nothing after the origin.",
)  # fmt: skip
@frame.out("backtest, next to FILE")
@frame.jobs
@frame.force("an earlier back-test")
@frame.wait
@frame.charts()
def command(file: Path, out: Path | None, voice: Voice, **shared: Any) -> None:
    """Predict past weeks from the weeks before them, and show how far off the predictions are.

    FILE is a calibration file with a `backtest:` section. From each origin, days are predicted from what was known
    before it. Scores are shown next to those of two forecasts without a model: same as on the same weekday and hour
    before, and same as last week.

    \b
    Example:
      simcap backtest calibration/2026-q3/calibration.yaml --mode replay --out outputs/backtest
    """
    from simcap.api.history import backtest
    from simcap.report.documents.machine import of_backtest
    from simcap.report.terminal.backtest import print_backtest

    folder = out or file.parent / "backtest"
    with voice.parts() as progress:
        result = voice.asked(backtest, file, out=folder, progress=progress, **shared)
    voice.results(folder, lambda: of_backtest(result), lambda: print_backtest(result, folder))
