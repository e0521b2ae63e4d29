"""Results on disk: finished replications are kept aside, and the complete run is moved into place at once."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from simcap.errors import RunError
from simcap.experiment.folders import ResultFolder, disk
from simcap.experiment.manifest import same_run, what_differs
from simcap.experiment.replicate import Outcome


class Store:
    """The folder of a run, and next to it the hidden one that holds the replications finished so far.

    Raises `RunError` if the folder cannot be written, or belongs to a different run.
    """

    def __init__(self, folder: Path, manifest: dict[str, Any], *, force: bool = False) -> None:
        folder = Path(os.path.realpath(folder))
        self.folder, self.manifest, self.force = folder, manifest, force
        self.results = ResultFolder(folder, "manifest.json", "a run", alone=True)
        self.partial = _partial(folder)
        with disk(folder):
            if folder.exists() and not folder.is_dir():
                raise RunError(f"{folder}: is a file; name another folder with --out")
            self._check(folder, force=force)
            self._make_way(force=force)
            self.partial.mkdir(parents=True, exist_ok=True)
            _write_json(self.partial / "manifest.json", manifest)

    def _make_way(self, *, force: bool) -> None:
        """Remove what a different run that was interrupted has left, if that is nothing or may be replaced."""
        earlier = _read_json(self.partial / "manifest.json")
        if earlier is not None and same_run(earlier, self.manifest):
            return
        if force or not any(self.partial.glob("*.npz")):
            shutil.rmtree(self.partial, ignore_errors=True)
        elif self.partial.exists():
            raise RunError(
                f"{self.folder}: an interrupted run of {what_differs(earlier or {}, self.manifest)} is kept for it; "
                "use --force to drop that, or --out for another folder"
            )

    def _check(self, folder: Path, *, force: bool) -> None:
        """Refuse a folder that holds anything other than this run; with `force`, other than a run."""
        if not folder.exists() or not any(folder.iterdir()):
            return
        earlier = _read_json(folder / "manifest.json")
        if earlier is None or "scenario" not in earlier:
            raise RunError(f"{folder}: exists and is not a result of simcap; name another with --out")
        if not force and not same_run(earlier, self.manifest):
            raise RunError(
                f"{folder}: holds a run of {what_differs(earlier, self.manifest)}; "
                "use --force to replace it, or --out for another folder"
            )

    def finished(self) -> dict[int, Outcome]:
        """Return the replications that are already there, by number."""
        outcomes: dict[int, Outcome] = {}
        for folder in (self.partial,) if self.force else (self.folder / "replications", self.partial):
            for path in sorted(folder.glob("*.npz")) if folder.is_dir() else []:
                with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                    outcome = load_outcome(path)
                    outcomes[outcome.replication] = outcome
        return outcomes

    def keep(self, outcome: Outcome) -> None:
        """Store one finished replication."""
        with disk(self.partial):
            path = self.partial / f"{outcome.replication:05d}.npz"
            save_outcome(path.with_suffix(".tmp"), outcome)
            path.with_suffix(".tmp").replace(path)

    @contextlib.contextmanager
    def whole(self) -> Iterator[Path]:
        """Yield a temporary folder for the results; on success move it into place and remove what was kept aside."""
        with self.results.written() as temporary:
            yield temporary
            _write_json(temporary / "manifest.json", self.manifest)
        self._drop_partial()

    def _drop_partial(self) -> None:
        """Remove what was kept aside, except replications beyond those asked for, which a longer run can use."""
        beyond = [path for path in self.partial.glob("*.npz") if int(path.stem) >= self.manifest["replications"]]
        if not beyond:
            shutil.rmtree(self.partial, ignore_errors=True)
        for path in set(self.partial.glob("*.npz")) - set(beyond):
            path.unlink(missing_ok=True)


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


def save_outcome(path: Path, outcome: Outcome) -> None:
    """Write the figures of one replication to a file."""
    arrays = {f"{table}/{period}": values for (table, period), values in outcome.figures.items()}
    about = json.dumps({"replication": outcome.replication, "drawn": outcome.drawn, "notes": outcome.notes})
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, about=np.array(about), **arrays)


def load_outcome(path: Path) -> Outcome:
    """Return the figures of one replication from a file."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
        about = json.loads(str(saved["about"]))
        figures = {tuple(name.split("/")): saved[name] for name in saved.files if name != "about"}
    return Outcome(about["replication"], figures, about["drawn"], tuple(about["notes"]))


def _write_json(path: Path, value: Any) -> None:
    """Write a manifest; its keys stay in order, as queues and vendors are reported in that of their file."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
