"""What all verbs need: scenarios as paths or loaded, valid numbers, folders to keep or not."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from simcap.errors import ScenarioError
from simcap.scenario.reading.loading import ScenarioFile, load

Source = str | Path | ScenarioFile
Progress = Callable[[int, int], None]


def tell_nobody(*_told: object) -> None:
    """Ignore progress."""


def check_slas(file: ScenarioFile, verb: str, replications: int, minimum: int = 1) -> None:
    """Raise an error for a question that cannot be asked, before anything is simulated."""
    at_least("replications", replications, minimum)
    if not any(queue.sla for queue in file.scenario.queues.values()):
        raise ScenarioError(f"{file.scenario.name} has no SLA, and {verb} needs one; give a queue an `sla`")


def at_least(name: str, value: int | None, minimum: int) -> None:
    """Raise `ValueError` for a number that is too small."""
    if value is not None and value < minimum:
        raise ValueError(f"{name} {value}: must be {minimum} or more")


def known_sla(file: ScenarioFile, asked: str) -> None:
    """Raise `ScenarioError` for an SLA that the scenario lacks."""
    from simcap.report.terminal.sensitivity import unknown_sla

    known = [f"{name} / {sla}" for name, queue in file.scenario.queues.items() for sla in queue.sla]
    if not any(asked == name or asked.startswith(f"{name} / ") for name in known):
        raise unknown_sla(asked, known)


def file_of(scenario: Source) -> ScenarioFile:
    """Return a scenario, loaded if it is a path."""
    return scenario if isinstance(scenario, ScenarioFile) else load(Path(scenario))


def seed_of(file: ScenarioFile, seed: int | None) -> int:
    """Return the seed asked for, or the scenario's."""
    return file.scenario.simulation.seed if seed is None else seed


@contextlib.contextmanager
def folder_for(out: str | Path | None) -> Iterator[Path]:
    """Give the folder asked for, or a temporary one."""
    if out is not None:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory(prefix="simcap-") as name:
        yield Path(name) / "results"
