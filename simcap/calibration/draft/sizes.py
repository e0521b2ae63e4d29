"""What no file tells of how much there is to do, or to do it with: chosen so that work and hours go together.

A placeholder of ten agents would make a scenario of nonsense where a thousand are needed; these make it a calm one.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

from simcap.calibration.draft.crew import GUESS, PLACEHOLDER, DraftTeam
from simcap.calibration.draft.facts import Facts
from simcap.calibration.history.people import VENDOR
from simcap.units import HOUR, MINUTE

FILL: Final = 0.75
"""Part of the hours on the floor that work fills."""
HANDLE: Final = 10 * MINUTE
"""Handle time where neither files nor hours tell one."""
AGENTS: Final = 10
"""Agents where neither files nor work tell how many."""


@dataclasses.dataclass(frozen=True)
class Sizes:
    """Placeholders: handle times in seconds and items a week, by queue; and who is there."""

    handle: dict[str, float]
    per_week: dict[str, float]
    crews: tuple[DraftTeam, ...]


def sizes_of(facts: Facts) -> Sizes:
    """Return placeholders for what the facts do not have."""
    handle = _handle(facts)
    crews = facts.crews or (_crew_for(facts, handle),)
    times = {**facts.handle, **handle}
    open_ = [queue for queue in facts.queues if queue not in facts.per_week]
    known = sum(facts.per_week.get(queue, 0.0) * times[queue] for queue in facts.queues)
    left = max(FILL * HOUR * sum(crew.hours() for crew in crews) - known, 0.0) / max(len(open_), 1)
    per_week = {queue: _round(max(left / times[queue], 10.0)) for queue in open_}
    return Sizes(handle, per_week, crews)


def _handle(facts: Facts) -> dict[str, float]:
    """Return handle times for the queues that lack one: as long as the hours of those who are there allow, if known."""
    open_ = [queue for queue in facts.queues if queue not in facts.handle]
    items = sum(facts.per_week.get(queue, 0.0) for queue in open_)
    known = sum(facts.per_week.get(queue, 0.0) * seconds for queue, seconds in facts.handle.items())
    left = FILL * HOUR * sum(crew.hours() for crew in facts.crews) - known
    longest = left / items if items and left > 0 else HANDLE
    return dict.fromkeys(open_, _round(max(longest, MINUTE)))


def _crew_for(facts: Facts, handle: dict[str, float]) -> DraftTeam:
    """Return one team, large enough for the work that is known."""
    work = sum(facts.per_week.get(queue, 0.0) * {**facts.handle, **handle}[queue] for queue in facts.queues) / HOUR
    why = f"{GUESS}no file tells"
    one = DraftTeam(
        VENDOR, f"{VENDOR}-team", facts.timezone, 1, "5 of 7", (PLACEHOLDER,), facts.queues, f"{why} the site",
        f"{why} how many there are; this many are busy for {FILL:.0%} of their time", f"{why} when they work",
        f"{why} who takes what",
    )  # fmt: skip
    return dataclasses.replace(one, agents=math.ceil(work / FILL / one.hours()) or AGENTS)


def _round(value: float) -> float:
    """Return a number with two digits, so that it does not look like a measured one."""
    digits = math.floor(math.log10(value)) - 1
    return float(round(value / 10**digits) * 10**digits)
