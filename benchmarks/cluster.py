"""What a cluster costs: efficiency against processes of this machine, overhead of a replication, the scheduler's limit.

Also one replication of a year with 5,000 agents and 100 million items, for the plan in docs/how-to/use-a-cluster.md.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil

from benchmarks.quarter import quarter
from simcap.experiment.cluster import Cluster
from simcap.experiment.executors import BUNDLE_SECONDS
from simcap.experiment.pool import available_cores
from simcap.experiment.replicate import replicate
from simcap.experiment.scatter import outcomes, scattered
from simcap.experiment.workers import Jobs
from simcap.scenario.data.data_files import NO_FILES
from simcap.scenario.reading.loading import ScenarioFile

PERIODS = ("horizon", "month", "week")
AGENTS, ITEMS, DAYS = 5000, 100e6, 365
MANY = 64


def file_of(items: float, agents: int, days: int) -> ScenarioFile:
    """Return the quarter of the other benchmarks as a loaded file: 8 queues, 24 teams."""
    scenario = quarter(items, agents, days)
    return ScenarioFile(scenario, scenario.model_dump(mode="json"), NO_FILES)


def measure(rounds: int) -> None:
    """Print all figures."""
    efficiency(rounds)
    overhead()
    limit()
    year()


def efficiency(rounds: int) -> None:
    """Do the same replications by processes and by workers of this machine, in turn; then sleeps of known length.

    Processors' time, all processes together, says what a cluster costs also on a machine that has other work.
    """
    file = file_of(3e5, 300, 30)
    print(f"  load of the machine before: {os.getloadavg()[0]:.1f} on {available_cores()} cores")
    with Cluster("local:1") as one, Cluster("local:2") as two:
        ways: dict[str, Jobs] = {"--jobs 1": 1, "local:1": one, "--jobs 2": 2, "local:2": two}
        for way in ways.values():
            list(outcomes(file, 1, range(4), PERIODS, way))
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for number, (name, way) in itertools.product(range(rounds), ways.items()):
            begun, spent = time.perf_counter(), _spent()
            list(outcomes(file, 1, range(24 * number, 24 * number + 24), PERIODS, way))
            found[name].append((time.perf_counter() - begun, _spent() - spent))
        for count in (1, 2):
            here, there = np.array(found[f"--jobs {count}"]), np.array(found[f"local:{count}"])
            wall, processors = np.median(here / there, axis=0)
            print(
                f"  24 replications: --jobs {count} {here[:, 0].min():.1f} s, local:{count} {there[:, 0].min():.1f} s; "
                f"efficiency {wall:.0%}, by processors' time {processors:.0%}"
            )
        for seconds, (count, way) in itertools.product((1.0, 0.1, 0.01), ((1, one), (2, two))):
            tasks = round(10 / seconds)
            share = tasks * seconds / count / _sleeps(way, seconds, tasks)
            print(f"  {tasks} sleeps of {seconds:g} s, {count} workers: efficiency {share:.0%}")


def _spent() -> float:
    """Return the seconds of processors that this process and its children, ended or not, have used."""
    me = psutil.Process()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    live = sum(sum(child.cpu_times()[:2]) for child in me.children(recursive=True))
    return time.process_time() + ended.ru_utime + ended.ru_stime + live


def overhead() -> None:
    """Time replications that do nothing: one by one, and in bundles."""
    for words, seconds, count in (("one by one", 0.0, 500), ("in bundles", BUNDLE_SECONDS, 2000)):
        with Cluster("local:2", bundle_seconds=seconds) as two:
            _sleeps(two, 0.0, 10)
            print(f"  overhead of a replication, {words}: {1000 * _sleeps(two, 0.0, count) / count:.2f} ms")


def limit() -> None:
    """Let 64 workers sleep instead of simulating, over TCP, with results as large as those of a quarter."""
    size = len(pickle.dumps(replicate(file_of(1e5, 600, 90), 1, 0, PERIODS), protocol=5))
    print(f"  {MANY} workers that sleep, results of {size / 1e3:.0f} kB:")
    with _many() as (address, scheduler):
        with Cluster(address) as cluster:
            _sleeps(cluster, 0.1, 2 * MANY)
            for seconds, each in ((5.0, 3), (1.0, 10), (0.1, 40)):
                count = MANY * each
                taken = _sleeps(cluster, seconds, count, size)
                share = f"efficiency {each * seconds / taken:.0%}"
                print(f"    {count} of {seconds:g} s: {taken:.1f} s, {count / taken:.0f} a second, {share}")
        with Cluster(address, bundle_seconds=0.0) as cluster:
            for result in (0, size):
                before = sum(scheduler.cpu_times()[:2]), time.process_time()
                taken = _sleeps(cluster, 0.0, 2000, result)
                busy = (sum(scheduler.cpu_times()[:2]) - before[0]) / 2
                mine = (time.process_time() - before[1]) / 2
                print(
                    f"    no work, one by one, {result / 1e3:.0f} kB each: {2000 / taken:.0f} a second; of a processor "
                    f"{busy:.1f} ms at the scheduler, {mine:.1f} ms here: at most {1000 / max(busy, mine):.0f} a second"
                )


def year() -> None:
    """Run one replication of the plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cluster", "year"], capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    print(
        f"  a year, {AGENTS:,} agents in 24 teams, {found['items'] / 1e6:.0f} million items: {found['cpu']:.0f} s of a "
        f"processor, peak {found['peak']:.0f} MB, result {found['size'] / 1e3:.0f} kB"
    )


def _year() -> None:
    replicate(file_of(1e4, 600, 7), 1, 0, PERIODS)
    file = file_of(ITEMS, AGENTS, DAYS)
    begun = time.process_time()
    outcome, layout = replicate(file, 1, 0, PERIODS)
    cpu = time.process_time() - begun
    arrived = outcome.figures["queues", "horizon"][:, layout.measures["queues"].index("arrived")].sum()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = len(pickle.dumps((outcome, layout), protocol=5))
    print(json.dumps({"items": float(arrived), "cpu": cpu, "peak": peak, "size": size}))


def _sleep(seconds: float, size: int, _number: int) -> bytes:
    time.sleep(seconds)
    return bytes(size)


def _sleeps(cluster: Cluster, seconds: float, count: int, size: int = 0) -> float:
    """Return how long so many sleeps take, each with a result of `size` bytes."""
    begun = time.perf_counter()
    for _ in scattered(functools.partial(_sleep, seconds, size), range(count), cluster):
        pass
    return time.perf_counter() - begun


@contextmanager
def _many() -> Iterator[tuple[str, psutil.Process]]:
    """Give the address and the process of a scheduler with 64 workers, 32 in each of two processes, all talking TCP."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scheduler.json"
        words = [
            "dask",
            "scheduler",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--scheduler-file",
            str(told),
        ]
        running = [subprocess.Popen([sys.executable, "-m", *words], stderr=subprocess.DEVNULL)]
        try:
            while not told.exists() or '"address"' not in told.read_text():
                time.sleep(0.1)
            address = json.loads(told.read_text())["address"]
            for _ in range(2):
                words = ["benchmarks.cluster", "workers", address, str(MANY // 2), folder]
                running.append(subprocess.Popen([sys.executable, "-m", *words], stderr=subprocess.DEVNULL))
            from distributed import Client

            with Client(address, set_as_default=False) as client:
                client.wait_for_workers(MANY)
            yield address, psutil.Process(running[0].pid)
        finally:
            for process in running:
                process.kill()
                process.wait()


async def _workers(address: str, count: int, folder: str) -> None:
    from distributed import Worker

    workers = [
        Worker(address, nthreads=1, dashboard=False, local_directory=folder, memory_limit=0) for _ in range(count)
    ]
    await asyncio.gather(*workers)
    await asyncio.gather(*(worker.finished() for worker in workers))


if __name__ == "__main__":
    if sys.argv[1] == "year":
        _year()
    else:
        asyncio.run(_workers(sys.argv[2], int(sys.argv[3]), sys.argv[4]))
