"""Proficiency: how much the agents of a vendor differ in speed, whatever they work on.

ln(handle time) = queue + vendor + agent, with normal agents. Their variance gives the vendor's `spread`; the agents'
effects are then taken off the handle times, so that content does not depend on who happened to do the work. Only what a
scenario adds again is removed: agents of a vendor whose spread cannot be fitted keep their handle times.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from simcap.analysis.summary import wilson
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, Subject, of_vendor
from simcap.calibration.history.people import of_agents

Array = NDArray[np.float64]

ENOUGH_AGENTS = 8
STEPS, STILL = 100, 1e-6
_NONE = 1e-10
"""Variance that counts as none."""


@dataclasses.dataclass(frozen=True)
class Proficiency:
    """How agents differ in speed."""

    fits: tuple[Fit | NotFitted, ...]
    """The spread of each vendor."""
    effects: pd.Series
    """By agent of a vendor with a spread: the agent's effect on ln(handle time)."""
    queues: pd.DataFrame
    """By queue: `middle` of ln(handle time); `lost`, by which effects seen in few items narrow the rest; `unsure`,
    variance of the middle, as the agents are a sample of possible ones."""

    def at_average_speed(self, items: pd.DataFrame) -> pd.DataFrame:
        """Return the items with handle times as an agent of average speed would have had them."""
        effect = of_agents(items["agent"], self.effects)
        logs = np.log(items["handle"].where(items["handle"] > 0).to_numpy())
        names = items["queue"].astype(str)
        middle, lost = (names.map(self.queues[name]).to_numpy(float) for name in ("middle", "lost"))
        content = np.exp(middle + (logs - middle - effect) * lost)
        return items.assign(handle=np.where(np.isfinite(content), content, items["handle"]))


def fit_spread(items: pd.DataFrame, vendors: pd.Series) -> Proficiency:
    """Fit how much the agents of each vendor differ in speed.

    `items` has queue, agent and handle in seconds; `vendors` gives the vendor of each agent.
    """
    cells = _cells(items, vendors)
    if cells.empty:
        return _UNKNOWN
    effects = np.zeros(len(cells))
    for _ in range(STEPS):
        middle = _means(cells["queue"], cells["mean"] - effects, cells["n"])
        people = _people(cells.assign(mean=cells["mean"] - cells["queue"].map(middle)))
        parts = {str(vendor): _Part.of(rows) for vendor, rows in people.groupby("vendor")}
        before, effects = effects, _of_all(parts, "effects", cells)
        if np.abs(effects - before).max(initial=0) < STILL:
            break
    fits = tuple(part.fit(of_vendor(vendor)) for vendor, part in parts.items())
    # Speeds, not their logarithms, average to 1.
    own = [part.effects + part.between / 2 for part in parts.values() if part.enough]
    freedom = _of_all(parts, "kept", cells) * cells["precision"] / cells["agent"].map(1 / people["noise"])
    whole = cells.groupby("queue")["n"].sum()
    lost = np.sqrt(whole / (whole - freedom.groupby(cells["queue"]).sum()).clip(lower=1))
    queues = pd.DataFrame({"middle": middle, "lost": lost, "unsure": _unsure(parts, cells)})
    return Proficiency(fits, pd.concat([pd.Series(dtype=float), *own]), queues)


_UNKNOWN = Proficiency(
    (NotFitted("spread", "no item has both a handle time and an agent of the roster"),),
    pd.Series(dtype=float),
    pd.DataFrame({"middle": [], "lost": [], "unsure": []}, dtype=float),
)


@dataclasses.dataclass(frozen=True)
class _Part:
    """The agents of a vendor: the mean of ln(handle time) of each and its noise, and the variance between them."""

    people: pd.DataFrame
    middle: float
    between: float

    @classmethod
    def of(cls, people: pd.DataFrame) -> _Part:
        noise, means = people["noise"].to_numpy(float), people["mean"].to_numpy(float)
        between = variance_between(means, noise)
        weights = 1 / (noise + between)
        return cls(people, float((weights * means).sum() / weights.sum()), between)

    @property
    def enough(self) -> bool:
        return len(self.people) >= ENOUGH_AGENTS

    @property
    def kept(self) -> pd.Series:
        """Return the share of each agent's deviation that is not noise; none if agents are too few."""
        return self.between / (self.between + self.people["noise"]) * self.enough

    @property
    def effects(self) -> pd.Series:
        return self.kept * (self.people["mean"] - self.middle)

    def variance(self) -> float:
        """Return the variance of the agents' mean and of the term that makes their speeds average to 1."""
        count = len(self.people)
        return (self.between / count + self.between**2 / 2 / (count - 1)) if self.enough else 0.0

    def fit(self, subject: Subject) -> Fit | NotFitted:
        count = len(self.people)
        if not self.enough:
            return NotFitted(subject.path("spread"), f"{count} agents; {ENOUGH_AGENTS} are needed")
        spread = math.sqrt(math.expm1(max(self.between, 1e-8)))
        # The estimate of a variance of J normal effects has a relative standard error of sqrt(2 / (J - 1)).
        error = math.sqrt(2 / (count - 1)) / 2
        estimate = Estimate(subject, ("spread",), spread, "log", "share")
        goodness = {"agents": float(count)}
        return Fit("spread", (estimate,), np.array([[error**2]]), count, goodness, picture=self._picture())

    def _picture(self) -> Picture:
        """Return the share of agents whose ln(handle time) is below each deviation from the mean: observed, and normal.

        The observed spread exceeds the fit by the noise of each agent's mean.
        """
        seen = np.sort(self.people["mean"].to_numpy(float) - self.middle)
        ranks = (np.arange(seen.size) + 0.5) / seen.size
        low, high = wilson(ranks * seen.size, np.full(seen.size, float(seen.size)))
        at = np.linspace(seen[0], seen[-1], 200)
        curve = special.ndtr(at / math.sqrt(self.between))
        return Picture(seen, ranks, low, high, at, curve, "deviation", steps=True)


def _cells(items: pd.DataFrame, vendors: pd.Series) -> pd.DataFrame:
    """Return count, mean and its precision, all of ln(handle time), of each agent of a vendor on each queue."""
    known = items[(items["handle"] > 0) & np.isfinite(items["handle"])]
    logs = np.log(known["handle"])
    grouped = logs.groupby([known["queue"].astype(str), known["agent"].astype(str)])
    cells = pd.DataFrame({"n": grouped.size(), "mean": grouped.mean(), "var": grouped.var(ddof=0)}).reset_index()
    cells["vendor"] = of_agents(cells["agent"], vendors)
    cells = cells[cells["vendor"].notna()]
    by_queue = cells.assign(ss=cells["var"] * cells["n"], free=cells["n"] - 1).groupby("queue")[["ss", "free"]].sum()
    within = (by_queue["ss"] / by_queue["free"].clip(lower=1)).clip(lower=_NONE)
    return cells.assign(precision=cells["n"] / cells["queue"].map(within).astype(float))


def _people(cells: pd.DataFrame) -> pd.DataFrame:
    """Return mean, its noise (a variance) and vendor by agent, over all queues."""
    grouped = cells.groupby("agent")
    means = _means(cells["agent"], cells["mean"], cells["precision"])
    return pd.DataFrame({"mean": means, "noise": 1 / grouped["precision"].sum(), "vendor": grouped["vendor"].first()})


def _means(keys: pd.Series, values: pd.Series, weights: pd.Series) -> pd.Series:
    return (values * weights).groupby(keys).sum() / weights.groupby(keys).sum()


def _of_all(parts: dict[str, _Part], name: str, cells: pd.DataFrame) -> Array:
    """Return a series of the parts by agent, for each cell."""
    values = pd.concat([pd.Series(dtype=float), *(getattr(part, name) for part in parts.values())])
    return cells["agent"].map(values).to_numpy(float)


def _unsure(parts: dict[str, _Part], cells: pd.DataFrame) -> pd.Series:
    shares = cells.groupby(["queue", "vendor"])["n"].sum() / cells.groupby("queue")["n"].sum()
    variances = shares.index.get_level_values("vendor").map(lambda vendor: parts[vendor].variance())
    return (shares**2 * variances).groupby("queue").sum()


def variance_between(means: Array, noise: Array) -> float:
    """Return the variance between means of known noise that explains how far apart they are.

    Each is weighted by its precision, however few its items (Paule & Mandel 1982).
    """

    def surplus(between: float) -> float:
        weights = 1 / (between + noise)
        middle = (weights * means).sum() / weights.sum()
        return float((weights * (means - middle) ** 2).sum()) - (means.size - 1)

    if means.size < 2 or surplus(_NONE) <= 0:
        return _NONE
    return float(optimize.brentq(surplus, _NONE, float(np.ptp(means)) ** 2 + 1))
