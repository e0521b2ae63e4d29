"""A page as a reader meets it: its elements in order, with their text."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html.parser
import itertools
from collections.abc import Iterator

VOID = frozenset(("meta", "img", "br", "link", "input", "hr"))


@dataclasses.dataclass
class Element:
    """One element: its tag, its attributes, and what is inside."""

    tag: str
    attributes: dict[str, str | None]
    inside: list[Element | str] = dataclasses.field(default_factory=list)

    @property
    def text(self) -> str:
        """Return all text inside, spaces as one."""
        return " ".join("".join(self._texts()).split())

    def all(self, *tags: str) -> Iterator[Element]:
        """Yield the elements inside with one of these tags, in the order of the page; all without a tag."""
        for part in self.inside:
            if isinstance(part, Element):
                if not tags or part.tag in tags:
                    yield part
                yield from part.all(*tags)

    def has_class(self, name: str) -> bool:
        return name in (self.attributes.get("class") or "").split()

    def _texts(self) -> Iterator[str]:
        for part in self.inside:
            if isinstance(part, str):
                yield part
            else:
                yield from part._texts()
                yield " " if part.tag in ("small", "td", "th", "p", "li", "dt", "dd") else ""


class _Builder(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(text: str) -> Element:
    """Return a page; fails where tags do not nest."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    assert len(builder.open) == 1, "everything is closed"
    return builder.open[0]


def check_form(text: str) -> Element:
    """Return a page that keeps the rules of every page: policy, nothing from outside, headings, headers, labels."""
    page = read(text)
    (policy,) = (one for one in page.all("meta") if one.attributes.get("http-equiv") == "Content-Security-Policy")
    _check_policy(page, policy.attributes["content"] or "")
    _check_nothing_from_outside(page, text)
    _check_headings(page)
    for table in page.all("table"):
        assert all(cell.attributes.get("scope") in ("col", "row") for cell in table.all("th"))
        assert sum(1 for _ in table.all("caption")) == 1 or table.attributes.get("aria-label")
    for drawing in page.all("svg"):
        assert drawing.attributes["role"] == "img"
        assert len(drawing.attributes["aria-label"] or "") > 3
    names = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(names) == len(set(names))
    links = [one.attributes["href"] or "" for one in page.all("a")]
    assert all(link.removeprefix("#") in names for link in links if link.startswith("#"))
    return page


def _check_policy(page: Element, policy: str) -> None:
    (style,) = page.all("style")
    digest = base64.b64encode(hashlib.sha256("".join(map(str, style.inside)).encode()).digest()).decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules == {
        "default-src": "'none'", "style-src": f"'sha256-{digest}'", "img-src": "data:", "base-uri": "'none'",
        "form-action": "'none'",
    }  # fmt: skip


def _check_nothing_from_outside(page: Element, text: str) -> None:
    for one in page.all():
        assert one.tag not in ("script", "iframe", "object", "embed", "link", "base", "form", "foreignobject")
        assert not [name for name in one.attributes if name.startswith("on") or name in ("style", "srcset")]
        source = one.attributes.get("src") or ""
        assert not source or source.startswith("data:image/svg+xml;base64,")
    style = text.split("<style>")[1].split("</style>")[0]
    assert "@import" not in style
    assert "url(" not in style


def _check_headings(page: Element) -> None:
    levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3", "h4", "h5")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
