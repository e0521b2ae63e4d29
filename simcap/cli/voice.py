"""How a command speaks: a report for people, JSON for machines, or nothing but where its results are."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclasses.dataclass(frozen=True)
class Voice:
    """What a command prints: results on stdout, and on stderr progress and notes, unless it is quiet."""

    as_json: bool
    quiet: bool

    def note(self, message: str) -> None:
        """Tell something beside the results."""
        if not self.quiet:
            click.echo(f"simcap: {message}", err=True)

    def tell_of_compiling(self) -> None:
        """Say that the first command of an installation compiles the kernels, where this is it."""
        from simcap.world.world import must_compile

        if must_compile():
            self.note("compiling the kernels, once for this installation (about half a minute) ...")

    @contextlib.contextmanager
    def progress(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """Give a function that is told (finished, all) replications; tell of the first compilation before."""
        from simcap.report.progress import show_progress

        self.tell_of_compiling()
        if self.quiet:
            yield lambda _done, _all: None
            return
        with show_progress(title) as progress:
            yield progress

    @contextlib.contextmanager
    def steps(self, title: str) -> Iterator[Callable[[str], None]]:
        """Give a function that is told what is done next."""
        from simcap.report.progress import show_steps

        if self.quiet:
            yield lambda _step: None
            return
        with show_steps(title) as progress:
            yield progress

    @contextlib.contextmanager
    def parts(self) -> Iterator[Callable[[str, int, int], None]]:
        """Give a function that is told (part, finished, all); tell of the first compilation before."""
        from simcap.report.progress import show_parts

        self.tell_of_compiling()
        if self.quiet:
            yield lambda _part, _done, _all: None
            return
        with show_parts() as progress:
            yield progress

    def results(
        self, folder: Path | None, summary: Callable[[], Mapping[str, Any]], report: Callable[[], None]
    ) -> None:
        """Print results: as JSON with their folder, as the folder alone where it is to be quiet, else as a report."""
        if self.as_json:
            from simcap.experiment.plain_json import json_text

            click.echo(json_text({**summary(), **({"results": folder} if folder else {})}))
        elif self.quiet:
            click.echo(folder or "", nl=folder is not None)
        else:
            report()


def more_than_asked(folder: Path, there: int, asked: int) -> str:
    """Return why a report is of more replications than were asked for."""
    return (
        f"{folder} holds {there:,} replications of this very run, and the report is of all; --force for {asked:,} only"
    )


def with_voice(function: Function) -> Callable[..., Any]:
    """Give a command the options --json and --quiet, and pass it the `voice` that they ask for."""

    @click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, and nothing else on stdout.")
    @click.option("--quiet", "-q", is_flag=True, help="No progress: print errors, and where the results are.")
    @functools.wraps(function)
    def command(*words: Any, as_json: bool, quiet: bool, **options: Any) -> Any:
        return function(*words, voice=Voice(as_json, quiet), **options)

    return command
