"""Events, public holidays, shortened weeks and hiring classes as flags below the curves that they affect."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

from simcap.report.charts.panels import Panel
from simcap.report.charts.style import FAINT, SOFT, shortened, text_width
from simcap.report.charts.timeline import Timeline
from simcap.report.wording.interruptions import holidays, outages
from simcap.scenario.clock import Clock
from simcap.scenario.effective import cut_day
from simcap.scenario.event_spans import own_clock
from simcap.scenario.grid import Grid
from simcap.scenario.relations import teams_serving
from simcap.scenario.schema.events import CrossTraining, Headcount, Transfer
from simcap.scenario.schema.scenario import Scenario

MOST_FLAGS = 3
"""Rows of flags for events."""
TALL = 0.25
"""Share of a panel's height that rows of flags may take if they need more."""
NOWHERE = 99
"""Row of a flag without a text."""
LEAST_FLAGS = 2
"""Rows that other marks may use; one more than events use, if these use more."""
POLE = 0.04
"""Inches between a flag's pole and its text."""
GAP = 0.1
"""Inches between two texts."""
SHORTEST = 0.55
"""Inches to which the name of an event is cut before it is left out."""


@dataclasses.dataclass(frozen=True)
class Mark:
    """Something that happens at a place of the time axis."""

    at: float
    text: str
    short: str = ""
    """What is written if there is no room for the text."""
    weight: float = math.inf
    """How much it matters. A mark of finite weight gives way to heavier ones, or is left out for lack of room."""


@dataclasses.dataclass(frozen=True)
class Flag:
    """A mark with the row of its text, which lies between two places in inches; no text if there is no room."""

    mark: Mark
    pole: float
    row: int = NOWHERE
    begin: float = 0.0
    end: float = 0.0

    @property
    def has_text(self) -> bool:
        """Say whether there was room for the text."""
        return self.row < NOWHERE

    def clashes(self, other: Flag) -> bool:
        """Say whether the texts would touch, or a pole, which rises from its own row, would cross a text.

        Two marks at one place share a pole, with a text on either side or above one another.
        """
        if abs(self.pole - other.pole) < POLE / 2:
            return self.row == other.row and self.begin < other.end and other.begin < self.end
        if self.row == other.row:
            return self.begin < other.end + GAP and other.begin < self.end + GAP
        low, high = (self, other) if self.row < other.row else (other, self)
        return high.begin - GAP / 2 < low.pole < high.end + GAP / 2


def queue_marks(scenario: Scenario, queue: str, timeline: Timeline, vendor: str = "") -> list[Mark]:
    """Return what happens to the work of a queue and to the teams that serve it, in the order of time.

    With a vendor, to the vendor's teams only.
    """
    teams = teams_serving(scenario, queue, vendor)
    away = itertools.chain(outages(scenario, teams), holidays(scenario, teams, timeline.dates))
    marks = [Mark(timeline.place(one.begin), one.text, one.short, one.weight) for one in away]
    marks += _short_weeks(scenario)
    for name, event in scenario.events.items():
        for kind in QUEUE_EVENTS:
            plan = getattr(event, kind)
            if plan is not None and plan.touches(queue):
                marks.append(Mark(timeline.place(_here(scenario, plan, queue)), name + _factor(plan)))
    for owner, share in scenario.routing.allocation.get(queue, {}).items():
        live = scenario.vendors[owner].go_live
        if share > 0 and live is not None and live > scenario.horizon.start:
            marks.append(Mark(timeline.place(_local(live)), f"{owner} live"))
    return _within(marks, timeline)


def _short_weeks(scenario: Scenario) -> list[Mark]:
    """Return the first and last week of the horizon if they are shorter than others."""
    windows = Grid(scenario.horizon, hourly=False).windows("week")
    cut = [cells for cells, whole in zip(windows.cells, windows.whole, strict=True) if not whole and any(windows.whole)]
    return [Mark(float(begin), f"{end - begin}-day week", weight=1.0) for begin, end in cut]


def _here(scenario: Scenario, event: Any, queue: str) -> dt.datetime:
    """Return when something begins for a queue that it affects, in the horizon's local time."""
    return Clock.of(scenario.horizon).local(own_clock(scenario, event, queue).at(_local(event.from_)))


def team_marks(scenario: Scenario, vendor: str, team: str, timeline: Timeline) -> list[Mark]:
    """Return what happens to the people of a team, in the order of time."""
    marks = list(_classes(scenario, vendor, team, timeline))
    for name, event in scenario.events.items():
        for kind, told in TEAM_EVENTS.items():
            plan = getattr(event, kind)
            mark = told(scenario, vendor, team, plan) if plan is not None else None
            if mark is not None:
                day, text = mark
                marks.append(Mark(timeline.place(_local(day)), f"{name}{text}"))
    return _within(marks, timeline)


def _change(scenario: Scenario, vendor: str, team: str, event: Headcount) -> tuple[dt.date, str] | None:
    change = f" {event.change:+d}".replace("-", "−")
    return (cut_day(scenario, event, vendor), change) if event.team == team else None


def _move(_: Scenario, _vendor: str, team: str, event: Transfer) -> tuple[dt.date, str] | None:
    if team not in (event.source, event.to):
        return None
    return event.on, f" {'+' if team == event.to else '−'}{event.agents}"


def _lesson(_: Scenario, _vendor: str, team: str, event: CrossTraining) -> tuple[dt.date | dt.datetime, str] | None:
    return (event.from_, "") if event.team == team else None


def _classes(scenario: Scenario, vendor: str, team: str, timeline: Timeline) -> Iterator[Mark]:
    """Yield the classes of a team on the day on which they reach the floor."""
    for name, group in scenario.vendors[vendor].hiring.classes.items():
        if group.team == team:
            reaches = _local(group.start) + dt.timedelta(seconds=group.training)
            yield Mark(timeline.place(reaches), f"class {name}", name)


def _factor(event: Any) -> str:
    return f" ×{event.factor:g}" if hasattr(event, "factor") else ""


def _local(moment: dt.date | dt.datetime) -> dt.datetime:
    return moment if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, dt.time())


def _within(marks: list[Mark], timeline: Timeline) -> list[Mark]:
    return sorted((mark for mark in marks if 0 <= mark.at < timeline.days), key=lambda mark: mark.at)


# -- flags ------------------------------------------------------------------------------------------------------------


def flags_of(marks: list[Mark], timeline: Timeline, inches: float, size: float, height: float = 0.0) -> list[Flag]:
    """Return marks as flags on an axis of that width, each in the lowest row and on the side where it fits.

    In a panel of some height events may use more rows than usual.
    """
    most = max(MOST_FLAGS, int(TALL * height / _rise(size)))
    flags: list[Flag] = []
    for mark in sorted(marks, key=lambda mark: -mark.weight):
        used = max((flag.row + 1 for flag in flags if flag.has_text and math.isinf(flag.mark.weight)), default=0)
        rows = most if math.isinf(mark.weight) else max(LEAST_FLAGS, used + 1)
        pole = mark.at / timeline.days * inches
        shorter = [dataclasses.replace(mark, text=mark.short)] if mark.short else []
        if math.isinf(mark.weight):
            shorter.append(dataclasses.replace(mark, text=shortened(mark.text, SHORTEST, size)))
        options = itertools.chain(*(_options(one, pole, inches, size, rows) for one in [mark, *shorter]))
        fitting = next((flag for flag in options if not any(map(flag.clashes, flags))), None)
        if fitting is not None:
            flags.append(fitting)
        elif math.isinf(mark.weight):
            flags.append(Flag(mark, pole))
    return flags


def _options(mark: Mark, pole: float, inches: float, size: float, rows: int) -> Iterator[Flag]:
    """Yield the places in which a flag's text stays within the axis."""
    width = text_width(mark.text, size)
    for row in range(rows):
        if pole + POLE + width <= inches:
            yield Flag(mark, pole, row, pole + POLE, pole + POLE + width)
        if pole - POLE - width >= 0:
            yield Flag(mark, pole, row, pole - POLE - width, pole - POLE)


def flags_height(flags: list[Flag], size: float) -> float:
    """Return the inches that flags need."""
    rows = max((flag.row + 1 for flag in flags if flag.has_text), default=0)
    return rows * _rise(size) + 0.05 if rows else 0.0


def _rise(size: float) -> float:
    """Return the height of a row in inches."""
    return size * 1.3 / 72


def draw_flags(panel: Panel, flags: list[Flag], size: float) -> None:
    """Draw flags from the bottom of a panel's axes."""
    top = flags_height(flags, size)
    for flag in flags:
        rise = flag.row * _rise(size) if flag.has_text else top
        look: dict[str, Any] = {"color": FAINT, "linewidth": 0.9, "linestyle": (0, (1, 2)), "zorder": 1}
        panel.axes.axvline(flag.mark.at, ymin=min(rise / panel.height, 1.0), **look)
        if flag.has_text:
            side = 1 if flag.begin > flag.pole else -1
            panel.axes.annotate(
                flag.mark.text, (flag.mark.at, 0), (side * POLE * 72, rise * 72 + 2),
                xycoords=("data", "axes fraction"), textcoords="offset points", size=size, color=SOFT, va="bottom",
                ha="left" if side > 0 else "right", zorder=5,
            )  # fmt: skip


QUEUE_EVENTS = ("surge", "policy_change", "handle_time", "automation", "allocation")
"""Kinds of events that are marked on the queues that they affect."""
TEAM_EVENTS: dict[str, Callable[[Scenario, str, str, Any], tuple[dt.date | dt.datetime, str] | None]] = {
    "headcount": _change,
    "transfer": _move,
    "cross_train": _lesson,
}
"""Kinds that are marked on teams: the day, and what follows the name of the event; nothing for another team."""
NOT_MARKED = {
    "outage": "drawn by `interruptions`",
    "absence": "drawn by `interruptions`",
    "random_outages": "has no date",
    "training": "an hour or two for each agent, spread over days",
}
"""Kinds without a flag of their own, each with the reason."""
