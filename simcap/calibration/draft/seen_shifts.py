"""Shifts that a history shows agent by agent, and the teams that they make up.

With attendance shifts are known, the missed ones too. Without it they are seen from the work: first pick-up to last
decision, parted where nothing was done for hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.draft.crew import GUESS, WEEK, Crew, WorkingTime, whole_percents
from simcap.calibration.history.history import History
from simcap.calibration.history.people import of_agents
from simcap.calibration.history.sheets import EPOCH
from simcap.calibration.history.shifts import with_shifts
from simcap.calibration.look.proposal import VENDOR
from simcap.scenario.data.instants import wall
from simcap.scenario.schema.zones import zone_in
from simcap.units import DAY, HOUR, MINUTE

Array = NDArray[np.float64]

STEP_ATTENDED, STEP_SEEN = 15 * MINUTE, 30 * MINUTE
"""To what starts and ends of shifts are rounded: as attendance has them, and as work shows them."""
LONGEST_WORK: Final = 4 * HOUR
"""Work on one item that lasts longer was left open, and shows no more than this of a shift."""
RECENT: Final = 14
"""Days before the end of the history in which an agent has to be seen to count."""
FEWEST, LEAST_SHARE = 2, 0.1
"""Agents, and part of a team, that a start of shifts must have to be one of its own."""
SEEN_ON: Final = 0.25
"""Part of the usual share of a queue that a team's work must have for the team to take it."""
WEEKEND: Final = 0.02
"""Part of the shifts on Saturdays and Sundays below which a team works from Monday to Friday."""


def crews_seen(history: History) -> list[Crew]:
    """Return the teams whose shifts the attendance, or the work, shows; none where neither names agents."""
    shifts = _attended(history) if history.attendance is not None else _worked(history)
    if shifts.empty:
        return []
    shifts = shifts.assign(**_whose(shifts["agent"], history))
    crews = [crew for _, rows in shifts.groupby(["vendor", "team"]) for crew in _crews(rows, history)]
    return [crew for crew in crews if crew.agents > 0]


def _attended(history: History) -> pd.DataFrame:
    """Return agent, begun and over of each shift of the attendance."""
    assert history.attendance is not None
    first = history.attendance.groupby("shift")[["agent", "begun", "over"]].first()
    return first.reset_index()


def _worked(history: History) -> pd.DataFrame:
    """Return agent, begun and over of each shift that the work shows: decisions alone, where pick-ups are unknown."""
    items = history.items
    known = items[(items["agent"].astype("str") != "") & items["agent"].notna() & items["completed"].notna()]
    end = known["completed"].to_numpy(float)
    start = np.maximum(known["started"].fillna(known["completed"]).to_numpy(float), end - LONGEST_WORK)
    spells = pd.DataFrame({"agent": known["agent"].astype("str"), "start": start, "end": end, "activity": "floor"})
    if spells.empty:
        return pd.DataFrame({"agent": [], "begun": [], "over": []})
    return with_shifts(spells.reset_index(drop=True)).groupby("shift")[["agent", "begun", "over"]].first().reset_index()


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


def _crews(shifts: pd.DataFrame, history: History) -> Iterator[Crew]:
    """Yield the team of some shifts; where no file names teams, one for each start of shifts."""
    vendor, team = shifts["vendor"].iloc[0], shifts["team"].iloc[0]
    site = zone_in(f"{team} {vendor}")
    zone = site or history.configuration.timezone
    why = "the city of the name" if site else f"{GUESS}the zone of the site: no file tells it"
    step = STEP_ATTENDED if history.attendance is not None else STEP_SEEN
    local = wall(shifts["begun"].to_numpy(float), zone)
    start = np.round(local / step) * step
    shifts = shifts.assign(
        day=np.floor(start / DAY).astype(np.int64) + EPOCH,
        start=start % DAY,
        length=np.maximum(np.floor((shifts["over"] - shifts["begun"] + local - start) / step), 1) * step,
    )
    usual = shifts.groupby("agent")["start"].agg(lambda starts: starts.mode().iloc[0])
    group = shifts["agent"].map(_grouped(usual))
    groups = [(start, rows) for start, rows in shifts.groupby(group)]
    if team:
        yield _crew(history, groups, (vendor, team), (zone, why))
        return
    for at, rows in groups:
        name = f"{vendor}-{int(at // HOUR):02}{int(at % HOUR // MINUTE):02}"
        yield _crew(history, [(at, rows)], (vendor, name), (zone, why))


def _grouped(usual: pd.Series) -> pd.Series:
    """Return for each agent the start of the group that is nearest to their usual one."""
    counts = usual.value_counts().sort_index()
    main = counts[(counts >= FEWEST) & (counts >= LEAST_SHARE * len(usual))]
    starts = (main if len(main) else counts.nlargest(1)).index.to_numpy(float)
    apart = np.abs(usual.to_numpy(float)[:, None] - starts)
    return pd.Series(starts[np.minimum(apart, DAY - apart).argmin(axis=1)], index=usual.index)


def _crew(
    history: History, groups: list[tuple[float, pd.DataFrame]], names: tuple[str, str], zone: tuple[str, str]
) -> Crew:
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
    return Crew(*names, zone[0], heads, _days(whole), times, skills, zone[1], why_heads, why_shift, why_skills)


def _usual_length(rows: pd.DataFrame) -> float:
    return float(rows["length"].mode().iloc[0])


def _days(rows: pd.DataFrame) -> str:
    """Return the working days of agents: Monday to Friday, or so many in a rolling week."""
    weekday = (rows["day"].to_numpy() - 1) % WEEK
    if float((weekday >= 5).mean()) < WEEKEND:
        return "Mon-Fri"
    worked = rows.groupby(["agent", (rows["day"] - 1) // WEEK])["day"].nunique()
    return f"{int(np.clip(worked.median(), 1, WEEK))} of {WEEK}"


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
        after = _rounded(float((mine["start"] - mine["begun"]).median()), STEP_ATTENDED)
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
        return int(there.sum()), "employed on the last day of the roster's history"
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
