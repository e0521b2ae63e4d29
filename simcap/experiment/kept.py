"""What an interrupted command has simulated, kept next to its folder until it has its results.

Each replication is kept under a key of everything that it depends on, so that only the very same question finds it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.figures import Layout
from simcap.errors import RunError
from simcap.experiment.archive import Arrays, Damaged, archive_bytes, read_archive, tell_damaged
from simcap.experiment.durable import Keeper, remove
from simcap.experiment.layouts import layout_document, layout_of
from simcap.experiment.manifest import manifest_of
from simcap.experiment.replicate import Outcome
from simcap.scenario.reading.loading import ScenarioFile

_LOG = logging.getLogger(__name__)


class Kept:
    """The hidden folder, next to that of a command's results, in which finished replications are kept."""

    def __init__(self, out: Path) -> None:
        folder = Path(os.path.realpath(out))
        self._out = folder
        self.folder = unfinished(folder)
        self._keeper = Keeper()
        self._before = self.count()
        self._found = False
        self.wanted = False
        """Whether it is still needed although the command ends with results: it was stopped and can be resumed."""

    def count(self) -> int:
        """Return how many replications are kept."""
        return sum(1 for _ in self.folder.glob("*/*.npz"))

    def arrays(self, key: str, number: int) -> dict[str, NDArray[Any]] | None:
        """Return the arrays of a replication; None if there are none that can be used, which is told if there are."""
        path = self._path(key, number)
        if not path.exists():
            return None
        self._found = True
        try:
            return read_archive(path, _name(key, number))
        except Damaged as why:
            tell_damaged(path, why)
            return None

    def keep(self, key: str, number: int, arrays: Arrays) -> None:
        """Keep the arrays of one replication. Raises `RunError` if the folder cannot be written."""
        path = self._path(key, number)
        if self._before and not self._found:
            self._before = 0
            _LOG.warning(
                "simcap: %s: holds what an interrupted command has simulated from other inputs; it is not used",
                self.folder,
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._keeper.keep(path, archive_bytes(arrays, _name(key, number)))
        except OSError as error:
            raise RunError(f"{self.folder}: cannot be written ({error.strerror}); name another with --out") from None

    def outcome(
        self, key: str, number: int, file: ScenarioFile, periods: tuple[str, ...]
    ) -> tuple[Outcome, Layout] | None:
        """Return a kept replication of a scenario, with the layout of its figures; None if there is none."""
        arrays = self.arrays(key, number)
        if arrays is None:
            return None
        about = json.loads(str(arrays.pop("about")))
        layout = layout_of(about["layout"], file.scenario.horizon, periods)
        figures = {(table, period): values for name, values in arrays.items() for table, period in [name.split("/")]}
        return Outcome(about["replication"], figures, about["drawn"], tuple(about["notes"])), layout

    def keep_outcome(self, key: str, outcome: Outcome, layout: Layout) -> None:
        """Keep one replication of a scenario."""
        about = {
            "replication": outcome.replication,
            "drawn": outcome.drawn,
            "notes": outcome.notes,
            "layout": layout_document(layout),
        }
        arrays = {f"{table}/{period}": values for (table, period), values in outcome.figures.items()}
        self.keep(key, outcome.replication, {**arrays, "about": np.array(json.dumps(about))})

    def drop(self) -> None:
        """Remove everything, as there are results, unless it is still needed."""
        if not self.wanted:
            remove(self.folder, self._out)

    def _path(self, key: str, number: int) -> Path:
        return self.folder / key / f"{number:05d}.npz"


def unfinished(out: Path) -> Path:
    """Return the hidden folder next to another in which a command keeps what it has not finished."""
    folder = Path(os.path.realpath(out))
    return folder.parent / f".{folder.name}.unfinished"


def key_of_run(file: ScenarioFile, seed: int, periods: tuple[str, ...]) -> str:
    """Return the key of a scenario's replications, from its contents, draws and data, the seed and the versions."""
    drawn = sorted(file.fitted.open) if file.fitted else []
    return key_of_all(manifest_of(file, seed, 0, periods), file.scenario.model_dump(mode="json"), drawn)


def _name(key: str, number: int) -> str:
    """Return what an archive says that it is of."""
    return f"{key}/{number}"


def key_of_all(*parts: object) -> str:
    """Return a key of plain data."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
