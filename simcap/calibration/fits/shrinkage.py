"""Shrinkage: the share of agents' shifts lost to absence and of floor time spent off queue, with errors by agent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, Subject, of_vendor, share_of
from simcap.calibration.history.people import of_agents

Array = NDArray[np.float64]

ENOUGH_AGENTS = 8


def fit_shrinkage(attendance: pd.DataFrame, roster: pd.DataFrame | None) -> list[Fit | NotFitted]:
    """Fit each vendor's absence and offline share from spells: agent, shift, day, start, end, activity.

    A shift is absent if all of it is. The vendor is that of the roster, else the attendance's own.
    """
    if roster is not None:
        vendors = of_agents(attendance["agent"], roster.set_index("agent")["vendor"])
    elif "vendor" in attendance:
        vendors = attendance["vendor"].astype("str").replace("", None).to_numpy()
    else:
        why = "there is no roster, and `attendance` has no `vendor`; the agents' vendors are unknown"
        return [NotFitted("shrinkage", why)]
    if pd.isna(vendors).all():
        return [NotFitted("shrinkage", "no agent of the attendance is of a known vendor")]
    fits: list[Fit | NotFitted] = []
    attendance = attendance.assign(seconds=attendance["end"] - attendance["start"])
    known = bool((attendance["activity"] == "offline").any())
    for vendor, rows in attendance.groupby(vendors):
        subject = of_vendor(str(vendor))
        agents = rows["agent"].nunique()
        if agents < ENOUGH_AGENTS:
            fits.append(NotFitted(subject.path("shrinkage"), f"{agents} agents; {ENOUGH_AGENTS} are needed"))
            continue
        shifts = rows.assign(part=(rows["activity"] == "absent").astype(float), whole=1.0).groupby("shift")
        absent = shifts.agg({"agent": "first", "day": "first", "part": "min", "whole": "first"})
        fits.append(_share(subject, "absence", absent))
        if not known:
            why = "no spell of the attendance is offline time; it does not seem to be logged"
            fits.append(NotFitted(subject.path("shrinkage", "offline"), why))
            continue
        here = rows[rows["activity"].isin(["floor", "offline"])].rename(columns={"seconds": "whole"})
        offline = here.assign(part=here["whole"].where(here["activity"] == "offline", 0.0))
        fits.append(_share(subject, "offline", offline))
    return fits


def _share(subject: Subject, name: str, rows: pd.DataFrame) -> Fit:
    """Return the ratio of the sums of part and whole, with its error over agents on the logit scale."""
    part, whole = _sums(rows["agent"], rows)
    share, error = share_of(part, whole)
    estimate = Estimate(subject, ("shrinkage", name), share, "logit", "share")
    goodness = {"agents": float(whole.size)}
    return Fit("shrinkage", (estimate,), np.array([[error]]), whole.size, goodness, picture=_picture(share, rows))


def _picture(share: float, rows: pd.DataFrame) -> Picture:
    """Return the share by week, with errors over each week's agents."""
    week = (rows["day"] - rows["day"].min()) // 7
    seen, half = [], []
    for _, one_week in rows.groupby(week):
        part, whole = _sums(one_week["agent"], one_week)
        seen.append(part.sum() / whole.sum())
        half.append(1.96 * np.sqrt(((part - seen[-1] * whole) ** 2).sum()) / whole.sum())
    x, level = np.unique(week.to_numpy(float)), np.array(seen)
    low, high = np.maximum(level - half, 0.0), np.minimum(level + half, 1.0)
    return Picture(x + 0.5, level, low, high, np.array([0.0, x.max() + 1]), np.full(2, share), "weeks")


def _sums(key: pd.Series, rows: pd.DataFrame) -> tuple[Array, Array]:
    sums = rows.groupby(key)[["part", "whole"]].sum()
    return sums["part"].to_numpy(float), sums["whole"].to_numpy(float)
