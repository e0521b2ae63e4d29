"""The engine against all contenders on the same work: `make bench`.

Prints speeds on the quarter of the design, agreement on mean waits, what an item costs by their number, growth with
everything that there can be more of, memory, the shares of a replication, and what calibrating, comparing, staffing and
documents cost.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks import (
    bare_loop,
    closeness,
    cluster,
    documented_simpy,
    engine,
    growth,
    history,
    plain_simpy,
    planning,
    precision,
    report,
    textbook_loop,
)
from benchmarks.quarter import HERE, quarter, work_of
from benchmarks.work import first_days
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.scenario import Scenario
from simcap.world.world import simulate

SEED = 1
PRECISION = Path("scenarios/next-quarter.yaml")
FEWER = {"vendors": {"kestrel": {"teams": {"manila": {"agents": 33}}}}}
"""A change of it whose differences are measured."""


def main() -> None:
    """Run all parts, or the one named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = {
        "speed": speed,
        "agreement": agreement,
        "item": item,
        "growth": lambda _rounds: growth.tables(),
        "shares": shares,
        "memory": memory,
        "calibration": calibration,
        "comparison": lambda _rounds: planning.comparison(),
        "staffing": lambda _rounds: planning.staffing(),
        "report": lambda _rounds: report.documents(),
        "cluster": cluster.measure,
        "closeness": lambda rounds: closeness.measure(4 * rounds),
        "precision": lambda _rounds: print(precision.measure(PRECISION, FEWER, 400)),
    }
    parser.add_argument("part", nargs="?", choices=[*parts, "one"])
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    if given.part == "one":
        print(engine.simulate(quarter(5e6, 600, 90), SEED, 0).seconds, _peak())
        return
    for name, part in parts.items():
        if given.part in (None, name):
            print(f"\n{name}")
            part(given.rounds)


def speed(rounds: int) -> None:
    """Time the quarter; the SimPy models do its first days. Ratios are within a round, figures are medians."""
    scenario = quarter(5e6, 600, 90)
    work = work_of(scenario, SEED, 0)
    short, day = first_days(work, 2), first_days(work, 1)
    runs = {
        "simcap": lambda n: engine.simulate(scenario, SEED, n),
        "hand-written loop": lambda n: textbook_loop.simulate(work, n),
        "tuned loop": lambda n: bare_loop.simulate(work, n),
        "plain SimPy": lambda n: plain_simpy.simulate(short, n),
        "documented SimPy": lambda n: documented_simpy.simulate(day, n),
    }
    for run in runs.values():
        run(0)
    taken = np.zeros((rounds, len(runs)))
    for number in range(rounds):
        for place, run in enumerate(runs.values()):
            outcome = run(number + 1)
            taken[number, place] = outcome.seconds / outcome.items
    print(f"{'':20}{'ns an item':>12}{'items a second':>16}{'time, simcap = 1':>18}")
    for place, name in enumerate(runs):
        middle = np.median(taken[:, place])
        ratio = np.median(taken[:, place] / taken[:, 0])
        print(f"{name:20}{middle * 1e9:12.0f}{1 / middle:16,.0f}{ratio:18.2f}")


def agreement(rounds: int) -> None:
    """Compare mean waits on small works: the engine and each contender on the duty of the same replication."""
    scenario = quarter(60_000, 60, 9)
    replications = 6 * rounds
    models = {
        "hand-written loop": textbook_loop.simulate,
        "tuned loop": bare_loop.simulate,
        "plain SimPy": plain_simpy.simulate,
        "documented SimPy": documented_simpy.simulate,
    }
    own = np.array([engine.simulate(scenario, SEED, n).mean_wait for n in range(replications)])
    print(f"simcap: mean wait {own.mean():.0f} s over {replications} replications")
    for name, model in models.items():
        waits = np.array([model(work_of(scenario, SEED, n), n).mean_wait for n in range(replications)])
        gap = own - waits
        error = gap.std(ddof=1) / np.sqrt(replications)
        z = gap.mean() / error
        difference = f"difference {gap.mean():+6.1f} s, standard error {error:.1f} s, z {z:+.2f}"
        print(f"{name:20} {waits.mean():8.0f} s   {difference}")
        if abs(z) > 4:
            raise SystemExit(f"{name} and simcap do not agree")


def item(rounds: int) -> None:
    """Time an item from 50 thousand to 5 million items at the same density: more days, and more of all in a day."""
    for title, sizes in (
        ("more days", [(50_000, 600, 1), (500_000, 600, 9), (5_000_000, 600, 90)]),
        ("more items a day, agents in proportion", [(50_000, 24, 90), (500_000, 60, 90), (5_000_000, 600, 90)]),
    ):
        print(f"  {title}")
        fewer, less = 0.0, 0.0
        for items, agents, days in sizes:
            repeats = max(rounds, 3) * min(5_000_000 // items, 10)
            count, taken = _median(quarter(items, agents, days), repeats)
            _, idle = _median(quarter(items, agents, days, coming=1e-4), repeats)
            further = f"; each further item {(taken - less) / (count - fewer) * 1e9:4.0f} ns" if fewer else ""
            print(
                f"    {items:>9,} items, {agents:>3} agents, {days:>2} days: {taken / count * 1e9:5.0f} ns an item; "
                f"without items {idle * 1e3:4.0f} ms; beyond that {(taken - idle) / count * 1e9:4.0f} ns an item"
                f"{further}"
            )
            fewer, less = count, taken


def _median(scenario: Scenario, repeats: int) -> tuple[float, float]:
    """Return the median number of items and of seconds of replications."""
    outcomes = [engine.simulate(scenario, SEED, n) for n in range(repeats)]
    return float(np.median([outcome.items for outcome in outcomes])), float(np.median([o.seconds for o in outcomes]))


def shares(_rounds: int) -> None:
    """Show where the time of one replication goes."""
    scenario = quarter(5e6, 600, 90)
    simulate(scenario, DataFiles(HERE), SEED, 0)
    profile = cProfile.Profile()
    profile.enable()
    simulate(scenario, DataFiles(HERE), SEED, 1)
    profile.disable()
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    total = sum(row[2] for row in stats.values())
    kernel = sum(row[2] for (file, _, _), row in stats.items() if "/floor/" in file)
    drawing = next(row[3] for (file, _, name), row in stats.items() if file.endswith("/demand.py") and name == "draw")
    rest = 1 - (kernel + drawing) / total
    print(f"  kernel {kernel / total:.0%}, drawing {drawing / total:.0%}, SimPy and workforce {rest:.0%}")


def memory(_rounds: int) -> None:
    """Show the peak memory of a process that runs one replication."""
    done = subprocess.run([sys.executable, "-m", "benchmarks", "one"], capture_output=True, text=True, check=True)
    seconds, peak = done.stdout.split()
    print(f"  one replication: {float(seconds):.2f} s, {float(peak):.0f} MB, interpreter and libraries included")


def calibration(_rounds: int) -> None:
    """Time `simcap calibrate` on logs of 5 million items, in a process of its own."""
    for log in history.LOGS:
        with tempfile.TemporaryDirectory() as name:
            path = history.write(Path(name), log)
            begin, spent = time.perf_counter(), _of_children()
            command = [sys.executable, "-m", "benchmarks.calibrated", str(path)]
            peak = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE.parent).stdout
            seconds = f"{time.perf_counter() - begin:.1f} s, {_of_children() - spent:.1f} s of processors"
            print(f"{history.ITEMS:,} rows of {log}: {seconds}, peak {float(peak) / 1e9:.2f} GB")


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
