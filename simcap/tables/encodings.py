"""The encoding of a text: by its mark, by being UTF-8, else by which of those of Windows makes words of it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
"""What a file may begin with, and the encoding that it tells."""
_WINDOWS: Final = ("cp1252", "cp1250", "cp1251", "cp932")
"""Western, Central European, Cyrillic, Japanese; of two that read equally well, the first."""
_NEAR: Final = 2000
_HIGH = re.compile(
    rb"[\x00-\x7f]?[\x80-\xff](?:[^\n\r]{0,%(near)d}(?![\x40-\xff])|[^\n\r]{0,%(near)d})" % {b"near": _NEAR}
)
"""The rest of a line from before its first letter beyond ASCII on, cut where none of two bytes can be torn apart."""
_WORDS: Final = 400
"""Lines that are read to tell."""


def encoding_of(content: bytes) -> str:
    """Return the encoding of a text."""
    for mark, name in _MARKS:
        if content.startswith(mark):
            return name
    head = content[:400]
    for name, place in (("utf-16-le", 1), ("utf-16-be", 0)):
        if len(head) >= 4 and head[place::2].count(0) > 0.2 * len(head):
            return name
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        lines = [match.group() for match, _ in zip(_HIGH.finditer(content), range(_WORDS), strict=False)]
        return min(_WINDOWS, key=lambda name: _oddity(b"\n".join(lines), name))
    return "utf-8"


def _oddity(content: bytes, encoding: str) -> int:
    """Return how often a text reads oddly in an encoding: signs within words, scripts mixed, words of accents alone."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        return len(content) - error.start + len(content)
    odd = 0
    for before, here, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if here > "\x7f":
            odd += _sign_in_word(before, here, after) + _mixed(before, here)
    return odd + len(re.findall(r"[À-ÿĀ-ſ]{3,}", text))


def _sign_in_word(before: str, here: str, after: str) -> bool:
    """Return whether a sign, or a capital, stands within a word of small letters."""
    if here == "’" or not before.isalpha():
        return False
    if after.isalpha() or here in "³¹":
        return not here.isalpha()
    return before.islower() and here.isupper()


def _mixed(before: str, here: str) -> bool:
    """Return whether two letters side by side are of different scripts."""
    if not (before.isalpha() and here.isalpha()):
        return False
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in (before, here)}
    return len(scripts - {"HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA"}) > 1
