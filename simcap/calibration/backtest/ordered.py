"""Classes that a back-fill rule had ordered by an origin, and whose people are not on the floor yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from simcap.scenario.schema.hiring import Backfill
from simcap.units import DAY


class Order(NamedTuple):
    """A class on its way."""

    reviewed: dt.date
    """The day on which it was ordered."""
    start: dt.date
    """First day of training."""
    seats: int


def on_their_way(rule: Backfill, left: Sequence[int], first: int, origin: int) -> list[Order]:
    """Return the classes that a rule orders for leavers before an origin and that graduate after it.

    `left` are the days, as ordinals, on which members of a team were gone; `first` is the day from which they are
    known. Reviews are reckoned back from the origin: the rule does not say on which day they are.
    """
    review, lead, training = (round(span / DAY) for span in (rule.review, rule.lead_time, rule.training))
    vacant, counted, found = 0, 0, []
    for day in sorted(range(origin, first, -max(review, 1))):
        gone = sum(first <= one <= day for one in left)
        vacant, counted = vacant + gone - counted, gone
        while vacant >= rule.class_size > 0:
            vacant -= rule.class_size
            if day + lead + training > origin:
                found.append(Order(_day(day), _day(day + lead), rule.class_size))
    return found


def _day(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)
