"""The known name nearest to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

_MOST: Final = 500
"""Names that one is compared with: as many as there may be queues."""


def nearest(name: str, known: Iterable[str], limit: int = 8) -> str:
    """Return "did you mean 'x'?", or what is known where nothing is near."""
    names = list(known)
    close = difflib.get_close_matches(name[:100], names[:_MOST], n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    listed = ", ".join(names[:limit]) + (", ..." if len(names) > limit else "")
    return f"known here: {listed}" if names else "none is known here"
