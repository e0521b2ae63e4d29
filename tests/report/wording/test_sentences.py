"""Risks in words."""

from __future__ import annotations

import pytest

from simcap.report.wording.sentences import likelihood


@pytest.mark.parametrize(
    ("probability", "low", "words"),
    [
        (1.0, 0.8, "will almost certainly be"),
        (1.0, 0.2, "is likely to be"),
        (1.0, 0.51, "is likely to be"),
        (0.5, 0.3, "is likely to be"),
        (0.2, 0.1, "may well be"),
        (0.05, 0.0, "could be"),
    ],
)
def test_likelihood(probability: float, low: float, words: str) -> None:
    assert likelihood(probability, low) == words
