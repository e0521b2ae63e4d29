"""A variant against its base, in sentences: service first, then work left over, and only then money."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from simcap.analysis.money import ALL
from simcap.analysis.service import MATERIAL, is_material, stands_out
from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.report.wording.moves import (
    MOST_TOLD,
    Row,
    describe_moves,
    doubts,
    moves,
    no_difference,
    over_horizon,
    unclear,
)
from simcap.report.wording.still_paid import still_paid
from simcap.report.wording.words import DASH, about, amount, currency_of, plural
from simcap.units import format_duration

Said = tuple[str, tuple[str, ...]]
"""A subject, and sentences about it."""


def verdict(comparison: Comparison, name: str) -> list[Said]:
    """Return the effects of a variant by weight: what gets worse, what gets better, and what it costs."""
    moved = list(moves(comparison, name))
    worse, better = ([move for move in moved if move.better is side] for side in (False, True))
    left = _left_over(comparison, name)
    doubtful = unclear(comparison, name)
    gone = _gone(comparison, name)
    suffers = any(row["difference"] < 0 or row["risen"] > 0 for row in doubtful)
    said = [
        ("Gone", gone),
        ("Worse", describe_moves(worse, "worse")),
        ("Better", describe_moves(better, "better")),
        ("Left over", [words for _, words in left]),
        ("Unclear", doubts(comparison, doubtful)),
    ]
    if not any(told for _, told in said[1:]):
        said.append(("Service", no_difference(comparison, name)))
    said.append(("Cost", _money(comparison, name, suffers=suffers)))
    said.append(("Still paid", still_paid(comparison, name)))
    names = {*comparison.base.scenario.vendors, *comparison.base.scenario.queues, *comparison.of(name).scenario.vendors}
    return [(what, tuple(_sentence(words, names) for words in told)) for what, told in said if told]


def loses_service(comparison: Comparison, name: str) -> bool:
    """Say whether a variant is certainly worse somewhere: an SLA, work left over, a vendor or queue gone."""
    worse = any(not move.better for move in moves(comparison, name))
    return worse or bool(_gone(comparison, name)) or any(more for more, _ in _left_over(comparison, name))


def net_costs(comparison: Comparison, name: str) -> pd.DataFrame:
    """Return a variant's net cost over the horizon, a row a vendor."""
    rows = over_horizon(comparison, "vendors", name)
    return rows[rows["measure"] == "net_cost"]


def _sentence(words: str, names: Iterable[str]) -> str:
    """Return words as a sentence; a leading name from a file stays as written there."""
    named = any(words.startswith((f"{name} ", f"{name}'")) for name in names)
    return f"{words if named else words[0].upper() + words[1:]}."


# -- work -------------------------------------------------------------------------------------------------------------


def _left_over(comparison: Comparison, name: str) -> list[tuple[bool, str]]:
    """Return whether more items of a queue expire undecided, or are open at the end, and words; the largest first."""
    rows = over_horizon(comparison, "queues", name).to_dict("records")
    arrived = {row["queue"]: row for row in rows if row["measure"] == "arrived"}
    told = [
        (row["difference"], _left_words(row, arrived[row["queue"]]))
        for row in rows
        if row["measure"] in MATERIAL and is_material(row, arrived[row["queue"]]["variant"])
    ]
    return [(gap > 0, words) for gap, words in sorted(told, key=lambda one: -abs(one[0]))[:MOST_TOLD]]


def _left_words(row: Row, arrived: Row) -> str:
    gap = row["difference"]
    low, high = sorted(np.sign(gap) * row[end] for end in ("ci_low", "ci_high"))
    what = "expire undecided" if row["measure"] == "expired" else "are open at the end"
    words = f"{about(abs(gap))} {'more' if gap > 0 else 'fewer'} items of {row['queue']} {what}"
    parts = [row[side] / arrived[side] if arrived[side] else np.nan for side in ("variant", "base")]
    shares = [DASH if np.isnan(part) else f"{part:.1%}" for part in parts]
    # In a queue that only grows, more may be open than has arrived since the warm-up.
    warm = " over the horizon (earlier items wait, too)" if np.nan_to_num(parts).max() > 1 else ""
    of = f"of what arrives{warm}"
    return f"{words} [{about(low)}, {about(high)}]: {shares[0]} {of}, {shares[1]} in the base"


def _gone(comparison: Comparison, name: str) -> list[str]:
    """Say what the vendors and queues that a variant drops had decided in the base."""
    base, other = comparison.base, comparison.of(name)
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
    """Return how many items a vendor decides over the horizon, or a queue has decided."""
    return about(float(results.figures.of(table, "horizon", (subject,), "completed").mean()))


# -- money ------------------------------------------------------------------------------------------------------------


def _money(comparison: Comparison, name: str, *, suffers: bool) -> list[str]:
    """Say what a variant costs or saves over the horizon; nothing if no contract has a price.

    It counts as a saving only if no service is lost; if service perhaps `suffers`, that is stated.
    """
    rows = net_costs(comparison, name)
    if rows.empty:
        priced = [*comparison.of(name).layout.subjects["money"], *comparison.base.layout.subjects["money"]]
        return ["its net cost cannot be compared with the base's, as only one of them has a price"] if priced else []
    free = rows[rows["difference"].isna()]["vendor"].tolist()
    if free:
        whose = ", ".join(free)
        return [f"its net cost cannot be compared with the base's, as only one of them has a price for {whose}"]
    row = rows[rows["vendor"] == ALL].iloc[0].to_dict()
    if comparison.base.replications == 1 and row["difference"]:
        differing = f"{row['difference']:+,.0f} {currency_of(comparison.base.scenario)}"
        return [f"in the one replication net cost differs by {differing}"]
    if not stands_out(row):
        return [
            "its net cost does not differ from the base's beyond chance" if row["difference"] else "it costs the same"
        ]
    sign = -1 if row["difference"] < 0 else 1
    low, high = sorted(sign * row[end] for end in ("ci_low", "ci_high"))
    ends = f"over the horizon [{amount(low)}, {amount(high)}]"
    much = f"{amount(sign * row['difference'])} {currency_of(comparison.base.scenario)}"
    if sign > 0:
        return [f"it costs {much} more {ends}"]
    loses = loses_service(comparison, name)
    if not loses and not suffers:
        return [f"it saves {much} {ends}"]
    doubt = f"whether service pays for it, {plural(comparison.base.replications, 'replication')} cannot tell"
    return [
        f"net cost falls by {much} {ends}",
        *_no_longer_paid(comparison, name, rows),
        *([] if loses else [doubt]),
    ]


def _no_longer_paid(comparison: Comparison, name: str, rows: pd.DataFrame) -> list[str]:
    """Say what dropped vendors had been paid, and that the cost of their notice is not included."""
    gone = rows[rows["vendor"].isin(_lost(comparison.base, comparison.of(name)))].to_dict("records")
    return [
        f"{row['vendor']}, which had {amount(row['base'])} of it, is no longer paid"
        f"{_notice_left_out(comparison.base, row['vendor'])}"
        for row in gone
    ]


def _notice_left_out(base: Results, vendor: str) -> str:
    contract = base.scenario.vendors[vendor].contract
    if contract is None or not contract.notice:
        return ""
    return f"; what its contract's notice of {format_duration(contract.notice)} costs is not included"
