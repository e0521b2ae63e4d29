"""A presentation file: its template and layouts, and how equal results give equal bytes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simcap.errors import RunError
from simcap.report.charts.style import shortened, wrapped

_WIDE = (12_192_000, 6_858_000)
"""A slide of 16:9, in English Metric Units."""
_EMU = 914_400
"""Of an inch."""
_THEME = {
    "dk1": "1C2733", "lt1": "FFFFFF", "dk2": "5B6773", "lt2": "F6F8FA", "accent1": "0B62A8", "accent2": "B8480A",
    "accent3": "00866A", "accent4": "9A4F96", "accent5": "8FB8DC", "accent6": "8A6D1F",
}  # fmt: skip
"""Colours of the page and the charts."""
_TITLE_SIZES = (28, 26, 24, 22, 20)
_FIXED = dt.datetime(2000, 1, 1)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclasses.dataclass(frozen=True)
class Area:
    """A rectangle on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    def below(self, height: float) -> Area:
        """Return what is left under a part of this height."""
        return Area(self.left, self.top + height, self.width, self.height - height)

    def split(self, share: float, gap: float = 0.3) -> tuple[Area, Area]:
        """Return a left part with a share of the width, and the right one."""
        left = (self.width - gap) * share
        right = Area(self.left + left + gap, self.top, self.width - gap - left, self.height)
        return Area(self.left, self.top, left, self.height), right

    @property
    def emu(self) -> tuple[int, int, int, int]:
        """Return left, top, width and height in English Metric Units."""
        return (emu(self.left), emu(self.top), emu(self.width), emu(self.height))


def emu(inches: float) -> int:
    """Return inches as English Metric Units."""
    return round(inches * _EMU)


class Deck:
    """A presentation that is being written, in a template of the user or in the house's own."""

    def __init__(self, title: str, template: Path | None = None) -> None:
        self.file = _opened(template)
        self.layout = _title_only(self.file, template)
        core = self.file.core_properties
        core.title, core.author, core.last_modified_by = plain(title)[:255], "simcap", "simcap"
        core.created = core.modified = _FIXED
        core.revision = 1

    def slide(self, title: str, notes: Sequence[str]) -> tuple[Any, Area]:
        """Add a slide with a finding as its title; return it and the room below the title."""
        slide = self.file.slides.add_slide(self.layout)
        place = self._place_of_title(slide)
        _write_title(slide.shapes.title, plain(title), place)
        slide.notes_slide.notes_text_frame.text = "\n".join(map(plain, notes))
        height = self.file.slide_height / _EMU
        top = place.top + place.height + 0.1
        return slide, Area(place.left, top, place.width, height - top - 0.45)

    def _place_of_title(self, slide: Any) -> Area:
        """Return where a slide's title is: its size comes from the slide, its layout or its master."""
        shape = slide.shapes.title
        sides = (shape.left, shape.top, shape.width, shape.height)
        left, top, width, height = (side / _EMU for side in sides)
        room, tall = self.file.slide_width / _EMU, self.file.slide_height / _EMU
        if top + height > 0.45 * tall or width < 0.5 * room:
            return Area(0.05 * room, 0.04 * tall, 0.9 * room, 0.14 * tall)
        return Area(left, top, width, height)

    def write(self, path: Path) -> None:
        """Write the file, the same bytes for the same slides. Raises `OSError` if it cannot be written."""
        whole = io.BytesIO()
        self.file.save(whole)
        with zipfile.ZipFile(whole) as made, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            for name in made.namelist():
                out.writestr(zipfile.ZipInfo(name, _ZIP_TIME), made.read(name), zipfile.ZIP_DEFLATED)


def plain(text: str) -> str:
    """Return a text without characters that control a device."""
    return _CONTROL.sub(" ", text)


def _write_title(shape: Any, title: str, place: Area) -> None:
    """Write a title in two lines at most, as large as they fit; its end is cut off if need be."""
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Pt

    room = place.width - 0.25
    for size in _TITLE_SIZES:
        lines = wrapped(title, room, size, bold=True).split("\n")
        most = max(min(2, int((place.height - 0.05) * 72 / (size * 1.2))), 1)
        if len(lines) <= most:
            break
    else:
        lines = [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), room, size, bold=True)]
    shape.left, shape.top, shape.width, shape.height = place.emu
    frame = shape.text_frame
    frame.word_wrap = True
    frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    frame.text = " ".join(lines)
    for run in frame.paragraphs[0].runs:
        run.font.size = Pt(size)


# -- templates --------------------------------------------------------------------------------------------------------


def _opened(template: Path | None) -> Any:
    """Return a presentation without slides. Raises `RunError` for a template that is none."""
    try:
        from pptx import Presentation
    except ImportError:
        raise RunError(
            "slides need python-pptx, which is not installed; pip install 'simcap[slides]', or leave out --pptx"
        ) from None
    if template is None:
        return _house_style(Presentation())
    if not template.is_file():
        raise RunError(f"{template}: there is no such file; name a presentation (.pptx) with --template")
    try:
        file = Presentation(str(template))
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes the library raise
        raise RunError(
            f"{template}: cannot be read as a presentation ({type(error).__name__}); save it as .pptx, not as .potx or "
            ".ppt, and name that with --template"
        ) from None
    for slide in list(file.slides._sldIdLst):  # noqa: SLF001 - the library cannot remove slides
        file.part.drop_rel(slide.rId)
        file.slides._sldIdLst.remove(slide)  # noqa: SLF001
    return file


def _title_only(file: Any, template: Path | None) -> Any:
    """Return the layout of a title and nothing below it; that of its type, else the first that has only a title."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    edge = {KIND.DATE, KIND.FOOTER, KIND.SLIDE_NUMBER}
    fitting = []
    for layout in file.slide_layouts:
        kinds = {holder.placeholder_format.type for holder in layout.placeholders} - edge
        if KIND.TITLE in kinds:
            is_type = layout._element.get("type") == "titleOnly"  # noqa: SLF001 - the library does not show it
            fitting.append((0 if is_type else len(kinds), layout))
    fitting.sort(key=lambda one: one[0])
    if not fitting or fitting[0][0] > 1:
        raise RunError(f'{template}: has no layout with a title and nothing else; add one ("Title Only") to its master')
    return fitting[0][1]


def _house_style(file: Any) -> Any:
    """Give the library's plain presentation the size of a screen, and the colours of the page."""
    from pptx.enum.text import PP_ALIGN
    from pptx.oxml.ns import qn

    ratio = _WIDE[0] / file.slide_width
    file.slide_width, file.slide_height = _WIDE
    master = file.slide_master
    for holder in (*master.placeholders, *(one for layout in file.slide_layouts for one in layout.placeholders)):
        if holder._element.spPr.find(qn("a:xfrm")) is not None:  # noqa: SLF001 - the library does not show it
            holder.left, holder.width = round(holder.left * ratio), round(holder.width * ratio)
    title = next(one for one in master.placeholders if one.placeholder_format.idx == 0)
    title.left, title.top, title.width, title.height = Area(0.5, 0.3, 12.33, 1.0).emu
    style = master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")  # noqa: SLF001
    style.set("algn", PP_ALIGN.to_xml(PP_ALIGN.LEFT))
    style.find(qn("a:defRPr")).set("b", "1")
    part = next(rel.target_part for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    part._blob = _recoloured(part.blob)  # noqa: SLF001 - a theme is a plain part
    return file


def _recoloured(theme: bytes) -> bytes:
    """Return a theme with the house's colours."""
    text = theme.decode("utf-8")
    for name, colour in _THEME.items():
        text = re.sub(
            rf"<a:{name}>.*?</a:{name}>", f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>', text, flags=re.DOTALL
        )
    return text.encode("utf-8")
