"""Random numbers by address: as good as random, and the same wherever and whenever they are drawn."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

import simcap
from simcap.streams import Purpose, Salt, Streams, mix, name_key, uniforms

MANY = 200_000
CONSECUTIVE = np.arange(MANY, dtype=np.uint64)
SPARSE = CONSECUTIVE << np.uint64(40)
DAYS = np.arange(700_000, 700_000 + MANY, dtype=np.uint64) ^ np.uint64(name_key("agent", "day", 7))
KEYS = {"consecutive": CONSECUTIVE, "high bits": SPARSE, "dates": DAYS, "hashed": mix(CONSECUTIVE, 1)}
SALTS = [0, 1, 2, 11, name_key("then", "appeals")]


def z_of_correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.corrcoef(one, other)[0, 1] * np.sqrt(one.size))


@pytest.mark.parametrize("salt", SALTS)
@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS)
def test_uniform_and_serially_independent(keys: NDArray[np.uint64], salt: int) -> None:
    u = uniforms(keys, salt)
    assert u.min() > 0
    assert u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > 1e-4
    for lag in (1, 2, 7, 364):
        assert abs(z_of_correlation(u[lag:], u[:-lag])) < 4, lag
    cells = np.bincount((u[:-1:2] * 32).astype(int) * 32 + (u[1::2] * 32).astype(int), minlength=1024)
    assert stats.chisquare(cells).pvalue > 1e-4


def test_low_bits_are_uniform_too() -> None:
    bits = np.unpackbits(mix(CONSECUTIVE, 3).view(np.uint8)).reshape(MANY, 64)
    z = (bits.mean(axis=0) - 0.5) * 2 * np.sqrt(MANY)
    assert np.abs(z).max() < 4.5


def test_one_flipped_bit_of_the_key_flips_half_of_all_bits() -> None:
    keys = mix(CONSECUTIVE[:4000], 1)
    plain = mix(keys, 5)
    for bit in range(64):
        changed = mix(keys ^ np.uint64(1 << bit), 5) ^ plain
        flips = np.unpackbits(changed.view(np.uint8)).reshape(keys.size, 64).mean(axis=0)
        assert np.abs(flips - 0.5).max() < 0.05, bit


def test_salts_are_independent_of_one_another() -> None:
    draws = [uniforms(CONSECUTIVE, salt) for salt in [*SALTS, *range(12, 16), *range(31, 34)]]
    for place, one in enumerate(draws):
        for other in draws[:place]:
            assert abs(z_of_correlation(one, other)) < 4.5
            assert not np.intersect1d(one[:1000], other).size


def test_a_child_is_independent_of_the_draw_that_begot_it() -> None:
    salt = name_key("then", "appeals")
    born = uniforms(CONSECUTIVE, salt) < 0.3
    children = mix(CONSECUTIVE[born], salt + 1)
    assert stats.kstest(uniforms(children, salt), "uniform").pvalue > 1e-4
    assert abs(z_of_correlation(uniforms(CONSECUTIVE[born], 11), uniforms(children, 11))) < 4


def test_golden_values() -> None:
    # SplitMix64 seeded with 0 puts out 0xE220A8397B1DCDAF first, 0x6E789E6AA1B965F4 next (Vigna, splitmix64.c).
    assert [int(mix(np.zeros(1, np.uint64), salt)[0]) for salt in (1, 2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
    assert uniforms(np.zeros(1, np.uint64), 1)[0] == ((0xE220A8397B1DCDAF >> 11) + 0.5) * 2**-53
    assert name_key("absence", 739_000) == 6929382245814438540
    assert Streams(1, 0).uniform("outage", "a") == 0.36513952638974806


def test_a_purpose_is_the_same_address_as_its_word() -> None:
    assert name_key(Purpose.ABSENCE, 739_000) == name_key("absence", 739_000)
    assert Streams(1, 0).uniform(Purpose.OUTAGE, "a") == Streams(1, 0).uniform("outage", "a")


def test_the_words_of_purposes_and_the_numbers_of_salts_stay() -> None:
    # Results are addressed by these: a change of one changes what every scenario draws there.
    words = " | ".join(sorted(Purpose))
    assert words == (
        "absence | agent | allocation | automation | availability | backfill | backlog | bands | busyness | "
        "busyness by hour | class | cross-training | graduates | holiday | items | leaves | offline | outage | "
        "parameters | random outages | shared busyness | staffing | talent | tenure | then | training | "
        "transfer | uncertain | wrong"
    )
    assert sorted(Salt) == [1, 11, 12, 13, 14, 15, 21, 31, 41, 42]


def test_draws_of_several_days_or_pieces_are_those_of_each() -> None:
    streams, people = Streams(7, 3), np.array([5, 8, 2**63], np.uint64)
    by_day = streams.uniforms_by_day(people, Purpose.ABSENCE, [4, 6])
    assert np.array_equal(by_day, [streams.uniforms(people, Purpose.ABSENCE, day) for day in (4, 6)])
    by_piece = streams.uniforms_by_piece(people, Purpose.OFFLINE, 4, 3)
    assert np.array_equal(by_piece.T, [streams.uniforms(people, Purpose.OFFLINE, 4, piece) for piece in range(3)])


def test_no_draw_names_its_purpose_by_a_literal() -> None:
    drawing = {"name_key", "key", "keys", "uniform", "uniforms", "uniforms_by_day", "uniforms_by_piece", "generator"}
    package = Path(simcap.__file__).parent
    found = [
        f"{path.relative_to(package)}:{call.lineno}"
        for path in package.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and _name(call.func) in drawing
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    assert not found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_the_same_in_every_process() -> None:
    code = (
        "from simcap.streams import Streams\n"
        "s = Streams(7, 3)\n"
        "print(s.key('a', 1), repr(s.uniform('a', 1)), repr(float(s.generator('a', 1).random())))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    streams = Streams(7, 3)
    here = streams.key("a", 1), repr(streams.uniform("a", 1)), repr(float(streams.generator("a", 1).random()))
    assert outputs == {" ".join(map(str, here)) + "\n"}


def test_an_address_is_told_from_every_other() -> None:
    streams = [Streams(seed, replication) for seed in (1, 2, 12) for replication in (0, 1, 2)]
    addresses: list[tuple[str | int, ...]] = [("a",), ("a", 1), ("a", "1"), ("a1",), ("a", 11), ("a", 1, 1), (1, "a")]
    keys = {stream.key(*address) for stream in streams for address in addresses}
    assert len(keys) == len(streams) * len(addresses)
    first = {float(stream.generator("arrivals", "mail", day).random()) for stream in streams for day in range(50)}
    assert len(first) == len(streams) * 50


def test_one_entity_draws_the_same_in_any_company() -> None:
    streams = Streams(5, 2)
    crowd = streams.uniforms(KEYS["hashed"][:500], "absence", 739_000)
    alone = [streams.uniforms(KEYS["hashed"][row : row + 1], "absence", 739_000)[0] for row in range(0, 500, 50)]
    assert crowd[::50].tolist() == alone


def test_consecutive_generators_are_independent() -> None:
    streams = Streams(1, 0)
    first = np.array([streams.generator("arrivals", "mail", day).random(3) for day in range(5000)])
    assert stats.kstest(first.ravel(), "uniform").pvalue > 1e-4
    for column in range(3):
        assert abs(z_of_correlation(first[1:, column], first[:-1, column])) < 4
