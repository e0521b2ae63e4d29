"""Logs of a small desk, drawn here without simcap: calls to a few agents, oldest first, some hang up."""

from __future__ import annotations

import heapq
from pathlib import Path

import numpy as np
import pandas as pd

FIRST = pd.Timestamp("2026-03-02")
DAYS = 42
OPEN, CLOSE = 9, 17

PLAN = """
title: a small desk
timezone: UTC
from: 2026-03-02
to: 2026-04-12
items: {path: calls.csv, columns: {expired: expired}}
staffing: {interval: 5 min}
backtest:
  first: 2026-03-30
  days: 14
  finest: hour
  sla: {30 s: {measure: wait, within: 30 s}}
  replications: 12
"""


def draw(seed: int, *, pause: float = 0.0, mean: float = 180.0) -> pd.DataFrame:
    """Return six weeks of calls; an agent is away for `pause` seconds on average after each call, which no log shows.

    Four or five agents by day; 55 to 95 calls an hour of 3 min, or another `mean`; callers hang up after 4 min.
    """
    generator = np.random.default_rng(seed)
    rows: list[tuple[float, float, float, float, str]] = []
    for day in range(DAYS):
        start = day * 86400.0 + OPEN * 3600
        end = day * 86400.0 + CLOSE * 3600
        busy = generator.gamma(25, 1 / 25)
        created = np.sort(start + generator.uniform(0, end - start, generator.poisson(8 * 75 * busy)))
        free = [(start, agent) for agent in range(4 + int(generator.integers(2)))]
        heapq.heapify(free)
        for moment in created.tolist():
            ready, agent = heapq.heappop(free)
            begin = max(ready, moment)
            hangs_up = moment + generator.exponential(240)
            if begin > hangs_up or begin >= end:
                heapq.heappush(free, (ready, agent))
                rows.append((moment, np.nan, np.nan, min(hangs_up, end), ""))
                continue
            done = begin + generator.exponential(mean)
            rows.append((moment, begin, done, np.nan, f"agent-{agent}"))
            heapq.heappush(free, (done + generator.exponential(pause) if pause else done, agent))
    table = pd.DataFrame(rows, columns=["created", "started", "completed", "expired", "agent"])
    for name in ("created", "started", "completed", "expired"):
        table[name] = (FIRST + pd.to_timedelta(table[name], unit="s")).dt.strftime("%Y-%m-%dT%H:%M:%S.%f").fillna("")
    return table.assign(queue="calls")


def write(table: pd.DataFrame, folder: Path) -> Path:
    """Write a desk's log and the calibration file that names it; return the latter's path."""
    table.to_csv(folder / "calls.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN)
    return folder / "calibration.yaml"
