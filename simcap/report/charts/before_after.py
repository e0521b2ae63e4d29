"""SLA attainment of a queue before and after: base and variant side by side in every window, with fans and target."""

from __future__ import annotations

import dataclasses

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.analysis.service import stands_out
from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.report.charts.attainment_panel import PanelSubject, draw_attainment
from simcap.report.charts.panels import (
    Margins,
    Panel,
    draw_key,
    draw_ribbon,
    draw_steps,
    make_panels,
    shape_of,
    text_size,
    write_head,
)
from simcap.report.charts.sla import MOST_STEPS, MOST_WINDOWS
from simcap.report.charts.style import BLUE, SOFT, new_sheet
from simcap.report.wording.findings import foot_line, queue_title, vendor_title
from simcap.report.wording.moves import FEW, Row, does_not_differ, judged, points, seen_in
from simcap.report.wording.standing import fan
from simcap.report.wording.words import chance, sla_terms, sla_title
from simcap.scenario.grid import Windows

Array = NDArray[np.float64]

MOST_VARIANTS = 4
"""Most variants side by side; more would be unreadable."""
MOST_SLAS = 4
BASE_COLOUR, VARIANT_COLOUR = SOFT, BLUE


@dataclasses.dataclass(frozen=True)
class Pair:
    """What one panel shows: an SLA in the base and in a variant."""

    variant: Results
    vendor: str
    sla: str
    attainment: Row
    risk: Row
    windows: Windows
    before: Array
    """[percentile, window]."""
    after: Array

    @property
    def size(self) -> float:
        """Return how far the SLA moves: attainment and the chance of a miss, where they differ beyond chance."""
        return float(sum(abs(row["difference"]) for row in (self.attainment, self.risk) if stands_out(row)))

    @property
    def loses(self) -> bool:
        """Say whether it certainly gets worse: attainment, or the chance of a miss."""
        return bool(self.attainment["ci_high"] < 0 or self.risk["ci_low"] > 0)


def queues_that_differ(comparison: Comparison) -> list[str]:
    """Return the queues of which some variant has an SLA that differs from the base's beyond chance.

    If none does, those that differ at all.
    """
    rows = [
        (key[0], stands_out(attainment) or stands_out(risk))
        for result in comparison.results[1:]
        for key, attainment, risk in judged(comparison, result.scenario.name)
        if not does_not_differ(attainment, risk) and attainment["difference"] == attainment["difference"]
    ]
    differing = {queue for queue, is_certain in rows if is_certain} or {queue for queue, _ in rows}
    return [queue for queue in comparison.base.scenario.queues if queue in differing]


def before_after_chart(comparison: Comparison, queue: str) -> Figure:
    """Draw the SLAs of a queue that differ: a panel each, or a row of panels with a column for each variant."""
    pairs = _pairs(comparison, queue)
    columns = len({pair.variant.scenario.name for pair in pairs})
    shape = shape_of(len(pairs)) if columns == 1 else (len(pairs) // columns, columns)
    partial = not all(all(pair.windows.whole) for pair in pairs)
    sheet = new_sheet(_finding(comparison, queue, pairs), _subtitle(comparison, pairs), foot_line(comparison.base))
    size = text_size(shape[1])
    room = Margins(above=0.32, left=0.45, right=0.62 if shape[1] <= 3 else 0.45)
    limits = _limits(comparison, queue, pairs)
    for pair, panel in zip(pairs, make_panels(sheet, len(pairs), shape, room), strict=True):
        write_head(sheet, panel, _names(comparison, queue, pair, columns), _notes(comparison, pair), size, above=0.08)
        _draw(queue, panel, pair, limits, size)
    others = [(BASE_COLOUR, "before"), (VARIANT_COLOUR, "after")]
    if partial:
        others.insert(0, ("partial", "partly in the horizon"))
    what = "simulated " if "anchored" in comparison.tables else ""
    draw_key(sheet, VARIANT_COLOUR, comparison.base.replications, what=what, others=[*others, ("target", "target")])
    return sheet.figure


# -- what is shown ----------------------------------------------------------------------------------------------------


def _pairs(comparison: Comparison, queue: str) -> list[Pair]:
    """Return the panels row by row: SLAs that differ in any variant, whole queues before vendors."""
    variants = comparison.results[1 : 1 + MOST_VARIANTS]
    rows = {
        result.scenario.name: {key: rows for key, *rows in judged(comparison, result.scenario.name) if key[0] == queue}
        for result in variants
    }
    keys = dict.fromkeys(key for own in rows.values() for key, both in own.items() if not does_not_differ(*both))
    shown = sorted(keys, key=lambda key: bool(key[1]))[:MOST_SLAS]
    shown = [key for key in shown if all(key in own for own in rows.values())] or shown[:1]
    return [
        _pair(comparison, result, key, *rows[result.scenario.name][key])
        for key in shown
        for result in variants
        if key in rows[result.scenario.name]
    ]


def _pair(comparison: Comparison, variant: Results, key: tuple[str, str, str], attainment: Row, risk: Row) -> Pair:
    windows = _windows(comparison, risk["per"])
    before, after = (
        fan(run.figures.of("sla", windows.period, key, "attainment")) for run in (comparison.base, variant)
    )
    return Pair(variant, key[1], key[2], attainment, risk, windows, before, after)


def _windows(comparison: Comparison, per: str) -> Windows:
    """Return the SLA's own windows, or coarser ones if these are too many."""
    known = comparison.base.layout.windows
    fitting = [known[period] for period in (per, "day", "week", "month") if period in known]
    return next((windows for windows in fitting if len(windows.cells) <= MOST_WINDOWS), fitting[-1])


def _limits(comparison: Comparison, queue: str, pairs: list[Pair]) -> tuple[float, float]:
    """Return the range of the percent axis that panels share: no lower than what is needed."""
    queue_spec = comparison.base.scenario.queues[queue]
    lowest = min(
        float(np.nanmin(points_))
        for pair in pairs
        for points_ in (pair.before, pair.after, np.array(queue_spec.sla[pair.sla].of(pair.vendor).target))
        if np.isfinite(points_).any()
    )
    return max(float(np.floor((lowest - 0.01) * 20)) / 20, 0.0), 1.0


# -- in words ---------------------------------------------------------------------------------------------------------


def _finding(comparison: Comparison, queue: str, pairs: list[Pair]) -> str:
    """Say what moves most, a loss before a gain, or that nothing moves beyond chance."""
    title = queue_title(comparison.base.scenario, queue)
    most = max(pairs, key=lambda pair: (pair.size > 0 and not pair.vendor, pair.loses, pair.size))
    if not most.size:
        count = comparison.base.replications
        who = "one replication cannot" if count == 1 else f"{count} replications cannot"
        return f"{title}: {who} tell {most.variant.scenario.name} from {comparison.base.scenario.name}"
    whose = f"{vendor_title(comparison.base.scenario, most.vendor)}’s " if most.vendor else ""
    name = most.variant.scenario.name
    if not stands_out(most.attainment):
        return f"{title}: {whose}{sla_title(most.sla)} {_risk(comparison, most)} with {name}"
    verb = "gains" if most.attainment["difference"] > 0 else "loses"
    gap = f"{100 * abs(most.attainment['difference']):.1f} points"
    words = f"{title}: {whose}{sla_title(most.sla)} {verb} {gap} with {name}"
    return f"{words}, {_risk(comparison, most)}" if stands_out(most.risk) else words


def _risk(comparison: Comparison, pair: Pair) -> str:
    before, after = pair.risk["base"], pair.risk["variant"]
    if comparison.base.replications > FEW:
        return f"at risk in any {pair.risk['per']} with {chance(after)} instead of {chance(before)}"
    before, after = (seen_in(one, comparison.base.replications) for one in (before, after))
    return f"missed in {after} replications instead of {before}"


def _subtitle(comparison: Comparison, pairs: list[Pair]) -> str:
    periods = list(dict.fromkeys(pair.windows.period for pair in pairs))
    names = [result.scenario.name for result in comparison.results[1 : 1 + MOST_VARIANTS]]
    before = f"before (grey, left: {comparison.base.scenario.name})"
    after = f"after (blue, right{': ' + names[0] if len(names) == 1 else ''})"
    text = f"Share of items on time, by {' and '.join(periods)} of creation: {before} and {after}"
    left = len(comparison.results) - 1 - len(names)
    return text + (f"; {left} more variants in the tables" if left > 0 else "")


def _names(comparison: Comparison, queue: str, pair: Pair, columns: int) -> list[str]:
    """Return titles of a panel, longest first."""
    sla = comparison.base.scenario.queues[queue].sla[pair.sla].of(pair.vendor)
    whose = vendor_title(comparison.base.scenario, pair.vendor) if pair.vendor else ""
    if columns > 1:
        name = pair.variant.scenario.name
        return [f"{name}: {whose or pair.sla}", name]
    terms = [sla_terms(pair.sla, sla, brief=brief) for brief in (False, True)]
    return [whose, pair.vendor] if whose else [*dict.fromkeys(terms), pair.sla]


def _notes(comparison: Comparison, pair: Pair) -> list[str]:
    """Return notes for after the title of a panel, longest first."""
    row, count = pair.attainment, comparison.base.replications
    gap = f"{100 * row['difference']:+.1f} points"
    ends = "" if np.isnan(row["ci_low"]) else f" {points(row)}"
    missed = f", missed in {seen_in(pair.risk['variant'], count)} (before: {seen_in(pair.risk['base'], count)})"
    return [note.replace("-", "−") for note in (f"{gap}{ends}{missed}", f"{gap}{ends}", gap)]


# -- how it is drawn --------------------------------------------------------------------------------------------------


def _draw(queue: str, panel: Panel, pair: Pair, limits: tuple[float, float], size: float) -> None:
    """Draw one panel."""
    scenario = pair.variant.scenario
    target = scenario.queues[queue].sla[pair.sla].of(pair.vendor).target
    subject = PanelSubject(scenario, queue, pair.vendor, target, pair.windows)
    low, high = limits
    rim = 0.015 * (high - low)
    widened = low - (rim if low == 0 else 0), high + rim
    draw_attainment(panel, subject, widened, size, lambda edges: _draw_fans(panel, pair, edges))


def _draw_fans(panel: Panel, pair: Pair, edges: Array) -> None:
    """Draw both fans, each in its half of every window; many windows as ribbons, one over the other."""
    both = (pair.before, BASE_COLOUR), (pair.after, VARIANT_COLOUR)
    if len(pair.windows.cells) > MOST_STEPS:
        for points_, colour in both:
            draw_ribbon(panel.axes, (edges[:-1] + edges[1:]) / 2, points_, colour, width=1.6)
        return
    halves = np.sort(np.concatenate([edges, (edges[:-1] + edges[1:]) / 2]))
    gap = float(min(0.01 * edges[-1] / panel.width, 0.04 * np.diff(edges).min()))
    for place, (points_, colour) in enumerate(both):
        mine = np.full((points_.shape[0], len(halves) - 1), np.nan)
        mine[:, place::2] = points_
        draw_steps(panel.axes, halves, mine, colour, half=gap)
