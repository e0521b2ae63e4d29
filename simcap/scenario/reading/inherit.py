"""A scenario and the parents it extends, merged into one tree.

The child's values win, mappings merge key by key, lists are replaced, `key: null` in a child removes what a parent
gave. File paths are rewritten relative to the child's folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simcap.scenario.data.reach import ANYWHERE, Reach
from simcap.scenario.nearest import nearest
from simcap.scenario.reading.kinds import mistaken
from simcap.scenario.reading.messages import field_at
from simcap.scenario.reading.origins import stamped
from simcap.scenario.reading.source import Node, Place, Problem, dotted, read_text, read_tree
from simcap.scenario.schema.quantities import is_table
from simcap.scenario.schema.scenario import Scenario

Keys = tuple[str | int, ...]

_QUEUE_FILES = {("arrivals", "file", "path"), ("arrivals", "trace"), ("arrivals", "profile"), ("backlog", "file")}

_TIMED = {("handle_time",), ("after",), ("tenure",), ("for",)}


@dataclass
class ScenarioChain:
    """The merged tree of a scenario, whether every file was read, and what is wrong with the files."""

    tree: Node | None
    whole: bool = True
    problems: list[Problem] = field(default_factory=list)


def names_file(path: Keys, value: object) -> bool:
    """Say whether the value at a path of a scenario is the path of a file."""
    if not isinstance(value, str) or not path:
        return False
    if path[0] == "queues" and path[2:] in _QUEUE_FILES:
        return path[-1] != "profile" or is_table(value)
    if path[0] == "vendors" and len(path) == 5 and path[2] == "teams":
        return path[-1] in ("roster", "duty")
    return path == ("calibration",) or (path[-1] == "empirical" and path[-2:-1] in _TIMED)


def read_chain(path: Path, reach: Reach = ANYWHERE) -> ScenarioChain:
    """Read a scenario file and the parents it extends, and merge them. Problems are noted, never raised."""
    source = ScenarioChain(None)
    trees: list[Node] = []
    seen: list[str] = []
    current, place = path, Place(0, 0, 0, str(path))
    while True:
        tree = _read_one(current, place, len(trees), source)
        if tree is None:
            source.whole = False
            break
        seen.append(os.path.realpath(current))
        trees.append(_relocate(tree, current.parent, path.parent) if trees else tree)
        parent = _parent(tree, current, source)
        if parent is None:
            break
        place, current = tree.value["extends"].place, parent
        if refusal := reach.refusal(current):
            source.problems.append(Problem(place, "extends", f"{current}: {refusal}"))
            source.whole = False
            break
        if os.path.realpath(current) in seen:
            source.problems.append(Problem(place, "extends", f"{current} extends this file in turn; break the cycle"))
            source.whole = False
            break
    if trees:
        source.tree = _merge(trees, source)
    return source


def _read_one(path: Path, place: Place, order: int, source: ScenarioChain) -> Node | None:
    try:
        text = read_text(path)
    except ValueError as error:
        message = f"{path}: {error}" if order else str(error)
        source.problems.append(Problem(place, "extends" if order else "", message))
        return None
    tree, problems = read_tree(text, str(path), order)
    other = None if tree is None else mistaken(tree, "scenario")
    if other is not None:
        source.problems.append(Problem(Place(order, 1, 1, str(path)), "", other))
        return None
    if order and not _is_like_one(tree):
        # Not its own problems: they would quote a file that is none of the user's scenarios.
        source.problems.append(Problem(place, "extends", f"{path}: is not a scenario; name one"))
        return None
    source.problems += problems
    if tree is None:
        return None
    tree, problems = stamped(tree)
    source.problems += problems
    return tree


def _is_like_one(tree: Node | None) -> bool:
    """Return whether a tree has any key that a scenario has at its top."""
    known = {field.alias or name for name, field in Scenario.model_fields.items()} | {"extends"}
    return tree is not None and not known.isdisjoint(tree.value)


def _parent(tree: Node, path: Path, source: ScenarioChain) -> Path | None:
    extends = tree.value.get("extends")
    if extends is None or extends.value is None:
        return None
    if not isinstance(extends.value, str) or not extends.value or "\0" in extends.value:
        message = "is not the path of a scenario file; write for example base.yaml"
        source.problems.append(Problem(extends.where, "extends", message))
        source.whole = False
        return None
    return Path(os.path.normpath(path.parent / extends.value))


def _merge(trees: list[Node], source: ScenarioChain) -> Node:
    child = trees[0]
    tree = trees[-1]
    for layer in reversed(trees[:-1]):
        tree = overlay(tree, layer, source)
    if "extends" in child.value and child.value["extends"].value is not None and "name" not in child.value:
        message = "is missing; a scenario that extends another needs a name of its own"
        source.problems.append(Problem(child.value["extends"].key, "name", message))
    return replace(tree, value={key: node for key, node in tree.value.items() if key != "extends"})


def overlay(base: Node | None, layer: Node, source: ScenarioChain, path: Keys = ()) -> Node:
    """Return a tree with a layer laid over it: mappings merge, the rest is replaced, null removes."""
    if not isinstance(layer.value, dict):
        return layer
    merged: dict[str, Node] = dict(base.value) if base is not None and isinstance(base.value, dict) else {}
    for key, child in layer.value.items():
        if child.value is not None:
            merged[key] = overlay(merged.get(key), child, source, (*path, key))
        elif merged.pop(key, None) is None and base is not None and field_at((*path, key))[1] is None:
            message = f"removes nothing: no parent gives {key!r} here; {nearest(key, merged)}"
            source.problems.append(Problem(child.key, dotted((*path, key)), message))
    return replace(layer, value=merged)


def moved(value: Any, folder: Path, home: Path, path: Keys = ()) -> Any:
    """Return a plain document with file paths relative to `folder` rewritten relative to `home`."""
    if isinstance(value, dict):
        return {key: moved(child, folder, home, (*path, key)) for key, child in value.items()}
    if not names_file(path, value) or Path(value).is_absolute():
        return value
    return Path(os.path.relpath(folder / value, home)).as_posix()


def _relocate(node: Node, folder: Path, home: Path, path: Keys = ()) -> Node:
    """Rewrite the file paths of a parent's tree, relative to `folder`, relative to `home`."""
    if isinstance(node.value, dict):
        value = {key: _relocate(child, folder, home, (*path, key)) for key, child in node.value.items()}
        return replace(node, value=value)
    if not names_file(path, node.value) or Path(node.value).is_absolute():
        return node
    return replace(node, value=Path(os.path.relpath(folder / node.value, home)).as_posix())
