"""simcap tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcap.cli import frame
from simcap.cli.voice import Voice

if TYPE_CHECKING:
    import pandas as pd


@frame.plain_command("tables")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def command(folder: Path, voice: Voice) -> None:
    """List the tables of results: their rows, and what each column holds in which unit.

    DIR is a folder in which simcap left its results. The tables are CSV files inside it, for other programs to read.

    \b
    Example:
      simcap tables outputs/quick
    """
    from simcap.api.pages import table_columns

    found = table_columns(folder)
    voice.results(folder, lambda: {"tables": list(_documents(found))}, lambda: click.echo("\n".join(_lines(found))))


def _documents(found: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for name, columns in found.groupby("table", sort=False):
        about = columns[["column", "unit", "meaning"]].to_dict("records")
        holds, rows = (columns[what].iloc[0] for what in ("holds", "rows"))
        yield {"table": name, "holds": holds, "rows": int(rows), "columns": about}


def _lines(found: pd.DataFrame) -> Iterator[str]:
    widths = [max(map(len, found[name])) for name in ("column", "unit")]
    for document in _documents(found):
        holds = f": {document['holds']}" if document["holds"] else ""
        yield f"{document['table']}{holds} ({document['rows']:,} {'row' if document['rows'] == 1 else 'rows'})"
        for column in document["columns"]:
            yield f"  {column['column']:<{widths[0]}}  {column['unit']:<{widths[1]}}  {column['meaning']}".rstrip()
        yield ""
