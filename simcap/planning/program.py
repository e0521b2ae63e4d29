"""The cheapest classes and overtime by the model of their effects, as a mixed-integer program."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.planning.effects import EffectModel
from simcap.planning.levers import Amounts, Lever, limits
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]

OPENING = 2.0
"""Price of a class, in its seats: few classes are better than many."""
UNMET, EXACT = 10.0, 1e-9
"""Price of 100% of unmet attainment relative to the dearest plan; and what counts as met."""
TINY, POINTS = 1e-3, 100
"""Effect too small to keep, relative to the largest of all levers; and the solver's unit of attainment."""
GAP, SECONDS = 0.005, 10.0
"""Where the solver may stop: this close to the cheapest, or after this long."""


def solve(
    scenario: Scenario, model: EffectModel, slack: Array, here: Amounts, growth: float, *, keeps: bool = False
) -> dict[Lever, int]:
    """Return the cheapest plan by the model that leaves no requirement short, as far as possible.

    `slack` is the margin by which the plan `here` meets each; no team grows from there by more than a share of itself,
    and with `keeps` none shrinks. What cannot be met is found first, so that its price does not swamp the others.
    """
    count = len(model.levers)
    needed = np.where(np.isinf(slack), -np.inf, model.effect @ model.vector(here) - slack)
    rows = np.flatnonzero(needed > 0)
    if not rows.size or not count:
        return dict(here) if keeps else {}
    high = np.array([lever.high for lever in model.levers], float)
    bounds = model.vector(here) * keeps, high
    shared = [*_monthly(scenario, model.levers), *_steps(model, model.vector(here), growth)]
    # Amounts, whether a class opens at all, and what stays unmet by requirement.
    unmet = np.concatenate([np.zeros(2 * count), np.ones(rows.size)])
    out_of_reach = _solved(unmet, 0 * unmet, model.effect[rows], needed[rows], bounds, shared)
    missing = np.zeros(rows.size) if out_of_reach is None else out_of_reach[2 * count :]
    price = model.price / model.price.max()
    cost = np.concatenate([price, OPENING * price, np.full(rows.size, UNMET * float(price @ high))])
    solved = _solved(cost, 1 - unmet, model.effect[rows], needed[rows] - missing - EXACT, bounds, shared)
    if solved is None:
        return dict(here)
    amounts = np.rint(solved[:count]).astype(int).tolist()
    return {lever: amount for lever, amount in zip(model.levers, amounts, strict=True) if amount}


def _solved(
    cost: Array,
    whole: Array,
    effect: Array,
    needed: Array,
    amounts: tuple[Array, Array],
    shared: Sequence[tuple[Array, float]],
) -> Array | None:
    """Return amounts, what opens and what stays unmet at the least cost; None where no solution is found in time."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    (rows, count), (low, high) = effect.shape, amounts
    # Tiny effects are set to zero: numbers of one order of magnitude keep the solver exact.
    effect = np.where(effect > TINY * effect.max(axis=1, keepdims=True), effect, 0.0)
    meets = POINTS * np.hstack([effect, np.zeros((rows, count)), np.eye(rows)])
    opens = np.hstack([np.eye(count), -np.diag(high), np.zeros((count, rows))])
    constraints = [LinearConstraint(meets, lb=POINTS * needed), LinearConstraint(opens, ub=0.0)]
    if shared:
        sums = np.array([np.concatenate([row, np.zeros(count + rows)]) for row, _ in shared])
        constraints.append(LinearConstraint(sums, ub=[most for _, most in shared]))
    bounds = Bounds(
        np.concatenate([low, np.zeros(count + rows)]), np.concatenate([high, np.ones(count), np.full(rows, np.inf)])
    )
    with _quiet():
        solved = milp(
            cost, constraints=constraints, bounds=bounds, integrality=whole.astype(int),
            options={"time_limit": SECONDS, "mip_rel_gap": GAP},
        )  # fmt: skip
    return None if solved.x is None else np.asarray(solved.x)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep compiled code's prints off the standard output: HiGHS leaves a line even when told to be silent.

    Without a standard output there is nothing to do.
    """
    try:
        out = os.dup(1)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        with contextlib.suppress(OSError, AttributeError, TypeError):
            ctypes.CDLL(None).fflush(None)
        os.dup2(out, 1)
        os.close(nowhere)
        os.close(out)


def _monthly(scenario: Scenario, levers: Sequence[Lever]) -> Iterator[tuple[Array, float]]:
    """Yield the levers that share the seats of a month, and the number of seats."""
    for vendor in dict.fromkeys(lever.vendor for lever in levers):
        for month, seats in limits(scenario, vendor).items():
            row = np.array(
                [
                    float(one.vendor == vendor and one.start is not None and (one.start.year, one.start.month) == month)
                    for one in levers
                ]
            )
            if row.any():
                yield row, seats


def _steps(model: EffectModel, here: Array, growth: float) -> Iterator[tuple[Array, float]]:
    """Yield the levers of a team, and how many seats they may have."""
    for team, size in zip(model.teams.T, model.sizes, strict=True):
        yield team, float(team @ here + growth * size)
