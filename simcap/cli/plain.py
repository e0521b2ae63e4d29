"""Letters for terminals that have few: what an encoding lacks is written with the nearest of its own."""

from __future__ import annotations

import codecs
import io
from typing import Final, TextIO

_NEAREST: Final = {"●": "#", "◐": "+", "○": ".", "–": "-", "─": "-", "→": ">", "±": "+-", "…": "...", "×": "x"}
_NAME: Final = "simcap.nearest"


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_NEAREST.get(letter, "?") for letter in letters), error.end


codecs.register_error(_NAME, _nearest)


def write_plainly(*streams: TextIO) -> None:
    """Let streams write the nearest letter, or "?", for each that their encoding lacks."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NAME)
