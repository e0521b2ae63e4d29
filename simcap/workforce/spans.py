"""When the shifts of a team begin and end: stretches of wall-clock time, longer or shorter when the clocks change."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from simcap.scenario.clock import Clock
from simcap.scenario.schema.vendors import Break, Shift
from simcap.units import DAY, SECOND, to_tick
from simcap.workforce.duty import DayPattern


@dataclasses.dataclass(frozen=True)
class Span:
    """One shift of one day, in simulated seconds, with the pattern of its breaks and offline time."""

    begin: float
    end: float
    pattern: DayPattern

    @property
    def length(self) -> float:
        """Return how long the shift lasts in seconds."""
        return self.end - self.begin


class ShiftClock:
    """The spans of a shift by local day. It ends by the wall clock, however long that takes.

    Breaks also begin by the wall clock, and keep their length; those that a change of the clocks would make overlap
    follow one another, and what then lies beyond the end of the shift is left out.
    """

    def __init__(self, shift: Shift, offline: float, clock: Clock) -> None:
        self.breaks, self.offline, self.clock = shift.breaks, offline, clock
        self.start, self.length = shift.start or 0.0, shift.length or DAY
        self.usual = DayPattern.of(self.length, self.breaks, offline)

    def on(self, date: dt.date) -> Span:
        """Return the span of the shift that begins on a local day; it has no length if the clocks skip all of it."""
        begin, end = (to_tick(self.clock.moment(date, self.start + after)) for after in (0.0, self.length))
        if abs(end - begin - self.length) < SECOND:
            return Span(begin, begin + self.length, self.usual)
        breaks = tuple(self._moved(date, begin, end - begin))
        return Span(begin, end, DayPattern.of(end - begin, breaks, self.offline))

    def _moved(self, date: dt.date, begin: float, length: float) -> Iterator[Break]:
        """Yield the breaks of a shift during which the clocks change, by the time since its start."""
        done = 0.0
        for pause in self.breaks:
            after = max(self.clock.moment(date, self.start + pause.after) - begin, done)
            done = min(after + pause.for_, length)
            if done > after:
                yield pause.model_copy(update={"after": after, "for_": done - after})
