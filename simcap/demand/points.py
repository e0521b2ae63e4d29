"""The compiled part of drawing: points of the field, and rows of items.

Its hash is `streams.mix` for one key at a time; a test compares the two.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.compiled import inlined, kernel, maximum, minimum, tick_of
from simcap.demand.scores import OCTAVES, PIECE_BITS
from simcap.streams import GOLDEN, Keys, Salt
from simcap.units import HOUR, TICK, TICKS_PER_SECOND

Array = NDArray[np.float64]

FIRST, TIME, LEVEL = int(Salt.FIRST), int(Salt.TIME), int(Salt.LEVEL)

_GOLDEN: Final = np.uint64(GOLDEN)
_S30, _S27, _S31, _S11 = (np.uint64(shift) for shift in (30, 27, 31, 11))
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_PER_HOUR: Final = 1 / HOUR
_UNIT: Final = 2.0**-53
_PLACE_BITS: Final = 52 - PIECE_BITS
_PLACE_MASK: Final = (1 << _PLACE_BITS) - 1
_FIRST_PIECE: Final = int(np.float64(2.0 ** OCTAVES[0]).view(np.int64)) >> _PLACE_BITS


@inlined
def hashed(key: Any, salt: Any) -> Any:
    """Return `streams.mix` of one key."""
    word = key + np.uint64(salt) * _GOLDEN
    word = (word ^ (word >> _S30)) * _FIRST
    word = (word ^ (word >> _S27)) * _SECOND
    return word ^ (word >> _S31)


@inlined
def uniform(key: Any, salt: Any) -> float:
    """Return `streams.uniforms` of one key."""
    return (np.float64(hashed(key, salt) >> _S11) + 0.5) * _UNIT


@kernel
def keep_points(
    first: Any,
    counts: NDArray[np.int64],
    bands: Array,
    length: float,
    borders: Array,
    rates: Array,
    hourly: bool,
    times: Array,
    keys: Keys,
) -> int:
    """Write times and keys of the points below a rate into arrays with room for all points; return their number.

    `counts` are the points in each band between consecutive `bands`; keys are counted from `first`. If `hourly`, the
    pieces between `borders` are the hours from 0 on.
    """
    lowest = np.inf
    for rate in rates:
        lowest = minimum(lowest, rate)
    kept = 0
    number = first
    for band in range(counts.size):
        low, high = bands[band], bands[band + 1]
        end = kept + counts[band]
        for place in range(kept, end):
            key = hashed(number + np.uint64(place - kept), FIRST)
            times[place] = uniform(key, TIME) * length
            keys[place] = key
        number += np.uint64(counts[band])
        if high <= lowest:
            kept = end
            continue
        for place in range(kept, end):
            time, key = times[place], keys[place]
            piece = int(time * _PER_HOUR) if hourly else np.searchsorted(borders, time, "right") - 1
            rate = rates[piece] if 0 <= piece < rates.size else 0.0
            keeps = high <= rate
            if low < rate and not keeps:
                keeps = low + uniform(key, LEVEL) * (high - low) < rate
            times[kept] = time
            keys[kept] = key
            kept += int(keeps)
    return kept


@kernel
def write_rows(
    items: NDArray[Any],
    queue: int,
    ids: Keys,
    start: float,
    times: Array,
    contents: Array,
    patience: Array,
    splits: NDArray[np.int64],
    error: int,
    if_wrong: bool,
) -> None:
    """Write items without follow-up work; times are rounded down to the grid and counted from `start`.

    `patience` and `splits` are empty where items have none; `error` is the salt of a draw, or 0 for none. No item goes
    ahead.
    """
    for row in range(ids.size):
        item = items[row]
        item.time = start + np.floor(times[row] * TICKS_PER_SECOND) * TICK
        item.content = tick_of(contents[row])
        item.patience = tick_of(patience[row]) if patience.size > 0 else np.inf
        item.error_draw = uniform(ids[row], error) if error > 0 else 1.0
        item.id = ids[row]
        item.child = 0
        item.split = splits[row] if splits.size > 0 else 0
        item.children = 0
        item.queue = queue
        item.if_wrong = if_wrong
        item.goes_ahead = 0


@kernel
def write_scores(keys: Keys, salt: int, table: Array, drawn: Array) -> None:
    """Write the standard normal scores of the keys' uniforms, by the table of `scores.cubics`."""
    for row in range(keys.size):
        u = uniform(keys[row], salt)
        code: Any = np.float64(minimum(u, 1.0 - u)).view(np.int64)
        piece = maximum((code >> _PLACE_BITS) - _FIRST_PIECE, 0)
        place = np.float64(code & _PLACE_MASK) * (1.0 / (_PLACE_MASK + 1))
        score = table[piece, 0] + place * (table[piece, 1] + place * (table[piece, 2] + place * table[piece, 3]))
        drawn[row] = score if u < 0.5 else -score


@kernel
def choose(items: NDArray[Any], salt: Any, share: float, errors: float, chosen: NDArray[np.int64]) -> int:
    """Write the rows of a share of the items whose `error_draw` is below `errors`; return their number."""
    count = 0
    for row in range(items.size):
        chosen[count] = row
        count += int((uniform(items[row].id, salt) < share) & (items[row].error_draw < errors))
    return count


@kernel
def write_uniforms(keys: Keys, salt: int, drawn: Array) -> None:
    """Write `streams.uniforms` of keys."""
    for row in range(keys.size):
        drawn[row] = uniform(keys[row], salt)
