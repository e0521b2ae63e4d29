"""One owner of a folder: a second command that would write into it is refused, or waits.

The system holds the lock (flock; on NFS, which passes it on as a lock of the server's), so that one whose owner has
died is free at once. Where a file system has no such locks, a file takes their place, which knows whether its owner
lives only on the same host.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from filelock import BaseFileLock, FileLock, SoftFileLock, Timeout

from simcap.errors import RunError
from simcap.experiment.durable import disk, sweep

_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


@contextlib.contextmanager
def owned(folder: Path, *, wait: bool = False, inside: bool = False) -> Iterator[None]:
    """Own a folder meanwhile, after sweeping away what a dead owner has left.

    The lock lies beside the folder, or `inside` it. Raises `RunError`, naming the owner, if another process has it;
    with `wait`, the lock is awaited instead.
    """
    folder = Path(os.path.realpath(folder))
    path = folder / ".simcap.lock" if inside else folder.with_name(f".{folder.name}.lock")
    with disk(folder):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _acquired(path, folder, wait=wait)
    try:
        with disk(folder):
            sweep(folder)
        yield
    finally:
        if not isinstance(lock, SoftFileLock):
            # While it is locked: whoever waits for the lock of a removed file asks again, for that of a new one.
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        lock.release()


def _acquired(path: Path, folder: Path, *, wait: bool) -> BaseFileLock:
    limit = -1 if wait else 0
    try:
        lock: BaseFileLock = FileLock(path, timeout=limit)
        try:
            lock.acquire()
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
            lock = SoftFileLock(path, timeout=limit)
            lock.acquire()
            return lock
    except Timeout:
        raise RunError(
            f"{folder}: {_holder(path)}; wait for it with --wait, or name another folder with --out"
        ) from None
    with contextlib.suppress(OSError):
        path.write_text(json.dumps(_self()), encoding="utf-8")
    return lock


def _self() -> dict[str, object]:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": now.isoformat()}


def _holder(path: Path) -> str:
    """Say who holds a lock, from what its file says."""
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        since = dt.datetime.fromisoformat(holder["since"]).astimezone()
        return (
            f"process {holder['pid']} on {holder['host']} has been writing to it since {since:%H:%M} on {since:%d %B}"
        )
    except (OSError, ValueError, KeyError, TypeError):
        return f"another process is writing to it (its lock is {path}; remove that if the process has ended)"
