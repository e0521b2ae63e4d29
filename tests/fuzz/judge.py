"""What no input may do: end in a traceback, take more than ten seconds or a gigabyte, or give a figure that is none."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import re
import resource
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import pyarrow
from click.testing import CliRunner

from simcap.cli import main

SECONDS, BYTES = 10, 1_000_000_000
_NOT_FINITE = re.compile(r"(?<![\w.])[-+.]?(nan|inf(inity)?)(?![\w])", re.IGNORECASE)
_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Ended(NamedTuple):
    """How a command ended: its code, what it printed, and what was wrong with that (empty: nothing)."""

    code: int
    told: str
    fault: str
    where: str = ""
    """The innermost lines of a traceback."""


class TooLong(BaseException):
    """Interrupt an input that takes too long; nothing that is under test may catch it."""


@contextlib.contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    """Interrupt what takes more seconds of the processor: other work of the machine does not count."""

    def ring(_: int, frame: FrameType | None) -> None:
        raise TooLong("".join(traceback.format_stack(frame, limit=4)))

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def ended(words: Sequence[str], given: str, out: Path | None = None) -> Ended:
    """Run a command in this process and judge it by what it prints and what it writes into a folder.

    `given` is the input: what is called nan or inf in it may be called so in the output.
    """
    _give_back()
    _resident()  # What inputs before this one took does not count, nor what is given back meanwhile.
    began, before = time.process_time(), _resident()
    try:
        with _alarm(SECONDS):
            result = CliRunner().invoke(main, list(words))
    except TooLong as long:
        return Ended(-1, "", "hang", str(long))
    took, grown = time.process_time() - began, _resident() - before
    told = result.output
    error = result.exception
    if isinstance(error, TooLong):
        return Ended(-1, told, "hang", str(error))
    if error is not None and not isinstance(error, SystemExit):
        frames = traceback.extract_tb(error.__traceback__)
        where = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in frames[:-5:-1])
        return Ended(result.exit_code, told, f"traceback {type(error).__name__}: {str(error)[:200]}", where)
    fault = ""
    if took > SECONDS:
        fault = f"hang of {took:.0f} s"
    elif grown > BYTES:
        fault = f"{grown / 1e6:.0f} MB"
    elif result.exit_code not in (0, 1, 2):
        fault = f"exit code {result.exit_code}"
    elif result.exit_code and not told.strip():
        fault = "no message"
    elif _ESCAPE.search(told):
        fault = "a control character in the output"
    elif result.exit_code == 0 and not _NOT_FINITE.search(given):
        fault = _figures(told, out)
    return Ended(result.exit_code, told, fault)


def _figures(told: str, out: Path | None) -> str:
    """Return where a figure is not finite, in what was printed or written."""
    texts = {"the output": told}
    if out is not None and out.exists():
        texts |= {str(path.relative_to(out)): _read(path) for path in sorted(out.rglob("*")) if _is_text(path)}
    for name, text in texts.items():
        if found := _NOT_FINITE.search(text):
            return f"{found[0]!r} in {name}: {text[max(found.start() - 60, 0) : found.end() + 20]!r}"
    return ""


def _is_text(path: Path) -> bool:
    return path.is_file() and path.suffix in (".csv", ".json", ".yaml")


def _read(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        json.loads(text)
    return text


def _give_back() -> None:
    """Give the system the memory that is no longer used: given back later, it would hide what an input takes."""
    gc.collect()
    pyarrow.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError):  # Only the GNU C library has it.
        ctypes.CDLL(None).malloc_trim(0)


def _resident() -> int:
    """Return the most memory that this process has had since this was last asked, in bytes."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return int(peak.split()[1]) * 1024


def limit_memory(beyond: int = 3 * BYTES) -> None:
    """Let this process have only so much more memory than it has, so that a bomb is no danger to the machine."""
    with open(f"/proc/{os.getpid()}/statm") as file:  # noqa: PTH123 - not a file of the file system
        pages = int(file.read().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + beyond
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
