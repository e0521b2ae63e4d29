"""Chances and differences in words, and which moves are told."""

from __future__ import annotations

import pytest

from simcap.analysis.service import stands_out
from simcap.report.wording.moves import Move, chance_words, describe_moves, does_not_differ, points, seen_in


@pytest.mark.parametrize(
    ("probability", "replications", "words"),
    [
        (0.0, 4, "not seen in 4 replications"),
        (1.0, 4, "in all 4 replications"),
        (0.25, 4, "in 1 of 4 replications"),
        (1.0, 1, "in the one replication"),
        (float("nan"), 4, "not known"),
        (0.0, 100, "0% [0%, 4%]"),
        (0.2, 300, "20% [16%, 25%]"),
    ],
)
def test_a_chance_is_told_with_what_is_known_of_it(probability: float, replications: int, words: str) -> None:
    assert chance_words(probability, replications) == words


def test_of_few_replications_is_told_in_how_many() -> None:
    assert [seen_in(0.25, count) for count in (4, 20, 40)] == ["1 of 4", "5 of 20", "25%"]


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.1, 0.2, True), (-0.2, -0.1, True), (-0.1, 0.1, False), (0.0, 0.0, False)]
)
def test_a_difference_stands_out_where_its_interval_leaves_zero_out(low: float, high: float, expected: bool) -> None:
    assert stands_out({"ci_low": low, "ci_high": high}) is expected


def test_attainment_differs_in_points() -> None:
    assert points({"ci_low": -0.123, "ci_high": 0.04}) == "[-12.3, +4.0]"


@pytest.mark.parametrize(
    ("difference", "low", "high", "risks", "expected"),
    [
        (0.0, 0.0, 0.0, (0.5, 0.5), True),
        (0.001, -0.002, 0.004, (0.5, 0.5), True),
        (0.001, -0.002, 0.006, (0.5, 0.5), False),
        (0.001, -0.006, 0.002, (0.5, 0.5), False),
        (0.0, 0.0, 0.0, (0.5, 0.75), False),
        (0.0, float("nan"), float("nan"), (0.5, 0.5), True),
        (0.001, float("nan"), float("nan"), (0.5, 0.5), False),
    ],
)
def test_what_moves_by_less_than_half_a_point_does_not_differ(
    difference: float, low: float, high: float, risks: tuple[float, float], expected: bool
) -> None:
    risk = {"base": risks[0], "variant": risks[1], "difference": risks[1] - risks[0]}
    assert does_not_differ({"difference": difference, "ci_low": low, "ci_high": high}, risk) is expected


def move(queue: str, vendor: str, size: float) -> Move:
    return Move(queue, vendor, "4 h", better=False, size=size, words=f"{queue}{vendor and ' at '}{vendor} falls")


def test_the_largest_moves_are_told_each_sla_once() -> None:
    found = [move("mail", "south", 0.9), move("mail", "", 0.5), move("mail", "north", 0.3), move("chat", "", 0.7)]
    assert describe_moves(found, "worse") == ["mail falls (also worse at north and south)", "chat falls"]
    assert describe_moves([move("mail", "south", 0.9), move("mail", "north", 0.3)], "worse") == [
        "mail at south falls (also worse at north)"
    ]
    many = [move(f"q{number}", "", number) for number in range(5)]
    assert describe_moves(many, "worse") == [
        "q4 falls", "q3 falls", "q2 falls", "2 more SLAs in tables/misses.csv and tables/slas.csv",
    ]  # fmt: skip
