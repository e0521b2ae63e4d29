"""Whether figures that another process computes are those that this one would: what they depend on, and what differs.

Libraries and simcap itself must be the same, and so must the arithmetic: NumPy and BLAS choose their code by the
processor, and the last digits of an exponential differ between those that have AVX-512 and those that do not.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

ARITHMETIC = "arithmetic"
FILES = "simcap's files"
SAME_DIGITS = "NPY_DISABLE_CPU_FEATURES='X86_V4 AVX512F AVX512_SKX'"
"""Environment under which NumPy uses no AVX-512."""

Makeup = Mapping[str, str]
"""What figures depend on, by name."""


@functools.cache
def makeup() -> dict[str, str]:
    """Return what figures that this process computes depend on, beside their scenario and seed."""
    from simcap.experiment.manifest import versions

    return {**versions(), FILES: _files(), ARITHMETIC: _arithmetic()}


def differences(theirs: Makeup, ours: Makeup) -> list[str]:
    """Return how another makeup differs from ours: "numpy 2.2.0 instead of 2.4.6"."""
    named = [name for name in ours if theirs.get(name) != ours[name] and name not in (FILES, ARITHMETIC)]
    found = [f"{name} {theirs.get(name, 'is missing')} instead of {ours[name]}" for name in named]
    if "simcap" not in named and FILES in theirs and theirs[FILES] != ours[FILES]:
        found.append(f"simcap {ours['simcap']}, but of other files")
    if "numpy" not in named and ARITHMETIC in theirs and theirs[ARITHMETIC] != ours[ARITHMETIC]:
        found.append(f"a processor whose last digits differ (set {SAME_DIGITS} here and there)")
    return found


def _files() -> str:
    """Return a hash of the program's files: installed from a working copy, two may have the same version."""
    folder = Path(__file__).parents[1]
    paths = sorted(folder.rglob("*.py"))
    found = hashlib.sha256()
    for path in paths:
        if "examples" not in path.relative_to(folder).parts:
            found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _arithmetic() -> str:
    """Return a hash of the last digits of what simulation and reports compute most."""
    x = np.linspace(1e-6, 1 - 1e-6, 2003)
    square = np.outer(x[:40], x[-40:]) + np.eye(40)
    values = [f(x) for f in (np.exp, np.log, np.log1p, np.expm1, np.tanh, np.sin, np.cumsum)]
    values += [x**2.5, np.exp(-30 * x), np.array([x @ x, x.std()]), np.linalg.solve(square, x[:40])]
    return hashlib.sha256(np.concatenate(values).tobytes()).hexdigest()
