"""Replications as they finish: a few in memory, many in a file, so that memory does not grow with their number."""

from __future__ import annotations

import mmap
import tempfile
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.figures import Figures, Layout
from simcap.experiment.durable import disk
from simcap.experiment.replicate import Outcome

Array = NDArray[np.float64]

MOST_IN_MEMORY: Final = 1 << 26
"""Bytes of figures from which they lie in a file."""


class Gathered:
    """Up to `count` replications, by number; those in a file lie on the disk of `folder`, without a name.

    Raises `RunError` if the file cannot be written.
    """

    def __init__(self, count: int, folder: Path | None = None) -> None:
        self.count, self.folder = count, folder
        self._about: dict[int, Outcome] = {}
        self._shapes: dict[tuple[str, str], tuple[int, ...]] = {}
        self._memory: Array | None = None
        self._file: IO[bytes] | None = None

    def __len__(self) -> int:
        return len(self._about)

    def __contains__(self, number: int) -> bool:
        return number in self._about

    def add(self, outcome: Outcome) -> None:
        """Take a finished replication; one of the same number goes."""
        if not self._about:
            self._begin(outcome)
        row = np.concatenate([values.reshape(-1) for values in outcome.figures.values()])
        if self._file is None:
            assert self._memory is not None
            self._memory[outcome.replication] = row
        else:
            with disk(self._file_folder):
                self._file.seek(outcome.replication * row.nbytes)
                self._file.write(row.tobytes())
        self._about[outcome.replication] = Outcome(outcome.replication, {}, outcome.drawn, outcome.notes)

    def about(self) -> list[Outcome]:
        """Return what was drawn and noted by each replication, in the order of their numbers, without the figures."""
        return [self._about[number] for number in sorted(self._about)]

    def figures(self, layout: Layout) -> Figures:
        """Return the figures of all `count` replications, once they are there; none can be added any more."""
        rows, pages = self._rows()
        arrays, first = {}, 0
        for key, shape in self._shapes.items():
            size = int(np.prod(shape))
            arrays[key] = rows[:, first : first + size].reshape(self.count, *shape)
            first += size
        return Figures(layout, arrays, pages)

    def _begin(self, outcome: Outcome) -> None:
        self._shapes = {key: values.shape for key, values in outcome.figures.items()}
        size = sum(values.size for values in outcome.figures.values())
        if self.folder is None or 8 * size * self.count <= MOST_IN_MEMORY:
            self._memory = np.zeros((self.count, size))
        else:
            with disk(self.folder):
                self._file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - it goes with this object

    def _rows(self) -> tuple[Array, Any]:
        """Return the figures, [replication, figure], and the pages of the file that they lie in, if they do."""
        if self._file is None:
            assert self._memory is not None
            return self._memory, None
        with disk(self._file_folder), self._file:
            self._file.flush()
            pages = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return np.frombuffer(pages).reshape(self.count, -1), pages

    @property
    def _file_folder(self) -> Path:
        assert self.folder is not None
        return self.folder
