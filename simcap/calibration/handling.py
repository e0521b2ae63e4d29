"""Handle times: how long items of a queue take, and how much agents differ.

ln(handle time) = content + agent, one-way random effects by queue. Agents' effects give `spread`; what is left is the
content at full proficiency, whose family is chosen by the likelihood of observations that were held out.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special

from simcap.calibration.fit import Estimate, Fit, NotFitted

Array = NDArray[np.float64]

ENOUGH_ITEMS = 200
ENOUGH_AGENTS = 8
BOOTSTRAPS = 400
FOLDS = 5
ALIKE = 0.01
"""Standard deviation of ln(content) below which all items take as long."""
MOST = 100_000
"""Observations that the families are compared on."""
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
    vendors = known["agent"].astype(str).map(teams)
    found: list[Fit | NotFitted] = []
    for vendor, rows in known.groupby(vendors.to_numpy()):
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
        found.append(Fit("handle time", (estimate,), np.array([[error**2]]), agents, {"agents": float(agents)}))
    return found


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
    scores, (family, mean, cv) = choose_family(content, generator)
    draws = np.array([_resampled(table, differ=spread > 0, generator=generator) for _ in range(BOOTSTRAPS)])
    covariance = np.cov(draws.T)
    estimates = (
        Estimate(f"{path}.{family}.mean", mean, "log", "s"),
        Estimate(f"{path}.{family}.cv", cv, "log"),
    )
    goodness = {f"held-out log likelihood, {name}": score for name, score in scores.items()}
    goodness["Kolmogorov distance"] = _distance(content, family, mean, cv)
    return Fit("handle time", estimates, covariance, len(rows), goodness)


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


# -- families -----------------------------------------------------------------------------------------------------

Parameters = tuple[float, float]
"""Mean in seconds and coefficient of variation."""


def _lognormal(x: Array) -> Parameters:
    logs = np.log(x)
    return math.exp(logs.mean() + logs.var() / 2), math.sqrt(math.expm1(max(logs.var(), 1e-12)))


def _gamma(x: Array) -> Parameters:
    """Fit by likelihood: ln k - digamma(k) = ln mean(x) - mean(ln x)."""
    gap = max(math.log(x.mean()) - np.log(x).mean(), 1e-9)
    shape = float(optimize.brentq(lambda k: math.log(k) - special.digamma(k) - gap, 1e-4, 1e9))
    return float(x.mean()), shape**-0.5


def _weibull(x: Array) -> Parameters:
    """Fit by likelihood: sum(x^k ln x) / sum(x^k) - 1 / k = mean(ln x)."""
    logs = np.log(x) - math.log(x.max())

    def slope(k: float) -> float:
        powers = np.exp(k * logs)
        return float((powers * logs).sum() / powers.sum() - 1 / k - logs.mean())

    shape = float(optimize.brentq(slope, 0.02, 500))
    scale = x.max() * float(np.mean(np.exp(shape * logs))) ** (1 / shape)
    first, second = math.gamma(1 + 1 / shape), math.gamma(1 + 2 / shape)
    return scale * first, math.sqrt(max(second / first**2 - 1, 1e-12))


FITS: dict[str, Callable[[Array], Parameters]] = {"lognormal": _lognormal, "gamma": _gamma, "weibull": _weibull}


def log_density(family: str, x: Array, mean: float, cv: float) -> Array:
    """Return the log density at durations in seconds."""
    logs = np.log(x)
    if family == "lognormal":
        variance = math.log1p(cv**2)
        center = math.log(mean) - variance / 2
        return np.asarray(-((logs - center) ** 2) / (2 * variance) - logs - math.log(2 * math.pi * variance) / 2)
    if family == "gamma":
        shape = cv**-2
        scale = mean / shape
        return np.asarray((shape - 1) * logs - x / scale - special.gammaln(shape) - shape * math.log(scale))
    shape = weibull_shape(cv)
    scale = mean / math.gamma(1 + 1 / shape)
    return np.asarray(math.log(shape / scale) + (shape - 1) * (logs - math.log(scale)) - (x / scale) ** shape)


def weibull_shape(cv: float) -> float:
    """Return the shape of the Weibull distribution with a coefficient of variation."""

    def gap(k: float) -> float:
        return float(np.exp(special.gammaln(1 + 2 / k) - 2 * special.gammaln(1 + 1 / k))) - 1 - cv**2

    return float(optimize.brentq(gap, 0.08, 2000))


def choose_family(x: Array, generator: np.random.Generator) -> tuple[dict[str, float], tuple[str, float, float]]:
    """Return the mean held-out log likelihood of each family, and the best family fitted to all."""
    sample = x if x.size <= MOST else generator.choice(x, MOST, replace=False)
    folds = generator.permutation(sample.size) % FOLDS
    scores = {}
    for family, fit in FITS.items():
        held = [log_density(family, sample[folds == fold], *fit(sample[folds != fold])) for fold in range(FOLDS)]
        scores[family] = float(np.concatenate(held).mean())
    best = max(scores, key=lambda family: scores[family])
    return scores, (best, *FITS[best](x))


def _distance(x: Array, family: str, mean: float, cv: float) -> float:
    """Return the largest distance between the observed and the fitted distribution function."""
    from scipy import stats

    ordered = np.sort(x)
    if family == "lognormal":
        variance = math.log1p(cv**2)
        fitted = stats.norm.cdf((np.log(ordered) - math.log(mean) + variance / 2) / math.sqrt(variance))
    elif family == "gamma":
        fitted = stats.gamma.cdf(ordered, cv**-2, scale=mean * cv**2)
    else:
        shape = weibull_shape(cv)
        fitted = stats.weibull_min.cdf(ordered, shape, scale=mean / math.gamma(1 + 1 / shape))
    ranks = np.arange(1, ordered.size + 1) / ordered.size
    return float(np.maximum(np.abs(fitted - ranks), np.abs(fitted - ranks + 1 / ordered.size)).max())
