"""Who is in the teams of a scenario at an origin, and who is on the way to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd

from simcap.calibration.backtest.desk import Known
from simcap.calibration.backtest.misfits import team_in
from simcap.calibration.backtest.ordered import in_training, on_their_way, usual_training
from simcap.calibration.backtest.past import there_on
from simcap.calibration.backtest.rotas import shifts_seen, with_fixed_days
from simcap.calibration.history.history import History
from simcap.scenario.data.files import RosterRows
from simcap.scenario.schema.hiring import HiringClass
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY


def people_of(document: dict[str, Any], scenario: Scenario, past: History, known: Known) -> dict[str, RosterRows]:
    """Let teams be those who are there on the morning of the origin, on the shifts that they have worked lately.

    Return them by the name of their file.
    """
    assert past.roster is not None
    there = there_on(past.roster, known.origin.toordinal())
    files = {}
    for vendor, spec in scenario.vendors.items():
        for team, one in spec.teams.items():
            if one.duty is not None:
                continue
            mine = there[_members(scenario, there, vendor, team)]
            own = document["vendors"][vendor]["teams"][team]
            own = {key: value for key, value in own.items() if key not in ("agents", "tenure", "roster")}
            shifts: list[str | None] = [None] * len(mine)
            if past.attendance is not None:
                own = with_fixed_days(own, one)
                shifts = shifts_seen(past.attendance, mine["agent"], one, known.begin)
            file = f"people of {team}"
            document["vendors"][vendor]["teams"][team] = own | ({"roster": file} if len(mine) else {"agents": 0})
            hired = tuple(dt.date.fromordinal(int(day)) for day in mine["hired"])
            files[file] = RosterRows(tuple(mine["agent"].astype(str)), hired, (None,) * len(mine), tuple(shifts))
    return files


def _members(scenario: Scenario, roster: pd.DataFrame, vendor: str, team: str) -> pd.Series:
    """Return which people of a roster are of a team of the scenario."""
    names = roster["team"].map(lambda name: team_in(scenario, vendor, str(name)))
    return (roster["vendor"] == vendor) & (names == team)


def keep_classes(
    document: dict[str, Any], scenario: Scenario, span: tuple[dt.date, dt.date], *, seen: bool
) -> Iterator[str]:
    """Keep the classes whose graduates come after the origin, and that start within the predicted days.

    If those in training are `seen` in the logs, only classes that start after the origin.
    """
    kept, dropped = [], []
    for vendor, spec in scenario.vendors.items():
        for name, group in spec.hiring.classes.items():
            if _graduation(group) > span[0] and group.start < span[1] and not (seen and group.start <= span[0]):
                kept.append(name)
            else:
                dropped.append(name)
                document["vendors"][vendor]["hiring"]["classes"].pop(name)
    if kept:
        yield f"classes that the scenario plans: {', '.join(kept)}"
    if dropped:
        yield f"classes before or after the predicted days, left out: {', '.join(dropped)}"


def seen_in_training(history: History, past: History) -> pd.DataFrame | None:
    """Return the trainees of a history if it tells by the origin how long training takes; else none can be placed."""
    known = past.roster is not None and usual_training(past.roster) > 0
    return history.trainees if known else None


def _graduation(group: HiringClass) -> dt.date:
    return group.start + dt.timedelta(days=round(group.training / DAY))


def add_ordered(
    document: dict[str, Any], scenario: Scenario, past: History, span: tuple[dt.date, dt.date], *, seen: bool
) -> Iterator[str]:
    """Add the classes that back-fill had ordered by the origin; those in training are `seen` in the logs, or not."""
    assert past.roster is not None
    coming = 0
    for vendor, spec in scenario.vendors.items():
        rule = spec.hiring.backfill
        for team, one in spec.teams.items():
            if rule is None or rule.team not in (None, team) or one.duty is not None:
                continue
            mine = past.roster[_members(scenario, past.roster, vendor, team)]
            left = mine["left"].dropna().astype(int).tolist()
            hiring = document["vendors"][vendor]["hiring"]
            classes = hiring["classes"] = dict(hiring.get("classes") or {})
            for number, order in enumerate(on_their_way(rule, left, past.first, span[0].toordinal())):
                if order.start < span[1] and not (seen and order.start <= span[0]):
                    coming += order.seats
                    classes[f"back-fill of {team} {order.reviewed} {number}"] = {
                        "start": order.start.isoformat(),
                        "team": team,
                        "size": order.seats,
                        "training": f"{rule.training:.0f} s",
                        **({} if rule.graduates is None else {"graduates": rule.graduates}),
                    }
    if coming:
        yield f"seats of classes that back-fill has ordered for those who left by {span[0]}: {coming}"


def add_trainees(
    document: dict[str, Any],
    scenario: Scenario,
    trainees: pd.DataFrame,
    roster: pd.DataFrame,
    span: tuple[dt.date, dt.date],
) -> Iterator[str]:
    """Add the people who are in training at the origin as classes."""
    people = 0
    training = f"{usual_training(roster)} days"
    for (vendor, team, begun), seats in in_training(trainees, roster, span[0].toordinal()).items():
        name = team_in(scenario, vendor, team)
        if vendor in scenario.vendors and name in scenario.vendors[vendor].teams:
            hiring = document["vendors"][vendor].setdefault("hiring", {})
            classes = hiring["classes"] = dict(hiring.get("classes") or {})
            planned = {"start": begun.isoformat(), "team": name, "size": seats, "training": training}
            classes[f"in training at {name} since {begun}"] = planned
            people += seats
    if people:
        yield f"in training on {span[0]}, taken to last {training}: {people}"
