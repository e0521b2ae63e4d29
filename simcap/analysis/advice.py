"""What would fix a missed SLA: the measured cause of its late items in a sentence, and advice to match.

Nothing here is guessed from how busy people are: the floor has counted why each late item waited.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simcap.analysis.circumstances import main_circumstance, usual_hours
from simcap.analysis.closing import open_part
from simcap.analysis.figures import Figures
from simcap.analysis.heads import Miss, heads_needed
from simcap.analysis.lateness import Lateness, hour_starts, lateness
from simcap.analysis.shut_hours import hours_to_cover
from simcap.scenario.families import family
from simcap.scenario.relations import teams_of
from simcap.scenario.schema.scenario import Scenario
from simcap.tally import CAUSES
from simcap.units import format_duration

ALSO = 0.25
"""Share of late items' time from which a second cause is mentioned."""
_OR_BY_DUE_DATE, _ANOTHER_RULE = " or routing.rule: earliest_due", "another routing.rule"
_IN_SHORT = {
    "nobody": "nobody with the skill is on duty",
    "stopped": "everybody on duty is stopped",
    "capped": "everybody has reached the cap",
    "elsewhere": "only other vendors have people on duty",
    "behind": "they are behind items that go first",
    "busy": "everybody is busy with work of the same or lower priority",
    "in_hand": "they are in hand",
    "earlier": "they do not exist yet",
}


class Advice(NamedTuple):
    """What would fix a miss, and why it happens, in words; `why` is empty if nothing was late."""

    why: str
    what: str

    @property
    def text(self) -> str:
        """Return both in a sentence or two."""
        return "; ".join(part for part in self if part)


def cause_and_advice(scenario: Scenario, figures: Figures, miss: Miss) -> tuple[str, Advice]:
    """Return the cause of most of the late items' time, and what would fix the miss.

    Closing times that are part of any wait until due are no cause: the nights of a day team that has 24 h to decide.
    The cause is empty if no item was late in the window: items that left undecided may also count against it.
    """
    queue, _, name = miss.subject
    windows = figures.layout.windows[scenario.queues[queue].sla[name].per]
    starts = hour_starts(scenario.horizon)
    late = lateness(figures, windows, starts, miss.subject, miss.window, miss.missed)
    if late is None:
        return "", Advice("", heads_needed(scenario, figures, miss))
    window = MissedWindow(scenario, figures, miss, late)
    return window.late.main, _ANSWERS[window.late.main](window)


class MissedWindow:
    """A missed window, with what was measured about its late items."""

    def __init__(
        self,
        scenario: Scenario,
        figures: Figures,
        miss: Miss,
        late: Lateness,
    ) -> None:
        self.scenario, self.figures, self.miss = scenario, figures, miss
        queue, vendor, name = miss.subject
        self.queue, self.vendor = queue, vendor
        sla = scenario.queues[queue].sla[name].of(vendor)
        self.late = open_part(scenario, queue, vendor, sla, late)
        self.shut = sum(self.late.hours.values()) < (1 - ALSO) * sum(late.hours.values())
        self.hours = usual_hours(late)
        self.to_cover = hours_to_cover(scenario, queue, vendor, sla.within, late)
        self.circumstance, self.share_inside = main_circumstance(scenario, queue, vendor, late, self.late.main)

    @property
    def when(self) -> str:
        """Return in words when most late items were created; empty if that is not informative."""
        if self.circumstance is not None:
            return f"{self.share_inside:.0%} of the late items were created {self.circumstance.words}"
        return f"most late items are created {self.hours}" if self.hours else ""

    @property
    def kind(self) -> str:
        """Return the kind of the circumstance in which most late items came; empty if there is none."""
        return self.circumstance.kind if self.circumstance is not None else ""

    def sentence(self, cause: str, advice: str) -> Advice:
        """Return when it happens, the main cause and its share, a second cause if it matters, and the advice."""
        main = self.late.main
        of = "time" if main in ("in_hand", "earlier") else "wait"
        of += ", usual closing times left out," if self.shut else ""
        causes = f"for {self.late.share(main):.0%} of their {of} {cause}"
        second = max((other for other in CAUSES if other != main), key=self.late.share)
        if self.late.share(second) >= ALSO:
            causes += f" (for {self.late.share(second):.0%} {_IN_SHORT[second]})"
        return Advice("; ".join(part for part in (self.when, causes) if part), advice)


def _nobody(window: MissedWindow) -> Advice:
    cause = "nobody with the skill is on duty"
    if window.kind == "holiday":
        return window.sentence(cause, "cover these days (holidays: {staffed: ...}); more agents would not help")
    when = window.to_cover or window.hours or "at these times"
    return window.sentence(cause, f"hours {when}, not more agents at other times")


def _stopped(window: MissedWindow) -> Advice:
    cause = "everybody on duty is stopped"
    if window.kind == "outage":
        return window.sentence(cause, "a share of the agents that can go on, or another site with the skill")
    if any(event.random_outages is not None for event in window.scenario.events.values()):
        return window.sentence(cause, "outages, breaks or training: another site with the skill, breaks apart")
    return window.sentence(cause, "breaks, offline time and training fall together: spread them")


def _capped(window: MissedWindow) -> Advice:
    limit = window.scenario.queues[window.queue].max_per_day
    cap = f" of {format_duration(limit)} a day" if limit is not None else ""
    cause = f"everybody has reached the cap{cap} on {window.queue}"
    return window.sentence(
        cause, "a higher cap, or more agents with the skill: longer hours for the same agents do not help"
    )


def _elsewhere(window: MissedWindow) -> Advice:
    owner = window.vendor or "the vendor that they are allocated to"
    cause = f"{owner} has nobody on duty while others have"
    overflow = window.scenario.routing.overflow
    if overflow is None:
        return window.sentence(cause, "routing.overflow lets others take them, or give them another split")
    return window.sentence(
        cause, f"routing.overflow earlier than after {format_duration(overflow.after)}, or another split"
    )


def _behind(window: MissedWindow) -> Advice:
    first = first_in_order(window.scenario, window.figures, window.queue, window.vendor)
    of = f"items of {first}" if first else "other items"
    cause = f"they are behind {of}, which go first"
    rule = window.scenario.routing.rule
    change = f"{window.queue} earlier in the order of skills" if rule == "priority" else _ANOTHER_RULE
    if rule == "priority":
        change += _OR_BY_DUE_DATE
    return window.sentence(cause, f"a problem of order rather than of headcount: {change}")


def without_due_order(advice: str) -> str:
    """Return advice on the order of work without `earliest_due`, for where that was tried and did not help."""
    return advice.removesuffix(_OR_BY_DUE_DATE).replace(_ANOTHER_RULE, "routing.rule: priority")


def _busy(window: MissedWindow) -> Advice:
    cause = f"everybody is busy with {window.queue} or what goes after it"
    if window.kind == "holiday":
        return window.sentence(
            cause, "more of the team on these days (holidays: {staffed: ...}), rather than a larger one"
        )
    when = "" if window.shut else window.hours
    return window.sentence(cause, heads_needed(window.scenario, window.figures, window.miss, when))


def _in_hand(window: MissedWindow) -> Advice:
    cause = "they are in hand"
    return window.sentence(cause, "a shorter handle time, or items that are handed back at the end of a shift (at_end)")


def _earlier(window: MissedWindow) -> Advice:
    before = [name for name, queue in window.scenario.queues.items() if window.queue in queue.then]
    cause = "they do not exist yet, only what they follow from"
    return window.sentence(
        cause, f"{' and '.join(before) or 'the first queue'} sooner: this SLA counts from the first item"
    )


_ANSWERS: dict[str, Callable[[MissedWindow], Advice]] = {
    "nobody": _nobody,
    "stopped": _stopped,
    "capped": _capped,
    "elsewhere": _elsewhere,
    "behind": _behind,
    "busy": _busy,
    "in_hand": _in_hand,
    "earlier": _earlier,
}


def first_in_order(scenario: Scenario, figures: Figures, queue: str, vendor: str) -> str:
    """Return the queue with most work among those that go before another one in the teams that serve both.

    Under a rule by due date or age, any other queue of these teams may go before. Empty if there is none.
    """
    before: set[str] = set()
    for owner, team in teams_of(scenario).values():
        if queue in team.skills and vendor in ("", owner):
            place = team.skills.index(queue)
            before |= set(team.skills[:place] if scenario.routing.rule == "priority" else team.skills) - {queue}
    arrived = {name: figures.of("queues", "horizon", (name,), "arrived").mean() for name in before}
    work = {name: arrived[name] * _content(scenario, name) for name in before}
    return max(work, key=lambda name: work[name], default="")


def _content(scenario: Scenario, queue: str) -> float:
    """Return the mean time that an agent spends on an item of a queue; one second if it is in a data file."""
    handle_time = scenario.queues[queue].handle_time
    if handle_time is None or handle_time.empirical is not None:
        return 1.0
    return family(handle_time).mean / scenario.queues[queue].throughput
