"""The stream of results: in order of finishing, few at a time, in bundles that suit their length."""

from __future__ import annotations

import concurrent.futures as cf
import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from simcap.experiment import scatter
from simcap.experiment.scatter import outcomes, scattered
from simcap.experiment.workers import Done, Session, Workers


class Slow(Workers):
    """Workers that finish the last bundle first, each number after so many seconds by their own clock."""

    def __init__(self, seconds: Callable[[int], float] = lambda _number: 0.0, ahead: int = 4, apart: float = 0.0):
        self.seconds, self.count, self.apart = seconds, ahead, apart
        self.out: dict[cf.Future[Any], list[int]] = {}
        self.bundles: list[list[int]] = []
        self.most, self.looks, self.lost, self.ended = 0, 0, set[int](), False

    @contextlib.contextmanager
    def session(self, task: Any, count: int) -> Iterator[Any]:
        self.task, self.numbers = task, count
        try:
            yield SlowSession(self)
        finally:
            self.ended = True


class SlowSession(Session[Any]):
    def __init__(self, slow: Slow) -> None:
        self.slow, self.bundle_seconds = slow, slow.apart

    @property
    def ahead(self) -> int:
        return self.slow.count

    def submit(self, numbers: list[int]) -> cf.Future[Any]:
        future: cf.Future[Any] = cf.Future()
        self.slow.out[future] = numbers
        self.slow.bundles.append(numbers)
        self.slow.most = max(self.slow.most, len(self.slow.out))
        left = self.slow.numbers - sum(map(len, self.slow.bundles))
        if len(self.slow.out) == self.slow.count or left <= 0:
            for last in reversed(self.slow.out):
                if not last.done():
                    last.set_result(None)
                    break
        return future

    def answer(self, future: cf.Future[Any]) -> Done[Any] | None:
        numbers = self.slow.out.pop(future)
        for other in reversed(self.slow.out):
            if not other.done():
                other.set_result(None)
                break
        if self.slow.lost & set(numbers):
            self.slow.lost -= set(numbers)
            self.slow.numbers += len(numbers)
            return None
        return Done([self.slow.task(number) for number in numbers], sum(map(self.slow.seconds, numbers)))

    def look(self) -> None:
        self.slow.looks += 1


def same(number: int) -> int:
    return number


def test_what_is_finished_comes_at_once_and_little_is_out_at_a_time() -> None:
    slow = Slow(ahead=4)
    found = list(scattered(same, range(50), slow))
    assert sorted(found) == list(range(50))
    assert found[0] == 3, "the last of the first four is finished first"
    assert slow.most == 4
    assert slow.looks > 0
    assert slow.ended


def test_what_was_lost_is_done_again() -> None:
    slow = Slow()
    slow.lost = {0, 3, 9}
    assert sorted(scattered(same, range(10), slow)) == list(range(10))
    assert sorted(number for bundle in slow.bundles for number in bundle) == sorted([*range(10), 0, 3, 9])


def test_bundles_take_as_long_as_they_should_and_shrink_towards_the_end() -> None:
    slow = Slow(lambda _number: 0.01, ahead=4, apart=0.5)
    assert sorted(scattered(same, range(2000), slow)) == list(range(2000))
    sizes = [len(bundle) for bundle in slow.bundles]
    assert sizes[:4] == [1, 1, 1, 1], "nothing is known of the first"
    assert max(sizes) == 50
    assert sizes[-1] == 1
    assert sizes[10:] == sorted(sizes[10:], reverse=True)
    assert len(sizes) < 100


def test_long_ones_go_alone_also_after_a_short_one() -> None:
    slow = Slow(lambda number: 0.001 if number < 4 else 3.0, ahead=2, apart=0.5)
    assert sorted(scattered(same, range(40), slow)) == list(range(40))
    later = [len(bundle) for bundle in slow.bundles[-8:]]
    assert later == [1] * 8


def test_with_nothing_apart_each_goes_alone() -> None:
    slow = Slow(lambda _number: 1e-9)
    list(scattered(same, range(9), slow))
    assert [len(bundle) for bundle in slow.bundles] == [1] * 9
    assert math.isclose(slow.apart, 0.0)


def test_whoever_stops_listening_ends_the_crew() -> None:
    slow = Slow()
    found = scattered(same, range(50), slow)
    next(found)
    found.close()  # type: ignore[attr-defined]
    assert slow.ended
    assert sum(map(len, slow.bundles)) <= 5


def test_outcomes_are_those_of_replications(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scatter, "replicate", lambda *given: given)
    file: Any = "file"
    found: list[Any] = list(outcomes(file, 5, [4, 2], ("week",), Slow(ahead=1)))
    assert found == [("file", 5, 4, ("week",)), ("file", 5, 2, ("week",))]
