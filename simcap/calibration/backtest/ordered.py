"""Classes on their way at an origin: people in training, and what a back-fill rule had ordered by then."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

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


def in_training(trainees: pd.DataFrame, roster: pd.DataFrame, origin: int) -> dict[tuple[str, str, dt.date], int]:
    """Return how many began training on each day who are not on the floor yet, by vendor, team and day.

    Training is taken to last as long as it did for the middle one of those who have come to the floor by the origin (an
    ordinal): who of the others graduates, and when, is not known yet.
    """
    length = usual_training(roster)
    under_way = trainees[(trainees["trained"] <= origin) & (trainees["trained"] + length > origin)]
    columns = (under_way[name].tolist() for name in ("vendor", "team", "trained"))
    begun = ((str(vendor), str(team), _day(int(day))) for vendor, team, day in zip(*columns, strict=True))
    return dict(sorted(Counter(begun).items()))


def usual_training(roster: pd.DataFrame) -> int:
    """Return the days between the beginning of training and the floor, of the middle one on a roster; 0 of nobody."""
    lengths = (roster["hired"] - roster["trained"]).dropna() if "trained" in roster else pd.Series(dtype=float)
    return round(float(lengths.median())) if len(lengths) else 0


def _day(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)
