"""Random numbers by address: (seed, replication, purpose, entity, day).

Nothing depends on the order of calls. A draw is determined by its address alone, so no other draw can shift it.
Bulk draws use a NumPy generator whose seed words are SplitMix64 (Steele, Lea & Flood 2014) from the key of the address;
single draws (agent-days, follow-up work) hash it with the same function.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Uniforms = NDArray[np.float64]

GOLDEN: Final = 0x9E3779B97F4A7C15
_MASK: Final = (1 << 64) - 1
_SHIFTS: Final = tuple(np.uint64(shift) for shift in (30, 27, 31))
_FACTORS: Final = tuple(np.uint64(factor) for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


@enum.unique
class Purpose(enum.StrEnum):
    """What draws are for: the first part of every address. Changing a word changes results."""

    BACKLOG = "backlog"
    ITEMS = "items"
    BANDS = "bands"
    BUSYNESS = "busyness"
    BUSYNESS_BY_HOUR = "busyness by hour"
    SHARED_BUSYNESS = "shared busyness"
    ALLOCATION = "allocation"
    FOLLOW_UP = "then"
    APPEAL = "wrong"
    AUTOMATION = "automation"

    AGENT = "agent"
    CLASS = "class"
    BACKFILL = "backfill"
    GRADUATES = "graduates"
    TENURE = "tenure"
    TALENT = "talent"
    LEAVES = "leaves"
    OFFLINE = "offline"
    ABSENCE = "absence"
    HOLIDAY = "holiday"
    OUTAGE = "outage"
    RANDOM_OUTAGES = "random outages"
    TRAINING = "training"
    CROSS_TRAINING = "cross-training"
    TRANSFER = "transfer"

    PARAMETERS = "parameters"
    UNCERTAIN = "uncertain"
    AVAILABILITY = "availability"
    STAFFING = "staffing"


@enum.unique
class Salt(enum.IntEnum):
    """Distinguishes draws that share a key and need no addresses of their own."""

    FIRST = 1
    CONTENT = 11
    PATIENCE = 12
    ERROR = 13
    DELAY = 14
    GOES_AHEAD = 15
    PLACE = 21
    OUTLASTING = 31
    TIME = 41
    LEVEL = 42


@functools.lru_cache(maxsize=4096, typed=True)
def name_key(*parts: str | int) -> int:
    """Return a 64-bit key of names and numbers that is the same in every process."""
    text = "\x1f".join(f"{'str' if isinstance(part, str) else type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def mix(keys: Keys, salt: int) -> Keys:
    """Hash 64-bit keys with a salt: the output function of SplitMix64 on key + salt * golden ratio."""
    hashed = keys + np.uint64((salt * GOLDEN) & _MASK)
    scratch = np.empty_like(hashed)
    for shift, factor in zip(_SHIFTS[:2], _FACTORS, strict=True):
        np.right_shift(hashed, shift, out=scratch)
        np.bitwise_xor(hashed, scratch, out=hashed)
        np.multiply(hashed, factor, out=hashed)
    np.right_shift(hashed, _SHIFTS[2], out=scratch)
    np.bitwise_xor(hashed, scratch, out=hashed)
    return hashed


def uniforms(keys: Keys, salt: int) -> Uniforms:
    """Return one uniform in (0, 1) for each key, a different one for each salt."""
    hashed = mix(keys, salt)
    np.right_shift(hashed, np.uint64(11), out=hashed)
    drawn = hashed.astype(np.float64)
    drawn += 0.5
    drawn *= 2.0**-53
    return drawn


class _SeedWords(np.random.bit_generator.ISeedSequence):
    """The seed of a generator: SplitMix64 from a 64-bit key, at a third of the cost of NumPy's own `SeedSequence`."""

    def __init__(self, key: int) -> None:
        self.key = key

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[Any]:
        """Return the first outputs from the key."""
        words, state = [], self.key
        for _ in range(n_words):
            state = (state + GOLDEN) & _MASK
            word = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
            word = (word ^ (word >> 27)) * 0x94D049BB133111EB & _MASK
            words.append(word ^ (word >> 31))
        return np.array(words, np.uint64).astype(dtype)


@dataclasses.dataclass(frozen=True)
class Streams:
    """All random numbers of one replication."""

    seed: int
    replication: int

    def key(self, *address: str | int) -> int:
        """Return the 64-bit key of an address."""
        return name_key(self.seed, self.replication, *address)

    def uniform(self, *address: str | int) -> float:
        """Return the one uniform in (0, 1) at an address."""
        return float(uniforms(np.array([self.key(*address)], np.uint64), Salt.FIRST)[0])

    def uniforms(self, entities: Keys, *address: str | int) -> Uniforms:
        """Return one uniform in (0, 1) for each entity's key at an address."""
        return uniforms(entities ^ np.uint64(self.key(*address)), Salt.FIRST)

    def uniforms_by_day(self, entities: Keys, purpose: Purpose, days: Sequence[int]) -> Uniforms:
        """Return `uniforms(entities, purpose, day)` for each of several days: [day, entity]."""
        keys = np.array([self.key(purpose, day) for day in days], np.uint64)
        return uniforms(entities ^ keys[:, None], Salt.FIRST)

    def uniforms_by_piece(self, entities: Keys, purpose: Purpose, day: int, pieces: int) -> Uniforms:
        """Return `uniforms(entities, purpose, day, piece)` for each of several pieces: [entity, piece]."""
        keys = np.array([self.key(purpose, day, piece) for piece in range(pieces)], np.uint64)
        return uniforms(entities[:, None] ^ keys, Salt.FIRST)

    def generator(self, *address: str | int) -> np.random.Generator:
        """Return the generator at an address."""
        return np.random.Generator(np.random.SFC64(_SeedWords(self.key(*address))))  # type: ignore[arg-type]
