"""Classes and overtime: the cheapest with which all requirements are met.

From plan to plan: around the best one so far, a linear model says which is the cheapest that meets everything
(`scipy.optimize.milp`); that one is simulated, taken where it is better, and the model learns from it either way.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.planning.effects import SMALLEST, Model
from simcap.planning.levers import Amounts, Lever, limits
from simcap.planning.trials import Trials
from simcap.scenario.schema import Scenario

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

GROWING, CUTTING, PATIENCE = 5, 7, 3
"""Plans tried at most, until as much as possible is met and then to be cheaper; and how many in a row in vain."""
CAREFUL, FREE = 0.6, 1.0
"""Share of itself by which a team may grow from plan to plan: effects are known about that far. Overtime needs 1."""
AIMS = (0.01, 0.0)
"""Margins beyond what is asked, by the model, while a plan is sought that meets it at all."""
WORTH = 0.01
"""Saving by the model, as a share of what the plan costs, for which it is worth to go on."""
TINY, POINTS = 1e-3, 100
"""Effect that is left out, against the largest of all levers; and the unit of attainment in the solver."""
UNMET, EXACT = 10.0, 1e-9
"""Price of a whole attainment that stays unmet in the model, against the dearest plan; and what counts as met."""
OPENING, SLIVER = 2.0, 0.05
"""Price of a class, in its seats, and the share of a team that is too little for one: few are better than many."""


def reach(trials: Trials, model: Model, confidence: float) -> None:
    """Try plans towards one that meets everything, without overtime where that can be.

    What is lost is known only when it was asked for.
    """
    none = np.zeros(len(trials.required), bool)
    _walk(trials, model, confidence, none, Pace(GROWING, CAREFUL, AIMS, cheaper=False, share=1.0), {})
    _walk(
        trials,
        model,
        confidence,
        none,
        Pace(GROWING, FREE, AIMS, cheaper=False, share=1.0),
        trials.best(confidence, none),
    )


def cheapest(trials: Trials, model: Model, confidence: float) -> None:
    """Try plans towards the cheapest that meets all that is not lost on the search's draws."""
    lost = trials.lost(confidence)
    _walk(
        trials,
        model,
        confidence,
        lost,
        Pace(CUTTING, FREE, (0.0,), cheaper=True, share=0.5),
        trials.best(confidence, lost),
    )


@dataclasses.dataclass(frozen=True)
class Pace:
    """How plans follow each other."""

    steps: int
    growth: float
    """Share by which a team may grow in one."""
    aims: tuple[float, ...]
    """Margins beyond what is asked; the first with which the model promises anything."""
    cheaper: bool
    """Whether a plan that is only cheaper is worth a try."""
    share: float
    """How far to go at first, of the way to the model's cheapest."""


def _walk(trials: Trials, model: Model, confidence: float, lost: Flags, pace: Pace, start: Amounts) -> None:
    """Go from plan to plan. Where the model's cheapest is no better than the one at hand, go half as far."""
    here, share, failed = dict(start), pace.share, 0
    for _ in range(pace.steps):
        (before,) = trials.of(here)
        slack = trials.slack(before, confidence, lost)
        goals = (solve(trials.file.scenario, model, slack - aim, here, pace.growth) for aim in pace.aims)
        goal = next((one for one in goals if _is_promising(model, slack, here, one, cheaper=pace.cheaper)), None)
        if goal is None:
            break
        tried = _towards(model, here, goal, share)
        (after,) = trials.of(tried)
        cost = float((after.cost - before.cost).mean())
        with np.errstate(invalid="ignore"):
            seen = np.nan_to_num(trials.slack(after, confidence, lost) - slack)
        model.learn(model.vector(tried) - model.vector(here), seen, cost)
        missing = trials.missing(before, confidence, lost), trials.missing(after, confidence, lost)
        if missing[1] < missing[0] or (missing == (0.0, 0.0) and cost < 0):
            here, share, failed = tried, min(2 * share, 1.0), 0
        else:
            share, failed = share / 2, failed + 1
        if failed == PATIENCE:
            break


def _is_promising(model: Model, slack: Array, here: Amounts, goal: Amounts, *, cheaper: bool) -> bool:
    """Say whether a plan misses less by the model, or costs less, by what is worth a try."""
    known, own = np.isfinite(slack), model.vector(here)
    change = model.vector(goal) - own
    foreseen = slack[known] + model.effect[known] @ change
    less = float(np.minimum(foreseen, 0).sum() - np.minimum(slack[known], 0).sum())
    return less > SMALLEST or (cheaper and float(-model.price @ change) > WORTH * float(model.price @ own))


def _towards(model: Model, here: Amounts, goal: Amounts, share: float) -> dict[Lever, int]:
    """Return a plan on the way to another, within the limits of both. Overtime is all or nothing.

    Where that makes two classes of a team in a month, or more, the largest takes them all.
    """
    plan: dict[Lever, int] = {}
    for lever in {**here, **goal}:
        own, other = here.get(lever, 0), goal.get(lever, 0)
        if lever.kind == "overtime":
            plan[lever] = other if share == 1 else own
        else:
            plan[lever] = own + int(np.floor(share * (other - own)))
    sizes = dict(zip(model.levers, model.teams @ model.sizes, strict=True))
    for lever in sorted(plan, key=lambda one: -plan[one]):
        for small in [one for one in plan if one != lever and _same_month(one, lever) and plan[one] <= plan[lever]]:
            moved = min(plan[small], lever.high - plan[lever])
            plan[lever], plan[small] = plan[lever] + moved, plan[small] - moved
    return {lever: amount for lever, amount in plan.items() if amount > (SLIVER * sizes[lever] if share < 1 else 0)}


def _same_month(one: Lever, other: Lever) -> bool:
    if one.group != other.group or one.start is None or other.start is None:
        return False
    return (one.start.year, one.start.month) == (other.start.year, other.start.month)


def solve(scenario: Scenario, model: Model, slack: Array, here: Amounts, growth: float) -> dict[Lever, int]:
    """Return the cheapest plan by the model that leaves no requirement short, as far as can be.

    `slack` is by how much the plan `here` meets each; no team grows from there by more than a share of itself. What
    cannot be met is found first, so that its price does not drown all others.
    """
    count = len(model.levers)
    needed = np.where(np.isinf(slack), -np.inf, model.effect @ model.vector(here) - slack)
    rows = np.flatnonzero(needed > 0)
    if not rows.size or not count:
        return {}
    high = np.array([lever.high for lever in model.levers], float)
    shared = [*_monthly(scenario, model.levers), *_steps(model, model.vector(here), growth)]
    # Amounts, whether a class opens at all, and what stays unmet by requirement.
    unmet = np.concatenate([np.zeros(2 * count), np.ones(rows.size)])
    out_of_reach = _solved(unmet, 0 * unmet, model.effect[rows], needed[rows], high, shared)
    missing = np.zeros(rows.size) if out_of_reach is None else out_of_reach[2 * count :]
    price = model.price / model.price.max()
    cost = np.concatenate([price, OPENING * price, np.full(rows.size, UNMET * float(price @ high))])
    solved = _solved(cost, 1 - unmet, model.effect[rows], needed[rows] - missing - EXACT, high, shared)
    if solved is None:
        return dict(here)
    amounts = np.rint(solved[:count]).astype(int).tolist()
    return {lever: amount for lever, amount in zip(model.levers, amounts, strict=True) if amount}


def _solved(
    cost: Array, whole: Array, effect: Array, needed: Array, high: Array, shared: Sequence[tuple[Array, float]]
) -> Array | None:
    """Return amounts, what opens and what stays unmet at the least cost; None where no solution is found in time."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, count = effect.shape
    # What is next to nothing is nothing: numbers of one order keep the solver exact.
    effect = np.where(effect > TINY * effect.max(axis=1, keepdims=True), effect, 0.0)
    meets = POINTS * np.hstack([effect, np.zeros((rows, count)), np.eye(rows)])
    opens = np.hstack([np.eye(count), -np.diag(high), np.zeros((count, rows))])
    constraints = [LinearConstraint(meets, lb=POINTS * needed), LinearConstraint(opens, ub=0.0)]
    if shared:
        sums = np.array([np.concatenate([row, np.zeros(count + rows)]) for row, _ in shared])
        constraints.append(LinearConstraint(sums, ub=[most for _, most in shared]))
    bounds = Bounds(0, np.concatenate([high, np.ones(count), np.full(rows, np.inf)]))
    solved = milp(
        cost, constraints=constraints, bounds=bounds, integrality=whole.astype(int),
        options={"time_limit": 10.0, "mip_rel_gap": WORTH / 2},
    )  # fmt: skip
    return None if solved.x is None else np.asarray(solved.x)


def _monthly(scenario: Scenario, levers: Sequence[Lever]) -> Iterator[tuple[Array, float]]:
    """Yield which levers share the seats of a month, and how many these are."""
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


def _steps(model: Model, here: Array, growth: float) -> Iterator[tuple[Array, float]]:
    """Yield which levers are a team's, and how many seats they may have."""
    for team, size in zip(model.teams.T, model.sizes, strict=True):
        yield team, float(team @ here + growth * size)


def last_dates(trials: Trials, model: Model, confidence: float, lost: Flags) -> list[tuple[int, dt.date | None]]:
    """Return for each requirement missed today the last day on which classes that save it can be approved.

    By the plans tried that saved it, and by the model as the search has corrected it: classes approved on that day or
    later, as large as the ramp limit allows, add what is missing. None where no class does, but overtime, or all of it
    together.
    """
    needed = np.maximum(-trials.base.margin(confidence, trials.targets), 0.0)
    days = sorted({lever.approve for lever in model.levers if lever.approve is not None})
    found: list[tuple[int, dt.date | None]] = []
    for row in np.flatnonzero((needed > 0) & ~lost).tolist():
        saving = _proven(trials, confidence, row)
        for day in days:
            later = model.only([lever for lever in model.levers if lever.approve is not None and lever.approve >= day])
            alone = np.where(np.arange(needed.size) == row, -needed, 0.0)
            plan = solve(trials.file.scenario, later, alone, {}, np.inf)
            if float(later.effect[row] @ later.vector(plan)) < needed[row] - 1e-9:
                break
            saving = max(day, saving or day)
        found.append((row, saving))
    return found


def _proven(trials: Trials, confidence: float, row: int) -> dt.date | None:
    """Return the latest day from which on all was approved of a plan, of classes alone, that was seen to save a row."""
    first = [
        min(lever.approve for lever, _ in key if lever.approve is not None)
        for key, response in trials.known.items()
        if key and all(lever.kind == "class" for lever, _ in key)
        and response.margin(confidence, trials.targets)[row] >= 0
    ]  # fmt: skip
    return max(first, default=None)
