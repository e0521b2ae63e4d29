"""Documents as YAML text that reads as they are."""

from __future__ import annotations

from simcap.scenario.reading.writing import to_yaml
from tests.helpers import plain


def test_a_document_comes_back_in_its_order() -> None:
    document = {"name": "Zürich: 24 x 7", "b": {"z": [1, 2.5, "true"], "a": {"c": None, "d": True}}, "a": "2026-10-05"}
    text = to_yaml(document)
    assert plain(text) == document
    assert list(plain(text)) == ["name", "b", "a"]
    assert "Zürich" in text
    assert "z: [1, 2.5, 'true']" in text, (
        "a short list on a line, and text that would be read as something else in quotes"
    )


def test_a_comment_stands_above_it() -> None:
    assert to_yaml({"a": 1}, "made of\nthis").startswith("# made of\n# this\n")
    assert not to_yaml({"a": 1}).startswith("#")
