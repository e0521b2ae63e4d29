"""The chart of a staffing search: what each confidence costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simcap.planning.staffing import Answer, Staffing
from simcap.report.charts.style import BLUE, INK, MARGIN, RULE, WIDTH, emptied, house_style, new_sheet, save
from simcap.report.terminal.staffing import cost_title, standing, weakest
from simcap.report.wording.words import FOOT_DOT, amount, plural


def draw_costs(staffing: Staffing, folder: Path) -> list[Path]:
    """Draw added cost by confidence as PNG and SVG into a folder; return the paths. Nothing for a single answer."""
    emptied(folder)
    if len(staffing.answers) < 2:
        return []
    with house_style():
        counts = sorted({one.checked for one in staffing.answers})
        checked = plural(counts[-1], "fresh replication")
        sheet = new_sheet(
            cost_title(staffing),
            f"Cost added to the scenario as it is, {staffing.unit}, by the confidence asked for in every window; "
            "lines: 95% intervals",
            f"{staffing.scenario.name}{FOOT_DOT}{checked if len(counts) == 1 else f'{counts[0]} to {checked}'}",
        )
        left = MARGIN + 0.7
        axes = sheet.axes(left, sheet.bottom + 0.75, WIDTH - MARGIN - left, sheet.top - sheet.bottom - 1.15)
        places = np.arange(len(staffing.answers))
        added = np.array([one.added for one in staffing.answers])
        for place, one in zip(places, staffing.answers, strict=True):
            axes.vlines(place, one.added_low, one.added_high, color=BLUE, linewidth=2, zorder=3)
            axes.annotate(
                amount(one.added),
                (place, one.added_high),
                (0, 8),
                textcoords="offset points",
                ha="center",
                color=INK,
                size=12,
            )
        axes.plot(places, added, "o-", color=BLUE, markersize=9, linewidth=1.2, zorder=4)
        axes.set_xlim(-0.4, len(staffing.answers) - 0.5)
        axes.set_ylim(min(0.0, float(added.min()) * 1.1), max(float(added.max()) * 1.15, 1.0))
        axes.set_xticks(places, [_asked_and_kept(one) for one in staffing.answers], size=12, color=INK)
        axes.yaxis.set_major_formatter(lambda value, _: amount(value))
        axes.set_ylabel(staffing.unit)
        axes.grid(axis="y", color=RULE)
        return save(sheet.figure, folder, "cost-by-confidence")


def _asked_and_kept(answer: Answer) -> str:
    return f"{answer.confidence:.0%} asked\n{standing(answer)}\nweakest {weakest(answer)}"
