"""Handle times: how long items of a queue take; the family is chosen by the likelihood of held-out observations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simcap.calibration.fits.coarse import clock_error
from simcap.calibration.fits.families import Part, Shape, choose, distance
from simcap.calibration.fits.few_handle_times import fit_few
from simcap.calibration.fits.fit import Estimate, Fit, Key, NotFitted, Subject, of_queue
from simcap.calibration.fits.proficiency import ENOUGH_AGENTS
from simcap.calibration.history.sheets import Note

Array = NDArray[np.float64]

ENOUGH_ITEMS = 200
"""Handle times from which on a queue is fitted by itself."""
BOOTSTRAPS = 400
FAR = 0.1
"""Difference of ln(mean handle time) between fit and sample that is reported."""
_MEANS, _LONGEST = "fitted mean / sample mean", "work in the longest 1%"
_PATH: Key = ("handle_time",)
_PARTS = ("short", "long")
ALIKE = 0.01
"""Standard deviation of ln(content) below which all items count as taking equally long."""


def fit_handle_times(items: pd.DataFrame, unsure: pd.Series | None = None, seed: int = 1) -> list[Fit]:
    """Fit each queue's handle time.

    `items` has queue, agent, day, handle in seconds and, where clocks were coarse, their steps; `unsure` gives, by
    queue, variance of ln(mean) that the sample does not show. Queues with few handle times are drawn to the others.
    """
    known = items[(items["handle"] > 0) & np.isfinite(items["handle"])]
    spread = {str(queue): float(value) for queue, value in unsure.items()} if unsure is not None else {}
    groups = [(str(queue), rows) for queue, rows in known.groupby("queue", observed=True)]
    fits = {
        queue: _fit(queue, rows, spread.get(queue, 0.0), np.random.default_rng([seed, number]))
        for number, (queue, rows) in enumerate(groups)
        if len(rows) >= ENOUGH_ITEMS
    }
    larger = shapes_of(fits.values())
    few = {queue: fit_few(queue, rows, larger, spread.get(queue, 0.0)) for queue, rows in groups if queue not in fits}
    return [{**fits, **few}[queue] for queue, _ in groups]


def without_any(fits: Iterable[Fit | NotFitted], queues: Iterable[str]) -> list[Fit | NotFitted]:
    """Return handle times of the queues that have work but none of their own: as the other queues', if there are any.

    So no queue is without a handle time and nothing said of it.
    """
    known = [fit for fit in fits if isinstance(fit, Fit) and fit.kind == "handle time"]
    lacking = sorted(set(queues) - {fit.subject.name for fit in known})
    larger = shapes_of(fit for fit in known if not fit.prior)
    if larger:
        none = pd.DataFrame({"handle": []})
        return [fit_few(queue, none, larger) for queue in lacking]
    why = "no file tells how long items take; give the item log `started` or `handle`, or a report `aht`"
    return [NotFitted(of_queue(queue).path(*_PATH), why) for queue in lacking]


def shapes_of(fits: Iterable[Fit]) -> list[tuple[str, Shape]]:
    """Return by queue the shapes of fits of handle times, but of those that are constant."""
    return [(fit.subject.name, shape) for fit in fits if (shape := shape_of(fit)) is not None]


def _fit(queue: str, rows: pd.DataFrame, unsure: float, generator: np.random.Generator) -> Fit:
    subject = of_queue(queue)
    content = rows["handle"].to_numpy(float)
    clusters = _clusters(rows, np.log(content))
    draws = np.array([_resampled(clusters, generator) for _ in range(BOOTSTRAPS)])
    covariance = np.cov(draws.T) + np.array([[unsure, 0.0], [0.0, 0.0]]) + clock_error(rows)
    if np.log(content).std() < ALIKE:
        estimate = Estimate(subject, (*_PATH, "constant"), float(content.mean()), "log", "s")
        return Fit("handle time", (estimate,), covariance[:1, :1], content.size, {"largest": float(content.max())})
    scores, shape = choose(content, generator)
    goodness = {f"held-out log likelihood, {name}": score for name, score in scores.items()}
    goodness["Kolmogorov distance"] = distance(content, shape)
    goodness[_MEANS] = shape.mean / float(content.mean())
    goodness[_LONGEST] = float(np.sort(content)[-(content.size // 100) :].sum() / content.sum())
    estimates, fixed = _written(subject, shape)
    if len(shape.parts) > 1:
        covariance = np.full((2, 2), covariance[0, 0])
    return Fit("handle time", estimates, covariance, len(rows), goodness, fixed)


def odd_means(fits: Sequence[Fit]) -> Iterator[Note]:
    """Yield the queues whose fitted handle time misses the sample mean, so that their workload would be wrong."""
    for fit in fits:
        if abs(math.log(fit.goodness.get(_MEANS, 1.0))) > FAR:
            yield Note(
                f"no family fits both the shape and the mean of the handle times of {fit.subject.name}",
                fit.seen,
                f"fitted mean {fit.goodness[_MEANS] - 1:+.0%}; the longest 1% are {fit.goodness[_LONGEST]:.0%} of the"
                " work: are sessions left open among them?",
            )


def _written(subject: Subject, shape: Shape) -> tuple[tuple[Estimate, ...], dict[Key, object]]:
    """Return a shape as estimates and fixed values: in a mixture only the common level of the parts is uncertain."""
    if len(shape.parts) == 1:
        (part,) = shape.parts
        mean, cv = ((*_PATH, shape.family, name) for name in ("mean", "cv"))
        return (Estimate(subject, mean, part.mean, "log", "s"), Estimate(subject, cv, part.cv, "log")), {}
    estimates, fixed = [], dict[Key, object]()
    for name, part in zip(_PARTS, shape.parts, strict=True):
        own = (*_PATH, "mixture", name)
        estimates.append(Estimate(subject, (*own, "lognormal", "mean"), part.mean, "log", "s"))
        fixed |= {(*own, "share"): part.share, (*own, "lognormal", "cv"): float(f"{part.cv:.6g}")}
    return tuple(estimates), fixed


def shape_of(fit: Fit) -> Shape | None:
    """Return the shape that a fit of handle times describes; none if all items take equally long."""
    family = family_of(fit)
    if family == "constant":
        return None
    if family != "mixture":
        return Shape(family, (Part(1.0, fit.value(*_PATH, family, "mean"), fit.value(*_PATH, family, "cv")),))
    return Shape(family, tuple(_part_of(fit, (*_PATH, family, name)) for name in _PARTS))


def family_of(fit: Fit) -> str:
    """Return the name of the family of a fit of handle times."""
    return fit.estimates[0].key[len(_PATH)]


def _part_of(fit: Fit, own: Key) -> Part:
    share, cv = (float(fit.fixed[*own, *key]) for key in (("share",), ("lognormal", "cv")))
    return Part(share, fit.value(*own, "lognormal", "mean"), cv)


def _clusters(rows: pd.DataFrame, logs: Array) -> Array:
    """Return count, mean and sum of squares of ln(handle time) of each agent, or of each day if agents are few."""
    key = "agent" if rows["agent"].nunique() >= ENOUGH_AGENTS else "day"
    grouped = pd.Series(logs).groupby(rows[key].to_numpy(), observed=True)
    return np.array([grouped.size(), grouped.mean(), grouped.var(ddof=0) * grouped.size()], float)


def _resampled(clusters: Array, generator: np.random.Generator) -> tuple[float, float]:
    """Return (ln mean, ln cv) of lognormal content from a sample of whole clusters."""
    n, mean, ss = clusters[:, generator.integers(clusters.shape[1], size=clusters.shape[1])]
    middle = float((n * mean).sum() / n.sum())
    variance = float((ss + n * (mean - middle) ** 2).sum() / n.sum())
    return middle + variance / 2, math.log(math.expm1(max(variance, 1e-9))) / 2
