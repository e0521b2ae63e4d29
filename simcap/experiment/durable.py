"""What counts on disk survives a power cut, and takes its place at once: flushed first, then renamed.

A new folder takes the place of an old one by an exchange of their names, in one step, where the system can do that
(Linux 3.15, macOS 10.12). Elsewhere the old one steps aside for the time of a rename; if the program ends just then,
the next one puts it back.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import glob
import os
import secrets
import shutil
import sys
import time
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from simcap.errors import RunError

FLUSHED_EVERY = 1.0
"""Seconds of work that a power cut may cost."""
_NEW, _OLD = "new", "old"
_HERE = -100
"""AT_FDCWD on Linux."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2(2), RENAME_SWAP of renamex_np(2)."""
_CANNOT = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP})


@contextlib.contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turn errors of the file system into messages for a person."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{folder}: cannot be written ({os.strerror(error.errno or 0)}); name another with --out"
        ) from None


class Keeper:
    """Files kept one by one, of which a power cut may cost those of the last second: flushing each would cost more.

    They must be such that a damaged one is noticed.
    """

    def __init__(self) -> None:
        self._unflushed: list[Path] = []
        self._flushed = time.monotonic()

    def keep(self, path: Path, content: bytes) -> None:
        """Write a file under its name once all of it is there."""
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.replace(path)
        self._unflushed.append(path)
        if time.monotonic() - self._flushed > FLUSHED_EVERY:
            flush([*self._unflushed, *{path.parent for path in self._unflushed}])
            self._unflushed.clear()
            self._flushed = time.monotonic()


def beside(folder: Path) -> Path:
    """Return a new, empty folder beside another, in which its next contents are made."""
    return _made(folder, _NEW)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that has either its old or its new content at every instant, whatever happens."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    flush([path.parent])


def flush(paths: Iterable[Path]) -> None:
    """Make sure that files, and the names in folders, are on the disk itself."""
    for path in paths:
        try:
            number = os.open(path, os.O_RDONLY)
        except PermissionError:
            if path.is_dir():  # Windows does not open folders
                continue
            raise
        try:
            os.fsync(number)
        finally:
            os.close(number)


def flush_tree(folder: Path) -> None:
    """Make sure that a folder and everything in it is on the disk itself."""
    flush(sorted(folder.rglob("*"), reverse=True))
    flush([folder])


def take_place(new: Path, folder: Path) -> None:
    """Put a folder, flushed before, in the place of another of the same parent, which goes."""
    if not folder.exists():
        new.replace(folder)
        flush([folder.parent])
        return
    if not exchange(new, folder):
        old = _made(folder, _OLD)
        folder.replace(old)
        new.replace(folder)
        new = old
    flush([folder.parent])
    shutil.rmtree(new, ignore_errors=True)


def remove(aside: Path, folder: Path) -> None:
    """Remove what was kept aside for a folder in one step: it gets a name that the next command sweeps away."""
    if not aside.exists():
        return
    with contextlib.suppress(OSError):
        trash = beside(folder)
        aside.replace(trash)
        aside = trash
    shutil.rmtree(aside, ignore_errors=True)


def link_tree(old: Path, new: Path, *, without: Container[Path] = frozenset()) -> None:
    """Let a folder have the files of another that it lacks, `without` some; where links are not possible, as copies."""
    for place, folders, names in os.walk(old):
        here = new / Path(place).relative_to(old)
        linked = [name for name in folders if Path(place, name).is_symlink()]
        for source in (Path(place, name) for name in (*names, *linked)):
            target = here / source.name
            if source in without or os.path.lexists(target):
                continue
            here.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, target, follow_symlinks=False)
            except OSError:
                shutil.copy2(source, target, follow_symlinks=False)


def sweep(folder: Path) -> None:
    """Remove what commands that were ended from outside have left beside a folder; put an old folder back.

    Only for the owner of the folder: another's new contents look the same.
    """
    for old in _left(folder, _OLD):
        if not folder.exists() and any(old.iterdir()):
            old.replace(folder)
    for place in (*_left(folder, _OLD), *_left(folder, _NEW)):
        shutil.rmtree(place, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders in one step; return whether that was possible."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = library.renamex_np(os.fsencode(one), os.fsencode(other), _EXCHANGE)
        else:
            failed = library.renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    except (AttributeError, TypeError, OSError):
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _left(folder: Path, what: str) -> Iterator[Path]:
    yield from (path for path in folder.parent.glob(f"{glob.escape(_prefix(folder, what))}*") if path.is_dir())


def _made(folder: Path, what: str) -> Path:
    """Return a new folder, with the permissions that the user gives to new folders."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    while True:
        made = folder.with_name(f"{_prefix(folder, what)}{secrets.token_hex(4)}")
        with contextlib.suppress(FileExistsError):
            made.mkdir()
            return made


def _prefix(folder: Path, what: str) -> str:
    return f".{folder.name}.{what}-"
