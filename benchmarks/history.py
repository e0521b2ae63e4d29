"""Large item logs to calibrate: `python -m benchmarks calibration` times `simcap calibrate` on 5 million rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

ITEMS = 5_000_000
AGENTS = 600
QUEUES = ("listings", "images", "messages", "fraud", "claims", "escalations", "appeals", "quality")
SHARES = np.array([0.42, 0.27, 0.16, 0.055, 0.015, 0.03, 0.02, 0.03])
DAYS = 91
FIRST = dt.date(2026, 7, 6)

PLAN = """
title: five million items
timezone: Europe/London
from: 2026-07-06
to: 2026-10-04
items: {path: %s}
roster: {path: roster.csv}
"""
LOGS = {
    "Parquet": "items.parquet, columns: {handle: handle_s}",
    "CSV": "items.csv, columns: {item: item, vendor: vendor}",
}
"""The log as a reporting system gives it, and as a ticket tool exports it: ids, ISO times as text, names repeated."""


def write(folder: Path, log: str, seed: int = 1) -> Path:
    """Write a quarter of logs into a folder; return the path of the calibration file that names one of `LOGS`."""
    generator = np.random.default_rng(seed)
    day = generator.integers(0, DAYS, ITEMS)
    hour = generator.choice(24, ITEMS, p=np.r_[np.full(8, 0.01), np.full(16, 0.0575)])
    created = pd.Timestamp(FIRST, tz="UTC").timestamp() + day * 86400 + hour * 3600 + generator.random(ITEMS) * 3600
    agent = generator.integers(0, AGENTS, ITEMS)
    speed = generator.lognormal(-0.01, 0.15, AGENTS)
    queue = generator.choice(len(QUEUES), ITEMS, p=SHARES)
    handle = 60.0 * (1 + queue) * generator.lognormal(-0.3, 0.8, ITEMS) / speed[agent]
    started = created + generator.exponential(1800, ITEMS)
    items = pd.DataFrame(
        {
            "queue": pd.Categorical.from_codes(queue, list(QUEUES)),
            "created": pd.to_datetime(created, unit="s", utc=True),
            "started": pd.to_datetime(started, unit="s", utc=True),
            "completed": pd.to_datetime(started + handle, unit="s", utc=True),
            "agent": pd.Categorical.from_codes(agent, [f"agent-{number}" for number in range(AGENTS)]),
            "handle_s": handle,
        }
    )
    if log == "Parquet":
        items.to_parquet(folder / "items.parquet", index=False)
    else:
        _exported(items, np.where(agent % 2, "north", "south")).to_csv(
            folder / "items.csv", index=False, date_format="%Y-%m-%d %H:%M:%S"
        )
    hired = [FIRST - dt.timedelta(days=int(days)) for days in generator.integers(0, 900, AGENTS)]
    left = [
        FIRST + dt.timedelta(days=int(generator.integers(1, DAYS))) if generator.random() < 0.1 else ""
        for _ in range(AGENTS)
    ]
    pd.DataFrame(
        {
            "agent": [f"agent-{number}" for number in range(AGENTS)],
            "vendor": np.where(np.arange(AGENTS) % 2, "north", "south"),
            "team": "day",
            "hired": hired,
            "left": left,
        }
    ).to_csv(folder / "roster.csv", index=False)
    path = folder / "calibration.yaml"
    path.write_text(PLAN % LOGS[log], encoding="utf-8")
    return path


def _exported(items: pd.DataFrame, vendor: np.ndarray) -> pd.DataFrame:
    """Return items as a ticket tool lists them, in the order of their creation."""
    listed = items.drop(columns="handle_s").assign(vendor=vendor).sort_values("created", kind="stable")
    listed.insert(0, "item", [f"TKT-{number:08d}" for number in range(len(listed))])
    return listed
