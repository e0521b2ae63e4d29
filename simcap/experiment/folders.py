"""Folders of results that are more than one run: marked as ours, so that nothing else is ever written over."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from simcap.analysis.levels import with_level
from simcap.errors import Interrupted, RunError
from simcap.experiment.kept import Kept
from simcap.experiment.manifest import same_run
from simcap.experiment.results import CSV_FORMAT


def claim(out: Path, marker: str, what: str) -> None:
    """Make a folder and mark it as holding `what`. Raises `RunError` if it holds something else."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / marker).exists())):
        raise RunError(f"{out}: holds something else than {what}; it is left alone, give another --out")
    out.mkdir(parents=True, exist_ok=True)
    (out / marker).touch()


def is_finished(out: Path, marker: str) -> bool:
    """Return whether a folder holds finished results of the kind that `marker` marks."""
    return (out / marker).exists() and (out / marker).stat().st_size > 0


@contextlib.contextmanager
def claimed(out: Path, marker: str, what: str, manifest: Mapping[str, Any], *, force: bool = False) -> Iterator[Kept]:
    """Claim a folder for the time of a computation, and mark it with what that was.

    What is simulated meanwhile can be kept in what it gives, and is dropped when all is done. Raises `RunError` where
    the folder holds the same with more replications, but for `force`, and `Interrupted` on Ctrl-C; a folder that was
    not there before is gone then.
    """
    fresh = not out.exists()
    claim(out, marker, what)
    if not force:
        _check_more(out, marker, what, manifest)
    kept = Kept(out)
    try:
        yield kept
    except BaseException as error:
        if fresh:
            shutil.rmtree(out)
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"stopped; {going_on(kept)}") from None
        raise
    (out / marker).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    kept.drop()


def going_on(kept: Kept) -> str:
    """Return what a command that was stopped says of what it has simulated."""
    count = kept.count()
    if not count:
        return "nothing was written"
    are = "replication is" if count == 1 else "replications are"
    return f"{count:,} {are} kept, the same command goes on from there"


def _check_more(out: Path, marker: str, what: str, manifest: Mapping[str, Any]) -> None:
    """Raise `RunError` where a folder holds the same with more replications than are asked for now."""
    found = json.loads((out / marker).read_text(encoding="utf-8")) if is_finished(out, marker) else {}
    there, asked = found.get("replications", 0), manifest["replications"]
    if there > asked and same_run(found, dict(manifest)):
        raise RunError(
            f"{out}: holds {what} of {there} replications, more than the {asked} asked for; "
            "use --force to replace it, or --out for another folder"
        )


def write_tables(tables: Mapping[str, pd.DataFrame], out: Path) -> None:
    """Write tables as CSV into `tables/`, each whole or not at all; others of an earlier question go.

    Raises `RunError` where one cannot be written.
    """
    (out / "tables").mkdir(exist_ok=True)
    for old in (out / "tables").glob("*.csv"):
        if old.stem not in tables:
            old.unlink()
    for name, table in tables.items():
        path = out / "tables" / f"{name}.csv"
        part = path.with_name(f".{path.name}.part")
        try:
            with_level(table).to_csv(part, index=False, float_format=CSV_FORMAT, lineterminator="\n")
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise RunError(f"{path}: cannot be written ({error.strerror})") from None
