"""The golden file of the shipped scenarios: `python -m tests.golden` writes it anew, where results change on purpose.

A change of it is told in CHANGELOG under "Changes to results".
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pandas as pd

FILE = Path(__file__).with_suffix(".json")
TABLES = ("queues", "teams", "vendors", "sla")


def figures_of(folder: Path) -> dict[str, float]:
    """Return what the tables of a run add up to, by table and measure, over the horizon and over all weeks."""
    found: dict[str, float] = {}
    for name in TABLES:
        table = pd.read_csv(folder / "tables" / f"{name}.csv")
        measures = ["attainment", "decided"] if name == "sla" else ["mean"]
        for period in ("horizon", "week"):
            part = table[table["period"] == period]
            groups = [("", part)] if name == "sla" else [(f" {key}", rows) for key, rows in part.groupby("measure")]
            for group, rows in groups:
                for measure in measures:
                    found[f"{name}{group} {measure}, {period}"] = float(rows[measure].sum())
    return found


def write() -> None:
    """Run every shipped scenario small, and write the golden file."""
    from tests.test_scenarios import SHIPPED, cut_down, run

    golden = {}
    for path in SHIPPED:
        with tempfile.TemporaryDirectory() as name:
            run(cut_down(path, Path(name)), Path(name) / "run")
            golden[path.stem] = figures_of(Path(name) / "run")
    FILE.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
