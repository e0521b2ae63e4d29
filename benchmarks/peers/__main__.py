"""simcap beside Ciw, salabim, SimPy and loops written by hand: `make bench-peers`, which writes docs/benchmarks.md.

Rounds are interleaved, a ratio is taken within its round and a figure is the median over the rounds, since the speed of
a machine drifts. Slow models simulate fewer days of the same work.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata as metadata
import platform
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.one import MODELS, Size, measured

FULL = {"one queue": (40, 60), "skills": (40, 60), "week of shifts": (300, 7)}
"""Agents and days of each workload: those who are fast do them all."""
SECONDS = 2.0
"""A slow model simulates so many days as take about so long."""
SMALL = {"one queue": (8, 4), "skills": (16, 3), "week of shifts": (25, 3)}
"""Agents and days of the worlds on which mean waits are compared."""
FAST = ("simcap", "hand-written loop", "tuned loop")
SLOW, SLOW_TWIN = "salabim, by the manual", "salabim, lean"
"""The slowest takes the same items as its twin, so that it has to find the same waits, and is not replicated."""
MORE = 10
"""So many times as many replications of the fast ones."""
Z_LIMIT = 4.0
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
TEXT = Path(__file__).with_name("page.md")


def main() -> None:
    """Race, compare mean waits, print both tables, and write the page if asked; fail where models do not agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replications", type=int, default=30, help=f"of the slow models; {MORE} times, of the fast")
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name}")
    given = parser.parse_args()
    tables = {}
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for workload in FULL:
            speed = race(workload, given.rounds, Path(folder))
            waits, far = agreement(workload, given.replications, Path(folder))
            tables[workload] = f"{speed}\n\n{waits}"
            worst = max(worst, far)
            print(f"{workload}\n\n{tables[workload]}\n", flush=True)
    if worst > Z_LIMIT:
        raise SystemExit("the models do not agree")
    if given.write:
        PAGE.write_text(page(tables, given.rounds), encoding="utf-8")


def race(workload: str, rounds: int, folder: Path) -> str:
    """Return a table of speed and memory, as Markdown."""
    agents, _ = FULL[workload]
    sizes = {model: Size(workload, agents, _days(model, workload, folder)) for model in MODELS}
    runs = [
        {model: measured(model, size, folder, range(seed, seed + 1))[0] for model, size in sizes.items()}
        for seed in range(1, rounds + 1)
    ]
    seconds = {model: np.array([one[model]["seconds"] / one[model]["items"] for one in runs]) for model in MODELS}
    lines = ["| | items | items a second | time, simcap = 1 | memory, MB |", "|---|--:|--:|--:|--:|"]
    for model, each in seconds.items():
        items, peak = (np.median([one[model][key] for one in runs]) for key in ("items", "peak_mb"))
        ratio = float(np.median(each / seconds["simcap"]))
        lines.append(
            f"| {model} | {_digits(items)} | {_digits(1 / np.median(each))} | {_digits(ratio)} | {_digits(peak)} |"
        )
    return "\n".join(lines)


def _days(model: str, workload: str, folder: Path) -> int:
    """Return how many days a model simulates: all, or so many as take some seconds."""
    agents, full = FULL[workload]
    if model in FAST:
        return full
    first = measured(model, Size(workload, agents, 1), folder, range(1))[0]["seconds"]
    return int(np.clip(SECONDS / first, 1, full))


def agreement(workload: str, replications: int, folder: Path) -> tuple[str, float]:
    """Return a table of mean waits as Markdown, and the largest distance from simcap's in standard errors."""
    size = Size(workload, *SMALL[workload])
    waits: dict[str, NDArray[np.float64]] = {}
    one = Size(workload, size.agents, 1)
    slow, twin = (measured(model, one, folder, range(1, 2))[0]["mean_wait"] for model in (SLOW, SLOW_TWIN))
    if slow != twin:
        raise SystemExit(f"{SLOW} waits {slow} s where {SLOW_TWIN} waits {twin} s")
    for place, model in enumerate(model for model in MODELS if model != SLOW):
        count = replications * (MORE if model in FAST else 1)
        first = 10_000 * place + 1
        found = measured(model, size, folder, range(first, first + count))
        waits[model] = np.array([one["mean_wait"] for one in found])
    means = {model: float(each.mean()) for model, each in waits.items()}
    errors = {model: float(each.std(ddof=1) / np.sqrt(len(each))) for model, each in waits.items()}
    lines = ["| | runs | mean wait, s | standard error | from simcap, in standard errors |", "|---|--:|--:|--:|--:|"]
    farthest = 0.0
    for model, mean in means.items():
        z = (mean - means["simcap"]) / np.hypot(errors[model], errors["simcap"])
        farthest = max(farthest, abs(z))
        far = "" if model == "simcap" else f"{z:+.1f}"
        lines.append(f"| {model} | {len(waits[model])} | {mean:.1f} | {errors[model]:.1f} | {far} |")
    return "\n".join(lines), farthest


def _digits(number: float) -> str:
    """Return a number of two digits, with commas."""
    places = 1 - int(np.floor(np.log10(number)))
    return f"{round(number, places):,.{max(places, 0)}f}"


def page(tables: dict[str, str], rounds: int) -> str:
    """Return the page: its text, with the tables and what was measured on what."""
    names = ("simcap", "simpy", "salabim", "ciw", "numba", "numpy")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    text = TEXT.read_text(encoding="utf-8")
    where = f"Python {platform.python_version()}, {versions}; {rounds} rounds, {dt.date.today():%-d %B %Y}"
    for name, table in {"where": where, **tables}.items():
        text = text.replace(f"{{{name}}}", table)
    return text


if __name__ == "__main__":
    main()
