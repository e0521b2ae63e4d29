"""simcap examples: each with its question."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from simcap import projects
from simcap.cli import main


def test_examples_are_listed_with_their_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    found = projects.examples()
    monkeypatch.setattr(projects, "examples", lambda: found)
    told = CliRunner().invoke(main, ["examples"]).output
    for example in found:
        assert example.question
        assert example.name in told
        assert " ".join(example.question.split()[:4]) in " ".join(told.split())
    assert "simcap init FOLDER --example NAME" in told
    listed = json.loads(CliRunner().invoke(main, ["examples", "--json"]).output)
    assert listed == {"examples": {example.name: example.question for example in found}}
