"""How the kernels are compiled, and where the compiled code is kept.

Compiled code is kept in the user's cache folder, under a name that hashes the sources of all kernels, so that a cached
caller in another file never uses a stale kernel. Where that folder is not writable, the package's own is used; failing
that, the code is compiled anew in each process.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from platformdirs import user_cache_path

from simcap.units import TICK, TICKS_PER_SECOND

_UNUSED = 30 * 86400.0
"""Seconds without use after which another version's compiled code is removed."""
F = TypeVar("F", bound=Callable[..., Any])


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _fingerprint() -> str:
    here = Path(__file__).parent
    named = ("arrivals.py", "compiled.py", "streams.py", "units.py", "demand/points.py", "demand/scores.py")
    flow = (f"sketch/{name}.py" for name in ("counting", "flow", "layout", "serving", "steps"))
    sources = [*(here / name for name in (*named, *flow)), *sorted((here / "floor").glob("*.py"))]
    text = b"".join(source.read_bytes() for source in sources)
    flags = f"{numba.__version__} {numba.config.BOUNDSCHECK}"
    return hashlib.sha256(text + flags.encode()).hexdigest()[:16]


def _cache_folder() -> Path | None:
    """Return the first writable folder for compiled code; None if there is none."""
    name = _fingerprint()
    places = [user_cache_path("simcap", appauthor=False) / "kernels", Path(__file__).parent / "__pycache__" / "kernels"]
    return next((place / name for place in places if _writable(place / name)), None)


def _clear_away(folder: Path) -> None:
    """Remove other versions' compiled code that has not been used for a month."""
    os.utime(folder)
    for other in folder.parent.iterdir():
        with contextlib.suppress(OSError):
            if other != folder and time.time() - other.stat().st_mtime > _UNUSED:
                shutil.rmtree(other)


CACHE = _cache_folder()
if CACHE is not None:
    _clear_away(CACHE)
    numba.config.CACHE_DIR = str(CACHE)


def is_compiled() -> bool:
    """Return whether an earlier process has left compiled code for these sources."""
    return CACHE is not None and any(CACHE.rglob("*.nbc"))


def kernel(function: F) -> F:
    """Compile a function that Python calls: cached on disk, without the interpreter lock."""
    return numba.njit(cache=CACHE is not None, nogil=True, error_model="numpy", _nrt=False)(function)


def inlined(function: F) -> F:
    """Compile a small function into its callers."""
    return numba.njit(forceinline=True, error_model="numpy", _nrt=False)(function)


def outlined(function: F) -> F:
    """Compile a function that only kernels call, and that is too large or too rare to be inlined."""
    return numba.njit(error_model="numpy", _nrt=False)(function)


@inlined
def minimum(one: Any, other: Any) -> Any:
    """Return the smaller number. (In a large kernel numba does not inline `min`.)"""
    return one if one < other else other  # noqa: FURB136 - see above


@inlined
def maximum(one: Any, other: Any) -> Any:
    """Return the larger number."""
    return one if one > other else other  # noqa: FURB136 - as for `minimum`


@intrinsic
def _round(_typing: Any, _number: Any) -> Any:
    def lower(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        double = ir.DoubleType()
        rint = builder.module.declare_intrinsic("llvm.rint", [double])
        return builder.call(rint, args)

    return types.float64(types.float64), lower


@inlined
def tick_of(seconds: float) -> float:
    """Return `units.to_tick` of a time: on the grid of 2**-20 s, half to even."""
    return _round(seconds * TICKS_PER_SECOND) * TICK
