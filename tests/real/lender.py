"""The lender of 2016: from sessions of work to an item log and a roster.

    python -m tests.real.lender

writes calibration/real/lender-sessions.parquet and lender-roster.csv, which stay out of the project. A session counts
as an item: how long work takes and how that falls with tenure can be seen, waiting cannot. Nobody published a roster:
an agent is taken to begin on the day of the first session and to have left after the last one; who was there in the
first four weeks counts as there for years.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .published import PUBLISHED, ROOT

DATA = PUBLISHED / "loandesk" / "sessions_2016.csv.gz"
SHIPPED = ROOT / "calibration" / "real"
OLD_HANDS = pd.Timedelta("28D")
LONGEST_LEAVE = pd.Timedelta("28D")
"""Somebody without a session for the last so many days has left."""
LONG_AGO = pd.Timestamp("2012-01-01")


def sessions() -> pd.DataFrame:
    """Return the sessions: queue, start, end (UTC), agent."""
    table = pd.read_csv(DATA, parse_dates=["start_time", "end_time"])
    table = table.rename(columns={"activity": "queue", "start_time": "start", "end_time": "end", "resource": "agent"})
    return table[["queue", "start", "end", "agent"]]


def roster(table: pd.DataFrame) -> pd.DataFrame:
    """Return who works there from when to when, as the sessions show it."""
    seen = table.groupby("agent").agg(hired=("start", "min"), last=("end", "max")).reset_index()
    seen["hired"] = seen["hired"].where(seen["hired"] >= table["start"].min() + OLD_HANDS, LONG_AGO).dt.date
    gone = seen["last"] < table["end"].max() - LONGEST_LEAVE
    left = (seen["last"] + pd.Timedelta("1D")).dt.date.where(gone)
    return seen.assign(left=left, vendor="lender", team="all")[["agent", "vendor", "team", "hired", "left"]]


def write(folder: Path) -> None:
    """Write the item log and the roster into a folder."""
    table = sessions()
    table.to_parquet(folder / "lender-sessions.parquet", index=False)
    roster(table).to_csv(folder / "lender-roster.csv", index=False)


if __name__ == "__main__":
    write(SHIPPED)
