"""Folders of results: marked as ours, so that nothing else is ever overwritten; new results are complete or absent."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from simcap.analysis.levels import with_level
from simcap.errors import Interrupted, RunError
from simcap.experiment.manifest import same_run

if TYPE_CHECKING:
    from simcap.experiment.kept import Kept

CSV_FORMAT, CENTS_FORMAT = "%.8g", "%.2f"
PAGE, BOOK, SLIDES = "report.html", "report.xlsx", "report.pptx"
TABLES_AND_CHARTS = ("tables/*.csv", "charts/*.png", "charts/*.svg", "answer.json", PAGE, BOOK, SLIDES)

Add = Callable[[Path], None]
"""Called with the folder of new results before they are moved into place, to add to them (charts)."""


def add_nothing(_inside: Path) -> None:
    """Add nothing to results."""


@dataclasses.dataclass(frozen=True)
class ResultFolder:
    """The folder of a command's results."""

    path: Path
    marker: str
    """The file that shows that the folder is ours; empty as long as there are no results."""
    what: str
    """Its contents, for messages: "a stress test"."""
    alone: bool = False
    """Whether it holds nothing but results, so that new ones replace all of it at once."""
    parts: tuple[str, ...] = TABLES_AND_CHARTS
    """Patterns of the files that belong to one question: those of an earlier one are removed with new results."""

    @property
    def is_finished(self) -> bool:
        """Return whether it holds finished results."""
        return (self.path / self.marker).exists() and (self.path / self.marker).stat().st_size > 0

    def check(self) -> None:
        """Raise `RunError` if the folder holds something else."""
        out = self.path
        if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / self.marker).exists())):
            raise RunError(f"{out}: holds something other than {self.what}; it is left alone, give another --out")

    def claim(self) -> None:
        """Create the folder and mark it. Raises `RunError` if it holds something else."""
        self.check()
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / self.marker).touch()

    def mark(self, document: Mapping[str, Any]) -> None:
        """Describe the results in the marker, which makes them finished."""
        (self.path / self.marker).write_text(
            json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )

    @contextlib.contextmanager
    def answering(self, manifest: Mapping[str, Any], *, force: bool = False) -> Iterator[Kept]:
        """Claim the folder during a computation, and mark it with the manifest afterwards.

        Replications can be kept in the `Kept` that it yields, and are dropped at the end. Raises `RunError` if the
        folder holds the same with more replications, unless `force`, and `Interrupted` on Ctrl-C; then a folder that
        did not exist before is removed.
        """
        from simcap.experiment.kept import Kept

        fresh = not self.path.exists()
        self.claim()
        if not force:
            self._check_more(manifest)
        kept = Kept(self.path)
        try:
            yield kept
        except BaseException as error:
            if fresh:
                shutil.rmtree(self.path)
            if isinstance(error, KeyboardInterrupt):
                raise Interrupted(f"stopped; {going_on(kept)}") from None
            raise
        self.mark(manifest)
        kept.drop()

    def write(self, tables: Mapping[str, pd.DataFrame], add: Add = add_nothing) -> None:
        """Write tables as CSV into `tables/`, and what `add` adds. Raises `RunError` if one cannot be written."""
        with self.written() as inside:
            (inside / "tables").mkdir()
            for name, table in tables.items():
                path = Path("tables", f"{name}.csv")
                try:
                    write_csv(table, inside / path)
                except OSError as error:
                    raise RunError(f"{self.path / path}: cannot be written ({error.strerror})") from None
            add(inside)

    @contextlib.contextmanager
    def written(self) -> Iterator[Path]:
        """Yield a temporary folder for results; on success they are moved into place, else everything stays as it was.

        Raises `RunError` if they cannot be written.
        """
        with disk(self.path), self._replaced() if self.alone else self._filled() as inside:
            yield inside

    @contextlib.contextmanager
    def _replaced(self) -> Iterator[Path]:
        folder = Path(os.path.realpath(self.path))
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            yield temporary
            temporary.chmod(0o755)
            old = None
            if folder.exists():
                old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
                folder.replace(old / "results")
            temporary.replace(folder)
            if old is not None:
                shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise

    @contextlib.contextmanager
    def _filled(self) -> Iterator[Path]:
        fresh = not self.path.exists()
        self.path.mkdir(parents=True, exist_ok=True)
        inside = Path(tempfile.mkdtemp(prefix=".results.", dir=self.path))
        try:
            yield inside
            self._take(inside)
        except BaseException:
            shutil.rmtree(self.path if fresh else inside, ignore_errors=True)
            raise
        shutil.rmtree(inside, ignore_errors=True)

    def _take(self, inside: Path) -> None:
        """Move results into place, the marker last; while some are old and some new, the marker is empty."""
        new = [path.relative_to(inside) for path in sorted(inside.rglob("*")) if path.is_file()]
        new.sort(key=lambda name: name == Path(self.marker))
        if (self.path / self.marker).exists() and Path(self.marker) not in new:
            (self.path / self.marker).write_bytes(b"")
        self._drop_others(new)
        for folder in (path for path in inside.rglob("*") if path.is_dir()):
            (self.path / folder.relative_to(inside)).mkdir(parents=True, exist_ok=True)
        for name in new:
            try:
                (inside / name).replace(self.path / name)
            except OSError as error:
                raise RunError(f"{self.path / name}: cannot be written ({error.strerror})") from None

    def _drop_others(self, new: list[Path]) -> None:
        """Remove the files of an earlier question that the new one does not have, and folders that are then empty."""
        if not (self.path / self.marker).exists():
            return
        for pattern in self.parts:
            for old in list(self.path.glob(pattern)):
                if old.is_file() and old.relative_to(self.path) not in new:
                    old.unlink()
                    with contextlib.suppress(OSError):
                        old.parent.rmdir()

    def _check_more(self, manifest: Mapping[str, Any]) -> None:
        """Raise `RunError` if the folder holds the same with more replications than are asked for now."""
        earlier = json.loads((self.path / self.marker).read_text(encoding="utf-8")) if self.is_finished else {}
        held, asked = earlier.get("replications", 0), manifest["replications"]
        if held > asked and same_run(earlier, dict(manifest)):
            raise RunError(
                f"{self.path}: holds {self.what} of {held} replications, more than the {asked} asked for; "
                "use --force to replace it, or --out for another folder"
            )


def going_on(kept: Kept) -> str:
    """Return what a command that was stopped says about the replications that it has simulated."""
    count = kept.count()
    if not count:
        return "nothing was written"
    are = "replication is" if count == 1 else "replications are"
    return f"{count:,} {are} kept, the same command goes on from there"


def write_csv(table: pd.DataFrame, path: Path, figures: str = CSV_FORMAT) -> None:
    """Write a table as CSV, with the level of each row and all numbers in one format."""
    with_level(table).to_csv(path, index=False, float_format=figures, lineterminator="\n")


@contextlib.contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turn errors of the file system into messages for a person."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"{folder}: cannot be written ({os.strerror(error.errno or 0)}); name another with --out"
        ) from None
