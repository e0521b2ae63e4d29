"""Whether the contenders do the same work: `python -m benchmarks.agreement`.

Given the same items, those that can take them must find the same waits to the last bit. On items of their own they must
agree within the standard errors, which are to be small enough that a wait wrong by a twentieth would show.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks import bare_items, bare_loop, documented_simpy, plain_simpy
from benchmarks.contenders import CONTENDERS
from benchmarks.work import Floats, Outcome, Work, synthetic

FAST = 10
"""So many times as many replications of the compiled loops."""
Z_LIMIT = 4.0


def same_items(work: Work, seed: int) -> bool:
    """Return whether the bare loop and both SimPy models agree exactly on the items that the bare loop draws."""
    expected = bare_loop.simulate(work, seed)
    found = [model.run(work, bare_items.drawn(work, seed)) for model in (plain_simpy, documented_simpy)]
    return all(_answer(one) == _answer(expected) for one in found)


def _answer(outcome: Outcome) -> tuple[int, int, list[float]]:
    return outcome.items, outcome.completed, outcome.wait_by_queue.tolist()


def own_items(work: Work, replications: int) -> list[Floats]:
    """Return each contender's mean waits, replicated on seeds that no other uses."""
    waits = []
    for number, one in enumerate(CONTENDERS):
        count = replications * (FAST if one.days is None else 1)
        waits.append(np.array([one.simulate(work, 10_000 * number + seed).mean_wait for seed in range(count)]))
    return waits


def main() -> None:
    """Compare, print, and fail where they do not agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=30, help=f"of the SimPy models; {FAST} times, of the loops")
    given = parser.parse_args()
    work = synthetic(items=50_000, agents=60, days=9, seed=0)
    exact = all(same_items(work, seed) for seed in range(3))
    print(f"on the same items, 3 seeds: {'equal to the last bit' if exact else 'DIFFERENT'}")
    waits = own_items(work, given.replications)
    means = [float(one.mean()) for one in waits]
    errors = [float(one.std(ddof=1) / np.sqrt(len(one))) for one in waits]
    scores = [(mean - means[0]) / np.hypot(error, errors[0]) for mean, error in zip(means, errors, strict=True)]
    print(f"{'':18}{'runs':>6}{'mean wait':>12}{'std error':>11}{'relative':>10}{'z':>7}")
    for one, wait, mean, error, score in zip(CONTENDERS, waits, means, errors, scores, strict=True):
        print(f"{one.name:18}{len(wait):6}{mean:10.1f} s{error:9.1f} s{error / mean:10.2%}{score:7.2f}")
    if not exact or max(map(abs, scores)) > Z_LIMIT:
        raise SystemExit("the contenders do not agree")


if __name__ == "__main__":
    main()
