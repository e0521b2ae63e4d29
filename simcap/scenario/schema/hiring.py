"""What a scenario says of how teams grow: classes, back-fill of leavers, overtime."""

from __future__ import annotations

from simcap.scenario.schema.quantities import Date, Duration, Model, Number, People, PositiveDuration, Share


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
    """Share that graduates, the others leave on the last day of training; that of `hiring` if left out."""


class Backfill(Model):
    """Classes that replace leavers."""

    team: str | None = None
    """Team whose leavers are replaced; each team of the vendor if left out."""
    review: PositiveDuration
    """How often leavers are counted."""
    class_size: People
    """A class is ordered whenever so many seats are vacant."""
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
    """Share of trainees that graduates where a class does not say; from the calibration, else all do."""

    def share_of(self, plan: HiringClass | Backfill) -> float:
        """Return the share of a class, planned or ordered, that graduates."""
        if plan.graduates is not None:
            return plan.graduates
        return 1.0 if self.graduates is None else self.graduates


class OvertimeTrigger(Model):
    """When overtime is ordered."""

    backlog_hours: Number
    """Hours of work (items times mean handle time) that wait for the team; at or above."""


class Overtime(Model):
    """Overtime, decided at the stand-up when the shift starts."""

    team: str | None = None
    """Team that works it; each team of the vendor if left out."""
    when: OvertimeTrigger
    """Condition."""
    adds: PositiveDuration
    """Time added to the end of that day's shift."""
    max_per_week: PositiveDuration
    """Most that is added in a local week (Monday to Sunday)."""
