"""A folder to start in: a commented scenario to change, or a copy of a shipped example with all its files."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from simcap.errors import RunError
from simcap.scenario.nearest import nearest
from simcap.scenario.reading.jsonschema import SHIPPED as SCENARIO_SCHEMA
from simcap.scenario.reading.source import read_text, read_tree

_HERE = Path(__file__).parent
STARTER = _HERE / "starter"
CALIBRATION_SCHEMA = _HERE / "calibration" / "calibration.schema.json"
LOCAL = frozenset({"data"})
"""Folders that are not part of simcap: an example with files there cannot be copied."""


@dataclasses.dataclass(frozen=True)
class Example:
    """A shipped scenario: its name, its question, its path below the root."""

    name: str
    question: str
    path: Path


def examples() -> tuple[Example, ...]:
    """Return the shipped scenarios that can be copied, in the order of their names."""
    shipped = []
    for path in sorted((_root() / "scenarios").glob("*.yaml")):
        values = _plain(path)
        if not any(f"{folder}/" in read_text(path) for folder in LOCAL):
            shipped.append(Example(path.stem, str(values.get("description", "")), path.relative_to(_root())))
    return tuple(shipped)


def begin(folder: Path, names: Sequence[str] = ()) -> tuple[Path, ...]:
    """Create a folder with the starter, or with examples by name; return the paths written, the main scenario first.

    The folder is created whole or not at all. Raises `RunError` if it is not empty or cannot be written, and for an
    unknown example.
    """
    files = dict(_copies(names) if names else _starter())
    with new_folder(folder) as inside:
        copy(files, inside)
    return tuple(files)


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder next to its place, to be filled; afterwards it is moved there, or after an error is gone.

    Raises `RunError` if the folder is not empty or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder}: is not empty; name a new folder, or an empty one")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = folder.parent / f".{folder.name}.{secrets.token_hex(4)}"
        temporary.mkdir()
        try:
            yield temporary
            if folder.exists():
                folder.rmdir()
            temporary.replace(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        if error.errno == errno.ENOTEMPTY:
            raise RunError(f"{folder}: it has been written to in the meantime; name another folder") from None
        raise RunError(f"{folder}: cannot be written ({error.strerror}); name another folder") from None


def copy(files: Mapping[Path, Path], inside: Path) -> None:
    """Copy files to their places in a folder."""
    for name, source in files.items():
        (inside / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, inside / name)


def for_editors() -> dict[Path, Path]:
    """Return by their place in a project the files that tell editors the grammar."""
    settings = Path(".vscode/settings.json")
    grammars = {Path(schema.name): schema for schema in (SCENARIO_SCHEMA, CALIBRATION_SCHEMA)}
    return {settings: STARTER / settings} | grammars


def _root() -> Path:
    """Return the folder of the shipped scenarios and calibrations: in the package, or beside it in a clone."""
    packaged = _HERE / "examples"
    return packaged if packaged.is_dir() else _HERE.parent


def _starter() -> Iterator[tuple[Path, Path]]:
    for path in sorted(STARTER.rglob("*"), key=lambda path: (path.name != "plan.yaml", path)):
        if path.is_file():
            yield path.relative_to(STARTER), path
    yield from for_editors().items()


def _copies(names: Sequence[str]) -> Iterator[tuple[Path, Path]]:
    known = {example.name: example for example in examples()}
    for name in names:
        if name not in known:
            raise RunError(f"there is no example {name!r}; {nearest(name, known, limit=len(known))}")
        for path in _needed(_root() / known[name].path):
            yield path.relative_to(_root()), path
    yield from for_editors().items()


def _needed(path: Path) -> Iterator[Path]:
    """Yield a scenario's file, those of its parents, and the calibration that they name with its data."""
    yield path
    values = _plain(path)
    if isinstance(values.get("extends"), str):
        yield from _needed(_beside(path, str(values["extends"])))
    if isinstance(values.get("calibration"), str):
        folder = _beside(path, str(values["calibration"])).parent
        yield from (file for file in sorted(folder.iterdir()) if file.is_file())


def _beside(path: Path, name: str) -> Path:
    return Path(os.path.normpath(path.parent / name))


def _plain(path: Path) -> dict[str, object]:
    tree, _ = read_tree(read_text(path), str(path))
    return dict(tree.plain()) if tree is not None else {}
