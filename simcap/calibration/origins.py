"""Where fitted values come from, as a parameters file says it: files, observations, and what else they rest on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from simcap.calibration.fits.fit import Fit, Key, Kind, Subject
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.sources import FileSource

SOURCES: Final[Mapping[Kind, tuple[str, ...]]] = {
    "volume": ("volumes", "items"),
    "busy days in common": ("volumes", "items"),
    "handle time": ("items",),
    "at once": ("items",),
    "spread": ("items", "roster"),
    "ramp": ("items", "roster"),
    "attrition": ("roster",),
    "training": ("roster",),
    "shrinkage": ("attendance",),
    "accuracy": ("quality", "items"),
    "patience": ("items",),
    "follow-up": ("items",),
    "allocation": ("items",),
    "releases": ("items",),
    "backlog": ("items",),
}
"""Keys of a calibration file whose logs each kind of fit rests on; of volumes or quality and items, the first given."""


def origins_of(configuration: Configuration, fits: Sequence[Fit]) -> list[dict[str, Any]]:
    """Return where the values of fits come from: an entry for each subject of a fit, and origin."""
    written = [(fit, subject) for fit in fits if not fit.told for subject in fit.subjects]
    return [entry for fit, subject in written for entry in _entries(configuration, fit, subject)]


def _entries(configuration: Configuration, fit: Fit, subject: Subject) -> Iterator[dict[str, Any]]:
    estimates = [one for one in fit.estimates if one.subject == subject]
    main = estimates[0].origin
    whole = _common([one.key for one in estimates] + list(fit.fixed))
    yield _entry(configuration, fit, subject.path(*whole), main)
    for one in estimates:
        if one.origin != main:
            yield _entry(configuration, fit, one.path, one.origin)


def _entry(configuration: Configuration, fit: Fit, path: str, origin: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": path, "origin": origin}
    if files := _files(configuration, fit.kind, origin):
        entry["files"] = files
    entry["observations"] = fit.seen
    if fit.prior:
        entry["note"] = fit.prior
    return entry


def _common(keys: Sequence[Key]) -> Key:
    """Return the longest key that all of several begin with."""
    alike = itertools.takewhile(lambda parts: len(set(parts)) == 1, zip(*keys, strict=False))
    return tuple(parts[0] for parts in alike)


def _files(configuration: Configuration, kind: Kind, origin: str) -> list[str]:
    """Return the files that values of an origin rest on, as the calibration file names them."""
    if origin == "prior":
        return []
    keys = SOURCES[kind] if origin == "fitted" else ("reports", "volumes")
    given = {key: getattr(configuration, key) for key in keys if getattr(configuration, key)}
    if keys in (SOURCES["volume"], SOURCES["accuracy"]):
        given = dict(list(given.items())[:1])
    several = [some if isinstance(some, tuple) else (some,) for some in given.values()]
    sources: list[FileSource] = [one for some in several for one in some]
    return list(dict.fromkeys(part.path for source in sources for part in source.parts))
