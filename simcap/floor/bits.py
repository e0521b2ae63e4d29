"""Two numbers packed into one integer, which sorts by the upper one: for the entries of heaps and tables."""

from __future__ import annotations

import numpy as np

from simcap.compiled import inlined


@inlined
def paired(upper: int, lower: int, bits: int) -> int:
    """Pack two numbers into one integer; the lower one takes `bits`."""
    return int((np.int64(upper) << bits) | lower)


@inlined
def upper_of(code: int, bits: int) -> int:
    """Return the number above the lowest `bits` of an integer."""
    return code >> bits


@inlined
def lower_of(code: int, bits: int) -> int:
    """Return the number in the lowest `bits` of an integer."""
    return int(code & ((np.int64(1) << bits) - 1))
