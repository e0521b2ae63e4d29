"""Whatever the text, the tree or the cells: reading ends in what was read, or in one of simcap's own errors."""

from __future__ import annotations

import copy
import functools
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simcap.errors import SimcapError
from simcap.scenario.data.files import read_trace, read_volumes
from simcap.scenario.reading.loading import load
from simcap.scenario.reading.source import read_tree, told
from simcap.tables.table import open_tables
from tests.fuzz.made import DESK
from tests.fuzz.mutation import places, tree_text

WORDS = st.text(st.characters(codec=None), max_size=12) | st.sampled_from(
    ["&a [*a]", "? ", "!!python/object:os.x", "<<: *a"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)
PLACES = len(list(places(DESK)))


def message_of(read: Callable[[], object]) -> str:
    """Return what is told of what cannot be read; whatever is no message for a person, is raised."""
    try:
        read()
    except SimcapError as error:
        return str(error)
    return "it was read"


def loaded(content: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.yaml"
        path.write_bytes(content)
        return message_of(lambda: load(path))


@given(
    st.lists(WORDS | st.sampled_from(["\n", ": ", "- ", "{", "}", "[", "]", "'", '"', "#", "|\n ", "\t"]), max_size=30)
)
@settings(max_examples=100)
def test_any_text_is_read_as_a_tree_or_told(parts: list[str]) -> None:
    tree, problems = read_tree("".join(parts), "s.yaml")
    assert tree is not None or told(problems)
    assert told(problems).isprintable() or "\n" in told(problems)


@given(st.binary(max_size=200))
@settings(max_examples=40)
def test_any_bytes_are_loaded_or_told(content: bytes) -> None:
    assert loaded(content).strip()


@given(st.integers(0, PLACES - 1), VALUES)
@settings(max_examples=60)
def test_any_value_at_any_place_is_loaded_or_told(place: int, value: Any) -> None:
    document = copy.deepcopy(DESK)
    holder, key = list(places(document))[place]
    holder[key] = value
    assert loaded(tree_text(document)).strip()


CELLS = (
    st.sampled_from(["2026-03-09 01:00", "mail", "3", "", "nan", "1e400", "-0", '"', "\r", "\0", "2026-03-29 01:30"])
    | WORDS
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6)


@given(ROWS, st.sampled_from([",", ";", "\t"]))
@settings(max_examples=60)
def test_any_cells_are_read_or_told(rows: list[list[str]], separator: str) -> None:
    heads = (["start", "queue", "items"], ["created", "queue", "handle_s"])
    with tempfile.TemporaryDirectory() as folder:
        for head, read in zip(heads, (read_volumes, read_trace), strict=True):
            path = Path(folder) / "t.csv"
            text = "\n".join(separator.join(row) for row in [head, *rows])
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
            assert message_of(functools.partial(read, path, "Europe/London")).strip()
            assert message_of(functools.partial(_opened, path)).strip()


def _opened(path: Path) -> None:
    for table in open_tables(path):
        table.columns(table.names)
