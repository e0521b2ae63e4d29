"""The frame of the commands: how a simulation is stopped, and that no command has a frame of its own."""

from __future__ import annotations

import ast
import os
import re
import signal
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import simcap
from simcap.cli import COMMANDS, frame, main

CLI = Path(simcap.__file__).parent / "cli"
SIMULATE = ("run", "compare", "stress", "staff", "sensitivity", "backtest", "calibrate", "synthesize")
ASKED_TO_END = [signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("number", ASKED_TO_END)
def test_a_simulation_that_is_asked_to_end_stops_as_on_ctrl_c(number: signal.Signals) -> None:
    @frame.simulation_command("wait")
    def command(voice: Any) -> None:
        assert not voice.quiet
        os.kill(os.getpid(), number)
        signal.sigtimedwait([], 5)
        raise AssertionError("it went on")

    before = [signal.getsignal(one) for one in ASKED_TO_END]
    done = CliRunner().invoke(command, [])
    assert done.exit_code == 1
    assert "Aborted!" in done.output, "click's word for Ctrl-C, where main is not there"
    assert [signal.getsignal(one) for one in ASKED_TO_END] == before


def test_shared_options_reach_a_command_by_the_names_of_the_python_functions() -> None:
    @frame.simulation_command("all")
    @frame.file
    @frame.replications("Some.", minimum=2, default=4)
    @frame.seed()
    @frame.out("there")
    @frame.jobs
    @frame.force("nothing")
    @frame.charts()
    def command(voice: Any, **shared: Any) -> None:
        click.echo(repr((voice.as_json, {**shared, "file": str(shared["file"])})))

    done = CliRunner().invoke(command, ["a.yaml", "--seed", "3", "-j", "2", "--no-charts", "--json"])
    shared = {"replications": 4, "seed": 3, "out": None, "jobs": 2, "force": False, "charts": False}
    assert ast.literal_eval(done.output) == (True, {"file": "a.yaml", **shared})
    assert CliRunner().invoke(command, ["a.yaml", "-n", "1"]).exit_code == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_has_a_frame_of_its_own(name: str) -> None:
    text = (CLI / f"{name}.py").read_text()
    assert (
        re.findall(r"@click\.command|signal|must_compile|\"--(?:jobs|seed|force|json|quiet|replications)\"", text) == []
    )
    assert ("@frame.simulation_command" in text) == (name in SIMULATE)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert [option.name for option in command.params[-2:]] == ["as_json", "quiet"]


def test_the_list_of_commands_is_whole_at_80_columns() -> None:
    told = CliRunner().invoke(main, ["--help"], terminal_width=80).output
    for name, short in COMMANDS.items():
        assert len(short) <= 45
        assert any(line.split() == [name, *short.split()] for line in told.splitlines()), name
