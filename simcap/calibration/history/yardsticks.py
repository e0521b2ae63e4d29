"""What a back-test predicts: which weeks, and the SLAs by which attainment is measured in them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from simcap.scenario.schema.business_hours import BusinessHours
from simcap.scenario.schema.quantities import (
    MAPPING,
    WORD,
    Count,
    Date,
    Model,
    Period,
    PositiveDuration,
    Seed,
    word_or_mapping,
)

LEAST_DAYS: Final = 28
"""Days that volumes by hour of the week are fitted to at least."""
MOST_DAYS: Final = 20 * 366
"""Days of a history at most: growth by the week over more of them leaves the range of numbers."""


def _clock(value: object) -> object:
    """Return a clock that a back-test can reckon in: its desk replays items one by one, not the chains they are in."""
    if value == "own" or isinstance(value, BusinessHours):
        return value
    if isinstance(value, dict) and value.get("from", "own") == "own":
        return value
    what = "from: origin" if isinstance(value, dict) else repr(value)
    raise ValueError(
        f"{what} is not a clock of a back-test, which knows items but not their chains; "
        "write own, or {hours: Mon-Fri 09:00-18:00}"
    )


class BacktestSla(Model):
    """What attainment is measured by in a back-test."""

    measure: Literal["turnaround", "wait"]
    """From creation to the decision, or to the first pick-up."""
    within: PositiveDuration
    """Time allowed."""
    clock: Annotated[
        Annotated[Literal["own"], Tag(WORD)] | Annotated[BusinessHours, Tag(MAPPING)],
        Discriminator(word_or_mapping),
        BeforeValidator(_clock),
    ] = "own"
    """own: it always runs; or a clock that runs in business hours only: {hours: Mon-Fri 09:00-18:00, timezone,
    holidays}."""
    counts: Literal["decided", "all"] = "decided"
    """decided: what left undecided before it was due counts neither way; all: it counts as not on time."""
    queues: tuple[str, ...] | None = None
    """The queues that it is measured on; all if left out."""

    @property
    def hours(self) -> BusinessHours | None:
        """Return the business hours in which the clock runs; None if it always does."""
        return self.clock if isinstance(self.clock, BusinessHours) else None


class Backtest(Model):
    """Which weeks are predicted, and what is scored."""

    first: Date
    """First origin: the day from which on nothing is known."""
    days: Count = 7
    """Days predicted from each origin on."""
    every: Count | None = None
    """Days from one origin to the next; `days` if left out."""
    history: Count | None = Field(default=None, ge=LEAST_DAYS)
    """Days before each origin that are fitted on; all if left out."""
    desk: Literal["floor", "pick_up", "auto"] = "floor"
    """How the desk is modelled. floor: agents who are on duty, or seen at work, take items. pick_up: items are picked
    up at a rate by hour, age, what waits and the day, for waits of hours or days where staffing is not known. auto: of
    these two the one whose hindcasts before `first` miss by less; the output says which."""
    finest: Period = "day"
    """Shortest windows that are scored: hour, day or week."""
    scenario: str | None = Field(default=None, min_length=1)
    """Without an item log: a scenario, for its routing and, where reports do not say by the hour who was there, its
    teams and their shifts."""
    sla: dict[str, BacktestSla] = Field(min_length=1)
    """By name."""
    names: dict[str, str] = Field(default_factory=dict)
    """Names of vendors and teams in a scenario that is tested, by those that the logs have for them."""
    replications: Count = 40
    """Replications of each prediction."""
    seed: Seed = 1
    """Seed of the draws."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.finest == "month":
            raise ValueError("finest: month; the windows that are scored are hours, days and weeks")
        if self.finest == "week" and self.days < 7:
            raise ValueError(f"finest: week; {self.days} days hold no whole week, take 7 or more")
        if self.days < 1 or self.replications < 2 or self.every == 0:
            raise ValueError("days, every: at least 1; replications: at least 2")
        return self
