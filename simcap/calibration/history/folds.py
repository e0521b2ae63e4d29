"""Items put together from rows that are events of them, or claims; and what of an item's claims was given back."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.history.sheets import DataSheet, Dropped
from simcap.calibration.history.sources import ItemLog

CLAIMS: Final = ("claims", "returned", "lost")
"""What such a log says of an item besides: how often it was taken, how often given back, and the agents' seconds that
went into the latter."""


def fold_events(sheet: DataSheet, log: ItemLog) -> None:
    """Put items together from their events: the first start is the pick-up, the last one begins the handle time."""
    kinds = {word.casefold(): kind for kind, words in log.events.items() for word in words}
    sheet.drop(~np.isfinite(sheet.table["time"].to_numpy(float)), "time is not a time", "time")
    sheet.drop(sheet.table["item"] == "", "item is empty", "item")
    kind = sheet.table["event"].astype("str").str.casefold().map(kinds)
    sheet.drop(kind.isna(), f"event is none of {', '.join(log.events)}", "event")
    table = sheet.table.assign(kind=kind[kind.notna()], item=sheet.table["item"].astype("str"))
    table = table.assign(place=table.index).sort_values("time", kind="stable")
    per = {name: rows.groupby("item", observed=True) for name, rows in table.groupby("kind")}
    first = table.groupby("item", observed=True)
    created = per["created"]["time"].first() if "created" in per else first["time"].first()
    folded = pd.DataFrame({"created": created.reindex(first["time"].first().index)})
    folded["queue"] = first["queue"].first().reindex(folded.index)
    for name, which in (("started", "first"), ("completed", "last"), ("expired", "last")):
        folded[name] = getattr(per[name]["time"], which)().reindex(folded.index) if name in per else np.nan
    taken = per["started"][["time", "agent"]].last() if "started" in per and sheet.has("agent") else None
    folded["agent"] = taken["agent"].reindex(folded.index) if taken is not None else ""
    folded["handle"] = folded["completed"] - taken["time"].reindex(folded.index) if taken is not None else np.nan
    folded["item"] = folded.index
    folded = folded.assign(**_claims_in(table))
    folded.index = pd.Index(first["place"].first().reindex(folded.index).to_numpy())
    sheet.dropped.append(Dropped(sheet.file, "a further event of the same item", len(table) - len(folded), ()))
    sheet.table = folded.sort_index()
    for name in ("created", "started", "completed", "expired"):
        sheet.labels.setdefault(name, sheet.labels["time"])


def _claims_in(events: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the columns of `CLAIMS` by item, from events in the order of time; none where nothing is given back.

    The time of a claim that was given back runs from the last start before it.
    """
    started, returned = (events["kind"] == kind for kind in ("started", "returned"))
    if not (started.any() and returned.any()):
        return {}
    since = events["time"].where(started).groupby(events["item"]).ffill()
    values = (started, returned, (events["time"] - since).where(returned, 0.0).fillna(0.0))
    sums = [pd.Series(value.astype(float)).groupby(events["item"]).sum() for value in values]
    return dict(zip(CLAIMS, sums, strict=True))


def fold_claims(sheet: DataSheet) -> None:
    """Put items together from their claims: the first is the pick-up, the last that was not given back decides."""
    table = sheet.table.assign(item=sheet.table["item"].astype("str"))
    given_back = table["returned"].eq(1) if sheet.has("returned") else pd.Series(data=False, index=table.index)
    order = table.assign(_back=given_back, _place=table.index).sort_values(["started"], kind="stable")
    grouped = order.groupby(["queue", "item"], observed=True, sort=False)
    first = grouped[["created", "started", "_place"]].first()
    last = grouped.tail(1).set_index(["queue", "item"])
    last = last.assign(started_last=last["started"])
    undecided = last["_back"].to_numpy(bool)
    folded = last.assign(created=first["created"], started=first["started"], _place=first["_place"])
    folded.loc[undecided, "completed"] = np.nan
    if not sheet.has("handle"):
        folded["handle"] = (folded["completed"] - folded["started_last"]).where(~undecided)
    folded = folded.drop(columns=["_back", "started_last", "returned"], errors="ignore")
    if sheet.has("returned"):
        spent = (order["completed"] - order["started"]).where(order["_back"]) if sheet.has("completed") else 0.0
        counted = order.assign(claims=1.0, returned=order["_back"].astype(float), lost=spent)
        folded = folded.assign(**counted.groupby(["queue", "item"], observed=True, sort=False)[list(CLAIMS)].sum())
    sheet.dropped.append(Dropped(sheet.file, "a further claim of the same item", len(table) - len(folded), ()))
    sheet.table = folded.reset_index().set_index("_place").sort_index()
