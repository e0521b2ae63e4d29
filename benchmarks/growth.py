"""How time and memory grow with each thing that a scenario can have more of: `python -m benchmarks growth`.

Every step is a whole run, from the scenario's file to tables on disk, in a process of its own. CPU seconds count from
when the kernels are loaded; peak memory is that of the process, interpreter and libraries included.
"""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

from simcap.experiment.results import Results
from simcap.experiment.run import run_scenario
from simcap.floor.warm import warm
from simcap.scenario.reading.loading import load

Document = dict[str, Any]

STARTS = ("06:00", "14:00", "22:00")
BREAKS = [{"after": "2 h", "for": "15 min"}, {"after": "4 h", "for": "60 min"}, {"after": "6.5 h", "for": "15 min"}]
SHIFT = {"days": "5 of 7", "length": "9 h", "breaks": BREAKS}
OCCUPANCY = 0.8
DAILY = 5 / 7 * 7.5 * 0.92 * 3600
"""Seconds on the floor of an agent, averaged over days off and absence."""
LOOKS = 0.05
"""Share of the items that somebody looks at again."""
SKILLS = 4
"""The fewest queues of a team, if there are so many."""


@dataclasses.dataclass(frozen=True)
class Growth:
    """One thing that a scenario can have more of, and the scenario for each number of them."""

    title: str
    sizes: tuple[int, ...]
    scenario: Callable[[int], Document]
    period: str = "week"
    replications: Callable[[int], int] = lambda _size: 1
    charts: bool = False


def desk(queues: int, teams: int, agents: int, items: float, weeks: int, at_end: str = "finish") -> Document:
    """Return a scenario with so many agents in all, items a day and weeks; a sample of the work is looked at again."""
    handle = OCCUPANCY * agents * DAILY / (items * (1 + LOOKS))
    return {
        "name": "growth",
        "horizon": {"start": "2026-10-05", "weeks": weeks, "timezone": "UTC", "warm_up": "1 week"},
        "queues": {f"q{queue}": _queue(items / queues, handle) for queue in range(queues)} | {"looks": _looks(handle)},
        "vendors": {
            "vendor": {
                "shrinkage": {"absence": 0.08},
                "attrition": {"per_year": 0.3},
                "teams": {f"t{place}": _team(place, queues, teams, agents, at_end) for place in range(teams)},
            }
        },
    }


def _queue(items: float, handle: float) -> Document:
    return {
        "arrivals": {"per_day": items, "profile": "marketplace"},
        "handle_time": {"lognormal": {"mean": f"{handle:.6f} s", "cv": 0.9}},
        "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": 0.95, "per": "week"}},
        "then": {"looks": {"share": LOOKS}},
    }


def _looks(handle: float) -> Document:
    return {
        "handle_time": {"lognormal": {"mean": f"{handle:.6f} s", "cv": 0.9}},
        "sla": {"24 h": {"measure": "turnaround", "within": "24 h", "target": 0.95, "per": "week"}},
    }


def _team(place: int, queues: int, teams: int, agents: int, at_end: str) -> Document:
    first = place if teams >= queues else place * queues // teams
    count = min(max(SKILLS, -(-queues // teams)), queues)
    return {
        "timezone": "UTC",
        "agents": agents // teams + (place < agents % teams),
        "skills": [*(f"q{(first + step) % queues}" for step in range(count)), "looks"],
        "shift": SHIFT | {"start": STARTS[place % 3], "at_end": at_end},
    }


GROWTHS = {
    "items": Growth(
        "items in 4 weeks, 600 agents",
        (200_000, 1_000_000, 5_000_000, 20_000_000),
        lambda items: desk(8, 24, 600, items / 28, 4),
    ),
    "weeks": Growth(
        "weeks, 8 queues, 600 agents, 30,000 items a day",
        (13, 26, 52, 104),
        lambda weeks: desk(8, 24, 600, 30_000, weeks),
    ),
    "years": Growth(
        "weeks of a small desk, 2 queues, 12 agents, 600 items a day",
        (52, 260, 520),
        lambda weeks: desk(2, 3, 12, 600, weeks),
        period="day",
    ),
    "hours": Growth(
        "weeks by the hour, 2 queues, 12 agents",
        (26, 52, 260),
        lambda weeks: desk(2, 3, 12, 600, weeks),
        period="hour",
    ),
    "queues": Growth(
        "queues, 24 teams, 13 weeks, 10,000 items a day",
        (20, 100, 500),
        lambda queues: desk(queues - 1, 24, 240, 10_000, 13),
    ),
    "charts": Growth(
        "queues with charts, 4 weeks",
        (20, 200),
        lambda queues: desk(queues - 1, 24, 240, 10_000, 4),
        charts=True,
    ),
    "teams": Growth(
        "teams of 3 agents, 8 queues, 13 weeks, 20,000 items a day",
        (30, 100, 300, 1_000),
        lambda teams: desk(8, teams, 3 * teams, 20_000, 13),
    ),
    "agents": Growth(
        "agents in each of two teams, 4 weeks, 10,000 items a day",
        (500, 5_000, 10_000, 20_000, 50_000),
        lambda agents: desk(1, 2, 2 * agents, 10_000, 4),
    ),
    "handing back": Growth(
        "agents in each of two teams who hand back what they have in hand, 4 weeks, 10 items a day each",
        (500, 5_000, 20_000),
        lambda agents: desk(1, 2, 2 * agents, 20 * agents, 4, at_end="hand_back"),
    ),
    "replications": Growth(
        "replications of 52 weeks by the day, 2 queues, 12 agents, 200 items a day",
        (10, 30, 100, 300, 1_000),
        lambda _count: desk(2, 3, 12, 200, 52),
        period="day",
        replications=lambda count: count,
    ),
}


def tables(names: Iterable[str] = GROWTHS) -> None:
    """Print a table for each kind of growth."""
    for name in names:
        growth = GROWTHS[name]
        print(f"\n  {growth.title}")
        print(f"  {'':>12}{'CPU s':>10}{'ratio':>8}{'peak MB':>10}{'ratio':>8}{'of output, MB':>15}")
        before: tuple[float, ...] = ()
        for size in growth.sizes:
            command = [sys.executable, "-m", "benchmarks.growth", name, str(size)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds, peak, written = map(float, done.stdout.split())
            ratios = [f"{now / then:8.2f}" for now, then in zip((seconds, peak), before, strict=False)] or [" " * 8] * 2
            print(f"  {size:>12,}{seconds:10.1f}{ratios[0]}{peak:10.0f}{ratios[1]}{written:15.1f}", flush=True)
            before = seconds, peak


def step(growth: Growth, size: int) -> None:
    """Run one step and print its CPU seconds, its peak memory and the size of its results, both in MB."""
    warm()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "growth.yaml"
        path.write_text(json.dumps(growth.scenario(size)), encoding="utf-8")
        began = time.process_time()
        out = Path(name) / "out"
        count = growth.replications(size)
        run_scenario(load(path), out, replications=count, period=growth.period, jobs=1, finish=_finish(growth))
        taken = time.process_time() - began
        written = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
    print(taken, getrusage(RUSAGE_SELF).ru_maxrss / 1024, written / 2**20)


def _finish(growth: Growth) -> Callable[[Results, Path], None]:
    def draw(results: Results, folder: Path) -> None:
        if growth.charts:
            from simcap.report.charts.run import draw_charts  # not for those who measure memory without

            draw_charts(results, folder / "charts")

    return draw


if __name__ == "__main__":
    step(GROWTHS[sys.argv[1]], int(sys.argv[2]))
