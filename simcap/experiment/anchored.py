"""Runs and comparisons beside their anchor: attainment as simulated, as the rule has it, and both weighed.

A rule knows only the past: no volumes that a scenario writes itself, no events to come, no other scenario than the one
that was tested. Where it would have to know more, nothing is anchored, and that is said.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Hashable, Iterator
from typing import Any, Final

import numpy as np
import pandas as pd

from simcap.analysis.anchoring import TwoForecasts, anchored, of_few
from simcap.experiment.anchor import (
    FEWEST,
    PERIODS,
    RuleLevels,
    ScenarioAnchor,
    anchor_path,
    key_of_scenario,
    read_anchor,
)
from simcap.scenario.event_spans import first_day
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.scenario import Scenario

COLUMNS: Final = (
    "queue", "sla", "target", "period", "start", "weeks_ahead", "simulated", "simulated_p05", "simulated_p95", "rule",
    "ruled", "weight", "factor", "anchored", "anchored_p05", "anchored_p95",
)  # fmt: skip
CHANGES: Final = (
    "scenario", "queue", "sla", "target", "period", "start", "weeks_ahead", "base_simulated", "base_anchored",
    "base_anchored_p05", "base_anchored_p95", "difference", "ci_low", "ci_high", "simulated", "anchored",
    "anchored_p05", "anchored_p95",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Anchored:
    """What an anchor makes of a run: a table, empty if of nothing, and in words what it rests on."""

    table: pd.DataFrame
    notes: tuple[str, ...]


def how_to_anchor(file: ScenarioFile) -> str:
    """Return how a scenario would get an anchor, if it has none and could have one; else nothing."""
    path = anchor_path(file)
    if path is None or path.exists() or not _leaves_volumes_open(file):
        return ""
    return (
        "nothing is anchored: all attainment is as simulated. `simcap backtest CALIBRATION --scenario FILE` tests this "
        f"scenario on the history and writes {path}"
    )


def _leaves_volumes_open(file: ScenarioFile) -> bool:
    """Return whether the volumes of all queues that get any from outside are fitted."""
    rates = [f"queues.{name}.arrivals.per_week" for name, queue in file.scenario.queues.items() if queue.arrivals]
    return file.fitted is not None and bool(rates) and set(rates) <= file.fitted.open


def anchored_run(file: ScenarioFile, slas: pd.DataFrame, replications: int) -> Anchored | None:
    """Return the windows of a run's SLA table with an anchor; nothing if the scenario has none beside its calibration.

    Raises `RunError` for an anchor that cannot be read.
    """
    path = anchor_path(file)
    if path is None or not path.exists():
        return None
    anchor = read_anchor(path)
    if anchor.key != key_of_scenario(file):
        why = (
            f"nothing is anchored: {path.name} beside the calibration was made for {anchor.scenario!r} with the values "
            "fitted then, and this is another scenario or other values. Compare it with that one, which shows the "
            "anchored base plus the simulated change, or test it: simcap backtest CALIBRATION --scenario FILE"
        )
        return Anchored(pd.DataFrame(columns=list(COLUMNS)), (why,))
    table = anchored_table(anchor, file.scenario, slas, replications)
    return Anchored(table, tuple(_told(anchor, file.scenario, table)))


def anchored_table(anchor: ScenarioAnchor, scenario: Scenario, slas: pd.DataFrame, replications: int) -> pd.DataFrame:
    """Return a row for each whole window of a queue's SLA that is anchored, with the columns of `COLUMNS`.

    Anchored are the weeks ahead of which there are hindcasts, up to the first event that the scenario has to come.
    Factors are those of the anchor times that of the percentiles of few replications.
    """
    levels = {(one.queue, one.sla): one for one in anchor.levels}
    until, wider = _until(anchor, scenario), of_few(replications)
    rows = []
    for row in slas[(slas["vendor"] == "") & slas["period"].isin(PERIODS) & ~slas["partial"]].to_dict("records"):
        known = levels.get((row["queue"], row["sla"]))
        start = dt.datetime.fromisoformat(str(row["start"])).replace(tzinfo=None)
        days = 7 if row["period"] == "week" else 1
        inside = anchor.weeks_ahead(start.date()) >= 1 and start.date() + dt.timedelta(days=days) <= until
        if known is not None and inside and row["attainment"] == row["attainment"]:
            rows.append(_row(anchor, known, row, start, wider))
    table = pd.DataFrame([row for row in rows if row["ruled"] == row["ruled"]])
    return _weighed(table)[list(COLUMNS)] if len(table) else pd.DataFrame(columns=list(COLUMNS))


def _until(anchor: ScenarioAnchor, scenario: Scenario) -> dt.date:
    """Return the day before which windows that are anchored end."""
    reached = anchor.known_to + dt.timedelta(days=1, weeks=len(anchor.ahead))
    return min([reached, *_coming(anchor, scenario).values()])


def _coming(anchor: ScenarioAnchor, scenario: Scenario) -> dict[str, dt.date]:
    """Return the dated events after the last day that was known, with their first days."""
    dated = {name: first_day(event) for name, event in scenario.events.items()}
    return {name: day for name, day in dated.items() if day is not None and day > anchor.known_to}


def _row(
    anchor: ScenarioAnchor, known: RuleLevels, row: dict[Hashable, Any], start: dt.datetime, wider: float
) -> dict[str, Any]:
    ahead = anchor.weeks_ahead(start.date())
    return {
        **{name: row[name] for name in ("queue", "sla", "target", "period", "start", "decided")},
        "weeks_ahead": ahead,
        "simulated": row["attainment"],
        "simulated_p05": row["p05"],
        "simulated_p95": row["p95"],
        "rule": anchor.rule,
        "ruled": known.at(row["period"], start),
        "weight": anchor.ahead[ahead - 1].weight,
        "factor": wider * anchor.factors.get(row["period"], 1.0),
    }


def _weighed(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with anchored attainment and its band."""
    names = ("simulated", "simulated_p05", "simulated_p95", "ruled", "decided")
    both = TwoForecasts(*(table[name].to_numpy(np.float64) for name in names))
    found = anchored(both, table["weight"].to_numpy(np.float64), table["factor"].to_numpy(np.float64))
    return table.assign(**dict(zip(("anchored", "anchored_p05", "anchored_p95"), found, strict=True)))


def _told(anchor: ScenarioAnchor, scenario: Scenario, table: pd.DataFrame) -> Iterator[str]:
    """Tell what anchored attainment rests on, and what is not anchored."""
    if table.empty:
        yield f"nothing is anchored: {_limits(anchor, scenario)}"
        return
    weights = sorted({float(weight) for weight in table["weight"]})
    span = f"{weights[0]:.0%}" if len(weights) == 1 else f"{weights[0]:.0%} to {weights[-1]:.0%}"
    by_period = dict(zip(table["period"], table["factor"], strict=True))
    factors = ", ".join(f"{factor:.2f} by {period}" for period, factor in by_period.items())
    yield (
        f'anchored attainment weighs the simulation by {span}, and by the rest the rule "{anchor.says}" as it was on '
        f"{anchor.known_to}; bands are the simulated ones times {factors}. It rests on {anchor.windows:,} windows of "
        "hindcasts in which not all was on time. Chances of a miss, risks and costs are simulated"
    )
    if anchor.windows < FEWEST:
        yield (
            f"fewer than {FEWEST} windows of hindcasts tell what simulation and rule are worth: both weigh a half, and "
            "bands are only as wide as the simulation's own, made those of 90% of what comes"
        )
    used = sorted({int(week) for week in table["weeks_ahead"]})
    few = [str(week) for week in used if anchor.ahead[week - 1].windows < FEWEST]
    if few and anchor.windows >= FEWEST:
        yield (
            f"too few hindcasts reach as far as week {', '.join(few)} after the last day that was known: there weights "
            "are those of all weeks together"
        )
    if weeks := used[0] - 1:
        old = "a week" if weeks == 1 else f"{weeks} weeks"
        yield f"what the rule says is {old} old when the first anchored window begins"
    yield f"not anchored: {_limits(anchor, scenario)}"


def _limits(anchor: ScenarioAnchor, scenario: Scenario) -> str:
    """Return what is not anchored, and why."""
    reached = anchor.known_to + dt.timedelta(weeks=len(anchor.ahead))
    parts = [f"what comes after {reached}, as no hindcast reaches further ahead"]
    coming = _coming(anchor, scenario)
    first = min(coming, key=lambda name: coming[name], default="")
    if first and coming[first] <= reached:
        parts = [f"what comes from {coming[first]} on, as the rule knows nothing of the event {first!r}"]
    if anchor.left_out:
        parts.append(", ".join(anchor.left_out))
    return "; ".join([*parts, "vendors' shares of a queue, months and the horizon"])


# -- comparisons ------------------------------------------------------------------------------------------------------


def anchored_changes(base: Anchored, slas: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each variant and anchored window of the base: the anchored base plus the simulated change.

    `slas` has the paired differences of variants. What would be below none or above all is none or all.
    """
    keys = ["queue", "sla", "period", "start"]
    names = {name: f"base_{name}" for name in ("simulated", "anchored", "anchored_p05", "anchored_p95")}
    known = base.table[[*keys, "target", "weeks_ahead", *names]].rename(columns=names)
    paired = slas[(slas["vendor"] == "") & (slas["measure"] == "attainment")]
    table = paired[["scenario", *keys, "variant", "difference", "ci_low", "ci_high"]].merge(known, on=keys)
    table = table[table["difference"].notna()].rename(columns={"variant": "simulated"})
    moved = {
        name: (table[f"base_{name}"] + table["difference"]).clip(0, 1)
        for name in ("anchored", "anchored_p05", "anchored_p95")
    }
    return table.assign(**moved)[list(CHANGES)].reset_index(drop=True)
