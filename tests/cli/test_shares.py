"""Shares as options."""

from __future__ import annotations

import click
import pytest

from simcap.cli.shares import Share


@pytest.mark.parametrize(("text", "share"), [("1%", 0.01), (" 97.5% ", 0.975), ("0.9", 0.9), (0.3, 0.3)])
def test_a_share_is_a_fraction_or_a_percentage(text: str | float, share: float) -> None:
    assert Share().convert(text, None, None) == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sure", "'sure' is not a share; write for example 1%"),
        ("0%", "0% is not between 0% and 100%"),
        ("1", "1 is not between 0% and 100%"),
        ("150%", "150% is not between 0% and 100%"),
        ("95", "95 is not between 0% and 100%; did you mean 95%?"),
    ],
)
def test_what_is_none_is_told(text: str, said: str) -> None:
    with pytest.raises(click.BadParameter, match=r"share|between") as told:
        Share().convert(text, None, None)
    assert told.value.message == said
