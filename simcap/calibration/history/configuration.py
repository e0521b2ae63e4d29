"""What `calibration.yaml` says: which files hold the history, what their columns are called, in which zone they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from simcap.calibration.history.sources import (
    AttendanceLog,
    FileSource,
    ItemLog,
    OneOrList,
    QualityLog,
    ReportFiles,
    RosterFile,
    VolumeLog,
)
from simcap.calibration.history.yardsticks import LEAST_DAYS, MOST_DAYS, Backtest
from simcap.errors import ScenarioError
from simcap.scenario.data.public_holidays import calendar_messages
from simcap.scenario.reading.kinds import mistaken
from simcap.scenario.reading.messages import explain, placed
from simcap.scenario.reading.source import read_text, read_tree, told
from simcap.scenario.schema.calendars import HolidayCalendar, Holidays
from simcap.scenario.schema.quantities import (
    Date,
    Model,
    PositiveDuration,
    TimeZone,
)
from simcap.units import parse_duration


class InferredStaffing(Model):
    """How staffing is inferred from who is working, where there is no attendance."""

    interval: Annotated[PositiveDuration, Field(ge=1)] = 900.0
    """An agent is there in every interval in which they work on an item, and in one between two such. For
    `backtest.desk: pick_up`, the step in which pick-ups are counted (5 min at least): take the log's own where it is
    coarser."""
    rule: Literal["longest_wait", "priority", "auto"] = "longest_wait"
    """What agents take next. longest_wait: the oldest item of any queue they are seen on; priority: that of the queue
    that their team is seen to prefer, and as many of the newest as are seen taken first; auto: of these the one whose
    hindcasts before `backtest.first` miss by less, where items wait for an hour or more; the output says which."""
    longest: PositiveDuration = 14400.0
    """Work on one item that lasts longer was left open overnight: only this much of it shows that an agent is there."""

    @property
    def order(self) -> Literal["longest_wait", "priority"]:
        """Return what agents take next, as far as that is stated: else the oldest item."""
        return "longest_wait" if self.rule == "auto" else self.rule

    @property
    def states_order(self) -> bool:
        """Return whether the file says what agents take next."""
        return "rule" in self.model_fields_set and self.rule != "auto"


def _rule_or_age(value: object) -> object:
    if value in ("leave_out", "keep"):
        return value
    try:
        parse_duration(value)
    except ValueError:
        raise ValueError(f"{value!r} is no rule for dead items; write leave_out, keep, or an age: 30 days") from None
    return value


def _several(value: object) -> object:
    return (value,) if isinstance(value, dict | ReportFiles) else value


class Configuration(Model):
    """One calibration."""

    title: str = Field(min_length=1)
    """What history it is, in a few words."""
    timezone: TimeZone
    """Zone in which days and hours of the week are counted: that of the scenario's horizon."""
    timezones: dict[str, TimeZone] = Field(default_factory=dict)
    """Queues whose items come by the clock of another zone: their volumes are fitted in its days and hours."""
    from_: Date = Field(alias="from")
    """First day to fit on."""
    to: Date
    """Last day to fit on."""
    items: ItemLog | None = None
    """The item log; without it nothing is known of handle times, nor of what follows a decision."""
    volumes: VolumeLog | None = None
    """Interval volumes, from which volumes are fitted; without them the item log is counted."""
    reports: Annotated[tuple[ReportFiles, ...], BeforeValidator(_several), OneOrList()] = ()
    """Reports by any period, by queue, vendor or team: counts, handle times, staffing, leavers, accuracy."""
    holidays: Holidays | None = None
    """Country code (or country-subdivision, such as DE-BY) whose public holidays have volumes of their own; or a
    mapping: country, except, add."""
    roster: RosterFile | None = None
    """The roster; without it nothing is known of attrition, and agents belong to no team."""
    attendance: AttendanceLog | None = None
    """Attendance; without it nothing is known of shrinkage."""
    quality: QualityLog | None = None
    """Quality checks; without them nothing is known of accuracy."""
    fed: tuple[str, ...] = ()
    """Queues that are fed by decisions on other queues: no volumes are fitted for them."""
    dead_items: Annotated[Literal["leave_out", "keep"] | PositiveDuration, BeforeValidator(_rule_or_age)] = "leave_out"
    """Open items that nobody will take, closed elsewhere or forgotten. leave_out: those that were passed over far more
    often than any that were taken do not wait at the start of a forecast; keep: they do; or an age, 30 days, from which
    open items are dead."""
    staffing: InferredStaffing = InferredStaffing()
    """How staffing is inferred where there is no attendance."""
    backtest: Backtest | None = None
    """The weeks that `simcap backtest` predicts."""

    @model_validator(mode="after")
    def _span(self) -> Self:
        sources = (self.items, self.volumes, self.roster, self.attendance, self.quality)
        if all(source is None for source in sources) and not self.reports:
            raise ValueError(
                "items: is missing, and so is all else that a history may have; write `items: {path: ...}`"
            )
        if self.checks_items and self.quality is not None:
            raise ValueError(
                "quality: is given, and so is `items.columns.wrong`; the same checks would count twice: leave one out"
            )
        if self.backtest is not None and self.items is None and not self.reports:
            raise ValueError(
                "backtest: needs an item log, `items`, or reports with positions and shares on time; volumes do "
                "not say how long anything waited"
            )
        if self.backtest is not None and self.backtest.scenario is not None and self.items is not None:
            raise ValueError(
                "backtest.scenario: goes with reports alone; with `items` agents are seen at work, remove it"
            )
        if self.backtest is not None and self.backtest.desk == "pick_up" and self.items is None:
            raise ValueError("backtest.desk: pick_up needs an item log, `items`; reports allow `desk: floor`")
        days = (self.to - self.from_).days
        if days > MOST_DAYS:
            raise ValueError(
                f"from, to: cover {days // 365:,} years; at most {MOST_DAYS // 365} can be fitted on, take the latest"
            )
        years = range(self.from_.year, self.to.year + 1)
        for where, calendar in self._calendars():
            for path, message in calendar_messages(where, calendar, years):
                raise ValueError(f"{path}: {message}")
        if days < LEAST_DAYS - 1:
            raise ValueError(
                f"from, to: cover fewer than {LEAST_DAYS} days; volumes by hour of the week need four weeks"
            )
        if self.backtest is not None and not LEAST_DAYS <= (self.backtest.first - self.from_).days <= days:
            raise ValueError(f"backtest.first: is not at least {LEAST_DAYS} days after `from` and not after `to`")
        return self

    def _calendars(self) -> Iterator[tuple[str, HolidayCalendar]]:
        """Yield the public holidays that are given, each with its path."""
        if self.holidays is not None:
            yield "holidays", self.holidays
        for name, sla in self.backtest.sla.items() if self.backtest is not None else ():
            if sla.hours is not None and sla.hours.holidays is not None:
                yield f"backtest.sla.{name}.clock.holidays", sla.hours.holidays

    @property
    def checks_items(self) -> bool:
        """Return whether the item log says which decisions were checked."""
        return self.items is not None and any(self.items.columns_of(one).spec("wrong") for one in self.items.parts)

    @property
    def sources(self) -> Iterator[FileSource]:
        """Yield all that names files."""
        given = (self.items, self.volumes, *self.reports, self.roster, self.attendance, self.quality)
        yield from (source for source in given if source is not None)

    def zone_of(self, queue: str) -> str:
        """Return the zone in whose days and hours the volumes of a queue are fitted."""
        return self.timezones.get(queue, self.timezone)


def read_configuration(path: Path) -> Configuration:
    """Read a calibration file. Raises `ScenarioError` with everything that is wrong, each with its place."""
    try:
        text = read_text(path)
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}") from None
    tree, problems = read_tree(text, str(path))
    if tree is None or problems:
        raise ScenarioError(told(problems))
    if message := mistaken(tree, "calibration"):
        raise ScenarioError(f"{path}: {message}")
    try:
        return Configuration.model_validate(tree.plain())
    except ValidationError as error:
        found = [placed(finding, tree) for finding in explain(error, tree, Configuration)]
        raise ScenarioError(told(found)) from None
