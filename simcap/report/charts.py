"""All charts of a run."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from simcap.experiment.results import Results
from simcap.report.sla_chart import sla_chart
from simcap.report.standing import standings
from simcap.report.style import house_style, save


def draw_charts(results: Results, folder: Path) -> list[Path]:
    """Draw all charts into a folder, each as PNG and SVG; return the paths of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    with house_style():
        for queue, rows in groupby(standings(results), key=lambda row: row.queue):
            paths += save(sla_chart(results, list(rows)), folder, f"sla-{queue}")
    return paths
