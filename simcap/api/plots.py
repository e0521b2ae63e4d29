"""Charts of results in Python: `results.plot.sla("listings")`, drawn as the command line draws them."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simcap.experiment.comparison import Comparison
    from simcap.experiment.results import Results

CHARTS = (".risk()", ".backlog()", ".headcount()", ".hours()", ".money()")
"""Charts of a run, beside those of its SLAs."""


@dataclasses.dataclass(frozen=True)
class Plot:
    """A chart, which a notebook shows by itself."""

    figure: Any
    """The matplotlib figure."""

    def save(self, path: str | Path) -> Path:
        """Write it as PNG, SVG or PDF, by the ending of the path, and return that."""
        with _style():
            self.figure.savefig(path)
        return Path(path)

    def _repr_png_(self) -> bytes:
        whole = io.BytesIO()
        with _style():
            self.figure.savefig(whole, format="png", dpi=80)
        return whole.getvalue()


@dataclasses.dataclass(frozen=True, repr=False)
class RunPlots:
    """The charts of a run."""

    results: Results

    def __repr__(self) -> str:
        return f"plot.sla(queue), {', '.join(CHARTS)}; queues with an SLA: {', '.join(self._queues())}"

    def sla(self, queue: str | None = None) -> Plot:
        """Draw the SLAs of a queue over time; by default of the first that has one. Raises `ValueError`."""
        from simcap.report.charts.sla import sla_chart
        from simcap.report.wording.standing import standings

        name = _one_of(queue, self._queues(), "queue with an SLA")
        with _style():
            return Plot(sla_chart(self.results, [row for row in standings(self.results) if row.queue == name]))

    def risk(self) -> Plot:
        """Draw the chance of a miss by SLA and week. Raises `ValueError` if no SLA can be judged."""
        from simcap.report.charts.heat_map import heat_map
        from simcap.report.wording.standing import standings

        with _style():
            figure = heat_map(self.results, standings(self.results))
        if figure is None:
            raise ValueError("no SLA of this run can be judged, so there is no risk to draw")
        return Plot(figure)

    def backlog(self, sheet: int = 1) -> Plot:
        """Draw the open items of each queue over time. Many queues take several sheets."""
        from simcap.report.charts.backlog import backlog_charts

        return _sheet(backlog_charts(self.results), sheet, "no queue")

    def headcount(self, sheet: int = 1) -> Plot:
        """Draw each team's headcount over time. Many teams take several sheets."""
        from simcap.report.charts.headcount import headcount_charts

        return _sheet(headcount_charts(self.results), sheet, "no team")

    def hours(self, sheet: int = 1) -> Plot:
        """Draw the hours that each team's work requires against those it has. Many teams take several sheets."""
        from simcap.report.charts.hours import hours_charts

        return _sheet(hours_charts(self.results), sheet, "no team short of hours")

    def money(self) -> Plot:
        """Draw how the net cost comes about. Raises `ValueError` if no contract has a price."""
        from simcap.report.charts.waterfall import waterfall_chart

        return _sheet([waterfall_chart(self.results)], 1, "no contract with a price")

    def _queues(self) -> list[str]:
        return [name for name, queue in self.results.scenario.queues.items() if queue.sla]


@dataclasses.dataclass(frozen=True, repr=False)
class ComparisonPlots:
    """The charts of a comparison."""

    comparison: Comparison

    def __repr__(self) -> str:
        return f"plot.sla(queue), .cost(); queues that differ: {', '.join(self._queues()) or 'none'}"

    def sla(self, queue: str | None = None) -> Plot:
        """Draw the SLAs of a queue before and after; by default of the first that differs. Raises `ValueError`."""
        from simcap.report.charts.before_after import before_after_chart

        name = _one_of(queue, self._queues(), "queue that differs")
        with _style():
            return Plot(before_after_chart(self.comparison, name))

    def cost(self) -> Plot:
        """Draw what the options cost. Raises `ValueError` if no contract has a price."""
        from simcap.report.charts.cost import cost_chart

        with _style():
            figure = cost_chart(self.comparison)
        if figure is None:
            raise ValueError("no contract has a price, so there is no cost to draw")
        return Plot(figure)

    def _queues(self) -> list[str]:
        from simcap.report.charts.before_after import queues_that_differ

        return queues_that_differ(self.comparison)


def _one_of(asked: str | None, known: list[str], what: str) -> str:
    if not known or (asked is not None and asked not in known):
        there = ", ".join(known) or "none"
        raise ValueError(f"{asked!r} is no {what}; there {'is' if len(known) == 1 else 'are'}: {there}")
    return asked if asked is not None else known[0]


def _sheet(charts: Iterable[Any], number: int, nothing: str) -> Plot:
    """Return one of several sheets, counted from 1. Raises `ValueError` if there are fewer."""
    with _style():
        drawn = [figure for figure in charts if figure is not None]
    if not 1 <= number <= len(drawn):
        raise ValueError(
            f"sheet {number} is not one of the {len(drawn)} there are" if drawn else f"there is {nothing} to draw"
        )
    return Plot(drawn[number - 1])


def _style() -> Any:
    from simcap.report.charts.style import house_style

    return house_style()
