"""What differs between two scenarios, in words: from the documents with all parents merged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

_ASIDE: Final = ("name", "description", "extends", "simulation")
_CONTAINERS: Final = ("queues", "vendors", "teams", "events", "classes", "arrivals")
_NOTHING: Final = object()


def differences(base: Mapping[str, Any], variant: Mapping[str, Any]) -> list[str]:
    """Return a line for each value that was changed, added or removed, in the order of the documents."""
    return list(_differences(_settled(base), _settled(variant), ()))


def _settled(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in _ASIDE}


def _differences(base: Any, variant: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(base, Mapping) and isinstance(variant, Mapping):
        for key in dict.fromkeys([*base, *variant]):
            yield from _differences(base.get(key, _NOTHING), variant.get(key, _NOTHING), (*path, str(key)))
    elif base is _NOTHING:
        yield f"{_place(path)}: {said(variant)} (new)"
    elif variant is _NOTHING:
        yield f"{_place(path)}: removed ({said(base)})"
    elif base != variant:
        yield f"{_place(path)}: {said(base)} -> {said(variant)}"


def _place(path: tuple[str, ...]) -> str:
    """Return a path for people: names, without the words for what holds them."""
    kept = [part for part in path[:-1] if part not in _CONTAINERS]
    return ", ".join([*kept, path[-1]]) if kept else path[-1]


def said(value: Any) -> str:
    """Return a value as a person writes it in a line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {said(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(said(part) for part in value[:8]) + (", ..." if len(value) > 8 else "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
