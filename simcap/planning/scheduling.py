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

ROUNDS, HALVINGS = 4, 2
FINEST = 0.1
"""Part of a class that is worth a try to spare."""
TOO_LITTLE, TOO_MUCH = (0.3, 0.93), (1.0, 1.5)
"""Ranges of a correction: down always where a plan fell short, for else the same comes again."""
STEP = 0.1
"""Share of a team by which a class is tried out."""
SMALLEST = 0.002
"""Attainment that a whole class must add on average to count as an effect: less is chance."""
UNMET = 1e4
"""Price of what stays unmet in the model, against the dearest plan."""
OPENING = 1.0
"""Price of a class, in its seats: few classes are better than many."""


@dataclasses.dataclass
class Model:
    """What levers do to requirements, linear in their amounts."""

    levers: list[Lever]
    effect: Array
    """[requirement, lever] margin of attainment a unit."""
    price: Array
    """[lever] cost a unit, credits that it saves left out."""
    scale: Array
    """[requirement] by which the model's effects are corrected."""

    def gain(self, amounts: Amounts) -> Array:
        """Return the margin that a plan adds."""
        return np.asarray(
            self.scale * (self.effect @ np.array([amounts.get(lever, 0) for lever in self.levers], float))
        )

    def without(self, lever: Lever) -> Model:
        """Return the model of all other levers."""
        place = self.levers.index(lever)
        levers = [one for one in self.levers if one != lever]
        return Model(levers, np.delete(self.effect, place, axis=1), np.delete(self.price, place), self.scale)


def measure(trials: Trials, levers: Sequence[Lever], confidence: float) -> Model:
    """Try each lever out: overtime as it is, a class of a tenth of its team on the first day that it can start.

    What counts is the margin: more agents lift a mean, and make it less uncertain.
    """
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
        effect = _gained(trials, response, confidence) / amount
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


def _gained(trials: Trials, response: Response, confidence: float) -> Array:
    """Return the margin that a plan gains on the scenario as it is; 0 where attainment hardly moves."""
    means = np.nan_to_num(response.mean() - trials.base.mean())
    margins = _between(trials, trials.base, response, confidence)
    return np.where(means >= SMALLEST, np.maximum(means, margins), 0.0)


def _between(trials: Trials, before: Response, after: Response, confidence: float) -> Array:
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(after.margin(confidence, trials.targets) - before.margin(confidence, trials.targets))


def fill_in(trials: Trials, model: Model, everything: Amounts, confidence: float) -> None:
    """Give effects to requirements that only much more staff saves, in proportion to what it does when all is tried.

    Where work piles up, a few agents more change nothing yet: nothing is on time either way.
    """
    (response,) = trials.of(everything)
    gained = _gained(trials, response, confidence)
    scenario = trials.file.scenario
    begins, ends = (np.array([one.days[end] for one in trials.required], float) for end in (0, 1))
    skilled = np.array([[_has_skill(scenario, lever, one.queue) for lever in model.levers] for one in trials.required])
    there = np.array([presence(scenario, lever, begins, ends) for lever in model.levers]).T * skilled
    spread = there @ np.array([everything.get(lever, 0) for lever in model.levers], float)
    rows = (model.effect.max(axis=1, initial=0.0) == 0) & (gained > 0) & (spread > 0)
    model.effect[rows] = gained[rows, None] * there[rows] / spread[rows, None]


def _has_skill(scenario: Scenario, lever: Lever, queue: str) -> bool:
    teams = scenario.vendors[lever.vendor].teams
    return any(queue in own.skills for name, own in teams.items() if lever.team in ("", name))


def cheapest(trials: Trials, model: Model, confidence: float, start: Amounts) -> tuple[dict[Lever, int], bool]:
    """Return a cheap plan that meets all that is not lost, and whether it does on the search's draws.

    It adds to `start`, a plan for less, or none. A plan from nothing may ask for too much, for what agents do is not
    linear; it is cut again, class by class.
    """
    plan, reached = _grown(trials, model, dict(start), confidence)
    return (_shrunk(trials, model, plan, confidence) if reached and not start else plan), reached


def _grown(trials: Trials, model: Model, start: Amounts, confidence: float) -> tuple[dict[Lever, int], bool]:
    """Return a plan that adds to `start` what it misses, by cuts: where that is too little, the model is corrected."""
    (before,) = trials.of(start)
    needed = np.maximum(-trials.margin(before, confidence), 0.0)
    # From nothing, all that is missed is asked for: only what the first plan cannot save either is lost.
    asked = ~trials.lost(confidence) if start else np.ones(needed.size, bool)
    plan = dict(start)
    for _ in range(ROUNDS):
        more = solve(trials.file.scenario, model, np.where(asked, needed, 0.0), start)
        plan = {lever: start.get(lever, 0) + more.get(lever, 0) for lever in {**start, **more}}
        (after,) = trials.of(plan)
        if trials.meets(after, confidence):
            return plan, True
        _correct(model, more, _between(trials, before, after, confidence), trials.short(after, confidence))
        asked = ~trials.lost(confidence)
    return plan, False


def _correct(model: Model, more: Amounts, seen: Array, short: Flags) -> None:
    """Scale rows to what was seen when more was tried: down where that was too little, up where it was more."""
    predicted = model.gain(more)
    ratio = np.divide(seen, predicted, out=np.ones_like(seen), where=predicted > SMALLEST)
    model.scale = model.scale * np.where(short, np.clip(ratio, *TOO_LITTLE), np.clip(ratio, *TOO_MUCH))


def _shrunk(trials: Trials, model: Model, plan: dict[Lever, int], confidence: float) -> dict[Lever, int]:
    """Return a plan of which each part, the dearest first, has been halved towards the least that still meets all.

    Overtime is all or nothing: where it cannot just go, classes in its place are tried.
    """
    least: dict[Lever, int] = {}
    for _ in range(HALVINGS):
        for lever in sorted(plan, key=lambda one: (-_price_of(model, one) * plan[one], -plan[one])):
            step = (plan.get(lever, 0) - least.get(lever, 0) + 1) // 2
            if step < max(FINEST * plan.get(lever, 0), 1):
                continue
            trial = {**plan, lever: plan[lever] - step}
            if trials.meets(trials.of(trial)[0], confidence):
                plan = trial
                continue
            least[lever] = trial[lever]
            if lever.kind == "overtime":
                other, met = _grown(trials, model.without(lever), {}, confidence)
                plan = other if met and _seen_cost(trials, other) < _seen_cost(trials, plan) else plan
    return {lever: amount for lever, amount in plan.items() if amount}


def _seen_cost(trials: Trials, plan: Amounts) -> float:
    return float(trials.of(plan)[0].cost.mean())


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
