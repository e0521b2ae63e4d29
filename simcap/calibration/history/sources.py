"""Which files hold a history, and how each of them is to be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from simcap.calibration.history.columns import (
    AttendanceColumns,
    ColumnNames,
    ItemColumns,
    QualityColumns,
    ReportColumns,
    RosterColumns,
    VolumeColumns,
)
from simcap.errors import DataError
from simcap.scenario.schema.arrivals import Profile
from simcap.scenario.schema.quantities import Model, TimeZone, is_table
from simcap.tables.layout import TableLayout


def _rows(value: object) -> object:
    if value == "none":
        return ()
    return (value,) if isinstance(value, int) and not isinstance(value, bool) else value


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else value


_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts), WithJsonSchema(_TEXTS)]


class TableSpec(Model):
    """How a file is read as a table; what is left out is found out from the file, and told."""

    sheet: str | int | None = None
    """Name of the sheet of a workbook, its number from 1, or all."""
    header: Annotated[
        tuple[int, ...] | None,
        BeforeValidator(_rows),
        WithJsonSchema(
            {"anyOf": [{"type": "integer"}, {"const": "none"}, {"type": "array", "items": {"type": "integer"}}]}
        ),
    ] = None
    """Row of the header; two rows that are read together, [4, 5]; none if there is no header."""
    encoding: str | None = None
    """Encoding of a text file: utf-8, utf-16, cp1252, cp1250."""
    separator: str | None = Field(default=None, min_length=1, max_length=1)
    """What stands between the cells of a text file."""
    decimal: Literal[".", ","] | None = None
    """Decimal mark of numbers."""
    thousands: str | None = Field(default=None, max_length=1)
    """What groups the digits of large numbers."""
    times: Texts = ()
    """How dates and times are written: strptime formats such as "%d/%m/%Y %H:%M", or day first, month first, excel,
    unix s, unix ms."""
    skip: Texts = ()
    """Rows with one of these in a cell are left out: totals, tests."""
    fill_down: Texts = ()
    """Columns that have a value only where it changes."""

    def layout(self) -> TableLayout:
        """Return it as the reader of tables takes it."""
        names = {field.name for field in dataclasses.fields(TableLayout)} & set(type(self).model_fields)
        return TableLayout(**{name: getattr(self, name) for name in names})


class FilePart(Model):
    """One file of several, or those of one pattern, with what holds for them."""

    path: str
    """File, or a pattern such as listings_*.csv."""
    vendor: str | None = None
    """The vendor of all its rows."""
    team: str | None = None
    """The team of all its rows."""
    queue: str | None = None
    """The queue of all its rows."""
    timezone: TimeZone | None = None
    """Zone of times without an offset."""
    columns: dict[str, Any] = Field(default_factory=dict)
    """Names of columns that differ from those of the other files."""
    table: TableSpec | None = None
    """How it is read."""

    def files(self, folder: Path) -> Iterator[Path]:
        """Yield the files of it, by name. Raises `DataError` for a pattern that no file matches."""
        if not any(sign in self.path for sign in "*?["):
            yield folder / self.path
            return
        base = Path(self.path)
        root = Path(base.anchor) if base.anchor else folder
        found = sorted(root.glob(str(base.relative_to(base.anchor) if base.anchor else base)))
        if not found:
            raise DataError(f"{folder / self.path}: no file is called so; check the pattern and the folder")
        yield from found

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema of what may be written: a path, or the mapping."""
        return {"anyOf": [{"type": "string"}, handler(core_schema)]}


def _parts(value: object) -> object:
    several = value if isinstance(value, list | tuple) else [value]
    return [{"path": one} if isinstance(one, str) else one for one in several]


def _one_or_list(core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    """Return the schema of one entry, or a list of them."""
    entries = handler(core_schema)
    return {"anyOf": [entries["items"], entries]}


class OneOrList:
    """Marks a list of which one may be written alone."""

    __get_pydantic_json_schema__ = staticmethod(_one_or_list)


Files = Annotated[tuple[FilePart, ...], BeforeValidator(_parts), Field(min_length=1), OneOrList()]


class FileSource(Model):
    """Files of one kind, which follow one another."""

    path: Files | None = None
    """CSV (also .gz), Parquet or Excel (.xlsx) file, or a list of such that follow one another."""
    files: Files | None = None
    """The same as `path`: a file, a pattern, or a list, each entry with what holds for it."""
    timezone: TimeZone = "UTC"
    """Zone of times without an offset."""
    table: TableSpec = TableSpec()
    """How the files are read as tables."""

    @model_validator(mode="after")
    def _given(self) -> Self:
        if self.path is None and self.files is None:
            raise ValueError("path: is missing; give it: CSV, Parquet or Excel file, for example `path: volumes.csv`")
        if self.path is not None and self.files is not None:
            raise ValueError("files: is given, and so is `path`, which means the same; leave one out")
        for number, part in enumerate(self.parts):
            try:
                self.columns_of(part)
            except ValueError as error:
                first = str(error).splitlines()
                raise ValueError(
                    f"files.{number}.columns: {' '.join(first[1:3]) if len(first) > 2 else first[0]}"
                ) from None
        return self

    @property
    def parts(self) -> tuple[FilePart, ...]:
        """Return the entries, each a file or a pattern."""
        return self.path or self.files or ()

    def columns_of(self, part: FilePart) -> ColumnNames:
        """Return the names of the columns of an entry: its own, else those of all."""
        common: ColumnNames = getattr(self, "columns")  # noqa: B009 - each kind of source declares its own
        own = dict(part.columns)
        fields = type(common).model_fields
        own |= {
            key: {"value": value}
            for key in ("vendor", "team", "queue")
            if (value := getattr(part, key)) and key in fields
        }
        if not own:
            return common
        written = common.model_dump(by_alias=True, exclude_unset=True)
        return type(common).model_validate(written | own)


class ItemLog(FileSource):
    """The log of items: a row an item, or a row an event or a claim of items."""

    columns: ItemColumns = ItemColumns()
    """Names of the columns."""
    queues: dict[str, str] = Field(default_factory=dict)
    """The queues to use, by the name that the log has for each; without it all, under the names of the log."""
    rows: Literal["items", "events", "claims"] = "items"
    """What a row is: an item; an event of one, such as a change of status; a claim, of which the last one counts."""
    events: dict[str, Texts] = Field(default_factory=dict)
    """Of a log with a row an event: the words for created, started, returned, completed, expired."""

    @model_validator(mode="after")
    def _shape(self) -> Self:
        needed = {"events": ("item", "event", "time"), "claims": ("item",)}.get(self.rows, ())
        for part in self.parts:
            lacking = [name for name in needed if self.columns_of(part).spec(name) is None]
            if lacking:
                raise ValueError(f"columns: {', '.join(lacking)}: not given; a log with `rows: {self.rows}` needs it")
        unknown = set(self.events) - set(EVENTS)
        if unknown or (self.rows == "events") != bool(self.events):
            raise ValueError(f"events: goes with `rows: events`, and says which words mean {', '.join(EVENTS)}")
        return self


EVENTS = ("created", "started", "returned", "completed", "expired")
"""What may happen to an item."""


class VolumeLog(FileSource):
    """Interval volumes: one row for each queue and interval of an hour or less."""

    columns: VolumeColumns = VolumeColumns()
    """Names of the columns."""
    queue: str | None = Field(default=None, min_length=1)
    """Name of the queue, where no column says it."""

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if any((self.queue is None) == (self.columns_of(part).spec("queue") is None) for part in self.parts):
            raise ValueError("queue: give the column of the queue under columns, or the one queue's name; not both")
        return self


class ReportFiles(FileSource):
    """A report: one row for each period, from a quarter of an hour to a month, of a queue, a vendor or a team."""

    columns: ReportColumns = ReportColumns()
    """Names of the columns."""
    queues: dict[str, str] = Field(default_factory=dict)
    """The queues to use, by the name that the report has for each; without it all, under the names of the report."""
    profile: Profile | None = None
    """Hours of the week in which items come, where periods are of a day or longer: a name (flat, marketplace, social,
    office), 24 or 168 numbers."""

    @model_validator(mode="after")
    def _weekly(self) -> Self:
        if isinstance(self.profile, tuple) and (len(self.profile) not in (24, 168) or sum(self.profile) <= 0):
            raise ValueError("profile: needs 24 numbers (a day) or 168 (a week from Monday), not all of them zero")
        if isinstance(self.profile, str) and is_table(self.profile):
            raise ValueError("profile: is a file; write its 24 or 168 numbers here, or a name such as office")
        return self


class RosterFile(FileSource):
    """The people: one row for each agent."""

    columns: RosterColumns = RosterColumns()
    """Names of the columns."""


class AttendanceLog(FileSource):
    """Who was there and did what: one row for each spell."""

    columns: AttendanceColumns = AttendanceColumns()
    """Names of the columns."""
    rows: Literal["spells", "grid"] = "spells"
    """What a row is: a spell of an agent; or an agent, in a grid whose columns are days and whose cells are shifts."""
    floor: Texts = ("floor",)
    """Activities that are time on the floor."""
    offline: Texts = ("offline",)
    """Activities that are paid time off queue: coaching, meetings, wellness."""
    absent: Texts = ("absent",)
    """Activities that are planned time of an agent who was not there."""
    training: Texts = ("training",)
    """Activities that are training of people who were not on the floor before."""
    aside: Texts = ("break",)
    """Activities that count neither as floor nor as offline time: breaks, lunch."""


class QualityLog(FileSource):
    """Results of quality checks: one row for each agent and day, or for each check."""

    columns: QualityColumns = QualityColumns()
    """Names of the columns."""
