"""The effects of classes and overtime on each requirement: a linear model, corrected by each plan tried."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simcap.planning.heads import heads
from simcap.planning.levers import Amounts, Lever, limits, presence, strength
from simcap.planning.requirements import Response
from simcap.planning.trials import Trials
from simcap.scenario.schema.scenario import Scenario

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

STEP = 0.4
"""Size of a trial class as a share of the team: where work piles up, a few agents change nothing."""
SMALLEST, VISIBLE = 0.002, 0.01
"""Mean attainment that a class must add to count as an effect, and that a plan must move to reveal a new one."""
TOO_LITTLE, TOO_MUCH = 0.3, 3.0
"""Range of one correction."""
FREE = 0.02
"""Least price of a class relative to the dearest: seats that a contract does not charge for are still work."""


@dataclasses.dataclass
class EffectModel:
    """What levers do to requirements, linear in their amounts."""

    levers: list[Lever]
    effect: Array
    """[requirement, lever] attainment a unit."""
    price: Array
    """[lever] cost a unit, excluding the credits that it saves."""
    there: Array
    """[requirement, lever] days of a unit, weighted by ramp, in a window of a queue that it has the skill for."""
    teams: Array
    """[lever, team] 1 where the lever is the team's, its classes together; overtime for itself."""
    sizes: Array
    """[team] agents of the scenario as it is; 1 for overtime."""
    floor: float
    """Least price."""

    def vector(self, amounts: Amounts) -> Array:
        """Return a plan as one number a lever."""
        return np.array([amounts.get(lever, 0) for lever in self.levers], np.float64)

    def learn(self, change: Array, seen: Array, cost: float) -> None:
        """Correct effects and prices by the observed result of a change of plan.

        Each team's effect on a requirement is scaled, all its classes alike, by the least that explains the
        result (Broyden 1965). What known effects cannot explain is ascribed to moved levers thought to have none.
        """
        self.effect = self.effect * self._scales(self.effect, change, seen)
        self.price = np.maximum(self.price * self._scales(self.price[None], change, np.array([cost]))[0], self.floor)
        left = seen - self.effect @ change
        self.spread(np.abs(left) > VISIBLE, change, left)

    def _scales(self, effect: Array, change: Array, seen: Array) -> Array:
        parts = (effect * change) @ self.teams
        size = (parts**2).sum(axis=1)
        error = np.divide(seen - parts.sum(axis=1), size, out=np.zeros(size.size), where=size > SMALLEST**2)
        scales: Array = np.clip(1 + error[:, None] * parts, TOO_LITTLE, TOO_MUCH) @ self.teams.T
        return scales

    def spread(self, rows: Flags, change: Array, seen: Array) -> None:
        """Share out the result in some rows among moved levers without a known effect, by days of presence."""
        moved = np.where((np.sign(change) == np.sign(seen[:, None])) & (self.effect == 0), change, 0.0)
        days = (self.there * moved).sum(axis=1)
        rows = rows & (days != 0)
        self.effect[rows] += (seen[rows] / days[rows])[:, None] * self.there[rows] * (moved[rows] != 0)

    def only(self, kept: Sequence[Lever]) -> EffectModel:
        """Return the model of some of its levers."""
        places = [self.levers.index(one) for one in kept]
        return dataclasses.replace(
            self, levers=list(kept), effect=self.effect[:, places], price=self.price[places],
            there=self.there[:, places], teams=self.teams[places],
        )  # fmt: skip


def measure(trials: Trials, levers: Sequence[Lever], confidence: float) -> EffectModel:
    """Try each lever: overtime as it is, a large class on the first day on which it can start.

    What counts is the margin: more agents lift a mean, and make it less uncertain. Windows that only all levers
    together save get effects in proportion to those of everything that can be approved.
    """
    tried = _each(trials, levers)
    responses = trials.of(*(plan for _, plan in tried))
    scenario, base = trials.file.scenario, trials.base
    begins, ends = (np.array([one.days[end] for one in trials.required], float) for end in (0, 1))
    chosen: list[Lever] = []
    effects: list[Array] = []
    prices: list[float] = []
    for (alike, plan), response in zip(tried, responses, strict=True):
        ((first, amount),) = plan.items()
        effect = _gained(trials, response, confidence) / amount
        for lever in alike:
            chosen.append(lever)
            effects.append(effect * strength(scenario, lever, first, begins, ends))
            prices.append(_price(scenario, lever, first, float((response.cost - base.cost).mean()) / amount))
    dearest = max((price for one, price in zip(chosen, prices, strict=True) if one.kind == "class"), default=0.0)
    floor = FREE * dearest or 1.0
    price = np.maximum(np.array(prices, np.float64), floor)
    sizes = np.array([_agents(scenario, alike[0]) for alike, _ in tried], np.float64)
    matrices = _columns(effects, begins.size), price, _there(trials, chosen), _teams(chosen)
    model = EffectModel(chosen, *matrices, sizes, floor)
    _fill_in(trials, model, confidence)
    return model


def _each(trials: Trials, levers: Sequence[Lever]) -> list[tuple[list[Lever], dict[Lever, int]]]:
    """Return levers that differ only in date, with the plan that tries the first of them."""
    scenario = trials.file.scenario
    groups: dict[tuple[str, str, str], list[Lever]] = {}
    for lever in levers:
        groups.setdefault(lever.group, []).append(lever)
    tried: list[tuple[list[Lever], dict[Lever, int]]] = []
    for alike in groups.values():
        first = alike[0]
        plan = {first: min(max(round(STEP * _agents(scenario, first)), 2), first.high)}
        if trials.possible(plan):
            tried.append((alike, plan))
    return tried


def _agents(scenario: Scenario, lever: Lever) -> int:
    return 1 if lever.kind == "overtime" else heads(scenario, lever.vendor, lever.team)


def _gained(trials: Trials, response: Response, confidence: float) -> Array:
    """Return the margin that a plan gains over the scenario as it is; 0 where attainment hardly moves."""
    means = np.nan_to_num(response.mean() - trials.base.mean())
    with np.errstate(invalid="ignore"):
        margins = np.nan_to_num(trials.margin(response, confidence) - trials.margin(trials.base, confidence))
    return np.where(means >= SMALLEST, np.maximum(means, margins), 0.0)


def _price(scenario: Scenario, lever: Lever, first: Lever, unit: float) -> float:
    """Return the cost of a unit; a later class costs in proportion to the days that it is there."""
    if lever.kind != "class" or lever.arrives is None or first.arrives is None:
        return max(unit, 0.0)
    end = scenario.horizon.start + dt.timedelta(days=scenario.horizon.day_count)
    return max(unit, 0.0) * (end - lever.arrives).days / max((end - first.arrives).days, 1)


def _teams(levers: Sequence[Lever]) -> Array:
    groups = list(dict.fromkeys(lever.group for lever in levers))
    return np.array([[float(lever.group == group) for group in groups] for lever in levers])


def _columns(effects: Sequence[Array], rows: int) -> Array:
    return np.stack(effects, axis=1) if effects else np.zeros((rows, 0))


def _there(trials: Trials, levers: Sequence[Lever]) -> Array:
    scenario = trials.file.scenario
    begins, ends = (np.array([one.days[end] for one in trials.required], float) for end in (0, 1))
    skilled = [[_has_skill(scenario, lever, one.queue) for one in trials.required] for lever in levers]
    days = [presence(scenario, lever, begins, ends) * able for lever, able in zip(levers, skilled, strict=True)]
    return _columns(days, begins.size)


def _has_skill(scenario: Scenario, lever: Lever, queue: str) -> bool:
    teams = scenario.vendors[lever.vendor].teams
    return any(queue in own.skills for name, own in teams.items() if lever.team in ("", name))


def _fill_in(trials: Trials, model: EffectModel, confidence: float) -> None:
    everything = everything_possible(trials, model)
    gained = _gained(trials, trials.of(everything)[0], confidence)
    rows = (model.effect.max(axis=1, initial=0.0) == 0) & (gained > 0)
    model.spread(rows, model.vector(everything), gained)


def everything_possible(trials: Trials, model: EffectModel) -> dict[Lever, int]:
    """Return everything that can be approved at once: overtime, sizes, and classes up to the ramp limits by team size.

    Without a ramp limit, that is the first class of each team at its largest.
    """
    scenario = trials.file.scenario
    amounts: dict[Lever, int] = {lever: lever.high for lever in model.levers if lever.kind != "class"}
    classes = [lever for lever in model.levers if lever.kind == "class" and lever.start is not None]
    for vendor in {lever.vendor for lever in classes}:
        own_classes = [lever for lever in classes if lever.vendor == vendor]
        free = limits(scenario, vendor)
        teams = {lever.team: heads(scenario, vendor, lever.team) for lever in own_classes}
        months = (
            dict.fromkeys((one.start.year, one.start.month) for one in own_classes if one.start) if free else [None]
        )
        for month in months:
            for team, agents in teams.items():
                first = next(
                    (one for one in own_classes if one.team == team and one.start is not None
                     and month in (None, (one.start.year, one.start.month))), None,
                )  # fmt: skip
                if first is not None:
                    share = agents / sum(teams.values())
                    amounts[first] = first.high if month is None else min(int(free[month] * share), first.high)
    return amounts
