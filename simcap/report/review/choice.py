"""The verdict on a comparison: is service lost or won, with which options, and at what cost."""

from __future__ import annotations

import dataclasses
from typing import Literal

from simcap.report.review.options import ComparisonReview, Option
from simcap.report.wording.words import listed, plural

Look = Literal["does-not-hold", "at-risk", "holds"]


@dataclasses.dataclass(frozen=True)
class Choice:
    """What a comparison comes to."""

    standing: Look
    heading: str
    sentences: tuple[str, ...]


def choice_of(review: ComparisonReview) -> Choice:
    """Return the verdict on the options of a comparison."""
    if len(review.variants) == 1:
        return _single(review.variants[0])
    losing = [option for option in review.variants if option.loses_service]
    keeping = [option for option in review.variants if not option.loses_service]
    words = []
    if losing:
        words.append(f"Service is lost with {listed([option.name for option in losing])}.")
    if keeping:
        words.append(f"No service is lost beyond chance with {listed([option.name for option in keeping])}.")
    words += [f"{option.name}: {line}" for option in review.variants for line in _said(option, "Cost")[:1]]
    heading = (
        f"{len(losing)} of {plural(len(review.variants), 'option')} lose service"
        if losing
        else "No option loses service"
    )
    return Choice("does-not-hold" if not keeping else "at-risk" if losing else "holds", heading, tuple(words))


def _single(option: Option) -> Choice:
    won, lost = bool(option.won), option.loses_service
    heading = {
        (True, True): "Service is lost and won",
        (True, False): "Service is lost",
        (False, True): "Service is won",
        (False, False): "Service does not differ beyond chance",
    }[lost, won]
    subjects = ("Gone", "Worse", "Better", "Left over", "Unclear", "Service")
    first = [line for subject in subjects for line in _said(option, subject)]
    sentences = (*first[:1], *_said(option, "Cost")[:1])
    return Choice("does-not-hold" if lost and not won else "at-risk" if lost else "holds", heading, sentences)


def _said(option: Option, subject: str) -> list[str]:
    return [line for what, lines in option.said for line in lines if what == subject]
