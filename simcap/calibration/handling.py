"""Handle times: how long items of a queue take, and how much agents differ.

ln(handle time) = content + agent, one-way random effects by queue. Agents' effects give `spread`; what is left is the
content at full proficiency, whose family is chosen by the likelihood of observations that were held out.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from simcap.analysis.summary import wilson
from simcap.calibration.families import Part, Shape, choose, distance
from simcap.calibration.fit import Estimate, Fit, NotFitted, Picture
from simcap.calibration.history import of_agents

Array = NDArray[np.float64]

ENOUGH_ITEMS = 200
ENOUGH_AGENTS = 8
BOOTSTRAPS = 400
ALIKE = 0.01
"""Standard deviation of ln(content) below which all items take as long."""
_NONE = 1e-10
"""Variance that stands for none."""


def fit_handle_times(items: pd.DataFrame, seed: int = 1) -> list[Fit | NotFitted]:
    """Fit each queue's handle time. `items` has queue, agent and handle in seconds."""
    known = items[(items["handle"] > 0) & np.isfinite(items["handle"])]
    return [
        _fit(str(queue), rows, np.random.default_rng([seed, number]))
        for number, (queue, rows) in enumerate(known.groupby("queue", observed=True))
    ]


def fit_spread(items: pd.DataFrame, teams: pd.Series | None) -> list[Fit | NotFitted]:
    """Fit how much agents of a vendor differ in speed: the spread of their effects, pooled over queues.

    `teams` gives the vendor of each agent.
    """
    if teams is None:
        return [NotFitted("spread", "there is no roster; agents belong to no vendor")]
    known = items[(items["handle"] > 0) & np.isfinite(items["handle"])]
    vendors = of_agents(known["agent"], teams)
    found: list[Fit | NotFitted] = []
    for vendor, rows in known.groupby(vendors):
        logs = np.log(rows["handle"]) - np.log(rows["handle"]).groupby(rows["queue"], observed=True).transform("mean")
        table = _by_agent(logs, rows["agent"])
        if len(table) < ENOUGH_AGENTS:
            found.append(NotFitted(f"vendors.{vendor}.spread", f"{len(table)} agents; {ENOUGH_AGENTS} are needed"))
            continue
        between = _components(table)[2]
        agents = len(table)
        spread = math.sqrt(math.expm1(max(between, 1e-8)))
        # The estimate of a variance of J normal effects has a relative standard error of sqrt(2 / (J - 1)).
        error = math.sqrt(2 / (agents - 1)) / 2
        estimate = Estimate(f"vendors.{vendor}.spread", spread, "log")
        goodness = {"agents": float(agents)}
        picture = _deviations(table, between)
        found.append(Fit("handle time", (estimate,), np.array([[error**2]]), agents, goodness, picture=picture))
    return found


def _deviations(table: pd.DataFrame, between: float) -> Picture:
    """Return the share of agents whose ln(handle time) is below each deviation from the mean: seen, and normal.

    What is seen is wider than the fit by the noise of each agent's mean.
    """
    middle = _components(table)[0]
    seen = np.sort(table["mean"].to_numpy(float) - middle)
    ranks = (np.arange(seen.size) + 0.5) / seen.size
    low, high = wilson(ranks * seen.size, np.full(seen.size, float(seen.size)))
    at = np.linspace(seen[0], seen[-1], 200)
    return Picture(seen, ranks, low, high, at, special.ndtr(at / math.sqrt(between)), "deviation", steps=True)


def _fit(queue: str, rows: pd.DataFrame, generator: np.random.Generator) -> Fit | NotFitted:
    path = f"queues.{queue}.handle_time"
    if len(rows) < ENOUGH_ITEMS:
        return NotFitted(path, f"{len(rows)} handle times; {ENOUGH_ITEMS} are needed")
    logs = pd.Series(np.log(rows["handle"].to_numpy()), index=rows.index)
    table = _by_agent(logs, rows["agent"])
    differ = len(table) >= ENOUGH_AGENTS
    if not differ:
        table = _by_agent(logs, rows["day"])
    middle, _, between = _components(table)
    spread = max(between, 0.0) if differ else 0.0
    key = rows["agent"] if differ else rows["day"]
    own = (
        logs.groupby(key.to_numpy(), observed=True).transform("mean") if differ else pd.Series(middle, index=logs.index)
    )
    lost = math.sqrt(len(rows) / max(len(rows) - len(table), 1)) if differ else 1.0
    content = np.exp((logs - own).to_numpy() * lost + middle - spread / 2)
    if np.log(content).std() < ALIKE:
        return _constant(path, content, table, generator)
    scores, shape = choose(content, generator)
    draws = np.array([_resampled(table, differ=spread > 0, generator=generator) for _ in range(BOOTSTRAPS)])
    goodness = {f"held-out log likelihood, {name}": score for name, score in scores.items()}
    goodness["Kolmogorov distance"] = distance(content, shape)
    estimates, fixed = _written(path, shape)
    covariance = np.cov(draws.T) if len(shape.parts) == 1 else np.full((2, 2), draws[:, 0].var(ddof=1))
    return Fit("handle time", estimates, covariance, len(rows), goodness, fixed)


def _written(path: str, shape: Shape) -> tuple[tuple[Estimate, ...], dict[str, object]]:
    """Return a shape as estimates and fixed values: of a mixture only the level is uncertain, of all parts alike."""
    if len(shape.parts) == 1:
        (part,) = shape.parts
        own = f"{path}.{shape.family}"
        return (Estimate(f"{own}.mean", part.mean, "log", "s"), Estimate(f"{own}.cv", part.cv, "log")), {}
    estimates, fixed = [], dict[str, object]()
    for name, part in zip(("short", "long"), shape.parts, strict=True):
        own = f"{path}.mixture.{name}"
        estimates.append(Estimate(f"{own}.lognormal.mean", part.mean, "log", "s"))
        fixed |= {f"{own}.share": part.share, f"{own}.lognormal.cv": float(f"{part.cv:.6g}")}
    return tuple(estimates), fixed


def shape_of(fit: Fit) -> Shape | None:
    """Return the shape that a fit of handle times describes; none where all items take as long."""
    path = fit.estimates[0].path.split(".")
    if "constant" in path:
        return None
    if "mixture" not in path:
        return Shape(path[3], (Part(1.0, fit.estimates[0].value, fit.estimates[1].value),))
    owns = [estimate.path.removesuffix(".lognormal.mean") for estimate in fit.estimates]
    return Shape(
        "mixture",
        tuple(
            Part(float(fit.fixed[f"{own}.share"]), estimate.value, float(fit.fixed[f"{own}.lognormal.cv"]))
            for own, estimate in zip(owns, fit.estimates, strict=True)
        ),
    )


def _constant(path: str, content: Array, table: pd.DataFrame, generator: np.random.Generator) -> Fit:
    """Return the fit of work that always takes as long, but for the agent."""
    draws = np.array([_resampled(table, differ=True, generator=generator)[0] for _ in range(BOOTSTRAPS)])
    estimate = Estimate(f"{path}.constant", float(content.mean()), "log", "s")
    return Fit(
        "handle time", (estimate,), np.array([[draws.var(ddof=1)]]), content.size, {"largest": float(content.max())}
    )


def _by_agent(logs: pd.Series, agents: pd.Series) -> pd.DataFrame:
    """Return count, mean and sum of squares about the mean of each agent."""
    grouped = logs.groupby(agents.to_numpy(), observed=True)
    table = pd.DataFrame({"n": grouped.size(), "mean": grouped.mean(), "ss": grouped.var(ddof=0) * grouped.size()})
    return table[table["n"] > 0]


def _components(table: pd.DataFrame) -> tuple[float, float, float]:
    """Return the mean over agents, the variance within and the variance between them."""
    n, means = table["n"].to_numpy(float), table["mean"].to_numpy()
    within = float(table["ss"].sum() / max(n.sum() - len(n), 1))
    between = _between(means, within / n)
    weights = 1 / (within / n + between)
    return float((weights * means).sum() / weights.sum()), within, between


def _between(means: Array, noise: Array) -> float:
    """Return the variance between means of known noise at which they are as far apart as they should be.

    Each counts by what it tells, however few its items (Paule & Mandel 1982).
    """

    def surplus(between: float) -> float:
        weights = 1 / (between + noise)
        middle = (weights * means).sum() / weights.sum()
        return float((weights * (means - middle) ** 2).sum()) - (means.size - 1)

    if means.size < 2 or surplus(_NONE) <= 0:
        return _NONE
    return float(optimize.brentq(surplus, _NONE, float(np.ptp(means)) ** 2 + 1))


def _resampled(table: pd.DataFrame, *, differ: bool, generator: np.random.Generator) -> tuple[float, float]:
    """Return (ln mean, ln cv) of lognormal content from a sample of whole agents."""
    chosen = table.iloc[generator.integers(len(table), size=len(table))]
    middle, within, between = _components(chosen)
    between = between if differ else 0.0
    return middle - between / 2 + within / 2, math.log(math.expm1(max(within, 1e-9))) / 2
