"""A desk as a scorecard shows it: items and head counts by day, week or month, and the shifts of a scenario's teams.

A replay is given what was offered in each period, spread over its hours by a profile, and as many agents as were at
work, on the shifts that the scenario says. Everything else of the scenario is left aside: its volumes, its hiring.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.backtest.allocated import POOLED
from simcap.calibration.backtest.availability import ALWAYS
from simcap.calibration.backtest.desk import DeskReports, Learned, midnight
from simcap.calibration.backtest.head_counts import at_work, check_vendors, counted_by
from simcap.calibration.backtest.hypothesis import Hypothesis
from simcap.calibration.backtest.inferred_duty import InferredDuty
from simcap.calibration.backtest.offered_times import OfferedItems
from simcap.calibration.backtest.reported_items import before_origin, in_full, known_items, reported_fits
from simcap.calibration.backtest.reported_share import shares_before
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.report_staffing import fit_reported_shrinkage
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.history import History
from simcap.calibration.history.reports import whole_of
from simcap.calibration.history.roles import LENGTH
from simcap.errors import DataError
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.profiles import HOURS, PROFILES

Array = NDArray[np.float64]

_KEPT: Final = ("timezone", "holidays", "shift", "shifts")
"""What a team of the scenario brings along."""
_NOBODY: Final = InferredDuty(
    pd.DataFrame({"agent": [], "team": [], "on": [], "off": []}, dtype=float).astype({"team": int}), (), ()
)
"""Duty of nobody: who is there follows from shifts."""


@dataclasses.dataclass(frozen=True)
class ShiftDesk:
    """A desk of reports by longer periods and a scenario's teams."""

    configuration: Configuration
    history: History
    offered: OfferedItems
    file: ScenarioFile

    def hypotheses(self, origin: dt.date) -> list[Hypothesis]:  # noqa: ARG002 - as any desk has it
        """Return the order of work and the split queues of the scenario."""
        routing = self.file.scenario.routing
        return [Hypothesis(routing.rule, frozenset(routing.allocation))]

    def learn(self, configuration: Configuration, origin: dt.date, hypothesis: Hypothesis) -> Learned:
        """Return the desk at an origin, with the head counts of the days after it.

        Raises `DataError` if reports say too little, with what is needed.
        """
        assert configuration.backtest is not None
        begin = midnight(configuration, origin)
        before = before_origin(configuration, self.history, origin)
        fits = reported_fits(self.history, before, origin)
        queues = sorted({fit.subject.name for fit in fits if fit.kind == "handle time"})
        end = midnight(configuration, origin + dt.timedelta(days=configuration.backtest.days))
        vendors = _vendors(self.file, self.history, before, queues, begin, end)
        stated = {
            "vendors": vendors,
            "routing": _routing(self.file, self.history, vendors, queues, begin, end),
            "queues": _patience(self.file, fits, queues),
        }
        return Learned(
            origin,
            begin,
            known_items(self.history, before, begin),
            _NOBODY,
            tuple(in_full(fit, 1 / hypothesis.load) for fit in fits),
            (),
            dict.fromkeys(queues, 0.0),
            dict.fromkeys(queues, ALWAYS),
            POOLED,
            hypothesis.rule,
            reported=DeskReports(shares_before(self.history, origin), self.offered, stated),
        )

    def rests(self) -> Iterator[str]:
        """Yield what a replay of it rests on, in words."""
        yield (
            f"Who is there: the shifts of the teams of {self.file.scenario.name!r}, on which as many agents work as "
            f"{counted_by(self.history)} says; which of them on which day is not known."
        )
        by_scenario = rates_of(self.file, self.history)
        source = {
            queue: "the report's" if one.given else "the scenario's" if queue in by_scenario else "flat, a guess"
            for queue, one in self.history.offered.items()
            if one.finest != "hour"
        }
        if source:
            hours = ", ".join(f"{queue} {profile}" for queue, profile in source.items())
            yield f"When items come within a period: by a profile ({hours}), days as busy as days usually are."
        yield "Handle times: the reported mean; how much single ones differ is a prior, unless periods bound it."


def check_scenario(file: ScenarioFile, history: History, name: str) -> None:
    """Raise `DataError` with everything because of which a scenario's teams cannot be replayed."""
    scenario = file.scenario
    teams = [(vendor, team, spec) for vendor, one in scenario.vendors.items() for team, spec in one.teams.items()]
    lines = [
        f"{name}: vendors.{vendor}.teams.{team}: has {what}; a replay by reports needs `shift` or `shifts` and `agents`"
        for vendor, team, spec in teams
        for what in (["a duty file"] if spec.duty is not None else ["a roster"] if spec.roster is not None else [])
    ]
    taken = {queue for _, _, spec in teams for queue in spec.skills}
    queues = sorted({str(queue) for queue in history.items["queue"].unique()})
    lines += [
        f"{name}: no team takes the queue {queue!r}, of which the reports have items; add it to the `skills` of a "
        "team, or leave it out under `reports: queues:`"
        for queue in queues
        if queue not in taken
    ]
    lines += check_vendors(history, scenario, name)
    if lines:
        raise DataError("\n".join(lines))


def rates_of(file: ScenarioFile, history: History) -> dict[str, Array]:
    """Return the 168 relative rates of queues whose hours the scenario has and the reports do not."""
    found = {}
    for queue, counts in history.offered.items():
        spec = file.scenario.queues.get(queue)
        if counts.finest != "hour" and not counts.given and spec is not None and spec.arrivals is not None:
            profile = spec.arrivals.profile
            rates = profile if not isinstance(profile, str) else PROFILES.get(profile) or file.files.profile(profile)
            week = np.tile(np.asarray(rates, float), HOURS // len(rates))
            found[queue] = np.asarray(week / week.mean(), np.float64)
    return found


def _vendors(
    file: ScenarioFile, history: History, before: pd.DataFrame, queues: list[str], begin: float, end: float
) -> dict[str, Any]:
    """Return vendors with their teams as a scenario has them: as many agents as were at work, none absent beyond."""
    offline = {
        fit.subject.name: fit.estimates[0].value
        for fit in fit_reported_shrinkage(before, history.first)
        if isinstance(fit, Fit) and fit.estimates[0].key[-1] == "offline"
    }
    found: dict[str, Any] = {}
    for (vendor, team), weeks in at_work(history, file.scenario, begin, end).items():
        written = file.document["vendors"][vendor]["teams"][team]
        skills = [queue for queue in written["skills"] if queue in queues]
        agents = int(np.ceil(weeks.max()))
        if not skills or not agents:
            continue
        practice = file.scenario.vendors[vendor].practice(team).shrinkage
        lost = offline.get(vendor, practice.offline if practice is not None else 0.0)
        shrinkage = {"absence": {"weekly": [round(float(1 - week / agents), 6) for week in weeks]}, "offline": lost}
        kept = {name: written[name] for name in _KEPT if name in written}
        spec = {**kept, "agents": agents, "skills": skills, "shrinkage": shrinkage}
        found.setdefault(vendor, {"teams": {}})["teams"][team] = spec
    return found


def _routing(
    file: ScenarioFile, history: History, vendors: dict[str, Any], queues: list[str], begin: float, end: float
) -> dict[str, Any]:
    """Return the routing of the scenario; a queue's split as it was reported in the span, else as it is planned."""
    routing = dict(file.document.get("routing", {}))
    shares = {}
    for queue, planned in file.scenario.routing.allocation.items():
        able = {
            vendor for vendor, one in vendors.items() if any(queue in team["skills"] for team in one["teams"].values())
        }
        split = {
            vendor: share for vendor, share in _split(history, queue, planned, begin, end).items() if vendor in able
        }
        if queue in queues and len(split) > 1:
            shares[queue] = {vendor: share / sum(split.values()) for vendor, share in split.items()}
    routing.pop("allocation", None)
    if not shares:
        routing.pop("overflow", None)
        return routing
    return {**routing, "allocation": shares}


def _split(history: History, queue: str, planned: dict[str, float], begin: float, end: float) -> dict[str, float]:
    reports = history.reports
    assert reports is not None
    rows = reports[(reports["queue"] == queue) & reports["vendor"].isin(planned)]
    rows = rows[(rows["start"] < end) & (rows["start"] + rows[LENGTH] > begin)]
    if "offered" not in rows or rows["offered"].isna().all():
        return planned
    sums = whole_of(rows, "offered").groupby("vendor")["offered"].sum()
    known = {str(vendor): float(count) for vendor, count in sums.items() if count > 0}
    return known if set(known) == {vendor for vendor, share in planned.items() if share > 0} else planned


def _patience(file: ScenarioFile, fits: tuple[Fit, ...], queues: list[str]) -> dict[str, Any]:
    """Return when items leave undecided on queues of which no report tells it, as the scenario has it."""
    told = {fit.subject.name for fit in fits if fit.kind == "patience"}
    written: dict[str, Any] = file.document["queues"]
    return {
        queue: {"expires": written[queue]["expires"]}
        for queue in queues
        if queue not in told and "expires" in written.get(queue, {})
    }
