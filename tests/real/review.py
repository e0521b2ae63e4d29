"""The public review queue: from what was seen of its folders every hour to an item log.

    python -m tests.real.review

writes calibration/real/review-items.csv, which stays out of the project. An item waits while it is in `newbies`; it
came and went between two looks. What goes between the same two looks is taken one after another, evenly between them.
Who took it is known of 3 in 10 items only, so all count as taken by one desk.
"""

from __future__ import annotations

import pandas as pd

from .published import PUBLISHED, ROOT

DATA = PUBLISHED / "reviewqueue" / "runs_2020_2024.csv.gz"
SHIPPED = ROOT / "calibration" / "real" / "review-items.csv"
LONGEST_LOOK = pd.Timedelta("2h")


def items() -> pd.DataFrame:
    """Return the item log: queue, created, started, completed, agent; times in UTC."""
    runs = pd.read_csv(DATA)
    runs = runs[runs["folder"] == "newbies"].reset_index(drop=True)
    first, last, before, after = (
        pd.to_datetime(runs[name], utc=True, format="ISO8601")
        for name in ("first_seen", "last_seen", "prev_snapshot", "next_snapshot")
    )
    created = (before + (first - before) / 2).fillna(first)
    look = (after - last).clip(upper=LONGEST_LOOK)
    order = pd.DataFrame({"last": last, "created": created}).sort_values(["last", "created"]).index
    place = last.loc[order].groupby(last.loc[order]).cumcount().reindex(runs.index)
    size = last.groupby(last).transform("size")
    started = last + look * (place / size)
    log = pd.DataFrame({"created": created, "started": started, "completed": started + look / size})
    log = log.apply(lambda times: times.dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return log.assign(queue="review", agent="desk")


def main() -> None:
    """Write the item log."""
    items().to_csv(SHIPPED, index=False)


if __name__ == "__main__":
    main()
