"""simcap schema."""

from __future__ import annotations

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("schema")
@click.option("--profiles", is_flag=True, help="Print the named arrival profiles instead: rates by hour and weekday.")
@click.option("--calibration", is_flag=True, help="Print the schema of calibration files instead.")
def command(profiles: bool, calibration: bool, voice: Voice) -> None:
    """Print the JSON Schema of scenario files, for editors.

    \b
    Example:
      simcap schema > scenario.schema.json
      simcap schema --calibration > calibration.schema.json
      simcap schema --profiles
    """
    if calibration:
        from simcap.calibration.history.reference import schema_text as calibration_schema

        click.echo(calibration_schema(), nl=False)
        return
    if not profiles:
        from simcap.scenario.reading.jsonschema import schema_text

        click.echo(schema_text(), nl=False)
        return
    from simcap.report.terminal.profiles import profiles_document, profiles_text

    if voice.as_json:
        import json

        click.echo(json.dumps(profiles_document()))
    else:
        click.echo(profiles_text(), nl=False)
