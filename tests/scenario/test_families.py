"""Distributions of a scenario, by their mean and spread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.families import family
from simcap.scenario.schema.quantities import DistributionSpec

U = (np.arange(40_000) + 0.5) / 40_000
HALF = {"share": "50%", "exponential": "2 min"}


@pytest.mark.parametrize(
    ("spec", "mean", "cv"),
    [
        ({"constant": "5 min"}, 300, 0),
        ({"uniform": ["2 min", "4 min"]}, 180, 3**-0.5 / 3),
        ({"exponential": "5 min"}, 300, 1),
        ({"lognormal": {"mean": "5 min", "cv": 0.5}}, 300, 0.5),
        ({"gamma": {"mean": "5 min", "cv": 0.4}}, 300, 0.4),
        ({"weibull": {"mean": "5 min", "cv": 0.7}}, 300, 0.7),
        ({"empirical": "times.csv"}, 200, 0.5),
        ({"mixture": {"quick": HALF, "slow": HALF | {"exponential": "6 min"}}}, 240, (40 / 16 - 1) ** 0.5),
    ],
)
def test_a_family_has_the_moments_that_are_written(
    spec: dict[str, Any], mean: float, cv: float, tmp_path: Path
) -> None:
    (tmp_path / "times.csv").write_text("seconds\n100\n300\n")
    draws = family(DistributionSpec.model_validate(spec), DataFiles(tmp_path)).ppf(U)
    assert draws.mean() == pytest.approx(mean, rel=0.002)
    assert draws.std() / draws.mean() == pytest.approx(cv, rel=0.01, abs=1e-9)
