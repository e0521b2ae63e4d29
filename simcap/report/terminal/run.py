"""What the terminal shows after a run."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simcap.experiment.folders import PAGE
from simcap.experiment.results import Results
from simcap.report.terminal.anchored import anchored_lines
from simcap.report.terminal.console import WIDEST, new_console
from simcap.report.terminal.costs import cost_lines
from simcap.report.terminal.parts import part_lines
from simcap.report.terminal.precision import SKETCHED, precision_lines
from simcap.report.terminal.sla_lines import sla_lines
from simcap.report.wording.provenance import rests_on
from simcap.report.wording.sentences import RiskText, describe_risks
from simcap.report.wording.words import DASH, plural, span_of_days, spoken_dates
from simcap.report.wording.worst import nothing_found, worst_risks
from simcap.scenario.grid import without_whole_window
from simcap.scenario.reading.assumptions import neutral

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

MOST_NAMED = 10
"""Most of the others that are named."""
MOST_NOTES = 8


def print_results(results: Results, folder: Path) -> None:
    """Print the table of SLAs, the anchored weeks, the worst risks in words, notes, and where the results are."""
    console = new_console(pipe=WIDEST, widest=WIDEST)
    with console.capture() as captured:
        for block in (
            _heading(results),
            sla_lines(results, console.width),
            anchored_lines(results),
            cost_lines(results),
            _precision(results),
            _risks(results),
            _parts(results),
            _sentences("Notes", [spoken_dates(note) for note in results.notes]),
            _sentences("Taken as neutral", neutral(results.scenario)),
            _assumed(results),
        ):
            if block is not None:
                console.print(block)
                console.print()
    lines = captured.get().rstrip().split("\n")
    if sys.stdout is not None:
        sys.stdout.write("\n".join(line.rstrip() for line in lines) + f"\n\n{places(folder)}\n")


# -- heading, notes, places -------------------------------------------------------------------------------------------


def _heading(results: Results) -> RenderableType:
    from rich.text import Text

    scenario = results.scenario
    horizon = scenario.horizon
    last = horizon.start + dt.timedelta(days=horizon.day_count - 1)
    length = plural(horizon.weeks, "week") if horizon.weeks else plural(horizon.day_count, "day")
    heading = Text(scenario.name, style="bold")
    days = span_of_days(horizon.start, last)
    heading.append(
        f"\n{plural(results.replications, 'replication')} of {length}, {days} ({horizon.timezone})",
        style="not bold dim",
    )
    return heading


def _sentences(title: str, sentences: Sequence[str]) -> RenderableType | None:
    """Return sentences under a title; nothing if there are none."""
    if not sentences:
        return None
    shown = [(DASH, _text(sentence)) for sentence in sentences[:MOST_NOTES]]
    left = len(sentences) - len(shown)
    return _list(title, shown, f"and {left} more in summary.json" if left else "")


def _precision(results: Results) -> RenderableType | None:
    if "precision" not in results.tables:
        return None
    return _sentences(SKETCHED, precision_lines(results.tables["precision"], results.layout))


def _assumed(results: Results) -> RenderableType | None:
    counts = results.origins
    return _text(f"{rests_on(counts)} Each is in tables/assumptions.csv.") if counts else None


def places(folder: Path) -> str:
    """Return where the results are, never broken over lines, so that paths can be copied."""
    lines = [f"Results  {folder}"]
    if (folder / PAGE).exists():
        lines.append(f"Page     {folder / PAGE}")
    if (folder / "charts").is_dir():
        lines.append(f"Charts   {folder / 'charts'}")
    return "\n".join(lines)


# -- risks ------------------------------------------------------------------------------------------------------------


def _risks(results: Results) -> RenderableType:
    risks = describe_risks(results)
    if not risks:
        return _text(nothing_found(results))
    worst = worst_risks(risks)
    shown = [(f"{number}.", _risk_text(risk)) for number, risk in enumerate(worst, 1)]
    left = [risk.subject for risk in risks if risk not in worst]
    named = ", ".join(left[:MOST_NAMED]) + (" ..." if len(left) > MOST_NAMED else "")
    return _list("Risks", shown, f"and {len(left)} more in tables/risks.csv: {named}" if left else "")


def _parts(results: Results) -> RenderableType | None:
    """Return the SLAs without a whole window, and the standing of their partial ones."""
    unjudged = ", ".join(without_whole_window(results.scenario))
    return (
        _sentences(f"No whole window to judge by: {unjudged}. Partial windows:", part_lines(results))
        if unjudged
        else None
    )


def _risk_text(risk: RiskText) -> Text:
    text = _text(risk.sentence)
    text.append(f"\n→ {risk.remedy}", style="dim")
    return text


def _list(title: str, entries: list[tuple[str, Text]], rest: str) -> RenderableType:
    from rich.console import Group
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    for mark, text in entries:
        grid.add_row(mark, text)
    if rest:
        grid.add_row("", _text(rest, "dim"))
    return Group(_text(title, "bold"), grid)


def _text(words: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(words, style=style)
