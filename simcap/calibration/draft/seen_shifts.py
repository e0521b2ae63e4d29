"""Shifts that a history shows agent by agent, and the teams that they make up.

With attendance shifts are known, the missed ones too. Without it they are seen from the work: the part of the day in
which an agent takes items, however few a log has of each day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.draft.answering import response_of
from simcap.calibration.draft.crew import GUESS, WEEK, DraftTeam, WorkingTime, whole_percents, zone_of
from simcap.calibration.history.history import History
from simcap.calibration.history.people import VENDOR, of_agents
from simcap.calibration.history.sheets import EPOCH
from simcap.scenario.data.instants import wall
from simcap.units import DAY, HOUR, MINUTE

Array = NDArray[np.float64]

STEP_ATTENDED, STEP_SEEN = 15 * MINUTE, 30 * MINUTE
"""To what starts and ends of shifts are rounded: as attendance has them, and as work shows them."""
NEARLY_ALL: Final = 0.97
"""Part of the work of a group of agents that lies in their shift."""
RECENT: Final = 14
"""Days before the end of the history in which an agent has to be seen to count."""
FEWEST, LEAST_SHARE = 2, 0.1
"""Agents, and part of a team, that a start of shifts must have to be one of its own."""
SEEN_ON: Final = 0.25
"""Part of the usual share of a queue that a team's work must have for the team to take it."""
_EARLY: Final = HOUR
"""How long before a shift its people may begin, to be counted as of it."""
WEEKEND: Final = 0.02
"""Part of the shifts on Saturdays and Sundays below which a team works from Monday to Friday."""


def crews_seen(history: History) -> list[DraftTeam]:
    """Return the teams whose shifts the attendance, or the work, shows; none where neither names agents."""
    seen = _attended(history) if history.attendance is not None else _worked(history)
    if seen.empty:
        return []
    seen = seen.assign(**_whose(seen["agent"], history))
    crews = [crew for _, rows in seen.groupby(["vendor", "team"]) for crew in _crews(rows, history)]
    crews = [crew for crew in crews if crew.agents > 0]
    return [_responding(crew, seen, history) if [crew] == crews else crew for crew in crews]


def _responding(crew: DraftTeam, seen: pd.DataFrame, history: History) -> DraftTeam:
    """Return the only team with how it answers to its backlog, if it has one shift: what waits can wait for no other.

    None is kept where as many as its agents make were never seen.
    """
    if len(crew.times) > 1:
        return crew
    came = seen[seen["came"].astype(bool)]
    start = crew.times[0].start
    day = np.floor((wall(came["at"].to_numpy(float), crew.timezone) - start + _EARLY) / DAY).astype(np.int64) + EPOCH
    found = response_of(history, came.assign(day=day), start, crew.timezone, crew.skills)
    of_team = found and found.of(crew.coming())
    return dataclasses.replace(crew, response=of_team) if of_team and of_team.least < 1 < of_team.most else crew


def _attended(history: History) -> pd.DataFrame:
    """Return agent, shift, at and over (when it began and ended) of each shift of the attendance."""
    assert history.attendance is not None
    first = history.attendance.groupby("shift")[["agent", "begun", "over"]].first()
    came = history.attendance.loc[history.attendance["activity"] != "absent", "shift"]
    return first.assign(came=first.index.isin(came)).reset_index().rename(columns={"begun": "at"})


def _worked(history: History) -> pd.DataFrame:
    """Return agent and moment of each piece of work: when it was taken; where that is unknown, when it was decided."""
    items = history.items
    known = items[items["agent"].notna() & items["completed"].notna()]
    at = known["started"].fillna(known["completed"]).to_numpy(float)
    found = pd.DataFrame({"agent": known["agent"].astype("str").to_numpy(), "at": at, "came": True})
    return found[found["agent"] != ""].reset_index(drop=True)


def _whose(agents: pd.Series, history: History) -> dict[str, NDArray[np.object_]]:
    """Return vendor and team of the agent of each shift: as the roster has them, else attendance, else the log."""
    found = {}
    for name, unknown in (("vendor", VENDOR), ("team", "")):
        tables = [history.roster, history.attendance, history.items]
        known = next((table for table in tables if table is not None and name in table), None)
        values = np.full(len(agents), unknown, object)
        if known is not None:
            named = pd.DataFrame({"agent": known["agent"].astype("str"), name: known[name].astype("str")})
            named = named[(named["agent"] != "") & (named[name] != "")]
            counts = named.value_counts().reset_index().drop_duplicates("agent")
            values = of_agents(agents, counts.set_index("agent")[name])
        found[name] = np.where(pd.isna(values), unknown, values)
    return found


def _crews(seen: pd.DataFrame, history: History) -> Iterator[DraftTeam]:
    """Yield the team of some shifts; where no file names teams, one for each start of shifts."""
    vendor, team = seen["vendor"].iloc[0], seen["team"].iloc[0]
    zone, why = zone_of(vendor, team, history.configuration.timezone)
    local = wall(seen["at"].to_numpy(float), zone)
    shifts = _as_begun(seen, local) if history.attendance is not None else _as_worked(seen, local)
    groups = [(float(str(start)), rows) for start, rows in shifts.groupby("group")]
    if team:
        yield _crew(history, groups, (vendor, team), (zone, why))
        return
    for at, rows in groups:
        name = f"{vendor}-{int(at // HOUR):02}{int(at % HOUR // MINUTE):02}"
        yield _crew(history, [(at, rows)], (vendor, name), (zone, why))


def _as_begun(shifts: pd.DataFrame, local: Array) -> pd.DataFrame:
    """Return shifts of attendance with day, length and group (the usual start of the agent's group)."""
    start = np.round(local / STEP_ATTENDED) * STEP_ATTENDED
    length = np.floor((shifts["over"] - shifts["at"] + local - start) / STEP_ATTENDED) * STEP_ATTENDED
    usual = pd.Series(start % DAY).groupby(shifts["agent"].to_numpy()).agg(lambda starts: starts.mode().iloc[0])
    return shifts.assign(
        day=np.floor(start / DAY).astype(np.int64) + EPOCH,
        length=np.maximum(length, STEP_ATTENDED),
        group=shifts["agent"].map(_grouped(usual, 0.0)).to_numpy(float),
    )


def _as_worked(work: pd.DataFrame, local: Array) -> pd.DataFrame:
    """Return the shifts that pieces of work show: agent, day, length and group.

    They lie in the shortest part of the day in which nearly all work of a group of agents is.
    """
    clock = pd.Series(local % DAY, index=work.index)
    usual = clock.groupby(work["agent"]).agg(lambda times: _span_of_work(times.to_numpy(float))[0])
    group = work["agent"].map(_grouped(usual, STEP_SEEN)).to_numpy(float)
    found = []
    for _, places in pd.Series(np.arange(len(work))).groupby(group):
        rows = places.to_numpy()
        start, length = _span_of_work(local[rows] % DAY)
        day = np.floor((local[rows] - start) / DAY).astype(np.int64) + EPOCH
        mine = pd.DataFrame({"agent": work["agent"].to_numpy()[rows], "day": day}).drop_duplicates()
        whose = {name: work[name].iloc[0] for name in ("vendor", "team")}
        found.append(mine.assign(length=length, group=start, **whose))
    return pd.concat(found, ignore_index=True)


def _span_of_work(times: Array) -> tuple[float, float]:
    """Return start and length of the shortest part of the day in which nearly all of some times of day are."""
    bins = int(DAY // STEP_SEEN)
    counts = np.bincount((times // STEP_SEEN).astype(np.int64) % bins, minlength=bins)
    running = np.concatenate([[0], np.cumsum(np.tile(counts, 2))])
    for length in range(1, bins):
        inside = running[length : length + bins] - running[:bins]
        if inside.max() >= NEARLY_ALL * times.size:
            return float(inside.argmax()) * STEP_SEEN, length * STEP_SEEN
    return 0.0, DAY


def _grouped(usual: pd.Series, near: float) -> pd.Series:
    """Return for each agent the start of the group that is nearest to their usual one.

    A start that enough agents have is one of a group, unless one that more have is as `near`.
    """
    main: list[float] = []
    for start, count in usual.value_counts().items():
        apart = [_apart(np.array([start]), np.array([other]))[0, 0] for other in main]
        if not main or (count >= max(FEWEST, LEAST_SHARE * len(usual)) and min(apart) > near):
            main.append(float(str(start)))
    starts = np.sort(np.array(main))
    return pd.Series(starts[_apart(usual.to_numpy(float), starts).argmin(axis=1)], index=usual.index)


def _apart(times: Array, others: Array) -> Array:
    """Return the time by the clock between times of day [time, other]."""
    gap = np.abs(times[:, None] - others)
    return np.asarray(np.minimum(gap, DAY - gap))


def _crew(
    history: History, groups: list[tuple[float, pd.DataFrame]], names: tuple[str, str], zone: tuple[str, str]
) -> DraftTeam:
    whole = pd.concat([rows for _, rows in groups])
    agents = [rows["agent"].nunique() for _, rows in groups]
    times = tuple(
        WorkingTime(float(at), _usual_length(rows), share, _breaks(history, rows))
        for (at, rows), share in zip(groups, whole_percents(agents), strict=True)
        if share > 0
    )
    skills, why_skills = _skills(history, whole)
    known = history.attendance is not None
    breaks = "breaks included" if any(time.breaks for time in times) else "no breaks seen"
    why_shift = f"as attendance has them; {breaks}" if known else f"{GUESS}as the work shows them; breaks do not show"
    heads, why_heads = _heads(history, whole)
    # Of work alone, a day without any need not be a day off.
    days = _days(whole, 0.5 if known else 0.75)
    return DraftTeam(*names, zone[0], heads, days, times, skills, zone[1], why_heads, why_shift, why_skills)


def _usual_length(rows: pd.DataFrame) -> float:
    return float(rows["length"].mode().iloc[0])


def _days(rows: pd.DataFrame, part: float) -> str:
    """Return the working days of agents: Monday to Friday, or so many in a week as a part of the weeks have at most."""
    weekday = (rows["day"].to_numpy() - 1) % WEEK
    if float((weekday >= 5).mean()) < WEEKEND:
        return "Mon-Fri"
    worked = rows.groupby(["agent", (rows["day"] - 1) // WEEK])["day"].nunique()
    return f"{int(np.clip(worked.quantile(part, interpolation='nearest'), 1, WEEK))} of {WEEK}"


def _breaks(history: History, rows: pd.DataFrame) -> tuple[tuple[float, float], ...]:
    """Return when breaks of a shift usually begin after its start, and how long they last."""
    if history.attendance is None:
        return ()
    pauses = history.attendance[history.attendance["activity"] == "aside"]
    pauses = pauses[pauses["shift"].isin(set(rows["shift"]))].sort_values(["shift", "start"])
    if pauses.empty:
        return ()
    number = pauses.groupby("shift").cumcount()
    usual = int(pauses["shift"].value_counts().median())
    found: list[tuple[float, float]] = []
    for place in range(usual):
        mine = pauses[number == place]
        length = _rounded(float((mine["end"] - mine["start"]).median()), 5 * MINUTE)
        # Breaks wait for the item in hand, so that few begin on time and none before it.
        after = _rounded(float((mine["start"] - mine["begun"]).quantile(0.1)), STEP_ATTENDED)
        after = max(after, found[-1][0] + found[-1][1]) if found else after
        if length > 0 and after + length <= _usual_length(rows):
            found.append((after, length))
    return tuple(found)


def _rounded(seconds: float, step: float) -> float:
    return float(np.round(seconds / step) * step)


def _heads(history: History, rows: pd.DataFrame) -> tuple[int, str]:
    """Return how many there are at the end of the history: as the roster has it, else those who were seen lately."""
    last = history.first + history.days - 1
    roster = history.roster
    if roster is not None and rows["team"].iloc[0]:
        mine = roster[(roster["team"] == rows["team"].iloc[0]) & (roster["vendor"] == rows["vendor"].iloc[0])]
        there = (mine["hired"] <= last) & ~(mine["left"] <= last)
        return int(there.sum()), "employed on the last day, by the roster"
    latest = int(rows["day"].max())
    count = int(rows.loc[rows["day"] > min(last, latest) - RECENT, "agent"].nunique())
    return count, f"seen in the last {RECENT} days"


def _skills(history: History, rows: pd.DataFrame) -> tuple[tuple[str, ...], str]:
    """Return the queues whose share of the team's work is near the usual one; none where the work is of no agent."""
    items = history.items
    mine = items[items["agent"].astype("str").isin(set(rows["agent"])) & items["completed"].notna()]
    if mine.empty:
        return (), ""
    usual = items.loc[items["completed"].notna(), "queue"].astype("str").value_counts(normalize=True)
    own = mine["queue"].astype("str").value_counts(normalize=True)
    taken = tuple(str(queue) for queue in sorted(own.index) if own[queue] >= SEEN_ON * usual[queue])
    return taken, "what they took"
