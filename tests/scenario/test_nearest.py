"""The nearest known name."""

from __future__ import annotations

import pytest

from simcap.scenario.nearest import nearest


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("images", ["image", "video"], "did you mean 'image'?"),
        ("xyz", ["image", "video"], "known here: image, video"),
        ("xyz", [f"q{n}" for n in range(9)], "known here: q0, q1, q2, q3, q4, q5, q6, q7, ..."),
        ("xyz", [], "none is known here"),
    ],
)
def test_a_name_that_is_near_or_what_there_is(name: str, known: list[str], said: str) -> None:
    assert nearest(name, known) == said
    assert nearest(name, iter(known), limit=8) == said
