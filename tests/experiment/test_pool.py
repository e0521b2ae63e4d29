"""Tasks over processes: each number once, in whatever order, and what is said when a process is ended."""

from __future__ import annotations

import concurrent.futures as cf
import os
import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from simcap.errors import RunError
from simcap.experiment import pool
from simcap.experiment.pool import available_cores
from simcap.experiment.scatter import scattered


@pytest.fixture(autouse=True)
def _loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing have been run in this process."""
    monkeypatch.setattr(pool, "_LOADED", [])
    return


def where(number: int) -> tuple[int, int]:
    """Return the number, and the process that has done it."""
    return number, os.getpid()


def test_one_process_does_all_in_order() -> None:
    here = os.getpid()
    assert list(scattered(where, [3, 1, 2], 1)) == [(3, here), (1, here), (2, here)]
    assert list(scattered(where, [], 4)) == []


def test_the_first_ever_is_done_here_and_the_others_elsewhere() -> None:
    here = os.getpid()
    first, *others = scattered(where, [7, 8, 9, 10], 2)
    assert first == (7, here)
    assert sorted(number for number, _ in others) == [8, 9, 10]
    assert here not in {process for _, process in others}
    assert len({process for _, process in others}) <= 2
    # By now the kernels are loaded: nothing need be done here.
    again = list(scattered(where, [1, 2], 2))
    assert sorted(number for number, _ in again) == [1, 2]
    assert here not in {process for _, process in again}
    assert list(scattered(where, [5], 2)) == [(5, here)], "one alone is not worth a process"


def test_two_are_one_here_and_one_more_here() -> None:
    here = os.getpid()
    assert list(scattered(where, [1, 2], 2)) == [(1, here), (2, here)]


def test_there_are_no_more_processes_than_jobs_or_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = cf.ProcessPoolExecutor

    def counted(workers: int, *rest: Any, **options: Any) -> Any:
        asked.append(workers)
        return real(workers, *rest, **options)

    monkeypatch.setattr(pool.cf, "ProcessPoolExecutor", counted)
    list(scattered(where, range(4), 2))
    list(scattered(where, range(2), 8))
    assert asked == [2, 2]


@pytest.mark.parametrize("methods", [["spawn"], ["fork", "spawn", "forkserver"]])
def test_processes_are_forked_where_they_can_be(monkeypatch: pytest.MonkeyPatch, methods: list[str]) -> None:
    asked: list[str] = []

    def refused(_workers: int, context: Any, **_options: Any) -> Any:
        asked.append(context.get_start_method())
        raise LookupError("enough")

    monkeypatch.setattr(pool, "_LOADED", [True])
    monkeypatch.setattr(pool.multiprocessing, "get_all_start_methods", lambda: methods)
    monkeypatch.setattr(pool.cf, "ProcessPoolExecutor", refused)
    with pytest.raises(LookupError, match="enough"):
        list(scattered(where, range(4), 2))
    assert asked == methods[:1]


class Begun:
    """What a process asks of the system as it begins."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, platform: str = "linux") -> None:
        self.signals: list[tuple[int, Any]] = []
        self.loaded: list[str | None] = []
        self.controls: list[tuple[int, int]] = []
        monkeypatch.setattr(pool, "_TASK", [])
        monkeypatch.setattr(pool.signal, "signal", lambda *given: self.signals.append(given))
        monkeypatch.setattr(pool.ctypes, "CDLL", self._library)
        monkeypatch.setattr(pool.sys, "platform", platform)

    def _library(self, name: str | None) -> Any:
        self.loaded.append(name)
        return SimpleNamespace(prctl=lambda *given: self.controls.append(given))


def test_a_process_has_its_task_and_ends_with_the_one_that_began_it(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Begun(monkeypatch)
    pool._begin(where, os.getppid())
    assert pool._work([3]).results == [(3, os.getpid())]
    default = [(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)]
    assert begun.signals == [(signal.SIGINT, signal.SIG_IGN), *default]
    assert (begun.loaded, begun.controls) == ([None], [(1, signal.SIGTERM)])


def test_a_process_whose_parent_has_ended_meanwhile_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(code: int) -> None:
        raise SystemExit(code)

    Begun(monkeypatch)
    monkeypatch.setattr(pool.os, "_exit", leave)
    with pytest.raises(SystemExit, match="1"):
        pool._begin(where, -1)


def test_requests_to_end_wait_while_processes_begin() -> None:
    def blocked() -> set[int]:
        return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    before = blocked()
    with pool._signals_held():
        assert {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} <= blocked()
    assert blocked() == before


def test_where_the_system_cannot_end_a_process_it_begins_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = Begun(monkeypatch, "darwin")
    pool._begin(where, os.getppid())
    assert begun.loaded == []
    assert len(begun.signals) == 3
    without = Begun(monkeypatch)
    monkeypatch.delattr(pool.signal, "SIGHUP")
    pool._begin(where, os.getppid())
    assert without.signals[1:] == [(signal.SIGTERM, signal.SIG_DFL)], "where no terminal can hang up"
    for missing in (OSError, AttributeError):

        def lacking(_name: str | None, error: type[Exception] = missing) -> Any:
            raise error

        monkeypatch.setattr(pool.ctypes, "CDLL", lacking)
        pool._begin(fail, os.getppid())
        assert pool._work([1]).results == [1]


def fail(number: int) -> int:
    if number == 2:
        raise ValueError("two")
    return number


def test_what_a_task_raises_comes_through() -> None:
    with pytest.raises(ValueError, match="two"):
        list(scattered(fail, range(5), 2))
    with pytest.raises(ValueError, match="two"):
        list(scattered(fail, [2], 1))


def end(number: int) -> int:
    if number:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_process_that_is_ended_from_outside_is_told() -> None:
    words = (
        "a process of the run was ended from outside, perhaps for lack of memory; what has finished is kept: "
        "run the same command again, with a lower --jobs if it happens again"
    )
    with pytest.raises(RunError, match=f"^{words}$"):
        list(scattered(end, range(3), 2))


def slow(number: int) -> int:
    if number > 1:
        time.sleep(60)
    return number


def test_whoever_stops_listening_waits_for_nobody() -> None:
    begun = time.monotonic()
    found = scattered(slow, range(4), 2)
    assert [next(found), next(found)] == [0, 1]
    found.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 20, "processes that work still are ended"


def handlers(_number: int) -> tuple[bool, bool]:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_processes_leave_interrupts_to_the_one_that_began_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_LOADED", [True])
    interrupts, before = signal.getsignal(signal.SIGINT), signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        assert list(scattered(handlers, range(2), 2)) == [(True, True)] * 2
    finally:
        signal.signal(signal.SIGTERM, before)
    assert signal.getsignal(signal.SIGINT) is interrupts, "here they are taken as before"


def test_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 2, 5}, raising=False)
    assert available_cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert available_cores() == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cores() == 1
