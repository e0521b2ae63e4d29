"""What `calibration.yaml` says: which files hold the history, what their columns are called, in which zone they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from simcap.calibration.history.yardsticks import LEAST_DAYS, Backtest
from simcap.errors import ScenarioError
from simcap.scenario.data.public_holidays import calendar_messages
from simcap.scenario.reading.kinds import mistaken
from simcap.scenario.reading.messages import explain, placed
from simcap.scenario.reading.source import read_text, read_tree
from simcap.scenario.schema.calendars import HolidayCalendar, Holidays
from simcap.scenario.schema.quantities import (
    Date,
    Model,
    PositiveDuration,
    TimeZone,
)


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Paths = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class ItemColumns(Model):
    """The user's names of the item log's columns."""

    queue: str = "queue"
    """The queue."""
    created: str = "created"
    """When the item was created."""
    started: str = "started"
    """When an agent first took it; empty if nobody did."""
    completed: str = "completed"
    """When it was decided; empty if it was not."""
    agent: str = "agent"
    """Who decided it."""
    handle: str | None = None
    """Handle time in seconds; completed less started if left out."""
    expired: str | None = None
    """When it left undecided: gave up, was withdrawn; empty if it did not."""
    item: str | None = None
    """The item's own number or name."""
    parent: str | None = None
    """The item whose decision this one follows; empty if it follows none."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.item is None) != (self.parent is None):
            raise ValueError("item, parent: only one of the two is given; what follows what needs both")
        return self


class ItemLog(Model):
    """The log of items: one row for each."""

    path: Paths
    """CSV (also .gz), Parquet or Excel (.xlsx, first sheet) file, or a list of such that follow one another."""
    timezone: TimeZone = "UTC"
    """Zone of times without an offset."""
    columns: ItemColumns = ItemColumns()
    """Names of the columns."""
    queues: dict[str, str] = Field(default_factory=dict)
    """The queues to use, by the name that the log has for each; without it all, under the names of the log."""


class VolumeColumns(Model):
    """The user's names of the columns of interval volumes."""

    start: str = "start"
    """Start of the interval."""
    items: str = "items"
    """Items that came in it."""
    queue: str | None = None
    """The queue; without it all counts are of one queue, `volumes.queue`."""
    on_time: str | None = None
    """Those of the items that were decided on time."""
    backlog: str | None = None
    """Items open at the end of the interval."""


class VolumeLog(Model):
    """Interval volumes: one row for each queue and interval of an hour or less."""

    path: Paths
    """CSV (also .gz), Parquet or Excel (.xlsx, first sheet) file, or a list of such that follow one another."""
    timezone: TimeZone = "UTC"
    """Zone of times without an offset."""
    columns: VolumeColumns = VolumeColumns()
    """Names of the columns."""
    queue: str | None = Field(default=None, min_length=1)
    """Name of the queue, where no column says it."""

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if (self.queue is None) == (self.columns.queue is None):
            raise ValueError("queue: give the column of the queue under columns, or the one queue's name; not both")
        return self


class RosterColumns(Model):
    """The user's names of the roster's columns."""

    agent: str = "agent"
    """Who."""
    vendor: str = "vendor"
    """Of which vendor."""
    team: str = "team"
    """In which team."""
    hired: str = "hired"
    """First day on the floor."""
    left: str = "left"
    """First day on which the agent was gone; empty while employed."""
    trained: str | None = None
    """First day of training. With it, someone with no first day on the floor is in training, or left during it."""


class RosterFile(Model):
    """The people: one row for each agent."""

    path: str
    """CSV, Parquet or Excel file."""
    columns: RosterColumns = RosterColumns()
    """Names of the columns."""


class AttendanceColumns(Model):
    """The user's names of the attendance log's columns."""

    agent: str = "agent"
    """Who."""
    start: str = "start"
    """Start of the spell."""
    end: str = "end"
    """End of the spell."""
    activity: str = "activity"
    """What it was."""


class AttendanceLog(Model):
    """Who was there and did what: one row for each spell."""

    path: str
    """CSV, Parquet or Excel file."""
    timezone: TimeZone = "UTC"
    """Zone of times without an offset."""
    columns: AttendanceColumns = AttendanceColumns()
    """Names of the columns."""
    floor: tuple[str, ...] = ("floor",)
    """Activities that are time on the floor."""
    offline: tuple[str, ...] = ("offline",)
    """Activities that are paid time off queue: coaching, meetings, wellness."""
    absent: tuple[str, ...] = ("absent",)
    """Activities that are planned time of an agent who was not there."""
    aside: tuple[str, ...] = ("break",)
    """Activities that count neither as floor nor as offline time: breaks, lunch."""


class QualityColumns(Model):
    """The user's names of the columns of quality checks."""

    agent: str = "agent"
    """Whose decisions."""
    date: str = "date"
    """Day of the check."""
    checked: str = "checked"
    """Decisions checked."""
    wrong: str = "wrong"
    """Those of them that were wrong."""
    queue: str | None = None
    """The queue; without it the checks hold for all queues."""


class QualityLog(Model):
    """Results of quality checks: one row for each agent and day."""

    path: Paths
    """CSV, Parquet or Excel file, or a list of such that follow one another."""
    columns: QualityColumns = QualityColumns()
    """Names of the columns."""


class InferredStaffing(Model):
    """How staffing is inferred from who is working, where there is no attendance."""

    interval: Annotated[PositiveDuration, Field(ge=1)] = 900.0
    """An agent is there in every interval in which they work on an item, and in one between two such."""
    rule: Literal["longest_wait", "priority"] = "longest_wait"
    """What agents take next: the oldest item of any queue they are seen on, or of the queue that their team is seen to
    prefer."""
    longest: PositiveDuration = 14400.0
    """Work on one item that lasts longer was left open overnight: only this much of it shows that an agent is there."""


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
    staffing: InferredStaffing = InferredStaffing()
    """How staffing is inferred where there is no attendance."""
    backtest: Backtest | None = None
    """The weeks that `simcap backtest` predicts."""

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.items is None and self.volumes is None:
            raise ValueError("items: is missing, and so are `volumes`; a history has one of them at least")
        if self.backtest is not None and self.items is None:
            raise ValueError("backtest: needs an item log, `items`; volumes do not say how long anything waited")
        years = range(self.from_.year, self.to.year + 1)
        for where, calendar in self._calendars():
            for path, message in calendar_messages(where, calendar, years):
                raise ValueError(f"{path}: {message}")
        days = (self.to - self.from_).days
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
        raise ScenarioError("\n".join(map(str, sorted(problems))))
    if message := mistaken(tree, "calibration"):
        raise ScenarioError(f"{path}: {message}")
    try:
        return Configuration.model_validate(tree.plain())
    except ValidationError as error:
        found = [placed(finding, tree) for finding in explain(error, tree, Configuration)]
        raise ScenarioError("\n".join(dict.fromkeys(map(str, sorted(found))))) from None
