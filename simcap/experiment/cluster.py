"""The workers of a Dask scheduler (`distributed`): on other machines, or on this one to try it.

The scheduler repeats what was at a worker that has died, and gives work to those that join.
"""

from __future__ import annotations

import concurrent.futures as cf
import contextlib
import importlib.util
import logging
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self

from simcap.errors import RunError
from simcap.experiment.executors import BUNDLE_SECONDS
from simcap.experiment.parcel import Lacking, Parcel, Unlike, packed, perform
from simcap.experiment.workers import Done, Result, Session, Task, Workers

if TYPE_CHECKING:
    from distributed import Client

    from simcap.experiment.fleet import Fleet

CONNECT_SECONDS = 15.0
_LEAVE_INTERRUPTS = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
"""What workers of this machine begin with: Ctrl-C on a terminal reaches them too, and is not for them to answer."""


def check_address(text: str) -> str:
    """Return the address of a cluster. Raises `ValueError` for anything else, and where Dask is not installed."""
    if not re.fullmatch(r"local:[1-9]\d*|(tcp|tls)://\S+:\d+", text):
        raise ValueError(
            f"{text!r} is not a cluster; write tcp://HOST:PORT, the address that `dask scheduler` prints, "
            "or local:4 for four workers on this machine"
        )
    if importlib.util.find_spec("distributed") is None:
        raise ValueError("a cluster needs Dask: pip install 'simcap[cluster]'")
    return text


class Cluster(Workers):
    """The workers of a scheduler, to which it connects when the first task comes."""

    def __init__(self, where: str | Client, *, bundle_seconds: float = BUNDLE_SECONDS) -> None:
        """Take a scheduler by its address, or by a client, which stays open. "local:4" starts four workers here.

        `bundle_seconds` of work are handed out at once.
        """
        self._bundle_seconds = bundle_seconds
        self._where = check_address(where) if isinstance(where, str) else ""
        self._client = None if isinstance(where, str) else where
        self._mine = contextlib.ExitStack()
        self._fleet: Fleet | None = None
        self._session: _ClusterSession[Any] | None = None

    def __enter__(self) -> Self:
        """Return the cluster itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Cancel what is queued, free the workers' memory, and end what was started here."""
        with self._mine:
            if self._session is not None:
                self._session.end()
            if self._fleet is not None:
                self._fleet.forget()

    @contextlib.contextmanager
    def session(self, task: Task[Result], count: int) -> Iterator[Session[Result]]:  # noqa: ARG002 - for those who care
        """Open a session, once there is a worker.

        Raises `RunError` if no scheduler answers or it is lost, and if no worker computes the same figures.
        """
        if self._fleet is None:
            from simcap.experiment.fleet import Fleet

            self._fleet = Fleet(self._client or self._connected())
        self._fleet.assemble()
        self._session = session = _ClusterSession[Result](self._fleet, packed(task), self._bundle_seconds)
        try:
            yield session
        finally:
            session.end()

    def _connected(self) -> Client:
        from distributed import Client, LocalCluster

        _silence()
        place: Any = self._where
        if here := re.fullmatch(r"local:(\d+)", self._where):
            place = LocalCluster(
                n_workers=int(here[1]),
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                silence_logs=logging.CRITICAL,
                preload=[_LEAVE_INTERRUPTS],
            )
            self._mine.enter_context(place)
        try:
            client: Client = self._mine.enter_context(Client(place, set_as_default=False, timeout=CONNECT_SECONDS))
        except OSError:
            raise RunError(
                f"{self._where}: no scheduler answers there; start one with `dask scheduler`, and workers for it"
            ) from None
        return client


def _silence() -> None:
    """Leave it to simcap to say what goes wrong: Dask's own messages are for those who develop it."""
    for name in ["distributed", *logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


class _ClusterSession(Session[Result]):
    def __init__(self, fleet: Fleet, parcel: Parcel, bundle_seconds: float) -> None:
        from simcap.experiment.fleet import LOOK_EVERY

        self.look_every, self.bundle_seconds = LOOK_EVERY, bundle_seconds
        self._fleet, self._parcel = fleet, parcel
        self._executor = fleet.client.get_executor(pure=False)
        self._out: dict[cf.Future[Any], frozenset[str] | None] = {}
        """By bundle: the workers to which it is confined."""
        self._ended = False
        fleet.provide(parcel, fleet.threads)

    @property
    def ahead(self) -> int:
        """Return two for each thread of a worker: one to work on, and the next."""
        return 2 * max(1, sum(self._fleet.threads.values()))

    def submit(self, numbers: list[int]) -> cf.Future[Any]:
        """Hand out a bundle."""
        only = self._fleet.only
        confined = {} if only is None else {"workers": sorted(only)}
        with self._fleet.asking():
            future: cf.Future[Any] = self._executor.submit(
                _perform, self._fleet.ours, self._parcel.names, numbers, **confined
            )
        self._out[future] = only
        return future

    def answer(self, future: cf.Future[Any]) -> Done[Result] | None:
        """Return what has come back of a bundle; None if it is to be repeated."""
        from distributed import KilledWorker

        self._out.pop(future, None)
        try:
            address, found = future.result()
        except cf.CancelledError:
            # By the client, if it has lost the scheduler; by `look`; or by whoever has restarted the workers.
            with self._fleet.asking():
                return None
        except KilledWorker as error:
            raise RunError(
                f"{error.last_worker.address} and {error.allowed_failures} workers before it have ended at the same "
                "replications, perhaps for lack of memory; what has finished is kept: run the same command again with "
                "more memory for each worker"
            ) from None
        if isinstance(found, Unlike):
            self._fleet.refuse(address, found.differences)
            return None
        if isinstance(found, Lacking):
            self._fleet.lacks(address, found.names)
            self._fleet.provide(self._parcel, [address])
            return None
        finished: Done[Result] = found
        return finished

    def look(self) -> None:
        """See who has come and gone; provide those that have come, and repeat what waits for those that have gone."""
        if self._fleet.is_due() and self._fleet.look():
            self._fleet.assemble()
            self._fleet.provide(self._parcel, self._fleet.threads)
            for future, only in list(self._out.items()):
                if only is not None and not only & self._fleet.threads.keys():
                    future.cancel()

    def end(self) -> None:
        """Cancel what no worker has begun, and let the workers forget the task."""
        if not self._ended:
            self._ended = True
            if self._fleet.is_connected:
                self._executor.shutdown(wait=False)
            self._fleet.forget(self._parcel.names[:1])


def _perform(
    ours: Mapping[str, str], names: tuple[str, ...], numbers: list[int]
) -> tuple[str, Done[Any] | Lacking | Unlike]:
    """Return what a worker makes of a bundle, and its address."""
    from distributed import get_worker

    return get_worker().address, perform(ours, names, numbers, {})
