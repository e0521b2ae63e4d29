"""Load against capacity on the terminal: the total by week, a block for each queue, and what does not fit."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcap.analysis.fits import Assessment, LineFit
from simcap.report.terminal.console import WIDEST, new_console, say
from simcap.report.wording.first_look import CAUTION, look_lines, title_of_look
from simcap.report.wording.fluid import CAVEAT, KEY, block_title, joint_reasons, line_name, minimums, reasons
from simcap.report.wording.provenance import rests_on
from simcap.report.wording.words import DASH, listed, plural, short_date, sla_name, spoken_dates
from simcap.scenario.reading.provenance import Assumption, counted
from simcap.scenario.relations import answering
from simcap.scenario.schema.scenario import Scenario

if TYPE_CHECKING:
    from rich.console import Console

    from simcap.experiment.first_look import FirstLook

_INDENT = 4
MOST_NAMED = 3
"""SLAs of business hours that are named; others are counted."""


def print_fluid(scenario: Scenario, fit: Assessment, assumed: list[Assumption], look: FirstLook | None = None) -> None:
    """Print load and capacity by week, then each queue's load as a share of the hours it can get, and what is wrong.

    If there was a first look, also what its sketches expect.
    """
    console = new_console(pipe=WIDEST, widest=WIDEST)
    console.print(f"{scenario.name}: load against hours on the floor\n", style="bold", soft_wrap=True)
    say(console, KEY)
    console.print()
    _print_weeks(console, fit)
    for queue in dict.fromkeys(line.queue for line in fit.lines):
        _print_queue(console, scenario, fit, queue)
    console.print()
    if look is not None:
        _print_look(console, look)
    for sentence in (
        *_verdict(scenario, fit),
        CAVEAT,
        *minimums(scenario, fit.productive),
        *map(spoken_dates, fit.notes),
        f"{rests_on(counted(assumed))} `simcap check --assumptions` lists them.",
    ):
        say(console, sentence)


def _print_look(console: Console, look: FirstLook) -> None:
    console.print(title_of_look(look), style="bold")
    for line in look_lines(look):
        say(console, line, 2, f"{DASH} ")
    say(console, CAUTION)
    console.print()


def _print_weeks(console: Console, fit: Assessment) -> None:
    console.print(f"{'week of':<10}{'load h':>12}{'capacity h':>12}{'in all':>9}", style="bold")
    for week, start in enumerate(fit.starts):
        share = _share(fit.load[week], fit.supply[week])
        over = " !" if fit.load[week] > fit.supply[week] else ""
        console.print(
            f"{short_date(start):<10}{fit.load[week]:>12,.0f}{fit.supply[week]:>12,.0f}{share:>9}{over}",
            style="red" if over else None,
        )


def _print_queue(console: Console, scenario: Scenario, fit: Assessment, queue: str) -> None:
    console.print()
    console.print(queue, style="bold", soft_wrap=True)
    say(console, block_title(scenario, queue), _INDENT // 2)
    for line in (line for line in fit.lines if line.queue == queue):
        if line.vendor:
            console.print(f"{' ' * (_INDENT // 2)}{line.vendor}", soft_wrap=True)
        _print_cells(console, fit.starts, line)
        for sentence in reasons(scenario, fit, line):
            say(console, sentence, _INDENT, "- ")


def _print_cells(console: Console, starts: list[dt.datetime], line: LineFit) -> None:
    """Print the share of each week, as many per line as there is room for."""
    from rich.text import Text

    marks = [_marks(line, starts, week) for week in range(len(starts))]
    shares = [_share(load, reach) for load, reach in zip(line.load, line.reach, strict=True)]
    most = max(map(len, shares)), max(map(len, marks))
    cells = [
        f"{short_date(start):>6} {share:>{most[0]}}{mark:<{most[1]}}"
        for start, share, mark in zip(starts, shares, marks, strict=True)
    ]
    room = max((console.width - _INDENT + 2) // (len(cells[0]) + 2), 1)
    for first in range(0, len(cells), room):
        text = Text(" " * _INDENT)
        for cell, mark in zip(cells[first : first + room], marks[first : first + room], strict=True):
            text.append(cell, style="bold red" if mark else "").append("  ")
        text.rstrip()
        console.print(text, soft_wrap=True)


def _share(load: float, reach: float) -> str:
    if reach <= 0:
        return "none" if load > 0 else "0%"
    return f"{load / reach:.0%}" if load < 100 * reach else ">9999%"


def _marks(line: LineFit, starts: list[dt.datetime], week: int) -> str:
    late = any(
        missed and _touches(start, sla.sla.per, starts[week])
        for sla in line.slas
        for start, missed in zip(sla.starts, sla.missed, strict=True)
    )
    marks = (("!", line.short[week]), ("c", line.capped[week]), ("o", line.stopped[week]), ("~", late))
    return "".join(mark for mark, here in marks if here)


def _touches(start: dt.datetime, per: str, week: dt.datetime) -> bool:
    """Say whether a window of an SLA has days of a week."""
    days = {"hour": 1, "day": 1, "week": 7}.get(per) or calendar.monthrange(start.year, start.month)[1]
    return start < week + dt.timedelta(days=7) and week < start + dt.timedelta(days=days)


def _verdict(scenario: Scenario, fit: Assessment) -> list[str]:
    bad = [line_name(line) for line in fit.lines if not line.fits]
    joint = joint_reasons(scenario, fit)
    if not bad and not joint:
        joint.append("Every week's work fits into its hours, and nobody is missing at a time that would break an SLA.")
    elif any(vendor.overtime is not None for vendor in scenario.vendors.values()):
        joint.append("Overtime is left out here; `simcap run` shows what it helps with.")
    if teams := answering(scenario):
        respond = "responds" if len(teams) == 1 else "respond"
        joint.append(
            f"{listed(teams)} {respond} to the backlog: here as many people come as at the normal one; "
            "`simcap run` shows the rest."
        )
    if bad:
        do = "does" if len(bad) == 1 else "do"
        shared = any(line.vendor for line in fit.lines if not line.fits)
        what = plural(len(bad), "line") + " of work" if shared else plural(len(bad), "queue")
        joint.insert(0, f"{what} {do} not fit: {listed(bad)}.")
    return [*joint, *_in_business_hours(scenario)]


def _in_business_hours(scenario: Scenario) -> Iterator[str]:
    """Say which SLAs the estimate leaves out, as it knows only clocks that run all day."""
    named_slas = [
        sla_name(name, "", label)
        for name, queue in scenario.queues.items()
        for label, sla in queue.sla.items()
        if sla.hours is not None
    ]
    if len(named_slas) == 1:
        yield f"{named_slas[0]} is left out here, as its clock runs in business hours only; `simcap run` includes it."
    elif named_slas:
        more = [f"{len(named_slas) - MOST_NAMED} more"] if len(named_slas) > MOST_NAMED else []
        named = listed([*named_slas[:MOST_NAMED], *more])
        yield f"Left out here, as their clocks run in business hours only: {named}; `simcap run` includes them."
