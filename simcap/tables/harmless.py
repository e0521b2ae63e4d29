"""Text without characters that steer a terminal or break a document, rather than stand in them.

Names come from vendors' logs. Control characters and overrides of the direction of writing become "?".
"""

from __future__ import annotations

import re
from typing import Any, Final

import pandas as pd

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""All of them but tabs and line breaks."""
_BYTES: Final = bytes(ord("?") if code == 127 or (code < 32 and code not in b"\t\n\r") else code for code in range(256))
_LONG_BYTES: Final = re.compile(rb"\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""Those of two or three bytes."""


def harmless_bytes(content: bytes) -> bytes:
    """Return a text in UTF-8 without them."""
    content = content.translate(_BYTES)
    return _LONG_BYTES.sub(b"?", content) if b"\xc2" in content or b"\xe2" in content else content


def harmless_text(text: str) -> str:
    """Return a text without them."""
    return text if text.isprintable() else _CONTROL.sub("?", text)


def harmless_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells without them; what is not text stays as it stands."""
    return cells.apply(_column) if len(cells.columns) else cells


def _column(cells: pd.Series) -> pd.Series:
    if isinstance(cells.dtype, pd.CategoricalDtype):
        harmful = any(harmless_cell(word) is not word for word in cells.cat.categories)
        return cells.astype(object).map(harmless_cell) if harmful else cells
    if isinstance(cells.dtype, pd.StringDtype):
        found = cells.str.contains(_CONTROL.pattern, na=False)
        return cells.mask(found, cells[found].map(harmless_text)) if found.any() else cells
    return cells.map(harmless_cell) if pd.api.types.is_object_dtype(cells) else cells


def harmless_cell(cell: Any) -> Any:
    """Return a cell without them, if it is a text."""
    return harmless_text(cell) if isinstance(cell, str) else cell
