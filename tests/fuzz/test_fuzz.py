"""A small part of `make fuzz`, the same at every run, and what fuzzing has found."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from simcap.errors import ScenarioError
from tests.fuzz.__main__ import NAMES
from tests.fuzz.judge import ended
from tests.fuzz.targets import Target, targets

CORPUS = Path(__file__).parent / "corpus"
FOUND = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
FEW = {
    "scenario": 8, "parameters": 6, "shocks": 3, "calibration": 4, "data": 8, "history": 5, "look": 4, "container": 6,
}  # fmt: skip
"""Inputs that are tried with every test: about a second for each target."""


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    return targets(tmp_path_factory.mktemp("seeds"))


@pytest.fixture(autouse=True)
def _as_a_user_has_it() -> Iterator[None]:
    """Let warnings of libraries be warnings, as the command line has them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_there_is_a_part_of_each() -> None:
    assert set(FEW) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_mutated_inputs(name: str, kinds: dict[str, Target], tmp_path: Path) -> None:
    target, rng = kinds[name], random.Random(19)
    assert set(kinds) == set(NAMES)
    for number in range(FEW[name]):
        data = rng.choice(target.seeds)
        for _ in range(rng.choice((1, 1, 2, 5))):
            data = target.mutate(rng, data)
        end = target.judge(tmp_path, data)
        assert not end.fault, f"input {number} of {name}: {end.fault} {end.where}\n{data[:2000]!r}"


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_stays_mended(path: Path, kinds: dict[str, Target], tmp_path: Path) -> None:
    end = kinds[path.parent.name].judge(tmp_path, path.read_bytes())
    assert not end.fault, f"{end.fault} {end.where}"


def test_the_judge_sees_what_it_should(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that finds nothing would prove nothing: each fault is made once."""
    path = tmp_path / "s.yaml"
    path.write_text("name: a\n")

    def judged_with(load: object) -> str:
        monkeypatch.setattr("simcap.scenario.reading.loading.load", load)
        return ended(["check", str(path)], "").fault

    def broken(*_: object, **__: object) -> None:
        raise KeyError("x")

    def endless(*_: object, **__: object) -> None:
        while True:
            pass

    def told(message: str) -> object:
        def load(*_: object, **__: object) -> None:
            raise ScenarioError(message)

        return load

    def hungry(*_: object, **__: object) -> None:
        raise ScenarioError(f"all of {len(bytearray(300_000_000) + b'x')} bytes is well")

    monkeypatch.setattr("tests.fuzz.judge.BYTES", 100_000_000)
    assert judged_with(hungry).endswith(" MB")
    assert judged_with(told("all is well")) == ""
    monkeypatch.setattr("tests.fuzz.judge.SECONDS", 0.2)
    assert judged_with(broken).startswith("traceback KeyError")
    assert judged_with(endless) == "hang"
    assert judged_with(told("all is well")) == ""
    out = tmp_path / "out"
    out.mkdir()
    (out / "fits.csv").write_text("value\ninf\n")
    assert ended(["schema"], "", out).fault.startswith("'inf' in fits.csv")
    assert ended(["schema"], "a queue called inf", out).fault == ""
