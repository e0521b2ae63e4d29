"""The log of items, from rows that are items, events of items, or claims of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.folds import CLAIMS, fold_claims, fold_events
from simcap.calibration.history.gather import gather
from simcap.calibration.history.roles import DURATION, FLAG, MOMENT, TEXT
from simcap.calibration.history.sheets import EPOCH, DataSheet, Flags, Floats, Note
from simcap.calibration.history.sources import ItemLog
from simcap.errors import DataError
from simcap.scenario.data.instants import wall
from simcap.scenario.data.tables import LARGEST
from simcap.tables.quantities import coarseness
from simcap.units import DAY, HOUR

_KINDS: Final = {
    "queue": TEXT,
    "created": MOMENT,
    "started": MOMENT,
    "completed": MOMENT,
    "expired": MOMENT,
    "agent": TEXT,
    "handle": DURATION,
    "wait": DURATION,
    "item": TEXT,
    "parent": TEXT,
    "vendor": TEXT,
    "wrong": FLAG,
    "returned": FLAG,
    "event": TEXT,
    "time": MOMENT,
}
_TIMES: Final = ("created", "started", "completed", "expired")
_SHORTEST: Final = 1e-3
"""Seconds that anything takes at least that takes any time: what is shorter is no time of a clock."""
_WITHOUT: Final = {
    "started": "waits, handle times (unless a column has them) and who was there",
    "completed": "handle times (unless a column has them) and turnaround",
    "agent": "how agents differ, the ramp and who was there",
}
"""What cannot be known of a log that lacks a column."""


def read_items(configuration: Configuration, log: ItemLog, folder: Path) -> DataSheet:
    """Return the items of the days to fit on; the columns are those of `History.items`.

    Raises `DataError` for a log that cannot be read, or of which no row is left.
    """
    needed = {
        "items": ("queue", "created"),
        "claims": ("queue", "created"),
        "events": ("queue", "item", "event", "time"),
    }
    sheet = gather(log, folder, _kinds(log), needed[log.rows], "queue")
    if log.rows == "events":
        fold_events(sheet, log)
    for name in _TIMES:
        if sheet.has(name):
            sheet.drop(np.isinf(sheet.table[name].to_numpy(float)), f"{name} is not a time", name)
    for name in ("handle", "wait"):
        if sheet.has(name):
            seconds = sheet.table[name].abs()
            odd = (seconds > LARGEST) | ((seconds > 0) & (seconds < _SHORTEST))
            sheet.drop(odd, f"{name} is not a duration", name)
    if log.queues:
        names = {name.casefold(): own for name, own in log.queues.items()}
        queue = sheet.table["queue"].astype("str").str.casefold()
        sheet.drop(~queue.isin(names), "of a queue that is not used", "queue")
        sheet.table = sheet.table.assign(queue=queue[queue.isin(names)].map(names))
    sheet.drop(sheet.table["created"].isna(), "created is empty", "created")
    sheet.drop(sheet.table["queue"].astype("str") == "", "queue is empty", "queue")
    if log.rows == "claims":
        fold_claims(sheet)
    _complete(sheet)
    for late, early in (
        ("started", "created"),
        ("completed", "started"),
        ("completed", "created"),
        ("expired", "created"),
    ):
        sheet.drop(sheet.table[late] < sheet.table[early], f"{late} before it was {early}", late)
    _drop_repeated(sheet)
    sheet.table = _item_table(configuration, sheet)
    outside = (sheet.table["day"] < configuration.from_.toordinal()) | (
        sheet.table["day"] > configuration.to.toordinal()
    )
    sheet.drop(outside, "created outside the days to fit on", "day")
    if sheet.table.empty:
        raise DataError(f"{folder / log.parts[0].path}: no row is left to fit on ({sheet.causes()})")
    sheet.notes += [
        Note(f"{sheet.file}: no column for {name}", sheet.read, f"cannot be known: {lost}")
        for name, lost in _WITHOUT.items()
        if name not in sheet.labels and log.rows != "events"
    ]
    return sheet


def _kinds(log: ItemLog) -> dict[str, str]:
    """Return the columns that belong to the shape of the log."""
    alien = {
        "items": ("returned", "event", "time"),
        "claims": ("event", "time"),
        "events": (*_TIMES, "returned", "wrong"),
    }
    return {name: kind for name, kind in _KINDS.items() if name not in alien[log.rows]}


def _complete(sheet: DataSheet) -> None:
    """Add the columns that a log lacks: what follows from others, else unknown."""
    table = sheet.table
    for name in (*_TIMES, "handle"):
        if name not in table:
            table = table.assign(**{name: np.nan})
    if "agent" not in table:
        table = table.assign(agent="")
    if "wait" in table:
        table = table.assign(started=table["started"].fillna(table["created"] + table["wait"]))
        table = table.assign(completed=table["completed"].fillna(table["started"] + table["handle"]))
    # What left undecided was not completed, though one column may say when either came to pass.
    sheet.table = table.assign(completed=table["completed"].mask(table["expired"] == table["completed"]))


def _drop_repeated(sheet: DataSheet) -> None:
    """Leave out what is the same item again: by its number, else rows alike to the second in several times."""
    table = sheet.table
    if "item" in table and (table["item"].astype("str") != "").all():
        sheet.drop(_worse_of_one_item(table), "the same item again", "item")
        return
    across = _in_an_earlier_file(sheet)
    sheet.drop(across, "the same row in a file before", "created")
    again = _alike(sheet.table)
    twice = again & _impossible(sheet.table)
    sheet.drop(twice, "the same row again", "created")
    left = again[~twice]
    if left.any():
        said = "kept: without a number of the item they may well be different ones"
        sheet.notes.append(Note(f"{sheet.file}: rows that are alike in every cell", int(left.sum()), said))


def _worse_of_one_item(table: pd.DataFrame) -> Flags:
    """Return the rows of which another of the same item has more times, or as many and comes later."""
    worse = table["item"].duplicated(keep=False).to_numpy(bool, copy=True)
    several = table[worse]
    known = several[list(_TIMES)].notna().sum(axis=1)
    key = several[["queue", "item", "created"]]
    best = known.groupby([key[name] for name in key], observed=True, sort=False)
    top = (known == best.transform("max")).to_numpy(bool)
    again = np.ones(len(several), bool)
    again[top] = key[top].duplicated(keep="last").to_numpy(bool)
    worse[worse] = again
    return worse


def _alike(table: pd.DataFrame) -> Flags:
    """Return the rows that are there before, value for value; only rows alike in their times are compared."""
    times = np.column_stack([table[name].to_numpy(float) for name in _TIMES])
    alike = pd.Series((np.nan_to_num(times, nan=-1.0) * _APART).sum(axis=1)).duplicated(keep=False)
    again = np.zeros(len(table), bool)
    again[alike] = table[alike.to_numpy()].duplicated().to_numpy()
    return again


_APART = np.array([1.0, 2.0**0.5, 3.0**0.5, 5.0**0.5])
"""Irrational to one another: times of different rows seldom sum up alike."""


def _in_an_earlier_file(sheet: DataSheet) -> Flags:
    """Return the rows that files have again which overlap with one before: as many as any of those has."""
    found = np.zeros(len(sheet.table), bool)
    if sheet.rows is None or sheet.rows["file"].cat.categories.size == 1:
        return found
    keys = pd.util.hash_pandas_object(sheet.table, index=False).to_numpy()
    several = pd.Series(keys).duplicated(keep=False).to_numpy()
    files = sheet.rows["file"].cat.codes.to_numpy()[sheet.table.index.to_numpy()[several]]
    rows = pd.DataFrame({"key": keys[several], "file": files})
    counts = rows.groupby(["key", "file"]).size().unstack(fill_value=0)
    before = counts.cummax(axis=1).shift(axis=1, fill_value=0).stack()
    nth = rows.groupby(["key", "file"]).cumcount().to_numpy()
    most = before.reindex(pd.MultiIndex.from_frame(rows)).to_numpy()
    found[several] = nth < most
    return found


def _impossible(table: pd.DataFrame) -> Flags:
    """Return the rows that cannot be two items that came and went alike: their times have seconds, and are several."""
    times = table[list(_TIMES)].to_numpy(float)
    fine = (table["created"].to_numpy(float) % 60 != 0).any()
    several = np.nanmax(times, axis=1) > table["created"].to_numpy(float)
    return np.asarray(several & fine)


def _coarseness(sheet: DataSheet, handle: Floats) -> Floats:
    """Return the step in seconds of the clock that each handle time was told by, by file; 0 for one to the second."""
    coarse = np.zeros(handle.size)
    table = sheet.table
    files = sheet.rows["file"].cat.codes.to_numpy()[table.index.to_numpy()] if sheet.rows is not None else coarse
    known = np.isfinite(handle) & (handle >= 0)
    given = "handle" in sheet.labels
    for file in np.unique(files).tolist():
        rows = known & (files == file)
        told = [handle[rows]] if given else [table[name].to_numpy(float)[rows] for name in ("started", "completed")]
        step = coarseness(np.concatenate(told))
        coarse[rows] = step
        if step:
            share = f"{(handle[rows] == 0).mean():.0%} of them are zero"
            name = sheet.file if sheet.rows is None else sheet.rows["file"].cat.categories[int(file)]
            said = f"fitted as what they may have been; {share}"
            sheet.notes.append(Note(f"{name}: handle times in steps of {step:.0f} s", int(rows.sum()), said))
    return coarse


def _item_table(configuration: Configuration, sheet: DataSheet) -> pd.DataFrame:
    """Return the items under simcap's own names."""
    table = sheet.table
    handle = (
        table["handle"] if "handle" in sheet.labels else table["handle"].fillna(table["completed"] - table["started"])
    )
    local = wall(table["created"].to_numpy(float), configuration.timezone)
    day = np.floor(local / DAY).astype(np.int64)
    ordinal = day + EPOCH
    names = [name for name in ("item", "parent", "vendor") if name in table]
    texts = {name: table[name].astype("str") for name in names}
    return pd.DataFrame(
        {name: cells.where(cells != "", None) for name, cells in texts.items()}
        | {
            "queue": _categories(table["queue"]),
            "created": table["created"],
            "started": table["started"],
            "completed": table["completed"],
            "expired": table["expired"],
            "agent": _categories(table["agent"]),
            "handle": handle.astype(float),
            "coarse": _coarseness(sheet, handle.to_numpy(float)),
            "day": ordinal,
            "hour": (ordinal - 1) % 7 * 24 + np.floor((local - day * DAY) / HOUR).astype(np.int64),
        }
        | {name: table[name].astype(float) for name in ("wrong", *CLAIMS) if name in table}
        | _lost(table, configuration.staffing.longest),
        index=table.index,
    )


def _lost(table: pd.DataFrame, longest: float) -> dict[str, pd.Series]:
    """Return the time in claims that were given back; of one kept overnight, only the `longest` that counts."""
    return {"lost": table["lost"].clip(upper=longest * table["returned"])} if "lost" in table else {}


def checks_in(items: pd.DataFrame, timezone: str) -> pd.DataFrame | None:
    """Return the decisions of a log that says which were checked, as `History.quality` has checks; else nothing."""
    if "wrong" not in items:
        return None
    checked = items[items["wrong"].notna() & items["completed"].notna()]
    day = np.floor(wall(checked["completed"].to_numpy(float), timezone) / DAY).astype(np.int64) + EPOCH
    agent, queue = (checked[name].astype("str").fillna("") for name in ("agent", "queue"))
    table = {"agent": agent, "queue": queue, "day": day, "checked": 1.0, "wrong": checked["wrong"]}
    return pd.DataFrame(table).reset_index(drop=True)


def _categories(texts: pd.Series) -> pd.Series:
    """Return texts as categories in the order of the alphabet, all of which occur."""
    if not isinstance(texts.dtype, pd.CategoricalDtype):
        return texts.astype("str").astype("category")
    place, known = pd.factorize(texts)
    names = pd.Series(np.asarray(known, object), dtype="str").astype("category")
    return names.iloc[place].set_axis(texts.index)
