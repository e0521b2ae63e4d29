"""What the owner of a file says of it; what is not said is found out from the file."""

from __future__ import annotations

import dataclasses
from typing import Final

ALL: Final = "all"
"""Every sheet of a workbook."""
LARGEST: Final = 2_000_000_000
"""Bytes of a file, unpacked, above which it is refused."""


@dataclasses.dataclass(frozen=True)
class TableLayout:
    """How a file is to be read.

    `sheet` is a name, a number from 1, or "all"; `header` the row of the header, the two that are read together, or
    () if there is none. `times` are strptime formats, or one of the words of `moments.WORDS`. Rows that have one of
    `skip` in any cell are left out; columns of `fill_down` have a value only where it changes.
    """

    sheet: str | int | None = None
    header: tuple[int, ...] | None = None
    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    times: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    fill_down: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    """Columns that are known by name: the row with them all is the header; sheets without a header are passed over."""


AS_FOUND: Final = TableLayout()
"""Nothing is said: all is found out."""
