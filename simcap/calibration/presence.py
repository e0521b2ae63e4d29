"""Shrinkage: the share of agent-days lost to absence and of floor time spent off queue, with errors by agent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fit import Estimate, Fit, NotFitted, share_of

Array = NDArray[np.float64]

ENOUGH_AGENTS = 8


def fit_shrinkage(attendance: pd.DataFrame, roster: pd.DataFrame | None) -> list[Fit | NotFitted]:
    """Fit each vendor's absence and offline share from spells of attendance: agent, day, start, end, activity."""
    if roster is None:
        return [NotFitted("shrinkage", "there is no roster; agents belong to no vendor")]
    vendors = attendance["agent"].map(roster.set_index("agent")["vendor"])
    found: list[Fit | NotFitted] = []
    attendance = attendance.assign(seconds=attendance["end"] - attendance["start"])
    for vendor, rows in attendance.groupby(vendors.to_numpy()):
        path = f"vendors.{vendor}.shrinkage"
        agents = rows["agent"].nunique()
        if agents < ENOUGH_AGENTS:
            found.append(NotFitted(path, f"{agents} agents; {ENOUGH_AGENTS} are needed"))
            continue
        days = (
            rows.assign(absent=rows["activity"] == "absent").groupby(["agent", "day"])["absent"].all().groupby("agent")
        )
        found.append(_share(f"{path}.absence", np.asarray(days.sum(), float), np.asarray(days.size(), float)))
        here = rows[rows["activity"].isin(["floor", "offline"])]
        offline = here["seconds"].where(here["activity"] == "offline", 0.0).groupby(here["agent"]).sum()
        found.append(
            _share(f"{path}.offline", offline.to_numpy(float), here.groupby("agent")["seconds"].sum().to_numpy(float))
        )
    return found


def _share(path: str, part: Array, whole: Array) -> Fit:
    """Return the ratio of sums, with its error over agents on the logit scale."""
    agents = whole.size
    share, error = share_of(part, whole)
    estimate = Estimate(path, share, "logit")
    return Fit("shrinkage", (estimate,), np.array([[error]]), agents, {"agents": float(agents)})
