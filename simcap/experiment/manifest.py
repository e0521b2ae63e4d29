"""What a run was: the resolved scenario, its data, seed, versions. Runs with equal manifests give the same bytes."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simcap.experiment.alike import ARITHMETIC, arithmetic
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.schema.quantities import file_and_sheet, is_table
from simcap.scenario.schema.scenario import Scenario

_LIBRARIES = ("numba", "numpy", "pandas", "scipy", "simpy", "holidays", "tzdata")
"""Those that compute figures, and those whose data they depend on: public holidays, and changes of clocks."""


def manifest_of(file: ScenarioFile, seed: int, replications: int, periods: tuple[str, ...]) -> dict[str, Any]:
    """Return the manifest of a run, without wall-clock times or paths of the machine.

    `arithmetic` tells processors apart on which the last digits of figures differ.
    """
    document = {**file.document, "extends": None}
    data = {path: digest(file_and_sheet(file.folder / path)[0]) for path in sorted(set(_data_files(file.scenario)))}
    text = json.dumps([document, data], sort_keys=True, ensure_ascii=False)
    return {
        "name": file.scenario.name,
        "scenario": document,
        "data": data,
        "hash": hashlib.sha256(text.encode()).hexdigest(),
        "seed": seed,
        "parameters": "drawn" if file.fitted and file.fitted.open else "point",
        "fitted": [block.model_dump(mode="json") for block in file.fitted.blocks] if file.fitted else [],
        "scaled": [list(dataclasses.astuple(scaling)) for scaling in file.scaled],
        "replications": replications,
        "periods": list(periods),
        "versions": versions(),
        ARITHMETIC: arithmetic(),
    }


def versions() -> dict[str, str]:
    """Return the versions of simcap and of everything that its figures depend on."""
    return {
        "simcap": importlib.metadata.version("simcap"),
        "python": platform.python_version(),
        **{library: importlib.metadata.version(library) for library in _LIBRARIES},
    }


def same_run(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Return whether two manifests differ in nothing but the number of replications."""
    return {**one, "replications": 0} == {**other, "replications": 0}


def hash_of(manifest: dict[str, Any]) -> str:
    """Return the hash of what a run is of: its manifest, but for the number of replications."""
    text = json.dumps({**manifest, "replications": 0}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def what_differs(one: dict[str, Any], other: dict[str, Any]) -> str:
    """Return how a run differs from one with a second manifest: "another scenario", "another seed and version"."""
    if "scenario" not in one or one.get("name") != other.get("name"):
        return "another scenario"
    keys = [key for key in sorted({*one, *other} - {"replications"}) if one.get(key) != other.get(key)]
    words = {"seed": "seed", "periods": "period", "versions": "version", ARITHMETIC: "processor"}
    changed = [words[key] for key in words if key in keys]
    data = [name for name, digest in other.get("data", {}).items() if one.get("data", {}).get(name, digest) != digest]
    edited = ["the scenario as it was before it was changed"] if set(keys) - set(words) else []
    if data and one.get("scenario") == other.get("scenario"):
        edited = [f"{' and '.join(data)} as {'it was' if len(data) == 1 else 'they were'} before a change"]
    return " and ".join([*edited, *([f"another {' and '.join(changed)}"] if changed else [])])


def digest(path: Path) -> str:
    """Return the hash of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _data_files(scenario: Scenario) -> Iterator[str]:
    """Yield the paths of the data files that a scenario names."""
    for model in _models(scenario):
        for name in ("path", "trace", "roster", "duty", "empirical", "file"):
            value = getattr(model, name, None)
            if isinstance(value, str):
                yield value
        profile = getattr(model, "profile", None)
        if isinstance(profile, str) and is_table(profile):
            yield profile


def _models(value: Any) -> Iterator[Any]:
    if hasattr(value, "model_fields_set"):
        yield value
        for name in type(value).model_fields:
            yield from _models(getattr(value, name))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _models(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _models(part)
