"""Quarters of history whose truth is known, drawn here without any of simcap's own models."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

FIRST = dt.date(2026, 7, 6)
DAYS = 91
WEEKDAY = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.3]) / (6.0 / 7)
HOUR = np.concatenate([np.zeros(8), np.full(10, 2.0), np.full(6, 4 / 6)])

PLAN = """
title: a made-up quarter
timezone: UTC
from: 2026-07-06
to: 2026-10-04
items: {path: items.parquet}
roster: {path: roster.csv}
attendance: {path: attendance.csv}
"""


@dataclass(frozen=True)
class Truth:
    """What a quarter is drawn from."""

    per_week: float = 4200.0
    """In the week after the last day."""
    growth: float = 0.01
    busyness: float = 0.12
    mean: float = 300.0
    cv: float = 0.9
    family: str = "lognormal"
    spread: float = 0.18
    shape: float = 0.8
    scale_days: float = 500.0
    start: float = 0.55
    after_days: float = 50.0
    """Days until nine tenths of full speed."""
    absence: float = 0.08
    offline: float = 0.06
    agents: int = 120


def draw(truth: Truth, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return items, roster and attendance of a quarter."""
    generator = np.random.default_rng(seed)
    roster = _roster(truth, generator)
    here = [
        (agent, day)
        for agent, (hired, left) in enumerate(zip(roster["hired"], roster["left"], strict=True))
        for day in range(DAYS)
        if hired <= FIRST + dt.timedelta(days=day) and (left is None or left > FIRST + dt.timedelta(days=day))
    ]
    return _items(truth, roster, generator), roster, _attendance(truth, roster, here, generator)


def write(truth: Truth, seed: int, folder: Path) -> Path:
    """Write a quarter and the calibration file that names it; return the latter's path."""
    items, roster, attendance = draw(truth, seed)
    items.to_parquet(folder / "items.parquet")
    roster.to_csv(folder / "roster.csv", index=False)
    attendance.to_csv(folder / "attendance.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN)
    return folder / "calibration.yaml"


def _roster(truth: Truth, generator: np.random.Generator) -> pd.DataFrame:
    """Return people hired over three years, of whom those still here on the first day, and later ones, are listed."""
    rows = []
    while len(rows) < truth.agents:
        hired = int(generator.integers(-1000, DAYS))
        left = hired + int(np.floor(truth.scale_days * generator.weibull(truth.shape))) + 1
        if left > 0:
            gone = FIRST + dt.timedelta(days=left) if left <= DAYS else None
            rows.append((f"a{len(rows)}", "north", "day", FIRST + dt.timedelta(days=hired), gone))
    return pd.DataFrame(rows, columns=["agent", "vendor", "team", "hired", "left"])


def _items(truth: Truth, roster: pd.DataFrame, generator: np.random.Generator) -> pd.DataFrame:
    day = np.arange(DAYS)
    week = day // 7
    mean = truth.per_week / 7 * (1 + truth.growth) ** (week - DAYS // 7) * WEEKDAY[day % 7]
    shape = truth.busyness**-2
    counts = generator.poisson(mean * generator.gamma(shape, 1 / shape, DAYS))
    date = np.repeat(day, counts)
    hour = generator.choice(24, date.size, p=HOUR / 24)
    created = date * 86400.0 + hour * 3600 + generator.random(date.size) * 3600
    variance = np.log1p(truth.spread**2)
    talent = np.exp(generator.normal(-variance / 2, np.sqrt(variance), len(roster)))
    agent = _who(roster, date, generator)
    hired = np.array([(day - FIRST).days for day in roster["hired"]])
    tenure = np.maximum(date - hired[agent], 0)
    speed = 1 - (1 - truth.start) * (0.1 / (1 - truth.start)) ** (tenure / truth.after_days)
    if truth.family == "gamma":
        content = generator.gamma(truth.cv**-2, truth.mean * truth.cv**2, date.size)
    else:
        sigma2 = np.log1p(truth.cv**2)
        content = np.exp(generator.normal(np.log(truth.mean) - sigma2 / 2, np.sqrt(sigma2), date.size))
    started = created + generator.exponential(600, date.size)
    zero = pd.Timestamp(FIRST)
    stamps = {
        name: zero + pd.to_timedelta(np.round(seconds, 6), unit="s")
        for name, seconds in (
            ("created", created),
            ("started", started),
            ("completed", started + content / (talent[agent] * speed)),
        )
    }
    return pd.DataFrame({"queue": "mail", **stamps, "agent": roster["agent"].to_numpy()[agent]})


def _who(roster: pd.DataFrame, date: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return for each item somebody who was employed on its day."""
    agent = np.zeros(date.size, int)
    for day in range(DAYS):
        today = FIRST + dt.timedelta(days=day)
        here = [
            row
            for row, (hired, left) in enumerate(zip(roster["hired"], roster["left"], strict=True))
            if hired <= today and (left is None or pd.isna(left) or left > today)
        ]
        mine = np.flatnonzero(date == day)
        agent[mine] = generator.choice(here, mine.size)
    return agent


def _attendance(
    truth: Truth, roster: pd.DataFrame, here: list[tuple[int, int]], generator: np.random.Generator
) -> pd.DataFrame:
    rows = []
    names = roster["agent"].tolist()
    for agent, day in here:
        if (day + agent) % 7 >= 5:
            continue
        begin = dt.datetime.combine(FIRST, dt.time(9)) + dt.timedelta(days=day)
        if generator.random() < truth.absence:
            rows.append((names[agent], begin, begin + dt.timedelta(hours=8), "absent"))
            continue
        away = 8 * truth.offline * float(generator.gamma(4, 1 / 4))
        switch = begin + dt.timedelta(hours=8 - min(away, 7))
        rows.append((names[agent], begin, switch, "floor"))
        rows.append((names[agent], switch, begin + dt.timedelta(hours=8), "offline"))
    return pd.DataFrame(rows, columns=["agent", "start", "end", "activity"])
