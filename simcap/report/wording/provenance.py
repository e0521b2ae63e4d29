"""What a scenario rests on, in a sentence: how many of its values are fitted, agreed, written down, left open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from simcap.report.wording.words import listed

_WORDS: Final[Mapping[str, str]] = {
    "fitted": "{} fitted to data",
    "reported": "{} from reports",
    "contract": "{} from contracts",
    "expert": "{} judged by somebody who knows",
    "prior": "{} usual in the field",
    "scenario": "{} written in the scenario without an origin",
    "default": "{} left at their default",
}


def rests_on(counts: Mapping[str, int]) -> str:
    """Return the sentence, for the number of values by origin; that none are listed, if so."""
    if not counts:
        return "These results do not list the values that they rest on."
    parts = [words.format(f"{counts[origin]:,}") for origin, words in _WORDS.items() if counts.get(origin)]
    return f"Rests on {sum(counts.values()):,} values: {listed(parts)}."
