"""A project made from files as tools export them: the data, a calibration of them, and a scenario that runs on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simcap.api.asking import tell_nobody
from simcap.errors import DataError, RunError, ScenarioError

if TYPE_CHECKING:
    from simcap.calibration.calibrate import Calibration
    from simcap.calibration.look.looking import Looked

LARGE: Final = 100_000_000
"""Bytes above which a file stays where it is."""
SCENARIO: Final = Path("scenarios/plan.yaml")
CALIBRATION: Final = Path("calibration/calibration.yaml")
PARAMETERS: Final = Path("calibration/parameters.yaml")
DATA: Final = Path("calibration/data")
_GRAMMAR: Final = "# yaml-language-server: $schema=../calibration.schema.json\n#\n"


@dataclasses.dataclass(frozen=True)
class Begun:
    """A project made from files, and what is left to do in it."""

    folder: Path
    files: tuple[Path, ...]
    """What was written, the scenario first, as paths in the folder."""
    elsewhere: tuple[Path, ...]
    """Files that are too large to be copied, and are read where they are."""
    looked: Looked
    calibration: Calibration | None
    """The fits; none where the calibration file has to be corrected first."""
    problem: str
    """Why nothing could be fitted, if so."""
    placeholders: tuple[str, ...]
    """Lines of the scenario with a placeholder, each with its number."""


def begin_from(
    files: Sequence[str | Path],
    folder: str | Path,
    *,
    timezone: str | None = None,
    progress: Callable[[str], None] = tell_nobody,
) -> Begun:
    """Make a project of files as tools export them, in a new folder: whole, or not at all.

    Files of up to 100 MB are copied into `calibration/data`, larger ones are read where they are. `timezone` is that of
    days, and of times without an offset. Raises `RunError` for a folder that is not empty, `DataError` for files that
    are no tables.
    """
    from simcap.calibration.look.looking import look_at_all, write_proposal
    from simcap.projects import copy, for_editors, new_folder

    sources, folder = [Path(file) for file in files], Path(folder)
    places = _places(sources)
    large = tuple(path.resolve() for path in sources if path not in places)
    with new_folder(folder) as inside:
        copy({place: source for source, place in places.items()} | for_editors(), inside)
        data = [inside / places[path] if path in places else path.resolve() for path in sources]
        looked = look_at_all(data, inside / CALIBRATION.parent, timezone, progress)
        text = _GRAMMAR + looked.proposal.text
        proposal = dataclasses.replace(looked.proposal, text=text)
        write_proposal(dataclasses.replace(looked, proposal=proposal), inside / CALIBRATION.parent)
        calibration, problem = _calibrated(inside, progress)
        problem = problem.replace(str(inside), str(folder))
        progress("the scenario")
        written = _write_scenario(inside, looked, calibration)
        names = sorted(path.relative_to(inside) for path in inside.rglob("*") if path.is_file())
    order = [SCENARIO, CALIBRATION]
    names = [*order, *(name for name in names if name not in order)]
    return Begun(folder, tuple(names), large, looked, calibration, problem, tuple(_placeholders(written)))


def _places(sources: Sequence[Path]) -> dict[Path, Path]:
    """Return where each file that is not too large is copied to. Raises `DataError` for one that is not there."""
    wrong = [f"{path}: there is no such file" for path in sources if not path.is_file()]
    if wrong:
        raise DataError("\n".join(wrong))
    copied = [path for path in dict.fromkeys(sources) if path.stat().st_size <= LARGE]
    names = [path.name for path in copied]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise RunError(f"two files are called {', '.join(twice)}, and both would be copied; rename one")
    return {path: DATA / path.name for path in copied}


def _calibrated(inside: Path, progress: Callable[[str], None]) -> tuple[Calibration | None, str]:
    """Fit what the files allow; return the fits, or why there are none."""
    from simcap.api.history import calibrate

    try:
        return calibrate(inside / CALIBRATION, out=inside / PARAMETERS.parent, progress=progress), ""
    except (DataError, ScenarioError) as error:
        return None, str(error)


def _write_scenario(inside: Path, looked: Looked, calibration: Calibration | None) -> str:
    from simcap.calibration.draft.facts import facts_of, facts_seen
    from simcap.calibration.draft.scenario_text import scenario_text

    (inside / SCENARIO).parent.mkdir()
    if calibration is None:
        text = scenario_text(facts_seen(looked.looks, looked.proposal.timezone, looked.proposal.last))
    else:
        text = scenario_text(facts_of(calibration), calibration.open, f"../{PARAMETERS.as_posix()}")
    (inside / SCENARIO).write_text(text, encoding="utf-8")
    return text


def _placeholders(text: str) -> list[str]:
    from simcap.calibration.draft.scenario_text import MARK

    return [f"{number}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1) if f"{MARK} " in line]
