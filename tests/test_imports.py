"""The import contracts: each names every room, so that a new one cannot slip through."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import simcap

ROOT = Path(__file__).parents[1]
LIBRARIES = {
    "simpy": {"workforce", "world"},
    "numba": {"compiled", "floor"},
    "click": {"cli"},
    "matplotlib": {"report"},
    "ruamel": {"scenario"},
}
"""The rooms that may import each."""


def _rooms() -> set[str]:
    package = Path(simcap.__file__).parent
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    return folders | {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_forbidden_in_every_other_room(library: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    forbidden = [
        {module.removeprefix("simcap.") for module in contract["source_modules"]}
        for contract in contracts
        if contract["type"] == "forbidden" and library in contract["forbidden_modules"]
    ]
    assert _rooms() - LIBRARIES[library] in forbidden
