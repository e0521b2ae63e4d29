"""What the terminal shows after a calibration."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from simcap.calibration.calibrate import Calibration
from simcap.calibration.fits.fit import Unit
from simcap.calibration.fits.hindcast import FARTHEST, RULES, Missed, missed
from simcap.report.terminal.console import new_console
from simcap.report.terminal.recorded import Teller
from simcap.report.wording.words import spoken_dates
from simcap.units import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from rich.table import Table

WIDEST = 500
"""Characters that a line of the table may have."""


def print_calibration(calibration: Calibration, folder: Path) -> None:
    """Print what was read and dropped, every fit with its 90% interval, and what could not be fitted."""
    from rich.measure import Measurement

    console = new_console()
    table = _table(calibration)
    # Names and figures are never cut, however narrow the terminal is.
    whole = Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum
    narrow = console.width
    _tell_sheets(console, calibration)
    console.width = max(narrow, whole)
    console.print(table)
    _tell_open(console, calibration)
    for name in ("parameters.yaml", "fits.csv", "quality.csv", "foresight.csv"):
        console.print(str(folder / name), soft_wrap=True)


def tell_calibration(console: Teller, calibration: Calibration) -> None:
    """Tell what was read and dropped, every fit with its 90% interval, and what could not be fitted."""
    _tell_sheets(console, calibration)
    console.print(_table(calibration))
    _tell_open(console, calibration)


def _tell_sheets(console: Teller, calibration: Calibration) -> None:
    for sheet in calibration.history.sheets:
        console.print(f"{sheet.file}: {sheet.read:,} rows read, {len(sheet.table):,} used")
        for cause in sheet.dropped:
            console.print(f"  {cause.rows:,} dropped: {cause.reason} ({'; '.join(cause.examples)})", soft_wrap=True)
    for note in calibration.odd:
        console.print(f"Noticed: {spoken_dates(note.what, year=True)}: {note.rows:,} ({note.examples})", soft_wrap=True)


def _table(calibration: Calibration) -> Table:
    from rich.table import Table

    table = Table(
        box=None, title=f"{calibration.configuration.title}: fitted, with 90% intervals", title_justify="left"
    )
    told = any(estimate.origin != "fitted" for fit in calibration.fits for estimate in fit.estimates)
    for heading in ("parameter", "value", "from", "to", "seen", *(("origin",) if told else ())):
        table.add_column(heading, justify="left" if heading in ("parameter", "origin") else "right", no_wrap=True)
    for fit in calibration.fits:
        for estimate, *interval in fit.intervals():
            values = (figure(value, estimate.unit) for value in (estimate.value, *interval))
            table.add_row(estimate.path, *values, f"{fit.seen:,}", *((estimate.origin,) if told else ()))
    return table


def _tell_open(console: Teller, calibration: Calibration) -> None:
    for line in foresight_lines(calibration):
        console.print(line, soft_wrap=True)
    for missing in calibration.open:
        console.print(f"Not fitted: {missing.what}: {missing.why}", soft_wrap=True)
    for fit in calibration.fits:
        if fit.prior:
            console.print(f"Rests on a prior: {fit.subject.path(fit.estimates[0].key[0])}: {fit.prior}", soft_wrap=True)


def foresight_lines(calibration: Calibration) -> Iterator[str]:
    """Yield by how much the weeks of each queue would have been missed, and by how much rules miss them."""
    for queue, weeks in calibration.foreseen.items():
        if (found := missed(weeks)) is not None:
            yield f"Foreseen: {queue}: {_foresight(found)}"


def _foresight(found: Missed) -> str:
    rules = ", ".join(f"{RULES[rule]} by {value:.1%}" for rule, value in found.rules.items())
    better = f"; {RULES[found.best]} does better here" if found.rules[found.best] < found.model else ""
    held = f"90% bands held {found.held:.0%} of {found.forecasts} forecasts"
    return f"weeks 1 to {FARTHEST} ahead are missed by {found.model:.1%}; {rules}; {held}{better}"


def figure(value: float, unit: Unit) -> str:
    """Return a value as a person would write it: a duration in its unit, a percentage, a number."""
    if unit == "s":
        for size, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
            if value >= 3 * size:
                return f"{value / size:.3g} {name}"
        return f"{value:.3g} s"
    if unit == "a month":
        return f"{-math.expm1(-value):.2%}/month"
    if unit == "share":
        return f"{value:.2%}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
