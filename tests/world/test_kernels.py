"""Compiled kernels that are damaged on disk: told, removed, compiled again; other errors come through."""

from __future__ import annotations

from pathlib import Path

import numba
import pytest

from simcap.world import kernels
from simcap.world.kernels import with_kernels

MODULE = """
import numba

@numba.njit(cache=True)
def double(number):
    return 2 * number
"""


@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("damage", [b"", b"\x80\x05half", b"\x00" * 200])
def test_damaged_kernels_are_compiled_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    ending: str,
    damage: bytes,
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(cache))
    monkeypatch.setattr(kernels, "CACHE", cache)
    path = tmp_path / "made.py"
    path.write_text(MODULE)

    def load() -> int:
        made: dict[str, object] = {"__file__": str(path), "__name__": "made"}
        exec(compile(MODULE, str(path), "exec"), made)  # the cache is found by the file
        double = made["double"]
        assert callable(double)
        return int(double(4))

    assert with_kernels(load) == 8
    files = list(cache.rglob(f"*{ending}"))
    assert files
    for file in files:
        file.write_bytes(damage)
    assert with_kernels(load) == 8
    assert [record.getMessage().partition(" are damaged; ")[0] for record in caplog.records] == [
        f"simcap: the compiled kernels in {cache}"
    ]
    assert all(file.read_bytes() != damage for file in cache.rglob(f"*{ending}"))


def test_other_errors_come_through(caplog: pytest.LogCaptureFixture) -> None:
    calls = []

    def fail() -> None:
        calls.append(1)
        raise ValueError("no such queue")

    with pytest.raises(ValueError, match="no such queue"):
        with_kernels(fail)
    assert len(calls) == 1
    assert not caplog.records
