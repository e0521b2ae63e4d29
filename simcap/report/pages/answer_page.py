"""The page of a command that answers a question: its verdict, what the terminal tells, its charts."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

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
_TITLE = "{http://purl.org/dc/elements/1.1/}title"


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
        yield block
    if lines:
        yield {"lines": lines}


def _charts(folder: Path) -> Iterator[dict[str, str]]:
    """Yield the charts of a folder as pictures inside the page, each with its finding."""
    for path in sorted(folder.glob("*.svg")):
        text = path.read_bytes()
        yield {
            "finding": _finding(text) or path.stem,
            "source": f"data:image/svg+xml;base64,{base64.b64encode(text).decode()}",
        }


def _finding(text: bytes) -> str:
    """Return the title of a chart that this version of simcap drew: its finding."""
    head = re.search(rb"<metadata>.*?</metadata>", text, re.DOTALL)
    if head is None:
        return ""
    title = ElementTree.fromstring(head[0]).find(f".//{_TITLE}")  # noqa: S314 - a chart of ours
    return title.text or "" if title is not None else ""
