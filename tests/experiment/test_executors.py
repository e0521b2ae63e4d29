"""Any executor of futures: the same results, each piece of a task sent about once a worker, and no more than asked."""

from __future__ import annotations

import concurrent.futures as cf
import functools
import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import simcap
from simcap.errors import RunError
from simcap.experiment import executors, parcel
from simcap.experiment.executors import Executing
from simcap.experiment.scatter import scattered
from tests.faults.attack import tree
from tests.faults.inputs import PLAN

DATA = np.arange(100_000.0)


def summed(data: Any, number: int) -> tuple[int, float]:
    """Return the number, and the sum of data that travel apart."""
    return number, float(data.sum()) + number


def wrong(number: int) -> int:
    raise ValueError(f"number {number}")


def ended(_number: int) -> None:
    os._exit(1)


class Counted(cf.Executor):
    """An executor that works at once, in this process, and counts the bytes that are sent along."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.bundles: list[int] = []

    def submit(self, function: Any, /, *words: Any, **options: Any) -> cf.Future[Any]:
        assert not options
        self.bundles.append(len(words[2]))
        self.sent.append(sum(map(len, words[3].values())))
        future: cf.Future[Any] = cf.Future()
        future.set_result(function(*words))
        return future


EXECUTORS = {
    "threads": lambda: cf.ThreadPoolExecutor(3),
    "processes": lambda: cf.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")),
}


@pytest.mark.parametrize("name", ["threads", pytest.param("processes", marks=pytest.mark.slow)])
def test_an_executor_leaves_the_bytes_of_this_machine_and_stays_open(tmp_path: Path, name: str) -> None:
    (tmp_path / "desk.yaml").write_text(PLAN.replace("AGENTS", "4"))
    simcap.run(tmp_path / "desk.yaml", jobs=1, out=tmp_path / "here")
    with EXECUTORS[name]() as executor:
        simcap.run(tmp_path / "desk.yaml", executor=executor, out=tmp_path / "there")
        assert executor.submit(abs, -1).result() == 1
    assert tree(tmp_path / "there") == tree(tmp_path / "here")


def test_one_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk.yaml").write_text(PLAN.replace("AGENTS", "4"))
    with pytest.raises(ValueError, match=r"executor 'tcp://here:1': give an executor as of concurrent.futures"):
        simcap.run(tmp_path / "desk.yaml", executor="tcp://here:1")  # type: ignore[arg-type]


def test_each_number_once_and_a_piece_once_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "BUNDLE_SECONDS", 0.0)
    counted = Counted()
    found = dict(scattered(functools.partial(summed, DATA), range(20), Executing(counted, 3)))
    assert found == {number: DATA.sum() + number for number in range(20)}
    assert counted.sent[:3] == [counted.sent[0]] * 3, "each of the three may lack it at first"
    assert counted.sent[0] > DATA.nbytes
    assert sum(counted.sent[3:]) == 0
    assert not parcel._pieces, "nothing is left in this process"


def test_a_worker_that_has_dropped_pieces_is_sent_them_again() -> None:
    counted = Counted()
    found = []
    for number in scattered(functools.partial(summed, DATA), range(5), Executing(counted, 1)):
        parcel.drop(list(parcel._pieces))
        found.append(number)
    assert sorted(number for number, _ in found) == list(range(5))
    assert sum(bytes_ > DATA.nbytes for bytes_ in counted.sent) > 1


def test_what_a_task_raises_comes_through_and_a_broken_executor_is_told() -> None:
    with pytest.raises(ValueError, match="number 0"):
        list(scattered(wrong, range(3), Executing(Counted(), 1)))
    words = "the executor has lost a worker, perhaps for lack of memory"
    fork = multiprocessing.get_context("fork")
    with cf.ProcessPoolExecutor(1, fork) as pool, pytest.raises(RunError, match=words):
        list(scattered(ended, range(3), Executing(pool)))


def test_workers_that_compute_other_figures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = executors.makeup()
    monkeypatch.setattr(executors, "makeup", lambda: {**ours, "numpy": "1.0"})
    words = f"a worker of the executor has numpy {ours['numpy']} instead of 1.0; install the same there"
    with pytest.raises(RunError, match=f"^{words}$"):
        list(scattered(functools.partial(summed, DATA), range(3), Executing(Counted(), 1)))


def test_arrays_arrive_as_they_were_and_can_be_written_to() -> None:
    table = {"large": DATA, "small": np.arange(3), "turned": DATA.reshape(100, 1000).T, "text": "x"}
    sent = parcel.packed(functools.partial(dict, **table))
    assert len(sent.names) == 3, "the task, and the arrays that are large"
    parcel.keep(sent.names, sent.pieces)
    try:
        task: Any = parcel._unpacked(sent.names)
        for name, value in table.items():
            np.testing.assert_array_equal(task.keywords[name], value)
        task.keywords["large"][0] = 5.0
        assert DATA[0] == 0.0
    finally:
        parcel.drop(sent.names)


def test_equal_arrays_of_two_tasks_are_one_piece() -> None:
    one, other = (parcel.packed(functools.partial(summed, DATA.copy() + more)) for more in (0, 0))
    assert one.names == other.names
    changed = parcel.packed(functools.partial(summed, DATA + 1))
    assert not set(changed.names[1:]) & set(one.names)


def test_the_oldest_pieces_go_first_but_none_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "MOST_BYTES", 10)
    try:
        parcel.keep(["a"], {"a": b"1234"})
        parcel.keep(["b"], {"b": b"1234"})
        parcel.keep(["a", "c"], {"c": b"1234"})
        assert list(parcel._pieces) == ["a", "c"]
        parcel.keep(["a", "c", "d"], {"d": b"1234"})
        assert list(parcel._pieces) == ["a", "c", "d"]
    finally:
        parcel.drop(["a", "b", "c", "d"])
    assert not parcel._pieces


@pytest.mark.parametrize("numbers", [[], [4], range(7)])
def test_as_many_results_as_numbers(numbers: Sequence[int]) -> None:
    task = functools.partial(summed, DATA)
    assert sorted(number for number, _ in scattered(task, numbers, Executing(Counted(), 2))) == list(numbers)
