"""Accuracy: the share of wrong decisions that quality checks found, of new agents and of tenured ones.

The share falls along the ramp: wrong = tenured + (new - tenured) * newness, with newness 1 on the first day and 0 at
full speed. Binomial likelihood by Fisher scoring; errors by agent (Liang & Zeger 1986), because agents differ.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.analysis.summary import wilson
from simcap.calibration.fits.fit import Estimate, Fit, NotFitted, Picture, of_queue
from simcap.calibration.fits.ramp import speed
from simcap.calibration.history.people import of_agents
from simcap.units import DAY

Array = NDArray[np.float64]

ENOUGH_WRONG = 20
ENOUGH_AGENTS = 8
STEPS, STILL = 100, 1e-9
LARGEST = 2.0
"""Largest step of a logit."""
GROUPS = 5
"""Groups of agents, by how new they are, in the picture."""


def fit_accuracy(
    quality: pd.DataFrame, roster: pd.DataFrame | None, ramps: list[Fit | NotFitted], queues: list[str]
) -> list[Fit | NotFitted]:
    """Fit the share of wrong decisions. `quality` has agent, queue (or none), day (ordinal), checked and wrong.

    Checks without a queue hold for all of `queues`; queues with few wrong decisions have the share of all queues
    together. An agent whose vendor has no ramp counts as tenured.
    """
    new = _newness(quality, roster, ramps)
    if "queue" not in quality:
        return [_fit(queues, quality, new)]
    rows_of = {str(queue): rows for queue, rows in quality.groupby("queue", observed=True)}
    found = {queue: _fit([queue], rows, new[rows.index]) for queue, rows in rows_of.items()}
    few = [queue for queue, one in found.items() if isinstance(one, NotFitted)]
    together = _fit(few, quality, new) if few and len(found) > 1 else None
    if not isinstance(together, Fit):
        return list(found.values())
    wrong = quality.loc[quality["queue"].isin(few), "wrong"].sum()
    prior = f"{wrong:,.0f} wrong decisions on {' and '.join(few)}, too few alone: the share of all queues together"
    return [*(one for one in found.values() if isinstance(one, Fit)), dataclasses.replace(together, prior=prior)]


def _newness(quality: pd.DataFrame, roster: pd.DataFrame | None, ramps: list[Fit | NotFitted]) -> pd.Series:
    """Return how new the agent in each check was: 1 on the first day, 0 at full speed or if unknown."""
    new = pd.Series(0.0, index=quality.index)
    if roster is None:
        return new
    people = roster.set_index("agent")
    tenure = quality["day"] - of_agents(quality["agent"], people["hired"])
    vendor = of_agents(quality["agent"], people["vendor"])
    for fit in ramps:
        if isinstance(fit, Fit):
            start, after = fit.value("ramp", "start"), fit.value("ramp", "after")
            theirs = np.isin(vendor.astype(str), [one.name for one in fit.subjects]) & tenure.notna()
            new[theirs] = (1 - speed(start, after / DAY, tenure[theirs].to_numpy(float))) / (1 - start)
    return new


def _fit(queues: list[str], rows: pd.DataFrame, newness: pd.Series) -> Fit | NotFitted:
    checked, wrong = rows["checked"].to_numpy(float), rows["wrong"].to_numpy(float)
    agent = pd.factorize(rows["agent"])[0]
    what = of_queue(queues[0] if len(queues) == 1 else "*").path("errors")
    if wrong.sum() < ENOUGH_WRONG or agent.max() + 1 < ENOUGH_AGENTS:
        return NotFitted(
            what,
            f"{wrong.sum():,.0f} wrong decisions of {agent.max() + 1} agents; "
            f"{ENOUGH_WRONG} of {ENOUGH_AGENTS} are needed",
        )
    new = newness.to_numpy(float)
    among_new = float((wrong * new).sum())
    parts = np.column_stack([1 - new, new]) if among_new >= ENOUGH_WRONG / 2 else np.ones((new.size, 1))
    logits, covariance = _scored(parts, checked, wrong, agent)
    shares = 1 / (1 + np.exp(-logits))
    names = ("tenured", "new")[: shares.size]
    estimates = tuple(
        Estimate(of_queue(queue), ("errors", name), float(share), "logit")
        for queue in queues
        for name, share in zip(names, shares, strict=True)
    )
    expected = parts @ shares
    spread = (wrong - checked * expected) ** 2 / (checked * expected * (1 - expected))
    goodness = {"wrong": float(wrong.sum()), "Pearson / df": float(spread.sum() / max(new.size - shares.size, 1))}
    joint = np.asarray(np.kron(np.ones((len(queues), len(queues))), covariance), np.float64)
    picture = _picture(new, checked, wrong, shares)
    return Fit("accuracy", estimates, joint, int(checked.sum()), goodness, picture=picture)


def _picture(new: Array, checked: Array, wrong: Array, shares: Array) -> Picture:
    """Return the share of wrong decisions by how new their agents were."""
    bins = np.minimum((new * GROUPS).astype(np.int64), GROUPS - 1)
    part, whole, place = (np.bincount(bins, weight, GROUPS).astype(float) for weight in (wrong, checked, new * checked))
    some = whole > 0
    x, at = place[some] / whole[some], np.array([0.0, 1.0])
    low, high = wilson(part[some], whole[some])
    return Picture(x, (part / np.maximum(whole, 1))[some], low, high, at, shares[[0, -1]], "newness")


def _scored(parts: Array, checked: Array, wrong: Array, agent: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the logits of the shares that `parts` mix, and their covariance over agents."""
    logits = np.full(parts.shape[1], np.log(wrong.sum() / max(checked.sum() - wrong.sum(), 1.0)))
    for _ in range(STEPS):
        score, information = _score(logits, parts, checked, wrong)
        step = np.clip(np.linalg.solve(information, score.sum(axis=0)), -LARGEST, LARGEST)
        logits = logits + step
        if np.abs(step).max() < STILL:
            break
    score, information = _score(logits, parts, checked, wrong)
    by_agent = np.stack([np.bincount(agent, column) for column in score.T], axis=1)
    agents = by_agent.shape[0]
    inverse = np.linalg.inv(information)
    return logits, np.asarray(agents / (agents - 1) * inverse @ (by_agent.T @ by_agent) @ inverse)


def _score(logits: Array, parts: Array, checked: Array, wrong: Array) -> tuple[Array, Array]:
    """Return the derivative of each row's log likelihood by the logits, and Fisher's information."""
    shares = 1 / (1 + np.exp(-logits))
    expected = np.clip(parts @ shares, 1e-9, 1 - 1e-9)
    slopes = parts * (shares * (1 - shares))
    weight = 1 / (expected * (1 - expected))
    return slopes * (weight * (wrong - checked * expected))[:, None], (slopes * (weight * checked)[:, None]).T @ slopes
