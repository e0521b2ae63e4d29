"""Words that are no command: the nearest one is named."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from simcap.cli import main


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("chek", "there is no command 'chek'; did you mean 'check'?"),
        ("sensitivty", "there is no command 'sensitivty'; did you mean 'sensitivity'?"),
        ("calibration", "there is no command 'calibration'; did you mean 'calibrate'?"),
        (
            "scenarios/q4.yaml",
            "scenarios/q4.yaml is a file, not a command; did you mean 'simcap run scenarios/q4.yaml'?",
        ),
        (
            "xyz",
            (
                "there is no command 'xyz'; known here: init, examples, run, compare, stress, staff, sensitivity, "
                "report, check, calibrate, backtest, synthesize, schema"
            ),
        ),
    ],
)
def test_a_mistyped_command_names_the_nearest(word: str, message: str) -> None:
    result = CliRunner().invoke(main, [word, "file.yaml", "--jobs", "2"])
    assert result.exit_code == 2
    assert f"Error: {message}\n" in result.output
    assert "Traceback" not in result.output
