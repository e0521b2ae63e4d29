"""Whether more people come to a shift the more work waits as it starts: an elasticity, where it foretells who comes.

ln people = weekday + trend + volume of the days around + elasticity * ln waiting, the latter within two bounds

Fewer people leave more to wait, more people are planned for more volume, and a team grows: none of this is a response.
Trend and volume take out what is planned; what waits as a shift starts is known before anybody comes. Likelihood does
not decide: later weeks are foretold, each from what was known before it, and a response is found only where it does so
better than the same without it, beyond chance.
"""

from __future__ import annotations

import dataclasses
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]

FEWEST: Final = 56
"""Shifts with people without which nothing is fitted."""
FORETOLD: Final = 0.6
"""Part of the days, at the end, that is foretold."""
WEEK: Final = 7
AROUND: Final = 3
"""Days to either side whose volume may have been planned for."""
LEAST: Final = 0.15
"""Elasticity below which a desk counts as one that does not respond."""
CHANCE: Final = 1.64
"""Standard errors by which it has to foretell better."""
LOW, HIGH = (0.0, 0.1, 0.2, 0.3), (1.0, 0.9, 0.8)
"""Shares of the shifts with so little, and so much, waiting that more or less of it makes no difference."""
RANGE: Final = (0.02, 0.98)
"""Shares of the shifts with so few, and so many, people that these count as the fewest and the most."""


@dataclasses.dataclass(frozen=True)
class SeenResponse:
    """How a team responds to its backlog."""

    elasticity: float
    error: float
    """Standard error of the elasticity."""
    people: float
    """Who come while `normal` waits."""
    normal: float
    """Seconds of work."""
    least: float
    """Fewest that come, and most, as multiples of `people`."""
    most: float
    gain: float
    """Share of the squared error of foretold people that it takes away."""
    shifts: int
    foretold: int

    def of(self, people: float) -> SeenResponse:
        """Return the same response with the work at which so many people come as the normal one."""
        part = self.people / people
        normal = self.normal * part ** (-1 / self.elasticity)
        return dataclasses.replace(self, people=people, normal=normal, least=self.least * part, most=self.most * part)


@dataclasses.dataclass(frozen=True)
class _Fitted:
    """Coefficients, that of what waits within the bounds last; and the error of this one."""

    coefficients: Array
    bounds: tuple[float, float]
    squares: float
    error: float


def fit_response(day: Numbers, people: Array, waiting: Array, items: Array) -> SeenResponse | None:
    """Return how people on the shifts of some days respond to the seconds of work that wait as they start.

    `day` are ordinals in rising order, each once; `items` come on these days. None where no response foretells better.
    """
    known = (people > 0) & (waiting > 0) & (items > 0)
    day, people, waiting = day[known], np.log(people[known]), np.log(waiting[known])
    if day.size < FEWEST:
        return None
    terms = np.column_stack([_weekdays(day), day - day.mean(), np.log(_around(day, items[known]))])
    without, then = _foretold(day, terms, people, waiting)
    seen = np.isfinite(then)
    before, after = (people - without)[seen] ** 2, (people - then)[seen] ** 2
    better = before - after
    fitted = _fit(terms, people, waiting)
    elasticity = min(float(fitted.coefficients[-1]), 1.0)
    if elasticity < LEAST or better.mean() <= CHANCE * better.std(ddof=1) / np.sqrt(better.size):
        return None
    usual = (waiting >= fitted.bounds[0]) & (waiting <= fitted.bounds[1])
    level = people[usual].mean()
    least, most = np.exp(np.quantile(people, RANGE) - level).tolist()
    return SeenResponse(
        elasticity,
        fitted.error,
        float(np.exp(level)),
        float(np.exp(waiting[usual].mean())),
        least,
        most,
        float(better.sum() / before.sum()),
        day.size,
        int(seen.sum()),
    )


def _weekdays(day: Numbers) -> Array:
    """Return [day, weekday] which weekday a day is, of those there are."""
    return np.asarray(day[:, None] % WEEK == np.unique(day % WEEK), float)


def _around(day: Numbers, items: Array) -> Array:
    """Return the mean items of the days around each day, itself included."""
    near = np.abs(day[:, None] - day) <= AROUND
    return np.asarray((near * items).sum(axis=1) / near.sum(axis=1))


def _foretold(day: Numbers, terms: Array, people: Array, waiting: Array) -> tuple[Array, Array]:
    """Return what is foretold for the last days without and with what waits, from before each week; else NaN."""
    without, then = np.full((2, day.size), np.nan)
    first = day[0] + round((1 - FORETOLD) * (day[-1] - day[0]))
    for week in range(int(first), int(day[-1]) + 1, WEEK):
        past, now = day < week, (day >= week) & (day < week + WEEK)
        without[now] = terms[now] @ np.linalg.lstsq(terms[past], people[past])[0]
        fitted = _fit(terms[past], people[past], waiting[past])
        then[now] = np.column_stack([terms[now], np.clip(waiting[now], *fitted.bounds)]) @ fitted.coefficients
    return without, then


def _fit(terms: Array, people: Array, waiting: Array) -> _Fitted:
    """Fit by least squares, with the bounds that leave the least squares."""
    bounds = [(float(low), float(high)) for low in np.quantile(waiting, LOW) for high in np.quantile(waiting, HIGH)]
    return min((_within(terms, people, waiting, pair) for pair in bounds), key=lambda one: one.squares)


def _within(terms: Array, people: Array, waiting: Array, bounds: tuple[float, float]) -> _Fitted:
    full = np.column_stack([terms, np.clip(waiting, *bounds)])
    coefficients, _, rank, _ = np.linalg.lstsq(full, people)
    squares = float(((people - full @ coefficients) ** 2).sum())
    variance = squares / max(people.size - int(rank), 1) * np.linalg.pinv(full.T @ full)[-1, -1]
    return _Fitted(np.asarray(coefficients, np.float64), bounds, squares, float(np.sqrt(max(variance, 0.0))))
