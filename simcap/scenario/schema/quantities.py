"""The kinds of value in a scenario: durations, shares, clock times, dates, distributions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from simcap import units
from simcap.scenario.schema.zones import zone_message


class Model(BaseModel):
    """A frozen part of a scenario: unknown keys are errors, the string under a field documents it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, defer_build=True
    )


WORD, MAPPING = "<word>", "<mapping>"
"""Tags of what may be a word or a mapping. Locations of errors have them, files do not."""


def word_or_mapping(value: object) -> str:
    """Return the tag of a value."""
    return MAPPING if isinstance(value, dict | BaseModel) else WORD


def exactly_one(model: BaseModel, *names: str, of: str) -> None:
    """Raise `ValueError` unless exactly one of the fields `names` of `model` is given."""
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        state = "none is given" if not given else f"{' and '.join(given)} are given"
        raise ValueError(f"{of} needs exactly one of {', '.join(names)}; {state}")


TABLES: Final = (".csv", ".csv.gz", ".xlsx", ".parquet")
"""How the names of data files end."""


def is_table(text: str) -> bool:
    """Say whether the text names a CSV, Excel or Parquet file rather than something else by name."""
    return file_and_sheet(Path(text))[0].name.lower().endswith(TABLES)


def file_and_sheet(path: Path) -> tuple[Path, str | None]:
    """Return a file, and the sheet of a workbook that stands after its name, as in people.xlsx#Roster."""
    name, mark, sheet = path.name.rpartition("#")
    return (path.with_name(name), sheet) if mark and sheet and name.lower().endswith(".xlsx") else (path, None)


def _zone(name: str) -> str:
    if message := zone_message(name):
        raise ValueError(message)
    return name


def _local_time(value: object) -> object:
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            raise ValueError("a date here is local and has no offset; leave it out")
        return value
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time())
    if isinstance(value, str):
        try:
            parsed = dt.datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f'{value!r} is not a date; write 2026-10-05 or "2026-11-03 09:00"') from None
        return _local_time(parsed)
    raise ValueError(f'{value!r} is not a date; write 2026-10-05 or "2026-11-03 09:00"')


def _day(value: object) -> object:
    moment = _local_time(value)
    if isinstance(moment, dt.datetime) and moment.time() != dt.time():
        raise ValueError(f"{value!r} has a clock time; give the date alone")
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{value!r} is not a number; write for example 42 or 0.5, without quotes")
    return value


def _quantity(value: object) -> float:
    """Read a number, a share or a duration, whichever it is written as."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    for parse in (units.parse_signed_share, units.parse_duration):
        try:
            return parse(value)
        except ValueError:
            continue
    raise ValueError(f"{value!r} is not a quantity; write a number, a share ('8%') or a duration ('4 h')")


def parse_rate(value: object) -> float:
    """Read "9% per month" as `units.parse_rate` does; blanks in a row count as one, as thousands would take minutes."""
    return units.parse_rate(" ".join(value.split()) if isinstance(value, str) else value)


def _word(value: object) -> object:
    """Read a number as the word that it stands for: tier: 1."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _positive(value: float) -> float:
    if value <= 0:
        raise ValueError("is zero; it must be above zero")
    return value


def _above_zero(value: float) -> float:
    if value <= 0:
        raise ValueError("mean: must be above zero for this distribution; a uniform range may start lower")
    return value


LONGEST = 200 * units.YEAR
"""Longest duration that can be given, in seconds, so that dates stay in range."""

LARGEST = 10**12
"""Largest number that can be given, so that products of several stay finite."""
MOST_PEOPLE = 100_000
MOST_SEED = 2**63 - 1

_DURATION_SCHEMA = {
    "type": "string",
    "pattern": r"^\s*[0-9][0-9_.]*\s*[a-z]+\s*$",
    "examples": ["45 s", "4 h", "2 weeks"],
}
SHARE_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "string", "pattern": r"^\s*[-+]?[0-9.]+\s*%\s*$"}, {"type": "number"}],
    "examples": ["8%", 0.08],
}

Duration = Annotated[float, BeforeValidator(units.parse_duration), Field(le=LONGEST), WithJsonSchema(_DURATION_SCHEMA)]
PositiveDuration = Annotated[
    float,
    BeforeValidator(units.parse_duration),
    Field(le=LONGEST),
    AfterValidator(_positive),
    WithJsonSchema(_DURATION_SCHEMA),
]
Share = Annotated[float, BeforeValidator(units.parse_share), WithJsonSchema(SHARE_SCHEMA)]
SignedShare = Annotated[float, BeforeValidator(units.parse_signed_share), WithJsonSchema(SHARE_SCHEMA)]
ClockTime = Annotated[
    float,
    BeforeValidator(units.parse_clock),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-4]):[0-5]\d(:[0-5]\d)?$", "examples": ["09:00"]}),
]
LocalTime = Annotated[
    dt.datetime,
    BeforeValidator(_local_time),
    WithJsonSchema({"type": "string", "examples": ["2026-10-05", "2026-11-03 09:00"]}),
]
Date = Annotated[
    dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-10-05"]})
]
TimeZone = Annotated[str, AfterValidator(_zone)]
Number = Annotated[float, BeforeValidator(_number), Field(ge=0, le=LARGEST)]
Volume = Annotated[float, BeforeValidator(_number), Field(ge=0, le=1_000_000_000)]
Multiple = Annotated[float, BeforeValidator(_number), Field(ge=0, le=10_000)]
Factor = Annotated[float, BeforeValidator(_number), Field(gt=0, le=1_000_000)]
Cv = Annotated[float, BeforeValidator(_number), Field(ge=1e-6, le=100)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=0, le=10_000_000)]
People = Annotated[int, BeforeValidator(_number), Field(gt=0, le=MOST_PEOPLE)]
PeopleIfAny = Annotated[int, BeforeValidator(_number), Field(ge=0, le=MOST_PEOPLE)]
Seed = Annotated[int, BeforeValidator(_number), Field(ge=0, le=MOST_SEED)]
Quantity = Annotated[
    float,
    BeforeValidator(_quantity),
    Field(ge=-LARGEST, le=LARGEST),
    WithJsonSchema({"type": ["string", "number"], "minimum": -LARGEST, "maximum": LARGEST}),
]


class MeanCv(Model):
    """A distribution by its mean and its coefficient of variation."""

    mean: PositiveDuration
    """Mean."""
    cv: Cv
    """Standard deviation divided by the mean."""


FAMILIES = ("constant", "exponential", "lognormal", "gamma", "weibull", "uniform", "empirical", "mixture")


class ContinuousDistribution(Model):
    """A distribution of a duration that has a density."""

    exponential: PositiveDuration | None = None
    """Exponential, by its mean."""
    lognormal: MeanCv | None = None
    """Lognormal, by mean and cv."""
    gamma: MeanCv | None = None
    """Gamma, by mean and cv."""
    weibull: MeanCv | None = None
    """Weibull, by mean and cv."""


class MixturePart(ContinuousDistribution):
    """One of the distributions that a mixture is made of: its share, and exactly one family."""

    share: Share
    """Share of the durations that belong to this part."""

    @model_validator(mode="after")
    def _one_family(self) -> Self:
        exactly_one(self, *ContinuousDistribution.model_fields, of="a part of a mixture")
        return self


class DistributionSpec(ContinuousDistribution):
    """A distribution of a duration: exactly one family."""

    constant: Duration | None = None
    """Always this long."""
    uniform: tuple[Duration, Duration] | None = None
    """Uniform between two durations."""
    empirical: str | None = None
    """CSV, Excel or Parquet file with a column `seconds`: its values, each as likely as the others."""
    mixture: dict[str, MixturePart] | None = Field(default=None, min_length=2)
    """Several kinds of durations by name, each with its share of all."""

    @model_validator(mode="after")
    def _one_family(self) -> Self:
        exactly_one(self, *FAMILIES, of="a distribution")
        if self.mixture is not None:
            total = sum(part.share for part in self.mixture.values())
            if abs(total - 1) > 1e-6:
                raise ValueError(
                    f"mixture: the shares sum to {total:.4%}; they must sum to 100% "
                    "(`name: null` removes a parent's part)"
                )
        if self.uniform is not None and not self.uniform[0] <= self.uniform[1]:
            raise ValueError("uniform: the first duration is longer than the second; write [shorter, longer]")
        return self

    @property
    def family(self) -> str:
        """Return the name of the family that is given."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)


class QuantityMeanCv(Model):
    """A distribution of any quantity by its mean and its coefficient of variation."""

    mean: Annotated[Quantity, AfterValidator(_above_zero)]
    """Mean, in the unit of what it describes."""
    cv: Cv
    """Standard deviation divided by the mean."""


class Uncertainty(Model):
    """The uncertainty of one value: each replication draws its own."""

    uniform: tuple[Quantity, Quantity] | None = None
    """Uniform between two values."""
    lognormal: QuantityMeanCv | None = None
    """Lognormal, by mean and cv."""
    gamma: QuantityMeanCv | None = None
    """Gamma, by mean and cv."""

    @model_validator(mode="after")
    def _one_family(self) -> Self:
        exactly_one(self, "uniform", "lognormal", "gamma", of="an uncertain value")
        return self


Groups = dict[str, Annotated[str, BeforeValidator(_word), Field(min_length=1)]]
Period = Literal["hour", "day", "week", "month"]
Context = dict[str, Any]
