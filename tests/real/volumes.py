"""The volumes of a bank in 2003: fitted to half a year, and drawn for the eight weeks after it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from simcap.calibration.calibrate import calibrate, write
from simcap.demand.demand import Demand
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.reading.loading import load
from simcap.streams import Streams

from .published import PUBLISHED, ROOT

DATA = PUBLISHED / "bankcalls" / "volumes_5min_2003.csv.gz"
FIRST, DAYS = dt.date(2003, 9, 1), 54

SCENARIO = f"""
name: autumn
calibration: parameters.yaml
horizon: {{start: {FIRST}, days: {DAYS}, timezone: UTC, warm_up: 0 weeks}}
queues:
  calls: {{handle_time: {{constant: 1 s}}, sla: {{1 h: {{measure: wait, within: 1 h, target: 90%, per: week}}}}}}
vendors: {{north: {{teams: {{day: {{timezone: UTC, agents: 9, skills: [calls], shift: {{always: true}}}}}}}}}}
"""


def days(folder: Path, replications: int) -> pd.DataFrame:
    """Return by open day: calls that came, predicted mean, 5% and 95% quantile, mean of the same weekdays before."""
    write(calibrate(ROOT / "calibration" / "real" / "bank-2003.yaml", allow_outside=True), folder)
    (folder / "scenario.yaml").write_text(SCENARIO)
    file = load(folder / "scenario.yaml")
    assert file.fitted is not None
    drawn = np.zeros((replications, DAYS))
    for replication in range(replications):
        streams = Streams(1, replication)
        demand = Demand(file.vary(file.fitted.draw(streams)), DataFiles(folder))
        drawn[replication] = [demand.draw(demand.day(day), streams)[0].size for day in range(DAYS)]
    log = pd.read_csv(DATA)
    came = log.groupby(pd.to_datetime(log["DateTime"]).dt.date)["Calls"].sum()
    known = came[came.index < FIRST]
    like = known.groupby([date.weekday() for date in known.index]).mean()
    rows = {
        date: (came[date], drawn[:, day].mean(), *np.percentile(drawn[:, day], [5, 95]), like[date.weekday()])
        for day, date in enumerate(FIRST + dt.timedelta(days=day) for day in range(DAYS))
        if date in came.index
    }
    return pd.DataFrame.from_dict(rows, "index", columns=["came", "mean", "p05", "p95", "same_weekday"])
