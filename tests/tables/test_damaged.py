"""Damaged files: whatever part of them is broken, they are read or refused with one line, never a traceback."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from simcap.errors import DataError
from simcap.tables.table import open_tables

TABLE = pd.DataFrame({"agent": [f"a{row}" for row in range(60)], "n": range(60)})
TRIES = 60


def whole(name: str, folder: Path) -> bytes:
    path = folder / name
    if name.endswith("xlsx"):
        TABLE.to_excel(path, index=False)
    elif name.endswith("parquet"):
        TABLE.to_parquet(path, index=False)
    else:
        TABLE.to_csv(path, index=False)
    return path.read_bytes()


def scribbled(part: bytes, generator: random.Random) -> bytes:
    found = bytearray(part)
    for _ in range(8):
        found[generator.randrange(len(found))] = generator.choice(b'<>/"019ax&\x00')
    return bytes(found)


def repacked(content: bytes, generator: random.Random) -> bytes:
    """Return a workbook that unpacks well, with one of its parts gone, cut, empty or scribbled over."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(into, "w") as out:
        held = {name: parts.read(name) for name in parts.namelist()}
        victim = generator.choice(list(held))
        part = held.pop(victim)
        spoilt = [None, part[: generator.randrange(len(part))], b"", scribbled(part, generator)]
        if (left := generator.choice(spoilt)) is not None:
            held[victim] = left
        for name, piece in held.items():
            out.writestr(name, piece)
    return into.getvalue()


def broken(content: bytes, generator: random.Random) -> bytes:
    if generator.random() < 0.5:
        return content[: generator.randrange(len(content))]
    found = bytearray(content)
    for _ in range(8):
        found[generator.randrange(len(found))] = generator.randrange(256)
    return bytes(found)


@pytest.mark.parametrize("name", ["t.xlsx", "t.parquet", "t.csv.gz"])
def test_a_damaged_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    content, generator = whole(name, tmp_path), random.Random(7)
    path, refusals = tmp_path / f"damaged-{name}", list[str]()
    for number in range(TRIES):
        damage = repacked if name == "t.xlsx" and number % 2 else broken
        path.write_bytes(damage(content, generator))
        try:
            for table in open_tables(path):
                table.columns(table.names)
        except DataError as error:
            refusals.append(str(error))
    assert len(refusals) > TRIES / 3
    assert all(said.startswith(f"{path}: ") and "\n" not in said for said in refusals)


def test_a_workbook_whose_packing_is_damaged_is_refused(tmp_path: Path) -> None:
    """The directory at its end is whole, the parts are not."""
    content = bytearray(whole("t.xlsx", tmp_path))
    for place in range(60, len(content) // 2, 7):
        content[place] ^= 0xFF
    (tmp_path / "t.xlsx").write_bytes(bytes(content))
    with pytest.raises(DataError, match="is damaged, or no workbook"):
        open_tables(tmp_path / "t.xlsx")
