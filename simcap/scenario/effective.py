"""When dated events take effect, and by how much: handle-time factors in steps, cuts after their notice."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

from simcap.scenario.clock import Clock
from simcap.scenario.schema.events import Headcount
from simcap.scenario.schema.scenario import Scenario
from simcap.units import DAY, to_tick


def factor_steps(scenario: Scenario, clock: Clock, queue: str) -> list[tuple[float, float]]:
    """Return the handle-time factor of a queue as steps (from simulated seconds on, factor), beginning with 1."""
    changes: list[tuple[float, float]] = []
    for event in scenario.events.values():
        if event.handle_time is not None and event.handle_time.touches(queue):
            own = clock.of_queue(scenario, event.handle_time.dated_by(queue))
            changes.append((to_tick(own.at(event.handle_time.from_)), event.handle_time.factor))
        if event.automation is not None and event.automation.touches(queue):
            own = clock.of_queue(scenario, queue)
            changes.append((to_tick(own.at(event.automation.from_)), event.automation.handle_time_factor))
        if event.policy_change is not None and event.policy_change.touches(queue):
            policy = event.policy_change
            own = clock.of_queue(scenario, policy.dated_by(queue))
            changes.extend(_relearning(own, policy.from_, policy.factor, policy.recovers_in))
    steps = [(-math.inf, 1.0)]
    for moment, ratio in sorted(changes):
        steps.append((moment, steps[-1][1] * ratio))
    return steps


def _relearning(clock: Clock, begin: dt.datetime, factor: float, recovers_in: float) -> Iterable[tuple[float, float]]:
    """Yield the ratios by which a policy's factor changes: up at once, then down to 1 in daily steps."""
    days = math.ceil(recovers_in / DAY)
    before = 1.0
    for day in range(days + 1):
        now = 1 + (factor - 1) * max(1 - day * DAY / recovers_in, 0.0)
        yield to_tick(clock.at(begin + dt.timedelta(days=day))), now / before
        before = now


def cut_day(scenario: Scenario, headcount: Headcount, vendor: str) -> dt.date:
    """Return the first day of a change of headcount: a cut waits for the contract's notice."""
    contract = scenario.vendors[vendor].contract
    if headcount.change >= 0 or contract is None:
        return headcount.from_
    ordered = headcount.ordered or scenario.horizon.start
    return max(headcount.from_, ordered + dt.timedelta(days=math.ceil(contract.notice / DAY)))
