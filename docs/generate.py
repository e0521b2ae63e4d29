"""Write the pages that are made from the code: `make docs`; a test sees that they are current."""

from __future__ import annotations

from pathlib import Path

import click

from docs.licences import licences_page
from simcap.calibration.history.reference import calibration_reference
from simcap.cli import COMMANDS, main
from simcap.report.wording.columns import columns_page
from simcap.scenario.reading.reference import reference

HERE = Path(__file__).parent
COMMANDS_HEAD = """# Commands

What `simcap COMMAND --help` prints, made from it (`make docs`). The files that the examples name are those of a clone,
and of `simcap init demo --example NAME`.
"""


def pages() -> dict[str, str]:
    """Return the text of each generated page by its name."""
    sections = COMMANDS_HEAD + "".join(map(_section, COMMANDS))
    return {
        "scenario.md": reference(),
        "calibration.md": calibration_reference(),
        "commands.md": sections,
        "columns.md": columns_page(),
        "licences.md": licences_page(),
    }


def _section(name: str) -> str:
    context = click.Context(main, info_name="simcap", **main.context_settings)
    command = main.get_command(context, name)
    assert command is not None
    text = command.get_help(click.Context(command, context, info_name=name, terminal_width=100))
    return f"\n## `simcap {name}`\n\n```text\n{text}\n```\n"


if __name__ == "__main__":
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
