"""The command line: one file per command, which parses, calls and prints."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import Any, NoReturn

import click

from simcap.cli.plain import write_plainly
from simcap.errors import SimcapError

COMMANDS = {
    "init": "Start a project in a new folder.",
    "examples": "List the scenarios that come with simcap.",
    "run": "Predict SLA attainment and rank the risks.",
    "compare": "Compare variants with a base, same draws.",
    "stress": "Apply the shocks of a risk review.",
    "staff": "Find the cheapest staffing that meets SLAs.",
    "sensitivity": "Find what drives SLAs and cost.",
    "report": "Make pages again, or a review pack.",
    "export": "Write results as a workbook or slides.",
    "tables": "List what the tables of results hold.",
    "check": "Check a scenario: load against capacity.",
    "calibrate": "Fit a scenario's parameters to a history.",
    "backtest": "Predict past weeks and score the forecasts.",
    "synthesize": "Write a made-up history from a scenario.",
    "schema": "Print the grammar as a JSON schema.",
}
"""What `simcap --help` says about each command, short enough for 80 columns."""


_GARBAGE = (50_000, 20, 50)
"""When to look for cycles that nobody refers to: Python's own thresholds take a tenth of a small run for it."""


class LazyGroup(click.Group):
    """Import a command's file only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's protocol
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's protocol
        """Return a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"simcap.cli.{cmd_name}").command
        command.short_help = COMMANDS[cmd_name]
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command asked for; if there is none of that name, suggest the nearest."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(_no_command(args[0]))
        return super().resolve_command(ctx, args)

    def make_context(self, *words: Any, **options: Any) -> click.Context:
        """Read the command line; Ctrl-C is told as it is later on."""
        try:
            return super().make_context(*words, **options)
        except KeyboardInterrupt:
            _stop("stopped", 130)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; print our own errors as one message."""
        try:
            write_plainly(sys.stdout, sys.stderr)
            return super().invoke(ctx)
        except SimcapError as error:
            _stop(str(error), error.exit_code)
        except KeyboardInterrupt:
            _stop("stopped", 130)
        except MemoryError:
            _stop("not enough memory; lower the volumes, or use fewer --jobs", 1)
        except BrokenPipeError:
            raise
        except OSError as error:
            _stop(f"{error.filename or 'the output'} cannot be read or written ({error.strerror or error})", 1)
        except Exception as error:
            # Pydantic puts Ctrl-C into an error of its own while it makes models ready.
            if "KeyboardInterrupt" not in str(error):
                raise
            _stop("stopped", 130)


def _no_command(word: str) -> str:
    from simcap.scenario.nearest import nearest

    if word.endswith((".yaml", ".yml")):
        return f"{word} is a file, not a command; did you mean 'simcap run {word}'?"
    return f"there is no command {word!r}; {nearest(word, COMMANDS, limit=len(COMMANDS))}"


def _stop(message: str, code: int) -> NoReturn:
    message = "".join(letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in message)
    click.echo(f"simcap: {message}" if "\n" not in message else message, err=True)
    sys.exit(code)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="simcap", prog_name="simcap")
def main() -> None:
    """Predict SLA attainment and staffing risk of moderation operations run by vendors.

    \b
    Example:
      simcap init demo --example move-20-to-kestrel
      cd demo
      simcap run scenarios/baseline.yaml --replications 10

    The examples in each command's help use the files that `simcap init demo --example NAME` creates.
    """
    gc.set_threshold(*_GARBAGE)
