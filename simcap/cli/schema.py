"""simcap schema."""

from __future__ import annotations

import click

from simcap.cli.voice import Voice, with_voice


@click.command("schema")
@with_voice
def command(voice: Voice) -> None:  # noqa: ARG001 - it has but one thing to say
    """Print the JSON Schema of scenario files, for editors.

    \b
    Example:
      simcap schema > scenario.schema.json
    """
    from simcap.scenario.jsonschema import schema_text

    click.echo(schema_text(), nl=False)
