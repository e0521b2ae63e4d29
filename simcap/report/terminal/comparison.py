"""What the terminal shows after a comparison: what differs, its effect on each SLA, the precision."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simcap.analysis.money import ALL
from simcap.experiment.compared import widest
from simcap.experiment.comparison import Comparison
from simcap.experiment.explain import TOGETHER
from simcap.report.review.futures import futures_review, title_of
from simcap.report.terminal.anchored import change_lines, future_lines
from simcap.report.terminal.console import new_console, say
from simcap.report.terminal.precision import SKETCHED, difference_lines
from simcap.report.terminal.run import places
from simcap.report.wording.moves import FEW, MOST_TOLD, does_not_differ, judged, of_variant, points, seen_in
from simcap.report.wording.verdict import net_costs, verdict
from simcap.report.wording.words import DASH, about, currency_of, interval, known, plural, sla_name, spoken_dates

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

POINTS = (
    "Points: the mean difference in attainment over the horizon, replication by replication, with its 95% interval. "
    "Worse in: the {share} of replications."
)
RISK = {
    True: "Missed: in how many replications at least one window of the SLA is missed.",
    False: "Any miss: the chance that at least one window of the SLA is missed.",
}
MOST_NOTES = 8
MOST_NAMED = 4


def print_comparison(comparison: Comparison, folder: Path) -> None:
    """Print for each variant what differs, its SLAs next to the base's, and the precision."""
    console = new_console()
    base = comparison.base
    console.print(f"Base: {base.scenario.name}, {plural(base.replications, 'replication')}, the same draws for all")
    _print_notes(console, (*base.notes, *comparison.rests))
    for other, words, notes in zip(comparison.results[1:], comparison.words, comparison.notes, strict=True):
        name = other.scenario.name
        console.print(f"\n{name}", style="bold")
        for line in words or ("nothing differs",):
            say(console, line, 2)
        for subject, sentences in verdict(comparison, name):
            console.print(subject, style="bold")
            for sentence in sentences:
                say(console, sentence, 2, f"{DASH} ")
        for block in (*_slas(comparison, name), *_costs(comparison, name), *_explained(comparison, name)):
            if isinstance(block, str):
                say(console, block)
            else:
                console.print(block)
        _print_sketched(console, sketched_lines(comparison, name))
        if (anchored := change_lines(comparison, name)) is not None:
            console.print(anchored)
        _print_notes(console, notes)
    _print_futures(console, comparison)
    few = base.replications <= FEW
    console.print()
    say(console, f"{POINTS.format(share='number' if few else 'share')} {RISK[few]}", style="dim")
    for line in precision_lines(comparison):
        say(console, line)
    console.print(f"\n{places(folder)}", soft_wrap=True)


def _print_notes(console: Console, notes: Sequence[str]) -> None:
    """Print a run's notes under a heading; nothing if there are none."""
    if not notes:
        return
    console.print("Notes")
    for note in notes[:MOST_NOTES]:
        say(console, spoken_dates(note), 2, f"{DASH} ")
    if len(notes) > MOST_NOTES:
        console.print(f"  and {len(notes) - MOST_NOTES} more in comparison.json", soft_wrap=True)


def sketched_lines(comparison: Comparison, name: str) -> list[str]:
    """Say what sketches make of a variant's differences; nothing without any."""
    if "precision" not in comparison.tables:
        return []
    rows = of_variant(comparison, "precision", name)
    costs = (rows["measure"] == "net_cost").any()
    return difference_lines(rows, currency_of(comparison.base.scenario) if costs else "")


def _print_sketched(console: Console, lines: Sequence[str]) -> None:
    if lines:
        console.print(SKETCHED)
    for line in lines:
        say(console, line, 2, f"{DASH} ")


def _print_futures(console: Console, comparison: Comparison) -> None:
    """Print each option in each future, which is right when, and what would have to be true; nothing without any."""
    from rich.table import Table

    review = futures_review(comparison)
    if review is None:
        return
    console.print("\nFutures", style="bold")
    for name, words in review.futures:
        say(console, f"{title_of(name)}: {'; '.join(words) or 'nothing differs'}", 2)
    table = Table(box=None, pad_edge=False)
    for heading in ("future", "option", "net cost", "regret", "any miss", "worst week", ""):
        table.add_column(heading, justify="right" if heading in ("net cost", "regret", "any miss") else "left")
    for name, _ in review.futures:
        for option in review.options:
            one = review.outcomes[option, name]
            first = title_of(name) if option == review.options[0] else ""
            table.add_row(first, option, one.net_cost, one.regret or DASH, one.any_miss, one.worst, one.service)
    console.print(table)
    for title, lines in (("Which is right", review.findings), ("What would have to be true", review.conditions)):
        if lines:
            console.print(title, style="bold")
        for line in lines:
            say(console, line, 2, f"{DASH} ")
    console.print(review.simulated)
    if (anchored := future_lines(comparison)) is not None:
        console.print(anchored)


def precision_lines(comparison: Comparison) -> list[str]:
    """Say how precisely differences are known, and whether that is what was asked for."""
    if math.isinf(comparison.width):
        return ["One replication: the uncertainty of the differences is unknown."]
    attained, costs = (100 * half for half in widest(comparison.tables))
    halves = [] if math.isnan(attained) else [f"±{about(attained) if attained >= 100 else f'{attained:.2g}'} points"]
    halves += [] if math.isnan(costs) else [f"±{costs:.2g}% of net cost"]
    if not halves:
        return ["They have no SLA and no price in common, so there is nothing to compare."]
    which = (
        "90% interval of a difference, with sketches,"
        if "precision" in comparison.tables
        else "interval of a difference"
    )
    lines = [f"Widest {which} over the horizon: {'; '.join(halves)}."]
    if comparison.precision is not None and comparison.width > comparison.precision:
        count = plural(comparison.base.replications, "replication")
        lines.append(
            f"±{100 * comparison.precision:.2g} was asked for, but not reached with {count}, the most allowed."
        )
    return lines


def _explained(comparison: Comparison, name: str) -> Iterator[RenderableType]:
    """Yield the effect of each difference alone on net cost and on the SLAs that move most."""
    from rich.table import Table

    if "explained" not in comparison.tables:
        return
    rows = of_variant(comparison, "explained", name)
    if rows.empty:
        return
    together = rows[rows["difference"] == TOGETHER].assign(size=lambda one: one["effect"].abs())
    slas = together[together["measure"] == "attainment"].sort_values("size", ascending=False, kind="stable")
    table = Table(box=None, pad_edge=False)
    table.add_column("cause")
    keys = [(row["queue"], row["vendor"], row["sla"]) for row in slas.head(MOST_TOLD).to_dict("records")]
    costs = rows[rows["measure"] == "net_cost"].set_index("difference")
    if len(costs):
        table.add_column(f"net cost, {currency_of(comparison.base.scenario)}", justify="right")
    for queue, vendor, sla in keys:
        table.add_column(sla_name(queue, vendor, sla), justify="right")
    for difference in rows["difference"].unique():
        effects = rows[rows["difference"] == difference].set_index(["queue", "vendor", "sla"])
        cells = [f"{100 * effects.loc[key, 'effect']:+.1f} {points(effects.loc[key])}" for key in keys]
        if len(costs):
            cells.insert(0, f"{costs.loc[difference, 'effect']:+,.0f}")
        table.add_row(difference, *cells)
    yield table


def _costs(comparison: Comparison, name: str) -> Iterator[RenderableType]:
    """Yield the table of the vendors whose net cost differs, and a line for those that cost the same."""
    from rich.table import Table

    rows = net_costs(comparison, name).to_dict("records")
    if not rows:
        return
    if sum(row["vendor"] != ALL for row in rows) == 1:
        rows = rows[:1]  # With a single vendor the total says the same.
    differing = [row for row in rows if row["higher"] != 0 or row["lower"] != 0]
    table = Table(box=None, pad_edge=False)
    cost = f"net cost, {currency_of(comparison.base.scenario)}"
    for heading in (cost, "base", "then", "difference", "95% interval", "dearer in"):
        table.add_column(heading, justify="left" if heading.startswith("net") else "right")
    for row in differing:
        table.add_row(
            row["vendor"] or "all", known(row["base"], ",.0f"), known(row["variant"], ",.0f"),
            known(row["difference"], "+,.0f"), interval(row["ci_low"], row["ci_high"], "+,.0f"),
            seen_in(row["higher"], comparison.base.replications),
        )  # fmt: skip
    if differing:
        yield table
    same = sum(row["vendor"] != ALL for row in rows) - sum(row["vendor"] != ALL for row in differing)
    if same:
        yield f"{plural(same, 'vendor')} {'costs' if same == 1 else 'cost'} the same."


def _slas(comparison: Comparison, name: str) -> Iterator[RenderableType]:
    """Yield the table of the SLAs that differ, and lines for those that do not, or that only one of the two has."""
    from rich.table import Table

    count = comparison.base.replications
    table = Table(box=None, pad_edge=False)
    missed = "missed in" if count <= FEW else "any miss"
    for heading in ("queue / SLA", "attained", "then", "points", "95% interval", "worse in", missed, "then"):
        table.add_column(heading, justify="left" if heading == "queue / SLA" else "right")
    same = []
    for key, row, risk in judged(comparison, name):
        if does_not_differ(row, risk):
            same.append(row)
            continue
        table.add_row(
            sla_name(*key),
            known(row["base"], ".1%"), known(row["variant"], ".1%"), known(100 * row["difference"], "+.1f"),
            points(row), seen_in(row["lower"], count), seen_in(risk["base"], count), seen_in(risk["variant"], count),
        )  # fmt: skip
    if table.row_count:
        yield table
    if same:
        by = "" if all(row["lower"] == row["higher"] == 0 for row in same) else " by half a point"
        yield f"{plural(len(same), 'SLA')} {'does' if len(same) == 1 else 'do'} not differ{by}."
    yield from _only_in_one(comparison, name)


def _only_in_one(comparison: Comparison, name: str) -> Iterator[str]:
    """Yield what cannot be compared: SLAs that only the base or only the variant has."""
    runs = (comparison.base, comparison.of(name))
    subjects = [run.layout.subjects["sla"] for run in runs]
    for run, own, others in zip(runs, subjects, reversed(subjects), strict=True):
        alone = [sla_name(*subject) for subject in own if subject not in others]
        if alone:
            more = f" and {len(alone) - MOST_NAMED} more" if len(alone) > MOST_NAMED else ""
            yield f"Only in {run.scenario.name}: {', '.join(alone[:MOST_NAMED])}{more}"
