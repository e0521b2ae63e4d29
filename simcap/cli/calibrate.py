"""simcap calibrate."""

from __future__ import annotations

from pathlib import Path

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.simulation_command("calibrate")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="FILE...")
@click.option("--look", is_flag=True, help="Show what FILEs with data seem to be, and write calibration.yaml for them.")
@click.option("--timezone", help="With --look: zone of days, and of times without an offset.")
@frame.outside
@frame.out("that of FILE")
@frame.wait
@frame.charts("the fits over the data")
def command(
    files: tuple[Path, ...],
    look: bool,
    timezone: str | None,
    out: Path | None,
    wait: bool,
    charts: bool,
    allow_outside: bool,
    voice: Voice,
) -> None:
    """Fit a scenario's parameters to last quarter's data, each with its uncertainty.

    FILE names the history: the log of items, the roster, attendance. Written next to it:
    parameters.yaml, which a scenario names under `calibration:`; fits.csv, every value with its 90% interval;
    quality.csv, what was read, used and dropped from each file; foresight.csv, by how much the weeks of
    the past would have been missed; charts of the fits.

    With --look, FILEs are the data themselves, as tools export them: printed is what each of them seems to hold, and
    what can be fitted from it. A calibration.yaml is written that reads them, to be corrected.

    \b
    Examples:
      simcap calibrate calibration/2026-q3/calibration.yaml
      simcap calibrate --look exports/*.csv exports/roster.xlsx --timezone Europe/London
    """
    if look:
        _look(files, out or files[0].parent, timezone, voice)
        return
    if len(files) > 1 or timezone is not None:
        raise click.UsageError("several FILEs, and --timezone, go with --look; else FILE is one calibration file")
    from simcap.api.history import calibrate
    from simcap.report.documents.machine import of_calibration
    from simcap.report.terminal.calibration import print_calibration

    (file,) = files
    folder = out or file.parent
    with voice.steps("calibrating") as progress:
        result = voice.asked(
            calibrate, file, out=folder, charts=charts, wait=wait, allow_outside=allow_outside, progress=progress
        )
    voice.results(folder, lambda: of_calibration(result), lambda: print_calibration(result, folder))


def _look(files: tuple[Path, ...], folder: Path, timezone: str | None, voice: Voice) -> None:
    from simcap.api.history import look
    from simcap.report.documents.machine import of_looks
    from simcap.report.terminal.look import print_looks

    with voice.steps("looking") as progress:
        looked = look(files, out=folder, timezone=timezone, progress=progress)
    voice.results(folder, lambda: of_looks(looked), lambda: print_looks(looked, folder))
