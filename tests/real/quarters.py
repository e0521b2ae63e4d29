"""Further quarters of the synthetic desk: a scenario under test against the rules, over all of them.

python -m tests.real.quarters FOLDER [QUARTERS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

import simcap
from simcap.calibration.backtest.rivals import RULES

HOME = Path(__file__).parents[2]
SCENARIOS = HOME / "scenarios"
REPLICATIONS = 30


def quarter(folder: Path, seed: int) -> Path:
    """Write the logs of a quarter that is drawn anew; return its calibration file, with the back-test of 2026-q3."""
    logs = folder / f"quarter-{seed}"
    path = logs / "calibration.yaml"
    if not path.exists():
        simcap.synthesize(SCENARIOS / "last-quarter.yaml", out=logs, seed=seed)
        known = (HOME / "calibration" / "2026-q3" / "calibration.yaml").read_text()
        tested = known[known.index("staffing:") :].replace("replications: 40", f"replications: {REPLICATIONS}")
        path.write_text(path.read_text() + tested)
    return path


def errors(windows: pd.DataFrame) -> pd.DataFrame:
    """Return what came, what was predicted, and by how much scenario and rules missed it, in points by queue."""
    rows = {}
    for queue, mine in windows.groupby("queue"):
        items = mine["items"].to_numpy(float)
        missed = {name: np.average((mine[name] - mine["actual"]).abs(), weights=items) for name in ("mean", *RULES)}
        held = (mine["actual"] >= mine["p05"]) & (mine["actual"] <= mine["p95"])
        rows[queue] = {
            "came": np.average(mine["actual"], weights=items),
            "predicted": np.average(mine["mean"], weights=items),
            "in 90%": np.average(held, weights=items),
            **missed,
        }
    return (100 * pd.DataFrame(rows).T).round(1)


def main(folder: Path, quarters: int) -> None:
    """Print the errors over days and over weeks of some quarters together."""
    found = [
        simcap.backtest(quarter(folder, seed), scenario=SCENARIOS / "next-quarter.yaml", anchor=False).windows
        for seed in range(1, quarters + 1)
    ]
    windows = pd.concat(found)
    for period in ("day", "week"):
        sys.stdout.write(f"{period}\n{errors(windows[windows['period'] == period]).to_string()}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 6)
