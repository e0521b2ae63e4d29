"""Classes and overtime: the cheapest with which all requirements are met, by cuts on a linear model of what they do.

What each lever does to each requirement is measured once by simulation. The cheapest plan of that model is simulated;
where it does less (or more) than the model says, the model's row is scaled to what was seen, and solved again.
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

ROUNDS, TRIMS = 6, 7
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


def cheapest(trials: Trials, model: Model, confidence: float) -> tuple[dict[Lever, int], bool]:
    """Return a cheap plan that meets all that is not lost, and whether it does on the search's draws.

    The first plan asks for everything that is missed: only what it cannot save is lost.
    """
    short = trials.margin(trials.base, confidence) < 0
    plan: dict[Lever, int] = {}
    for _ in range(ROUNDS):
        plan = solve(trials.file.scenario, model, _needed(trials, confidence, short))
        (response,) = trials.of(plan)
        if trials.meets(response, confidence):
            return _trimmed(trials, model, plan, confidence), True
        _correct(trials, model, plan, trials.short(response, confidence))
        short = ~trials.lost(confidence)
    return plan, False


def _needed(trials: Trials, confidence: float, asked: Flags) -> Array:
    return np.where(asked, np.maximum(-trials.margin(trials.base, confidence), 0.0), 0.0)


def _trimmed(trials: Trials, model: Model, plan: dict[Lever, int], confidence: float) -> dict[Lever, int]:
    """Return a plan that is as cheap or cheaper: by bisection, each requirement asks for as little as still meets it.

    An attainment near 1 has little left to gain, so that the model thinks of agents as worth less than they are.
    """
    needed = _needed(trials, confidence, ~trials.lost(confidence))
    least, enough = np.zeros(needed.size), np.ones(needed.size)
    for _ in range(TRIMS):
        share = (least + enough) / 2
        trial = solve(trials.file.scenario, model, needed * share)
        (response,) = trials.of(trial)
        if trials.meets(response, confidence):
            enough = share
            plan = trial if _cost(model, trial) < _cost(model, plan) else plan
        elif (short := trials.short(response, confidence)).any():
            least = np.where(short, share, least)
        else:
            break
    return plan


def _cost(model: Model, plan: Amounts) -> float:
    return float(sum(model.price[model.levers.index(lever)] * amount for lever, amount in plan.items()))


def _correct(trials: Trials, model: Model, plan: Amounts, short: Flags) -> None:
    """Scale the rows of what is short to what the plan did."""
    predicted = model.gain(plan)
    seen = np.nan_to_num(trials.of(plan)[0].mean() - trials.base.mean())
    ratio = np.divide(seen, predicted, out=np.ones_like(seen), where=predicted > SMALLEST)
    model.scale = np.where(short, model.scale * np.clip(ratio, *CORRECTED), model.scale)


def solve(scenario: Scenario, model: Model, needed: Array) -> dict[Lever, int]:
    """Return the cheapest plan of the model that adds the attainment needed, as far as it can be added."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    count, rows = len(model.levers), np.flatnonzero(needed > 0)
    if not rows.size or not count:
        return {}
    high = np.array([lever.high for lever in model.levers], float)
    price = np.maximum(model.price, 1e-6 * max(model.price.max(initial=0.0), 1.0))
    worst = UNMET * float(price @ high) + 1.0
    # Amounts, whether a class opens at all, and what stays unmet by requirement.
    cost = np.concatenate([price, OPENING * price, np.full(rows.size, worst)])
    effects = model.scale[rows, None] * model.effect[rows]
    meets = np.hstack([effects, np.zeros((rows.size, count)), np.eye(rows.size)])
    opens = np.hstack([np.eye(count), -np.diag(high), np.zeros((count, rows.size))])
    constraints = [LinearConstraint(meets, lb=needed[rows]), LinearConstraint(opens, ub=0.0)]
    if monthly := list(_monthly(scenario, model.levers)):
        left = np.array([np.concatenate([row, np.zeros(count + rows.size)]) for row, _ in monthly])
        constraints.append(LinearConstraint(left, ub=[seats for _, seats in monthly]))
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
