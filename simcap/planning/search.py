"""The search for the cheapest plan that holds a confidence, on more draws than it was found with, too."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from simcap.planning.effects import EffectModel, measure
from simcap.planning.levers import Amounts, Lever
from simcap.planning.scheduling import cheapest, reach
from simcap.planning.sizing import smallest
from simcap.planning.trials import Trials

SECOND_LOOKS = 2
"""Cheaper plans that are tested on more draws."""
HARDEN, HARDER = 20, 3
"""Replications on which a plan must hold before it is checked, and how often the demand is raised."""


class Search:
    """The levers of a scenario and, once it is needed, what they do.

    Team sizes alone are bisected. Together with classes of other vendors they are planned like these, and only grow.
    """

    def __init__(self, trials: Trials, levers: Sequence[Lever]) -> None:
        self.trials = trials
        self.sizes = [lever for lever in levers if lever.kind == "agents"]
        self.others = [lever for lever in levers if lever.kind != "agents"]
        if any(lever.kind == "class" for lever in levers):
            self.others += [dataclasses.replace(lever, low=0) for lever in self.sizes]
            self.sizes = []
        self._model: EffectModel | None = None

    @property
    def ready(self) -> bool:
        """Return whether plans were tried, so that what they all miss can be called lost."""
        return self._model is not None or (bool(self.sizes) and len(self.trials.known) > 1)

    def model(self, confidence: float) -> EffectModel:
        """Return what the levers do, measured once and corrected by each plan tried."""
        if self._model is None:
            self._model = measure(self.trials, self.others, confidence)
            reach(self.trials, self._model, confidence)
        return self._model

    def plan(self, confidence: float) -> Amounts:
        """Return the cheapest plan found that holds a confidence, also on more draws than the search's; or the nearest.

        It has no change that saves nothing.
        """
        return self._needed(confidence, self._nearest(confidence))

    def _nearest(self, confidence: float) -> Amounts:
        """Return the cheapest plan that holds a confidence; if none does, the one that misses least.

        The cheapest of many plans that meet a demand on a few draws does so by luck. If it does not hold on others, the
        demand is raised where it falls short, and the search repeated.
        """
        amounts: Amounts = {}
        reached = False
        for _ in range(1 + HARDER):
            candidate, met = self._cheapest_at(confidence)
            if not met or (reached and candidate == amounts):
                return amounts if reached else candidate
            amounts, reached = candidate, True
            if not self.trials.weak(amounts, confidence, self.more).any():
                break
            if not self.sizes:
                self.model(confidence)  # How far the demand can be raised is known from plans that reach it.
            self.trials.harden(amounts, confidence, self.more)
        return self._cheaper(confidence, amounts)

    def _needed(self, confidence: float, plan: Amounts) -> Amounts:
        """Return a plan without its unnecessary changes, the latest tried first; bisected sizes have none."""
        trials, kept = self.trials, dict(plan)
        for lever in sorted(() if self.sizes else plan, key=lambda one: one.arrives or dt.date.min, reverse=True):
            less = {one: amount for one, amount in kept.items() if one != lever}
            lost = trials.lost(confidence)
            here, without = trials.of(kept, less)
            if trials.missing(without, confidence, lost) > trials.missing(here, confidence, lost):
                continue
            if not (trials.weak(less, confidence, self.more) & ~trials.weak(kept, confidence, self.more)).any():
                kept = less
        return kept

    def _cheaper(self, confidence: float, plan: Amounts) -> Amounts:
        """Return a cheaper plan that holds on all draws together, despite its margin on the search's few."""
        trials, limit, agents = self.trials, self._cost(plan), sum(plan.values())
        lost = trials.lost(confidence)
        often = {
            key: self._cost(dict(key))
            for key, one in trials.known.items()
            if (~(one.met(trials.targets)[0] < confidence) | lost).all()
            # A price per item hardly depends on the number of agents: what is cheaper by chance is no better.
            and not (self.sizes and sum(dict(key).values()) > agents)
        }
        looks = sorted((key for key, cost in often.items() if cost < limit), key=often.__getitem__)[:SECOND_LOOKS]
        holding = (dict(key) for key in looks if not trials.weak(dict(key), confidence, self.more).any())
        return next(holding, plan)

    def _cost(self, amounts: Amounts) -> float:
        return float(self.trials.of(amounts)[0].cost.mean())

    @property
    def more(self) -> range:
        """Return the replications on which a plan must hold before it is checked."""
        search = len(self.trials.batch.replications)
        return range(search, search + HARDEN)

    def _cheapest_at(self, confidence: float) -> tuple[Amounts, bool]:
        """Return the cheapest plan that meets a confidence, from the cheapest known that does; or the nearest."""
        trials = self.trials
        if trials.meets(trials.base, confidence) and not (self.sizes or trials.lost(confidence).any()):
            return {}, True
        if self.sizes:
            sizes = smallest(trials, self.sizes, confidence)
            amounts: Amounts = {lever: change for lever, change in sizes.items() if change}
        else:
            cheapest(trials, self.model(confidence), confidence)
            amounts = trials.best(confidence, trials.lost(confidence))
        return amounts, trials.meets(trials.of(amounts)[0], confidence)
