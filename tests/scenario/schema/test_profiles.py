"""Profiles: 168 numbers of mean 1, with the shapes that their names promise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from simcap.scenario.data.arrival_profile import profile_of
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.arrivals import Arrivals
from simcap.scenario.schema.profiles import PROFILES

NOWHERE = DataFiles(Path("nowhere"))


def arrivals(profile: object) -> Arrivals:
    return Arrivals.model_validate({"per_week": 1, "profile": profile})


@pytest.mark.parametrize("name", PROFILES)
def test_named_profiles_have_mean_one(name: str) -> None:
    week = np.array(PROFILES[name])
    assert week.shape == (168,)
    assert week.mean() == pytest.approx(1)
    assert (week > 0).all()
    assert profile_of(arrivals(name), NOWHERE) == pytest.approx(week)


def test_shapes() -> None:
    days = {name: np.array(week).reshape(7, 24) for name, week in PROFILES.items()}
    assert np.unravel_index(days["marketplace"].argmax(), (7, 24)) in {(6, 19), (6, 20)}
    assert (days["marketplace"][:, 2:5].max(axis=1) < 0.3).all()
    assert (days["social"].argmax(axis=1) >= 19).all()
    assert days["office"][:5, 8:18].sum() > 0.9 * 168


@pytest.mark.parametrize("numbers", [range(24), range(168), [0] * 23 + [1e12]])
def test_numbers_are_normalised(numbers: list[float]) -> None:
    week = profile_of(arrivals(list(numbers)), NOWHERE)
    assert week.mean() == pytest.approx(1)
    assert week[168 - len(numbers) :] == pytest.approx(np.array(numbers) / max(numbers) * week.max())


def test_file(write: Callable[..., Path]) -> None:
    path = write("rate\n" + "3\n" * 12 + "1\n" * 12, "day.csv")
    assert profile_of(arrivals("day.csv"), DataFiles(path.parent)).tolist() == ([1.5] * 12 + [0.5] * 12) * 7


def test_unknown_name() -> None:
    with pytest.raises(ValidationError, match="there is no profile 'markt'; did you mean 'marketplace'"):
        arrivals("markt")
