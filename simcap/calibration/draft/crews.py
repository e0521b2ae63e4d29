"""Who works when: from the best source that a history has."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from simcap.calibration.draft.crew import GUESS, PLACEHOLDER, DraftTeam, zone_of
from simcap.calibration.draft.seen_shifts import crews_seen
from simcap.calibration.draft.staffed_hours import crews_reported
from simcap.calibration.history.history import History
from simcap.calibration.history.roles import LENGTH
from simcap.units import DAY


def crews_of(history: History, queues: Sequence[str]) -> list[DraftTeam]:
    """Return the teams of a history; none where no file tells of people.

    Shifts of agents tell most; then come reports by the hour, a roster, and reports by longer periods.
    """
    by_hour = history.reports is not None and bool((history.reports[LENGTH] < DAY).any())
    crews = crews_seen(history) or (crews_reported(history) if by_hour else [])
    crews = crews or _listed(history) or crews_reported(history)
    return _taking(_apart(crews), queues)


def left_out(history: History, crews: Sequence[DraftTeam]) -> list[str]:
    """Return the vendors of the roster of whom no file has any work, so that they have no team."""
    if history.roster is None:
        return []
    return sorted(set(history.roster["vendor"]) - {crew.vendor for crew in crews})


def _listed(history: History) -> list[DraftTeam]:
    """Return the teams of a roster, with those who are employed at its end."""
    roster = history.roster
    if roster is None:
        return []
    last = history.first + history.days - 1
    there = roster[(roster["hired"] <= last) & ~(roster["left"] <= last)]
    found = []
    for (vendor, team), rows in there.groupby(["vendor", "team"]):
        zone, why = zone_of(str(vendor), str(team), history.configuration.timezone)
        name = str(team) or f"{vendor}-team"
        why_shift = f"{GUESS}no file tells when they work"
        found.append(
            DraftTeam(
                str(vendor), name, zone, len(rows), "5 of 7", (PLACEHOLDER,), (), why, "employed at its end", why_shift
            )
        )
    return found


def _apart(crews: Sequence[DraftTeam]) -> list[DraftTeam]:
    """Return teams under names that no two share, whatever their vendor."""
    names = [crew.team for crew in crews]
    return [
        dataclasses.replace(crew, team=f"{crew.vendor}-{crew.team}") if names.count(crew.team) > 1 else crew
        for crew in crews
    ]


def _taking(crews: Sequence[DraftTeam], queues: Sequence[str]) -> list[DraftTeam]:
    """Return teams that take all queues together: what nobody is known to take, all do."""
    taken = {queue for crew in crews for queue in crew.skills}
    orphans = [queue for queue in queues if queue not in taken]
    found = []
    for crew in crews:
        skills = tuple(queue for queue in queues if queue in crew.skills or queue in orphans)
        known = f"; nobody is seen on {', '.join(orphans)}" if orphans and crew.skills else ""
        why = f"{GUESS}no file tells who takes what" if not crew.skills else (GUESS if known else "") + crew.why_skills
        found.append(dataclasses.replace(crew, skills=skills, why_skills=why + known))
    return found
