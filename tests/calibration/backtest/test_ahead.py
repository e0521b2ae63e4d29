"""A desk that takes some items ahead of older ones is replayed as it works, under the names that its log has."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.backtest import Backtested, backtest
from simcap.calibration.backtest.desk import learn
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history

FIRST, DAYS = pd.Timestamp("2026-03-02"), 42
SHARE = 0.3
QUEUE = "mail (ahead)"
"""A name like any other."""
PLAN = """
title: a desk with a pile
timezone: UTC
from: 2026-03-02
to: 2026-04-12
items: {path: items.csv}
staffing: {interval: 15 min, rule: priority}
backtest:
  first: 2026-03-30
  days: 14
  finest: day
  sla: {1 h: {measure: wait, within: 1 h}}
  replications: 6
"""


def draw(seed: int) -> pd.DataFrame:
    """Return a log of three agents who work round the clock, hours behind by day: 30% are taken as they come.

    Two thirds of the 840 items a day come from 10:00 to 18:00; an item takes 260 s.
    """
    generator = np.random.default_rng(seed)
    size = DAYS * 840
    hour = np.where(generator.random(size) < 2 / 3, generator.uniform(10, 18, size), generator.uniform(0, 24, size))
    created = np.sort(generator.integers(0, DAYS, size) * 86400 + hour * 3600)
    early = generator.random(created.size) < SHARE
    free = np.zeros(3)
    waiting: list[int] = []
    coming, rows = 0, []
    while coming < created.size or waiting:
        agent = int(free.argmin())
        now = max(free[agent], created[coming]) if not waiting else free[agent]
        while coming < created.size and created[coming] <= now:
            waiting.append(coming)
            coming += 1
        taken = min(waiting, key=lambda item: (not early[item], item))
        waiting.remove(taken)
        free[agent] = now + generator.exponential(260)
        rows.append((created[taken], now, free[agent], f"agent-{agent}"))
    table = pd.DataFrame(rows, columns=["created", "started", "completed", "agent"])
    for name in ("created", "started", "completed"):
        table[name] = (FIRST + pd.to_timedelta(table[name], unit="s")).dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
    return table.assign(queue=QUEUE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pile")
    draw(5).to_csv(folder / "items.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN)
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> Backtested:
    return backtest(folder / "calibration.yaml", ("replay", "forecast"))


def test_the_share_is_learned(folder: Path) -> None:
    plan = read_configuration(folder / "calibration.yaml")
    learned = learn(plan, read_history(plan, folder), dt.date(2026, 3, 30), "replay")
    assert learned.ahead[QUEUE] == pytest.approx(SHARE, abs=0.08)


def test_a_queue_keeps_its_name_and_is_one(found: Backtested) -> None:
    assert set(found.totals["queue"]) == set(found.scores["queue"]) == {QUEUE}
    replayed = found.totals[found.totals["mode"] == "replay"]
    assert (replayed["items_predicted"] == replayed["items"]).all()


def test_a_replay_takes_items_in_the_order_of_the_desk(found: Backtested) -> None:
    """By age alone half as many would be taken within the hour."""
    week = found.scores[(found.scores["mode"] == "replay") & (found.scores["period"] == "week")].iloc[0]
    assert abs(week["bias"]) < 0.03
    assert week["actual"] > 0.3
