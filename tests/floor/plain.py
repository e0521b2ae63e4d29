"""Kernels as plain Python: nothing is compiled, so that small ones can be tried in no time."""

from __future__ import annotations

import types
from typing import Any

import numpy as np


def plain(module: types.ModuleType) -> Any:
    """Return the functions of a module of kernels as they are written, calling each other."""
    names = {"np": np} | vars(module)
    for name, value in vars(module).items():
        if hasattr(value, "py_func"):
            written = value.py_func
            names[name] = types.FunctionType(written.__code__, names, name, written.__defaults__)
    names["prefetch"] = lambda *_args: None
    return types.SimpleNamespace(**names)


def records(count: int, kind: np.dtype[Any]) -> Any:
    """Return records whose fields plain Python reads as attributes, as kernels do."""
    return np.zeros(count, kind).view(np.recarray)
