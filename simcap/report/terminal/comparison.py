"""What the terminal shows of a comparison: what differs, what that does to each SLA, a statement of figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simcap.analysis.money import ALL
from simcap.experiment.compare import Comparison, widest
from simcap.experiment.explain import TOGETHER
from simcap.report.terminal.console import new_console
from simcap.report.terminal.run import places
from simcap.report.wording.moves import FEW, MOST_TOLD, does_not_differ, judged, of_variant, points, seen_in
from simcap.report.wording.verdict import net_costs, verdict
from simcap.report.wording.words import DASH, about, currency_of, interval, known, plural, sla_name

if TYPE_CHECKING:
    from rich.console import RenderableType

POINTS = (
    "Points: the mean difference of attainment over the horizon, replication by replication, with its 95% interval. "
    "Worse in: the {share} of replications."
)
RISK = {
    True: "Missed: in how many replications at least one window of the SLA is missed.",
    False: "Any miss: the chance that at least one window of the SLA is missed.",
}
MOST_NOTES = 8
MOST_NAMED = 4


def print_comparison(found: Comparison, folder: Path) -> None:
    """Print for each variant what differs, its SLAs beside those of the base, and the statement."""
    console = new_console()
    base = found.base
    console.print(f"Base: {base.scenario.name}, {plural(base.replications, 'replication')}, the same draws for all")
    for line in _noted(base.notes):
        console.print(line, soft_wrap=True)
    for other, words, notes in zip(found.results[1:], found.words, found.notes, strict=True):
        name = other.scenario.name
        console.print(f"\n{name}", style="bold")
        for line in words or ("nothing differs",):
            console.print(f"  {line}", soft_wrap=True)
        for subject, told in verdict(found, name):
            console.print(subject, style="bold")
            for sentence in told:
                console.print(f"  {DASH} {sentence}", soft_wrap=True)
        for block in (*_slas(found, name), *_costs(found, name), *_explained(found, name)):
            console.print(block, soft_wrap=isinstance(block, str))
        for line in _noted(notes):
            console.print(line, soft_wrap=True)
    few = base.replications <= FEW
    key = f"{POINTS.format(share='number' if few else 'share')} {RISK[few]}"
    console.print(f"\n{key}", style="dim", soft_wrap=True)
    for line in _precision(found):
        console.print(line, soft_wrap=True)
    console.print(f"\n{places(folder)}", soft_wrap=True)


def _noted(notes: Sequence[str]) -> list[str]:
    """Return what a run has to say, under a heading; nothing if it has nothing."""
    left = len(notes) - MOST_NOTES
    lines = [f"  {DASH} {note}" for note in notes[:MOST_NOTES]]
    return ["Notes", *lines, *([f"  and {left} more in comparison.json"] if left > 0 else [])] if notes else []


def _precision(found: Comparison) -> list[str]:
    """Say how well differences are known, and whether that is what was asked for."""
    if math.isinf(found.width):
        return ["One replication: nothing is known of how far off the differences are."]
    attained, costs = (100 * half for half in widest(found.tables))
    halves = [] if math.isnan(attained) else [f"±{about(attained) if attained >= 100 else f'{attained:.2g}'} points"]
    halves += [] if math.isnan(costs) else [f"±{costs:.2g}% of net cost"]
    if not halves:
        return ["No SLA and no price is common to them, so there is nothing to hold against each other."]
    lines = [f"Widest interval of a difference over the horizon: {'; '.join(halves)}."]
    if found.precision is not None and found.width > found.precision:
        count = plural(found.base.replications, "replication")
        lines.append(f"±{100 * found.precision:.2g} was asked for and is not reached with {count}, the most there are.")
    return lines


def _explained(found: Comparison, name: str) -> Iterator[RenderableType]:
    """Yield what each difference does alone to net cost and to the SLAs that move most."""
    from rich.table import Table

    if "explained" not in found.tables:
        return
    rows = of_variant(found, "explained", name)
    if rows.empty:
        return
    together = rows[rows["difference"] == TOGETHER].assign(size=lambda one: one["effect"].abs())
    slas = together[together["measure"] == "attainment"].sort_values("size", ascending=False, kind="stable")
    table = Table(box=None, pad_edge=False)
    table.add_column("what does it")
    keys = [(row["queue"], row["vendor"], row["sla"]) for row in slas.head(MOST_TOLD).to_dict("records")]
    costs = rows[rows["measure"] == "net_cost"].set_index("difference")
    if len(costs):
        table.add_column(f"net cost, {currency_of(found.base.scenario)}", justify="right")
    for queue, vendor, sla in keys:
        table.add_column(sla_name(queue, vendor, sla), justify="right")
    for difference in rows["difference"].unique():
        mine = rows[rows["difference"] == difference].set_index(["queue", "vendor", "sla"])
        cells = [f"{100 * mine.loc[key, 'effect']:+.1f} {points(mine.loc[key])}" for key in keys]
        if len(costs):
            cells.insert(0, f"{costs.loc[difference, 'effect']:+,.0f}")
        table.add_row(difference, *cells)
    yield table


def _costs(found: Comparison, name: str) -> Iterator[RenderableType]:
    """Yield the table of the vendors whose net cost differs, and a line for those that cost the same."""
    from rich.table import Table

    rows = net_costs(found, name).to_dict("records")
    if not rows:
        return
    if sum(row["vendor"] != ALL for row in rows) == 1:
        rows = rows[:1]  # A single vendor is all there is.
    differing = [row for row in rows if row["higher"] != 0 or row["lower"] != 0]
    table = Table(box=None, pad_edge=False)
    cost = f"net cost, {currency_of(found.base.scenario)}"
    for heading in (cost, "base", "then", "difference", "95% interval", "dearer in"):
        table.add_column(heading, justify="left" if heading.startswith("net") else "right")
    for row in differing:
        table.add_row(
            row["vendor"] or "all", known(row["base"], ",.0f"), known(row["variant"], ",.0f"),
            known(row["difference"], "+,.0f"), interval(row["ci_low"], row["ci_high"], "+,.0f"),
            seen_in(row["higher"], found.base.replications),
        )  # fmt: skip
    if differing:
        yield table
    same = sum(row["vendor"] != ALL for row in rows) - sum(row["vendor"] != ALL for row in differing)
    if same:
        yield f"{plural(same, 'vendor')} {'costs' if same == 1 else 'cost'} the same."


def _slas(found: Comparison, name: str) -> Iterator[RenderableType]:
    """Yield the table of the SLAs that differ, and lines for those that do not and those that only one of both has."""
    from rich.table import Table

    count = found.base.replications
    table = Table(box=None, pad_edge=False)
    missed = "missed in" if count <= FEW else "any miss"
    for heading in ("queue / SLA", "attained", "then", "points", "95% interval", "worse in", missed, "then"):
        table.add_column(heading, justify="left" if heading == "queue / SLA" else "right")
    same = []
    for key, row, risk in judged(found, name):
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
    yield from _only_in_one(found, name)


def _only_in_one(found: Comparison, name: str) -> Iterator[str]:
    """Yield what cannot be held against anything: SLAs that the base has and the variant has not, and the reverse."""
    runs = (found.base, found.of(name))
    subjects = [run.layout.subjects["sla"] for run in runs]
    for run, mine, others in zip(runs, subjects, reversed(subjects), strict=True):
        alone = [sla_name(*subject) for subject in mine if subject not in others]
        if alone:
            more = f" and {len(alone) - MOST_NAMED} more" if len(alone) > MOST_NAMED else ""
            yield f"Only in {run.scenario.name}: {', '.join(alone[:MOST_NAMED])}{more}"
