"""The layout of figures as plain data: windows follow from the horizon, everything else is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simcap.analysis.figures import Layout
from simcap.scenario.grid import Grid
from simcap.scenario.schema.scenario import Horizon


def layout_document(layout: Layout) -> dict[str, Any]:
    """Return what `layout_of` needs as plain data."""
    return {name: value for name, value in vars(layout).items() if name != "windows"}


def layout_of(document: Mapping[str, Any], horizon: Horizon, periods: Sequence[str]) -> Layout:
    """Return the layout that a document of `layout_document` describes."""
    grid = Grid(horizon, hourly="hour" in periods)
    return Layout(windows={period: grid.windows(period) for period in periods}, **_tuples(dict(document)))


def _tuples(value: Any) -> Any:
    """Return plain data with tuples in place of lists."""
    if isinstance(value, dict):
        return {key: _tuples(part) for key, part in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
