"""A whole scenario, as its file states it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simcap import units
from simcap.scenario.schema.events import Event
from simcap.scenario.schema.quantities import (
    Count,
    Duration,
    LocalTime,
    Model,
    Seed,
    TimeZone,
    Uncertainty,
    exactly_one,
)
from simcap.scenario.schema.queues import Queue, Routing
from simcap.scenario.schema.vendors import Vendor


class Horizon(Model):
    """The time that is reported."""

    begins: LocalTime = Field(alias="start")
    """First day, at local midnight; or a moment within it, "2026-10-12 14:00", as for a forecast from now on: then the
    first day, week and month are cut, and are not judged. Days, weeks and steps by week count from its midnight."""
    weeks: Annotated[Count, Field(gt=0)] | None = None
    """Length in weeks."""
    days: Annotated[Count, Field(gt=0)] | None = None
    """Length in days instead."""
    timezone: TimeZone
    """IANA time zone of the days, weeks and months in every report."""
    week_begins: Literal["first day", "Monday", "Sunday"] = "first day"
    """Where weeks begin in every report: on the weekday of `start`, or as on the calendar; then the first and the last
    week may be cut, as months are, and are not judged."""
    warm_up: Duration = 2 * units.WEEK
    """Simulated before `start`, never reported; whole days."""

    @model_validator(mode="after")
    def _length(self) -> Self:
        exactly_one(self, "weeks", "days", of="a horizon")
        if self.warm_up % units.DAY:
            raise ValueError("warm_up: is not a whole number of days; write for example 2 weeks")
        return self

    @property
    def start(self) -> dt.date:
        """Return the first day."""
        return self.begins.date()

    @property
    def starts_within_day(self) -> bool:
        """Say whether the first day is reported from a moment after its midnight on."""
        return self.begins.time() != dt.time()

    @property
    def day_count(self) -> int:
        """Return the length in local days."""
        return self.days if self.days is not None else 7 * (self.weeks or 0)


class Simulation(Model):
    """How many replications, and from which seed."""

    replications: Annotated[Count, Field(gt=0)] = 40
    """Number of replications."""
    seed: Seed = 1
    """Seed of every draw."""


class Scenario(Model):
    """One scenario: what a user asks of simcap."""

    name: str = Field(min_length=1)
    """Name; results land in a folder of this name."""
    description: str = ""
    """What is asked, in a sentence."""
    extends: None = None
    """Path of a parent scenario; resolved before this is read."""
    horizon: Horizon
    """The time that is reported."""
    simulation: Simulation = Simulation()
    """Replications and seed."""
    calibration: str | None = None
    """Fitted parameters that fill what is left out; relative to the scenario file."""
    uncertain: dict[str, Uncertainty] = {}
    """Values that each replication draws anew, by their dotted path."""
    queues: dict[str, Queue] = Field(min_length=1)
    """Queues by name."""
    routing: Routing = Routing()
    """Who takes what."""
    vendors: dict[str, Vendor] = Field(min_length=1)
    """Vendors by name."""
    events: dict[str, Event] = {}
    """What happens, by name."""

    def zone_of(self, queue: str) -> str:
        """Return the time zone of a queue's local days: that of its arrivals, else the horizon's."""
        arrivals = self.queues[queue].arrivals
        return (arrivals.timezone if arrivals is not None else None) or self.horizon.timezone
