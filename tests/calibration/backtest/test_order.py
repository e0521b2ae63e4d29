"""What agents take next: chosen by hindcasts; and tickets that nobody takes, which must not stand before all others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.backtest import Backtested, backtest

FIRST = pd.Timestamp("2026-03-02")
WEEKS = 8
DAY = 86400.0
PLAN = """
title: tickets
timezone: UTC
from: 2026-03-02
to: 2026-04-26
items: {path: tickets.csv}
attendance: {path: attendance.csv}
dead_items: DEAD
staffing: {rule: RULE}
backtest:
  first: 2026-04-20
  days: 7
  sla: {8 h: {measure: wait, within: 8 h}}
  replications: 3
"""


def tickets(newest: float, lost: float, seed: int = 1) -> pd.DataFrame:
    """Return eight weeks of tickets, round the clock: three people work from nine to five, 12 min on each.

    They take the newest as often as `newest` says, else the oldest; a share `lost` is closed elsewhere, which no log
    tells.
    """
    generator = np.random.default_rng(seed)
    days = 7 * WEEKS
    created = np.sort(generator.random(generator.poisson(112 * days)) * days * DAY)
    nobody = generator.random(created.size) < lost
    started, done = np.full((2, created.size), np.nan)
    agent = np.full(created.size, "", object)
    waiting: list[int] = []
    came = 0
    for day in range(days):
        free = {f"agent-{number}": day * DAY + 9 * 3600.0 for number in range(3)}
        while min(free.values()) < day * DAY + 17 * 3600:
            who = min(free, key=lambda one: free[one])
            now = free[who]
            while came < created.size and created[came] <= now:
                if not nobody[came]:
                    waiting.append(came)
                came += 1
            if not waiting:
                free[who] = created[came] if came < created.size else np.inf
                continue
            place = waiting.pop(len(waiting) - 1 if generator.random() < newest else 0)
            started[place], done[place], agent[place] = now, now + generator.exponential(720), who
            free[who] = done[place]
    table = pd.DataFrame({"created": created, "started": started, "completed": done})
    for name in table:
        table[name] = (FIRST + pd.to_timedelta(table[name], unit="s")).dt.strftime("%Y-%m-%dT%H:%M:%S.%f").fillna("")
    return table.assign(queue="tickets", agent=agent)


def predicted(folder: Path, table: pd.DataFrame, rule: str = "longest_wait", dead: str = "leave_out") -> Backtested:
    table.to_csv(folder / "tickets.csv", index=False)
    shifts = [
        (f"agent-{number}", f"{day:%Y-%m-%d}T09:00", f"{day:%Y-%m-%d}T17:00")
        for day in pd.date_range(FIRST, periods=7 * WEEKS)
        for number in range(3)
    ]
    attendance = pd.DataFrame(shifts, columns=["agent", "start", "end"])
    attendance.assign(activity="floor").to_csv(folder / "attendance.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN.replace("RULE", rule).replace("DEAD", dead))
    return backtest(folder / "calibration.yaml", ("replay",), anchor=False)


def attained(result: Backtested) -> tuple[float, float]:
    """Return the share on time of the week, as it was and as predicted."""
    (week,) = result.windows[result.windows["period"] == "week"].to_dict("records")
    return week["actual"], week["mean"]


def test_tickets_that_nobody_takes_do_not_stand_before_all_others(tmp_path: Path) -> None:
    table = tickets(0.0, 0.05)
    assert (table["started"] == "").sum() > 250
    actual, kept = attained(predicted(tmp_path, table, dead="keep"))
    _, mean = attained(predicted(tmp_path, table))
    assert kept < 0.25 * actual
    assert mean == pytest.approx(actual, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("newest", "order"), [(0.7, "priority"), (0.0, "longest_wait")])
def test_the_order_of_work_is_chosen_by_hindcasts(newest: float, order: str, tmp_path: Path) -> None:
    result = predicted(tmp_path, tickets(newest, 0.0), rule="auto")
    assert result.configuration.staffing.rule == order
    assert result.order.startswith(f"{order}, by hindcasts before the first origin, which missed by ")
