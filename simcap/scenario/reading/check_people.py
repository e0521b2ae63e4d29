"""Cross-checks of vendors: contracts, teams, shifts, skills, hiring, overtime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from simcap import units
from simcap.scenario.data.public_holidays import calendar_messages
from simcap.scenario.relations import Found, exact, horizon_end, teams_of, unknown, years_of
from simcap.scenario.schema.contract import Contract
from simcap.scenario.schema.hiring import HiringClass
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Shift, TeamSpec, Vendor


def check_people(scenario: Scenario) -> Found:
    """Yield what is wrong with vendors and their teams."""
    owners = teams_of(scenario)
    yield from _check_currencies(scenario)
    for name, vendor in scenario.vendors.items():
        path = f"vendors.{name}"
        if vendor.contract is not None:
            yield from _check_contract(f"{path}.contract", vendor.contract, scenario)
        for team, value in vendor.teams.items():
            if owners[team][0] != name:
                other = f"vendors.{owners[team][0]}.teams.{team}"
                yield f"{path}.teams.{team}", f"{other} has the same name; events name a team alone, so rename one"
            yield from _check_team(f"{path}.teams.{team}", value, scenario)
            yield from _check_price_factor(f"{path}.teams.{team}.holidays.price_factor", value, vendor)
        yield from _check_go_live(f"{path}.go_live", vendor, scenario)
        yield from _check_hiring(path, vendor, scenario)
        yield from _check_overtime(f"{path}.overtime", vendor)


def _check_currencies(scenario: Scenario) -> Found:
    """Yield the contracts whose currency is not that of the first: their costs cannot be added up."""
    known = {name: vendor.contract.currency for name, vendor in scenario.vendors.items() if vendor.contract}
    first = next(iter(known), "")
    for name, currency in known.items():
        if currency != known[first]:
            message = f"{currency} differs from {known[first]} of {first}; costs are added up, so use one currency"
            yield f"vendors.{name}.contract.currency", message


def _check_contract(path: str, contract: Contract, scenario: Scenario) -> Found:
    slas = dict.fromkeys(f"{name} / {sla}" for name, queue in scenario.queues.items() for sla in queue.sla)
    if contract.service_credits is not None:
        for index, name in enumerate(contract.service_credits.sla):
            if name not in slas:
                yield f"{path}.service_credits.sla.{index}", unknown("SLA", name, slas) + ' (write "queue / sla")'
    if contract.minimum is not None and contract.price is not None and contract.price.per_productive_hour is None:
        yield f"{path}.minimum", "is counted in hours, but the price is not; give price.per_productive_hour"
    for queue in (contract.price.per_item or {}) if contract.price is not None else {}:
        if queue not in scenario.queues:
            yield f"{path}.price.per_item.{queue}", unknown("queue", queue, scenario.queues)


def _check_team(path: str, team: TeamSpec, scenario: Scenario) -> Found:
    if team.holidays is not None:
        yield from calendar_messages(f"{path}.holidays", team.holidays, years_of(scenario))
    for index, queue in enumerate(team.skills):
        if queue not in scenario.queues:
            yield f"{path}.skills.{index}", unknown("queue", queue, scenario.queues)
    for where, shift in _shifts(path, team):
        yield from _check_shift(where, shift)
    if team.responds is not None and team.duty is not None:
        yield f"{path}.responds", f"{exact(path.rpartition('.')[2])}; remove it, or give the team shifts"


def _check_price_factor(path: str, team: TeamSpec, vendor: Vendor) -> Found:
    """Yield the factors on the price of hours where hours have no price."""
    price = vendor.contract.price if vendor.contract is not None else None
    if (
        team.holidays is not None
        and team.holidays.price_factor != 1
        and (price is None or price.per_productive_hour is None)
    ):
        yield path, "multiplies the price of an hour, but hours have none; give contract.price.per_productive_hour"


def _shifts(path: str, team: TeamSpec) -> Iterator[tuple[str, Shift]]:
    if team.shift is not None:
        yield f"{path}.shift", team.shift
    for name, shift in (team.shifts or {}).items():
        yield f"{path}.shifts.{name}", shift


def _check_shift(path: str, shift: Shift) -> Found:
    if shift.start is not None and shift.start >= units.DAY:
        yield f"{path}.start", 'is past the end of the day; a shift starts from "00:00" to "23:59"'
    if shift.length is not None and sum(pause.for_ for pause in shift.breaks) >= shift.length:
        yield (
            f"{path}.breaks",
            f"the breaks fill the shift of {units.format_duration(shift.length)}; leave time to work",
        )


def _check_go_live(path: str, vendor: Vendor, scenario: Scenario) -> Found:
    last = horizon_end(scenario) - dt.timedelta(days=1)
    if vendor.go_live is not None and vendor.go_live > last:
        yield path, f"{vendor.go_live} is after the horizon, which ends on {last}; move it, or set the shares to 0%"


def _check_hiring(path: str, vendor: Vendor, scenario: Scenario) -> Found:
    for name, group in vendor.hiring.classes.items():
        yield from _check_class(f"{path}.hiring.classes.{name}", group, vendor, scenario)
    backfill = vendor.hiring.backfill
    if backfill is not None and backfill.review < units.DAY:
        given = units.format_duration(backfill.review)
        yield (
            f"{path}.hiring.backfill.review",
            f"{given} is less than a day; leavers are counted at midnight: write 1 day",
        )
    if backfill is not None and backfill.team is not None:
        yield from _check_member(f"{path}.hiring.backfill.team", backfill.team, vendor)


def _check_class(path: str, group: HiringClass, vendor: Vendor, scenario: Scenario) -> Found:
    yield from _check_member(f"{path}.team", group.team, vendor)
    start, end = scenario.horizon.start, horizon_end(scenario)
    if group.start >= end:
        last = end - dt.timedelta(days=1)
        yield f"{path}.start", f"the class starts on {group.start}, but the horizon ends on {last}; start it earlier"
    if group.start < start and (start - group.start).days * units.DAY >= group.training:
        yield (
            f"{path}.start",
            f"the class finishes training before horizon.start, {start}; count its graduates among the agents",
        )


def _check_member(path: str, name: str, vendor: Vendor) -> Found:
    """Yield what keeps new agents from a team: it is not the vendor's, or a duty file says exactly who is there."""
    if name not in vendor.teams:
        yield path, f"the vendor has {unknown('team', name, vendor.teams).removeprefix('there is ')}"
    elif vendor.teams[name].duty is not None:
        yield path, f"{exact(name)}; hire into a team with shifts"


def _check_overtime(path: str, vendor: Vendor) -> Found:
    overtime = vendor.overtime
    if overtime is None:
        return
    if overtime.adds > overtime.max_per_week:
        week = units.format_duration(overtime.max_per_week)
        yield f"{path}.adds", f"{units.format_duration(overtime.adds)} is more than max_per_week, {week}; lower it"
    if overtime.team is not None and overtime.team not in vendor.teams:
        yield f"{path}.team", f"the vendor has {unknown('team', overtime.team, vendor.teams).removeprefix('there is ')}"
        return
    named = [overtime.team] if overtime.team is not None else list(vendor.teams)
    if all(vendor.teams[name].duty is not None for name in named):
        yield path, f"{exact(' and '.join(named))}; remove it, or name a team with shifts"
    for name in named:
        for _, shift in _shifts(path, vendor.teams[name]):
            if shift.always or (shift.length or 0.0) + overtime.adds > units.DAY:
                where = f"{path}.team" if overtime.team is not None else f"{path}.adds"
                yield where, f"the shift of {name} leaves no room in the day; name a team with a shorter one"
