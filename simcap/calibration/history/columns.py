"""What the columns of a history's files are called, and what must be done to read them."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from simcap.scenario.schema.quantities import Model

Unit = Literal["ms", "s", "min", "h", "d"]


def _listed(value: object) -> object:
    return (str(value),) if isinstance(value, str | int) and not isinstance(value, bool) else value


def _words(value: object) -> object:
    """Return one word or several as texts: yes and no, and numbers, are words of a cell here."""
    several = value if isinstance(value, list | tuple) else (value,)
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in several)


def _spec(value: object) -> object:
    return {"column": value} if isinstance(value, str | int | list | tuple) else value


_ONE_OR_MORE: Final = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
Names = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1), WithJsonSchema(_ONE_OR_MORE)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=1), WithJsonSchema(_ONE_OR_MORE)]


class ColumnSpec(Model):
    """How one thing is read from the columns of a file."""

    column: Names | None = None
    """Name of the column; several that are read together, such as [Date, Time]."""
    value: str | None = None
    """The same for all rows, in place of a column."""
    is_: Words | None = Field(default=None, alias="is")
    """Words of the column that mean it; in other rows it is empty."""
    at: Names | None = None
    """With `is`: the column that says when."""
    unit: Unit | None = None
    """Unit of numbers that are durations; min for mm:ss, h for h:mm."""
    values: dict[str, str] = Field(default_factory=dict)
    """What words of the column are called in simcap."""
    last_day: bool = False
    """The date is the last day of somebody, not the first without them."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.column is None) == (self.value is None):
            raise ValueError("column, value: give one of the two")
        if self.at is not None and self.is_ is None:
            raise ValueError("at: needs `is`, the words that mean it")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema of what may be written: a name, several, or the mapping."""
        return {"anyOf": [*_ONE_OR_MORE["anyOf"], handler(core_schema)]}

    @property
    def needed(self) -> tuple[str, ...]:
        """Return the names of the columns that it is read from."""
        return (*(self.column or ()), *(self.at or ()))

    @property
    def label(self) -> str:
        """Return what messages call it."""
        return " + ".join(self.needed) or repr(self.value)


Column = Annotated[ColumnSpec, BeforeValidator(_spec)]


def called(name: str) -> ColumnSpec:
    """Return the default of a column: it is called as simcap calls it."""
    return ColumnSpec(column=(name,))


class ColumnNames(Model):
    """The user's names of the columns of a file."""

    def spec(self, role: str) -> ColumnSpec | None:
        """Return how a column is read; None for one that is not given and has no default."""
        found: ColumnSpec | None = getattr(self, role)
        return found

    def is_given(self, role: str) -> bool:
        """Return whether the file says what a column is called, so that it must be there."""
        return role in self.model_fields_set


class ItemColumns(ColumnNames):
    """The user's names of the item log's columns."""

    queue: Column = called("queue")
    """The queue."""
    created: Column = called("created")
    """When the item was created."""
    started: Column = called("started")
    """When an agent first took it; empty if nobody did."""
    completed: Column = called("completed")
    """When it was decided; empty if it was not."""
    agent: Column = called("agent")
    """Who decided it."""
    wait: Column | None = None
    """From creation to pick-up, where no column says when it was taken."""
    handle: Column | None = None
    """Handle time, in seconds unless a unit is given; completed less started if left out."""
    expired: Column | None = None
    """When it left undecided: gave up, was withdrawn; empty if it did not."""
    item: Column | None = None
    """The item's own number or name."""
    parent: Column | None = None
    """The item whose decision this one follows; empty if it follows none."""
    vendor: Column | None = None
    """The vendor whose item it is, or whose agent decided it."""
    wrong: Column | None = None
    """That the decision was checked and found wrong: true or yes, or the words of `is`; empty where nobody checked."""
    returned: Column | None = None
    """Of a log with a row a claim: that the agent gave the item back undecided."""
    event: Column | None = None
    """Of a log with a row an event: what happened."""
    time: Column | None = None
    """Of a log with a row an event: when."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if self.parent is not None and self.item is None:
            raise ValueError("parent: is given without `item`; what follows what needs both")
        return self


class VolumeColumns(ColumnNames):
    """The user's names of the columns of interval volumes."""

    start: Column = called("start")
    """Start of the interval."""
    items: Column = called("items")
    """Items that came in it."""
    queue: Column | None = None
    """The queue; without it all counts are of one queue, `volumes.queue`."""
    on_time: Column | None = None
    """Those of the items that were decided on time."""
    backlog: Column | None = None
    """Items open at the end of the interval."""


class RosterColumns(ColumnNames):
    """The user's names of the roster's columns."""

    agent: Column = called("agent")
    """Who."""
    vendor: Column = called("vendor")
    """Of which vendor."""
    team: Column = called("team")
    """In which team."""
    hired: Column = called("hired")
    """First day on the floor."""
    left: Column = called("left")
    """First day on which the agent was gone; empty while employed."""
    trained: Column | None = None
    """First day of training. With it, someone with no first day on the floor is in training, or left during it."""
    also: Names = ()
    """Columns of other names for the same people: logins, numbers of employees, as other files have them."""

    def spec(self, role: str) -> ColumnSpec | None:
        """Return how a column is read; those of other names go by "also" and their own."""
        if role.startswith("also "):
            return called(role.removeprefix("also "))
        return super().spec(role)

    def is_given(self, role: str) -> bool:
        """Return whether the file says what a column is called, so that it must be there."""
        return role.startswith("also ") or super().is_given(role)


class AttendanceColumns(ColumnNames):
    """The user's names of the attendance log's columns."""

    agent: Column = called("agent")
    """Who."""
    start: Column = called("start")
    """Start of the spell."""
    end: Column = called("end")
    """End of the spell."""
    activity: Column = called("activity")
    """What it was."""
    vendor: Column | None = None
    """Of which vendor the agent is, where no roster says it."""


class QualityColumns(ColumnNames):
    """The user's names of the columns of quality checks."""

    agent: Column = called("agent")
    """Whose decisions."""
    date: Column = called("date")
    """Day of the check."""
    checked: Column = called("checked")
    """Decisions checked."""
    wrong: Column = called("wrong")
    """Those of them that were wrong."""
    accuracy: Column | None = None
    """Share of them that were right, in place of `wrong`."""
    queue: Column | None = None
    """The queue; without it the checks hold for all queues."""


class ReportColumns(ColumnNames):
    """The user's names of the columns of a report; a row is a period of a queue, a vendor or a team."""

    period: Column = called("period")
    """When: a time, an interval, a day, a week such as 2026-W32 or W/C 03-Aug, a month such as Apr-26."""
    queue: Column | None = None
    """The queue; without it rows are of all queues together."""
    vendor: Column | None = None
    """The vendor."""
    team: Column | None = None
    """The team."""
    site: Column | None = None
    """The site."""
    offered: Column | None = None
    """Items that came in the period; with a vendor, those that were allocated to it."""
    handled: Column | None = None
    """Items that were decided in it."""
    abandoned: Column | None = None
    """Items that left undecided in it."""
    aht: Column | None = None
    """Mean handle time of the handled."""
    wait: Column | None = None
    """Mean wait of the handled until they were taken."""
    backlog: Column | None = None
    """Items open at the end of the period."""
    positions: Column | None = None
    """Mean number of agents who were there."""
    fte_planned: Column | None = None
    """FTE that were planned: absent ones included."""
    fte_actual: Column | None = None
    """Those of them who were there."""
    shrinkage: Column | None = None
    """Share of the paid hours lost to absence and to time offline."""
    headcount: Column | None = None
    """Agents employed in the period."""
    joiners: Column | None = None
    """Agents who joined in it."""
    leavers: Column | None = None
    """Agents who left in it."""
    accuracy: Column | None = None
    """Share of the checked decisions that were right."""
    sample: Column | None = None
    """Decisions that were checked."""
    sla: Column | None = None
    """Share on time: nothing is fitted to it, it is what a prediction is held against."""
