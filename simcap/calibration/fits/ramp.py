"""The ramp: how speed grows with tenure, apart from calendar effects and differences between agents.

ln(handle time) of an agent's week = agent + calendar week - ln speed(tenure), with random agents and fixed weeks, so
that a tool that speeds everybody up is not mistaken for learning. speed = 1 - (1 - start) exp(-rate * tenure); the
mixed model is refitted to the curve's tangent (Lindstrom & Bates 1990) until the curve settles.
"""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, Picture, of_vendor
from simcap.calibration.history.people import of_agents
from simcap.units import DAY

Array = NDArray[np.float64]

ENOUGH_LEARNERS = 8
LEARNING = 91
"""Days of tenure below which an agent counts as a learner."""
ENOUGH_OTHERS = 200
"""Handle times of a queue by agents beyond the ramp, where it is unknown, that do without those of learners."""
LEAST = 5
"""Least items for an agent's week to count."""
REACHES = 0.9
"""The speed that defines the ramp's length."""
STEPS, STILL = 30, 1e-4
GROUPS = np.array([0, 7, 14, 28, 56, 91, 182])
"""Tenures in days that separate the groups in the picture, and its end."""


def fit_ramp(items: pd.DataFrame, roster: pd.DataFrame, first: int) -> list[Fit | NotFitted]:
    """Fit each vendor's ramp; vendors with few learners have one together, where these are enough.

    `items` has queue, agent, day and handle; `roster` agent, vendor and hired (ordinals).
    """
    cells = weekly_cells(items, roster, first)
    if cells.empty:
        return [NotFitted("ramp", f"no agent of the roster has {LEAST} handle times in a week")]
    vendor = cells["vendor"].astype(str)
    learning = cells["tenure"] < LEARNING
    learners = {name: rows[learning[rows.index]]["agent"].nunique() for name, rows in cells.groupby(vendor)}
    few = [name for name, count in learners.items() if count < ENOUGH_LEARNERS]
    together = few if len(few) > 1 and sum(learners[name] for name in few) >= ENOUGH_LEARNERS else []
    found: list[Fit | NotFitted] = []
    for name, count in learners.items():
        if name not in few:
            found += _fit([name], cells[vendor == name], count)
        elif name not in together:
            why = f"{count} agents with less than three months; {ENOUGH_LEARNERS} are needed"
            found.append(NotFitted(of_vendor(name).path("ramp"), why))
    return found + (
        _fit(together, cells[vendor.isin(together)], sum(learners[name] for name in few)) if together else []
    )


def speed(start: float, after: float, tenure: Array) -> Array:
    """Return the speed at tenures in days of a ramp from `start` that reaches 90% after so many days."""
    return np.asarray(1 - (1 - start) * np.exp(-math.log((1 - start) / (1 - REACHES)) * np.maximum(tenure, 0) / after))


def at_full_speed(items: pd.DataFrame, roster: pd.DataFrame, fits: list[Fit | NotFitted]) -> pd.DataFrame:
    """Return the items with handle times as an agent beyond the ramp would have had them.

    Those of learners whose ramp is unknown are left out, in queues where enough others are left.
    """
    ramps: dict[str, tuple[float, float]] = {}
    for fit in fits:
        if isinstance(fit, Fit):
            shape = fit.value("ramp", "start"), fit.value("ramp", "after") / DAY
            ramps |= {subject.name: shape for subject in fit.subjects}
    people = roster.set_index("agent")
    vendors = of_agents(items["agent"], people["vendor"])
    tenure = items["day"].to_numpy(float) - of_agents(items["agent"], people["hired"])
    handle = items["handle"].to_numpy(float, copy=True)
    for vendor, (start, after) in ramps.items():
        mine = vendors == vendor
        handle[mine] *= speed(start, after, tenure[mine])
    slow = (tenure < LEARNING) & ~np.isin(vendors.astype(str), list(ramps))
    others = pd.Series((handle > 0) & ~slow).groupby(items["queue"].to_numpy()).transform("sum")
    handle[slow & (others >= ENOUGH_OTHERS).to_numpy()] = np.nan
    return items.assign(handle=handle)


def weekly_cells(items: pd.DataFrame, roster: pd.DataFrame, first: int) -> pd.DataFrame:
    """Return for each agent and week the mean of ln(handle time) against its queue's, tenure in days, and count."""
    people = roster.set_index("agent")
    known = items[(items["handle"] > 0) & np.isfinite(items["handle"])]
    logs = np.log(known["handle"])
    table = pd.DataFrame(
        {
            "agent": known["agent"],
            "week": (known["day"] - first) // 7,
            "day": known["day"],
            "y": logs - logs.groupby(known["queue"], observed=True).transform("mean"),
        }
    )
    cells = table.groupby(["agent", "week"], observed=True).agg(y=("y", "mean"), day=("day", "mean"), n=("y", "size"))
    cells = cells.reset_index().astype({"agent": str})
    cells["vendor"] = of_agents(cells["agent"], people["vendor"])
    cells["tenure"] = cells["day"] - of_agents(cells["agent"], people["hired"])
    return cells[(cells["n"] >= LEAST) & cells["vendor"].notna() & (cells["tenure"] >= 0)]


def _fit(vendors: list[str], cells: pd.DataFrame, learners: int) -> list[Fit | NotFitted]:
    """Return one ramp of all these vendors, or why there is none, for each."""
    curve = _curve_of(cells)
    if isinstance(curve, str):
        return [NotFitted(of_vendor(name).path("ramp"), curve) for name in vendors]
    start, after, covariance, left, picture = curve
    estimates = tuple(
        estimate
        for subject in map(of_vendor, vendors)
        for estimate in (
            Estimate(subject, ("ramp", "start"), start, "logit", "share"),
            Estimate(subject, ("ramp", "after"), after * DAY, "log", "s"),
        )
    )
    joint = np.asarray(np.kron(np.ones((len(vendors), len(vendors))), covariance), np.float64)
    fixed: dict[Key, object] = {("ramp", "reaches"): REACHES, ("ramp", "shape"): "exponential"}
    goodness = {"learners": float(learners), "standard deviation of an agent's week": float(left.std())}
    few = f"the {learners} learners of {' and '.join(vendors)} together, as each has fewer than {ENOUGH_LEARNERS}"
    prior = few if len(vendors) > 1 else ""
    return [Fit("ramp", estimates, joint, len(cells), goodness, fixed, picture, prior=prior)]


def _curve_of(cells: pd.DataFrame) -> tuple[float, float, Array, Array, Picture] | str:
    """Return start, days to `REACHES`, the covariance of logit and logarithm, residuals and picture; or why not."""
    tenure = cells["tenure"].to_numpy(float)
    theta = np.array([math.log(0.6 / 0.4), math.log(1 / 30)])
    ratio = _mixed(*_linear(theta, tenure, cells), cells)[2]
    for _ in range(STEPS):
        step = np.clip(_demeaned(*_linear(theta, tenure, cells), cells, ratio) - theta, -0.7, 0.7)
        theta = theta + step
        if np.abs(step).max() < STILL:
            theta, covariance, ratio, left = _mixed(*_linear(theta, tenure, cells), cells)
            break
    else:
        return "the curve does not settle; more agents at the start of their ramp are needed"
    start, rate = 1 / (1 + math.exp(-theta[0])), math.exp(theta[1])
    if start >= REACHES - 0.02:
        return f"new agents work at {start:.0%} of full speed from the first day: no ramp is visible"
    length = math.log((1 - start) / (1 - REACHES))
    turn = np.array([[1.0, 0.0], [-start / length, -1.0]])
    return start, length / rate, np.asarray(turn @ covariance @ turn.T), left, _picture(theta, tenure, left)


def _picture(theta: Array, tenure: Array, left: Array) -> Picture:
    """Return the speed by tenure, net of agent and week effects."""
    group = np.searchsorted(GROUPS, tenure, "right")
    logs = -(_curve(theta, tenure)[0] + left)
    some = np.flatnonzero(np.bincount(group, minlength=GROUPS.size + 1)[: GROUPS.size] >= LEAST)
    means = np.array([(tenure[group == one].mean(), logs[group == one].mean()) for one in some]).reshape(-1, 2)
    half = np.array([1.96 * logs[group == one].std() / np.sqrt((group == one).sum()) for one in some])
    at = np.linspace(0.0, float(GROUPS[-1]), 200)
    curve, seen = np.exp(-_curve(theta, at)[0]), np.exp(means[:, 1])
    return Picture(means[:, 0], seen, seen * np.exp(-half), seen * np.exp(half), at, curve, "days")


def _linear(theta: Array, tenure: Array, cells: pd.DataFrame) -> tuple[Array, Array]:
    """Return the target and the slopes of the model that is linear around theta."""
    value, slopes = _curve(theta, tenure)
    return cells["y"].to_numpy(float) - value + slopes @ theta, slopes


def _curve(theta: Array, tenure: Array) -> tuple[Array, Array]:
    """Return -ln speed at tenures in days, and its derivatives by (logit start, ln rate)."""
    start, rate = 1 / (1 + math.exp(-theta[0])), math.exp(theta[1])
    left = (1 - start) * np.exp(-rate * tenure)
    by_start = start * (1 - start) * np.exp(-rate * tenure)
    by_rate = left * rate * tenure
    return -np.log(1 - left), -np.column_stack([by_start, by_rate]) / (1 - left)[:, None]


def _demeaned(target: Array, slopes: Array, cells: pd.DataFrame, ratio: float) -> Array:
    """Return the coefficients of the slopes at a known ratio of the variances between and within agents.

    Ordinary least squares, after removing a part of each agent's mean (Wooldridge 2010, 10.4).
    """
    design = np.column_stack([slopes, _weeks(cells)])
    agent, count = np.unique(cells["agent"].to_numpy(str), return_inverse=True, return_counts=True)[1:]
    part = (1 - 1 / np.sqrt(1 + count * ratio))[agent]
    columns = np.column_stack([target, design])
    means = np.stack([np.bincount(agent, column) / count for column in columns.T], axis=1)
    left = columns - part[:, None] * means[agent]
    return np.asarray(np.linalg.lstsq(left[:, 1:], left[:, 0])[0][:2])


def _mixed(target: Array, slopes: Array, cells: pd.DataFrame) -> tuple[Array, Array, float, Array]:
    """Return the slopes' coefficients, their covariance, the ratio of variances between and within agents, residuals.

    Weeks are fixed effects, agents random ones.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    design = np.column_stack([slopes, _weeks(cells)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = MixedLM(target, design, groups=cells["agent"].to_numpy()).fit(reml=True)
    ratio = float(np.asarray(fitted.cov_re)[0, 0]) / float(fitted.scale)
    covariance = np.asarray(fitted.cov_params(), float)[:2, :2]
    return np.asarray(fitted.fe_params[:2], float), covariance, ratio, np.asarray(fitted.resid, float)


def _weeks(cells: pd.DataFrame) -> Array:
    return pd.get_dummies(cells["week"]).to_numpy(float)
