"""Classes and overtime: the cheapest with which all requirements are met, by a linear model of what they do.

What each lever does to each requirement is measured once by simulation. The cheapest plan of that model is simulated;
where it does less than the model says, the model's row is scaled to what was seen, and asked for what is missing. Then
each part of the plan is cut as far as simulation allows.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.planning.levers import Amounts, Lever, limits, presence, strength
from simcap.planning.requirements import Response
from simcap.planning.trials import Trials
from simcap.scenario.schema import Scenario

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

ROUNDS, HALVINGS = 6, 3
FINEST = 0.1
"""Part of a class that is worth a try to spare."""
CORRECTED = (0.3, 0.93)
"""Range of a correction: down always, for else the same plan comes again."""
STEP = 0.1
"""Share of a team by which a class is tried out."""
SMALLEST = 0.002
"""Attainment that a whole class must add to count as an effect: less is chance."""
UNMET = 1e4
"""Price of what stays unmet in the model, against the dearest plan."""
OPENING = 1.0
"""Price of a class, in its seats: few classes are better than many."""


@dataclasses.dataclass
class Model:
    """What levers do to requirements, linear in their amounts."""

    levers: list[Lever]
    effect: Array
    """[requirement, lever] attainment a unit."""
    price: Array
    """[lever] cost a unit, credits that it saves left out."""
    scale: Array
    """[requirement] by which the model's effects are corrected."""

    def gain(self, amounts: Amounts) -> Array:
        """Return the attainment that a plan adds."""
        return np.asarray(
            self.scale * (self.effect @ np.array([amounts.get(lever, 0) for lever in self.levers], float))
        )


def measure(trials: Trials, levers: Sequence[Lever]) -> Model:
    """Try each lever out: overtime as it is, a class of a tenth of its team on the first day that it can start."""
    scenario = trials.file.scenario
    groups: dict[tuple[str, str, str], list[Lever]] = {}
    for lever in levers:
        groups.setdefault(lever.group, []).append(lever)
    tried: list[tuple[list[Lever], dict[Lever, int]]] = []
    for mine in groups.values():
        first = mine[0]
        agents = 1 if first.kind == "overtime" else scenario.vendors[first.vendor].teams[first.team].agents or 1
        plan = {first: min(max(round(STEP * agents), 2), first.high)}
        if trials.possible(plan):
            tried.append((mine, plan))
    found = trials.of(*(plan for _, plan in tried))
    begins, ends = (np.array([one.days[end] for one in trials.required], float) for end in (0, 1))
    chosen: list[Lever] = []
    effects: list[Array] = []
    prices: list[float] = []
    for (mine, plan), response in zip(tried, found, strict=True):
        ((first, amount),) = plan.items()
        gained = np.nan_to_num(response.mean() - trials.base.mean())
        effect = np.where(gained >= SMALLEST, gained, 0.0) / amount
        for lever in mine:
            chosen.append(lever)
            effects.append(effect * strength(scenario, lever, first, begins, ends))
            prices.append(_price(scenario, lever, first, trials.base, response, amount))
    shape = (len(trials.required), 0)
    matrix = np.stack(effects, axis=1) if effects else np.zeros(shape)
    return Model(chosen, matrix, np.array(prices), np.ones(len(trials.required)))


def _price(scenario: Scenario, lever: Lever, first: Lever, base: Response, tried: Response, amount: int) -> float:
    """Return the cost of a unit; a later class costs by the days that it is there."""
    unit = max(float((tried.cost - base.cost).mean()) / amount, 0.0)
    if lever.kind != "class" or lever.arrives is None or first.arrives is None:
        return unit
    end = scenario.horizon.start + dt.timedelta(days=scenario.horizon.day_count)
    return unit * (end - lever.arrives).days / max((end - first.arrives).days, 1)


def most(trials: Trials, model: Model) -> dict[Lever, int]:
    """Return everything that can be approved: overtime, and classes up to the ramp limits, shared out by team size."""
    scenario = trials.file.scenario
    amounts: dict[Lever, int] = {lever: lever.high for lever in model.levers if lever.kind == "overtime"}
    classes = [lever for lever in model.levers if lever.kind == "class" and lever.start is not None]
    for vendor in {lever.vendor for lever in classes}:
        mine = [lever for lever in classes if lever.vendor == vendor]
        free = limits(scenario, vendor)
        teams = {lever.team: scenario.vendors[vendor].teams[lever.team].agents or 1 for lever in mine}
        months = dict.fromkeys((one.start.year, one.start.month) for one in mine if one.start) if free else [None]
        for month in months:
            for team, agents in teams.items():
                first = next(
                    (one for one in mine if one.team == team and one.start is not None
                     and month in (None, (one.start.year, one.start.month))), None,
                )  # fmt: skip
                if first is not None:
                    share = agents / sum(teams.values())
                    amounts[first] = first.high if month is None else min(int(free[month] * share), first.high)
    return amounts


def fill_in(trials: Trials, model: Model, everything: Amounts) -> None:
    """Give effects to requirements that only much more staff saves, in proportion to what it does when all is tried.

    Where work piles up, a few agents more change nothing yet: nothing is on time either way.
    """
    (response,) = trials.of(everything)
    gained = np.nan_to_num(response.mean() - trials.base.mean())
    scenario = trials.file.scenario
    begins, ends = (np.array([one.days[end] for one in trials.required], float) for end in (0, 1))
    skilled = np.array([[_has_skill(scenario, lever, one.queue) for lever in model.levers] for one in trials.required])
    there = np.array([presence(scenario, lever, begins, ends) for lever in model.levers]).T * skilled
    spread = there @ np.array([everything.get(lever, 0) for lever in model.levers], float)
    rows = (model.effect.max(axis=1, initial=0.0) == 0) & (gained >= SMALLEST) & (spread > 0)
    model.effect[rows] = gained[rows, None] * there[rows] / spread[rows, None]


def _has_skill(scenario: Scenario, lever: Lever, queue: str) -> bool:
    teams = scenario.vendors[lever.vendor].teams
    return any(queue in own.skills for name, own in teams.items() if lever.team in ("", name))


def cheapest(trials: Trials, model: Model, confidence: float, start: Amounts) -> tuple[dict[Lever, int], bool]:
    """Return a cheap plan that meets all that is not lost, and whether it does on the search's draws.

    It grows from `start`, a plan for less or none: what is missed asks the model for more, until all is met. A plan
    from nothing asks for too much, as an attainment near 1 has little left to gain; it shrinks again, class by class.
    """
    plan, reached = _grown(trials, model, dict(start), confidence)
    return (_shrunk(trials, model, plan, confidence) if reached and not start else plan), reached


def _grown(trials: Trials, model: Model, plan: dict[Lever, int], confidence: float) -> tuple[dict[Lever, int], bool]:
    (before,) = trials.of(plan)
    # From nothing, all that is missed asks for more: only what the first plan cannot save either is lost.
    short = trials.short(before, confidence) if plan else trials.margin(before, confidence) < 0
    for _ in range(ROUNDS):
        needed = np.where(short, np.maximum(-trials.margin(before, confidence), 0.0), 0.0)
        more = solve(trials.file.scenario, model, needed, plan)
        if not more:
            break
        plan = {lever: plan.get(lever, 0) + more.get(lever, 0) for lever in {**plan, **more}}
        (after,) = trials.of(plan)
        if trials.meets(after, confidence):
            return plan, True
        short = trials.short(after, confidence)
        _correct(model, more, np.nan_to_num(after.mean() - before.mean()), short)
        before = after
    return plan, trials.meets(before, confidence)


def _correct(model: Model, more: Amounts, seen: Array, short: Flags) -> None:
    """Scale the rows of what is still short to what was seen when more was tried."""
    predicted = model.gain(more)
    ratio = np.divide(seen, predicted, out=np.ones_like(seen), where=predicted > SMALLEST)
    model.scale = np.where(short, model.scale * np.clip(ratio, *CORRECTED), model.scale)


def _shrunk(trials: Trials, model: Model, plan: dict[Lever, int], confidence: float) -> dict[Lever, int]:
    """Return a plan of which each part, the dearest first, has been halved towards the least that still meets all."""
    least = dict.fromkeys(plan, 0)
    for _ in range(HALVINGS):
        for lever in sorted(plan, key=lambda one: (-_price_of(model, one) * plan[one], -plan[one])):
            step = (plan[lever] - least[lever] + 1) // 2
            if step < max(FINEST * plan[lever], 1):
                continue
            trial = {**plan, lever: plan[lever] - step}
            if trials.meets(trials.of(trial)[0], confidence):
                plan = trial
            else:
                least[lever] = trial[lever]
    return {lever: amount for lever, amount in plan.items() if amount}


def _price_of(model: Model, lever: Lever) -> float:
    return float(model.price[model.levers.index(lever)])


def solve(scenario: Scenario, model: Model, needed: Array, taken: Amounts | None = None) -> dict[Lever, int]:
    """Return what, beside what is taken, adds the attainment needed most cheaply by the model, as far as can be."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    count, rows = len(model.levers), np.flatnonzero(needed > 0)
    if not rows.size or not count:
        return {}
    beside = np.array([(taken or {}).get(lever, 0) for lever in model.levers], float)
    high = np.array([lever.high for lever in model.levers], float) - beside
    price = np.maximum(model.price, 1e-6 * max(model.price.max(initial=0.0), 1.0))
    worst = UNMET * float(price @ high) + 1.0
    # Amounts, whether a class opens at all, and what stays unmet by requirement.
    cost = np.concatenate([price, OPENING * price * (beside == 0), np.full(rows.size, worst)])
    effects = model.scale[rows, None] * model.effect[rows]
    meets = np.hstack([effects, np.zeros((rows.size, count)), np.eye(rows.size)])
    opens = np.hstack([np.eye(count), -np.diag(high), np.zeros((count, rows.size))])
    constraints = [LinearConstraint(meets, lb=needed[rows]), LinearConstraint(opens, ub=0.0)]
    if monthly := list(_monthly(scenario, model.levers)):
        left = np.array([np.concatenate([row, np.zeros(count + rows.size)]) for row, _ in monthly])
        constraints.append(LinearConstraint(left, ub=[max(seats - row @ beside, 0.0) for row, seats in monthly]))
    bounds = Bounds(0, np.concatenate([high, np.ones(count), np.full(rows.size, np.inf)]))
    whole = np.concatenate([np.ones(2 * count), np.zeros(rows.size)])
    solved = milp(cost, constraints=constraints, bounds=bounds, integrality=whole, options={"time_limit": 10.0})
    if solved.x is None:
        return {}
    amounts = np.rint(solved.x[:count]).astype(int).tolist()
    return {lever: amount for lever, amount in zip(model.levers, amounts, strict=True) if amount}


def _monthly(scenario: Scenario, levers: Sequence[Lever]) -> Iterator[tuple[Array, int]]:
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


def last_dates(trials: Trials, model: Model, confidence: float, lost: Flags) -> list[tuple[int, dt.date | None]]:
    """Return for each requirement missed today the last day on which classes that save it can be approved.

    By the model as the search has corrected it: classes approved on that day or later, as large as the ramp limit
    allows, add what is missing. None where no class does, but overtime, or all of it together.
    """
    needed = np.maximum(-trials.base.margin(confidence, trials.targets), 0.0)
    days = sorted({lever.approve for lever in model.levers if lever.approve is not None})
    found: list[tuple[int, dt.date | None]] = []
    for row in np.flatnonzero((needed > 0) & ~lost).tolist():
        saving = None
        for day in days:
            later = [lever for lever in model.levers if lever.approve is not None and lever.approve >= day]
            only = Model(later, model.effect[row : row + 1, [model.levers.index(one) for one in later]],
                         np.ones(len(later)), model.scale[row : row + 1])  # fmt: skip
            plan = solve(trials.file.scenario, only, needed[row : row + 1])
            if float(only.gain(plan)[0]) < needed[row] - 1e-9:
                break
            saving = day
        found.append((row, saving))
    return found
