"""Why items of SLAs at risk are late, by week: the late items' time by cause."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.experiment.results import Results
from simcap.report.charts.panels import (
    DATES,
    Fill,
    Margins,
    Panel,
    draw_boxes,
    key_above,
    make_panels,
    scale,
    shape_of,
    text_size,
    write_head,
)
from simcap.report.charts.style import new_sheet
from simcap.report.charts.timeline import Timeline
from simcap.report.review.queues import CAUSE_WORDS
from simcap.report.wording.findings import foot_line, queue_title, vendor_title
from simcap.report.wording.standing import Standing
from simcap.report.wording.words import compact, in_window, sla_title

Array = NDArray[np.float64]

MOST_SLAS = 6
"""Most panels."""
FILLS = {
    "nobody": Fill("#b8480a"),
    "stopped": Fill("#8a6d1f", "...."),
    "capped": Fill("#9a4f96"),
    "elsewhere": Fill("#b8480a", "////"),
    "busy": Fill("#0b62a8"),
    "behind": Fill("#0b62a8", "\\\\\\\\"),
    "in_hand": Fill("#b4bcc5"),
    "earlier": Fill("#5b6773", "xxxx"),
}
BRIEF = {
    "nobody": "nobody on duty",
    "stopped": "stopped",
    "capped": "exposure limit",
    "elsewhere": "other vendors only",
    "busy": "all busy",
    "behind": "behind others",
    "in_hand": "in hand",
    "earlier": "late before",
}
"""Causes in the key."""


@dataclasses.dataclass(frozen=True)
class Late:
    """The time of one SLA's late items."""

    row: Standing
    title: str
    hours: dict[str, Array]
    """By cause [week], the mean over replications."""

    @property
    def total(self) -> Array:
        """Return [week] hours of all causes."""
        return np.asarray(np.sum([*self.hours.values()], axis=0))


def lateness_chart(results: Results, rows: Sequence[Standing]) -> Figure | None:
    """Draw for the SLAs with most late time what takes it, week by week; nothing if nothing is late."""
    lates = sorted((_late(results, row) for row in rows), key=lambda late: -float(late.total.sum()))
    lates = [late for late in lates if late.total.any()]
    if not lates:
        return None
    shown = lates[:MOST_SLAS]
    more = (
        f"; {len(lates) - len(shown)} more SLAs with late items, of less time, not shown"
        if len(lates) > len(shown)
        else ""
    )
    subtitle = (
        f"Hours from creation to decision of items that are late, by cause and week of creation, the mean over "
        f"replications; each SLA has its own scale{more}"
    )
    causes = [cause for cause in FILLS if any(late.hours[cause].any() for late in shown)]
    sheet = new_sheet(_finding(results, shown[0]), subtitle, foot_line(results))
    sheet = key_above(sheet, [(FILLS[cause], BRIEF[cause]) for cause in causes])
    shape = shape_of(len(shown))
    size = text_size(shape[1])
    room = Margins(above=0.36, left=0.06 * size, below=DATES)
    for late, panel in zip(shown, make_panels(sheet, len(shown), shape, room), strict=True):
        cause, share = _main(late)
        write_head(sheet, panel, [late.title], [f"{share:.0%} {BRIEF[cause]}", f"{share:.0%}"], size, above=0.09)
        _draw(results, panel, late, size)
    return sheet.figure


def _late(results: Results, row: Standing) -> Late:
    subject = (row.queue, row.vendor, row.name)
    hours = {cause: results.figures.of("late", "week", subject, f"{cause}_hours").mean(axis=0) for cause in FILLS}
    whose = f", {vendor_title(results.scenario, row.vendor)}" if row.vendor else ""
    return Late(row, f"{queue_title(results.scenario, row.queue)}{whose}, {sla_title(row.name)}", hours)


def _main(late: Late) -> tuple[str, float]:
    """Return the cause that takes most of the time, and its share."""
    cause = max(late.hours, key=lambda one: float(late.hours[one].sum()))
    return cause, float(late.hours[cause].sum() / late.total.sum())


def _finding(results: Results, late: Late) -> str:
    cause, share = _main(late)
    worst = int(np.argmax(late.total))
    when = in_window("week", results.layout.windows["week"].starts[worst])
    return f"{late.title}: {share:.0%} of the late items’ time goes to “{CAUSE_WORDS[cause]}”; most is late {when}"


def _draw(results: Results, panel: Panel, late: Late, size: float) -> None:
    """Draw the bars of one SLA, the causes on top of one another."""
    timeline, windows = Timeline.of(results.scenario), results.layout.windows["week"]
    edges = timeline.edges(windows)
    scale(panel, 0.0, 1.06 * float(late.total.max()), compact, size, foot=0.0, most=4, unit="hours")
    gap, base = 0.1 * float(np.diff(edges).min()), np.zeros_like(late.total)
    for cause, fill in FILLS.items():
        if late.hours[cause].any():
            top = base + late.hours[cause]
            draw_boxes(panel.axes, edges[:-1] + gap, edges[1:] - gap, base, top, zorder=2, **fill.look)
            base = top
    timeline.draw(panel.axes, panel.width, size=size, edges=edges)
