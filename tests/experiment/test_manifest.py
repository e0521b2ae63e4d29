"""What a run was: the manifest of scenarios and data files that are written here, and which runs are the same."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydantic
import pytest

from simcap.experiment.manifest import digest, manifest_of, same_run, versions
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import ScenarioFile, load

PLAN = """
name: files everywhere
horizon: {start: 2026-10-05, days: 7, timezone: UTC, warm_up: 0 days}
queues:
  volume: {arrivals: {file: {path: data/volume.csv, as: forecast}}, handle_time: {empirical: data/times.csv}}
  traced: {arrivals: {trace: data/trace.csv}, handle_time: {empirical: data/times.csv}}
  shaped: {arrivals: {per_day: 10, profile: data/profile.csv}, handle_time: {constant: 1 min}}
  plain: {arrivals: {per_day: 10, profile: flat}, handle_time: {constant: 1 min}}
vendors:
  north:
    teams:
      named: {timezone: UTC, roster: data/roster.csv, skills: [volume, traced], shift: {always: true}}
      placed: {timezone: UTC, duty: data/duty.csv, skills: [shaped, plain]}
"""
DATA = {
    "volume": "queue,start,items\n" + "".join(f"volume,2026-10-{day:02d},5\n" for day in range(5, 13)),
    "times": "seconds\n60\n90\n",
    "trace": "queue,created\ntraced,2026-10-05T10:00:00\n",
    "profile": "hour,rate\n" + "".join(f"{hour},1\n" for hour in range(24)),
    "roster": "agent,hired\na,2026-01-01\n",
    "duty": "agent,on,off\na,2026-10-05T08:00:00,2026-10-05T16:00:00\n",
}


def written(folder: Path, text: str = PLAN, **data: str) -> ScenarioFile:
    (folder / "data").mkdir(parents=True)
    for name, content in (DATA | data).items():
        (folder / f"data/{name}.csv").write_text(content)
    (folder / "plan.yaml").write_text(text)
    return load(folder / "plan.yaml")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_manifest_says_what_a_run_was(tmp_path: Path) -> None:
    file = written(tmp_path / "here")
    found = manifest_of(file, 7, 40, ("horizon", "month"))
    data = {f"data/{name}.csv": sha256(content) for name, content in sorted(DATA.items())}
    document = {**file.document, "extends": None}
    assert found == {
        "name": "files everywhere",
        "scenario": document,
        "data": data,
        "hash": sha256(json.dumps([document, data], sort_keys=True)),
        "seed": 7,
        "parameters": "point",
        "fitted": [],
        "scaled": [],
        "replications": 40,
        "periods": ["horizon", "month"],
        "versions": versions(),
    }
    assert list(found["data"]) == list(data), "sorted by path"
    assert json.loads(json.dumps(found)) == found, "nothing in it is lost in a file"
    assert digest(tmp_path / "here/data/times.csv") == sha256("seconds\n60\n90\n")


def test_a_hash_is_of_the_content_and_of_nothing_else(tmp_path: Path) -> None:
    def hashed(where: str, text: str = PLAN, **data: str) -> str:
        return str(manifest_of(written(tmp_path / where, text, **data), 1, 1, ())["hash"])

    own = hashed("one")
    assert hashed("another") == own, "wherever it lies"
    lines = PLAN.strip().splitlines()
    assert hashed("turned", "\n".join([lines[1], lines[0], *lines[2:]])) == own, "in whatever order it is written"
    assert hashed("busier", PLAN.replace("per_day: 10, profile: flat", "per_day: 11, profile: flat")) != own
    for name, content in DATA.items():
        assert hashed(name, **{name: content.replace("5,5", "5,6").replace("60", "61").replace("10:00", "10:01")
                               .replace("23,1", "23,2").replace("2026-01-01", "2026-01-02").replace("T16", "T15")}
                      ) != own, name  # fmt: skip
    assert hashed("named", PLAN.replace("files everywhere", "Dateien überall")) == sha256_of(tmp_path / "named")


def sha256_of(folder: Path) -> str:
    """Return the hash of a scenario and its data: letters of all languages stand in it as they are."""
    document = {**load(folder / "plan.yaml").document, "extends": None}
    data = {f"data/{name}.csv": sha256(content) for name, content in sorted(DATA.items())}
    return sha256(json.dumps([document, data], sort_keys=True, ensure_ascii=False))


def test_what_is_scaled_is_said(tmp_path: Path) -> None:
    from simcap.planning.changes import Change
    from simcap.scenario.reading.loading import Scaling

    file = derived(written(tmp_path / "here"), {})
    scaled = Change("busier", scaled=(Scaling("queues.plain.arrivals.per_day", 1.5),)).of(file)
    found = manifest_of(scaled, 1, 1, ())["scaled"]
    assert found == [["queues.plain.arrivals.per_day", 1.5, "number"]]


class Block(pydantic.BaseModel):
    """What a calibration has said of one parameter, as far as a manifest asks."""

    until: dt.date


def test_what_is_fitted_is_said_and_whether_it_is_drawn(tmp_path: Path) -> None:
    file = written(tmp_path / "here")
    for open_, said in ((frozenset({"queues.plain.arrivals.per_day"}), "drawn"), (frozenset(), "point")):
        fitted: Any = SimpleNamespace(open=open_, blocks=[Block(until=dt.date(2026, 9, 30))])
        found = manifest_of(dataclasses.replace(file, fitted=fitted), 1, 1, ())
        assert (found["parameters"], found["fitted"]) == (said, [{"until": "2026-09-30"}])


def test_versions_are_those_of_all_that_figures_hang_on() -> None:
    found = versions()
    assert list(found) == ["simcap", "python", "numba", "numpy", "pandas", "scipy", "simpy", "holidays", "tzdata"]
    assert found.pop("python") == platform.python_version()
    assert found == {name: importlib.metadata.version(name) for name in found}


@pytest.mark.parametrize(
    ("change", "same"), [({}, True), ({"replications": 9}, True), ({"seed": 2}, False), ({"more": 1}, False)]
)
def test_runs_are_the_same_but_for_the_number_of_replications(change: dict[str, Any], same: bool) -> None:
    one = {"seed": 1, "replications": 4, "hash": "a"}
    assert same_run(one, one | change) is same
    assert same_run(one | change, one) is same
