"""What figures depend on beside their scenario: told apart, and named as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simcap.experiment import alike
from simcap.experiment.alike import ARITHMETIC, FILES, differences, makeup

OURS = {"simcap": "0.1", "python": "3.11.7", "numpy": "2.4.6", "holidays": "0.9", FILES: "a", ARITHMETIC: "b"}


def test_this_process_is_like_itself() -> None:
    assert set(makeup()) == {
        "simcap", "python", "numba", "numpy", "pandas", "scipy", "simpy", "holidays", "tzdata", FILES, ARITHMETIC,
    }  # fmt: skip
    assert differences(makeup(), makeup()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"numpy": "2.2.0"}, ["numpy 2.2.0 instead of 2.4.6"]),
        ({"python": "3.12.1", "simcap": "9"}, ["simcap 9 instead of 0.1", "python 3.12.1 instead of 3.11.7"]),
        ({FILES: "other"}, ["simcap 0.1, but of other files"]),
        ({FILES: "other", "simcap": "9"}, ["simcap 9 instead of 0.1"]),
        (
            {ARITHMETIC: "other"},
            [f"a processor whose last digits differ (set {alike.SAME_DIGITS} here and there)"],
        ),
        ({ARITHMETIC: "other", "numpy": "2.2.0"}, ["numpy 2.2.0 instead of 2.4.6"]),
    ],
)
def test_what_differs_is_named(change: dict[str, str], told: list[str]) -> None:
    assert differences(OURS | change, OURS) == told


def test_what_is_missing_is_named_and_what_was_not_asked_is_not() -> None:
    theirs = {name: value for name, value in OURS.items() if name not in ("numpy", FILES, ARITHMETIC)}
    assert differences(theirs, OURS) == ["numpy is missing instead of 2.4.6"]


def test_files_count_and_their_names_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "experiment").mkdir()
    monkeypatch.setattr(alike, "__file__", str(tmp_path / "experiment" / "alike.py"))
    found = [alike._files()]
    for name, text in (("a.py", "1"), ("a.py", "2"), ("b.py", "2")):
        (tmp_path / name).write_text(text)
        found.append(alike._files())
    assert len(set(found)) == 4
    (tmp_path / "note.txt").write_text("x")
    assert alike._files() == found[-1]


def test_other_arithmetic_is_noticed() -> None:
    """Where NumPy uses AVX-512, its exponential without that differs; elsewhere nothing does."""
    code = "import numpy; from simcap.experiment import alike; print(alike.arithmetic())"
    code += "; from numpy._core._multiarray_umath import __cpu_features__ as f; print(f.get('AVX512_SKX', False))"
    found = []
    for features in ("", "X86_V4 AVX512F AVX512_SKX"):
        environment = {**os.environ, "NPY_DISABLE_CPU_FEATURES": features}
        if not features:
            del environment["NPY_DISABLE_CPU_FEATURES"]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True, env=environment
        )
        found.append(done.stdout.split())
    assert (found[0][0] != found[1][0]) == (found[0][1] != found[1][1])
