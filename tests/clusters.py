"""Schedulers and workers of Dask as processes of their own, at addresses of their own; workers know no file of ours."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCHEDULER_HOST, WORKER_HOST = "127.0.0.2", "127.0.0.3"
DENY = """
import sys

def deny(event, given):
    if event in ("open", "os.listdir", "os.scandir") and str(given[0]).startswith(FOLDER):
        raise PermissionError(f"a worker opens {given[0]}")

sys.addaudithook(deny)
"""
"""What workers begin with: files in a folder are out of their reach."""


class Remote:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder, self._processes = folder, list[subprocess.Popen[bytes]]()
        told = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", SCHEDULER_HOST, "--port", "0", "--no-dashboard", "--scheduler-file", str(told)
        )
        text = ""
        while '"address"' not in text:
            assert self.scheduler.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
            text = told.read_text() if told.exists() else ""
        self.address = text.split('"address": "')[1].split('"')[0]

    def add(self, count: int, *, denied: Path | None = None, first_on_path: Path | None = None) -> None:
        """Start workers; `denied` is the folder that they cannot open files in."""
        words = ["worker", self.address, "--nworkers", str(count), "--nthreads", "1", "--host", WORKER_HOST]
        if denied is not None:
            (self._folder / "deny.py").write_text(DENY.replace("FOLDER", repr(str(denied))))
            words += ["--preload", str(self._folder / "deny.py")]
        self._start(*words, "--no-dashboard", first_on_path=first_on_path)

    def _start(self, *words: str, first_on_path: Path | None = None) -> subprocess.Popen[bytes]:
        path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        if first_on_path is not None:
            path.insert(0, str(first_on_path))
        with (self._folder / "log").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "dask", *words],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(started)
        return started

    def close(self) -> None:
        """End all processes, those that were started by others included."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def remote(folder: Path, workers: int = 0, denied: Path | None = None) -> Iterator[Remote]:
    """Give a scheduler with workers."""
    one = Remote(folder)
    try:
        if workers:
            one.add(workers, denied=denied)
        yield one
    finally:
        one.close()
