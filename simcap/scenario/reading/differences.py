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
"""Of what a whole part is said to hold that is new or gone: a vendor with its teams fills a page."""


def differences(base: Mapping[str, Any], variant: Mapping[str, Any]) -> list[str]:
    """Return a line for each value that was changed, added or removed, in the order of the documents."""
    return [line for line, _ in patches(base, variant)]


def patches(base: Mapping[str, Any], variant: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the same lines, each with the patch of the base that makes this difference alone."""
    found = list(_differences(_settled(base), _settled(variant), ()))
    told = [_event(path, value, base) for _, path, value in found]
    return [
        # Words that two events share tell neither from the other.
        (words if words and told.count(words) == 1 else line, functools.reduce(_nested, reversed(path), value))
        for (line, path, value), words in zip(found, told, strict=True)
    ]


def _nested(inner: Any, key: str) -> dict[str, Any]:
    return {key: inner}


def _event(path: tuple[str, ...], value: Any, base: Mapping[str, Any]) -> str | None:
    """Return in words an event that is new; nothing for all else."""
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
    elif base != variant:
        yield f"{_place(path)}: {said(base)} -> {said(variant)}", path, variant


def _place(path: tuple[str, ...]) -> str:
    """Return a path for people: names, without the words for what holds them."""
    kept = [str(part) for part in path[:-1] if part not in _CONTAINERS]
    return ", ".join([*kept, str(path[-1])])


def _brief(value: Any) -> str:
    """Return a value as it is said, cut behind one of its parts where that is long."""
    words = said(value)
    begin = words[: _MOST_LETTERS + 1].rpartition(", ")[0]
    return f"{begin}, ..." if len(words) > _MOST_LETTERS and begin else words


def said(value: Any) -> str:
    """Return a value as a person writes it in a line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {said(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(said(part) for part in value[:8]) + (", ..." if len(value) > 8 else "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
