"""A desk whose vendors have lines of their own is replayed so: waits are those of the lines, not of a pool."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.allocated import Allocated
from simcap.calibration.backtest.backtest import backtest
from simcap.calibration.backtest.desk import learn
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import read_history
from simcap.calibration.synthesize import synthesize
from simcap.scenario.reading.loading import load
from simcap.units import HOUR
from tests.calibration.fits.test_vendor_lines import DAYS, VENDORS, log

CASE = Path(__file__).parents[4] / "shared/cases/allocation-in-backtest"
FIRST = pd.Timestamp("2026-03-02")
PLAN = """
title: two vendors
timezone: UTC
from: 2026-03-02
to: 2026-04-05
items: {path: items.csv, columns: {vendor: taker}}
attendance: {path: attendance.csv}
backtest: {first: 2026-03-30, days: 7, replications: 3, sla: {1 h: {measure: wait, within: 1 h}}}
"""


def write(folder: Path, *, split: bool) -> Path:
    agents = (2, 12)
    table = log(6, split=split, overflow=2 * HOUR, agents=agents, days=DAYS + 7, load=0.7)
    hours = (12, 24)
    begins = [day + pd.Timedelta(hours=8) for day in pd.date_range(FIRST, periods=DAYS + 7)]
    there = [
        (f"{VENDORS[vendor]}-{number}", begin, begin + pd.Timedelta(hours=hours[vendor]), "floor")
        for begin in begins
        for vendor, count in enumerate(agents)
        for number in range(count)
    ]
    attendance = pd.DataFrame(there, columns=["agent", "start", "end", "activity"])
    attendance.to_csv(folder / "attendance.csv", index=False, date_format="%Y-%m-%dT%H:%M:%S")
    for name in ("created", "started", "completed"):
        table[name] = (FIRST + pd.to_timedelta(table[name], unit="s")).dt.strftime("%Y-%m-%dT%H:%M:%S").fillna("")
    table.drop(columns=["owner", "coarse", "expired"]).to_csv(folder / "items.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN)
    return folder / "calibration.yaml"


@pytest.mark.parametrize("split", [True, False])
def test_mean_waits_are_replayed_within_a_fifth(tmp_path: Path, split: bool) -> None:
    found = backtest(write(tmp_path, split=split), ("replay",)).totals.iloc[0]
    assert found["mean_wait_predicted"] == pytest.approx(found["mean_wait"], rel=0.2, abs=60)
    assert (found["mean_wait"] > 1800) == split


@pytest.mark.slow
def test_the_desk_has_the_vendors_of_its_agents(tmp_path: Path) -> None:
    path = write(tmp_path, split=True)
    plan = read_configuration(path)
    learned = learn(plan, read_history(plan, tmp_path), dt.date(2026, 3, 30), "replay")
    assert set(learned.duty.vendors) == {"kestrel", "northstar"}
    takes = {vendor: {"listings"} for vendor in learned.duty.vendors}
    routing = learned.split.routing(["listings"], takes)
    assert set(routing) == {"allocation", "overflow"}
    assert learned.split.routing(["listings"], {"kestrel": {"listings"}}) == {}, "one vendor alone has no split"


def test_what_another_vendor_has_waits_for_it_alone_until_it_overflows() -> None:
    items = pd.DataFrame({"created": [0.0, 10.0, 20.0], "started": [500.0, 50.0, np.nan], "expired": np.nan})
    split = Allocated({}, 100.0, pd.Series(["one", "one", "other"]), None)
    assert split.waiting_for(items, "other")["created"].tolist() == [100.0, 20.0]
    alone = dataclasses.replace(split, overflow=np.inf)
    assert alone.waiting_for(items, "other")["created"].tolist() == [20.0]


@pytest.mark.slow
@pytest.mark.skipif(not CASE.exists(), reason=f"{CASE} is not there")
def test_the_case_is_predicted_within_a_fifth(tmp_path: Path) -> None:
    for file in CASE.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    out = tmp_path / "logs"
    synthesize(load(tmp_path / "split.yaml"), out, 7)
    with (out / "calibration.yaml").open("a", encoding="utf-8") as file:
        file.write("staffing: {rule: priority}\nbacktest: {first: 2026-08-31, days: 14, replications: 4, ")
        file.write("sla: {4 h: {measure: turnaround, within: 4 h}}}\n")
    totals = backtest(out / "calibration.yaml", ("replay",)).totals.set_index("queue")
    waits = totals.loc["listings", ["mean_wait", "mean_wait_predicted"]]
    assert waits["mean_wait"] > 45 * 60
    assert waits["mean_wait_predicted"] == pytest.approx(waits["mean_wait"], rel=0.2)
