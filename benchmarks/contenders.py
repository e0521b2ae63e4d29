"""How fast each contender does the work: `python -m benchmarks.contenders`.

Rounds are interleaved and each ratio is taken within its round, since the speed of a machine drifts; a figure is the
median over the rounds. The slow ones do the first days only, at the same rates.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks import bare_loop, documented_simpy, plain_simpy, textbook_loop
from benchmarks.work import Floats, Outcome, Work, first_days, synthetic


@dataclass(frozen=True)
class Contender:
    """Who simulates, and how much of the work."""

    name: str
    simulate: Callable[[Work, int], Outcome]
    days: int | None = None


CONTENDERS = [
    Contender("bare loop", bare_loop.simulate),
    Contender("textbook loop", textbook_loop.simulate),
    Contender("plain SimPy", plain_simpy.simulate, days=2),
    Contender("documented SimPy", documented_simpy.simulate, days=1),
]


def race(contenders: list[Contender], work: Work, rounds: int, seed: int = 0) -> tuple[list[int], Floats]:
    """Return the items each did in a round, and the seconds that an item took, [round, contender]."""
    works = [work if one.days is None else first_days(work, one.days) for one in contenders]
    tiny = first_days(synthetic(items=100, agents=30, days=1, seed=0), 1)
    for one in contenders:
        one.simulate(tiny, seed)
    outcomes = [
        [one.simulate(its, seed + number) for one, its in zip(contenders, works, strict=True)]
        for number in range(rounds)
    ]
    return [one.items for one in outcomes[0]], np.array([[one.seconds / one.items for one in row] for row in outcomes])


def table(contenders: list[Contender], items: list[int], seconds: Floats) -> str:
    """Return a line for each contender; ratios are to the first."""
    ratios = seconds / seconds[:, :1]
    lines = [f"{'':18}{'items':>10}{'items/s':>13}{'time per item':>16}{'ratio':>9}{'lowest':>9}{'highest':>9}"]
    for one, count, took, ratio in zip(contenders, items, seconds.T, ratios.T, strict=True):
        middle = float(np.median(took))
        spread = f"{np.median(ratio):9.2f}{ratio.min():9.2f}{ratio.max():9.2f}"
        lines.append(f"{one.name:18}{count:10,}{1 / middle:13,.0f}{middle * 1e9:13,.0f} ns{spread}")
    return "\n".join(lines)


def main() -> None:
    """Race the contenders and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=float, default=5e6, help="expected items (default: 5 million)")
    parser.add_argument("--agents", type=int, default=600)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    work = synthetic(given.items, given.agents, given.days, given.seed)
    print(table(CONTENDERS, *race(CONTENDERS, work, given.rounds, given.seed)))


if __name__ == "__main__":
    main()
