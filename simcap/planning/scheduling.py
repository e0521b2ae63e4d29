"""Classes and overtime: the cheapest with which all requirements are met.

From plan to plan: a linear model around the best one so far proposes the cheapest that meets everything. It is
simulated, accepted if better, and the model learns from it either way.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from simcap.planning.effects import SMALLEST, EffectModel
from simcap.planning.levers import Amounts, Lever
from simcap.planning.program import solve
from simcap.planning.trials import Trials

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

PATIENCE = 3
"""Plans in a row that may fail to improve."""
WORTH = 0.01
"""Saving by the model, as a share of the plan's cost, that makes it worth going on."""
SLIVER = 0.05
"""Share of a team too small for a class."""


@dataclasses.dataclass(frozen=True)
class Pace:
    """How one plan leads to the next."""

    steps: int
    """Most plans tried."""
    growth: float
    """Share of itself by which a team may grow in one step: effects are known about as far as they were measured."""
    aims: tuple[float, ...]
    """Margins to try beyond what is asked; the first for which the model offers a plan is used."""
    cheaper: bool
    """Whether a plan that is only cheaper is worth trying."""
    share: float
    """First step, as a share of the way to the model's cheapest."""
    keeps: bool = False
    """Whether what is already planned stays."""


GROW = Pace(5, 0.6, (0.01, 0.0), cheaper=False, share=1.0)
"""Overtime is all or nothing, so it is added only where a team may double."""
GROW_FREELY = dataclasses.replace(GROW, growth=1.0)
ADD = dataclasses.replace(GROW_FREELY, steps=3, keeps=True)
CUT = Pace(7, 1.0, (0.0,), cheaper=True, share=0.5)


def reach(trials: Trials, model: EffectModel, confidence: float) -> None:
    """Try plans towards one that meets everything, without overtime if possible.

    Only what was asked for can be known to be lost.
    """
    none = np.zeros(len(trials.required), bool)
    _walk(trials, model, confidence, none, GROW, {})
    _walk(trials, model, confidence, none, GROW_FREELY, trials.best(confidence, none))


def cheapest(trials: Trials, model: EffectModel, confidence: float) -> None:
    """Try plans towards the cheapest that meets all that is not lost on the search's draws.

    If none is known, because more is asked for by now, something is added before anything is cut.
    """
    lost = trials.lost(confidence)
    _walk(trials, model, confidence, lost, ADD, trials.best(confidence, lost))
    _walk(trials, model, confidence, lost, CUT, trials.best(confidence, lost))


def _walk(trials: Trials, model: EffectModel, confidence: float, lost: Flags, pace: Pace, start: Amounts) -> None:
    """Go from plan to plan. If the model's cheapest is no better than the current one, go half as far."""
    here, share, failed = dict(start), pace.share, 0
    for _ in range(pace.steps):
        (before,) = trials.of(here)
        slack = trials.slack(before, confidence, lost)
        goals = (
            solve(trials.file.scenario, model, slack - aim, here, pace.growth, keeps=pace.keeps) for aim in pace.aims
        )
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


def _is_promising(model: EffectModel, slack: Array, here: Amounts, goal: Amounts, *, cheaper: bool) -> bool:
    """Say whether by the model a plan misses or costs less by enough to be worth trying."""
    known, own = np.isfinite(slack), model.vector(here)
    change = model.vector(goal) - own
    foreseen = slack[known] + model.effect[known] @ change
    less = float(np.minimum(foreseen, 0).sum() - np.minimum(slack[known], 0).sum())
    return less > SMALLEST or (cheaper and float(-model.price @ change) > WORTH * float(model.price @ own))


def _towards(model: EffectModel, here: Amounts, goal: Amounts, share: float) -> dict[Lever, int]:
    """Return a plan on the way to another, within the limits of both. Overtime is all or nothing.

    If a team would have several classes in a month, the largest absorbs the others.
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
