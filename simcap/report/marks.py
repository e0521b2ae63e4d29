"""Events and hiring classes as flags below the curves that they bend."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

from simcap.report.panels import Panel
from simcap.report.style import FAINT, SOFT, text_width
from simcap.report.timeline import Timeline
from simcap.scenario.clock import Clock
from simcap.scenario.events import Event
from simcap.scenario.schema import Scenario
from simcap.workforce.happenings import cut_day

MOST_FLAGS = 3
"""Flags above one another."""
POLE = 0.04
"""Inches between a flag's pole and its text."""
GAP = 0.1
"""Inches between two texts."""


@dataclasses.dataclass(frozen=True)
class Mark:
    """Something that happens at a place of the time axis."""

    at: float
    text: str


@dataclasses.dataclass(frozen=True)
class Flag:
    """A mark with the row of its text, which lies between two places in inches; no text where there is no room."""

    mark: Mark
    pole: float
    row: int = MOST_FLAGS
    begin: float = 0.0
    end: float = 0.0

    @property
    def has_text(self) -> bool:
        """Return whether there was room for the text."""
        return self.row < MOST_FLAGS

    def clashes(self, other: Flag) -> bool:
        """Return whether a text would touch the other's text, or a pole, which rises from its own row, cross it."""
        if self.row == other.row:
            return self.begin < other.end + GAP and other.begin < self.end + GAP
        low, high = (self, other) if self.row < other.row else (other, self)
        return high.begin - GAP / 2 < low.pole < high.end + GAP / 2


def queue_marks(scenario: Scenario, queue: str, timeline: Timeline) -> list[Mark]:
    """Return what happens to the work of a queue, in the order of time."""
    found = []
    for name, event in scenario.events.items():
        plan = event.surge or event.policy_change or event.handle_time or event.automation or event.allocation
        if plan is not None and plan.touches(queue):
            found.append(Mark(timeline.place(_here(scenario, plan, queue)), name + _factor(event)))
    for vendor, share in scenario.routing.allocation.get(queue, {}).items():
        live = scenario.vendors[vendor].go_live
        if share > 0 and live is not None and live > scenario.horizon.start:
            found.append(Mark(timeline.place(_local(live)), f"{vendor} live"))
    return _within(found, timeline)


def _here(scenario: Scenario, plan: Any, queue: str) -> dt.datetime:
    """Return when something begins for a queue that it touches, by the clock of the horizon."""
    clock = Clock.of(scenario.horizon)
    return clock.local(clock.of_queue(scenario, plan.dated_by(queue)).at(_local(plan.from_)))


def team_marks(scenario: Scenario, vendor: str, team: str, timeline: Timeline) -> list[Mark]:
    """Return what happens to the people of a team, in the order of time."""
    found = list(_classes(scenario, vendor, team, timeline))
    for name, event in scenario.events.items():
        if event.headcount is not None and event.headcount.team == team:
            day = cut_day(scenario, event.headcount, vendor)
            change = f"{event.headcount.change:+d}".replace("-", "−")
            found.append(Mark(timeline.place(_local(day)), f"{name} {change}"))
        elif event.transfer is not None and team in (event.transfer.source, event.transfer.to):
            sign = "+" if team == event.transfer.to else "−"
            found.append(Mark(timeline.place(_local(event.transfer.on)), f"{name} {sign}{event.transfer.agents}"))
        elif event.cross_train is not None and event.cross_train.team == team:
            found.append(Mark(timeline.place(_local(event.cross_train.from_)), name))
    return _within(found, timeline)


def _classes(scenario: Scenario, vendor: str, team: str, timeline: Timeline) -> Iterator[Mark]:
    """Yield the classes of a team on the day on which they reach the floor."""
    for name, plan in scenario.vendors[vendor].hiring.classes.items():
        if plan.team == team:
            reaches = _local(plan.start) + dt.timedelta(seconds=plan.training)
            yield Mark(timeline.place(reaches), name)


def _factor(event: Event) -> str:
    plan = event.surge or event.policy_change or event.handle_time
    return f" ×{plan.factor:g}" if plan is not None else ""


def _local(moment: dt.date | dt.datetime) -> dt.datetime:
    return moment if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, dt.time())


def _within(marks: list[Mark], timeline: Timeline) -> list[Mark]:
    return sorted((mark for mark in marks if 0 <= mark.at < timeline.days), key=lambda mark: mark.at)


# -- flags ------------------------------------------------------------------------------------------------------------


def flags_of(marks: list[Mark], timeline: Timeline, inches: float, size: float) -> list[Flag]:
    """Return marks as flags on an axis of that width, each in the lowest row and on the side where it fits."""
    flags: list[Flag] = []
    for mark in marks:
        pole = mark.at / timeline.days * inches
        fitting = [flag for flag in _options(mark, pole, inches, size) if not any(map(flag.clashes, flags))]
        flags.append(fitting[0] if fitting else Flag(mark, pole))
    return flags


def _options(mark: Mark, pole: float, inches: float, size: float) -> Iterator[Flag]:
    """Yield the places in which a flag's text stays within the axis."""
    width = text_width(mark.text, size)
    for row in range(MOST_FLAGS):
        if pole + POLE + width <= inches:
            yield Flag(mark, pole, row, pole + POLE, pole + POLE + width)
        if pole - POLE - width >= 0:
            yield Flag(mark, pole, row, pole - POLE - width, pole - POLE)


def flags_height(flags: list[Flag], size: float) -> float:
    """Return the inches that flags need."""
    rows = max((flag.row + 1 for flag in flags if flag.has_text), default=0)
    return rows * size * 1.3 / 72 + 0.05 if rows else 0.0


def draw_flags(panel: Panel, flags: list[Flag], size: float) -> None:
    """Draw flags from the bottom of a panel's axes."""
    top = flags_height(flags, size)
    for flag in flags:
        rise = flag.row * size * 1.3 / 72 if flag.has_text else top
        look: dict[str, Any] = {"color": FAINT, "linewidth": 0.9, "linestyle": (0, (1, 2)), "zorder": 1}
        panel.axes.axvline(flag.mark.at, ymin=min(rise / panel.height, 1.0), **look)
        if flag.has_text:
            side = 1 if flag.begin > flag.pole else -1
            panel.axes.annotate(
                flag.mark.text, (flag.mark.at, 0), (side * POLE * 72, rise * 72 + 2),
                xycoords=("data", "axes fraction"), textcoords="offset points", size=size, color=SOFT, va="bottom",
                ha="left" if side > 0 else "right", zorder=5,
            )  # fmt: skip
