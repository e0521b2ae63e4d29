"""The summary of a run for machines: what the terminal shows, as plain data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simcap.analysis.losses import likely_losses, loses_work
from simcap.analysis.summary import chance_interval
from simcap.analysis.tables import date_text
from simcap.experiment.results import Results
from simcap.scenario.reading.assumptions import neutral

NOTEWORTHY = 0.10
"""From this probability, a window is at risk."""


def summary_of(results: Results) -> dict[str, Any]:
    """Return SLAs over the horizon with their weeks at risk, costs, the ranked risks, notes, neutral values.

    `assumptions` says how many values have which origin; `anchored` is there if attainment is anchored.
    """
    return {
        "name": results.scenario.name,
        "description": results.scenario.description,
        "replications": results.replications,
        "slas": sla_overview(results),
        "costs": _costs(results),
        "groups": _groups(results),
        "risks": _records(results.tables["risks"]),
        "notes": list(results.notes),
        "taken_as_neutral": neutral(results.scenario),
        "assumptions": results.origins,
        **({"anchored": _records(results.tables["anchored"])} if "anchored" in results.tables else {}),
    }


def sla_overview(results: Results) -> list[dict[str, Any]]:
    """Return a row for each SLA: target, attainment over the horizon with its 90% band, windows at risk, any miss.

    `miss_any` is the share of replications in which at least one whole window of the SLA's own period is missed, with
    its 95% interval; a window is at risk if its own probability of a miss is 10% or more. `expired_share` left
    undecided; `loses_work` says whether that is likely to be more than usual in some week.
    """
    table = results.tables["sla"]
    losing = likely_losses(results.tables["risks"], NOTEWORTHY)
    places = table.groupby(["queue", "vendor", "sla"], sort=False).indices
    rows = []
    for subject in results.layout.subjects["sla"]:
        queue, vendor, name = subject
        sla = results.scenario.queues[queue].sla[name].of(vendor)
        rows_of_sla = table.iloc[places[subject]]
        whole = rows_of_sla[rows_of_sla["period"] == "horizon"].iloc[0]
        windows = rows_of_sla[rows_of_sla["period"] == sla.per]
        at_risk = windows[windows["miss_probability"] >= NOTEWORTHY]
        whole_windows = list(results.layout.windows[sla.per].whole)
        attainment = results.figures.of("sla", sla.per, subject, "attainment")[:, whole_windows]
        missed = (attainment < sla.target).any(axis=1)
        miss_any = float(missed.mean()) if not np.isnan(attainment).all() else np.nan
        low, high = chance_interval(miss_any, results.replications)
        rows.append(
            {
                "queue": queue,
                "vendor": vendor,
                "sla": name,
                "measure": sla.measure,
                "target": sla.target,
                "per": sla.per,
                "attainment": _number(whole["attainment"]),
                "p05": _number(whole["p05"]),
                "p95": _number(whole["p95"]),
                "windows": int(attainment.shape[1]),
                "windows_at_risk": len(at_risk),
                "first_at_risk": None if at_risk.empty else date_text(at_risk.iloc[0]["start"]),
                "miss_any": _number(miss_any),
                "miss_any_low": _number(low),
                "miss_any_high": _number(high),
                "expired_share": _number(whole["expired_share"]),
                "loses_work": loses_work(losing, queue, vendor),
            }
        )
    return rows


def _costs(results: Results) -> list[dict[str, Any]]:
    """Return price, credits, net cost and cost per decision by vendor (empty: all) over the horizon and by month."""
    table = results.tables["vendors"]
    amounts = table[table["measure"].isin(("price", "credits", "net_cost", "cost_per_decision"))]
    return _records(amounts[["vendor", "measure", "period", "start", "mean", "p05", "p95"]])


def _groups(results: Results) -> list[dict[str, Any]]:
    """Return the figures of each group of queues and teams over the horizon."""
    if "groups" not in results.tables:
        return []
    table = results.tables["groups"]
    columns = ["group", "value", "sla", "measure", "mean", "p05", "p95", "target"]
    return _records(table.loc[table["period"] == "horizon", columns])


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    ]
