"""A task on its way to other processes: packed once, in pieces of which each process needs one copy.

A piece is known by its hash. The arrays of data files are pieces of their own, so that tasks on the same data, such as
the plans of a staffing search, share them. A process that is asked for a task of which it lacks pieces says so, and is
sent them: one that is new, or has dropped them, is served like any other. Nothing is read from the sender's disk.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simcap.experiment.workers import Done, Task, done

if TYPE_CHECKING:
    from simcap.experiment.alike import Makeup

MOST_BYTES = 1 << 30
"""Of pieces that a process keeps; the oldest go first."""
_APART = 1 << 15
"""Bytes from which an array is a piece of its own."""
_TASKS = 2
"""Tasks that a process keeps unpacked."""

_pieces: OrderedDict[str, bytes] = OrderedDict()
_tasks: OrderedDict[tuple[str, ...], Task[Any]] = OrderedDict()
_lock = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Parcel:
    """A packed task."""

    names: tuple[str, ...]
    """Hashes of the pieces, in order: the task itself, then its arrays."""
    pieces: Mapping[str, bytes]


@dataclasses.dataclass(frozen=True)
class Lacking:
    """The answer of a process that lacks pieces of a task."""

    names: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Unlike:
    """The answer of a process whose figures would differ."""

    differences: tuple[str, ...]


def packed(task: Task[Any]) -> Parcel:
    """Pack a task: functions by name, data whole."""
    arrays: list[bytes] = []

    def apart(buffer: pickle.PickleBuffer) -> bool:
        """Take a buffer out of the task if it is large; return whether it must stay in."""
        raw = buffer.raw()
        if raw.nbytes < _APART:
            return True
        arrays.append(raw.tobytes())
        return False

    whole = pickle.dumps(task, protocol=5, buffer_callback=apart)
    named = [(hashlib.sha256(piece).hexdigest(), piece) for piece in (whole, *arrays)]
    return Parcel(tuple(name for name, _ in named), dict(named))


def keep(names: Collection[str], pieces: Mapping[str, bytes]) -> None:
    """Keep pieces in this process; beyond `MOST_BYTES`, drop the oldest that are not among those named."""
    with _lock:
        _pieces.update(pieces)
        for name in names:
            if name in _pieces:
                _pieces.move_to_end(name)
        while sum(map(len, _pieces.values())) > MOST_BYTES and next(iter(_pieces)) not in names:
            _pieces.popitem(last=False)


def drop(names: Iterable[str]) -> None:
    """Drop pieces, and the tasks made of them."""
    with _lock:
        gone = set(names)
        for name in gone & set(_pieces):
            del _pieces[name]
        for key in [key for key in _tasks if gone & set(key)]:
            del _tasks[key]


def perform(
    ours: Makeup, names: tuple[str, ...], numbers: Sequence[int], sent: Mapping[str, bytes]
) -> Done[Any] | Lacking | Unlike:
    """Return what the task made of these pieces makes of a bundle of numbers.

    Or which pieces are lacking, or in what this process differs from the sender, which is `ours`. `sent` are pieces
    that come with the bundle.
    """
    from simcap.experiment.alike import differences, makeup
    from simcap.world.kernels import with_kernels

    if unlike := differences(makeup(), ours):
        return Unlike(tuple(unlike))
    keep(names, sent)
    task = _unpacked(names)
    return task if isinstance(task, Lacking) else with_kernels(lambda: done(task, numbers))


def _unpacked(names: tuple[str, ...]) -> Task[Any] | Lacking:
    with _lock:
        if names not in _tasks:
            if lacking := tuple(name for name in names if name not in _pieces):
                return Lacking(lacking)
            first, *arrays = (_pieces[name] for name in names)
            # Copies: who works on a task may write to its arrays, as it may where they were made.
            _tasks[names] = pickle.loads(first, buffers=[bytearray(array) for array in arrays])  # noqa: S301 - ours
            while len(_tasks) > _TASKS:
                _tasks.popitem(last=False)
        _tasks.move_to_end(names)
        return _tasks[names]
