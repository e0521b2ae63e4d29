"""simcap examples."""

from __future__ import annotations

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("examples")
def command(voice: Voice) -> None:
    """List the scenarios that come with simcap, each with its question.

    \b
    Example:
      simcap examples
    """
    from simcap.projects import examples

    found = {example.name: example.question for example in examples()}
    formatter = click.HelpFormatter(width=100)
    formatter.write_dl(list(found.items()))
    formatter.write("\nCopy one with all its files: simcap init FOLDER --example NAME\n")
    voice.results(None, lambda: {"examples": found}, lambda: click.echo(formatter.getvalue(), nl=False))
