"""The reference and the JSON Schema of calibration files, made from their models."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from simcap.calibration.history.configuration import Configuration
from simcap.scenario.reading.jsonschema import schema_of, text_of
from simcap.scenario.reading.reference import reference

SHIPPED: Final = Path(__file__).parents[1] / "calibration.schema.json"
"""The schema as a file; `schema_text` is what it must hold."""

HEAD: Final = """# What a calibration file may contain

Every key of a calibration file, made from its schema (`make docs`). `simcap calibrate --look FILE...` writes a first
one for files as tools export them. What is left out about encodings, separators, headers and the writing of dates and
numbers is found out from the files and printed. Only the order of day and month is never guessed.

A column is written as its name (`created: Opened`), as several that are read together (`created: [Date, Time]`), or as
a mapping: a constant (`queue: {value: images}`), words that mean something (`expired: {column: Status, is: [Cancelled],
at: Closed}`), a unit (`handle: {column: AHT, unit: min}`). A file is a path, a pattern (`listings_*.csv`), or a mapping
with what holds for it alone. A dash under *default* means that the key is needed.

Two vendors who each send a file from their own tool, a roster with a column of logins, a rota and a scorecard:

```yaml
title: last quarter
timezone: Europe/London            # of days and hours of the week: that of the scenario
from: 2026-07-06
to: 2026-10-04
holidays: GB-ENG
items:
  files:
  - path: kestrel/*.csv
    vendor: kestrel
    timezone: Europe/Warsaw
    columns: {queue: kolejka, created: data wpływu, started: rozpoczęcie, completed: zakończenie, item: nr}
  - path: northstar.csv
    vendor: northstar
    timezone: Asia/Manila
    columns: {queue: Skill, created: In, started: Start, completed: End, agent: Associate, item: Ticket}
  queues: {oferty: listings, Listings: listings, odwołania: appeals, Appeals: appeals}
roster:
  path: employees.xlsx
  columns: {agent: Employee No, vendor: Partner, team: Site, hired: Floor Date, also: Tool Login,
            left: {column: Last Day, last_day: true}}
attendance:
  rows: grid                       # agents by days: 06:00-15:00, OFF, SICK
  absent: [SICK, AL]
  files:
  - {path: rota.xlsx, table: {sheet: krakow}, timezone: Europe/Warsaw}
  - {path: rota.xlsx, table: {sheet: bogota}, timezone: America/Bogota}
reports:
- path: scorecard.xlsx
  table: {sheet: Summary}
  columns: {period: Week, queue: Queue, offered: Received, backlog: Open Sunday night}
```

A log may also have a row an event (`rows: events`, with `columns: {item, event, time}` and the words of each event
under `events:`) or a row a claim (`rows: claims`, of which the last one that was not `returned` counts).
"""


def calibration_reference() -> str:
    """Return the reference as Markdown."""
    return reference(Configuration, HEAD)


def schema_text() -> str:
    """Return the JSON Schema as the text of the shipped file."""
    return text_of(schema_of(Configuration, "simcap calibration"))
