"""Work in a scenario: queues, their handle times, SLAs, backlogs and follow-up work, and how they are routed."""

from __future__ import annotations

import itertools
import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from simcap.scenario.schema.arrivals import Arrivals
from simcap.scenario.schema.business_hours import BusinessHours
from simcap.scenario.schema.hiring import BacklogResponse
from simcap.scenario.schema.quantities import (
    MAPPING,
    SHARE_SCHEMA,
    WORD,
    Count,
    DistributionSpec,
    Duration,
    Groups,
    Model,
    Period,
    PositiveDuration,
    Share,
    exactly_one,
    word_or_mapping,
)
from simcap.units import format_duration, parse_share


def _clock(value: object) -> object:
    if isinstance(value, (dict, BusinessHours)) or value in ("own", "origin"):
        return value
    raise ValueError(f"{value!r} is not a clock; write own, origin, or {{hours: Mon-Fri 09:00-18:00}}")


def _percentile(value: object) -> object:
    """Read p95 as 95%."""
    match = re.fullmatch(r"p([0-9]{1,2}(?:\.[0-9]+)?)", value) if isinstance(value, str) else None
    return f"{match[1]}%" if match else value


_TARGET_SCHEMA = {"anyOf": [*SHARE_SCHEMA["anyOf"], {"type": "string", "pattern": r"^p[0-9]{1,2}(\.[0-9]+)?$"}]}
Target = Annotated[Share, BeforeValidator(_percentile), Field(gt=0), WithJsonSchema(_TARGET_SCHEMA)]


class Sla(Model):
    """One service level agreement on a queue.

    A target of p95 is one of 95%: that percentile of the time taken is within what is allowed.
    """

    measure: Literal["turnaround", "wait"]
    """turnaround: created to decided; wait: created to first picked up."""
    within: PositiveDuration
    """The time allowed."""
    target: Target
    """Share of decided items that must be on time; of all items with `counts: all`."""
    per: Period
    """The window over which it is measured."""
    clock: Annotated[
        Annotated[Literal["own", "origin"], Tag(WORD)] | Annotated[BusinessHours, Tag(MAPPING)],
        Discriminator(word_or_mapping),
        BeforeValidator(_clock),
    ] = "own"
    """own: from the item's creation; origin: from the creation of the first item of its chain; or a clock that runs in
    business hours only."""
    counts: Literal["decided", "all"] = "decided"
    """decided: items that leave undecided before they are due do not count; all: they count as not on time."""
    by: Literal["created", "decided"] = "created"
    """created: items count in the window in which they were created; decided: in that of their decision (a wait: of
    their first pick-up), or in which they leave."""
    vendors: dict[str, Target] = {}
    """Targets of single vendors that have promised another, for the work that is allocated to them."""

    def of(self, vendor: str) -> Sla:
        """Return the SLA as a vendor has promised it; as it is, for one that has promised nothing else."""
        return self.model_copy(update={"target": self.vendors[vendor]}) if vendor in self.vendors else self

    @property
    def from_origin(self) -> bool:
        """Say whether the clock starts with the first item of the chain."""
        return (self.clock.from_ if isinstance(self.clock, BusinessHours) else self.clock) == "origin"

    @property
    def hours(self) -> BusinessHours | None:
        """Return the business hours in which the clock runs; None if it always does."""
        return self.clock if isinstance(self.clock, BusinessHours) else None


class Backlog(Model):
    """Items waiting at `start`: their number and ages, or a file that lists them."""

    items: Count | None = None
    """How many; with a list of ages or a file these say it."""
    oldest: Duration | None = None
    """Age of the oldest; ages are uniform from zero to this."""
    ages: (
        Annotated[
            Annotated[tuple[Duration, ...], Tag(WORD)] | Annotated[dict[str, Duration], Tag(MAPPING)],
            Discriminator(word_or_mapping),
        ]
        | None
    ) = None
    """Their ages: a list with the age of each item, or quantiles, {50%: 40 min, 90%: 3 h, 100%: 9 days}; straight from
    one quantile to the next, and from zero at 0% unless that is given."""
    file: str | None = None
    """CSV, Excel or Parquet file of the items that are open, one a row: columns created, queue; optional item, what it
    is called. Items of other queues are for those queues, which name the file too."""

    @model_validator(mode="after")
    def _told(self) -> Self:
        exactly_one(self, "oldest", "ages", "file", of="a backlog")
        if self.file is not None and self.items is not None:
            raise ValueError("items: has no effect beside a file, which lists the items; remove it")
        if isinstance(self.ages, tuple):
            if self.items not in (None, len(self.ages)):
                raise ValueError(
                    f"items: {self.items:,} items, but ages of {len(self.ages):,}; leave `items` out, or give ages as "
                    "quantiles: {50%: 40 min, 100%: 9 days}"
                )
        elif self.file is None and self.items is None:
            raise ValueError("items: is missing; write how many wait, for example 3500")
        if isinstance(self.ages, dict):
            _check_quantiles(self.ages)
        return self

    @property
    def count(self) -> int | None:
        """Return how many there are; None if a file says it."""
        return len(self.ages) if isinstance(self.ages, tuple) else self.items

    @property
    def quantiles(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return shares and, up to each, the oldest age in seconds; of ages by quantiles or the oldest."""
        if not isinstance(self.ages, dict):
            return (0.0, 1.0), (0.0, self.oldest or 0.0)
        known = {parse_share(share): age for share, age in self.ages.items()}
        shares = tuple(sorted({0.0, *known}))
        return shares, tuple(known.get(share, 0.0) for share in shares)

    @property
    def longest(self) -> float | None:
        """Return the age of the oldest in seconds; None if a file says it."""
        if self.file is not None:
            return None
        return max(self.ages, default=0.0) if isinstance(self.ages, tuple) else self.quantiles[1][-1]


def _check_quantiles(ages: dict[str, float]) -> None:
    """Raise `ValueError` unless ages grow with their shares, up to 100%."""
    known = sorted((parse_share(share), age, share) for share, age in ages.items())
    if not known or known[-1][0] != 1:
        raise ValueError("ages: the age of the oldest is missing; write for example {50%: 40 min, 100%: 9 days}")
    for (_, age, share), (_, longer, next_) in itertools.pairwise(known):
        if longer < age:
            raise ValueError(
                f"ages: {format_duration(longer)} at {next_} is less than {format_duration(age)} at {share}"
            )


class Expiry(Model):
    """When a waiting item leaves undecided."""

    after: DistributionSpec
    """Age at which it leaves (in a call centre: patience)."""


class FollowUp(Model):
    """New work that follows a decision."""

    share: Share
    """Share of decisions that it follows, independent of other follow-up work."""
    after: DistributionSpec | None = None
    """Delay from the decision to its creation; at once if left out."""


class Errors(Model):
    """Wrong decisions, and the share of them that come back."""

    tenured: Share = 0.0
    """Share of wrong decisions by a tenured agent."""
    new: Share | None = None
    """The same by an agent on the first day of the ramp; as tenured if left out."""
    appeal_share: Share = 0.0
    """Share of the wrong decisions that come back as new work."""
    to: str | None = None
    """Queue to which they come back."""
    after: DistributionSpec | None = None
    """Delay until then; if left out, that of `then` to the same queue, else none."""

    @model_validator(mode="after")
    def _to_where(self) -> Self:
        if self.appeal_share > 0 and self.to is None:
            raise ValueError("appeal_share needs `to`: the queue to which wrong decisions come back")
        return self

    @property
    def at_start(self) -> float:
        """Return the share of wrong decisions on the first day of the ramp."""
        return self.tenured if self.new is None else self.new


class AtOnce(Model):
    """Items of a queue that an agent works at the same time, as in chat."""

    items: Annotated[Count, Field(ge=2, le=20)]
    """How many an agent has in hand at most, all of this queue."""
    speed: Annotated[Share, Field(gt=0)]
    """Speed of each item with so many in hand, against one alone; with fewer in proportion to their number."""

    @property
    def pace(self) -> tuple[float, ...]:
        """Return the speed of each item with one, two, ... in hand."""
        loss = (1 - self.speed) / (self.items - 1)
        return tuple(1 - loss * others for others in range(self.items))

    @property
    def throughput(self) -> float:
        """Return the work that an agent with full hands does, against one item at a time."""
        return self.items * self.speed


class Queue(Model):
    """One kind of work."""

    title: str | None = None
    """Display name; defaults to the key."""
    groups: Groups = {}
    """What it belongs to, for figures by group: language: ES, region: LATAM, or any other key."""
    arrivals: Arrivals | None = None
    """New items; a queue without arrivals is fed by follow-up work alone."""
    handle_time: DistributionSpec | None = None
    """Handle time at full proficiency, of an item on which an agent works alone; from the calibration if left out."""
    at_once: AtOnce | None = None
    """Items that an agent works at the same time; one after another if left out."""
    sla: dict[str, Sla] = {}
    """SLAs by name."""
    backlog: Backlog | None = None
    """Items waiting at `start`; if left out, those that the warm-up leaves."""
    expires: Expiry | None = None
    """When a waiting item leaves undecided; never if left out."""
    max_per_day: PositiveDuration | None = None
    """Exposure limit: the longest that an agent works on this queue in a day."""
    then: dict[str, FollowUp] = {}
    """Follow-up work by the queue it goes to."""
    errors: Errors | None = None
    """Wrong decisions; none if left out."""
    responds: BacklogResponse | None = None
    """People who come to shifts of the teams with the skill because its items wait, or stay away because few do; teams
    with a `responds` of their own go by that alone."""

    @property
    def throughput(self) -> float:
        """Return the work that an agent with full hands does, against one item at a time."""
        return 1.0 if self.at_once is None else self.at_once.throughput

    @property
    def always_on(self) -> dict[str, Sla]:
        """Return the SLAs whose clock runs at all hours."""
        return {name: sla for name, sla in self.sla.items() if sla.hours is None}


class Overflow(Model):
    """When allocated work may be taken by another vendor's team."""

    after: Duration
    """Age at which any skilled team may take the item."""


class Routing(Model):
    """Who takes what."""

    rule: Literal["priority", "earliest_due", "longest_wait"] = "priority"
    """priority: a team's skills in their order, oldest first in each; earliest_due; longest_wait."""
    allocation: dict[str, dict[str, Share]] = {}
    """Contracted split of new work by queue and vendor; a queue that is not named is a shared pool."""
    overflow: Overflow | None = None
    """When allocated work may be taken by any skilled team; never if left out."""
    agent_choice: Literal["longest_idle", "most_proficient"] = "longest_idle"
    """Which agent, when several are free."""
