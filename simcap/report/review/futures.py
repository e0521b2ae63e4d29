"""Options against futures: what each costs, regrets and misses in each, and what would have to be true for it."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from simcap.analysis.futures import FEW, WORSE
from simcap.experiment.compared import compared
from simcap.experiment.comparison import Comparison
from simcap.experiment.futures import FIRST, Future
from simcap.report.wording.verdict import loses_service
from simcap.report.wording.words import DASH, amount, chance, currency_of, interval, listed, odds, plural, short_window

Row = dict[Any, Any]

STANDS = "as things stand"


@dataclasses.dataclass(frozen=True)
class FutureOutcome:
    """One option in one future, in words."""

    option: str
    future: str
    net_cost: str
    regret: str
    """How much more it costs than the cheapest option; empty for that one."""
    any_miss: str
    worst: str
    """The week in which some SLA is most likely to be missed, and how likely."""
    is_cheapest: bool
    loses_service: bool
    """Whether it certainly serves worse than the base does in this future."""

    @property
    def service(self) -> str:
        """Say whether service is lost against the base, with a mark; empty if not."""
        return "● service lost" if self.loses_service else ""


@dataclasses.dataclass(frozen=True)
class FuturesReview:
    """The decision table against futures."""

    futures: tuple[tuple[str, tuple[str, ...]], ...]
    """Each future and how the base differs in it; the scenarios as they stand come first."""
    options: tuple[str, ...]
    outcomes: Mapping[tuple[str, str], FutureOutcome]
    """By option and future."""
    largest: Mapping[str, str]
    """By option: its largest regret over futures, and in which."""
    findings: tuple[str, ...]
    """Which option is right in each future, a sentence each."""
    conditions: tuple[str, ...]
    """What would have to be true for a dearer option to be right, a sentence each."""
    simulated: str
    """How many replications that took."""


def futures_review(comparison: Comparison) -> FuturesReview | None:
    """Return the review of a comparison's futures; None without any."""
    if not comparison.futures:
        return None
    table = comparison.tables["futures"]
    lost = {
        (name, option): worse
        for name, inside in _in_each(comparison)
        for option, worse in _losing(comparison, inside).items()
    }
    outcomes = {
        (row["scenario"], row["future"]): _outcome(comparison, row, worse=lost[row["future"], row["scenario"]])
        for row in table.to_dict("records")
    }
    options = tuple(one.scenario.name for one in comparison.results)
    names = [FIRST, *(future.name for future in comparison.futures)]
    runs = len(options) * len(names)
    return FuturesReview(
        futures=((FIRST, ("the scenarios as they stand",)), *((one.name, one.words) for one in comparison.futures)),
        options=options,
        outcomes=outcomes,
        largest={option: _largest(table, option) for option in options},
        findings=tuple(_finding(table, name, outcomes) for name in names),
        conditions=tuple(_conditions(comparison, options)),
        simulated=f"{len(options)} options in {len(names)} futures: {runs} x "
        f"{plural(comparison.base.replications, 'replication')}, all on the same draws.",
    )


def _in_each(comparison: Comparison) -> Iterator[tuple[str, Comparison]]:
    """Yield each future with the comparison of the options in it, those as they stand first."""
    yield FIRST, comparison
    yield from ((future.name, in_future(comparison, future)) for future in comparison.futures)


def in_future(comparison: Comparison, future: Future) -> Comparison:
    """Return the comparison of the same options in a future."""
    return dataclasses.replace(
        comparison, results=future.results, tables=compared(future.results), notes=(), futures=()
    )


def _losing(comparison: Comparison, inside: Comparison) -> dict[str, bool]:
    """Return by option whether it loses service against the base, both in the same future."""
    pairs = zip(comparison.results[1:], inside.results[1:], strict=True)
    return {comparison.base.scenario.name: False} | {
        own.scenario.name: loses_service(inside, then.scenario.name) for own, then in pairs
    }


def _outcome(comparison: Comparison, row: Row, *, worse: bool) -> FutureOutcome:
    count = comparison.base.replications
    week = DASH
    if row["worst_week_miss"] == row["worst_week_miss"]:
        when = short_window("week", pd.Timestamp(row["worst_week"])) if row["worst_week"] else "none"
        week = f"{when} ({odds(row['worst_week_miss'], count)})"
    return FutureOutcome(
        option=row["scenario"],
        future=row["future"],
        net_cost=_money(row["net_cost"]),
        regret="" if not row["regret"] > 0 else f"+{amount(row['regret'])} {_ends(row, 'regret')}".strip(),
        any_miss=odds(row["any_miss"], count),
        worst=week,
        is_cheapest=row["regret"] == 0,
        loses_service=worse,
    )


def _money(value: float) -> str:
    return DASH if value != value else f"{'−' if value < 0 else ''}{amount(abs(value))}"


def _ends(row: Row, name: str = "") -> str:
    """Return the interval of an amount of money; nothing where there is none."""
    low, high = (row[f"{name}_{end}" if name else f"ci_{end}"] for end in ("low", "high"))
    return "" if low != low else f"[{_money(low)}, {_money(high)}]"


def _largest(table: pd.DataFrame, option: str) -> str:
    rows: list[Row] = table[(table["scenario"] == option) & table["regret"].notna()].to_dict("records")
    if not rows:
        return DASH
    worst = max(rows, key=lambda row: row["regret"])
    return f"+{amount(worst['regret'])} {_within(worst['future'])}" if worst["regret"] > 0 else "none"


def _opening(future: str) -> str:
    return STANDS.capitalize() if future == FIRST else future


def _within(future: str) -> str:
    return STANDS if future == FIRST else f"in {future}"


# -- sentences --------------------------------------------------------------------------------------------------------


def _finding(table: pd.DataFrame, future: str, outcomes: Mapping[tuple[str, str], FutureOutcome]) -> str:
    """Say which option costs least in a future, whether one misses less, and which lose service against the base."""
    rows = table[table["future"] == future].to_dict("records")
    lost = [row["scenario"] for row in rows if outcomes[row["scenario"], future].loses_service]
    ending = f"; {listed(lost)} {'loses' if len(lost) == 1 else 'lose'} service against the base" if lost else ""
    cheapest = [row for row in rows if row["regret"] == 0]
    if not cheapest:
        return f"{_opening(future)}: cost cannot be compared, {_safest(rows)}{ending}."
    names = listed([row["scenario"] for row in cheapest])
    unsure = _rivals(rows)
    costs = f"{names} {'costs' if len(cheapest) == 1 else 'cost'} least ({_money(cheapest[0]['net_cost'])})"
    costs += f", though {listed(unsure)} may cost no more" if unsure else ""
    return f"{_opening(future)}: {costs}{_missing(rows, cheapest)}{ending}."


def title_of(future: str) -> str:
    """Return the title of a future: that of the scenarios themselves is not called after a file."""
    return STANDS if future == FIRST else future


def _rivals(rows: list[Row]) -> list[str]:
    """Return the options that seem to cost more than the cheapest, but not beyond chance."""
    return [row["scenario"] for row in rows if row["regret"] > 0 and not row["regret_low"] > 0]


def _missing(rows: list[Row], cheapest: list[Row]) -> str:
    """Say how the cheapest options compare with the safest in what they miss."""
    known = [row for row in rows if row["any_miss"] == row["any_miss"]]
    if not known or cheapest[0]["any_miss"] != cheapest[0]["any_miss"]:
        return ""
    safest = min(known, key=lambda row: row["any_miss"])
    least = min(row["miss_regret"] for row in cheapest)
    if least == 0:
        return " and misses no more than any other" if len(rows) > 1 else ""
    certain = all(row["miss_regret_low"] > 0 for row in cheapest)
    words = f"a miss at {chance(safest['any_miss'])} instead of {chance(cheapest[0]['any_miss'])}"
    return f", but {safest['scenario']} {'misses' if certain else 'seems to miss'} less ({words})"


def _safest(rows: list[Row]) -> str:
    known = [row for row in rows if row["any_miss"] == row["any_miss"]]
    if not known:
        return "and no SLA is judged"
    best = min(known, key=lambda row: row["any_miss"])
    return f"{best['scenario']} misses least ({chance(best['any_miss'])})"


def _conditions(comparison: Comparison, options: tuple[str, ...]) -> Iterator[str]:
    """Yield what would have to be true for the dearer of each two options."""
    table = comparison.tables["break_even"]
    money = currency_of(comparison.base.scenario) if comparison.base.layout.subjects["money"] else ""
    pairs = set()
    for row in table.to_dict("records"):
        pairs.add(frozenset((row["scenario"], row["instead_of"])))
        yield _probability(row, money) if row["measure"] == "probability" else _price(row, money)
    costs = comparison.tables["futures"].pivot(index="future", columns="scenario", values="net_cost")
    for one, other in itertools.combinations(options, 2):
        if frozenset((one, other)) in pairs or costs[[one, other]].isna().any(axis=None):
            continue
        if (costs[one] == costs[other]).all():
            yield f"{one} or {other}: they cost the same in each future."
        else:
            dear, cheap = (one, other) if costs[one][FIRST] > costs[other][FIRST] else (other, one)
            yield f"{dear} instead of {cheap}: nothing speaks for it. In each future it costs and misses no less."


def _probability(row: Row, money: str) -> str:
    pair = f"{row['scenario']} instead of {row['instead_of']}"
    gaps = (
        f"It costs {_money(row['dearer_first'])} {money} more as things stand {_ends(row, 'dearer_first')} and "
        f"{_money(-row['dearer'])} less in {row['future']} {_less(row)}."
    )
    if row["why"] == WORSE:
        return f"{pair}, {row['future']}: it serves worse, so that cost alone does not decide. {gaps}"
    if row["why"] == FEW:
        return f"{pair}, {row['future']}: too few replications to say how likely it would have to be. {gaps}"
    better, same = "It also serves better, so that less may be enough.", "Service does not differ beyond chance."
    odds_even = f"{chance(row['break_even'])} {interval(row['ci_low'], row['ci_high'], '.0%')}"
    return (
        f"{pair}: it is expected to cost less if {row['future']} is more likely than {odds_even}, and else things stay "
        f"as they stand. {better if row['why'] else same} {gaps}"
    )


def _less(row: Row) -> str:
    turned = {"less_low": -row["dearer_high"], "less_high": -row["dearer_low"]}
    return _ends(turned, "less")


def _price(row: Row, money: str) -> str:
    when = title_of(row["future"])
    pair = f"{row['scenario']} instead of {row['instead_of']}, {when}"
    more = f"It costs {_money(row['dearer'])} {money} more {_ends(row, 'dearer')} and misses less."
    if row["why"]:
        return f"{pair}: too few replications to say what a horizon without a miss would have to be worth. {more}"
    worth = f"{_money(row['break_even'])} {money} {_ends(row)}"
    return f"{pair}: right if a horizon without any miss is worth more than {worth}. {more}"
