"""Who works at a Dask scheduler: those that compute our figures, those that do not, and what each has of a task."""

from __future__ import annotations

import contextlib
import importlib.metadata
import logging
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

from simcap.errors import RunError
from simcap.experiment.alike import ARITHMETIC, FILES, differences, makeup
from simcap.experiment.parcel import Parcel, drop, keep

if TYPE_CHECKING:
    from distributed import Client

LOOK_EVERY = 2.0
"""Seconds between looks at who has joined and who has gone."""
KEPT = "what has finished is kept: run the same command again"
_LOG = logging.getLogger(__name__)


class Fleet:
    """The workers of a scheduler."""

    def __init__(self, client: Client) -> None:
        """Ask who is there later. Raises `RunError` if the scheduler cannot pass simcap's work on."""
        self.client = client
        self.ours = makeup()
        self.threads: dict[str, int] = {}
        """By address of a worker that is used: tasks that it does at a time."""
        self._unlike: dict[str, list[str]] = {}
        self._has: dict[str, set[str]] = defaultdict(set)
        self._told_none = False
        self._looked = -LOOK_EVERY
        self._address = str(client.scheduler.address)
        with self.asking():
            try:
                client.run_on_scheduler(importlib.metadata.version, "simcap")
            except importlib.metadata.PackageNotFoundError:
                raise RunError(
                    f"{self._address}: the scheduler lacks simcap; install simcap {self.ours['simcap']} there as well"
                ) from None

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Turn a lost connection into a message for a person."""
        try:
            yield
        except (OSError, _closed()):
            raise self.lost() from None
        if not self.is_connected:
            raise self.lost()

    @property
    def is_connected(self) -> bool:
        """Return whether the scheduler can be asked: if not, whatever is asked waits for its return."""
        return bool(self.client.status == "running")

    def lost(self) -> RunError:
        """Return the error that the scheduler is lost."""
        return RunError(f"{self._address}: the scheduler is lost; {KEPT} when there is one again")

    @property
    def only(self) -> frozenset[str] | None:
        """Return the workers to which work is confined; None if all may have it."""
        return frozenset(self.threads) if self._unlike else None

    def assemble(self) -> None:
        """Wait for the first worker that computes our figures. Raises `RunError` if there are others only."""
        self.look()
        while not self.threads:
            if self._unlike:
                lines = [f"  {self._words(address)}" for address in self._unlike]
                raise RunError("\n".join([f"{self._address}: none of its workers computes the same figures:", *lines]))
            time.sleep(0.2)
            self.look()

    def is_due(self) -> bool:
        """Say whether it is time for another look."""
        return time.monotonic() - self._looked >= LOOK_EVERY

    def look(self) -> bool:
        """See who has joined and who has gone; return whether anybody has."""
        self._looked = time.monotonic()
        with self.asking():
            threads: dict[str, int] = self.client.nthreads()
            unlike = self._differences(set(threads) - set(self.threads) - set(self._unlike))
        self._unlike = {address: why for address, why in self._unlike.items() if address in threads}
        before = set(self.threads)
        self.threads = {address: count for address, count in threads.items() if address not in self._unlike}
        for address, why in unlike.items():
            self.refuse(address, why)
        if not threads and not self._told_none:
            _LOG.warning("simcap: %s: has no worker; waiting for one", self._address)
        self._told_none = not threads
        return before != set(self.threads)

    def refuse(self, address: str, why: Collection[str]) -> None:
        """Use a worker no more that computes other figures, and say so if there are others."""
        if address not in self._unlike:
            self._unlike[address] = list(why)
            self.threads.pop(address, None)
            if self.threads:
                _LOG.warning("simcap: %s", self._words(address))

    def _words(self, address: str) -> str:
        return f"{address} is not used: it has {', '.join(self._unlike[address])}; install the same there"

    def _differences(self, addresses: Collection[str]) -> dict[str, list[str]]:
        """Return how workers differ, without those that do not. At first it asks only for what each can answer."""
        theirs: dict[str, dict[str, str]] = {address: {} for address in addresses}
        for name in self.ours:
            if name == "python":
                self._ask(theirs, name, platform.python_version)
            elif name not in (FILES, ARITHMETIC):
                self._ask(theirs, name, importlib.metadata.version, name)
        alike = {address: mine for address, mine in theirs.items() if not differences(mine, self.ours)}
        theirs |= self._answers(alike, makeup)
        found = {address: differences(mine, self.ours) for address, mine in theirs.items()}
        return {address: why for address, why in found.items() if why}

    def _ask(self, theirs: dict[str, dict[str, str]], name: str, function: Callable[..., str], *words: str) -> None:
        for address, version in self._answers(theirs, function, *words).items():
            theirs[address][name] = version

    def _answers(self, addresses: Collection[str], function: Callable[..., Any], *words: Any) -> dict[str, Any]:
        """Return what workers answer, without those that cannot."""
        # Those that have died meanwhile must not be asked: the scheduler would try to reach them for half a minute.
        there = set(addresses) & set(self.client.nthreads()) if addresses else set()
        if not there:
            return {}
        found = self.client.run(function, *words, workers=sorted(there), on_error="return")
        return {address: answer for address, answer in found.items() if not isinstance(answer, Exception)}

    def provide(self, parcel: Parcel, addresses: Collection[str]) -> None:
        """Send workers what they lack of a task: all that lack the same get it by one message to the scheduler."""
        groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for address in addresses:
            groups[tuple(name for name in parcel.names if name not in self._has[address])].append(address)
        for lacking, group in groups.items():
            if lacking:
                pieces = {name: parcel.pieces[name] for name in lacking}
                with self.asking():
                    self._answers(group, keep, parcel.names, pieces)
                for address in group:
                    self._has[address].update(lacking)

    def lacks(self, address: str, names: Collection[str]) -> None:
        """Note that a worker has dropped pieces."""
        self._has[address] -= set(names)

    def forget(self, names: Collection[str] | None = None) -> None:
        """Let workers drop pieces, by default all; without a word if they are gone."""
        gone = set().union(*self._has.values()) if names is None else set(names)
        if self.is_connected:
            with contextlib.suppress(OSError, _closed()):
                self._answers(self._has, drop, gone)
        for has in self._has.values():
            has -= gone


def _closed() -> type[Exception]:
    """Return the error of a client that has been closed."""
    from distributed.client import ClosedClientError

    closed: type[Exception] = ClosedClientError
    return closed
