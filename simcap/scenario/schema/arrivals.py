"""What arrives in a queue: rates and their profile, busy days, volumes from files, traces."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from simcap.scenario.schema.calendars import HolidayCalendar
from simcap.scenario.schema.profiles import profile_message
from simcap.scenario.schema.quantities import (
    Model,
    Number,
    Share,
    SignedShare,
    TimeZone,
    Volume,
    exactly_one,
)


def _as_list(value: object) -> object:
    return value if isinstance(value, list) else [value]


_Listed = BeforeValidator(_as_list, json_schema_input_type=Number | tuple[Number, ...])
_ListedVolumes = BeforeValidator(_as_list, json_schema_input_type=Volume | tuple[Volume, ...])
Rates = Annotated[tuple[Volume, ...], _ListedVolumes, Field(min_length=1)]


def _known_profile(profile: str | tuple[float, ...]) -> str | tuple[float, ...]:
    if isinstance(profile, str) and (message := profile_message(profile)):
        raise ValueError(message)
    return profile


Profile = Annotated[str | Annotated[tuple[Number, ...], _Listed], AfterValidator(_known_profile)]
Spread = Annotated[SignedShare, Field(ge=0, le=20)]
PROGRAMME = "programme"
"""Name of the busy days that queues have in common if no other is given."""


def _by_name(value: object) -> object:
    return value if isinstance(value, dict) else {PROGRAMME: value}


_Named = BeforeValidator(_by_name, json_schema_input_type=Share | dict[str, Share])


class Busyness(Model):
    """Gamma factors of mean 1 on a queue's volume: one a local day and, if asked for, one an hour."""

    cv: Spread
    """Coefficient of variation of the factor."""
    correlation: Annotated[Share, Field(lt=1)] = 0.0
    """Correlation from one local day to the next."""
    shared: Annotated[dict[str, Share], _Named] = {}
    """Share of the variance of the factor's logarithm that is common to all queues that give one; or shares by name,
    for groups of queues with busy days in common: {programme: 40%, iberia: 30%}. None if left out."""
    hourly: Spread = 0.0
    """Coefficient of variation of a further factor, drawn for each hour."""

    @model_validator(mode="after")
    def _at_most_all(self) -> Self:
        total = sum(self.shared.values())
        if total > 1 + 1e-9:
            raise ValueError(f"shared: the shares sum to {total:.1%}, more than 100%; lower one of them")
        return self


class HolidayVolume(HolidayCalendar):
    """What public holidays do to a volume; a holiday and its substitute both count."""

    factor: Annotated[SignedShare, Field(ge=0, le=20)]
    """Volume on a public holiday relative to the same day without one."""
    before: Annotated[SignedShare, Field(ge=0, le=20)] = 1.0
    """Volume on the day before a public holiday relative to the same day without one, unless it is one itself."""
    after: Annotated[SignedShare, Field(ge=0, le=20)] = 1.0
    """Volume on the day after a public holiday, likewise; a day between two counts as the one before."""


class VolumeFile(Model):
    """Interval counts from a CSV, Excel or Parquet file with the columns start, queue, items."""

    path: str
    """CSV (also .gz), Excel (.xlsx) or Parquet file, relative to the scenario file; a sheet is named after it, as in
    volumes.xlsx#Sheet1."""
    as_: Literal["forecast", "actual"] = Field(alias="as")
    """forecast: Poisson around the counts; actual: exactly the counts."""


class Arrivals(Model):
    """New items of a queue: a rate with its shape over time, a volume file, or an exact trace."""

    per_week: Rates | None = None
    """Items a week: a number, or one for each week of the horizon, in its zone (the last one is repeated)."""
    per_day: Rates | None = None
    """Items a day: a number, or one for each day of the horizon, in its zone (the last one is repeated)."""
    per_hour: Rates | None = None
    """Items an hour: a number, or one for each hour of the horizon (the last one is repeated)."""
    profile: Profile = "flat"
    """Rate by local hour: flat, a named profile, 24 or 168 numbers, or a data file."""
    timezone: TimeZone | None = None
    """IANA time zone of the people who send the items; the horizon's if left out. Hours and weekdays of the profile,
    public holidays and busy days are local days there; so are times without an offset in the file or the trace, and the
    dates of events that name the queue. Lists by week, day or hour and steps of growth follow the horizon's zone."""
    growth: Annotated[SignedShare, Field(le=10)] = 0.0
    """Growth per week, in weekly steps from `start`, in the horizon's zone."""
    drift: Spread = 0.0
    """Standard deviation of a week's random step of the level, in weekly steps from `start`, in the horizon's zone: its
    error grows with the root of the weeks. The mean stays as given."""
    busyness: Busyness | None = None
    """Day-level variation beyond Poisson noise."""
    holidays: HolidayVolume | None = None
    """Volume on public holidays, local days of `timezone`; as on other days if left out."""
    file: VolumeFile | None = None
    """Interval counts instead of a rate."""
    trace: str | None = None
    """CSV, Excel or Parquet file of exact creation times (columns created, queue; optional handle_s), replayed."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        exactly_one(self, "per_week", "per_day", "per_hour", "file", "trace", of="arrivals")
        if self.is_exact:
            given = {"profile", "growth", "drift", "busyness", "holidays"} & self.model_fields_set
            if given:
                raise ValueError(f"{', '.join(sorted(given))}: has no effect on exact counts or times; remove it")
        if self.holidays is not None and self.file is not None:
            raise ValueError("holidays: has no effect on the volumes of a file, which includes them; remove it")
        if isinstance(self.profile, tuple) and len(self.profile) not in (24, 168):
            raise ValueError(
                f"profile: {len(self.profile)} numbers; a profile has 24 (a day) or 168 (a week from Monday)"
            )
        if isinstance(self.profile, tuple) and sum(self.profile) <= 0:
            raise ValueError("profile: all numbers are zero; at least one hour needs volume")
        if self.growth <= -1:
            raise ValueError("growth: -100% a week or less leaves nothing; write more than -100%")
        return self

    @property
    def is_shaped_by_file(self) -> bool:
        """Say whether a profile has no effect, because the counts of a file have their own."""
        return self.file is not None and "profile" in self.model_fields_set

    @property
    def is_exact(self) -> bool:
        """Say whether counts or times are replayed as they are."""
        return self.trace is not None or (self.file is not None and self.file.as_ == "actual")
