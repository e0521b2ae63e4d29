"""Archives of arrays: read by anybody, used only if they are whole and of what is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcap.experiment.archive import Damaged, archive_bytes, hash_in, read_archive

ARRAYS = {"queues/week": np.arange(6.0).reshape(2, 3), "about": np.array("überall")}


def test_an_archive_gives_back_what_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "one.npz"
    path.write_bytes(archive_bytes(ARRAYS, "this"))
    for of in ("this", None):
        found = read_archive(path, of)
        assert found.keys() == ARRAYS.keys()
        for name, values in ARRAYS.items():
            np.testing.assert_array_equal(found[name], values)
    assert archive_bytes(ARRAYS, "this") == path.read_bytes(), "equal arrays, equal bytes"
    assert hash_in(tmp_path) == "this"
    with pytest.raises(Damaged, match="is of another run"):
        read_archive(path, "that")
    with np.load(path) as plain:
        np.testing.assert_array_equal(plain["queues/week"], ARRAYS["queues/week"])


def test_not_a_single_bit_may_differ(tmp_path: Path) -> None:
    whole = archive_bytes({"one": np.arange(2.0)}, "this")
    path = tmp_path / "one.npz"
    for place in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        path.write_bytes(flipped)
        with pytest.raises(Damaged, match="is damaged"):
            read_archive(path, "this")
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(Damaged, match="is damaged" if length else "is empty"):
            read_archive(path, "this")
    assert hash_in(tmp_path) is None


def test_what_is_no_archive_but_has_the_checksum_of_one_is_damaged(tmp_path: Path) -> None:
    from simcap.experiment.archive import _checksum

    path = tmp_path / "one.npz"
    for content in (b"", b"PK\x03\x04", b"\x93NUMPY\x01"):
        path.write_bytes(content + _checksum(content))
        with pytest.raises(Damaged, match="cannot be read"):
            read_archive(path, None)
    with pytest.raises(Damaged, match=r"cannot be read \(No such file or directory\)"):
        read_archive(tmp_path / "none.npz", None)
