"""Which fonts a text is drawn in: the usual one, and others for scripts that it lacks; what no font can draw."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from matplotlib.font_manager import FontProperties, fontManager, get_font

USUAL = "DejaVu Sans"
"""Comes with matplotlib; its digits are as wide as one another. It has Latin, Greek, Cyrillic, Arabic and Hebrew."""
PACKAGES = ("fontpkg_noto_sans_devanagari", "noto_cjk_sans_otc")
"""Packages of fonts that `simcap[fonts]` installs."""
OTHERS = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans JP", "Noto Sans SC", "Noto Sans KR", "Source Han Sans",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Hiragino Sans", "PingFang SC", "Yu Gothic",
    "Microsoft YaHei", "Malgun Gothic", "Noto Sans Devanagari", "Nirmala UI", "Kohinoor Devanagari", "Noto Sans Thai",
    "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans", "Arial Unicode MS",
)  # fmt: skip
"""Families for other scripts, of those packages and of systems."""
MOST_NAMED = 3
"""Most titles that a note names."""


def family_for(text: str) -> list[str]:
    """Return the families in which a text is drawn, the usual one alone if it has every character."""
    return [USUAL] if text.isascii() or _usual() >= _visible(text) else [USUAL, *_others()]


def undrawable(titles: Iterable[str]) -> str:
    """Say which titles have characters that no font here can draw; empty if all can be drawn."""
    lost = [title for title in dict.fromkeys(titles) if not title.isascii() and not _drawn_by_any(title)]
    if not lost:
        return ""
    more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    named = ", ".join(lost[:MOST_NAMED])
    return f"charts show boxes for characters of {named}{more}, as no font here has them: pip install 'simcap[fonts]'"


def _visible(text: str) -> set[int]:
    """Return the characters of a text that need a glyph."""
    return {ord(one) for one in text if one.isprintable()}


def _drawn_by_any(text: str) -> bool:
    missing = _visible(text) - _usual()
    for family in _others() if missing else ():
        missing -= _characters(family)
    return not missing


def _usual() -> frozenset[int]:
    return _characters(USUAL)


@functools.cache
def _characters(family: str) -> frozenset[int]:
    """Return the characters of a family."""
    return frozenset(get_font(fontManager.findfont(FontProperties(family=family))).get_charmap())


@functools.cache
def _others() -> tuple[str, ...]:
    """Return the families for other scripts that are here; those of packages are made known to matplotlib."""
    for path in _packaged():
        fontManager.addfont(path)
    known = {entry.name for entry in fontManager.ttflist}
    return tuple(family for family in OTHERS if family in known)


def _packaged() -> Iterator[Path]:
    """Yield the files of the packages that are installed, without importing these."""
    for package in PACKAGES:
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or () if spec is not None else ():
            yield from sorted(path for path in Path(folder).rglob("*.*") if path.suffix in (".ttf", ".otf", ".ttc"))
