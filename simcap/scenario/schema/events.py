"""Events in a scenario: surges, outages, changes of tools, policies, skills, headcount, teams, allocation."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from simcap.scenario.schema.quantities import (
    MOST_PEOPLE,
    Date,
    DistributionSpec,
    Factor,
    LocalTime,
    Model,
    Multiple,
    Number,
    People,
    PositiveDuration,
    Share,
    exactly_one,
)
from simcap.scenario.schema.vendors import Ramp


class WorkEvent(Model):
    """What happens to the work of one queue, of several, or of all."""

    queue: str | None = None
    """Queue; all if left out (for a surge, all that have arrivals)."""
    queues: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Several queues instead of one."""

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        if self.queue is not None and self.queues is not None:
            raise ValueError("this kind of event takes one of queue, queues; queue and queues are given")
        return self

    @property
    def named(self) -> tuple[str, ...] | None:
        """Return the queues that are named; None where all are meant."""
        return self.queues if self.queue is None else (self.queue,)

    def touches(self, queue: str) -> bool:
        """Say whether it affects a queue."""
        return self.named is None or queue in self.named

    def dated_by(self, queue: str) -> str | None:
        """Return the queue by whose clock it is dated, for a queue it affects; None (the horizon's) where all are."""
        return None if self.named is None else queue


class QueueEvent(WorkEvent):
    """What happens to the work of one or several queues, which must be named."""

    queue: str | None = None
    """Queue."""

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if self.named is None:
            raise ValueError("this kind of event needs exactly one of queue, queues; none is given")
        return self


class Surge(WorkEvent):
    """More (or less) volume for a while."""

    from_: LocalTime = Field(alias="from")
    """Start."""
    for_: PositiveDuration = Field(alias="for")
    """Length; whole days end at the same clock time, even if the clocks change in between."""
    factor: Multiple
    """Factor on the rate of arrivals."""
    in_forecast: bool = True
    """Whether the forecast that contracts lock includes it: a campaign is planned, a viral spike is not."""


class Outage(Model):
    """A tool or site that is down at a known time."""

    vendor: str | None = None
    """Vendor; all if left out."""
    team: str | None = None
    """Team; all of the vendor if left out."""
    from_: LocalTime = Field(alias="from")
    """Start."""
    for_: PositiveDuration = Field(alias="for")
    """Length: elapsed time, even if the clocks change in between."""
    capacity: Share = 0.0
    """Share of the agents who can go on working."""


class RandomOutages(Model):
    """Outages at random times."""

    vendor: str | None = None
    """Vendor; all if left out."""
    team: str | None = None
    """Team; all of the vendor if left out."""
    per_year: Multiple
    """Mean number a year; the times are random."""
    for_: DistributionSpec = Field(alias="for")
    """Length of each."""
    capacity: Share = 0.0
    """Share of the agents who can go on working."""


class HandleTimeChange(WorkEvent):
    """A lasting change of handle time, such as a tool enhancement."""

    from_: LocalTime = Field(alias="from")
    """Start."""
    factor: Factor
    """Factor on handle time from then on."""


class PolicyChange(WorkEvent):
    """A new policy: handle time jumps and recovers as it is learned."""

    from_: LocalTime = Field(alias="from")
    """Start."""
    factor: Factor
    """Factor on handle time at first."""
    recovers_in: PositiveDuration
    """Time until it is back at 1, linearly, in daily steps."""


class Automation(QueueEvent):
    """A classifier that decides a share of the items before people see them."""

    from_: LocalTime = Field(alias="from")
    """Start."""
    removes: Share
    """Share of the items created from then on that people no longer see."""
    handle_time_factor: Factor = 1.0
    """Factor on the handle time of the queue from then on: what stays is harder."""


class Training(Model):
    """Off-queue training within the shift."""

    team: str
    """Team."""
    from_: Date = Field(alias="from")
    """First day; each agent has it on its first working day from then on."""
    hours: Annotated[Number, Field(gt=0)]
    """Hours for each agent, from the start of the shift (on following days if longer)."""
    agents: Share = 1.0
    """Share of the team that takes part."""


class CrossTraining(Model):
    """A second skill for some agents."""

    team: str
    """Team."""
    agents: People
    """Number of agents."""
    adds: tuple[str, ...] = Field(min_length=1)
    """Queues that they can take from then on, ranked after their own."""
    from_: Date = Field(alias="from")
    """First day of training."""
    for_: PositiveDuration = Field(alias="for")
    """Length of training, off the floor."""
    ramp: Ramp | None = None
    """Speed on the added queues; full speed at once if left out."""


class Headcount(Model):
    """A cut, or additional agents. To move people to another team, use `transfer`."""

    team: str
    """Team."""
    from_: Date = Field(alias="from")
    """First day with the new headcount."""
    change: Annotated[int, Field(ge=-MOST_PEOPLE, le=MOST_PEOPLE)]
    """Agents added or, if negative, cut; the newest hires go first, those added have the team's tenure."""
    ordered: Date | None = None
    """Day on which it is ordered; `start` if left out. A cut waits for the contract's notice."""


class Transfer(Model):
    """Agents who move to another team of their vendor: the same people, with their tenure, speed and leaving day."""

    source: str = Field(alias="from")
    """Team that they leave."""
    to: str
    """Team of the same vendor that they join."""
    agents: People
    """Number of agents; who moves is drawn at random."""
    on: Date
    """First day in the new team, by its calendar; the day before is the last in the old one."""
    training: PositiveDuration | None = None
    """Conversion training before they join the new floor, in whole days; none if left out."""
    ramp: Ramp | None = None
    """Speed on the new team's work from then on, on top of their own; full speed at once if left out."""


class Reallocation(QueueEvent):
    """A new split of a queue between vendors."""

    from_: LocalTime = Field(alias="from")
    """Start: items created from then on."""
    shares: dict[str, Share]
    """Share by vendor."""


class AbsenceWave(Model):
    """More absence than usual for a while: a flu, a transport strike."""

    vendor: str | None = None
    """Vendor; all if left out."""
    team: str | None = None
    """Team; all of the vendor if left out."""
    from_: Date = Field(alias="from")
    """First day."""
    for_: PositiveDuration = Field(alias="for")
    """Length, in whole days."""
    factor: Multiple
    """Factor on the share of agents who are absent."""


class Event(Model):
    """What happens, and when: exactly one kind."""

    surge: Surge | None = None
    """More or less volume for a while: a campaign, a viral spike."""
    outage: Outage | None = None
    """A tool or site that is down at a known time."""
    random_outages: RandomOutages | None = None
    """Outages at random times."""
    handle_time: HandleTimeChange | None = None
    """A lasting change of handle time: a tool enhancement."""
    policy_change: PolicyChange | None = None
    """A new policy that is learned over time."""
    automation: Automation | None = None
    """A classifier that decides a share of the items."""
    training: Training | None = None
    """Off-queue training within the shift."""
    cross_train: CrossTraining | None = None
    """A second skill for some agents."""
    absence: AbsenceWave | None = None
    """More absence for a while."""
    headcount: Headcount | None = None
    """A cut, or additional agents."""
    transfer: Transfer | None = None
    """Agents who move from one team to another."""
    allocation: Reallocation | None = None
    """A new split of a queue between vendors."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        exactly_one(self, *type(self).model_fields, of="an event")
        return self

    @property
    def kind(self) -> str:
        """Return the name of the kind that is given."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)
