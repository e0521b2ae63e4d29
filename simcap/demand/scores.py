"""Standard normal scores from uniforms, by a table.

The table is in min(u, 1 - u) with the same number of pieces in each octave, so that the piece is read from the bits of
a double, near 0 as well as in the middle.
"""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

OCTAVES: Final = (-54, -1)
"""Exponents of the range of the table: from 2**-54, the smallest uniform, to a half."""
PIECE_BITS: Final = 7


@functools.cache
def cubics() -> Array:
    """Return the cubics of the score between knots, [piece, power], with the true slopes at the knots (Hermite).

    The slope is 1 / density. The error is below 1e-10. The last piece is the knot at a half.
    """
    from scipy.special import ndtri

    steps = 1 + np.arange(1 << PIECE_BITS) / (1 << PIECE_BITS)
    knots = np.append(np.outer(2.0 ** np.arange(*OCTAVES), steps).ravel(), 0.5)
    scores = ndtri(knots)
    slopes = math.sqrt(2 * math.pi) * np.exp(scores**2 / 2)
    width, rise = np.diff(knots), np.diff(scores)
    here, there = slopes[:-1] * width, slopes[1:] * width
    pieces = np.stack([scores[:-1], here, 3 * rise - 2 * here - there, here + there - 2 * rise], axis=1)
    return np.concatenate([pieces, np.zeros((1, 4))])
