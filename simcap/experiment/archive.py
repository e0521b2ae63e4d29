"""Arrays in a file that says what it is of and whether it is whole: an npz archive, sealed with a checksum.

The checksum is the comment of the archive (the last bytes of a ZIP file), so that any reader of npz files can read it.
A file that was cut short, emptied, changed by a single bit, or made from something else is never used.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]

OF = "of"
"""Name of the array that holds the hash of what the others are of."""
_DIGITS = 64
"""Length of the checksum: SHA-256 in hexadecimal."""
_EMPTY_COMMENT = b"\0\0"
"""The last bytes of a ZIP file without a comment: its length, a 16-bit number, the low byte first."""

_LOG = logging.getLogger(__name__)


class Damaged(Exception):
    """Report a file that cannot be used; the message says why."""


def archive_bytes(arrays: Arrays, of: str) -> bytes:
    """Return arrays as an archive; `of` is the hash of everything that they depend on."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{OF: np.array(of)}, **arrays)
    plain = buffer.getvalue()
    assert plain.endswith(_EMPTY_COMMENT)
    sealed = plain[: -len(_EMPTY_COMMENT)] + _DIGITS.to_bytes(2, "little")
    return sealed + _checksum(sealed)


def read_archive(path: Path, of: str | None) -> dict[str, NDArray[Any]]:
    """Return the arrays of an archive. Raises `Damaged` unless it is whole and, if `of` is given, of just that."""
    arrays = _opened(path)
    mine = str(arrays.pop(OF))
    if of not in (None, mine):
        raise Damaged("is of another run")
    return arrays


def hash_in(folder: Path) -> str | None:
    """Return the hash of what the archives of a folder are of, from the first that is whole; None if there is none."""
    for path in sorted(folder.glob("*.npz")):
        with contextlib.suppress(Damaged):
            return str(_opened(path)[OF])
    return None


def tell_damaged(path: Path, why: Damaged) -> None:
    """Tell, on stderr unless the program logs elsewhere, that a file is not used."""
    _LOG.warning("simcap: %s: %s; its replication is simulated again", path, why)


def _opened(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of an archive, and the hash of what they are of."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Damaged(f"cannot be read ({error.strerror})") from None
    if not content:
        raise Damaged("is empty")
    if content[-_DIGITS:] != _checksum(content[:-_DIGITS]):
        raise Damaged("is damaged, or of an earlier version")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as saved:
            return {OF: saved[OF], **{name: saved[name] for name in saved.files}}
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is made again
        raise Damaged(f"cannot be read ({error})") from None


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
