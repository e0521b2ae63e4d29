"""Commands in processes of their own, which end or fail at the file operation or the moment that is asked for.

Processes are forked from one that has loaded everything, so that hundreds of them are a matter of minutes.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

CHANGES = frozenset({
    "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate",
    "ctypes.dlsym",
})  # fmt: skip
"""Audited events that change a folder; an exchange of two names is announced by looking up its function."""
HUNG = 98
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, negative for a signal; what it printed."""

    code: int
    printed: str
    told: str


class Operations:
    """A hook that counts the file operations of a process inside a folder, and acts at one of them."""

    def __init__(self, inside: Path, at: int, act: Callable[[], None], *, onwards: bool = False) -> None:
        self.inside, self.at, self.act, self.onwards = str(inside.resolve()), at, act, onwards
        self.count = 0
        self.acted = ""
        """Path of the first operation at which it acted."""

    def __call__(self, event: str, words: tuple[Any, ...]) -> None:
        """Take note of an audited event (`sys.addaudithook`)."""
        if not (event in CHANGES or (event == "open" and isinstance(words[2], int) and words[2] & _WRITES)):
            return
        if not self._concerns(event, words):
            return
        self.count += 1
        if self.count == self.at or (self.onwards and self.count > self.at and event != "os.remove"):
            self.acted = self.acted or str(words[0])
            self.act()

    def _concerns(self, event: str, words: tuple[Any, ...]) -> bool:
        if event == "ctypes.dlsym":
            return "rename" in str(words[1])
        if event in ("os.remove", "os.rmdir") and words[1] != -1:
            return True
        name = words[0]
        if not isinstance(name, (str, bytes, os.PathLike)):
            return False
        return os.path.abspath(os.fsdecode(name)).startswith(self.inside)  # noqa: PTH100 - resolves no links


def kill() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def full() -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only() -> None:
    """Fail as a folder does that may only be read."""
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def start(words: list[str], folder: Path, logs: Path, hook: Operations | None = None) -> int:
    """Start a command in a folder, in a session of its own, and return the number of its process."""
    number = os.fork()
    if number:
        return number
    code = 70
    try:
        os.setsid()
        os.chdir(folder)
        for stream, name in ((1, "printed"), (2, "told")):
            os.dup2(os.open(logs / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if hook is not None:
            sys.addaudithook(hook)
        code = _ended(words)
        if hook is not None:
            (logs / "hook").write_text(f"{hook.count} {hook.acted}")
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _ended(words: list[str]) -> int:
    """Run a command; stopped before it has begun, or by an error of its own, it ends as Python ends a program."""
    try:
        return _command(words)
    except KeyboardInterrupt:
        return 130
    except Exception:  # noqa: BLE001 - a fault, to be told
        traceback.print_exc()
        return 70


def _command(words: list[str]) -> int:
    from simcap.cli import main

    try:
        main(words)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else 1
    return 0


def wait(number: int, logs: Path, patience: float = 120.0) -> Ended:
    """Return how a command ended; one that does not is ended, and its code is 98."""
    until = time.monotonic() + patience
    while (found := os.waitpid(number, os.WNOHANG))[0] == 0 and time.monotonic() < until:
        time.sleep(0.005)
    code = os.waitstatus_to_exitcode(found[1]) if found[0] else HUNG
    if code == HUNG:
        orphans(number, 0.0)
        os.waitpid(number, 0)
    return Ended(code, (logs / "printed").read_text(), (logs / "told").read_text())


def run(words: list[str], folder: Path, logs: Path, hook: Operations | None = None) -> Ended:
    """Run a command to its end."""
    return wait(start(words, folder, logs, hook), logs)


def members(session: int) -> list[int]:
    """Return the processes of a session that have not ended."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            words = path.read_text().rpartition(")")[2].split()
            if int(words[3]) == session and words[0] not in "ZX":
                found.append(int(path.parent.name))
    return found


def orphans(session: int, patience: float = 5.0) -> int:
    """Return how many processes of an ended command are still there after a while, and end them."""
    until = time.monotonic() + patience
    while (left := members(session)) and time.monotonic() < until:
        time.sleep(0.02)
    for number in left:
        with contextlib.suppress(OSError):
            os.kill(number, signal.SIGKILL)
    return len(left)
