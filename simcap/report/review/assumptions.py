"""What was assumed: every value of the scenario, with where it comes from."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from simcap.report.review.origin import Origin

Source = Literal["written", "fitted", "uncertain"]

LEFT_OUT = ("name", "description", "extends", "uncertain")
"""Keys that assume nothing; what is uncertain is told at the values themselves."""
MOST_LETTERS = 160


@dataclasses.dataclass(frozen=True)
class Assumption:
    """One value of the scenario."""

    section: str
    """Its first key: queues, vendors, events, ..."""
    path: str
    value: str
    source: Source
    """Written in the scenario, fitted by its calibration, or drawn anew by each replication as `uncertain`."""
    range: str
    """How it is uncertain, as the scenario writes it; empty otherwise."""
    origin: str = ""
    """Who says so: a document, a system, a person; empty where nobody has said."""
    dated: str = ""
    """As of when; empty where nobody has said."""


def assumptions_of(origin: Origin) -> list[Assumption]:
    """Return every value of the scenario, in the order of the file."""
    uncertain: Mapping[str, Any] = origin.document.get("uncertain") or {}
    return [
        Assumption(path.split(".")[0], path, value, _source(path, origin, uncertain), _written(uncertain.get(path, "")))
        for path, value in _leaves({k: v for k, v in origin.document.items() if k not in LEFT_OUT})
    ]


def _source(path: str, origin: Origin, uncertain: Mapping[str, Any]) -> Source:
    if path in uncertain:
        return "uncertain"
    return "fitted" if any(path == one or path.startswith(f"{one}.") for one in origin.fitted) else "written"


def _leaves(value: Any, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted path of every value with its text; lists are values."""
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            yield from _leaves(part, f"{above}.{key}" if above else str(key))
    elif value is not None:
        text = _written(value)
        yield above, text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _written(value: Any) -> str:
    """Return a value as a file would have it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_written(part)}" for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(f"({_written(part)})" if isinstance(part, Mapping) else _written(part) for part in value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value).lower() if isinstance(value, bool) else str(value)
