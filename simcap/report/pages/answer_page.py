"""The page of a command that answers a question: its verdict, what the terminal tells, its charts."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simcap.experiment.reading import read_json
from simcap.report.documents.answer import ANSWER
from simcap.report.pages.pages import render

KICKERS = {
    "stress": "Stress test",
    "staff": "Staffing",
    "sensitivity": "Sensitivity",
    "calibrate": "Calibration",
    "backtest": "Back-test",
}


def answer_page(folder: Path) -> str:
    """Return the page of a command's results. Raises `RunError` if the folder does not hold them whole."""
    answer = read_json(folder / ANSWER)
    return render(
        "answer.html.j2",
        answer=answer,
        kicker=KICKERS[answer["command"]],
        parts=list(_parts(answer["blocks"])),
        charts=list(_charts(folder / "charts")),
    )


def _parts(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield tables, and the sentences between two of them together."""
    lines: list[str] = []
    for block in blocks:
        if "text" in block:
            lines.append(block["text"])
            continue
        if lines:
            yield {"lines": lines}
            lines = []
        yield block | {"rows": list(_named(block["rows"]))}
    if lines:
        yield {"lines": lines}


def _named(rows: list[list[str]]) -> Iterator[list[str]]:
    """Yield rows that each begin with a name: a terminal leaves out one that the row above has."""
    before = ""
    for name, *cells in rows:
        before = name or before
        yield [before, *cells]


def _charts(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the charts of a folder as pictures inside the page, each with its finding."""
    for path in sorted(folder.glob("*.svg")):
        text = path.read_bytes()
        yield {
            "finding": _finding(text) or path.stem,
            "source": f"data:image/svg+xml;base64,{base64.b64encode(text).decode()}",
        }


def _finding(text: bytes) -> str:
    """Return the title of a chart that simcap drew: its finding."""
    title = re.search(rb"<title>(.*?)</title>", text, re.DOTALL)
    return html.unescape(title[1].decode()) if title is not None else ""
