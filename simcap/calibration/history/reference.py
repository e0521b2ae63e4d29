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
"""


def calibration_reference() -> str:
    """Return the reference as Markdown."""
    return reference(Configuration, HEAD)


def schema_text() -> str:
    """Return the JSON Schema as the text of the shipped file."""
    return text_of(schema_of(Configuration, "simcap calibration"))
