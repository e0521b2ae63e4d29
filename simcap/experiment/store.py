"""Results on disk: finished replications are kept aside, and the complete run is moved into place at once."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from simcap.errors import RunError
from simcap.experiment.archive import Damaged, archive_bytes, hash_in, read_archive, tell_damaged
from simcap.experiment.durable import Keeper, disk, remove, write_whole
from simcap.experiment.folders import ResultFolder, document_text
from simcap.experiment.manifest import hash_of, same_run, what_differs
from simcap.experiment.replicate import Outcome


class Store:
    """The folder of a run, and next to it the hidden one that holds the replications finished so far.

    Both are the caller's own (`owner.owned`). Replications are also taken from `earlier`, folders of runs that may be
    the same. Raises `RunError` if the folder cannot be written, or belongs to a different run.
    """

    def __init__(
        self, folder: Path, manifest: dict[str, Any], *, force: bool = False, earlier: Sequence[Path] = ()
    ) -> None:
        folder = Path(os.path.realpath(folder))
        self.folder, self.manifest, self.force, self.earlier = folder, manifest, force, earlier
        self.results = ResultFolder(folder, "manifest.json", "a run", alone=True)
        self.partial = _partial(folder)
        self.of = hash_of(manifest)
        self._keeper = Keeper()
        with disk(folder):
            if folder.exists() and not folder.is_dir():
                raise RunError(f"{folder}: is a file; name another folder with --out")
            for place in (folder, *earlier):
                self._check(place, force=force)
            self._make_way(force=force)
            self.partial.mkdir(parents=True, exist_ok=True)
            if _read_json(self.partial / "manifest.json") is None:
                write_whole(self.partial / "manifest.json", document_text(manifest).encode())

    def _make_way(self, *, force: bool) -> None:
        """Remove what a different run that was interrupted has left, if that is nothing or may be replaced."""
        earlier = _read_json(self.partial / "manifest.json")
        lost = earlier is None
        if hash_in(self.partial) in (None, self.of) if lost else same_run(earlier or {}, self.manifest):
            return
        if force or not any(self.partial.glob("*.npz")):
            remove(self.partial, self.folder)
        else:
            raise RunError(
                f"{self.folder}: an interrupted run of {what_differs(earlier or {}, self.manifest)} is kept for it; "
                "use --force to drop that, or --out for another folder"
            )

    def _check(self, folder: Path, *, force: bool) -> None:
        """Refuse a folder that holds anything other than this run; with `force`, other than a run."""
        if not folder.exists() or not any(folder.iterdir()):
            return
        earlier = _read_json(folder / "manifest.json")
        if earlier is not None and "scenario" in earlier:
            same, other = same_run(earlier, self.manifest), f"a run of {what_differs(earlier, self.manifest)}"
        elif (of := hash_in(folder / "replications")) is not None:
            same, other = of == self.of, "another run, whose manifest.json is damaged"
        else:
            raise RunError(f"{folder}: exists and is not a result of simcap; name another with --out")
        if not force and not same:
            raise RunError(f"{folder}: holds {other}; use --force to replace it, or --out for another folder")

    def finished(self) -> Iterator[Outcome]:
        """Yield the replications that are already there, perhaps twice. Tells which of them are damaged."""
        whole = [place / "replications" for place in (*self.earlier, self.folder)]
        for folder in (self.partial,) if self.force else (*whole, self.partial):
            for path in sorted(folder.glob("*.npz")) if folder.is_dir() else []:
                try:
                    outcome = load_outcome(path, self.of)
                except Damaged as why:
                    tell_damaged(path, why)
                else:
                    yield outcome

    def keep(self, outcome: Outcome) -> None:
        """Store one finished replication."""
        with disk(self.partial):
            self._keeper.keep(self.partial / f"{outcome.replication:05d}.npz", outcome_bytes(outcome, self.of))

    @contextlib.contextmanager
    def whole(self) -> Iterator[Path]:
        """Yield a temporary folder for the results; on success move it into place and remove what was kept aside."""
        with self.results.written() as temporary:
            (temporary / "manifest.json").write_text(document_text(self.manifest), encoding="utf-8")
            yield temporary
        self._drop_partial()

    def _drop_partial(self) -> None:
        """Remove what was kept aside, except replications beyond those asked for, which a longer run can use."""
        beyond = [path for path in self.partial.glob("*.npz") if int(path.stem) >= self.manifest["replications"]]
        if not beyond:
            remove(self.partial, self.folder)
        for path in set(self.partial.glob("*.npz")) - set(beyond):
            path.unlink(missing_ok=True)


def sweep(runs: Path) -> None:
    """Remove, of runs that a command keeps aside, those of which a part is left: they were being removed."""
    for folder in runs.glob("*") if runs.is_dir() else []:
        hidden, known = folder.name.startswith("."), _read_json(folder / "manifest.json") is not None
        if folder.is_dir() and not hidden and not known and hash_in(folder / "replications") is None:
            remove(folder, folder)


def held(folder: Path, manifest: dict[str, Any]) -> int:
    """Return how many replications of the same run a folder holds the results of; 0 if it holds none."""
    earlier = _read_json(folder / "manifest.json")
    return int(earlier["replications"]) if earlier is not None and same_run(earlier, manifest) else 0


def is_edited(folder: Path, manifest: dict[str, Any]) -> bool:
    """Return whether a folder, or what is kept aside for it, belongs to a run other than that of a manifest."""
    manifests = [_read_json(place / "manifest.json") for place in (folder, _partial(folder))]
    return any(other is not None and "scenario" in other and not same_run(other, manifest) for other in manifests)


def _partial(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.partial"


def outcome_bytes(outcome: Outcome, of: str) -> bytes:
    """Return the figures of one replication as a file; `of` is the hash of its run."""
    arrays = {f"{table}/{period}": values for (table, period), values in outcome.figures.items()}
    about = json.dumps({"replication": outcome.replication, "drawn": outcome.drawn, "notes": outcome.notes})
    return archive_bytes({"about": np.array(about), **arrays}, of)


def save_outcome(path: Path, outcome: Outcome, of: str) -> None:
    """Write the figures of one replication to a file; `of` is the hash of its run."""
    path.write_bytes(outcome_bytes(outcome, of))


def load_outcome(path: Path, of: str | None = None) -> Outcome:
    """Return the figures of one replication from a file.

    Raises `Damaged` unless it is whole, of the number that its name says and, if `of` is given, of that run.
    """
    arrays = read_archive(path, of)
    try:
        about = json.loads(str(arrays.pop("about")))
        figures = {(table, period): values for name, values in arrays.items() for table, period in [name.split("/")]}
        outcome = Outcome(about["replication"], figures, about["drawn"], tuple(about["notes"]))
    except (KeyError, ValueError, TypeError):
        raise Damaged("is no replication") from None
    if path.stem != f"{outcome.replication:05d}":
        raise Damaged(f"is replication {outcome.replication}")
    return outcome


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
