"""Two numbers in one integer, the upper of which decides the order: what heaps and tables hold side by side."""

from __future__ import annotations

import numpy as np

from simcap.compiled import inlined


@inlined
def paired(upper: int, lower: int, bits: int) -> int:
    """Return one integer of two numbers, the lower of which takes `bits`."""
    return int((np.int64(upper) << bits) | lower)


@inlined
def upper_of(code: int, bits: int) -> int:
    """Return the number above the lowest `bits` of an integer."""
    return code >> bits


@inlined
def lower_of(code: int, bits: int) -> int:
    """Return the number in the lowest `bits` of an integer."""
    return int(code & ((np.int64(1) << bits) - 1))
