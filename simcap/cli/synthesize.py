"""simcap synthesize."""

from __future__ import annotations

from pathlib import Path

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.simulation_command("synthesize")
@frame.file
@frame.outside
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the data; it must be empty or new."
)
@frame.seed()
@click.option("--scorecard", is_flag=True, help="Also write scorecard.xlsx, such as vendors send of their weeks.")
def command(file: Path, out: Path, seed: int | None, scorecard: bool, voice: Voice, allow_outside: bool) -> None:
    """Write the logs that a scenario's quarter would have left: items, roster, attendance.

    The data are marked as synthetic. They are in the formats that `simcap calibrate` reads, together with a
    calibration.yaml: try a calibration where the truth is known, or demonstrate one without anybody's data.

    \b
    Example:
      simcap synthesize scenarios/last-quarter.yaml --out outputs/last-quarter
      simcap synthesize scenarios/last-quarter.yaml --out outputs/vendors --scorecard
    """
    from simcap.api.history import synthesize
    from simcap.scenario.reading.loading import load

    scenario = load(file, allow_outside=allow_outside)
    with voice.simulation():
        logs = synthesize(scenario, out=out, seed=seed, scorecard=scorecard)
    rows = logs.rows

    def report() -> None:
        for name, count in rows.items():
            click.echo(f"{out / name}  {count:,} rows")
        click.echo(f"{out / 'calibration.yaml'}")
        if scorecard:
            click.echo(f"{out / 'scorecard.xlsx'}")

    voice.results(out, lambda: {"name": scenario.scenario.name, "rows": rows}, report)
