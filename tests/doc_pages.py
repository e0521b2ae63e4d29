"""Pages whose examples run: files that a page writes or changes, and the commands that it gives."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from simcap.cli import main

BLOCK = re.compile(r"^```(console|yaml|diff)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FEW = {
    "run": ("-n", "2", "-j", "1", "--no-charts"),
    "compare": ("-n", "2", "-j", "1", "--no-charts"),
    "backtest": ("-j", "1", "--no-charts"),
    "calibrate": ("--no-charts",),
}
"""Options that make the commands of a page quick."""


def follow(text: str) -> list[str]:
    """Do what a page says, in the current folder; return the commands of simcap that were run."""
    done: list[str] = []
    for kind, block in BLOCK.findall(text):
        if kind == "console":
            done += _run(block)
        elif kind == "yaml":
            _write(block)
        else:
            _edit(block)
    return done


def written(text: str) -> list[Path]:
    """Return the files that a page writes, each named in the first line of its block."""
    return [Path(block.splitlines()[0].removeprefix("# ")) for kind, block in BLOCK.findall(text) if kind == "yaml"]


def _run(block: str) -> list[str]:
    commands = [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ simcap ")]
    for command in commands:
        name, *words = shlex.split(command, comments=True)[1:]
        result = CliRunner().invoke(main, [name, *words, *FEW.get(name, ())])
        assert result.exit_code == 0, f"{command}\n{result.output}"
    return commands


def _write(block: str) -> None:
    path = Path(block.splitlines()[0].removeprefix("# "))
    assert path.suffix == ".yaml", block
    path.write_text(block, encoding="utf-8")


def _edit(block: str) -> None:
    head, *lines = block.splitlines()
    path = Path(head.removeprefix("--- "))
    text = path.read_text(encoding="utf-8")
    was = None
    for line in lines:
        if line.startswith("-"):
            was = line[1:] + "\n"
            assert text.count(was) == 1, f"{path} has not one line {was!r}"
        elif was is None:
            text += line[1:] + "\n"
        else:
            text, was = text.replace(was, line[1:] + "\n"), None
    path.write_text(text, encoding="utf-8")
