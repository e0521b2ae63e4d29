"""What differs between two scenarios, in words: from the documents with all parents merged."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from simcap.scenario.reading.event_words import in_words

_ASIDE: Final = ("name", "description", "extends", "simulation")
_CONTAINERS: Final = ("queues", "vendors", "teams", "events", "classes", "arrivals")
_NOTHING: Final = object()
_MOST_LETTERS: Final = 100
"""Limit on the description of a part that is new or gone: a vendor with its teams would fill a page."""


def differences(base: Mapping[str, Any], variant: Mapping[str, Any]) -> list[str]:
    """Return a line for each value that was changed, added or removed, in the order of the documents."""
    return [line for line, _ in patches(base, variant)]


def patches(base: Mapping[str, Any], variant: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the same lines, each with the patch of the base that makes this difference alone."""
    changes = list(_differences(_settled(base), _settled(variant), ()))
    event_lines = [_event(path, value, base) for _, path, value in changes]
    return [
        # Words that describe two events alike would not tell them apart.
        (words if words and event_lines.count(words) == 1 else line, functools.reduce(_nested, reversed(path), value))
        for (line, path, value), words in zip(changes, event_lines, strict=True)
    ]


def _nested(inner: Any, key: str) -> dict[str, Any]:
    return {key: inner}


def _event(path: tuple[str, ...], value: Any, base: Mapping[str, Any]) -> str | None:
    """Return a new event in words; nothing for any other difference."""
    known = base.get("events", {})
    if len(path) != 2 or path[0] != "events" or path[1] in known or not isinstance(value, Mapping):
        return None
    return in_words(value, base)


def _settled(document: Mapping[str, Any]) -> dict[str, Any]:
    settled = {key: value for key, value in document.items() if key not in _ASIDE}
    return settled | {"events": settled.get("events", {})}


def _differences(base: Any, variant: Any, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Yield the line, the keys and the variant's value of each difference; none for what is removed."""
    if isinstance(base, Mapping) and isinstance(variant, Mapping):
        for key in dict.fromkeys([*base, *variant]):
            yield from _differences(base.get(key, _NOTHING), variant.get(key, _NOTHING), (*path, key))
    elif base is _NOTHING:
        yield f"{_place(path)}: {_brief(variant)} (new)", path, variant
    elif variant is _NOTHING:
        yield f"{_place(path)}: removed ({_brief(base)})", path, None
    elif isinstance(variant, Mapping) and variant.get("country", _NOTHING) == base:
        # A country's code is short for the calendar of that country.
        added = {key: value for key, value in variant.items() if key != "country"}
        yield f"{_place(path)}: {_brief(added)} (new)", path, variant
    elif base != variant:
        yield f"{_place(path)}: {in_line(base)} -> {in_line(variant)}", path, variant


def _place(path: tuple[str, ...]) -> str:
    """Return a path for people: names, without those of the containers."""
    kept = [str(part) for part in path[:-1] if part not in _CONTAINERS]
    return ", ".join([*kept, str(path[-1])])


def _brief(value: Any) -> str:
    """Return a value in words, cut after one of its parts if long."""
    words = in_line(value)
    begin = words[: _MOST_LETTERS + 1].rpartition(", ")[0]
    return f"{begin}, ..." if len(words) > _MOST_LETTERS and begin else words


def in_line(value: Any) -> str:
    """Return a value as a person would write it in a line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {in_line(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(in_line(part) for part in value[:8]) + (", ..." if len(value) > 8 else "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
