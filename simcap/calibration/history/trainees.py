"""Who was trained and what became of them: by the dates of a roster, or by the training that schedules show."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.history.people import of_agents
from simcap.calibration.history.sheets import DataSheet, Note

SLOWEST: Final = 0.95
"""Quantile of the length of training after which one counts as over."""
GONE: Final = 7
"""Days before the last of a schedule without any spell after which a trainee has left."""


def by_roster(people: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return vendor, team, trained and graduated of those whose training began in the history and is over.

    It must have begun so early that it is over even for the slowest: of later ones only those who dropped out would be
    known.
    """
    longest = (people["hired"] - people["trained"]).quantile(SLOWEST)
    under_way = people.loc[people["hired"].isna() & people["left"].isna(), "trained"].min()
    settled = np.nanmin([last - max(np.nan_to_num(longest), 0.0), under_way - 1])
    inside = people[(people["trained"] >= first) & (people["trained"] <= settled)]
    table = pd.DataFrame(inside[["vendor", "team", "trained"]])
    return table.assign(graduated=inside["hired"].notna()).reset_index(drop=True)


def without_training(sheet: DataSheet) -> pd.DataFrame:
    """Take the spells of training out of attendance, and return agent, trained, hired, left (ordinals) of the trainees.

    A trainee's first spell is one of training. One who has not been on the floor and has no spell in the last week is
    gone. Columns as in a roster; vendor is there where the attendance has it.
    """
    spells = sheet.table
    training = spells["activity"] == "training"
    if not training.any():
        return pd.DataFrame()
    sheet.table = spells[~training]
    begun = spells[training].groupby("agent")["day"].min()
    floor = spells[~training].groupby("agent")["day"].min().reindex(begun.index)
    fresh = begun[~(floor < begun)].index
    known = spells[training & spells["agent"].isin(fresh)].groupby("agent")["day"].agg(["min", "max"])
    hired = floor.reindex(known.index)
    gone = hired.isna() & (known["max"] <= spells["day"].max() - GONE)
    people = pd.DataFrame({"agent": known.index, "trained": known["min"].to_numpy(float), "hired": hired.to_numpy()})
    people["left"] = np.where(gone, known["max"] + 1.0, np.nan)
    if "vendor" in spells:
        people["vendor"] = spells.groupby("agent")["vendor"].first().reindex(known.index).astype(str).to_numpy()
    others = int((training & ~spells["agent"].isin(fresh)).sum())
    said = f"{len(people)} trainees, {int(gone.sum())} of whom left in training"
    if others:
        said += f"; {others:,} spells of agents who were on the floor before are not counted"
    sheet.notes.append(Note(f"{sheet.file}: training", int(training.sum()), said))
    return people


def by_schedule(people: pd.DataFrame, roster: pd.DataFrame | None, first: int, last: int) -> pd.DataFrame | None:
    """Return what `by_roster` does of the trainees of a schedule; nothing if their vendors are not known."""
    if people.empty:
        return None
    if roster is not None:
        names = roster.set_index("agent")
        people = people.assign(
            **{
                name: pd.Series(of_agents(people["agent"], names[name]), index=people.index)
                for name in ("vendor", "team")
            }
        )
    elif "vendor" not in people:
        return None
    people = people.assign(team=people.get("team", ""))
    people = people[people["vendor"].notna() & (people["vendor"] != "")].fillna({"team": ""})
    return by_roster(people, first, last) if len(people) else None
