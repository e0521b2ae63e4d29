"""Options next to one another: what each loses and wins in service, what it costs, what it takes."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.any_miss import any_missed, attained, worst_column
from simcap.analysis.comparison import run_of
from simcap.analysis.money import ALL
from simcap.experiment.comparison import Comparison
from simcap.experiment.reading import read_comparison, read_json
from simcap.experiment.results import Results
from simcap.report.review.futures import FuturesReview, futures_review
from simcap.report.review.origin import Origin, origin_of
from simcap.report.review.risks import RiskReview, risks_of
from simcap.report.review.takes import takes
from simcap.report.wording.costs import total_cost
from simcap.report.wording.findings import queue_title, vendor_title
from simcap.report.wording.moves import does_not_differ, judged, moves
from simcap.report.wording.standing import Standing, fan, standings
from simcap.report.wording.verdict import Said, loses_service, net_costs, verdict
from simcap.report.wording.words import (
    DASH,
    amount,
    chance,
    currency_of,
    odds,
    short_window,
    sla_name,
    sla_terms,
)
from simcap.scenario.grid import Windows
from simcap.scenario.reading.disk_names import folder_name

Array = NDArray[np.float64]

MOST_NAMED = 3


@dataclasses.dataclass(frozen=True)
class Option:
    """One row of the decision table, in words; the base has no differences."""

    name: str
    differences: tuple[str, ...]
    """How its scenario differs from the base's."""
    lost: tuple[str, ...]
    """SLAs that are certainly worse than in the base."""
    won: tuple[str, ...]
    """SLAs that are certainly better than in the base."""
    any_miss: str
    """The chance that any whole window of any SLA is missed, with its 95% interval."""
    net_cost: str
    extra: str
    """Net cost beyond the base's, with its 95% interval; empty for the base."""
    worst: str
    """The week in which some SLA is most likely to be missed, and how likely."""
    takes: str
    said: tuple[Said, ...] = ()
    """The effects by weight, as the terminal tells them."""
    loses_service: bool = False
    question: str = ""
    """The description of its scenario."""
    reasons: tuple[RiskReview, ...] = ()
    """Why it loses service: the risks of the SLAs that it loses, the worst first."""


@dataclasses.dataclass(frozen=True)
class BeforeAfter:
    """One SLA before and after."""

    option: str
    title: str
    terms: str
    finding: str
    """How attainment moves, in words."""
    is_certain: bool
    """Whether it moves beyond chance."""
    windows: Windows
    target: float
    before: Array
    """[percentile, window]: 5, 25, 50, 75 and 95% of replications."""
    after: Array
    chance_before: Array
    """[window]."""
    chance_after: Array


@dataclasses.dataclass(frozen=True)
class ComparisonReview:
    """What a leader reads of a comparison."""

    comparison: Comparison
    options: tuple[Option, ...]
    """The base first."""
    pairs: tuple[BeforeAfter, ...]
    """The SLAs that differ, by option, those that move most first."""
    origins: tuple[Origin, ...]
    currency: str
    """Empty without a price."""
    futures: FuturesReview | None
    """None unless futures were named."""

    @property
    def variants(self) -> tuple[Option, ...]:
        """Return the options other than the base."""
        return self.options[1:]


def read_comparison_review(folder: Path) -> ComparisonReview:
    """Return the review of a comparison from its folder. Raises `RunError` if it does not hold a whole one."""
    comparison = read_comparison(folder)
    names = [results.scenario.name for results in comparison.results]
    manifests = [read_json(folder / "runs" / folder_name(name) / "manifest.json") for name in names]
    return comparison_review(comparison, tuple(map(origin_of, manifests)))


def comparison_review(comparison: Comparison, origins: tuple[Origin, ...]) -> ComparisonReview:
    """Return the review of a comparison."""
    base = comparison.base
    money = base.layout.subjects["money"]
    return ComparisonReview(
        comparison,
        (_option(base), *(_variant(comparison, place) for place in range(1, len(comparison.results)))),
        tuple(pair for results in comparison.results[1:] for pair in _pairs(comparison, results)),
        origins,
        currency_of(base.scenario) if money else "",
        futures_review(comparison),
    )


def _option(results: Results) -> Option:
    total = total_cost(results)
    net = DASH if total is None else f"{amount(total.net)} [{amount(total.low)}, {amount(total.high)}]"
    return Option(results.scenario.name, (), (), (), any_miss(results), net, "", worst_week(results), DASH)


def _variant(comparison: Comparison, place: int) -> Option:
    results = comparison.results[place]
    name = results.scenario.name
    moved = sorted(moves(comparison, name), key=lambda move: -move.size)
    lost, won = (
        tuple(sla_name(move.queue, move.vendor, move.sla) for move in moved if move.better is side)
        for side in (False, True)
    )
    return dataclasses.replace(
        _option(results),
        differences=comparison.words[place - 1] or ("nothing differs",),
        lost=lost,
        won=won,
        extra=_extra(comparison, name),
        takes=takes(comparison.base.scenario, results.scenario).words,
        said=tuple(verdict(comparison, name)),
        loses_service=loses_service(comparison, name),
        question=_question(comparison.base, results),
        reasons=_reasons(results, lost),
    )


def _question(base: Results, results: Results) -> str:
    """Return the description of a variant, unless it is the one that it took from its base."""
    own = results.scenario.description
    return own if own != base.scenario.description else ""


def _reasons(results: Results, lost: tuple[str, ...]) -> tuple[RiskReview, ...]:
    risks = (risk for risk in risks_of(results) if risk.text.kind == "sla_miss" and risk.text.subject in lost)
    return tuple(risks)[:MOST_NAMED]


def _extra(comparison: Comparison, name: str) -> str:
    rows = [row for row in net_costs(comparison, name).to_dict("records") if row["vendor"] == ALL]
    if not rows or rows[0]["difference"] != rows[0]["difference"]:
        return DASH
    row = rows[0]
    ends = [] if row["ci_low"] != row["ci_low"] else [_signed(row["ci_low"]), _signed(row["ci_high"])]
    return f"{_signed(row['difference'])} [{', '.join(ends)}]" if ends else _signed(row["difference"])


def _signed(money: float) -> str:
    sign = "+" if money > 0 else "−" if money < 0 else ""
    return f"{sign}{amount(abs(money))}"


def any_miss(results: Results) -> str:
    """Return the chance that any whole window of any SLA is missed, with its 95% interval."""
    share = any_miss_share(results)
    return DASH if share != share else odds(share, results.replications)


def any_miss_share(results: Results) -> float:
    """Return the share of replications in which any whole window of any SLA is missed; NaN if none is judged."""
    missed = any_missed(attained(run_of(results.scenario, results.figures)))
    return float("nan") if missed is None else float(missed.mean())


def worst_week(results: Results) -> str:
    """Return the week in which some SLA is most likely to be missed, and how likely; a dash if none is judged."""
    worst = worst_of(results)
    if worst is None:
        return DASH
    start, share = worst
    how_likely = odds(share, results.replications)
    return f"{short_window('week', start)} ({how_likely})" if share else f"none ({how_likely})"


def worst_of(results: Results) -> tuple[dt.datetime, float] | None:
    """Return the start of the week in which some SLA is most likely to be missed, and the chance of that."""
    weeks = results.layout.windows["week"]
    worst, likely = worst_column(attained(run_of(results.scenario, results.figures)), weeks)
    return None if worst is None else (weeks.starts[worst], likely)


# -- before and after -------------------------------------------------------------------------------------------------


def _pairs(comparison: Comparison, results: Results) -> Iterator[BeforeAfter]:
    """Yield the SLAs of a variant that differ from the base's, the largest move first."""
    name = results.scenario.name
    differing = [
        (abs(attainment["difference"]) + abs(np.nan_to_num(risk["difference"])), key, attainment)
        for key, attainment, risk in judged(comparison, name)
        if not does_not_differ(attainment, risk)
    ]
    sides = [{(row.queue, row.vendor, row.name): row for row in standings(one)} for one in (comparison.base, results)]
    certain = {(move.queue, move.vendor, move.sla) for move in moves(comparison, name)}
    for _, key, attainment in sorted(differing, key=lambda one: (one[1] not in certain, -one[0], one[1])):
        before, after = (side[key] for side in sides)
        yield _pair(results, before, after, attainment, is_certain=key in certain)


def _pair(
    results: Results, before: Standing, after: Standing, row: dict[object, object], *, is_certain: bool
) -> BeforeAfter:
    whose = f", {vendor_title(results.scenario, after.vendor)}" if after.vendor else ""
    moved = 100 * float(str(row["difference"]))
    return BeforeAfter(
        option=results.scenario.name,
        title=f"{queue_title(results.scenario, after.queue)}{whose}",
        terms=sla_terms(after.name, after.sla),
        finding=f"attainment {moved:+.1f} points, chance of a miss in the worst window "
        f"{_most(before)} then {_most(after)}",
        is_certain=is_certain,
        windows=after.windows,
        target=after.sla.target,
        before=fan(before.attainment),
        after=fan(after.attainment),
        chance_before=before.chance,
        chance_after=after.chance,
    )


def _most(row: Standing) -> str:
    return chance(float(np.nanmax(row.chance))) if np.isfinite(row.chance).any() else DASH
