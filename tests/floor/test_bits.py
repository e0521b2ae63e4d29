"""Two numbers in one integer."""

from __future__ import annotations

import pytest

from simcap.floor.bits import lower_of, paired, upper_of


@pytest.mark.parametrize(("upper", "lower", "bits"), [(0, 0, 1), (5, 3, 2), (2**34, 2**28 - 1, 28), (2**22, 0, 40)])
def test_both_numbers_come_back(upper: int, lower: int, bits: int) -> None:
    code = paired(upper, lower, bits)
    assert (upper_of(code, bits), lower_of(code, bits)) == (upper, lower)


def test_the_upper_number_decides_the_order_and_then_the_lower() -> None:
    pairs = [(1, 3), (2, 0), (0, 2), (1, 0)]
    assert sorted(pairs, key=lambda pair: paired(*pair, 2)) == sorted(pairs)
