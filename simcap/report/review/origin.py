"""Where results come from: scenario, seed, versions, data files."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Origin:
    """What it takes to make the same results again."""

    name: str
    document: dict[str, Any]
    """The resolved scenario, as its files state it."""
    hash: str
    """Of scenario and data."""
    seed: int
    replications: int
    parameters: str
    """drawn (within their uncertainty) or point (as fitted)."""
    fitted: frozenset[str]
    """Paths of the values that a calibration fitted and replications draw."""
    data: dict[str, str]
    """Data files with their hashes."""
    versions: dict[str, str]


def origin_of(manifest: dict[str, Any]) -> Origin:
    """Return the origin that a manifest states."""
    return Origin(
        name=manifest["name"],
        document=manifest["scenario"],
        hash=manifest["hash"],
        seed=manifest["seed"],
        replications=manifest["replications"],
        parameters=manifest["parameters"],
        fitted=frozenset(path for block in manifest["fitted"] for path in block["paths"]),
        data=manifest["data"],
        versions=manifest["versions"],
    )
