"""Further quarters of the synthetic desk, predicted with parts of the fitted parameters replaced by their truth.

python -m tests.real.truths FOLDER [QUARTERS]
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import functools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simcap.calibration.backtest.backtest import origins_in
from simcap.calibration.backtest.overlay import laid_over, overlay_of
from simcap.calibration.backtest.predict import predict_scenario
from simcap.calibration.backtest.scores import windows_table
from simcap.calibration.calibrate import calibrate_history
from simcap.calibration.history.configuration import Configuration, read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.scenario.reading.loading import ScenarioFile, load

from .quarters import SCENARIOS, errors, quarter

LEVEL = ("arrivals.per_week", "arrivals.growth", "arrivals.drift")
DEMAND = ("arrivals.busyness", "arrivals.profile", "handle_time", "then")
PEOPLE = ("attrition", "shrinkage", "ramp", "spread")
PARTS = {"nothing": (), "level": LEVEL, "other demand": DEMAND, "people": PEOPLE, "all": (*LEVEL, *DEMAND, *PEOPLE)}


def with_truth(parameters: Mapping[str, Any], truth: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Return a parameters file with the values at some keys of its queues and vendors as the scenario has them."""
    known: dict[str, Any] = copy.deepcopy(dict(parameters))
    paths = []
    for kind in ("queues", "vendors"):
        for name, fitted in known[kind].items():
            for key in keys:
                *above, last = key.split(".")
                mine, true = fitted, truth[kind][name] or {}
                for step in above:
                    mine, true = mine.get(step, {}), true.get(step, {})
                if last in mine:
                    paths.append(f"{kind}.{name}.{key}")
                    del mine[last]
                if last in true:
                    mine[last] = true[last]
    known["draws"] = [left for block in known["draws"] if (left := _without(block, paths))["paths"]]
    return known


def _without(block: Mapping[str, Any], paths: list[str]) -> dict[str, Any]:
    """Return a block of draws without the values at some paths and below them."""
    kept = [
        place
        for place, path in enumerate(block["paths"])
        if not any(path == one or path.startswith(f"{one}.") for one in paths)
    ]
    return {
        **block,
        "paths": [block["paths"][place] for place in kept],
        "scale": [block["scale"][place] for place in kept],
        "covariance": [[block["covariance"][row][column] for column in kept] for row in kept],
    }


def as_of(truth: Mapping[str, Any], weeks: int) -> dict[str, Any]:
    """Return a scenario's document whose volumes have grown for some weeks."""
    later: dict[str, Any] = copy.deepcopy(dict(truth))
    for queue in later["queues"].values():
        if arrivals := (queue or {}).get("arrivals"):
            growth = float(str(arrivals.get("growth", "0%")).rstrip("%")) / 100
            arrivals["per_week"] *= (1 + growth) ** weeks
    return later


@dataclasses.dataclass(frozen=True)
class Quarter:
    """The logs of a quarter, and the scenario that they come from."""

    path: Path
    truth: ScenarioFile
    fitted: dict[dt.date, Mapping[str, Any]] = dataclasses.field(default_factory=dict)

    def parameters(self, keys: tuple[str, ...], known: Configuration, past: History) -> Mapping[str, Any]:
        """Return what is fitted to a part of the logs, with the truth at some keys."""
        if known.to not in self.fitted:
            self.fitted[known.to] = calibrate_history(self.path, known, past).parameters()
        weeks = ((known.to - self.truth.scenario.horizon.start).days + 1) // 7
        return with_truth(self.fitted[known.to], as_of(self.truth.document, weeks), keys)

    def days(self, keys: tuple[str, ...]) -> pd.DataFrame:
        """Return how the days after each origin are predicted."""
        configuration = read_configuration(self.path)
        history = read_history(configuration, self.path.parent)
        scenario = SCENARIOS / "next-quarter.yaml"
        overlay = overlay_of(scenario, functools.partial(self.parameters, keys), configuration, history)
        found = [
            predict_scenario(configuration, history, laid_over(overlay, configuration, history, origin), 2)
            for origin in origins_in(configuration)
        ]
        windows = windows_table(found, "day")
        return windows[windows["period"] == "day"]


def main(folder: Path, quarters: int) -> None:
    """Print by part that is true how days are missed, and how many lie in their bands."""
    truth = load(SCENARIOS / "last-quarter.yaml")
    drawn = [Quarter(quarter(folder, seed), truth) for seed in range(1, quarters + 1)]
    for name, keys in PARTS.items():
        days = pd.concat([one.days(keys) for one in drawn])
        sys.stdout.write(f"true: {name}\n{errors(days).to_string()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 8)
