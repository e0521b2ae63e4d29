"""Scenarios that are made from others: a patch laid over a document, numbers scaled after they are drawn."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from simcap.errors import ScenarioError
from simcap.scenario.reading.checks import check
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.messages import explain
from simcap.scenario.reading.source import dotted
from simcap.scenario.reading.varying import bare_tree
from simcap.scenario.schema.scenario import Scenario

Patch = Mapping[str, Any]


def derived(
    file: ScenarioFile, *patches: Patch, name: str | None = None, drawn: frozenset[str] = frozenset()
) -> ScenarioFile:
    """Return a scenario with patches laid over its document: mappings merge, lists are replaced, None removes.

    What a patch gives is exact: no longer drawn from a calibration or `uncertain`, except for the paths named as still
    `drawn`. Raises `ScenarioError` with everything that is wrong with the result.
    """
    document = functools.reduce(merged, patches, file.document)
    leaves = [".".join(map(str, keys)) for patch in patches for keys in _leaves(patch)]
    given = [path for path in leaves if path not in drawn]
    uncertain = {path: value for path, value in document.get("uncertain", {}).items() if not _touched(path, given)}
    if "uncertain" in document:
        document["uncertain"] = uncertain
    if name is not None:
        document["name"] = name
    fitted = file.fitted
    if fitted is not None:
        kept = frozenset(path for path in fitted.open if not _touched(path, given))
        fitted = dataclasses.replace(fitted, open=kept)
    stamps = {path: stamp for path, stamp in file.stamps.items() if not _touched(path, given)}
    return dataclasses.replace(file, scenario=validated(document), document=document, fitted=fitted, stamps=stamps)


def merged(base: Mapping[str, Any], patch: Patch) -> dict[str, Any]:
    """Return a document with a patch laid over it."""
    document = dict(base)
    for key, given in patch.items():
        value = _plain(given)
        if value is None:
            document.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(document.get(key), Mapping):
            document[key] = merged(document[key], value)
        else:
            document[key] = merged({}, value) if isinstance(value, Mapping) else value
    return document


def _plain(value: Any) -> Any:
    """Return a value as in a file: days and times as text."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


def _leaves(patch: Patch, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in patch.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key)


def _touched(path: str, given: list[str]) -> bool:
    return any(path == one or path.startswith(f"{one}.") or one.startswith(f"{path}.") for one in given)


def validated(document: dict[str, Any]) -> Scenario:
    """Return the scenario of a document. Raises `ScenarioError` with everything that is wrong with it."""
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        findings = explain(error, bare_tree(document))
        lines = [f"{dotted(finding.path)}: {finding.message}" for finding in findings]
        raise ScenarioError("\n".join(lines)) from None
    if problems := check(scenario):
        raise ScenarioError("\n".join(f"{path}: {message}" for path, message in problems))
    return scenario
