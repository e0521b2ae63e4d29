"""One owner of a folder: a second one is refused or waits, a dead one holds nothing."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from simcap.errors import RunError
from simcap.experiment.owner import owned

HOLD = """
import sys
from pathlib import Path
from simcap.experiment.owner import owned
with owned(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with holder(out) as process:
        words = f"{out}: process {process.pid} on {socket.gethostname()} has been writing to it since "
        told = f"^{re.escape(words)}.*; wait for it with --wait, or name another"
        with pytest.raises(RunError, match=told), owned(out):
            pass
        process.communicate()
    with owned(out):
        assert [path.name for path in tmp_path.iterdir()] == [".out.lock"]
    assert not list(tmp_path.iterdir()), "nothing is left of it"


def test_a_dead_owner_holds_nothing_and_what_it_left_is_swept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with holder(out) as process:
        (tmp_path / ".out.new-1").mkdir()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (tmp_path / ".out.lock").exists()
    with owned(out):
        assert [path.name for path in tmp_path.iterdir()] == [".out.lock"]
    assert not list(tmp_path.iterdir())


def test_who_waits_goes_on_when_the_first_has_ended(tmp_path: Path) -> None:
    out, order = tmp_path / "out", []

    def wait() -> None:
        with owned(out, wait=True):
            order.append("second")

    with owned(out):
        thread = threading.Thread(target=wait)
        thread.start()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert not list(tmp_path.iterdir())


def test_two_in_one_process_are_two(tmp_path: Path) -> None:
    with owned(tmp_path / "out"), pytest.raises(RunError, match="--wait"), owned(tmp_path / "out"):
        pass
    with owned(tmp_path / "out"), owned(tmp_path / "other"):
        pass


def test_a_folder_of_the_users_has_the_lock_inside(tmp_path: Path) -> None:
    with owned(tmp_path / "history", inside=True):
        assert [path.name for path in (tmp_path / "history").iterdir()] == [".simcap.lock"]
    assert not list((tmp_path / "history").iterdir())


def test_where_there_are_no_locks_a_file_takes_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_lock: FileLock) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(FileLock, "acquire", refuse)
    out = tmp_path / "out"
    told = r"another process is writing to it \(its lock is .*\.out\.lock; remove"
    with owned(out), pytest.raises(RunError, match=told), owned(out):
        pass
    with owned(out):
        pass
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="out: cannot be written"), owned(tmp_path / "file" / "out"):
        pass
