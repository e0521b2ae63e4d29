"""Events and hiring classes as flags below the curves that they bend."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from simcap.report.panels import Panel
from simcap.report.style import FAINT, SOFT, text_width
from simcap.report.timeline import Timeline
from simcap.scenario.events import Event
from simcap.scenario.schema import Scenario
from simcap.workforce.happenings import cut_day

MOST_FLAGS = 3
"""Flags above one another."""
POLE = 0.04
"""Inches between a flag's pole and its text."""


@dataclasses.dataclass(frozen=True)
class Mark:
    """Something that happens at a place of the time axis."""

    at: float
    text: str


@dataclasses.dataclass(frozen=True)
class Flag:
    """A mark with the row in which its text is written; None where there is no room for it."""

    mark: Mark
    row: int | None


def queue_marks(scenario: Scenario, queue: str, timeline: Timeline) -> list[Mark]:
    """Return what happens to the work of a queue, in the order of time."""
    found = []
    for name, event in scenario.events.items():
        plan = event.surge or event.policy_change or event.handle_time or event.automation or event.allocation
        if plan is not None and plan.queue in (None, queue):
            found.append(Mark(timeline.place(_local(plan.from_)), name + _factor(event)))
    return _within(found, timeline)


def team_marks(scenario: Scenario, vendor: str, team: str, timeline: Timeline) -> list[Mark]:
    """Return what happens to the people of a team, in the order of time."""
    found = list(_classes(scenario, vendor, team, timeline))
    for name, event in scenario.events.items():
        if event.headcount is not None and event.headcount.team == team:
            day = cut_day(scenario, event.headcount, vendor)
            found.append(Mark(timeline.place(_local(day)), f"{name} {event.headcount.change:+d}".replace("-", "−")))
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
    """Return marks as flags on an axis of that width.

    A pole rises from its own row, so that it crosses no text: a flag goes above all whose text reaches its pole.
    """
    ends: list[float] = []
    flags = []
    for mark in marks:
        left = mark.at / timeline.days * inches + POLE
        right = left + text_width(mark.text, size)
        row = max((number + 1 for number, end in enumerate(ends) if end > left - POLE - 0.06), default=0)
        if row >= MOST_FLAGS or right > inches + 0.2:
            flags.append(Flag(mark, None))
            continue
        ends[row:] = [right]
        flags.append(Flag(mark, row))
    return flags


def flags_height(flags: list[Flag], size: float) -> float:
    """Return the inches that flags need."""
    rows = max((flag.row + 1 for flag in flags if flag.row is not None), default=0)
    return rows * size * 1.3 / 72 + 0.05 if rows else 0.0


def draw_flags(panel: Panel, flags: list[Flag], size: float) -> None:
    """Draw flags from the bottom of a panel's axes."""
    for flag in flags:
        rise = (flag.row or 0) * size * 1.3 / 72
        panel.axes.axvline(
            flag.mark.at, ymin=rise / panel.height, color=FAINT, linewidth=0.9, linestyle=(0, (1, 2)), zorder=1
        )
        if flag.row is not None:
            panel.axes.annotate(
                flag.mark.text, (flag.mark.at, 0), (POLE * 72, rise * 72 + 2), xycoords=("data", "axes fraction"),
                textcoords="offset points", size=size, color=SOFT, va="bottom", zorder=5,
            )  # fmt: skip
