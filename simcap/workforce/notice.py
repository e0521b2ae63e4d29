"""Cuts that wait for a contract's notice while the people who are to replace them come on the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from simcap.scenario.relations import teams_of
from simcap.scenario.schema.events import Headcount
from simcap.scenario.schema.scenario import Scenario

HANDOVER = dt.timedelta(days=28)
"""Days before a cut from which people more elsewhere may belong to it."""


def told_apart(scenario: Scenario, name: str, cut: Headcount, leaves: dt.date) -> Iterator[str]:
    """Yield, for each gain that belongs to a cut, that both dates differ; the notice moves the cut to `leaves`.

    A gain belongs to a cut if it is of another team of the vendor, of the same size or asked for on the same day, and
    there before the cut takes effect.
    """
    teams = teams_of(scenario)
    for other, event in scenario.events.items():
        gain = event.headcount
        if gain is None or gain.change <= 0 or gain.team == cut.team or teams[gain.team][0] != teams[cut.team][0]:
            continue
        alike = gain.change == -cut.change or gain.from_ == cut.from_
        if alike and cut.from_ - HANDOVER <= gain.from_ < leaves:
            yield _said(scenario, (name, other), (cut, gain), leaves)


def _said(scenario: Scenario, names: tuple[str, str], changes: tuple[Headcount, Headcount], leaves: dt.date) -> str:
    cut, gain = changes
    sizes = [teams_of(scenario)[change.team][1].agents for change in changes]
    known = [size for size in sizes if size is not None]
    count = f" ({sum(known) + gain.change} rather than {sum(known)}, as they start)" if len(known) == len(sizes) else ""
    move = f"{{from: {cut.team}, to: {gain.team}, agents: {min(-cut.change, gain.change)}, on: {gain.from_}}}"
    return (
        f"{names[0]}, {names[1]}: {-cut.change} leave {cut.team} on {leaves}, {gain.change} join {gain.team} on "
        f"{gain.from_}: between the two dates both teams together have {gain.change} people more{count}; "
        f"if these are the same people, write `transfer: {move}` instead, which moves them on one day"
    )
