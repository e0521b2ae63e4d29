"""simcap calibrate."""

from __future__ import annotations

from pathlib import Path

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("calibrate")
@frame.file
@frame.out("that of FILE")
@frame.charts("the fits over what was seen")
def command(file: Path, out: Path | None, charts: bool, voice: Voice) -> None:
    """Fit what a scenario needs to last quarter's data, each value with its uncertainty.

    FILE names the history: the log of items, the roster, attendance. Beside it are written parameters.yaml, which a
    scenario names under `calibration:`; fits.csv, every value with its 90% interval; quality.csv, what was read, used
    and dropped of each file; charts of the fits.

    \b
    Example:
      simcap calibrate calibration/2026-q3/calibration.yaml
    """
    from simcap.api.history import calibrate
    from simcap.report.documents.machine import of_calibration
    from simcap.report.terminal.calibration import print_calibration

    folder = out or file.parent
    with voice.steps("calibrating") as progress:
        found = calibrate(file, out=folder, charts=charts, progress=progress)
    voice.results(folder, lambda: of_calibration(found), lambda: print_calibration(found, folder))
