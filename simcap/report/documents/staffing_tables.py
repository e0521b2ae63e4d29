"""The tables of a staffing search."""

from __future__ import annotations

import pandas as pd

from simcap.planning.staffing import Staffing
from simcap.planning.verdicts import VERDICTS


def staffing_tables(staffing: Staffing) -> dict[str, pd.DataFrame]:
    """Return plans (a row for each confidence and change), costs (by confidence), met (each window), last_dates, parts.

    A window's `verdict` is met, missed, lost or not asked; `missed_any` leaves out what is lost. `parts` are windows
    of which only a part lies within the horizon: they are not asked.
    """
    plans = [
        (one.confidence, lever.kind, lever.vendor, lever.team, count, lever.start, lever.approve, lever.arrives)
        for one in staffing.answers
        for lever, count in one.amounts.items()
    ]
    names = ["confidence", "change", "vendor", "team", "count", "start", "approve_by", "arrives"]
    costs = [
        (
            one.confidence,
            one.reached,
            one.cost,
            one.added,
            one.added_low,
            one.added_high,
            one.missed_any,
            one.checked,
            *one.counts.values(),
        )
        for one in staffing.answers
    ]
    columns = ["confidence", "reached", "cost", "added", "ci_low", "ci_high", "missed_any", "replications"]
    columns += [f"windows_{verdict.replace(' ', '_')}" for verdict in VERDICTS]
    met = [one.met.assign(confidence=one.confidence) for one in staffing.answers]
    return {
        "plans": pd.DataFrame(plans, columns=names),
        "costs": pd.DataFrame(costs, columns=columns),
        "met": pd.concat(met, ignore_index=True) if met else pd.DataFrame(),
        "last_dates": staffing.last,
        "parts": staffing.parts,
    }
