"""The futures in which options are compared: each a change of the scenario, as a shock is, made to every option."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from simcap.errors import ScenarioError
from simcap.experiment.futures import FIRST, run_name
from simcap.planning.changes import Change
from simcap.planning.shocks import read_shocks
from simcap.scenario.reading.loading import ScenarioFile

_NAME = re.compile(r"[\w%+.-]([\w %+.-]*[\w%+.-])?")


def read_futures(path: Path, file: ScenarioFile) -> list[Change]:
    """Return the futures of a file: by name, what each changes in the base, written as a file of shocks is.

    Raises `ScenarioError` with everything that is wrong with it, each with its place in the file.
    """
    futures = read_shocks(path, file, "future")
    check_names(futures, f"{path}: ")
    return futures


def check_names(futures: Sequence[Change], where: str = "") -> None:
    """Raise `ScenarioError` for names that no folder can have, that are alike, or that of the scenarios themselves."""
    problems = []
    seen: set[str] = {FIRST}
    for future in futures:
        key = future.name.lower().replace(" ", "-")
        if key == FIRST:
            problems.append(
                f"{where}{future.name}: is the name of the future that is always there, the scenarios as they stand; "
                "choose another"
            )
        elif key in seen:
            problems.append(f"{where}{future.name}: another future is called alike; choose another name")
        elif not _NAME.fullmatch(future.name) or ".." in future.name:
            problems.append(
                f"{where}{future.name}: folders are named after futures; use letters, digits, spaces and -_+%. only"
            )
        seen.add(key)
    if problems:
        raise ScenarioError("\n".join(problems))


def in_futures(files: Sequence[ScenarioFile], futures: Sequence[Change]) -> Mapping[str, Sequence[ScenarioFile]]:
    """Return by future the scenarios of a comparison as they are then.

    Raises `ScenarioError`, with everything that is wrong, where a future is impossible for one of them.
    """
    check_names(futures)
    changed: dict[str, list[ScenarioFile]] = {future.name: [] for future in futures}
    problems = []
    for future in futures:
        for file in files:
            try:
                changed[future.name].append(_in_future(file, future))
            except ScenarioError as error:
                problems += [f"future {line}" for line in str(error).split("\n")]
    if problems:
        raise ScenarioError("\n".join(dict.fromkeys(problems)))
    return changed


def _in_future(file: ScenarioFile, future: Change) -> ScenarioFile:
    try:
        return future.of(file, run_name(file.scenario.name, future.name))
    except ScenarioError as error:
        lines = str(error).split("\n")
        raise ScenarioError("\n".join(f"{line} (in {file.scenario.name!r})" for line in lines)) from None
