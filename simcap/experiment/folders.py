"""Folders of results: marked as ours, so that nothing else is ever overwritten; new results are complete or absent."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simcap.analysis.levels import with_level
from simcap.errors import Interrupted, NotWritten, RunError
from simcap.experiment.csv_text import inert
from simcap.experiment.durable import beside, disk, flush, flush_tree, link_tree, take_place
from simcap.experiment.manifest import same_run
from simcap.experiment.owner import owned

if TYPE_CHECKING:
    from simcap.experiment.kept import Kept

CSV_FORMAT, CENTS_FORMAT = "%.8g", "%.2f"
PAGE, BOOK, SLIDES = "report.html", "report.xlsx", "report.pptx"
TABLES_AND_CHARTS = ("tables/*.csv", "charts/*.png", "charts/*.svg", "answer.json", PAGE, BOOK, SLIDES)

_WRITTEN_AT_ONCE = 1 << 15
"""Rows of a table that are text in memory."""
_STAGED = ".results"
_READY = ".results-ready"
"""Folders inside a shared one: of results that are being made, and of those that only have to be moved."""

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
    """Whether it holds nothing but results, so that nothing of an earlier folder stays."""
    shared: bool = False
    """Whether it is a folder of the user's, into which results are put one by one."""
    parts: tuple[str, ...] = TABLES_AND_CHARTS
    """Patterns of the files that belong to one question: those of an earlier one go, all others stay."""

    @property
    def is_finished(self) -> bool:
        """Return whether it holds finished results."""
        return (self.path / self.marker).exists() and (self.path / self.marker).stat().st_size > 0

    def check(self) -> None:
        """Raise `RunError` if the folder holds something else."""
        out = self.path
        if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / self.marker).exists())):
            raise RunError(f"{out}: holds something other than {self.what}; it is left alone, give another --out")

    @contextlib.contextmanager
    def answering(self, manifest: Mapping[str, Any], *, force: bool = False, wait: bool = False) -> Iterator[Kept]:
        """Own the folder during a computation, whose results are then written with the manifest as the marker.

        Replications can be kept in the `Kept` that it yields, and are dropped at the end. Raises `RunError` if the
        folder is another's, holds something else or, unless `force`, the same with more replications; and
        `Interrupted` on Ctrl-C.
        """
        from simcap.experiment.kept import Kept

        with owned(self.path, wait=wait):
            self.check()
            if not force:
                self._check_more(manifest)
            kept = Kept(self.path)
            try:
                yield kept
            except KeyboardInterrupt:
                raise Interrupted(f"stopped; {going_on(kept)}") from None
            kept.drop()

    def write(
        self, tables: Mapping[str, pd.DataFrame], document: Mapping[str, Any] | None = None, add: Add = add_nothing
    ) -> None:
        """Write tables as CSV into `tables/`, a document into the marker, and what `add` adds; all or nothing.

        Raises `RunError` if something cannot be written.
        """
        with self.written() as inside:
            write_tables(tables, inside)
            if document is not None:
                (inside / self.marker).write_text(document_text(document), encoding="utf-8")
            add(inside)

    @contextlib.contextmanager
    def written(self) -> Iterator[Path]:
        """Yield a temporary folder for results; on success they are moved into place, else everything stays as it was.

        Earlier results can be read until then, and the new ones from then on. Raises `RunError` if they cannot be
        written.
        """
        with disk(self.path), self._filled() if self.shared else self._replaced() as inside:
            yield inside

    @contextlib.contextmanager
    def _replaced(self) -> Iterator[Path]:
        folder = Path(os.path.realpath(self.path))
        new = beside(folder)
        try:
            yield new
            if folder.exists():
                shutil.copymode(folder, new)
                if not self.alone:
                    link_tree(folder, new, without={folder / name for name in self._own()})
            flush_tree(new)
            take_place(new, folder)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise

    @contextlib.contextmanager
    def _filled(self) -> Iterator[Path]:
        fresh = not self.path.exists()
        self.path.mkdir(parents=True, exist_ok=True)
        inside = Path(tempfile.mkdtemp(prefix=f"{_STAGED}.", dir=self.path))
        try:
            yield inside
            flush_tree(inside)
            inside.replace(self.path / _READY)
        except BaseException:
            shutil.rmtree(self.path if fresh else inside, ignore_errors=True)
            raise
        self._take()

    def recover(self) -> None:
        """Put results into place that were ready when a command was ended from outside; remove what was not ready."""
        if (self.path / _READY).is_dir():
            self._take()
        for left in self.path.glob(f"{_STAGED}.*"):
            shutil.rmtree(left, ignore_errors=True)

    def _take(self) -> None:
        """Move results that are ready into place, the marker last."""
        ready = self.path / _READY
        new = [path.relative_to(ready) for path in sorted(ready.rglob("*")) if path.is_file()]
        new.sort(key=lambda name: name == Path(self.marker))
        try:
            for name in new:
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                try:
                    (ready / name).replace(self.path / name)
                except OSError as error:
                    raise RunError(f"{self.path / name}: cannot be written ({error.strerror})") from None
            self._drop_others(new)
            flush({(self.path / name).parent for name in new})
        finally:
            shutil.rmtree(ready, ignore_errors=True)

    def _own(self) -> Iterator[Path]:
        """Yield the files of an earlier question, relative to the folder."""
        if (self.path / self.marker).exists():
            for pattern in (self.marker, *self.parts):
                yield from (path.relative_to(self.path) for path in self.path.glob(pattern) if path.is_file())

    def _drop_others(self, new: list[Path]) -> None:
        """Remove the files of an earlier question that the new one does not have, and folders that are then empty."""
        for old in [self.path / name for name in self._own() if name not in new]:
            old.unlink()
            with contextlib.suppress(OSError):
                old.parent.rmdir()

    def _check_more(self, manifest: Mapping[str, Any]) -> None:
        """Raise `RunError` if the folder holds the same with more replications than are asked for now."""
        earlier = self._described()
        held, asked = earlier.get("replications", 0), manifest["replications"]
        if held > asked and same_run(earlier, dict(manifest)):
            raise RunError(
                f"{self.path}: holds {self.what} of {held} replications, more than the {asked} asked for; "
                "use --force to replace it, or --out for another folder"
            )

    def _described(self) -> dict[str, Any]:
        """Return what the marker says; nothing if it cannot be read."""
        try:
            value = json.loads((self.path / self.marker).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}


def document_text(document: Mapping[str, Any]) -> str:
    """Return a manifest as text; its keys stay in order, as queues and vendors are reported in that of their file."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def going_on(kept: Kept) -> str:
    """Return what a command that was stopped says about the replications that it has simulated."""
    count = kept.count()
    if not count:
        return "nothing was written"
    are = "replication is" if count == 1 else "replications are"
    return f"{count:,} {are} kept, the same command goes on from there"


@contextlib.contextmanager
def unless_unwritten(result: object) -> Iterator[None]:
    """Let an error of writing carry the result, so that it can be told at least."""
    try:
        yield
    except NotWritten:
        raise
    except RunError as error:
        raise NotWritten(str(error), result) from None


def write_tables(tables: Mapping[str, pd.DataFrame], inside: Path) -> None:
    """Write tables as CSV into `tables/` of a folder."""
    (inside / "tables").mkdir()
    for name, table in tables.items():
        write_csv(table, inside / "tables" / f"{name}.csv")


def write_csv(table: pd.DataFrame, path: Path, figures: str = CSV_FORMAT) -> None:
    """Write a table as CSV, with the level of each row, all numbers in one format, and no text that is a formula."""
    write_parts([table], path, figures)


def write_parts(parts: Iterable[pd.DataFrame], path: Path, figures: str = CSV_FORMAT) -> None:
    """Write a table whose rows come in parts as `write_csv` does, some rows at a time."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, part in enumerate(parts):
            for begin in range(0, max(len(part), 1), _WRITTEN_AT_ONCE):
                rows = inert(with_level(part.iloc[begin : begin + _WRITTEN_AT_ONCE]))
                header = number == begin == 0
                _in_text(rows, figures).to_csv(file, index=False, header=header, lineterminator="\n")


def _in_text(table: pd.DataFrame, figures: str) -> pd.DataFrame:
    """Return a table with its numbers that are not whole as text: pandas takes 1.6 times as long to write them."""
    columns = [str(name) for name, kind in table.dtypes.items() if isinstance(kind, np.dtype) and kind.kind == "f"]
    texts = {
        name: np.array(["" if math.isnan(one) else figures % one for one in table[name].tolist()], object)
        for name in columns
    }
    return table.assign(**{name: pd.Series(text, table.index, object) for name, text in texts.items()})
