"""What the commands under attack work on: a desk so small that a run takes moments, and its history."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

PLAN = """
name: desk
horizon: {start: 2026-10-05, days: 14, timezone: Europe/London, warm_up: 0 days}
simulation: {replications: 3, seed: 5}
queues:
  mail:
    arrivals: {per_day: 150, busyness: {cv: 20%}}
    handle_time: {lognormal: {mean: 6 min, cv: 0.9}}
    sla: {4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}
vendors:
  north:
    attrition: {per_year: 60%}
    shrinkage: {absence: 8%}
    teams:
      day:
        timezone: Europe/London
        agents: AGENTS
        skills: [mail]
        shift: {days: Mon-Sun, start: "08:00", length: 10 h}
"""
BACKTEST = "\nbacktest: {first: 2026-11-02, days: 7, replications: 4, sla: {4 h: {measure: turnaround, within: 4 h}}}\n"


@dataclasses.dataclass(frozen=True)
class Verb:
    """A command, and its options for a first result and for one that takes its place."""

    name: str
    words: tuple[str, ...]
    first: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    out: str = "out"

    def line(self, *, again: bool = False) -> list[str]:
        """Return the words of its command line; `again` for the one that replaces the first."""
        return [self.name, *self.words, *(self.then if again else self.first), "--out", self.out, "--quiet"]


_SEARCH = ("--no-curve", "--check", "2", "--levers", "agents")
VERBS = {
    verb.name: verb
    for verb in (
        Verb("run", ("a.yaml", "--no-charts"), ("-n", "2"), ("-n", "4")),
        Verb("compare", ("a.yaml", "b.yaml", "--no-charts"), ("-n", "2"), ("-n", "3")),
        Verb("stress", ("a.yaml", "--only-mine", "--shocks", "shocks.yaml"), ("-n", "2"), ("-n", "3")),
        Verb("staff", ("a.yaml", *_SEARCH), ("-n", "3"), ("-n", "4")),
        Verb("sensitivity", ("a.yaml",), ("-n", "2"), ("-n", "3")),
        Verb("calibrate", ("history/calibration.yaml", "--no-charts"), out="history"),
        Verb("backtest", ("history/backtest.yaml", "--no-charts", "--mode", "replay"), (), ("--force",)),
    )
}


def write(folder: Path) -> None:
    """Write the inputs of all commands, but for the history, into a folder."""
    folder.mkdir(parents=True)
    (folder / "a.yaml").write_text(PLAN.replace("AGENTS", "4"))
    (folder / "b.yaml").write_text(PLAN.replace("AGENTS", "5").replace("name: desk", "name: more"))
    (folder / "long.yaml").write_text(PLAN.replace("AGENTS", "4").replace("days: 14", "days: 35"))
    (folder / "shocks.yaml").write_text("more: {queues: {mail: {arrivals: {per_day: 170}}}}\n")


def write_history(folder: Path, made: Path) -> None:
    """Write the history that was made of the desk, with a calibration file for a back-test, into a folder."""
    shutil.copytree(made, folder / "history")
    text = (made / "calibration.yaml").read_text()
    (folder / "history" / "backtest.yaml").write_text(text + BACKTEST)
