"""Print how far anchored and bare runs of the synthetic quarter's scenario miss the weeks after a cut.

    python -m tests.real.anchored [FIRST_DAY ...]

The history ends on the day before FIRST_DAY (2026-09-07 and 2026-09-14 if none is given). It is calibrated, the
scenario is tested on it and run from FIRST_DAY on; the logs of the days after it are what is scored against.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import simcap
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history

from .published import ROOT

QUARTER = ROOT / "calibration" / "2026-q3"
LIMITS = {"listings": 3, "images": 3, "appeals": 8, "quality": 8}
"""Hours, strict enough that days differ."""
AGENTS = {"day": 30, "late": 22, "manila": 36}
"""As the scenario writes them."""


def cut(first: dt.date, folder: Path) -> tuple[Path, Path]:
    """Write the history as it stood on a day, and the scenario from then on; return both files."""
    inside = folder / "calibration" / "quarter"
    inside.mkdir(parents=True)
    (folder / "scenarios").mkdir()
    for name in ("items.parquet", "attendance.parquet", "roster.csv", "quality.csv"):
        shutil.copy(QUARTER / name, inside / name)
    text = (QUARTER / "calibration.yaml").read_text()
    text = text.replace("to: '2026-10-04'", f"to: '{first - dt.timedelta(days=1)}'").replace("ns: 40", "ns: 20")
    text = text.replace("first: 2026-09-07", f"first: {first - dt.timedelta(days=7)}")
    (inside / "calibration.yaml").write_text(text)
    roster = pd.read_csv(QUARTER / "roster.csv")
    there = roster[(roster["hired"] <= str(first)) & ~(roster["left"].fillna("9") <= str(first))]
    scenario = folder / "scenarios" / "next.yaml"
    scenario.write_text(_scenario(first, there.groupby("team").size().to_dict()))
    return inside / "calibration.yaml", scenario


def _scenario(first: dt.date, there: dict[str, int]) -> str:
    """Return the scenario with the teams of a day, until the end of the logs, and strict SLAs."""
    weeks = (dt.date(2026, 10, 5) - first).days // 7
    text = (ROOT / "scenarios" / "next-quarter.yaml").read_text()
    text = text.replace("calibration/2026-q3", "calibration/quarter")
    text = text.replace("start: 2026-10-05, weeks: 13", f"start: {first}, weeks: {weeks}")
    for hours, strict in ((8, 3), (24, 3), (72, 8)):
        text = text.replace(
            f"{hours} h: {{measure: turnaround, within: {hours} h,",
            f"{strict}h: {{measure: turnaround, within: {strict} h,",
        )
    sla = "\n    sla: {8h: {measure: turnaround, within: 8 h, target: 80%, per: week}}"
    text = text.replace("quality: {}", f"quality:{sla}")
    for team, agents in AGENTS.items():
        text = text.replace(f"agents: {agents}\n", f"agents: {there[team]}\n", 1)
    return text


def scored(first: dt.date, folder: Path) -> pd.DataFrame:
    """Return the anchored windows of a run that begins on a day, with what came."""
    calibration, scenario = cut(first, folder)
    simcap.calibrate(calibration, out=calibration.parent)
    simcap.backtest(calibration, scenario=scenario, out=calibration.parent / "backtest", jobs=1)
    table = simcap.run(scenario, replications=40, period="day", jobs=1).tables["anchored"]
    items = read_history(read_configuration(QUARTER / "calibration.yaml"), QUARTER).items
    queue = items["queue"].astype(str)
    on_time = (items["completed"] - items["created"]) <= 3600 * queue.map(LIMITS)
    day = pd.to_datetime(items["created"], unit="s", utc=True).dt.tz_convert("Europe/London").dt.date
    week = day.map(lambda one: first + dt.timedelta(days=(one - first).days // 7 * 7))
    parts = []
    for period, start in (("day", day), ("week", week)):
        frame = pd.DataFrame({"queue": queue, "start": start.astype(str), "on_time": on_time})
        counts = frame.groupby(["queue", "start"])["on_time"].agg(actual="mean", items="size").reset_index()
        parts.append(counts.assign(period=period))
    table = table.assign(start=table["start"].astype(str))
    return table.merge(pd.concat(parts), on=["queue", "start", "period"])


def summed(table: pd.DataFrame) -> pd.DataFrame:
    """Return by period the points missed by each line, and the share of windows that the bands held."""
    rows = {}
    for period, part in table.groupby("period"):
        weight = part["items"].to_numpy(float)
        row = {f"missed_{name}": 100 * np.average((part[name] - part["actual"]).abs(), weights=weight)
               for name in ("simulated", "ruled", "anchored")}  # fmt: skip
        for name in ("simulated", "anchored"):
            held = part["actual"].between(part[f"{name}_p05"], part[f"{name}_p95"])
            row[f"held_{name}"] = float(np.average(held, weights=weight))
        rows[period] = row
    return pd.DataFrame(rows).T


def main() -> None:
    """Print the scores of each cut."""
    for first in sys.argv[1:] or ("2026-09-07", "2026-09-14"):
        with tempfile.TemporaryDirectory() as folder:
            found = summed(scored(dt.date.fromisoformat(first), Path(folder)))
            sys.stdout.write(f"{first}\n{found.round(3).to_string()}\n")


if __name__ == "__main__":
    main()
