"""Replications on a real cluster, over two addresses: the bytes of this machine alone, whoever dies on the way."""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import simcap
from simcap.cli import main
from simcap.errors import Interrupted, RunError
from simcap.experiment.cluster import Cluster, check_address
from simcap.experiment.scatter import scattered
from tests.clusters import Remote, remote
from tests.faults import inputs
from tests.faults.attack import tree

psutil = pytest.importorskip("psutil", reason="needs the extra simcap[cluster]")
distributed = pytest.importorskip("distributed", reason="needs the extra simcap[cluster]")

PLAN = """
name: desk
horizon: {start: 2026-10-05, days: 14, timezone: UTC, warm_up: 0 days}
simulation: {replications: 8, seed: 5}
queues:
  mail:
    arrivals: {trace: data/trace.csv}
    handle_time: {empirical: data/times.csv}
    sla: {4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}
  chat:
    arrivals: {file: {path: data/volumes.csv, as: forecast}}
    handle_time: {lognormal: {mean: 6 min, cv: 0.9}}
vendors:
  north:
    shrinkage: {absence: 8%}
    teams:
      day: {timezone: UTC, roster: data/roster.csv, skills: [mail, chat], shift: {always: true}}
"""


def write(folder: Path) -> Path:
    """Write a scenario of which everything large is in files."""
    (folder / "data").mkdir(parents=True)
    rng = np.random.default_rng(7)
    begin = np.datetime64("2026-10-05T00:00:00")
    moments = np.sort(begin + rng.integers(0, 14 * 86400, 6000).astype("timedelta64[s]"))
    lines = {
        "trace": ["created,queue", *(f"{moment},mail" for moment in moments)],
        "times": ["seconds", *map(str, rng.integers(60, 600, 5000))],
        "volumes": ["start,queue,items", *(f"{begin + np.timedelta64(h, 'h')},chat,{h % 24}" for h in range(14 * 24))],
        "roster": ["agent,hired", *(f"a{number},2026-01-01" for number in range(8))],
    }
    for name, rows in lines.items():
        (folder / "data" / f"{name}.csv").write_text("\n".join(rows) + "\n")
    (folder / "desk.yaml").write_text(PLAN)
    return folder / "desk.yaml"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a scenario, and the results of a run of it on this machine alone."""
    folder = tmp_path_factory.mktemp("mine")
    simcap.run(write(folder), jobs=1, out=folder / "here")
    return folder


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, place: Path) -> Iterator[Remote]:
    """Give a scheduler with two workers, which can open no file of the scenario's folder."""
    with remote(tmp_path_factory.mktemp("theirs") / "cluster", 2, denied=place) as found:
        yield found


@pytest.fixture
def client(two: Remote) -> Iterator[Any]:
    """Give a client of one's own, to see what happens at the workers."""
    with distributed.Client(two.address, set_as_default=False) as found:
        found.wait_for_workers(2)
        yield found


def queued(client: Any) -> int:
    """Return how many tasks the scheduler knows of."""
    return int(client.run_on_scheduler(_tasks))


def _tasks(dask_scheduler: Any) -> int:
    return len(dask_scheduler.tasks)


def act(at: int, what: Callable[[], None]) -> Callable[[int, int], None]:
    """Return a progress that does something once so many replications are there."""
    acted: list[int] = []

    def progress(done: int, _count: int) -> None:
        if done >= at and not acted:
            acted.append(done)
            what()

    return progress


def test_a_cluster_leaves_the_bytes_of_this_machine(two: Remote, client: Any, place: Path) -> None:
    words = ["run", str(place / "desk.yaml"), "--out", str(place / "there"), "--no-charts", "--cluster", two.address]
    result = CliRunner().invoke(main, [*words, "--quiet"])
    assert result.exit_code == 0, result.output
    found = tree(place / "there")
    assert found.pop("report.html")
    assert found == tree(place / "here")
    pieces = client.run(_pieces)
    assert list(pieces.values()) == [0, 0], "workers keep nothing"
    assert queued(client) == 0


def _pieces() -> int:
    from simcap.experiment import parcel

    return len(parcel._pieces)


@pytest.fixture(scope="module")
def desk(place: Path) -> Path:
    """Return a folder with the inputs of all commands, a history included."""
    inputs.write(place / "desk")
    words = ["synthesize", str(place / "desk/long.yaml"), "--out", str(place / "made"), "--quiet"]
    assert CliRunner().invoke(main, words).exit_code == 0
    inputs.write_history(place / "desk", place / "made")
    return place / "desk"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compare", "stress", "staff", "sensitivity", "backtest"])
def test_every_command_leaves_the_bytes_of_this_machine(
    two: Remote, desk: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(desk)
    trees = []
    for who in (["--cluster", two.address], ["--jobs", "1"]):
        result = CliRunner().invoke(main, [*inputs.VERBS[name].line(), *who])
        assert result.exit_code == 0, result.output
        trees.append(tree(desk / "out"))
        shutil.rmtree(desk / "out")
    assert trees[0] == trees[1]


def test_a_killed_worker_is_replaced_and_its_replications_repeated(client: Any, place: Path) -> None:
    pids = client.run(os.getpid)
    progress = act(2, lambda: os.kill(next(iter(pids.values())), signal.SIGKILL))
    simcap.run(place / "desk.yaml", executor=client, out=place / "killed", progress=progress)
    assert tree(place / "killed") == tree(place / "here")
    client.wait_for_workers(2)
    assert set(client.run(os.getpid).values()) != set(pids.values())


@pytest.mark.slow
def test_ctrl_c_leaves_a_run_that_resumes(two: Remote, client: Any, place: Path) -> None:
    with Cluster(two.address) as cluster:
        progress = act(2, lambda: signal.raise_signal(signal.SIGINT))
        with pytest.raises(Interrupted, match="stopped after 2 of 8 replications; they are kept"):
            simcap.run(place / "desk.yaml", executor=cluster, out=place / "stopped", progress=progress)
    simcap.run(place / "desk.yaml", executor=client, out=place / "stopped")
    assert tree(place / "stopped") == tree(place / "here")


def hold(folder: Path, number: int) -> int:
    """Say that work on a number has begun, and go on when told to, or when nobody can be left to say so."""
    (folder / f"begun-{number}").touch()
    begun = time.monotonic()
    while not (folder / "go on").exists() and time.monotonic() - begun < 180:
        time.sleep(0.05)
    (folder / f"ended-{number}").touch()
    return number


def begun(folder: Path, what: str = "begun") -> set[str]:
    return {path.name.removeprefix(what) for path in folder.glob(f"{what}-*")}


def hand_out_and_stop(cluster: Cluster, folder: Path) -> None:
    """Hand out six tasks to two workers; when these have begun, do what Ctrl-C does."""
    with cluster.session(functools.partial(hold, folder), 6) as session:
        for number in range(6):
            session.submit([number])
        wait_until(lambda: len(begun(folder)) == 2, "both workers have begun")
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def _heard() -> Iterator[None]:
    """Let SIGINT raise an exception, also where tests were started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heard")
def test_ctrl_c_cancels_what_is_queued(two: Remote, client: Any, tmp_path: Path) -> None:
    """The workers hold what they have begun until all else is cancelled, however busy the machine is."""
    with Cluster(two.address) as cluster, pytest.raises(KeyboardInterrupt, match=r"^$"):
        hand_out_and_stop(cluster, tmp_path)
    wait_until(lambda: queued(client) == 0, "the scheduler has nothing left to hand out")
    (tmp_path / "go on").touch()
    wait_until(lambda: len(begun(tmp_path, "ended")) == 2, "what was in hand ends")
    again = [client.submit(os.getpid, pure=False, workers=[worker]) for worker in client.run(os.getpid)]
    assert client.gather(again), "the workers have come to what was asked for later"
    assert len(begun(tmp_path)) == 2, "nothing else has begun"


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that must come; the limit only keeps a failure from waiting for ever."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < 120, what
        time.sleep(0.05)


def megabyte(number: int) -> bytes:
    return bytes([number % 256]) * 1_000_000


@pytest.mark.slow
def test_memory_here_stays_flat_while_results_stream_by(two: Remote) -> None:
    me = psutil.Process()
    with Cluster(two.address, bundle_seconds=0.0) as cluster:
        held = [me.memory_info().rss for _ in scattered(megabyte, range(300), cluster)]
    assert len(held) == 300
    assert max(held) - held[20] < 60e6, "of 280 MB that have come"


@pytest.mark.slow
def test_workers_started_here_leave_the_bytes_of_one_process_and_nobody_behind(place: Path) -> None:
    words = ["run", str(place / "desk.yaml"), "--no-charts", "--quiet", "--cluster", "local:2"]
    result = CliRunner().invoke(main, [*words, "--out", str(place / "started")])
    assert result.exit_code == 0, result.output
    found = tree(place / "started")
    assert found.pop("report.html")
    assert found == tree(place / "here")
    assert not [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]


@pytest.mark.slow
def test_ctrl_c_on_a_terminal_ends_all_and_keeps_what_is_finished(place: Path) -> None:
    """A terminal sends the signal to the workers as well."""
    words = ["run", str(place / "desk.yaml"), "-n", "2000", "--no-charts", "--cluster", "local:2"]
    child = subprocess.Popen(
        [sys.executable, "-m", "simcap", *words, "--out", str(place / "terminal")],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    begun = time.monotonic()
    while len(list(place.glob(".terminal.partial/*.npz"))) < 5:
        assert child.poll() is None
        assert time.monotonic() - begun < 120
        time.sleep(0.1)
    os.killpg(child.pid, signal.SIGINT)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 130
    assert re.fullmatch(
        r"simcap: stopped after \d+ of 2000 replications; they are kept, .*", told.strip().splitlines()[-1]
    )
    assert "Traceback" not in told
    begun = time.monotonic()
    while in_group(child.pid):
        assert time.monotonic() - begun < 20
        time.sleep(0.1)


def in_group(number: int) -> bool:
    """Return whether a group has a process left."""
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_lost_scheduler_leaves_a_run_that_resumes(tmp_path: Path, place: Path) -> None:
    with remote(tmp_path / "cluster", 1) as one, Cluster(one.address) as cluster:
        progress = act(2, one.scheduler.kill)
        told = f"^{one.address}: the scheduler is lost; what has finished is kept: run the same command again"
        with pytest.raises(RunError, match=told):
            simcap.run(place / "desk.yaml", executor=cluster, out=place / "lost", progress=progress)
    assert len(list((place / ".lost.partial").glob("*.npz"))) >= 2
    simcap.run(place / "desk.yaml", jobs=1, out=place / "lost")
    assert tree(place / "lost") == tree(place / "here")


def other_version(folder: Path) -> Path:
    """Make what stands before simcap on the path say that it is of another version."""
    about = folder / "simcap-9.9.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: simcap\nVersion: 9.9\n")
    return folder


def test_workers_of_another_version_are_refused_by_name(
    two: Remote, client: Any, place: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours = simcap.experiment.alike.makeup()["simcap"]
    two.add(1, first_on_path=other_version(tmp_path / "other"))
    client.wait_for_workers(3)
    simcap.run(place / "desk.yaml", executor=client, out=place / "mixed")
    assert tree(place / "mixed") == tree(place / "here")
    (told,) = [record.message for record in caplog.records]
    assert f"is not used: it has simcap 9.9 instead of {ours}; install the same there" in told
    assert told.startswith("simcap: tcp://127.0.0.3:")


@pytest.mark.parametrize("text", ["local:0", "local", "there:8786", "tcp://there", "http://there:80", ""])
def test_what_is_no_cluster_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a cluster; write tcp://HOST:PORT, .* or local:4 for four workers"):
        check_address(text)
    result = CliRunner().invoke(main, ["run", "desk.yaml", "--cluster", text])
    assert result.exit_code == 2
    assert "is not a cluster" in result.output


def test_jobs_and_a_cluster_are_one_too_many() -> None:
    result = CliRunner().invoke(main, ["run", "desk.yaml", "--cluster", "local:2", "--jobs", "3"])
    assert result.exit_code == 2
    assert "--jobs is for processes of this machine; with --cluster, leave it out" in result.output


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcap.experiment.cluster.importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ValueError, match=r"a cluster needs Dask: pip install 'simcap\[cluster\]'"):
        check_address("local:2")


def test_nobody_at_an_address_is_told(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    monkeypatch.setattr("simcap.experiment.cluster.CONNECT_SECONDS", 0.5)
    with Cluster("tcp://127.0.0.4:9") as cluster, pytest.raises(RunError, match=r"^tcp://127.0.0.4:9: no scheduler"):
        simcap.run(place / "desk.yaml", executor=cluster)
