"""Errors of the schema in plain words, with the nearest known name."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Union

from pydantic import BeforeValidator, ValidationError
from pydantic.fields import FieldInfo

from simcap.scenario.nearest import nearest
from simcap.scenario.reading.examples import as_mapping, choices, key_example
from simcap.scenario.reading.source import MOST_TOLD, Node, Problem, dotted
from simcap.scenario.schema.quantities import LONGEST, MAPPING, WORD, Model
from simcap.scenario.schema.scenario import Scenario
from simcap.units import parse_signed_share, percent_hint

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Keys = tuple[str | int, ...]

_LACKING = ("missing", "too_short")
_KINDS = {
    "string_type": "text; put it in quotes",
    "tuple_type": "a list; write [first, second]",
    "bool_type": "true or false; write one of them",
    "bool_parsing": "true or false; write one of them",
    "int_from_float": "a whole number; write for example 12",
    "int_parsing": "a whole number; write for example 12",
    "int_type": "a whole number; write for example 12",
    "finite_number": "a finite number; write a smaller one",
}


class Finding(NamedTuple):
    """One thing wrong: where and what."""

    path: Keys
    message: str
    at_key: bool = False
    """The key itself is at fault rather than its value."""
    lacking: bool = False
    """Something that is not there may be at fault."""


def field_at(path: Keys, schema: type[Model] = Scenario) -> tuple[Any, FieldInfo | None]:
    """Return the annotation at a path of a schema, and its field if it has one; (None, None) if there is none."""
    kind: Any = schema
    field: FieldInfo | None = None
    for key in path:
        kind, field = _inside(_bare(kind), key)
        if kind is None:
            return None, None
    return _bare(kind), field


def _bare(kind: Any) -> Any:
    """Strip `Annotated` and `| None`; of a union take the last part (a list rather than a name)."""
    while True:
        origin = typing.get_origin(kind)
        if origin is Annotated:
            kind = typing.get_args(kind)[0]
        elif origin in (Union, types.UnionType):
            kind = [part for part in typing.get_args(kind) if part is not types.NoneType][-1]
        else:
            return kind


def _inside(kind: Any, key: str | int) -> tuple[Any, FieldInfo | None]:
    if isinstance(kind, type) and issubclass(kind, Model):
        for name, field in kind.model_fields.items():
            if key == (field.alias or name):
                return field.annotation, field
        return None, None
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is dict:
        return arguments[1], None
    return (arguments[0], None) if typing.get_origin(kind) is tuple else (None, None)


def explain(error: ValidationError, tree: Node, schema: type[Model] = Scenario) -> Iterator[Finding]:
    """Yield each error of a schema in plain words, at its path in the tree that was validated, in the file's order.

    Of those that `told` leaves out, only the places are right: to look for the nearest names of all would take long.
    """
    for number, (detail, node, path, left) in enumerate(_located(error, tree)):
        kind = detail["type"]
        if number > MOST_TOLD:
            yield Finding(path, "is wrong", at_key=kind == "extra_forbidden", lacking=kind in _LACKING)
        elif kind == "extra_forbidden":
            yield Finding(path, _unknown_key(path, schema), at_key=True)
        elif kind == "missing":
            there = (*path, *left[:1]) if isinstance(left[0], str) else path
            yield Finding(there, _missing(tree, path, left[0], schema), lacking=True)
        elif kind == "value_error":
            path, message = _narrow(node, path, str(detail["ctx"]["error"]))
            text = _in_words(message, detail["input"]) + _remedy(node, message) + _first(tree, path, message, schema)
            text = _empty(tree, path, schema) if detail["input"] is None else text
            yield Finding(path, text, lacking=isinstance(detail["input"], dict))
        elif node.value is None:
            yield Finding(path, _empty(tree, path, schema))
        else:
            text = _listed(node, path, schema) or _value(
                kind, detail.get("ctx", {}), node.plain(), *field_at(path, schema)
            )
            yield Finding(path, text, lacking=kind == "too_short")


def _located(error: ValidationError, tree: Node) -> list[tuple[ErrorDetails, Node, Keys, Keys]]:
    """Return the errors with the deepest node at each, the path to it, and the keys that it lacks, in their order."""
    found = []
    for detail in error.errors(include_url=False):
        location = _as_written(tree, detail["loc"])
        node, path = tree.find(location)
        left = location[len(path) :]
        if not (detail["type"] == "string_type" and left):
            found.append((detail, node, path, left))
    return sorted(found, key=lambda one: one[1].key if one[0]["type"] == "extra_forbidden" else one[1].where)


def placed(finding: Finding, tree: Node) -> Problem:
    """Return a finding as the problem of a file, at the place where its tree has it."""
    node, _ = tree.find(finding.path)
    place = node.key if finding.at_key else node.where
    return Problem(place, dotted(finding.path), finding.message)


def _as_written(tree: Node, location: Keys) -> Keys:
    """Return a location of the schema as the file has it: {weekly: [...]} holds what the schema sees as the list.

    The tags of alternatives are not part of the file.
    """
    location = tuple(part for part in location if part not in (WORD, MAPPING))
    node, path = tree.find(location)
    weekly = isinstance(node.value, dict) and path[-2:] == ("shrinkage", "absence") and "weekly" in node.value
    return (*path, "weekly", *location[len(path) :]) if weekly else location


def _unknown_key(path: Keys, schema: type[Model]) -> str:
    model, _ = field_at(path[:-1], schema)
    known = [field.alias or name for name, field in getattr(model, "model_fields", {}).items()]
    return f"unknown key; {nearest(str(path[-1]), known)}"


def _missing(tree: Node, path: Keys, key: str | int, schema: type[Model]) -> str:
    if isinstance(key, int):
        return "has too few values; two are needed"
    _, field = field_at((*path, key), schema)
    return "is missing; give it" if field is None else f"is missing; give it: {_wanted(tree, path, key, field)}"


def _empty(tree: Node, path: Keys, schema: type[Model]) -> str:
    """Return what is wrong with a key without a value, or with an empty entry of a list."""
    _, field = field_at(path, schema)
    if field is None or not field.is_required():
        return f"is empty; give a value, or leave {'it' if isinstance(path[-1], int) else 'the key'} out"
    return f"is empty; give a value: {_wanted(tree, path[:-1], str(path[-1]), field)}"


def _wanted(tree: Node, path: Keys, key: str, field: FieldInfo) -> str:
    """Return what a key of the mapping at a path means, with an example."""
    meaning = " ".join((field.description or key).split()).rstrip(".")
    return f"{meaning}{choices(field)}, {key_example(field, key, _names(tree, path))}"


def _names(tree: Node, path: Keys) -> dict[str, str]:
    """Return names that a file has for what may be missing: a queue, a vendor, teams of the vendor at a path."""
    vendors = _keys_at(tree, ("vendors",))
    around = path[1:2] if path[:1] == ("vendors",) else vendors[:1]
    teams = _keys_at(tree, ("vendors", *around, "teams"))
    names_by_key = {"vendor": vendors, "team": teams}
    names_by_key |= dict.fromkeys(("queue", "to"), _keys_at(tree, ("queues",)))
    if path[-1:] == ("transfer",):
        names_by_key |= {"from": teams, "to": teams[1:] or ["another team"]}
    return {key: names[0] for key, names in names_by_key.items() if names}


def _keys_at(tree: Node, path: Keys) -> list[str]:
    node, reached = tree.find(path)
    return [str(key) for key, _ in node.children()] if reached == path and isinstance(node.value, dict) else []


def _first(tree: Node, path: Keys, message: str, schema: type[Model]) -> str:
    """Show the first of several keys, if one is needed and none is given."""
    _, _, listed = message.partition(" needs exactly one of ")
    key = listed.split(",")[0]
    _, field = field_at((*path, key), schema) if listed.endswith("; none is given") else (None, None)
    return f"; write {key_example(field, key, _names(tree, path))}" if field is not None else ""


def _narrow(node: Node, path: Keys, message: str) -> tuple[Keys, str]:
    """Move a message that begins with the name of something inside to that place."""
    head, colon, rest = message.partition(": ")
    parts: Keys = tuple(head.split("."))
    target, reached = node.find(parts)
    return ((*path, *parts), rest) if colon and target is not node and reached == parts else (path, message)


def _in_words(message: str, value: object) -> str:
    """Rewrite a value that the message quotes in Python's notation as the file has it."""
    name = describe(value)
    return message.replace(repr(value), name, 1) if message.startswith(repr(value)) else message


def describe(value: object) -> str:
    """Return how a message names a value of a file."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _remedy(node: Node, message: str) -> str:
    """Say how to remove the alternatives that a parent file gives, where a child chose another."""
    if not message.endswith(" are given"):
        return ""
    given = [(key, child) for key, child in node.children() if f" {key} " in message]
    newest = min((child.key.order for _, child in given), default=0)
    older = [f"`{key}: null` to remove what {child.key.file} gives" for key, child in given if child.key.order > newest]
    return f"; write {' and '.join(older)}" if older else ""


def _listed(node: Node, path: Keys, schema: type[Model]) -> str | None:
    """Return what to write instead of a list where one name belongs: one event each, or a key that takes several."""
    if not isinstance(node.value, list) or path[:1] != ("events",) or path[-1] not in ("queue", "team", "vendor"):
        return None
    model, _ = field_at(path[:-1], schema)
    several = f"{path[-1]}s"
    names = ", ".join(str(part) for part in node.plain())
    instead = f", or `{several}: [{names}]`" if several in getattr(model, "model_fields", ()) else ""
    return f"a list is not one {path[-1]}; write one event per {path[-1]}{instead}"


def _takes_share(field: FieldInfo) -> bool:
    return any(isinstance(one, BeforeValidator) and one.func is parse_signed_share for one in field.metadata)


def _value(kind: str, context: dict[str, Any], value: object, annotation: Any, field: FieldInfo | None) -> str:
    shown = describe(value)
    if kind in ("dict_type", "model_type"):
        return f"{shown} is not a mapping; {as_mapping(annotation, value)}"
    if kind == "string_type" and isinstance(value, (list, dict)):
        return f"{shown} is not text; a single value belongs here"
    if kind == "tuple_type" and isinstance(value, (str, int, float)):
        return f"{shown} is not a list; write [{value}]"
    if kind in _KINDS:
        return f"{shown} is not {_KINDS[kind]}"
    if kind == "literal_error":
        return f"{shown} is not known here; write {context['expected']}"
    if kind in ("too_short", "string_too_short"):
        minimum = context["min_length"]
        return "is empty; at least one is needed" if minimum == 1 else f"{shown} is too short; give {minimum}"
    if kind in ("too_long", "string_too_long"):
        return f"{shown} is too long; give {context['max_length']}"
    if kind == "less_than_equal" and context["le"] == LONGEST:
        return f"{shown} is too long; write a duration of at most 200 years"
    words = {
        "less_than_equal": "at most",
        "greater_than": "more than",
        "greater_than_equal": "at least",
        "less_than": "below",
    }
    limit = next(iter(context.values()), None)
    if kind in words:
        share = limit == 1 or (field is not None and _takes_share(field))
        hint = percent_hint(value) if share and isinstance(value, (int, float)) else ""
        return f"{shown} is out of bounds; it must be {words[kind]} {f'{limit:,.0%}' if share else f'{limit:,}'}{hint}"
    return f"{shown} is not understood; see the reference for what belongs here"
