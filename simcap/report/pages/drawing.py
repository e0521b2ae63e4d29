"""A small SVG whose colours are classes of the page's style sheet, so that it follows light, dark and print."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from markupsafe import Markup

LETTER = 0.56
"""Width of a letter as a share of its size, on average: enough to leave room for a label."""


@dataclasses.dataclass
class Drawing:
    """Shapes on a sheet of so many pixels, and what they show in a sentence for those who cannot see them."""

    width: float
    height: float
    label: str
    parts: list[Markup] = dataclasses.field(default_factory=list)

    def rect(self, left: float, top: float, width: float, height: float, look: str, title: str = "") -> None:
        """Draw a rectangle of a class; a pointer on it shows the title."""
        place = Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"').format(
            left, top, max(width, 0.0), max(height, 0.0)
        )
        shown = Markup("<title>{}</title>").format(title) if title else ""
        self.parts.append(Markup('<rect class="{}" {}>{}</rect>').format(look, place, shown))

    def line(self, left: float, top: float, right: float, bottom: float, look: str) -> None:
        """Draw a line of a class."""
        ends = Markup('x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"').format(left, top, right, bottom)
        self.parts.append(Markup('<line class="{}" {}/>').format(look, ends))

    def path(self, points: Iterable[tuple[float, float]], look: str) -> None:
        """Draw a line through points."""
        steps = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(Markup('<polyline class="{}" points="{}"/>').format(look, steps))

    def text(self, left: float, base: float, words: str, look: str = "", anchor: str = "start") -> None:
        """Write words from, around or up to a place."""
        shape = Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
        self.parts.append(shape.format(look, left, base, anchor, words))

    def __html__(self) -> str:
        """Return the SVG."""
        shape = Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>'
        )
        return str(shape.format(self.width, self.height, self.label, Markup("").join(self.parts)))


def cut(words: str, room: float, size: float) -> str:
    """Return words that fit into so many pixels at a size, their end left out if need be."""
    most = max(int(room / (LETTER * size)), 1)
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def round_steps(low: float, high: float, most: int) -> list[float]:
    """Return round values between two, at most so many."""
    span = high - low
    if span <= 0:
        return [low]
    size = 10.0 ** _exponent(span / most)
    step = next(size * part for part in (1, 2, 2.5, 5, 10) if span / (size * part) <= most)
    first = int(low / step) - 1
    places = [step * number for number in range(first, first + 4 * most + 4)]
    return [place for place in places if low - 1e-9 <= place <= high + 1e-9]


def _exponent(value: float) -> int:
    return int(f"{value:e}".split("e")[1])


def every(count: int, room: float, width: float) -> Sequence[int]:
    """Return which of so many labels fit side by side: all, or every second, third, ... of them."""
    most = max(int(room / width), 1)
    return range(0, count, -(-count // most))
