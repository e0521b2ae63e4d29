"""Cuts that are delayed by a contract's notice while those who replace the leavers come as planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from simcap.scenario.relations import teams_of
from simcap.scenario.schema.events import Headcount
from simcap.scenario.schema.scenario import Scenario

HANDOVER = dt.timedelta(days=28)
"""How long before a cut a gain elsewhere may still belong to it."""


def handover_notes(scenario: Scenario, name: str, cut: Headcount, leaves: dt.date) -> Iterator[str]:
    """Yield a note on each gain that belongs to a cut but comes before it, as the notice moves the cut to `leaves`.

    A gain belongs to a cut if it is in another team of the vendor, of the same size or planned for the same day, and
    takes effect before the cut does.
    """
    teams = teams_of(scenario)
    for other, event in scenario.events.items():
        gain = event.headcount
        if gain is None or gain.change <= 0 or gain.team == cut.team or teams[gain.team][0] != teams[cut.team][0]:
            continue
        alike = gain.change == -cut.change or gain.from_ == cut.from_
        if alike and cut.from_ - HANDOVER <= gain.from_ < leaves:
            yield _handover_note(scenario, (name, other), (cut, gain), leaves)


def _handover_note(
    scenario: Scenario, names: tuple[str, str], changes: tuple[Headcount, Headcount], leaves: dt.date
) -> str:
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
