"""What stands on a slide: tables, native charts, sentences; all measured, so that nothing runs over."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any

from simcap.report.charts.style import shortened, text_width, wrapped
from simcap.report.slides.deck import Area, emu, plain

SIZE = 14
"""Points of the smallest text in a body: legible from the last row."""
_NARROWER = 0.92
"""How wide the letters of usual fonts (Arial, Calibri) are at most, compared with those of the font measured."""
_MOST_LINES = 10
_ENOUGH = 0.3
"""Share of a table's width that texts should have."""
_LEAST = 0.7
"""Inches that each has at least."""
_NOTE = 0.42
"""Height of a line below a table, in inches."""
_LINE = SIZE * 1.2 / 72
_INSET = 0.08
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""The table style without any look of its own."""
_NUMBERS = "#,##0"
ACCENTS = (1, 3, 4, 5, 6)
"""Colours of the theme for vendors and options; the second stands for risks and targets."""


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a table on a slide."""

    title: str
    share: float = 0.0
    """Of the width that is left; without one it is as wide as what stands in it, and nothing in it is cut off."""
    right: bool = False
    """Whether its cells are figures, which stand to the right."""


@dataclasses.dataclass(frozen=True)
class Series:
    """One line or stack of a chart."""

    name: str
    values: Sequence[float | None]
    accent: int
    """Number of its colour in the theme, from 1."""
    dashed: bool = False
    width: float = 2.25


def write_lines(slide: Any, area: Area, lines: Sequence[str], *, size: int = SIZE, bold: bool = False) -> Area:
    """Write sentences under one another, and return the room below; what does not fit is cut off with an ellipsis."""
    from pptx.util import Pt

    height = size * 1.2 / 72
    shown: list[str] = []
    used = 0.0
    for line in lines:
        parts = wrapped(plain(line), area.width - 2 * _INSET, size * _NARROWER, bold=bold).split("\n")
        room = int((area.height - used - 0.1) / height)
        if room < 1:
            break
        shown.append(_cut(parts, room, area.width - 2 * _INSET, size * _NARROWER))
        used += min(len(parts), room) * height + 0.09
    box = slide.shapes.add_textbox(*Area(area.left, area.top, area.width, used + 0.1).emu)
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = emu(_INSET)
    frame.margin_top = frame.margin_bottom = emu(0.03)
    for number, text in enumerate(shown):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.text = text
        paragraph.space_after = Pt(6)
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(size), bold
    return area.below(used + 0.15)


def _cut(parts: list[str], most: int, room: float, size: float) -> str:
    """Return lines as one text, the last that there is room for with an ellipsis if more follow."""
    if len(parts) <= most:
        return " ".join(parts)
    kept, rest = parts[: most - 1], " ".join(parts[most - 1 :])
    return " ".join([*kept, shortened(f"{rest} …" if text_width(rest, size) <= room else rest, room, size)])


def write_table(
    slide: Any, area: Area, columns: Sequence[Column], rows: Sequence[Sequence[str]], told: str, more: str = ""
) -> Area:
    """Write as many rows of a table as there is room for, each with as many lines as then fit; return the room below.

    `more` is written below, with the number of rows that are left out for {}.
    """
    widths = _widths(area.width, columns, rows)
    for most in range(_MOST_LINES, 0, -1):
        cells = _cells(columns, rows, widths, most)
        heights = [max(text.count("\n") + 1 for text in row) * _LINE + 2 * _INSET for row in cells]
        if sum(heights) <= area.height or most == 1:
            break
    count = len(cells)
    while sum(heights[:count]) > area.height - (_NOTE if count < len(cells) else 0.0) and count > 2:
        count -= 1
    whole = sum(heights[:count])
    frame = slide.shapes.add_table(count, len(columns), *Area(area.left, area.top, area.width, whole).emu)
    _describe(frame, told)
    _fill(frame.table, columns, widths, heights, cells[:count])
    below = area.below(whole + 0.1)
    if count == len(cells):
        return below
    return write_lines(slide, Area(below.left, below.top, below.width, _NOTE), [more.format(len(cells) - count)])


def _widths(whole: float, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the widths of columns: those without a share as wide as what stands in them, the others share the rest.

    Where that leaves too little, intervals go below their figures.
    """
    shares = sum(column.share for column in columns)
    for pieces in (lambda text: [plain(text)], _pieces):
        least = [
            max(map(_width, (piece for row in rows for piece in pieces(row[place]))), default=0.0)
            for place in range(len(columns))
        ]
        least = [
            max(width, *(_width(word, bold=True) for word in column.title.split())) + 2 * _INSET + 0.03
            for width, column in zip(least, columns, strict=True)
        ]
        left = whole - sum(width for width, column in zip(least, columns, strict=True) if not column.share)
        if left >= _ENOUGH * whole:
            break
    left = max(left, _LEAST * sum(column.share > 0 for column in columns))
    widths = [
        left * column.share / shares if column.share else width for width, column in zip(least, columns, strict=True)
    ]
    return [width * whole / sum(widths) for width in widths]


def _pieces(text: str) -> list[str]:
    """Return the parts of a cell between which a line may end: a figure, and its interval."""
    return re.split(r" (?=[\[(])", plain(text))


def _cells(columns: Sequence[Column], rows: Sequence[Sequence[str]], widths: list[float], most: int) -> list[list[str]]:
    """Return the cells of a table, its head first, in lines that fit."""
    head = [
        _fitted(column.title, width - 2 * _INSET, 3, bold=True) for column, width in zip(columns, widths, strict=True)
    ]
    body = [
        [_fitted(text, width - 2 * _INSET, most if column.share else 3)
         for text, column, width in zip(row, columns, widths, strict=True)]
        for row in rows
    ]  # fmt: skip
    return [head, *body]


def _fitted(text: str, room: float, most: int, *, bold: bool = False) -> str:
    """Return a cell's text in lines that fit into it, the last with an ellipsis if more follow."""
    whole = plain(text)
    if _width(whole, bold=bold) <= room:
        return whole
    pieces = _pieces(whole)
    parts = pieces if all(_width(piece, bold=bold) <= room for piece in pieces) and len(pieces) < 4 else [whole]
    lines = [line for part in parts for line in _lines(part, room, bold=bold)]
    if len(lines) > most:
        rest = f"{lines[most - 1]} {lines[most]}"
        lines = [*lines[: most - 1], shortened(rest, room, SIZE * _NARROWER, bold=bold)]
    return "\n".join(lines)


def _lines(text: str, room: float, *, bold: bool) -> list[str]:
    """Return a text in lines that fit into a width; a word that is longer than a line is cut off."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", bold=bold) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(shortened(word, room, SIZE * _NARROWER, bold=bold))
    return lines or [""]


def _width(text: str, *, bold: bool = False) -> float:
    """Return the width of a text in inches at the size of the body."""
    return text_width(text, SIZE * _NARROWER, bold=bold)


def _fill(
    table: Any, columns: Sequence[Column], widths: list[float], heights: list[float], rows: list[list[str]]
) -> None:
    from pptx.dml.color import MSO_THEME_COLOR
    from pptx.enum.text import PP_ALIGN
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    table._tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE  # noqa: SLF001 - the library does not show it
    table.horz_banding = False
    for place, width in enumerate(widths):
        table.columns[place].width = emu(width)
    for number, row in enumerate(rows):
        table.rows[number].height = emu(heights[number])
        for place, (text, column) in enumerate(zip(row, columns, strict=True)):
            cell = table.cell(number, place)
            cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = emu(_INSET)
            cell.text_frame.word_wrap = True
            cell.text = text.replace("\n", "\v") if not number or column.right else text.replace("\n", " ")
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if column.right else PP_ALIGN.LEFT
            for run in paragraph.runs:
                run.font.size, run.font.bold = Pt(SIZE), not number
                if not number:
                    run.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
            if number:
                cell.fill.background()
                _underline(cell)
            else:
                cell.fill.solid()
                cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1


def _underline(cell: Any) -> None:
    """Draw a thin line below a cell; the library has no borders."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    line = parse_xml(
        f'<a:lnB {nsdecls("a")} w="6350"><a:solidFill><a:schemeClr val="tx2"><a:lumMod val="40000"/>'
        '<a:lumOff val="60000"/></a:schemeClr></a:solidFill></a:lnB>'
    )
    cell._tc.get_or_add_tcPr().insert(0, line)  # noqa: SLF001


def write_chart(
    slide: Any, area: Area, labels: Sequence[str], series: Sequence[Series], *, stacked: bool = False,
    grouped: bool = False, up: str, along: str, form: str = _NUMBERS, least: float | None = None,
    most: float | None = None, told: str,
) -> None:  # fmt: skip
    """Draw a native chart with its axes named: lines, or columns that are stacked or grouped; it can be edited."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION

    data = CategoryChartData(number_format=form)
    data.categories = [plain(label) for label in labels]
    for one in series:
        data.add_series(plain(one.name), [None if value != value else value for value in one.values])
    columns = XL_CHART_TYPE.COLUMN_STACKED if stacked else XL_CHART_TYPE.COLUMN_CLUSTERED
    kind = columns if stacked or grouped else XL_CHART_TYPE.LINE
    frame = slide.shapes.add_chart(kind, *area.emu, data)
    _describe(frame, told)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_figures(labels, series, form))
    chart.has_title = False
    chart.font.size = _points(SIZE)
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _axis(chart.value_axis, up, form, least, most)
    _axis(chart.category_axis, along, None, None, None)
    for one, drawn in zip(series, chart.plots[0].series, strict=True):
        _look(one, drawn, filled=stacked or grouped)
    if stacked or grouped:
        chart.plots[0].gap_width, chart.plots[0].overlap = 60, 100 if stacked else 0


def _points(size: float) -> Any:
    from pptx.util import Pt

    return Pt(size)


def _axis(axis: Any, name: str, form: str | None, least: float | None, most: float | None) -> None:
    from pptx.dml.color import MSO_THEME_COLOR

    axis.has_title = True
    axis.axis_title.text_frame.text = name
    font = axis.axis_title.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold = _points(SIZE), False
    axis.has_major_gridlines = form is not None
    axis.format.line.color.theme_color = MSO_THEME_COLOR.TEXT_2
    if form is not None:
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = form, False
        line = axis.major_gridlines.format.line
        line.color.theme_color, line.color.brightness = MSO_THEME_COLOR.TEXT_2, 0.8
    if least is not None:
        axis.minimum_scale = least
    if most is not None:
        axis.maximum_scale = most


def _look(one: Series, drawn: Any, *, filled: bool) -> None:
    from pptx.dml.color import MSO_THEME_COLOR
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE_DASH_STYLE

    colour = getattr(MSO_THEME_COLOR, f"ACCENT_{(one.accent - 1) % 6 + 1}")
    if filled:
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.theme_color = colour
        return
    drawn.smooth = False
    drawn.marker.style = XL_MARKER_STYLE.NONE
    line = drawn.format.line
    line.color.theme_color, line.width = colour, _points(one.width)
    if one.dashed:
        line.dash_style = MSO_LINE_DASH_STYLE.DASH


def _figures(labels: Sequence[str], series: Sequence[Series], form: str) -> bytes:
    """Return the workbook behind a chart: no name in it is a formula, and its bytes do not depend on the clock."""
    from xlsxwriter import Workbook

    whole = io.BytesIO()
    file = Workbook(whole, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    file.set_properties({"created": dt.datetime(2000, 1, 1)})
    page, look = file.add_worksheet("Sheet1"), file.add_format({"num_format": form})
    for row, label in enumerate(labels, 1):
        page.write_string(row, 0, plain(label))
    for place, one in enumerate(series, 1):
        page.write_string(0, place, plain(one.name))
        for row, value in enumerate(one.values, 1):
            if value is not None and value == value:
                page.write_number(row, place, value, look)
    file.close()
    return whole.getvalue()


def _describe(frame: Any, told: str) -> None:
    """Say for a screen reader what a table or chart shows."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", plain(told))  # noqa: SLF001 - the library does not show it
