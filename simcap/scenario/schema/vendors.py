"""People in a scenario: vendors, teams, shifts, attrition, ramp, shrinkage."""

from __future__ import annotations

import itertools
import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from simcap import units
from simcap.scenario.schema.calendars import HolidaysOfTeam
from simcap.scenario.schema.contract import Contract
from simcap.scenario.schema.hiring import BacklogResponse, Hiring, Overtime
from simcap.scenario.schema.quantities import (
    SHARE_SCHEMA,
    ClockTime,
    Date,
    DistributionSpec,
    Duration,
    Factor,
    Groups,
    Model,
    PeopleIfAny,
    PositiveDuration,
    Share,
    TimeZone,
    exactly_one,
    parse_rate,
)

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ROTATION = re.compile(r"\s*(\d+)\s+of\s+(\d+)\s*")


def parse_days(text: str) -> frozenset[int] | tuple[int, int]:
    """Read "Mon-Fri" or "Mon, Wed" as weekdays (Monday = 0), "5 of 7" as (days on, length of the cycle).

    Raises `ValueError` for anything else.
    """
    rotation = _ROTATION.fullmatch(text)
    if rotation:
        on, cycle = int(rotation.group(1)), int(rotation.group(2))
        if not 0 < on <= cycle:
            raise ValueError(f"{text!r}: works {on} days of {cycle}; write for example '5 of 7'")
        return on, cycle
    days: set[int] = set()
    for part in text.split(","):
        ends = [end.strip().capitalize() for end in part.split("-")]
        if len(ends) > 2 or any(end not in WEEKDAYS for end in ends):
            raise ValueError(f"{text!r} is not a set of days; write 'Mon-Fri', 'Mon, Wed, Fri' or '5 of 7'")
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        days.update(day % 7 for day in range(first, (last if last >= first else last + 7) + 1))
    return frozenset(days)


def _weekly(value: object) -> object:
    if isinstance(value, dict) and set(value) == {"weekly"}:
        return value["weekly"]
    return value if isinstance(value, list) else [value]


_WEEKLY_SCHEMA = {
    "anyOf": [
        SHARE_SCHEMA,
        {"type": "array", "items": SHARE_SCHEMA, "minItems": 1},
        {
            "type": "object",
            "properties": {"weekly": {"type": "array", "items": SHARE_SCHEMA, "minItems": 1}},
            "additionalProperties": False,
        },
    ]
}


class Shrinkage(Model):
    """Time that is paid or planned but not on the floor."""

    absence: Annotated[
        tuple[Share, ...], BeforeValidator(_weekly), Field(min_length=1), WithJsonSchema(_WEEKLY_SCHEMA)
    ] = (0.0,)
    """Share of agent-days lost; or {weekly: [...]} from `start` (the last one is repeated)."""
    offline: Annotated[Share, Field(lt=1)] = 0.0
    """Share of a shift, breaks excluded, that is off queue: coaching, wellness, meetings."""


class WeibullTenure(Model):
    """Weibull distribution of the time until an agent leaves."""

    shape: Factor
    """Below 1: most leave early."""
    scale: PositiveDuration
    """Scale."""


def _check_hazard(value: object) -> object:
    if not isinstance(value, dict):
        raise ValueError("write a table such as {0-13 weeks: 9% per month, 13+ weeks: 3% per month}")
    rows = [(*units.parse_tenure_range(str(key)), parse_rate(rate)) for key, rate in value.items()]
    rows.sort()
    if not rows or rows[0][0] != 0:
        raise ValueError("the table must begin at tenure 0, for example '0-13 weeks'")
    for (_, end, _), (begin, _, _) in itertools.pairwise(rows):
        if end != begin:
            raise ValueError("the table has a gap or an overlap; each range begins where the previous one ends")
    if rows[-1][1] != float("inf"):
        raise ValueError("the last range must be open, for example '52+ weeks'")
    return tuple(rows)


_OpenEnd = Annotated[float, Field(allow_inf_nan=True)]


class Attrition(Model):
    """How agents leave: exactly one way."""

    per_year: Annotated[Share, Field(lt=1)] | None = None
    """Share of agents who leave within a year, at a constant hazard."""
    weibull: WeibullTenure | None = None
    """Weibull distribution of tenure at leaving."""
    hazard: Annotated[tuple[tuple[float, _OpenEnd, float], ...], BeforeValidator(_check_hazard)] | None = Field(
        default=None, json_schema_extra={"anyOf": [{"type": "object", "additionalProperties": {"type": "string"}}]}
    )
    """Rate of leaving by tenure: {0-13 weeks: 9% per month, ...}; stored as rows (from s, to s, hazard per s)."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        exactly_one(self, *type(self).model_fields, of="attrition")
        return self


class Ramp(Model):
    """Speed of a new agent relative to a tenured one, by time since the first day on the floor."""

    start: Annotated[Share, Field(gt=0)] | None = None
    """Speed on the first day."""
    reaches: Annotated[Share, Field(gt=0)] | None = None
    """Speed reached ..."""
    after: PositiveDuration | None = None
    """... after this long."""
    shape: Literal["linear", "exponential"] = "linear"
    """linear: on the same slope up to 100%; exponential: towards 100%, through the point given."""
    steps: Annotated[tuple[Annotated[Share, Field(gt=0)], ...], Field(min_length=1)] | None = None
    """Speed in each week instead; the last one continues."""

    @model_validator(mode="after")
    def _curve(self) -> Self:
        curve = (self.start, self.reaches, self.after)
        if self.steps is not None:
            if any(part is not None for part in curve) or "shape" in self.model_fields_set:
                raise ValueError("a ramp is either `steps` or start, reaches and after; not both")
            return self
        if self.start is None or self.reaches is None or self.after is None:
            raise ValueError("a ramp needs start, reaches and after, or `steps`")
        if self.reaches < self.start:
            raise ValueError("reaches is below start; a ramp rises")
        if self.shape == "exponential" and self.reaches >= 1 > self.start:
            raise ValueError("an exponential ramp only approaches 100%; give reaches below 100%, or shape: linear")
        return self


class Break(Model):
    """One break of a shift."""

    after: Duration
    """Time from the start of the shift by the clock, at the middle of the team's stagger."""
    for_: PositiveDuration = Field(alias="for")
    """Length; 30 min and more are not paid."""


class Shift(Model):
    """When a team works."""

    always: bool = False
    """On the floor around the clock, every day."""
    days: str | None = None
    """ "Mon-Fri", "Mon, Wed, Fri", or "5 of 7": consecutive days off, rotating so that as many work every day."""
    start: ClockTime | None = None
    """Local clock time at which it starts."""
    length: PositiveDuration | None = None
    """From start to end by the clock, breaks included: an hour more or less of work when the clocks change."""
    breaks: tuple[Break, ...] = ()
    """Breaks, staggered over the team."""
    at_end: Literal["finish", "hand_back", "keep"] = "finish"
    """The item in hand at the end: finish it, hand it back, or keep it for the next shift."""

    @model_validator(mode="after")
    def _when(self) -> Self:
        timed = (self.days, self.start, self.length)
        if self.always:
            if any(part is not None for part in timed) or self.breaks:
                raise ValueError("`always: true` takes no days, start, length or breaks")
            return self
        if self.days is None or self.start is None or self.length is None:
            raise ValueError("a shift needs days, start and length, or `always: true`")
        parse_days(self.days)
        if self.length > units.DAY:
            raise ValueError(f"length: {units.format_duration(self.length)} is longer than a day")
        end = 0.0
        for pause in self.breaks:
            if pause.after < end or pause.after + pause.for_ > self.length:
                raise ValueError("breaks: must follow one another and end within the shift")
            end = pause.after + pause.for_
        return self


class SharedShift(Shift):
    """One of several shifts of a team."""

    share: Share
    """Share of the team on this shift."""


class Practice(Model):
    """Settings of a vendor that its teams may override."""

    shrinkage: Shrinkage | None = None
    """Absence and offline time; a team overrides one or both. From the calibration, else none."""
    attrition: Attrition | None = None
    """How agents leave; from the calibration, else nobody does."""
    ramp: Ramp | None = None
    """Speed of new agents; from the calibration, else full speed at once."""
    spread: Share | None = None
    """Coefficient of variation of speed between equally tenured agents; from the calibration, else none."""


class TeamSpec(Practice):
    """A group of agents with the same skills, site and working time."""

    title: str | None = None
    """Display name; defaults to the key."""
    groups: Groups = {}
    """What it belongs to, for figures by group: site: Bogota, language: ES, or any other key."""
    timezone: TimeZone
    """IANA time zone of the site."""
    holidays: HolidaysOfTeam | None = None
    """Country code (or country-subdivision, such as DE-BY) whose public holidays are not worked; or a mapping that says
    which of them count, and what happens on them."""
    agents: PeopleIfAny | None = None
    """Agents on the floor at `start`; 0 for a team that is to start with classes or transfers."""
    roster: str | None = None
    """CSV, Excel or Parquet file of the agents instead (columns agent, hired; optional left, shift); those hired after
    `start` join on that day."""
    tenure: DistributionSpec | None = None
    """Time since the first day on the floor of those agents; if left out, fully ramped and, under Weibull attrition,
    part-way through their stay."""
    skills: tuple[str, ...] = Field(min_length=1)
    """Queues they can take, most urgent first."""
    shift: Shift | None = None
    """Working time."""
    shifts: dict[str, SharedShift] | None = None
    """Several shifts that share the team."""
    responds: BacklogResponse | None = None
    """People who come to a shift because work waits, or stay away because little does; if left out, as the queues of
    its skills say, else none."""
    duty: str | None = None
    """CSV, Excel or Parquet file of exact duty instead (columns agent, on, off); its agents are tenured."""
    at_end: Literal["finish", "hand_back", "keep"] | None = None
    """With a duty file: what becomes of the item in hand at the end of a block; finished if left out."""
    breaks: Duration | None = None
    """With a duty file: gaps between an agent's blocks of up to this length are breaks, which wait for the item in hand
    and keep their length; if left out, each block ends and begins exactly as the file says."""

    @model_validator(mode="after")
    def _who_and_when(self) -> Self:
        exactly_one(self, "shift", "shifts", "duty", of="a team")
        if self.duty is not None:
            if self.agents is not None or self.roster is not None:
                raise ValueError("a duty file names its own agents; remove `agents` or `roster`")
        else:
            for key in ("at_end", "breaks"):
                if getattr(self, key) is not None:
                    raise ValueError(f"{key}: belongs to a duty file here; a shift has its own `{key}`")
            exactly_one(self, "agents", "roster", of="a team")
        if self.shifts is not None:
            total = sum(shift.share for shift in self.shifts.values())
            if abs(total - 1) > 1e-6:
                raise ValueError(f"shifts: the shares sum to {total:.4%}; they must sum to 100%")
        if len(set(self.skills)) < len(self.skills):
            raise ValueError("skills: a queue is named twice")
        if self.roster is not None and self.tenure is not None:
            raise ValueError("tenure: a roster gives each agent's hiring date; remove `tenure`")
        return self


class Vendor(Practice):
    """An outside partner."""

    title: str | None = None
    """Display name; defaults to the key."""
    contract: Contract | None = None
    """The contract."""
    go_live: Date | None = None
    """First day on which new work is allocated to the vendor, by the queue's clock: until then the
    other vendors of a split share out its part. Live from the beginning if left out."""
    teams: dict[str, TeamSpec] = Field(min_length=1)
    """Teams by name."""
    hiring: Hiring = Hiring()
    """Classes and back-fill."""
    overtime: Overtime | None = None
    """Overtime; none if left out."""

    def practice(self, team: str) -> Practice:
        """Return the settings of one team: its own, the vendor's where it has none, within shrinkage too."""
        own = self.teams[team]
        values: dict[str, Any] = {
            name: getattr(own, name) if getattr(own, name) is not None else getattr(self, name)
            for name in Practice.model_fields
        }
        if own.shrinkage is not None and self.shrinkage is not None:
            given = {name: getattr(own.shrinkage, name) for name in own.shrinkage.model_fields_set}
            values["shrinkage"] = self.shrinkage.model_copy(update=given)
        return Practice.model_construct(**values)
