"""The import contracts name every room, so that a new one cannot slip through; and one name is one class."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import simcap

ROOT = Path(__file__).parents[1]
LIBRARIES = {
    "simpy": {"sketch", "workforce", "world"},
    "numba": {"compiled", "floor"},
    "click": {"cli"},
    "matplotlib": {"report"},
    "ruamel": {"scenario"},
    "distributed": {"experiment"},
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


def test_no_two_classes_have_one_name() -> None:
    named: dict[str, list[str]] = {}
    for path in sorted(Path(simcap.__file__).parent.rglob("*.py")):
        for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            named.setdefault(name, []).append(path.name)
    assert {name: files for name, files in named.items() if len(files) > 1} == {}
