"""What `calibration.yaml` says: which files hold the history, what their columns are called, in which zone they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from simcap.errors import ScenarioError
from simcap.scenario.messages import explain, placed
from simcap.scenario.quantities import Date, Model, is_time_zone
from simcap.scenario.source import read_text, read_tree


def _zone(name: str) -> str:
    if not is_time_zone(name):
        raise ValueError(f"{name!r} is not a time zone; write an IANA name such as Europe/London")
    return name


Zone = Annotated[str, AfterValidator(_zone)]


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


class ItemLog(Model):
    """The log of items: one row for each."""

    path: str
    """CSV (also .gz) or Parquet file."""
    timezone: Zone = "UTC"
    """Zone of times without an offset."""
    columns: ItemColumns = ItemColumns()
    """Names of the columns."""


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


class RosterFile(Model):
    """The people: one row for each agent."""

    path: str
    """CSV or Parquet file."""
    columns: RosterColumns = RosterColumns()
    """Names of the columns."""


class AttendanceColumns(Model):
    """The user's names of the attendance log's columns."""

    agent: str = "agent"
    """Who."""
    start: str = "start"
    """Begin of the spell."""
    end: str = "end"
    """End of the spell."""
    activity: str = "activity"
    """What it was."""


class AttendanceLog(Model):
    """Who was there and did what: one row for each spell."""

    path: str
    """CSV or Parquet file."""
    timezone: Zone = "UTC"
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


class Configuration(Model):
    """One calibration."""

    title: str = Field(min_length=1)
    """What history it is, in a few words."""
    timezone: Zone
    """Zone in which days and hours of the week are counted: that of the scenario's horizon."""
    from_: Date = Field(alias="from")
    """First day to fit on."""
    to: Date
    """Last day to fit on."""
    items: ItemLog
    """The item log."""
    roster: RosterFile | None = None
    """The roster; without it nothing is known of attrition, and agents belong to no team."""
    attendance: AttendanceLog | None = None
    """Attendance; without it nothing is known of shrinkage."""
    fed: tuple[str, ...] = ()
    """Queues that are fed by decisions on other queues: no volumes are fitted for them."""

    @model_validator(mode="after")
    def _span(self) -> Self:
        if (self.to - self.from_).days < 27:
            raise ValueError("from, to: cover fewer than 28 days; volumes by hour of the week need four weeks")
        return self


def read_configuration(path: Path) -> Configuration:
    """Read a calibration file. Raises `ScenarioError` with everything that is wrong, each with its place."""
    try:
        text = read_text(path)
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}") from None
    tree, problems = read_tree(text, str(path))
    if tree is None or problems:
        raise ScenarioError("\n".join(map(str, sorted(problems))))
    try:
        return Configuration.model_validate(tree.plain())
    except ValidationError as error:
        found = [placed(finding, tree) for finding in explain(error, tree, Configuration)]
        raise ScenarioError("\n".join(dict.fromkeys(map(str, sorted(found))))) from None
