"""Compiled kernels that were damaged on disk: noticed when they are loaded, removed, and compiled again."""

from __future__ import annotations

import logging
import shutil
import traceback
from collections.abc import Callable
from typing import TypeVar

from simcap.compiled import CACHE

Result = TypeVar("Result")

_LOADERS = ("numba/core/caching.py", "numba/core/serialize.py")
"""The files of numba that read compiled code."""
_LOG = logging.getLogger(__name__)


def with_kernels(task: Callable[[], Result]) -> Result:
    """Return the result of a task; if compiled kernels turn out to be damaged, do it again without them."""
    try:
        return task()
    except Exception as error:  # damaged code can raise anything
        if CACHE is None or not _is_of_loading(error):
            raise
    _LOG.warning(
        "simcap: the compiled kernels in %s are damaged; compiling them again (about half a minute) ...", CACHE
    )
    for path in CACHE.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return task()


def _is_of_loading(error: Exception) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    return any(frame.filename.replace("\\", "/").endswith(_LOADERS) for frame in frames)
