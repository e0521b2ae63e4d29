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
    "--mode", type=click.Choice(["all", "plan", "replay", "forecast", "both"]), default="all", show_default=True,
    help="Plan: given who was there, and no volumes. Replay: given the actual items, too. Forecast: given nothing "
    "after the origin. Both: replay and forecast.",
)  # fmt: skip
@click.option(
    "--anchor/--no-anchor", default=True, show_default=True,
    help="Weigh plans and forecasts against the best rule without a model, by how both did in the weeks before.",
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
    """
    from simcap.api.history import backtest
    from simcap.report.documents.machine import of_backtest
    from simcap.report.terminal.backtest import print_backtest

    folder = out or file.parent / "backtest"
    with voice.parts() as progress:
        result = voice.asked(backtest, file, out=folder, progress=progress, **shared)
    voice.results(folder, lambda: of_backtest(result), lambda: print_backtest(result, folder))
