"""The work that arrives each week, by queue, against the hours that teams have for it."""

from __future__ import annotations

import dataclasses

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.analysis.risks import BUSY
from simcap.experiment.results import Results
from simcap.report.charts.panels import Fill, Kind, Margins, draw_boxes, key_above, make_panels, scale
from simcap.report.charts.style import INK, new_sheet
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.findings import foot_line, queue_title
from simcap.report.wording.standing import fan
from simcap.report.wording.words import compact, in_window, plural

Array = NDArray[np.float64]

FILLS = (
    Fill("#0b62a8"), Fill("#4b9bd1", "////"), Fill("#00866a"), Fill("#9a4f96", "\\\\\\\\"), Fill("#8a6d1f", "...."),
    Fill("#b4bcc5"),
)  # fmt: skip
"""Of the queues with most work, and of all others together."""


@dataclasses.dataclass(frozen=True)
class Load:
    """The work of a queue, or of several."""

    title: str
    hours: Array
    """[week] that the items created in it take, the mean over replications."""


def volume_chart(results: Results) -> Figure | None:
    """Draw arriving work as bars by queue and capacity as a line; nothing without the hours that queues take."""
    if not results.figures.has("work", "horizon"):
        return None
    loads = _loads(results)
    total = np.sum([load.hours for load in loads], axis=0) if loads else np.zeros(1)
    if not total.any():
        return None
    capacity = np.sum(
        [
            BUSY * results.figures.of("teams", "week", team, "on_floor_hours")
            for team in results.layout.subjects["teams"]
        ],
        axis=0,
    )
    subtitle = (
        f"Hours a week: bars are the handle time of the items created, by queue; the line is the hours on the floor "
        f"at {BUSY:.0%} occupancy, with 90% of replications"
    )
    sheet = new_sheet(_finding(results, total, capacity.mean(axis=0)), subtitle, foot_line(results))
    kinds: list[tuple[Kind, str]] = [(fill, load.title) for load, fill in zip(loads, FILLS, strict=False)]
    sheet = key_above(sheet, [*kinds, (INK, "capacity")])
    (panel,) = make_panels(sheet, 1, (1, 1), Margins(above=0.3, left=0.6, right=0.2))
    timeline, windows = Timeline.of(results.scenario), results.layout.windows["week"]
    edges, points = timeline.edges(windows), fan(capacity)
    scale(panel, 0.0, 1.06 * float(max(total.max(), points[4].max())), compact, 10, foot=0.0, unit="hours")
    gap, base = 0.1 * float(np.diff(edges).min()), np.zeros_like(total)
    for load, fill in zip(loads, FILLS, strict=False):
        draw_boxes(panel.axes, edges[:-1] + gap, edges[1:] - gap, base, base + load.hours, zorder=2, **fill.look)
        base = base + load.hours
    panel.axes.stairs(points[4], edges, baseline=points[0], fill=True, color=INK, alpha=0.2, zorder=3)
    panel.axes.stairs(capacity.mean(axis=0), edges, color=INK, linewidth=2, baseline=None, zorder=4)
    timeline.draw(panel.axes, panel.width, size=10, edges=edges)
    return sheet.figure


def _loads(results: Results) -> list[Load]:
    """Return the work of the queues with most of it, the most first, and of the others together."""
    loads = []
    for queue in results.scenario.queues:
        subjects = [one for one in results.layout.subjects["work"] if one[2] == queue]
        done, busy = (
            float(np.sum([results.figures.of("work", "horizon", one, name).mean() for one in subjects]))
            for name in ("completed", "busy_hours")
        )
        arrived = results.figures.of("queues", "week", (queue,), "arrived").mean(axis=0)
        if done > 0:
            loads.append(Load(queue_title(results.scenario, queue), arrived * busy / done))
    loads.sort(key=lambda load: -float(load.hours.sum()))
    most = len(FILLS) - 1
    if len(loads) <= len(FILLS):
        return loads
    rest = loads[most:]
    return [*loads[:most], Load(f"{len(rest)} more queues", np.sum([load.hours for load in rest], axis=0))]


def _finding(results: Results, work: Array, capacity: Array) -> str:
    """Say in how many weeks more work arrives than there is capacity for, or how near it comes."""
    windows = results.layout.windows["week"]
    share = np.divide(work, capacity, out=np.full_like(work, np.inf), where=capacity > 0)
    worst = int(np.argmax(share))
    when = in_window("week", windows.starts[worst])
    most = f"{share[worst]:.0%} of capacity" if np.isfinite(share[worst]) else "no capacity at all"
    over = int((work > capacity).sum())
    if not over:
        return f"Capacity exceeds the work that arrives in every week; it is tightest {when} ({most})"
    of = plural(len(work), "week")
    return f"More work arrives than there is capacity for in {over} of {of}, most {when} ({most})"
