"""The tornado: what each driver does to an SLA over its range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from simcap.planning.sensitivity import Sensitivity
from simcap.report.charts.panels import Fill, write_key
from simcap.report.charts.style import (
    BLUE,
    INK,
    MARGIN,
    RISK,
    RULE,
    WIDTH,
    emptied,
    house_style,
    new_sheet,
    save,
    text_width,
)
from simcap.report.terminal.sensitivity import KEY, moving, swings
from simcap.report.wording.words import FOOT_DOT, chance, sla_name

MOST_BARS = 16
LOW, HIGH = Fill(BLUE), Fill(RISK, "////")


def draw_tornado(sensitivity: Sensitivity, subject: tuple[str, str, str], folder: Path) -> list[Path]:
    """Draw the swings of an SLA's attainment as PNG and SVG; return the paths. Nothing if nothing moves it."""
    emptied(folder)
    rows = moving(swings(sensitivity, subject)).head(MOST_BARS)
    if rows.empty:
        return []
    names = [str(name) for name in rows.index]
    first = rows.iloc[0]
    end = max(("low", "high"), key=lambda one: abs(first["difference", one]))
    points = 100 * first["difference", end]
    verb = "costs" if points < 0 else "gains"
    title = f"{names[0]} at {first['value', end]} {verb} {sla_name(*subject)} {abs(points):.1f} points"
    with house_style():
        sheet = new_sheet(
            title[0].upper() + title[1:],
            "Change of attainment over the horizon in points, each driver moved alone over 90% of its own uncertainty "
            f"(*), else by a tenth; lines: 95% intervals. {_as_it_is(sensitivity, subject, rows)}",
            f"{sensitivity.scenario.name}{FOOT_DOT}{sensitivity.rests_on}",
        )
        labels = [
            f"{name}{' *' if row['own', 'low'] else ''}  {row['value', 'low']} to {row['value', 'high']}"
            for name, (_, row) in zip(names, rows.iterrows(), strict=True)
        ]
        left = MARGIN + max(text_width(label, 10) for label in labels) + 0.15
        axes = sheet.axes(left, sheet.bottom + 0.25, WIDTH - MARGIN - left - 0.5, sheet.top - sheet.bottom - 0.45)
        for place, (_, row) in enumerate(rows.iterrows()):
            for end, colour, beside in (("low", LOW, -0.11), ("high", HIGH, 0.11)):
                value = 100 * row["difference", end]
                axes.barh(place, value, height=0.66, zorder=2, **colour.look)
                axes.hlines(
                    place + beside,
                    100 * row["ci_low", end],
                    100 * row["ci_high", end],
                    color=INK,
                    linewidth=1,
                    zorder=3,
                )
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        longest = 100 * np.abs(rows["difference"].to_numpy(float)).max()
        # A single replication has no intervals.
        reach = 100 * np.nan_to_num(np.abs(rows[["ci_low", "ci_high"]].to_numpy(float))).max()
        axes.set_xlim(-1.05 * max(reach, longest), 1.05 * max(reach, longest))
        axes.set_yticks(np.arange(len(rows)), labels, size=10, color=INK)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0 points")
        axes.grid(axis="x", color=RULE)
        write_key(sheet, [(LOW, "at its low end"), (HIGH, "at its high end"), (INK, "95% interval")])
        return save(sheet.figure, folder, "tornado")


def _as_it_is(sensitivity: Sensitivity, subject: tuple[str, str, str], rows: pd.DataFrame) -> str:
    """Return the SLA's standing: its attainment, and its chance of a miss."""
    base = f"Now {rows.iloc[0]['base', 'low']:.1%} on time"
    breaks = sensitivity.breaks[(sensitivity.breaks[KEY] == list(subject)).all(axis=1)]
    if breaks.empty:
        return base
    first = breaks.iloc[0]
    interval = f"[{chance(first['base_low'])}, {chance(first['base_high'])}]"
    return f"{base}; any miss {chance(first['base'])} {interval}"
