"""The named profiles as the command line prints them and the reference has them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from simcap.cli import main
from simcap.scenario.schema.profiles import PROFILES

PAGE = Path(__file__).parents[3] / "docs" / "arrivals.md"


def printed(*options: str) -> str:
    done = CliRunner().invoke(main, ["schema", *options])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_reference_shows_the_profiles_as_they_are() -> None:
    blocks = re.findall(r"```\n(Items in each local hour.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert blocks == [printed("--profiles")]


def test_the_table_gives_every_hour_back() -> None:
    text = printed("--profiles")
    assert max(map(len, text.splitlines())) <= 80
    hours = [line for line in text.splitlines() if re.match(r"\d\d ", line)]
    columns = np.array([re.findall(r"\d+\.\d+", line) for line in hours], float)
    assert columns.shape == (24, 4)
    assert columns.mean(axis=0) == pytest.approx(np.ones(4), abs=0.005)
    days = [line for line in text.splitlines() if re.match(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ", line)]
    weights = np.array([re.findall(r"\d+\.\d+", line) for line in days], float)
    assert weights.shape == (7, len(PROFILES))
    kinds = {"marketplace": [0] * 6 + [1], "social": [2] * 7, "office": [3] * 7}
    for name, kind in kinds.items():
        weight = weights[:, list(PROFILES).index(name)]
        week = np.concatenate([columns[:, kind[day]] * weight[day] for day in range(7)])
        assert week == pytest.approx(np.array(PROFILES[name]), abs=0.025), name
    longest = max(re.findall(r"#+", text), key=len)
    assert f"{columns.max():.2f} {longest}" in text


def test_profiles_as_json_are_the_numbers_themselves() -> None:
    found = json.loads(printed("--profiles", "--json"))
    assert list(found) == list(PROFILES)
    for name, week in found.items():
        assert np.ravel(week) == pytest.approx(np.array(PROFILES[name]), abs=1e-5)
