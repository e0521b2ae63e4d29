"""Load against capacity on the terminal."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.fluid import reachable, uncovered
from simcap.scenario.grid import Grid
from simcap.scenario.schema import Scenario

Array = NDArray[np.float64]

_SHORT = 0.005
"""Share of a week's load that may stay uncovered before it is named."""


def print_fluid(scenario: Scenario, load: Array, supply: Array) -> None:
    """Print, by week, load and capacity in hours and each queue's load as a share of what can reach it.

    `load` is [queue, week], `supply` [team, week], in hours.
    """
    from rich.console import Console
    from rich.table import Table

    queues = list(scenario.queues)
    skills = [
        [queues.index(q) for q in team.skills] for vendor in scenario.vendors.values() for team in vendor.teams.values()
    ]
    missing = uncovered(load, supply, skills)
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=60 + 13 * len(queues))
    table = Table(title=f"{scenario.name}: load as a share of the hours of all teams with the skill", box=None)
    for heading in ("week of", "load h", "capacity h", "in all", *queues):
        table.add_column(heading, justify="left" if heading == "week of" else "right")
    within = _shares(load, reachable(supply, skills, len(queues)))
    for week in range(load.shape[1]):
        begin = scenario.horizon.start + dt.timedelta(days=7 * week)
        total, have = load[:, week].sum(), supply[:, week].sum()
        cells = [
            _cell(within[q, week], short=missing[q, week] > _SHORT * max(load[q, week], 1e-9))
            for q in range(len(queues))
        ]
        table.add_row(
            begin.strftime("%-d %b"),
            f"{total:,.0f}",
            f"{have:,.0f}",
            _cell(float(_shares(total, have)), short=total > have),
            *cells,
        )
    console.print(table)
    short = [
        (q, w)
        for q in range(len(queues))
        for w in range(load.shape[1])
        if missing[q, w] > _SHORT * max(load[q, w], 1e-9)
    ]
    if not short:
        console.print(
            "Every week's work fits into its hours; the queues share these hours, so their columns do not add up.\n"
            "Whether it is done in time, nights and holidays included, `simcap run` tells."
        )
        return
    for queue in sorted({q for q, _ in short}):
        weeks = [w for q, w in short if q == queue]
        begin = scenario.horizon.start + dt.timedelta(days=7 * weeks[0])
        hours = missing[queue, weeks].sum()
        console.print(
            f"[bold]{queues[queue]}[/bold]: {hours:,.0f} h of work in {len(weeks)} of {load.shape[1]} weeks, first "
            f"from {begin.isoformat()}, fit into no team with the skill: a backlog will grow."
        )


def print_minimums(scenario: Scenario, productive: Array) -> None:
    """Print the contracts whose minimum is above the hours there are in every month; `productive` is [team, month]."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    windows = Grid(scenario.horizon, hourly=False).windows("month")
    shares = np.array(
        [
            (end - begin) / calendar.monthrange(start.year, start.month)[1]
            for start, (begin, end) in zip(windows.starts, windows.cells, strict=True)
        ]
    )
    owners = [name for name, vendor in scenario.vendors.items() for _ in vendor.teams]
    for name, vendor in scenario.vendors.items():
        if vendor.contract is None or vendor.contract.minimum is None:
            continue
        hours = productive[[owner == name for owner in owners]].sum(axis=0)
        least = vendor.contract.minimum.hours_per_month
        if (hours < least * shares).all():
            console.print(
                f"{name}: the minimum of {least:,.0f} h a month is above its capacity of at most "
                f"{(hours / shares).max():,.0f} h: the rest is paid for nothing.",
                soft_wrap=True,
            )


def print_notes(notes: Sequence[str]) -> None:
    """Print what a scenario does that its words do not show."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    for note in notes:
        console.print(f"Note: {note}.", soft_wrap=True)


def _shares(load: Array, supply: Array) -> Array:
    """Return load as a share of supply; infinite where there is work and nobody for it."""
    nobody = np.where(load > 0, np.inf, 0.0)
    return np.asarray(np.divide(load, supply, out=nobody, where=supply > 0))


def _cell(share: float, *, short: bool) -> str:
    text = f"{share:.0%}" if np.isfinite(share) else "nobody"
    return f"[bold red]{text} ![/bold red]" if short else text
