"""Normal scores by the table, against the exact function."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri

from simcap.demand.points import write_scores
from simcap.demand.scores import cubics
from simcap.distributions import Distribution, Gamma, Lognormal, Mixture
from simcap.streams import GOLDEN, Salt, uniforms

KEYS = np.random.default_rng(1).integers(0, 2**63, 1_000_000).astype(np.uint64)
SALT = 11
_INVERSES = tuple(pow(factor, -1, 2**64) for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def scores(keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    drawn = np.empty(keys.size)
    write_scores(keys, SALT, cubics(), drawn)
    return drawn


def key_of(word: int) -> int:
    """Return the key whose hash with `SALT` is `word`: SplitMix64's steps the other way round."""
    word ^= word >> 31 ^ word >> 62
    word = word * _INVERSES[1] % 2**64
    word ^= word >> 27 ^ word >> 54
    word = word * _INVERSES[0] % 2**64
    word ^= word >> 30 ^ word >> 60
    return (word - SALT * GOLDEN) % 2**64


def test_scores_of_many_keys() -> None:
    assert np.abs(scores(KEYS) - ndtri(uniforms(KEYS, SALT))).max() < 1e-10


@pytest.mark.parametrize("high", [False, True], ids=["near 0", "near 1"])
def test_scores_far_out(high: bool) -> None:
    steps = [step << shift for shift in range(50) for step in (1, 3, 5)]
    keys = np.array([key_of((2**53 - 1 - step if high else step) << 11) for step in steps], np.uint64)
    exact = ndtri(uniforms(keys, SALT))
    assert exact.max() < -0.3 if not high else exact.min() > 0.3
    assert np.abs(scores(keys) - exact).max() < 1e-10


@pytest.mark.parametrize(("step", "score"), [(0, ndtri(2.0**-54)), (2**53 - 1, -ndtri(2.0**-54)), (2**52, 0.0)])
def test_scores_at_the_ends_and_in_the_middle(step: int, score: float) -> None:
    found = scores(np.array([key_of(step << 11)], np.uint64))
    assert found[0] == pytest.approx(score, abs=1e-10)


@pytest.mark.parametrize(
    "distribution",
    [Lognormal(90.0, 0.9), Gamma(90.0, 1.4), Mixture((0.3, 0.7), (Lognormal(20.0, 0.5), Gamma(200.0, 0.8)))],
    ids=lambda distribution: type(distribution).__name__,
)
def test_items_have_the_quantiles_of_their_uniforms(distribution: Distribution) -> None:
    from simcap.demand.items import Split, Work

    work = Work(distribution, None, Split((), ()), (), (0.0, 0.0))
    drawn = work.draw(0, KEYS[:10_000], np.zeros(10_000))["content"]
    np.testing.assert_allclose(drawn, distribution.ppf(uniforms(KEYS[:10_000], Salt.CONTENT)), rtol=1e-8, atol=2.0**-20)
