"""What a vendor's contract is settled by: hours, decisions, agents, attainment and volumes by month of the horizon."""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.measures import ratio, sla_figures, sla_rows, sums
from simcap.scenario.schema.contract import Contract
from simcap.tally import Tally
from simcap.units import HOUR

Array = NDArray[np.float64]
Forecast = tuple[Array, Array]
"""Expected items, [queue, day]: with the fewest errors that any agent makes, and with the most."""

LEVEL_DAYS = 28
"""Days before a forecast is locked that set its level of volumes."""
ENOUGH_DAYS = 7
"""The number of these days that the horizon must hold; with fewer, the forecast is the plan."""


@dataclasses.dataclass(frozen=True)
class Month:
    """A calendar month of one vendor, or the part of it that lies in the horizon."""

    first: dt.date
    part: tuple[int, int]
    """Days in the horizon, and days in the month."""
    hours: float
    """Productive: on the floor."""
    agent_days: float
    """Agent-days, without training."""
    decisions: Mapping[str, int]
    """By queue, made by the vendor's own agents."""
    accuracy: float
    """Share of right decisions; NaN without any."""
    attained: Mapping[str, float]
    """By SLA as contracts write it, "queue / sla"; NaN where nothing was due."""
    excused: frozenset[str]
    """SLAs whose volume differs from the locked forecast by more than was agreed."""
    premium_hours: float = 0.0
    """Hours charged beyond those worked, for work on public holidays."""

    @property
    def whole(self) -> bool:
        """Return whether the horizon holds all of the month."""
        return self.part[0] == self.part[1]


def months_of(tally: Tally, vendor: str, contract: Contract, forecast: Forecast | None) -> list[Month]:
    """Return a vendor's months. Only contracts that lock a forecast need one."""
    windows = tally.grid.windows("month")
    own_teams = [place for place, (name, _) in enumerate(tally.names.teams) if name == vendor]
    decided = sums(tally.decisions[own_teams].sum(axis=0), windows)
    hours = sums(tally.by_team["floor"][own_teams].sum(axis=0), windows) / HOUR
    dearer = sums((tally.by_team["floor"] * tally.premium)[own_teams].sum(axis=0), windows) / HOUR
    wrong = sums(tally.by_team["errors"][own_teams].sum(axis=0), windows)
    right = 1 - ratio(wrong, decided.sum(axis=0))
    attained = _attained(tally, vendor, contract)
    excused = _excused(tally, contract, forecast)
    months = []
    for place, (first, (begin, end)) in enumerate(zip(windows.starts, windows.cells, strict=True)):
        days = slice(tally.grid.cell_day[begin], tally.grid.cell_day[end - 1] + 1)
        months.append(
            Month(
                first.date(),
                (days.stop - days.start, calendar.monthrange(first.year, first.month)[1]),
                float(hours[place]),
                float(tally.headcount[own_teams, days].sum()),
                {queue: int(decided[number, place]) for number, queue in enumerate(tally.names.queues)},
                float(right[place]),
                {name: float(values[place]) for name, values in attained.items()},
                frozenset(name for name, flags in excused.items() if flags[place]),
                float(dearer[place]),
            )
        )
    return months


def _attained(tally: Tally, vendor: str, contract: Contract) -> dict[str, Array]:
    """Return attainment by month of each SLA with credits: for the vendor's own items, or for a shared queue."""
    if contract.service_credits is None:
        return {}
    attained = sla_figures(tally, tally.grid.windows("month"))["attainment"]
    rows = {(f"{queue} / {name}", of): n for n, (_, queue, of, name, _) in enumerate(sla_rows(tally))}
    shared = {sla for sla, of in rows} - {sla for sla, of in rows if of}
    nothing = np.full(attained.shape[1], np.nan)
    return {
        sla: attained[rows[sla, "" if sla in shared else vendor]]
        if (sla in shared or (sla, vendor) in rows)
        else nothing
        for sla in contract.service_credits.sla
    }


def _excused(tally: Tally, contract: Contract, forecast: Forecast | None) -> dict[str, list[bool]]:
    """Return by SLA and month whether the queue's volume differs from the locked forecast by more than the tolerance.

    A forecast that is locked within the horizon is the plan at the level of the four weeks before. Follow-up work of
    wrong decisions is no change of volume as long as all agents being new, or all being tenured, would explain it.
    """
    lock = contract.forecast_lock
    if lock is None or contract.service_credits is None or forecast is None:
        return {}
    days = tally.grid.days
    came = sums(tally.by_queue["arrived"], tally.grid.windows("day"))
    excused: dict[str, list[bool]] = {}
    for sla in contract.service_credits.sla:
        queue = tally.names.queues.index(sla.split(" / ")[0])
        for first in tally.grid.windows("month").starts:
            inside = np.array([(day.year, day.month) == (first.year, first.month) for day in days])
            begin = first.date().replace(day=1) - dt.timedelta(weeks=lock.weeks_ahead)
            locked = (begin - days[0]).days
            lowest, highest = (
                _level(came[queue], expected[queue], locked) * float(expected[queue, inside].sum())
                for expected in forecast
            )
            volume = float(came[queue, inside].sum())
            off = volume < (1 - lock.tolerance) * lowest or volume > (1 + lock.tolerance) * highest
            excused.setdefault(sla, []).append(off)
    return excused


def _level(came: Array, forecast: Array, locked: int) -> float:
    """Return actual over planned volume in the weeks before a day; 1 if too few of these days are in the horizon."""
    before = slice(max(locked - LEVEL_DAYS, 0), max(locked, 0))
    planned = float(forecast[before].sum())
    if before.stop - before.start < ENOUGH_DAYS or planned <= 0:
        return 1.0
    return float(came[before].sum()) / planned
