"""Where values come from, as it is written beside them: `origin`, `source`, `date` and `note`.

They may stand in any mapping of a scenario, and hold for all values in it of the same file; or beside one value:
`{value: 8%, origin: contract, note: annex B}`. They are taken out of the tree before a schema sees it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, get_args

from simcap.scenario.reading.messages import Keys, field_at
from simcap.scenario.reading.source import Node, Origin, Problem, Stamp, dotted
from simcap.scenario.schema.quantities import Model

ORIGINS: Final = get_args(Origin)
KEYS: Final = ("origin", "source", "date", "note")
"""What may stand beside a value."""
_VALUE: Final = "value"


def stamped(tree: Node) -> tuple[Node, list[Problem]]:
    """Return a scenario's tree without what says where values come from, each value stamped with it; and problems."""
    problems: list[Problem] = []
    return _stamped(tree, (), Stamp(), problems), problems


def _stamped(node: Node, path: Keys, above: Stamp, problems: list[Problem]) -> Node:
    if isinstance(node.value, list):
        value = [_stamped(child, (*path, index), above, problems) for index, child in enumerate(node.value)]
        return replace(node, value=value, stamp=above)
    if not isinstance(node.value, dict):
        return replace(node, stamp=above)
    taken = _beside(node, path)
    stamp = _read(taken, path, above, problems)
    if _VALUE in taken:
        return _stamped(replace(taken[_VALUE], key=node.key), path, stamp, problems)
    left = {key: child for key, child in node.value.items() if key not in taken}
    return replace(
        node, value={key: _stamped(child, (*path, key), stamp, problems) for key, child in left.items()}, stamp=stamp
    )


def _beside(node: Node, path: Keys) -> dict[str, Node]:
    """Return the entries of a mapping that say where values come from, with the value itself if it stands there."""
    kind, _ = field_at(path)
    keys = set(node.value)
    said = {key: child for key, child in node.value.items() if key in KEYS}
    if not {"origin", "note"} & set(said):
        # A date or a source alone is more likely a misspelt key of what stands here.
        return {}
    if _VALUE in keys and keys <= {_VALUE, *KEYS}:
        return node.value if kind is not None else {}
    if isinstance(kind, type) and issubclass(kind, Model):
        known = {field.alias or name for name, field in kind.model_fields.items()}
        return {key: child for key, child in said.items() if key not in known}
    # Under names that a user gives, `origin` may be one of them: a queue's, an event's.
    return said if kind is not None and "origin" in said and said["origin"].value in ORIGINS else {}


def _read(taken: dict[str, Node], path: Keys, above: Stamp, problems: list[Problem]) -> Stamp:
    """Return a stamp with what is written here; what is not is that of the mapping above."""
    written: dict[str, Any] = {}
    for key in (key for key in KEYS if key in taken):
        node = taken[key]
        message = _message(key, node.value)
        if message:
            problems.append(Problem(node.where, dotted((*path, key)), message))
        else:
            written[key] = str(node.value)
    return above._replace(**written)


def _message(key: str, value: object) -> str:
    """Return what is wrong with what stands beside a value; empty if nothing is."""
    if key == "origin" and value not in ORIGINS:
        return f"{value!r} is not a known origin; write {', '.join(ORIGINS[:-1])} or {ORIGINS[-1]}"
    if not isinstance(value, str) or not value.strip():
        return f"is not text; write for example {key}: {'2026-10-05' if key == 'date' else 'annex B of the contract'}"
    if key == "date":
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            return f"{value!r} is not a date; write 2026-10-05"
    return ""


def stamps_of(tree: Node, folder: Path) -> Iterator[tuple[str, Stamp]]:
    """Yield the dotted path of each value of a scenario's tree with its stamp; its source is at least its own place."""
    yield from _stamps(tree, (), folder)


def _stamps(node: Node, path: Keys, folder: Path) -> Iterator[tuple[str, Stamp]]:
    if isinstance(node.value, dict) or any(isinstance(child.value, dict) for _, child in node.children()):
        for key, child in node.children():
            yield from _stamps(child, (*path, key), folder)
    else:
        file = Path(os.path.relpath(node.place.file, folder)).as_posix()
        stamp = node.stamp
        yield dotted(path), stamp if stamp.source else stamp._replace(source=f"{file}:{node.place.line}")


def is_group(value: object) -> bool:
    """Say whether a value of a document holds values with origins of their own: a mapping, or a list of mappings."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(part, dict) for part in value))
