"""simcap calibrate."""

from __future__ import annotations

from pathlib import Path

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("calibrate")
@frame.file
@frame.out("that of FILE")
@frame.charts("the fits over the data")
def command(file: Path, out: Path | None, charts: bool, voice: Voice) -> None:
    """Fit a scenario's parameters to last quarter's data, each with its uncertainty.

    FILE names the history: the log of items, the roster, attendance. Written next to it:
    parameters.yaml, which a scenario names under `calibration:`; fits.csv, every value with its 90% interval;
    quality.csv, what was read, used and dropped from each file; charts of the fits.

    \b
    Example:
      simcap calibrate calibration/2026-q3/calibration.yaml
    """
    from simcap.api.history import calibrate
    from simcap.report.documents.machine import of_calibration
    from simcap.report.terminal.calibration import print_calibration

    folder = out or file.parent
    with voice.steps("calibrating") as progress:
        result = calibrate(file, out=folder, charts=charts, progress=progress)
    voice.results(folder, lambda: of_calibration(result), lambda: print_calibration(result, folder))
