"""Reports held against themselves: what was open, came, was done and left must give what is open after."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from simcap.calibration.history.reports import whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.calibration.history.sheets import SHOWN as MOST
from simcap.calibration.history.sheets import Note
from simcap.scenario.clock import zone
from simcap.units import DAY

_PERIOD = ["start", LENGTH]
_HALF = 0.5


def balances(reports: pd.DataFrame | None, timezone: str) -> Iterator[Note]:
    """Yield of each queue how many periods do not balance: backlog before + offered - handled - abandoned = after."""
    if reports is None or not {"offered", "handled", "backlog"} <= set(reports):
        return
    for queue, rows in reports[reports["queue"] != ""].groupby("queue"):
        periods = _joined(rows)
        if len(periods) < 2:
            continue
        follows = (periods["start"].shift() + periods[LENGTH].shift() - periods["start"]).abs() < periods[LENGTH] / 2
        off = periods["backlog"].shift() + periods["offered"] - periods["handled"] - periods["abandoned"]
        off = (off - periods["backlog"])[follows]
        bad = off[off.abs() > _HALF]
        said = f"of {len(off):,} periods"
        if len(bad):
            shown = ", ".join(
                _when(start, length, timezone)
                for start, length in periods.loc[bad.index[:MOST], _PERIOD].to_numpy().tolist()
            )
            said += f", by up to {bad.abs().max():,.0f} items; {shown}"
        yield Note(f"periods in which backlog, offered and handled of {queue} do not balance", len(bad), said)


def _when(start: float, length: float, timezone: str) -> str:
    """Return when a period begins; of a day or longer its date, that of its noon."""
    if length < DAY:
        return f"{pd.Timestamp(start, unit='s', tz=zone(timezone)):%Y-%m-%d %H:%M}"
    return f"{pd.Timestamp(start + DAY / 2, unit='s', tz=zone(timezone)):%Y-%m-%d}"


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what a queue's reports of the same periods say of them, in order; what none mentions is none."""
    columns = {}
    for name in ("offered", "handled", "abandoned", "backlog"):
        if name in rows:
            columns[name] = whole_of(rows, name).groupby(_PERIOD)[name].sum()
    if any(columns[name].empty for name in ("offered", "handled", "backlog")):
        return pd.DataFrame()
    both = pd.concat([columns["offered"], columns["backlog"]], axis=1, join="inner")
    # A system that lists by team has no row where nobody worked.
    ours = columns["handled"].index.get_level_values(LENGTH).unique()
    if not both.index.get_level_values(LENGTH).isin(ours).all():
        return pd.DataFrame()
    both = both.assign(handled=columns["handled"].reindex(both.index).fillna(0.0), abandoned=0.0)
    if "abandoned" in columns:
        both["abandoned"] = columns["abandoned"].reindex(both.index).fillna(0.0)
    return both.reset_index().sort_values("start").reset_index(drop=True)
