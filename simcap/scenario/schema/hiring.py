"""How teams grow in a scenario: classes, back-fill of leavers, overtime, responses to a backlog."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simcap.scenario.schema.quantities import (
    Date,
    Duration,
    Model,
    Number,
    People,
    PositiveDuration,
    Share,
    SignedShare,
)


class HiringClass(Model):
    """A class of new agents."""

    start: Date
    """First day of training."""
    team: str
    """Team that the graduates join."""
    size: People
    """Seats."""
    training: Duration
    """Length of training."""
    graduates: Share | None = None
    """Share that graduates; the others leave on the last day of training. That of `hiring` if left out."""


class Backfill(Model):
    """Classes that replace leavers."""

    team: str | None = None
    """Team whose leavers are replaced; each team of the vendor if left out."""
    review: PositiveDuration
    """How often leavers are counted."""
    class_size: People
    """Vacant seats at which a class is ordered."""
    lead_time: Duration = 0.0
    """From the order to the first day of training."""
    training: Duration
    """Length of training."""
    graduates: Share | None = None
    """Share that graduates; that of `hiring` if left out."""


class Hiring(Model):
    """How a vendor's teams grow."""

    classes: dict[str, HiringClass] = {}
    """Planned classes by name."""
    backfill: Backfill | None = None
    """Replacement of leavers; none if left out."""
    graduates: Share | None = None
    """Share of trainees who graduate where a class does not say; from the calibration, else all."""

    def share_of(self, group: HiringClass | Backfill) -> float:
        """Return the share of a class, planned or ordered, that graduates."""
        if group.graduates is not None:
            return group.graduates
        return 1.0 if self.graduates is None else self.graduates


class OvertimeTrigger(Model):
    """When overtime is ordered."""

    backlog_hours: Number
    """Least hours of work (items times mean handle time) that wait for the team."""


class Overtime(Model):
    """Overtime, decided at the stand-up when the shift starts."""

    team: str | None = None
    """Team that works it; each team of the vendor if left out."""
    when: OvertimeTrigger
    """Condition."""
    adds: PositiveDuration
    """Time added to the end of that day's shift."""
    max_per_week: PositiveDuration
    """Most overtime in a local week (Monday to Sunday)."""


class BacklogResponse(Model):
    """Who comes to a shift by what waits as it starts: (waiting / normal) ** elasticity times as many as otherwise."""

    to: Literal["backlog"]
    """What it answers to: the hours of work (items times mean handle time) that wait for the team, or in the queue."""
    normal: PositiveDuration
    """Hours of waiting work at which as many come as otherwise; of a queue that is split, in all its parts together."""
    elasticity: Annotated[SignedShare, Field(gt=0, le=3)]
    """100%: people in proportion to what waits; 50%: four times the work brings twice the people."""
    at_least: Share = 1.0
    """Fewest people, as a share of those who would come otherwise; 100% if left out: nobody stays away."""
    at_most: Annotated[SignedShare, Field(ge=1, le=10)]
    """Most people, helpers included, as a share of those who would come otherwise."""

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.at_least == self.at_most:
            raise ValueError(
                "at_most: 100% lets nobody come and nobody stay away; raise it, or give at_least below 100%"
            )
        return self
