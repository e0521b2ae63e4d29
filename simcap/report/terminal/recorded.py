"""What a command tells, kept as plain blocks, so that its page says what the terminal says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.table import Table

Block = dict[str, Any]
"""`{"text": ...}`, or `{"title", "headings", "left", "rows"}`: a table, with the columns that are set left."""


class Teller(Protocol):
    """Who is told: a console, or a record."""

    def print(self, *told: Any, style: Any = None, soft_wrap: bool | None = None) -> None:
        """Tell a sentence or a table."""


class Record:
    """Blocks in the order in which they are told."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []

    def print(self, *told: Any, style: Any = None, soft_wrap: bool | None = None) -> None:
        """Keep sentences and tables; how a terminal would set them does not matter."""
        del style, soft_wrap
        for one in told:
            if isinstance(one, str):
                if one.strip():
                    self.blocks.append({"text": one.strip()})
            else:
                self.blocks.append(_table(one))


def _table(table: Table) -> Block:
    """Return the cells of a terminal's table as text."""
    headings = [str(column.header).replace("\n", " ") for column in table.columns]
    cells = [[str(cell) for cell in column.cells] for column in table.columns]
    return {
        "title": str(table.title or "").strip(),
        "headings": headings,
        "left": [column.justify == "left" for column in table.columns],
        "rows": [list(row) for row in zip(*cells, strict=True)],
    }
