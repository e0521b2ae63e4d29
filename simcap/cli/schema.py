"""simcap schema."""

from __future__ import annotations

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of scenario files, for editors.

    \b
    Example:
      simcap schema > scenario.schema.json
    """
    from simcap.scenario.jsonschema import schema_text

    click.echo(schema_text(), nl=False)
