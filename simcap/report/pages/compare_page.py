"""The page of a comparison: the decision table, SLAs before and after, and each option's effects."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from simcap.analysis.money import ALL
from simcap.experiment.explain import TOGETHER
from simcap.report.pages.attainment import NARROW, WIDE, Fan, attainment_figure
from simcap.report.pages.pages import render
from simcap.report.pages.rests import rests
from simcap.report.review.choice import choice_of
from simcap.report.review.definitions import COMPARED, IN_FUTURES
from simcap.report.review.futures import title_of
from simcap.report.review.options import BeforeAfter, ComparisonReview, Option, read_comparison_review
from simcap.report.review.review import assumptions_of
from simcap.report.review.validation import validation_of
from simcap.report.terminal.comparison import precision_lines, sketched_lines
from simcap.report.terminal.precision import SKETCHED
from simcap.report.wording.anchored import (
    CHANGE_HEADINGS,
    CHANGE_KEY,
    IN_FUTURE_HEADINGS,
    IN_FUTURE_KEY,
    change_rows,
    future_rows,
    too_far,
)
from simcap.report.wording.moves import judged, of_variant, points, seen_in
from simcap.report.wording.verdict import net_costs
from simcap.report.wording.words import DASH, interval, known, plural, sla_name, span_of_days, spoken_dates
from simcap.scenario.reading.assumptions import neutral

MOST_PAIRS = 10
SIDES = (
    "the base left and the option right; the upper row of chances is the base’s. Median, 50% and 90% of replications; "
    "▲ at risk."
)
MOST_NAMED = 3
ALL_SLAS = "The chance of any miss counts all SLAs together; that of each is in the table of the option."
COLUMNS = (
    "Option", "Service lost", "Service won", "Chance of any miss", "Net cost", "More than the base", "Worst week",
    "What it takes",
)  # fmt: skip
FUTURE_HEADINGS = (
    "Future", "Option", "Net cost", "More than the cheapest", "Chance of any miss", "Worst week", "Service",
)  # fmt: skip
SLA_HEADINGS = ("SLA", "Attained", "Then", "Points", "95% interval", "Worse in", "Any miss", "Then")
COST_HEADINGS = ("Vendor", "Base", "Then", "Difference", "95% interval", "Dearer in")


def compare_page(folder: Path) -> str:
    """Return the page of a comparison. Raises `RunError` if the folder does not hold a whole one."""
    review = read_comparison_review(folder)
    base = review.comparison.base
    horizon = base.scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    choice = choice_of(review)
    left = len(review.pairs) - MOST_PAIRS
    return render(
        "compare.html.j2",
        review=review,
        period=f"{span_of_days(horizon.start, last)} ({horizon.timezone})",
        replications=plural(base.replications, "replication"),
        standing=choice.standing,
        heading=choice.heading,
        sentences=choice.sentences,
        columns=[f"{name}, {review.currency}" if name == "Net cost" and review.currency else name for name in COLUMNS],
        cells=[_cells(option) for option in review.options],
        key=" ".join((ALL_SLAS, *precision_lines(review.comparison))),
        pairs=[_pair(pair) for pair in review.pairs[:MOST_PAIRS]],
        left=f"{plural(left, 'more SLA')} that differ less are in the tables below." if left > 0 else "",
        futures=_futures(review),
        sla_headings=SLA_HEADINGS,
        sketched_title=SKETCHED,
        cost_headings=COST_HEADINGS,
        change_headings=CHANGE_HEADINGS,
        change_key=CHANGE_KEY,
        details=[_details(review, place) for place in range(1, len(review.options))],
        unclear=_unclear(review),
        neutral=neutral(base.scenario),
        notes=[spoken_dates(note) for note in (*base.notes, *review.comparison.rests)],
        base_only=f"Values are those of {base.scenario.name}; what an option changes stands beside its name above.",
        **rests(tuple(assumptions_of(base)), validation_of(base)),
        definitions=(*COMPARED, *(IN_FUTURES if review.futures else ())),
    )


# -- the decision -----------------------------------------------------------------------------------------------------


def _cells(option: Option) -> tuple[str, ...]:
    return (
        _named(option.lost), _named(option.won), option.any_miss, option.net_cost, option.extra or DASH, option.worst,
        option.takes[0].upper() + option.takes[1:],
    )  # fmt: skip


def _named(slas: tuple[str, ...]) -> str:
    if not slas:
        return "none"
    more = len(slas) - MOST_NAMED
    return "; ".join(slas[:MOST_NAMED]) + (f"; {more} more" if more > 0 else "")


# -- futures ----------------------------------------------------------------------------------------------------------


def _futures(review: ComparisonReview) -> dict[str, Any] | None:
    """Return the decision table against futures, options in rows and futures in columns; None without futures."""
    futures = review.futures
    if futures is None:
        return None
    names = [name for name, _ in futures.futures]
    outcomes = [futures.outcomes[option, name] for name in names for option in futures.options]
    return {
        "review": futures,
        "names": list(map(title_of, names)),
        "worded": [(title_of(name), words) for name, words in futures.futures],
        "headings": FUTURE_HEADINGS,
        "rows": [
            (option, [(title_of(name), futures.outcomes[option, name]) for name in names]) for option in futures.options
        ],
        "details": [
            (
                title_of(one.future),
                one.option,
                one.net_cost,
                one.regret or DASH,
                one.any_miss,
                one.worst,
                one.service or DASH,
            )
            for one in outcomes
        ],
        "anchored_headings": IN_FUTURE_HEADINGS,
        "anchored": future_rows(review.comparison),
        "anchored_key": IN_FUTURE_KEY,
        "too_far": too_far(review.comparison),
    }


# -- figures and tables -----------------------------------------------------------------------------------------------


def _pair(pair: BeforeAfter) -> dict[str, Any]:
    label = f"{pair.title}, {pair.terms}: {pair.finding}."
    fans = [Fan(pair.before, pair.chance_before), Fan(pair.after, pair.chance_after, "b")]
    wide, narrow = (attainment_figure(fans, pair.windows, pair.target, label, width) for width in (WIDE, NARROW))
    return {
        "is_certain": pair.is_certain,
        "option": pair.option, "title": pair.title, "terms": pair.terms, "finding": pair.finding, "wide": wide,
        "narrow": narrow,
        "caption": f"By {pair.windows.period} of creation, {SIDES}",
    }  # fmt: skip


def _unclear(review: ComparisonReview) -> str:
    """Say how many of the SLAs that are charted move no more than chance does."""
    count = sum(not pair.is_certain for pair in review.pairs[:MOST_PAIRS])
    return f"{plural(count, 'more SLA')} may differ, but not beyond chance"


def _details(review: ComparisonReview, place: int) -> dict[str, Any]:
    comparison, option = review.comparison, review.options[place]
    count = comparison.base.replications
    slas = [
        (
            sla_name(*key), known(row["base"], ".1%"), known(row["variant"], ".1%"),
            known(100 * row["difference"], "+.1f"), points(row), seen_in(row["lower"], count),
            seen_in(risk["base"], count), seen_in(risk["variant"], count),
        )
        for key, row, risk in judged(comparison, option.name)
    ]  # fmt: skip
    costs = [
        (
            row["vendor"] or "all", known(row["base"], ",.0f"), known(row["variant"], ",.0f"),
            known(row["difference"], "+,.0f"), interval(row["ci_low"], row["ci_high"], "+,.0f"),
            seen_in(row["higher"], count),
        )
        for row in net_costs(comparison, option.name).to_dict("records")
    ]  # fmt: skip
    notes = comparison.notes[place - 1] if comparison.notes else ()
    return {
        "slas": slas,
        "sketched": sketched_lines(comparison, option.name),
        "anchored": change_rows(comparison, option.name),
        "costs": costs,
        "notes": [spoken_dates(note) for note in notes],
        **_explained(review, option),
    }


def _explained(review: ComparisonReview, option: Option) -> dict[str, Any]:
    """Return the effect of each difference alone on net cost and on the SLAs that move most."""
    if "explained" not in review.comparison.tables:
        return {"explained": [], "explained_headings": ()}
    rows = of_variant(review.comparison, "explained", option.name)
    together = rows[(rows["difference"] == TOGETHER) & (rows["measure"] == "attainment")]
    together = together.assign(size=together["effect"].abs()).sort_values("size", ascending=False, kind="stable")
    keys = [(row["queue"], row["vendor"], row["sla"]) for row in together.head(MOST_NAMED).to_dict("records")]
    costs = rows[(rows["measure"] == "net_cost") & (rows["vendor"] == ALL)].set_index("difference")["effect"]
    table = []
    for difference in rows["difference"].unique():
        effects = rows[rows["difference"] == difference].set_index(["queue", "vendor", "sla"])
        cells = [f"{100 * effects.loc[key, 'effect']:+.1f} {points(effects.loc[key])}" for key in keys]
        cost = [f"{costs[difference]:+,.0f}"] if len(costs) else []
        table.append((difference, *cost, *cells))
    headings = ("Cause", *((f"Net cost, {review.currency}",) if len(costs) else ()), *(sla_name(*key) for key in keys))
    return {"explained": table, "explained_headings": headings}
