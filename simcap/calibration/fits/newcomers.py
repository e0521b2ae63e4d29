"""Newcomers of a log without a roster: who began while it ran, as their work shows, and their ramp.

An agent whose first item comes long after the log begins, when all regulars must have shown up, is taken to have begun
with it. One who from the first works as fast as the settled do was away until then, or came from elsewhere. All who
were seen before count as settled: some are still learning, so that their first weeks in the log are left out, by whose
end there is little left to learn.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from simcap.calibration.fits.fit import Fit, NotFitted
from simcap.calibration.fits.proficiency import variance_between
from simcap.calibration.fits.ramp import ENOUGH_LEARNERS, fit_ramp, weekly_cells
from simcap.calibration.history.people import VENDOR, of_agents
from simcap.calibration.history.sheets import EPOCH
from simcap.scenario.data.instants import wall
from simcap.units import DAY

SHORTEST, LONGEST = 14, 42
"""Days from the start of a log within which regulars show up: at least, and at most."""
USUAL: Final = 0.95
"""Part of the agents whose longest absence is shorter than the days within which regulars show up."""
SETTLED: Final = 1000.0
"""Days before the log that a settled agent is written down to have begun."""
LEFT_OUT: Final = 28
"""First days of the log that are left out of those who were there from its start; a third of it at most."""
FIRST_WEEKS: Final = 14.0
"""Days from their first item in which newcomers differ most from settled agents."""
CLEARLY: Final = 5.0
"""How many times as likely a newcomer's handle times must be those of a settled agent to be taken for one."""
STEPS: Final = 50
_SOME: Final = 1e-6


@dataclasses.dataclass(frozen=True)
class Newcomers:
    """People as a log shows them, and the ramp of those who began in it."""

    people: pd.DataFrame
    """agent, vendor, hired (ordinal): as a roster has them."""
    fits: tuple[Fit | NotFitted, ...]


def fit_newcomers(items: pd.DataFrame, timezone: str) -> Newcomers:
    """Fit the ramp of those who began while a log without a roster ran.

    `items` are those of known agents: queue, agent, day, handle, completed and, where it is known, vendor.
    """
    people, start, window = _people_seen(items, timezone)
    others = int((~people["new"]).sum())
    said = f"whose first item comes {window} days or more after the log begins"
    if people["new"].sum() < ENOUGH_LEARNERS:
        why = f"no roster says when agents began; of {people['new'].sum()} {said}, {ENOUGH_LEARNERS} are needed"
        return Newcomers(people, (NotFitted("vendors.*.ramp", why),))
    early = items["day"] < start + min(LEFT_OUT, (items["day"].max() - start) / 3)
    known = items[~(early & items["agent"].isin(people.loc[~people["new"], "agent"]))]
    fast = _fast_from_the_first(weekly_cells(items, people, start), people)
    again = people["agent"].isin(fast)
    people = people.assign(new=people["new"] & ~again, hired=people["hired"].mask(again, start - SETTLED))
    fits = fit_ramp(known, people, start)
    prior = (
        f"{people['new'].sum()} agents {said} are taken to have begun with it, as no roster says when they did; "
        f"{others} seen before count as settled"
    )
    if fast:
        prior += f", and so do {len(fast)} who were as fast from the first: they were away, or came from elsewhere"
    return Newcomers(people, tuple(_resting_on(fit, prior) for fit in fits))


def _resting_on(fit: Fit | NotFitted, prior: str) -> Fit | NotFitted:
    if isinstance(fit, NotFitted):
        return dataclasses.replace(fit, why=f"{fit.why}; {prior}")
    return dataclasses.replace(fit, prior="; ".join(filter(None, (fit.prior, prior))))


def _people_seen(items: pd.DataFrame, timezone: str) -> tuple[pd.DataFrame, int, int]:
    """Return agent, vendor, hired and new of all who work; the day on which the log begins; and the days of `SHORTEST`.

    Vendors are those of most of an agent's items.
    """
    work = items[items["completed"].notna()]
    days = np.floor(wall(work["completed"].to_numpy(float), timezone) / DAY) + EPOCH
    worked = pd.DataFrame({"agent": work["agent"].astype("str").to_numpy(), "day": days})
    worked = worked.drop_duplicates().sort_values(["agent", "day"])
    longest = worked.groupby("agent")["day"].agg(lambda mine: mine.diff().max()).fillna(1.0)
    absent = math.ceil(longest.quantile(USUAL)) if len(longest) else 0
    window = min(max(SHORTEST, absent), LONGEST)
    first = worked.groupby("agent")["day"].min()
    start = int(first.min()) if len(first) else 0
    new = (first >= start + window).to_numpy(bool)
    hired = np.where(new, first, start - SETTLED)
    people = pd.DataFrame({"agent": first.index, "vendor": _vendors(work, first.index), "hired": hired, "new": new})
    return people, start, window


def _vendors(work: pd.DataFrame, agents: pd.Index) -> NDArray[np.object_]:
    named = pd.DataFrame({"agent": work["agent"].astype("str"), "vendor": work.get("vendor")}).dropna()
    counts = named.value_counts().reset_index().drop_duplicates("agent").set_index("agent")["vendor"]
    values = of_agents(pd.Series(agents), counts.astype(object))
    return np.asarray(np.where(pd.isna(values), VENDOR, values), object)


def _fast_from_the_first(cells: pd.DataFrame, people: pd.DataFrame) -> list[str]:
    """Return the newcomers whose first weeks are clearly those of a settled agent, and not those of the others.

    ln(handle time) beside the settled of the same week is normal about 0 or about the learners' mean, which is found
    by expectation and maximisation; both have the spread of the settled.
    """
    fresh = people.loc[people["new"], "agent"]
    settled = cells[~cells["agent"].isin(fresh)]
    middle = (settled["y"] * settled["n"]).groupby(settled["week"]).sum() / settled.groupby("week")["n"].sum()
    cells = cells.assign(apart=cells["y"] - cells["week"].map(middle)).dropna(subset="apart")
    new = cells["agent"].isin(fresh)
    means, items = _means(cells[new & (cells["tenure"] < FIRST_WEEKS)])
    if means.empty:
        return []
    settled = cells[~new]
    own, of = _means(settled)
    apart = settled["apart"] - settled["agent"].map(own)
    noise = float((apart**2 * settled["n"]).sum() / max(len(settled) - len(own), 1))
    variance = variance_between(own.to_numpy(float), (noise / of).to_numpy(float)) + noise / items
    learners, settled_part = float(means.median()), 0.1
    for _ in range(STEPS):
        favour = ((means - learners) ** 2 - means**2) / variance / 2
        learning = special.expit(-favour - special.logit(settled_part))
        learners = max(float(np.average(means, weights=learning + _SOME)), 0.0)
        settled_part = float(np.clip(1 - learning.mean(), _SOME, 0.5))
    return list(means.index[favour > math.log(CLEARLY)].astype(str))


def _means(cells: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return for each agent the mean over all items, and their number."""
    items = cells.groupby("agent")["n"].sum()
    return (cells["apart"] * cells["n"]).groupby(cells["agent"]).sum() / items, items
