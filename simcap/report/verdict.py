"""What a variant does against its base, in sentences: service first, work that is left over, and only then money."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from simcap.analysis.money import ALL
from simcap.analysis.summary import wilson
from simcap.experiment.compare import Comparison
from simcap.experiment.results import Results
from simcap.report.costs import currency_of
from simcap.report.still_paid import still_paid
from simcap.report.words import DASH, about, amount, chance, in_window, interval, listed, plural, sla_name

Row = dict[Any, Any]
Said = tuple[str, tuple[str, ...]]
"""What some sentences are about, and these."""

SURE = 0.5
"""Points by which attainment must move to be told."""
MATERIAL = {"expired": 0.005, "open_at_end": 0.02}
"""Share of what arrives by which what is left over must differ to be told: some items are always open."""
MOST_TOLD = 3
FEW = 20
"""Up to so many replications a chance is told as what was seen in them."""


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


def verdict(found: Comparison, name: str) -> list[Said]:
    """Return what a variant does, in the order of its weight: what gets worse, what gets better, and what it costs."""
    moves = list(_moves(found, name))
    worse, better = ([move for move in moves if move.better is side] for side in (False, True))
    left = _left_over(found, name)
    unclear = _unclear(found, name)
    gone = _gone(found, name)
    suffers = any(row["difference"] < 0 or row["risen"] > 0 for row in unclear)
    said = [
        ("Gone", gone),
        ("Worse", _told(worse, "worse")),
        ("Better", _told(better, "better")),
        ("Left over", [words for _, words in left]),
        ("Unclear", _doubts(found, unclear)),
    ]
    if not any(told for _, told in said[1:]):
        said.append(("Service", _no_difference(found, name)))
    said.append(("Cost", _money(found, name, suffers=suffers)))
    said.append(("Still paid", still_paid(found, name)))
    return [(about, tuple(map(_sentence, told))) for about, told in said if told]


def loses_service(found: Comparison, name: str) -> bool:
    """Return whether a variant is surely worse somewhere: an SLA, work that is left over, a vendor or queue less."""
    worse = any(not move.better for move in _moves(found, name))
    return worse or bool(_gone(found, name)) or any(more for more, _ in _left_over(found, name))


def of_variant(found: Comparison, table: str, name: str) -> pd.DataFrame:
    """Return a variant's rows of one of the tables."""
    rows = found.tables[table]
    return rows[rows["scenario"] == name]


def over_horizon(found: Comparison, table: str, name: str) -> pd.DataFrame:
    """Return a variant's rows over the whole horizon of one of the tables."""
    rows = of_variant(found, table, name)
    return rows[rows["period"] == "horizon"]


def net_costs(found: Comparison, name: str) -> pd.DataFrame:
    """Return a variant's net cost over the horizon, a row a vendor."""
    rows = over_horizon(found, "vendors", name)
    return rows[rows["measure"] == "net_cost"]


def stands_out(row: Row) -> bool:
    """Return whether the paired interval of a difference leaves zero out."""
    return bool(row["ci_low"] > 0 or row["ci_high"] < 0)


def points(row: Row | pd.Series) -> str:
    """Return the interval of a difference of attainment, in points."""
    return interval(100 * row["ci_low"], 100 * row["ci_high"], "+.1f")


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


# -- service ----------------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Move:
    """What an SLA gains or loses, as far as it can be told from nothing."""

    queue: str
    vendor: str
    sla: str
    better: bool
    size: float
    """Chance of a miss and share of attainment together."""
    words: str


def _moves(found: Comparison, name: str) -> Iterator[Move]:
    for key, attainment, risk in judged(found, name):
        parts: dict[bool, list[tuple[float, str]]] = {False: [], True: []}
        risky = stands_out(risk)
        if risky:
            parts[risk["difference"] < 0].append((abs(risk["difference"]), _risk(found, risk)))
        if stands_out(attainment) and 100 * abs(attainment["difference"]) >= SURE:
            whose = "its attainment" if risky else f"attainment of {sla_name(*key)}"
            words = _moved(found, attainment, whose, when=not risky)
            parts[attainment["difference"] > 0].append((abs(attainment["difference"]), words))
        for better, told in parts.items():
            if told:
                yield Move(*key, better, sum(size for size, _ in told), ", and ".join(words for _, words in told))


def judged(found: Comparison, name: str) -> Iterator[tuple[tuple[str, str, str], Row, Row]]:
    """Yield each SLA that both have: (queue, vendor, sla), the row of its attainment, that of its chance of a miss."""
    rows = of_variant(found, "misses", name).to_dict("records")
    risks = {(row["queue"], row["vendor"], row["sla"]): row for row in rows}
    for row in over_horizon(found, "slas", name).to_dict("records"):
        key = (row["queue"], row["vendor"], row["sla"])
        yield key, row, risks[key]


def does_not_differ(attainment: Row, risk: Row) -> bool:
    """Return whether an SLA is missed as often as in the base, and its attainment surely within half a point of it."""
    furthest = np.nan_to_num(100 * max(abs(attainment["ci_low"]), abs(attainment["ci_high"])), nan=np.inf)
    as_often = risk["base"] == risk["variant"] or np.isnan(risk["difference"])
    return bool((attainment["difference"] == 0 or furthest < SURE) and as_often)


def seen_in(probability: float, replications: int) -> str:
    """Return in how many of few replications something is seen, or how likely it is."""
    if replications > FEW or probability != probability:
        return chance(probability)
    return f"{round(probability * replications)} of {replications}"


def _told(moves: list[Move], way: str) -> list[str]:
    """Say the largest moves, each SLA once: that of the whole queue if there is one, and at which vendors, too."""
    groups: dict[tuple[str, str], list[Move]] = {}
    for move in sorted(moves, key=lambda move: -move.size):
        groups.setdefault((move.queue, move.sla), []).append(move)
    told = []
    for group in list(groups.values())[:MOST_TOLD]:
        main = next((move for move in group if not move.vendor), group[0])
        others = sorted(move.vendor for move in group if move is not main)
        told.append(main.words + (f" ({way} at {listed(others)}, too)" if others else ""))
    left = len(groups) - len(told)
    return told + ([f"{plural(left, 'more SLA')} in tables/misses.csv and tables/slas.csv"] if left > 0 else [])


def _risk(found: Comparison, row: Row) -> str:
    count = found.base.replications
    verb = "rises" if row["difference"] > 0 else "falls"
    subject = sla_name(row["queue"], row["vendor"], row["sla"])
    change = f"from {chance(row['base'])} to {chance(row['variant'])} [{row['ci_low']:+.0%}, {row['ci_high']:+.0%}]"
    words = f"the risk of missing {subject} in any {row['per']} {verb} {change}"
    if count <= FEW:
        words += f" ({chance_words(row['base'], count)}, then {chance_words(row['variant'], count)})"
    return f"{words}, most often {_when(found, row['per'], row['worst'])}" if row["worst"] else words


def _moved(found: Comparison, row: Row, whose: str, *, when: bool) -> str:
    """Say by how much attainment moves; where it falls, also `when` it does so most."""
    verb = "rises" if row["difference"] > 0 else "falls"
    words = f"{whose} {verb} by {100 * abs(row['difference']):.1f} points {points(row)} to {row['variant']:.1%}"
    worst = _steepest(found, row) if when and row["difference"] < 0 else None
    if worst is None:
        return words
    return f"{words}, most {_when(found, worst['period'], worst['start'])} ({100 * worst['difference']:+.1f} points)"


def _steepest(found: Comparison, row: Row) -> Row | None:
    """Return the week in which attainment falls most, if it falls by half a point more there than over the horizon."""
    rows = of_variant(found, "slas", row["scenario"])
    same = (rows["queue"] == row["queue"]) & (rows["vendor"] == row["vendor"]) & (rows["sla"] == row["sla"])
    weeks = rows[same & (rows["period"] == "week") & rows["difference"].notna()]
    if weeks.empty:
        return None
    worst = weeks.loc[weeks["difference"].idxmin()].to_dict()
    return worst if 100 * (row["difference"] - worst["difference"]) >= SURE else None


def _when(found: Comparison, period: str, start: str) -> str:
    year = len(found.base.layout.windows["week"].cells) > 51
    return in_window(period, pd.Timestamp(start), year=year)


def _unclear(found: Comparison, name: str) -> list[Row]:
    """Return the SLAs that seem to differ, where the replications are too few to tell; the largest first.

    Vendors are left out where the whole queue is among them.
    """
    rows = [
        attainment | {"risen": risk["difference"]}
        for _, attainment, risk in judged(found, name)
        if not stands_out(attainment) and not stands_out(risk)
        and (100 * abs(attainment["difference"]) >= SURE or abs(risk["difference"]) > 0)
    ]  # fmt: skip
    whole = {(row["queue"], row["sla"]) for row in rows if not row["vendor"]}
    kept = [row for row in rows if not row["vendor"] or (row["queue"], row["sla"]) not in whole]
    return sorted(kept, key=lambda row: -abs(row["difference"]))


def _doubts(found: Comparison, rows: list[Row]) -> list[str]:
    """Say which SLAs the replications are too few to tell apart from the base's."""
    told = [_seems(row) for row in rows[:MOST_TOLD]]
    if not told:
        return []
    count = found.base.replications
    who = "one replication" if count == 1 else plural(count, "replication")
    left = f", {len(rows) - len(told)} more" if len(rows) > len(told) else ""
    return [f"{who} cannot tell whether these differ: {', '.join(told)}{left}"]


def _seems(row: Row) -> str:
    parts = [f"{100 * row['difference']:+.1f} points{'' if np.isnan(row['ci_low']) else f' {points(row)}'}"]
    parts += [f"risk {100 * row['risen']:+.0f} points"] if abs(row["risen"]) > 0 else []
    return f"{sla_name(row['queue'], row['vendor'], row['sla'])} ({', '.join(parts)})"


def _no_difference(found: Comparison, name: str) -> list[str]:
    """Say that service is as it was, and whether that is exact."""
    rows = over_horizon(found, "slas", name)
    differences = rows["difference"].dropna()
    if differences.empty:
        return []
    if (differences == 0).all():
        return ["no SLA differs in any replication"]
    return ["no SLA's risk can be told from the base's, and no attainment moves by half a point"]


# -- work -------------------------------------------------------------------------------------------------------------


def _left_over(found: Comparison, name: str) -> list[tuple[bool, str]]:
    """Return whether more items of a queue expire undecided, or are open at the end, and words; the largest first."""
    rows = over_horizon(found, "queues", name).to_dict("records")
    arrived = {row["queue"]: row for row in rows if row["measure"] == "arrived"}
    told = [
        (row["difference"], _left_words(row, arrived[row["queue"]]))
        for row in rows
        if row["measure"] in MATERIAL
        and stands_out(row)
        and abs(row["difference"]) >= MATERIAL[row["measure"]] * arrived[row["queue"]]["variant"]
    ]
    return [(gap > 0, words) for gap, words in sorted(told, key=lambda one: -abs(one[0]))[:MOST_TOLD]]


def _left_words(row: Row, arrived: Row) -> str:
    gap = row["difference"]
    low, high = sorted(np.sign(gap) * row[end] for end in ("ci_low", "ci_high"))
    what = "expire undecided" if row["measure"] == "expired" else "are open at the end"
    words = f"{about(abs(gap))} {'more' if gap > 0 else 'fewer'} items of {row['queue']} {what}"
    parts = [row[side] / arrived[side] if arrived[side] else np.nan for side in ("variant", "base")]
    shares = [DASH if np.isnan(part) else f"{part:.1%}" for part in parts]
    # Of a queue that only grows more may be open than has arrived since the warm-up.
    warm = " over the horizon (what came before it waits, too)" if np.nan_to_num(parts).max() > 1 else ""
    of = f"of what arrives{warm}"
    return f"{words} [{about(low)}, {about(high)}]: {shares[0]} {of}, {shares[1]} in the base"


def _gone(found: Comparison, name: str) -> list[str]:
    """Say what vendors, and which queues, a variant does without had decided in the base."""
    base, other = found.base, found.of(name)
    told = [
        f"{vendor}, which decides {_decided(base, 'vendors', vendor)} items in the base, is gone"
        for vendor in _lost(base, other)
    ]
    return told + [
        f"{queue}, of which {_decided(base, 'queues', queue)} items are decided in the base, is gone"
        for queue in base.scenario.queues
        if queue not in other.scenario.queues
    ]


def _lost(base: Results, other: Results) -> list[str]:
    return [vendor for vendor in base.scenario.vendors if vendor not in other.scenario.vendors]


def _decided(results: Results, table: str, subject: str) -> str:
    """Return how many items a vendor decides over the horizon, or are decided of a queue."""
    place = results.layout.subjects[table].index((subject,))
    measure = results.layout.measures[table].index("completed")
    return about(float(results.figures[table, "horizon"][:, place, measure, 0].mean()))


# -- money ------------------------------------------------------------------------------------------------------------


def _money(found: Comparison, name: str, *, suffers: bool) -> list[str]:
    """Say what a variant costs or saves over the horizon; nothing where no contract has a price.

    It saves only where no service is lost; where service perhaps `suffers`, that is said.
    """
    rows = net_costs(found, name)
    if rows.empty:
        priced = [*found.of(name).layout.subjects["money"], *found.base.layout.subjects["money"]]
        return ["its net cost cannot be held against the base's, as only one of them has a price"] if priced else []
    free = rows[rows["difference"].isna()]["vendor"].tolist()
    if free:
        whose = ", ".join(free)
        return [f"its net cost cannot be held against the base's, as only one of them has a price for {whose}"]
    row = rows[rows["vendor"] == ALL].iloc[0].to_dict()
    if found.base.replications == 1 and row["difference"]:
        return [f"in the one replication net cost differs by {row['difference']:+,.0f} {currency_of(found.base)}"]
    if not stands_out(row):
        return ["its net cost cannot be told from the base's" if row["difference"] else "it costs the same"]
    sign = -1 if row["difference"] < 0 else 1
    low, high = sorted(sign * row[end] for end in ("ci_low", "ci_high"))
    ends = f"over the horizon [{amount(low)}, {amount(high)}]"
    much = f"{amount(sign * row['difference'])} {currency_of(found.base)}"
    if sign > 0:
        return [f"it costs {much} more {ends}"]
    loses = loses_service(found, name)
    if not loses and not suffers:
        return [f"it saves {much} {ends}"]
    doubt = f"whether service pays for it, {plural(found.base.replications, 'replication')} cannot tell"
    return [
        f"net cost falls by {much} {ends}",
        *_no_longer_paid(found, name, rows),
        *([] if loses else [doubt]),
    ]


def _no_longer_paid(found: Comparison, name: str, rows: pd.DataFrame) -> list[str]:
    """Say what vendors that are gone had been paid."""
    gone = rows[rows["vendor"].isin(_lost(found.base, found.of(name)))].to_dict("records")
    return [f"{row['vendor']}, which had {amount(row['base'])} of it, is no longer paid" for row in gone]
