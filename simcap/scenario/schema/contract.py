"""A vendor's contract in a scenario: prices, minimum, credits, notice, limits."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simcap.scenario.schema.quantities import Count, Duration, Model, Number, Share, exactly_one


class Band(Model):
    """One band of a price per item, by monthly volume."""

    up_to: Annotated[Count, Field(gt=0)] | None = None
    """Items a month up to which the price applies; the last band has no limit."""
    at: Number
    """Price of an item in this band."""


class Price(Model):
    """What the vendor charges: exactly one way."""

    per_productive_hour: Number | None = None
    """Price of an hour on the floor."""
    per_fte_month: Number | None = None
    """Price of a full-time agent for a month."""
    per_item: dict[str, tuple[Band, ...]] | None = None
    """Price of a decision, by queue, in monthly bands."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        exactly_one(self, *type(self).model_fields, of="a price")
        for queue, bands in (self.per_item or {}).items():
            limits = [band.up_to for band in bands]
            if not limits or limits[-1] is not None or None in limits[:-1]:
                raise ValueError(f"per_item.{queue}: every band but the last needs `up_to`, and the last has none")
            if limits[:-1] != sorted({limit for limit in limits[:-1] if limit is not None}):
                raise ValueError(f"per_item.{queue}: the bands' `up_to` must rise")
        return self


class Minimum(Model):
    """What is billed even when it is not used."""

    hours_per_month: Number
    """Productive hours a month."""


class CreditStep(Model):
    """One step of a service credit."""

    below: Share
    """Attainment below which the credit is due."""
    credit: Share
    """Share of the month's fee."""


class EarnBack(Model):
    """How a vendor wins a credit back."""

    above: Share
    """Attainment that must be exceeded."""
    months: Annotated[Count, Field(gt=0)]
    """For this many months in a row."""


class ServiceCredits(Model):
    """What the vendor gives back when an SLA is missed."""

    sla: tuple[str, ...] = Field(min_length=1)
    """SLAs, each as "queue / sla"."""
    per: Literal["month"] = "month"
    """The window over which credits are settled."""
    steps: tuple[CreditStep, ...] = Field(min_length=1)
    """Steps; the deepest one that applies counts."""
    cap: Share | None = None
    """Cap on a month's credits, as a share of its fee."""
    earn_back: EarnBack | None = None
    """How a credit is won back."""


class QualityCredit(Model):
    """What the vendor gives back when accuracy is missed."""

    target: Share
    """Share of right decisions."""
    credit: Share
    """Share of the month's fee."""


class ForecastLock(Model):
    """When the forecast binds, and how far volume may deviate from it."""

    weeks_ahead: Count
    """Weeks before a month at which its forecast is locked."""
    tolerance: Share
    """Deviation beyond which a miss earns no credit."""


class RampLimit(Model):
    """How fast a vendor can hire."""

    hires_per_month: Annotated[Count, Field(gt=0)]
    """Most seats in classes that start in one calendar month; any excess starts in the next."""


class Contract(Model):
    """The contract with a vendor."""

    currency: str = Field(min_length=3, max_length=3)
    """Three-letter code."""
    price: Price | None = None
    """What the vendor charges."""
    minimum: Minimum | None = None
    """What is billed even when it is not used."""
    service_credits: ServiceCredits | None = None
    """What is given back when an SLA is missed."""
    quality: QualityCredit | None = None
    """What is given back when accuracy is missed."""
    forecast_lock: ForecastLock | None = None
    """When the forecast binds."""
    notice: Duration = 0.0
    """Time between the order of a cut and the earliest day on which it takes effect."""
    ramp_limit: RampLimit | None = None
    """How fast the vendor can hire."""
