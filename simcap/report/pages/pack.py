"""A review pack: the pages of several folders in one, with an index that says what each found."""

from __future__ import annotations

import html.parser
from collections.abc import Sequence
from pathlib import Path

from simcap.errors import RunError
from simcap.experiment.durable import disk
from simcap.experiment.folders import PAGE
from simcap.report.pages.pages import render


def write_pack(folders: Sequence[Path], out: Path) -> Path:
    """Put the pages of folders into a folder, each as a file of its own, and return the path of their index.

    Raises `RunError` if the pack would overwrite a folder of results.
    """
    if any(folder.resolve() == out.resolve() for folder in folders):
        raise RunError(f"{out}: holds results that belong into the pack; give it another folder with --out")
    entries = []
    with disk(out):
        out.mkdir(parents=True, exist_ok=True)
        for number, folder in enumerate(folders, 1):
            text = (folder / PAGE).read_text(encoding="utf-8")
            name = f"{number:02d}.html"
            (out / name).write_text(text, encoding="utf-8", newline="\n")
            entries.append({"file": name, **_told(text)})
        index = out / "index.html"
        index.write_text(render("index.html.j2", entries=entries), encoding="utf-8", newline="\n")
    return index


def _told(text: str) -> dict[str, str]:
    """Return the title of a page, and the verdict that it leads with."""
    reader = _Reader()
    reader.feed(text)
    return {"title": " ".join(reader.title.split()), "verdict": " ".join(reader.verdict.split())}


class _Reader(html.parser.HTMLParser):
    """Collect the title and the paragraphs of the verdict."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = self.verdict = ""
        self._place = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where in the page the next text is."""
        if tag == "section" and "verdict" in (dict(attrs).get("class") or "").split():
            self._inside = True
        if (tag == "title" and not self.title) or (tag == "p" and self._inside):
            self._place = tag

    def handle_endtag(self, tag: str) -> None:
        """Note that a part of the page ends."""
        if tag == self._place:
            self._place = ""
            self.verdict += " " if tag == "p" else ""
        if tag == "section":
            self._inside = False

    def handle_data(self, data: str) -> None:
        """Take the text of the title and of the verdict."""
        if self._place == "title":
            self.title += data
        elif self._place == "p":
            self.verdict += data
