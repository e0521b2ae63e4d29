"""Which SLAs move between a base and a variant beyond chance, in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from simcap.analysis.service import SURE, stands_out
from simcap.analysis.summary import wilson
from simcap.analysis.tables import date_text
from simcap.experiment.comparison import Comparison
from simcap.report.wording.words import chance, in_window, interval, listed, plural, sla_name

Row = dict[Any, Any]

MOST_TOLD = 3
FEW = 20
"""Up to this many replications, a chance is reported as a count of replications."""


def chance_words(probability: float, replications: int) -> str:
    """Say how often something was seen in few replications, or its chance with the 95% interval of many.

    "not seen in 4 replications", "in all 4 replications", "in 1 of 4 replications", "20% [16%, 25%]".
    """
    if probability != probability:
        return "not known"
    if replications > FEW:
        low, high = (float(end) for end in wilson(np.array(probability * replications), np.array(float(replications))))
        return f"{chance(probability)} {interval(low, high, '.0%')}"
    if probability == 0:
        return f"not seen in {plural(replications, 'replication')}"
    if probability == 1:
        return f"in all {replications} replications" if replications > 1 else "in the one replication"
    return f"in {round(probability * replications)} of {plural(replications, 'replication')}"


def of_variant(comparison: Comparison, table: str, name: str) -> pd.DataFrame:
    """Return a variant's rows of one of the tables."""
    rows = comparison.tables[table]
    return rows[rows["scenario"] == name]


def over_horizon(comparison: Comparison, table: str, name: str) -> pd.DataFrame:
    """Return a variant's rows over the whole horizon of one of the tables."""
    rows = of_variant(comparison, table, name)
    return rows[rows["period"] == "horizon"]


def points(row: Row | pd.Series) -> str:
    """Return the interval of a difference of attainment, in points."""
    return interval(100 * row["ci_low"], 100 * row["ci_high"], "+.1f")


@dataclasses.dataclass(frozen=True)
class Move:
    """What an SLA gains or loses beyond chance."""

    queue: str
    vendor: str
    sla: str
    better: bool
    size: float
    """Chance of a miss and share of attainment together."""
    words: str


def moves(comparison: Comparison, name: str) -> Iterator[Move]:
    """Yield what certainly gets worse or better for each SLA that both have; a move each if both happen."""
    for key, attainment, risk in judged(comparison, name):
        parts: dict[bool, list[tuple[float, str]]] = {False: [], True: []}
        risky = stands_out(risk)
        if risky:
            parts[risk["difference"] < 0].append((abs(risk["difference"]), _risk(comparison, risk)))
        if stands_out(attainment) and abs(attainment["difference"]) >= SURE:
            whose = "its attainment" if risky else f"attainment of {sla_name(*key)}"
            words = _moved(comparison, attainment, whose, when=not risky)
            parts[attainment["difference"] > 0].append((abs(attainment["difference"]), words))
        for better, changes in parts.items():
            if changes:
                yield Move(*key, better, sum(size for size, _ in changes), ", and ".join(words for _, words in changes))


def judged(comparison: Comparison, name: str) -> Iterator[tuple[tuple[str, str, str], Row, Row]]:
    """Yield each SLA that both have: (queue, vendor, sla), the row of its attainment, that of its chance of a miss."""
    rows = of_variant(comparison, "misses", name).to_dict("records")
    risks = {(row["queue"], row["vendor"], row["sla"]): row for row in rows}
    for row in over_horizon(comparison, "slas", name).to_dict("records"):
        key = (row["queue"], row["vendor"], row["sla"])
        yield key, row, risks[key]


def does_not_differ(attainment: Row, risk: Row) -> bool:
    """Say whether an SLA is missed as often as in the base, with its attainment certainly within half a point."""
    furthest = np.nan_to_num(max(abs(attainment["ci_low"]), abs(attainment["ci_high"])), nan=np.inf)
    as_often = risk["base"] == risk["variant"] or np.isnan(risk["difference"])
    return bool((attainment["difference"] == 0 or furthest < SURE) and as_often)


def seen_in(probability: float, replications: int) -> str:
    """Return in how many of few replications something is seen, or how likely it is."""
    if replications > FEW or probability != probability:
        return chance(probability)
    return f"{round(probability * replications)} of {replications}"


def describe_moves(moves: list[Move], way: str) -> list[str]:
    """Report the largest moves, each SLA once: the whole queue's if there is one, and at which vendors."""
    groups: dict[tuple[str, str], list[Move]] = {}
    for move in sorted(moves, key=lambda move: -move.size):
        groups.setdefault((move.queue, move.sla), []).append(move)
    lines = []
    for group in list(groups.values())[:MOST_TOLD]:
        main = next((move for move in group if not move.vendor), group[0])
        others = sorted(move.vendor for move in group if move is not main)
        lines.append(main.words + (f" (also {way} at {listed(others)})" if others else ""))
    left = len(groups) - len(lines)
    return lines + ([f"{plural(left, 'more SLA')} in tables/misses.csv and tables/slas.csv"] if left > 0 else [])


def _risk(comparison: Comparison, row: Row) -> str:
    count = comparison.base.replications
    verb = "rises" if row["difference"] > 0 else "falls"
    subject = sla_name(row["queue"], row["vendor"], row["sla"])
    change = f"from {chance(row['base'])} to {chance(row['variant'])} [{row['ci_low']:+.0%}, {row['ci_high']:+.0%}]"
    words = f"the risk of missing {subject} in any {row['per']} {verb} {change}"
    if count <= FEW:
        words += f" ({chance_words(row['base'], count)}, then {chance_words(row['variant'], count)})"
    return f"{words}, most often {_when(comparison, row['per'], row['worst'])}" if date_text(row["worst"]) else words


def _moved(comparison: Comparison, row: Row, whose: str, *, when: bool) -> str:
    """Say by how much attainment moves; if it falls, also `when` it falls most."""
    verb = "rises" if row["difference"] > 0 else "falls"
    words = f"{whose} {verb} by {100 * abs(row['difference']):.1f} points {points(row)} to {row['variant']:.1%}"
    worst = _steepest(comparison, row) if when and row["difference"] < 0 else None
    if worst is None:
        return words
    return (
        f"{words}, most {_when(comparison, worst['period'], worst['start'])} ({100 * worst['difference']:+.1f} points)"
    )


def _steepest(comparison: Comparison, row: Row) -> Row | None:
    """Return the week in which attainment falls most, if it falls by half a point more there than over the horizon."""
    rows = of_variant(comparison, "slas", row["scenario"])
    same = (rows["queue"] == row["queue"]) & (rows["vendor"] == row["vendor"]) & (rows["sla"] == row["sla"])
    weeks = rows[same & (rows["period"] == "week") & rows["difference"].notna()]
    if weeks.empty:
        return None
    worst = weeks.loc[weeks["difference"].idxmin()].to_dict()
    return worst if row["difference"] - worst["difference"] >= SURE else None


def _when(comparison: Comparison, period: str, start: Any) -> str:
    year = len(comparison.base.layout.windows["week"].cells) > 51
    return in_window(period, pd.Timestamp(start), year=year)


def unclear(comparison: Comparison, name: str) -> list[Row]:
    """Return the SLAs that seem to differ, but with too few replications to tell; the largest first.

    Vendors are left out if the whole queue is among them.
    """
    rows = [
        attainment | {"risen": risk["difference"]}
        for _, attainment, risk in judged(comparison, name)
        if not stands_out(attainment) and not stands_out(risk)
        and (abs(attainment["difference"]) >= SURE or abs(risk["difference"]) > 0)
    ]  # fmt: skip
    whole = {(row["queue"], row["sla"]) for row in rows if not row["vendor"]}
    kept = [row for row in rows if not row["vendor"] or (row["queue"], row["sla"]) not in whole]
    return sorted(kept, key=lambda row: -abs(row["difference"]))


def doubts(comparison: Comparison, rows: list[Row]) -> list[str]:
    """Say which SLAs the replications are too few to tell apart from the base's."""
    lines = [_seems(row) for row in rows[:MOST_TOLD]]
    if not lines:
        return []
    count = comparison.base.replications
    who = "one replication" if count == 1 else plural(count, "replication")
    left = f", {len(rows) - len(lines)} more" if len(rows) > len(lines) else ""
    return [f"{who} cannot tell whether these differ: {', '.join(lines)}{left}"]


def _seems(row: Row) -> str:
    parts = [f"{100 * row['difference']:+.1f} points{'' if np.isnan(row['ci_low']) else f' {points(row)}'}"]
    parts += [f"risk {100 * row['risen']:+.0f} points"] if abs(row["risen"]) > 0 else []
    return f"{sla_name(row['queue'], row['vendor'], row['sla'])} ({', '.join(parts)})"


def no_difference(comparison: Comparison, name: str) -> list[str]:
    """Say that service is as it was, and whether that is exact."""
    rows = over_horizon(comparison, "slas", name)
    differences = rows["difference"].dropna()
    if differences.empty:
        return []
    if (differences == 0).all():
        return ["no SLA differs in any replication"]
    return ["no SLA's risk differs from the base's beyond chance, and no attainment moves by half a point"]
