"""YAML text as a tree that knows where each value stands: the one place that reads YAML.

Only what a scenario needs is read: mappings with text keys, lists, text, numbers, true, false and null. A tree is
built under limits, so that no file, however it is nested or aliased, can exhaust memory.
"""

from __future__ import annotations

import contextlib
import math
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

MAX_BYTES: Final = 500_000
MAX_VALUES: Final = 100_000
MAX_DEPTH: Final = 40
MAX_INTEGER: Final = 2**63 - 1
MOST_TOLD: Final = 40
"""Problems that a message tells; who has more than these mends them first."""

_TAG: Final = "tag:yaml.org,2002:"
_DIRECTIVE: Final = re.compile(r"^%YAML\s+1\.[01]\b", re.MULTILINE)
_IN_TEXT: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that do something to a terminal or a document rather than stand in it."""
_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BEYOND: Final = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")
"""The escape of a character that Unicode does not have."""
_SYNTAX: Final = (
    (r"'\\t' that cannot start", "a tab stands here; indent with spaces"),
    (r"cannot start any token", "this character cannot begin a value; put the value in quotes"),
    (r"mapping values are not allowed", "a colon is not expected here; put text with a colon in quotes, or indent"),
    (r"'<stream end>'", "the file ends inside a list or mapping; close the bracket or brace"),
    (r"unexpected end of stream", "the file ends inside quotes; close them"),
    (r"another document", "a second document begins; a scenario file holds one"),
    (r"found undefined alias", "this alias names nothing; define it with & further up"),
)


class Place(NamedTuple):
    """Where something stands; places sort by file (the child before its parents), line and column."""

    order: int
    line: int
    column: int
    file: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Problem(NamedTuple):
    """What is wrong in one place, in one line of text."""

    place: Place
    path: str
    message: str

    def __str__(self) -> str:
        parts = (str(self.place), _printable(self.path), _printable(self.message))
        return ": ".join(part for part in parts if part)


Origin = Literal["fitted", "reported", "contract", "expert", "prior", "default"]
"""Where a value comes from: fitted to logs, read from reports, agreed, judged, taken from the field, left open."""


class Stamp(NamedTuple):
    """What a file says of where a value comes from; empty where it says nothing."""

    origin: str = ""
    source: str = ""
    date: str = ""
    note: str = ""


_UNSAID: Final = Stamp()


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file, with the place of the value and of its key."""

    value: Any
    place: Place
    key: Place
    stamp: Stamp = _UNSAID

    def children(self) -> Iterator[tuple[str | int, Node]]:
        """Yield the key or index and the node of each child; none for a single value."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, list):
            yield from enumerate(self.value)

    def child(self, key: str | int) -> Node | None:
        """Return the node of a key or an index; None if there is none."""
        if isinstance(self.value, dict):
            known: Node | None = self.value.get(key)
            return known
        if isinstance(self.value, list) and isinstance(key, int) and 0 <= key < len(self.value):
            item: Node = self.value[key]
            return item
        return None

    def plain(self) -> Any:
        """Return the value as plain dicts, lists, text, numbers, booleans and None."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        return [child.plain() for child in self.value] if isinstance(self.value, list) else self.value

    def find(self, path: tuple[str | int, ...]) -> tuple[Node, tuple[str | int, ...]]:
        """Return the deepest node that stands on a path, and the path to it."""
        node, depth = self, 0
        for key in path:
            child = node.child(key)
            if child is None:
                break
            node, depth = child, depth + 1
        return node, path[:depth]

    @property
    def where(self) -> Place:
        """Return the place to show for it: a mapping's key, else the value."""
        return self.key if isinstance(self.value, dict) else self.place


def dotted(path: tuple[str | int, ...]) -> str:
    """Write a path as its parts with dots between them."""
    return ".".join(map(str, path))


def told(problems: Iterable[Problem]) -> str:
    """Return problems as lines, in the order of the file; of very many the first, and how many more there are."""
    lines = list(dict.fromkeys(map(str, sorted(problems))))
    more = len(lines) - MOST_TOLD
    return "\n".join(lines if more <= 0 else [*lines[:MOST_TOLD], f"and at least {more:,} more; mend these first"])


def read_text(path: Path) -> str:
    """Return the text of a scenario file. Raises `ValueError` with what is wrong with the file."""
    try:
        if path.is_dir():
            raise ValueError("is a folder; name a scenario file")
        if not path.is_file():
            raise ValueError("there is no such file; check the spelling and the folder")
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"is larger than {MAX_BYTES:,} bytes; keep long series in CSV files")
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror}); check its permissions") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line} is not UTF-8 text; save the file as UTF-8") from None


def read_tree(text: str, file: str, order: int = 0) -> tuple[Node | None, list[Problem]]:
    """Read YAML text; return its tree (None if there is none to use) and what is wrong with it."""
    top = Place(order, 1, 1, file)
    if directive := _DIRECTIVE.search(text):
        line = text.count("\n", 0, directive.start()) + 1
        return None, [Problem(Place(order, line, 1, file), "", "YAML 1.1 is not read; remove the %YAML line")]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            root = YAML(typ="safe", pure=True).compose(text)
    except RecursionError:
        return None, [Problem(top, "", "is nested too deeply; a scenario is a few levels deep")]
    except YAMLError as error:
        return None, [_syntax_problem(error, text, top)]
    except (ValueError, OverflowError):
        found = _BEYOND.search(text)
        line, column = _position(text, found.start() if found is not None else 0)
        message = "no character has this number; the last one is \\U0010FFFF"
        return None, [Problem(top._replace(line=line, column=column), "", message)]
    if root is None:
        return None, [Problem(top, "", "is empty; a scenario begins for example with `name: Q4 baseline`")]
    builder = _Builder(file, order)
    if not isinstance(root, MappingNode):
        kind = "a list" if isinstance(root, SequenceNode) else "a single value"
        return None, [Problem(builder.place(root), "", f"holds {kind}; a scenario is a mapping such as `name: Q4`")]
    try:
        return builder.build(root, top, ()), builder.problems
    except _Refused:
        return None, builder.problems


class _Refused(Exception):
    """Stop building; the reason is the last of the builder's problems."""


class _Builder:
    """Build the tree of one file, noting what is wrong on the way."""

    def __init__(self, file: str, order: int) -> None:
        self.file = file
        self.order = order
        self.count = 0
        self.problems: list[Problem] = []

    def place(self, node: Any) -> Place:
        return Place(self.order, node.start_mark.line + 1, node.start_mark.column + 1, self.file)

    def refuse(self, place: Place, message: str) -> NoReturn:
        self.problems.append(Problem(place, "", message))
        raise _Refused(message)

    def build(self, node: Any, key: Place, path: tuple[str | int, ...]) -> Node:
        self.count += 1
        if self.count > MAX_VALUES:
            self.refuse(key, f"the file comes to more than {MAX_VALUES:,} values; keep long series in CSV files")
        if len(path) > MAX_DEPTH:
            self.refuse(key, "is nested too deeply, or an alias contains itself; write it out")
        place = self.place(node)
        value: Any
        if isinstance(node, MappingNode) and node.tag == _TAG + "map":
            value = self.mapping(node, path)
        elif isinstance(node, SequenceNode) and node.tag == _TAG + "seq":
            value = [self.build(item, self.place(item), (*path, index)) for index, item in enumerate(node.value)]
        else:
            value = self.scalar(node, place, path)
        return Node(value, place, key)

    def mapping(self, node: MappingNode, path: tuple[str | int, ...]) -> dict[str, Node]:
        value: dict[str, Node] = {}
        for key_node, value_node in node.value:
            place = self.place(key_node)
            if not isinstance(key_node, ScalarNode) or key_node.tag != _TAG + "str":
                self.problems.append(Problem(place, dotted(path), _key_message(key_node)))
                continue
            name = self.text(key_node, place, path, _IN_NAMES)
            if name in value:
                first = value[name].key.line
                message = f"the key is given twice, first on line {first}; keep one of them"
                self.problems.append(Problem(place, dotted((*path, name)), message))
                continue
            value[name] = self.build(value_node, place, (*path, name))
        return value

    def scalar(self, node: Any, place: Place, path: tuple[str | int, ...]) -> object:
        kind = node.tag.removeprefix(_TAG)
        if isinstance(node, ScalarNode):
            if kind in ("str", "timestamp"):
                return self.text(node, place, path)
            if kind == "null":
                return None
            if kind == "bool":
                return node.value.lower() == "true"
            if kind in ("int", "float"):
                number = _number(node.value, kind)
                if number is None:
                    message = f"{node.value[:30]} is not a finite number of ordinary size; write for example 250_000"
                    self.problems.append(Problem(place, dotted(path), message))
                return 0 if number is None else number
        self.problems.append(Problem(place, dotted(path), f"the tag {node.tag!r} is not supported; remove it"))
        return 0

    def text(self, node: Any, place: Place, path: tuple[str | int, ...], control: re.Pattern[str] = _IN_TEXT) -> str:
        value = str(node.value)
        if (found := control.search(value)) is not None:
            message = f"holds the control character {ascii(found[0])[1:-1]}; remove it"
            self.problems.append(Problem(place, dotted(path), message))
            return value
        if value.isprintable() or not any("\ud800" <= character <= "\udfff" for character in value):
            return value
        with contextlib.suppress(UnicodeDecodeError):
            # JSON writes a character beyond the first 65,536 as two halves.
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        self.problems.append(Problem(place, dotted(path), "holds half of a character (\\ud800 to \\udfff); remove it"))
        return value.encode("ascii", "replace").decode()


def _number(text: str, kind: str) -> int | float | None:
    """Read a YAML 1.2 number; None if it is not finite or beyond 64 bits."""
    digits = text.replace("_", "").lower()
    try:
        if kind == "float":
            number = float(digits.replace(".inf", "inf").replace(".nan", "nan"))
            return number if math.isfinite(number) else None
        sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits.removeprefix("+"))
        base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2], 10)
        integer = sign * int(digits, base)
    except ValueError:
        return None
    return integer if abs(integer) <= MAX_INTEGER else None


def _key_message(node: Any) -> str:
    if not isinstance(node, ScalarNode):
        return "a key is a list or mapping; keys are text"
    if node.tag == _TAG + "merge":
        return "`<<` is not supported; write the keys out, or use an alias for a whole value"
    return f"the key {node.value} is not text; put it in quotes"


def _syntax_problem(error: YAMLError, text: str, top: Place) -> Problem:
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        position = getattr(error, "position", 0)
        line, column = _position(text, position)
        return Problem(top._replace(line=line, column=column), "", "a control character stands here; remove it")
    mark = error.problem_mark
    message = next((words for pattern, words in _SYNTAX if re.search(pattern, error.problem or "")), None)
    if message is None:
        message = f"is not YAML ({error.problem}); check the indentation, brackets and quotes"
    return Problem(top._replace(line=mark.line + 1, column=mark.column + 1), "", message)


def _position(text: str, place: int) -> tuple[int, int]:
    """Return the line and the column, from 1, of a place in a text."""
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def _printable(text: str) -> str:
    """Keep a message on one line, and short enough to read."""
    line = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
    return line if len(line) <= 600 else line[:600] + " ..."
