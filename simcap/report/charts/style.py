"""How every chart looks: colours that the colour-blind can tell apart, fonts, the sheet, how it is saved."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import textwrap
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import imsave
from matplotlib.text import Text
from matplotlib.textpath import TextToPath

from simcap.report.charts.fonts import USUAL, family_for
from simcap.report.wording.words import FOOT_DOT

WIDTH, HEIGHT, DPI = 12.8, 7.2, 160
MARGIN = 0.55
FOOT_SIZE = 8.5
"""Points of the source and the key at the foot."""
"""Inches of margin left and right."""

INK, SOFT, FAINT, RULE = "#1c2733", "#5b6773", "#b4bcc5", "#e4e8ec"
BLUE = "#0b62a8"
RISK = "#b8480a"
ANCHORED = "#00866a"
"""Attainment that is anchored to a rule without a model; what is simulated is blue."""
TRAINING = "#8a6d1f"
VENDORS = ("#0b62a8", "#00866a", "#9a4f96", "#3f4f63", "#4b9bd1", "#b0557f", "#6a8f2f")
CHANCE = LinearSegmentedColormap.from_list("chance", ["#f6f7f8", "#fde6cf", "#f7b77a", "#e07b2e", "#b8480a", "#7a2a04"])
"""From no chance of a miss to certainty; its lightness falls throughout."""

_RC: Any = {
    "font.family": [USUAL],
    "font.size": 10,
    "text.color": INK,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.edgecolor": FAINT,
    "axes.labelcolor": SOFT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": SOFT,
    "ytick.labelcolor": SOFT,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "ytick.major.pad": 5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "simcap",
}


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style; characters that no font has become boxes without a warning: a run has a note of them."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        log.setLevel(logging.ERROR)  # Fonts of other scripts have no bold face.
        try:
            yield
        finally:
            log.setLevel(level)


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A figure with its headings, and the inches from its bottom between which there is room for panels."""

    figure: Figure
    top: float
    used: float
    """Inches from the left that the last line above the panels takes."""
    foot: Text
    """The source, at the foot."""
    bottom: float = 0.52

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Return axes at a place in inches."""
        return self.figure.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT))

    def write(self, left: float, bottom: float, text: str, **look: Any) -> None:
        """Write a text at a place in inches."""
        _write(self.figure, left, bottom, text, **look)

    def end_foot(self, at: float) -> None:
        """Shorten the source, in its first part, the name of the scenario, to end left of a place in inches."""
        name, *others = self.foot.get_text().split(FOOT_DOT)
        rest = "".join(f"{FOOT_DOT}{part}" for part in others)
        room = at - MARGIN
        kept = shortened(name, room - text_width(rest, FOOT_SIZE), FOOT_SIZE)
        self.foot.set_text(shortened(f"{kept}{rest}", room, FOOT_SIZE))


def new_sheet(title: str, subtitle: str, foot: str) -> Sheet:
    """Return an empty 16:9 sheet with its title, what it shows, and its source."""
    figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DPI)
    FigureCanvasAgg(figure)
    room = WIDTH - 2 * MARGIN
    size, lines = title_lines(title)
    below = HEIGHT - 0.36 - (lines.count("\n") + 1) * size * 1.24 / 72 - 0.06
    shown = wrapped(subtitle, room, 11)
    top = below - (shown.count("\n") + 1) * 11 * 1.4 / 72
    _write(figure, MARGIN, HEIGHT - 0.36, lines, size=size, weight="bold", va="top", linespacing=1.15)
    _write(figure, MARGIN, below, shown, size=11, color=SOFT, va="top", linespacing=1.3)
    source = _write(figure, MARGIN, 0.24, foot, size=FOOT_SIZE, color=SOFT, va="bottom")
    sheet = Sheet(figure, top, MARGIN + text_width(shown.split("\n")[-1], 11), source)
    sheet.end_foot(WIDTH - MARGIN)
    return sheet


def _write(figure: Figure, left: float, bottom: float, text: str, **look: Any) -> Text:
    return figure.text(left / WIDTH, bottom / HEIGHT, text, **look)


def title_lines(title: str) -> tuple[float, str]:
    """Return the size of a title and its lines: one line if it fits at a good size, else two."""
    room = WIDTH - 2 * MARGIN
    for size, most in ((18.0, 1), (16.5, 1), (18.0, 2), (15.0, 2)):
        lines = wrapped(title, room, size, bold=True)
        if lines.count("\n") < most:
            return size, _balanced(title, lines)
    first, *others = lines.split("\n")
    return size, f"{first}\n{shortened(' '.join(others), room, size, bold=True)}"


def _balanced(title: str, lines: str) -> str:
    """Return two lines, broken after a comma or the like if both then have a good length."""
    if "\n" not in lines:
        return lines
    longest = max(map(len, lines.split("\n")))
    words = title.split()
    breaks: list[tuple[str, str]] = [
        (" ".join(words[:count]), " ".join(words[count:])) for count in range(1, len(words))
    ]
    fitting = [pair for pair in breaks if max(map(len, pair)) <= longest]
    if not fitting:
        return lines
    paused = [pair for pair in fitting if pair[0][-1] in ",;:" and min(map(len, pair)) > 0.3 * longest]
    first, second = min(paused or fitting, key=lambda pair: abs(len(pair[0]) - len(pair[1])))
    return f"{first}\n{second}"


def emptied(folder: Path) -> Path:
    """Return a folder for charts, without those of an earlier run: stale charts must not pass for new ones."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("*.png"), *folder.glob("*.svg")]:
        old.unlink()
    return folder


def save(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG, the same bytes each time, and return their paths."""
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    set_fonts(figure)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    title = figure.texts[0].get_text().replace("\n", " ")
    # Packing the pixels takes as long as the whole SVG, and needs no lock.
    with ThreadPoolExecutor(1) as packing:
        look: dict[str, Any] = {"dpi": DPI, "metadata": {"Software": None}, "pil_kwargs": {"compress_level": 1}}
        packed = packing.submit(imsave, paths[0], pixels, **look)
        figure.savefig(paths[1], metadata={"Date": None, "Creator": "simcap", "Title": title})
        packed.result()
    return paths


def set_fonts(figure: Figure) -> None:
    """Give each text of a figure that needs them the fonts of other scripts."""
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if not text.get_text().isascii():
            text.set_fontfamily(family_for(text.get_text()))


# -- text -------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text in inches."""
    font = FontProperties(family=family_for(text), size=size, weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 72


def shortened(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a text that fits into a width in inches, its end cut off if need be."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Return a text in lines that fit into a width in inches."""
    whole = text_width(text, size, bold=bold)
    if whole <= room:
        return text
    columns = max(int(len(text) * room / whole), 8)
    while True:
        lines = textwrap.wrap(text, columns)
        if columns <= 8 or all(text_width(line, size, bold=bold) <= room for line in lines):
            return "\n".join(lines)
        columns -= 2


def ink_on(colour: Any) -> str:
    """Return the colour in which text is legible on another."""
    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "white"
