"""A command's output: a report for people, JSON for machines, or only where the results are."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from simcap.errors import NotWritten, RunError

if TYPE_CHECKING:
    from simcap.experiment.early import Look

Tell = TypeVar("Tell")
Result = TypeVar("Result")


def _silence() -> AbstractContextManager[Any]:
    """Give a progress function that does nothing."""
    return contextlib.nullcontext(lambda *_: None)


@dataclasses.dataclass(frozen=True)
class Voice:
    """What a command prints: results on stdout; progress and notes on stderr, unless it is quiet."""

    as_json: bool
    quiet: bool
    elsewhere: bool = False
    """Whether others simulate, who have kernels of their own."""
    unwritten: list[NotWritten] = dataclasses.field(default_factory=list)

    def asked(self, verb: Callable[..., Result], *words: Any, **options: Any) -> Result:
        """Return a verb's result, also if it could not be written: then it is printed, and the error raised after."""
        try:
            return verb(*words, **options)
        except NotWritten as error:
            self.unwritten.append(error)
            return cast("Result", error.result)

    def note(self, message: str) -> None:
        """Print a note that is not part of the results."""
        if not self.quiet:
            click.echo(f"simcap: {message}", err=True)

    def progress(self, title: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Give a simulation a progress function of (finished, all) replications."""
        from simcap.report.terminal.progress import show_progress

        return self.simulation(lambda: show_progress(title))

    @contextlib.contextmanager
    def watched(self, title: str, *, look: bool) -> Iterator[tuple[Callable[[int, int], None], Look | None]]:
        """Give a simulation the function of `progress`, and one of first figures if somebody may want to `look`.

        Off a terminal, that is who asked for it; on one, everybody who watches.
        """
        from simcap.report.terminal.early import early_lines
        from simcap.report.terminal.progress import show_watched

        if self.quiet:
            with self.progress(title) as tell:
                yield tell, None
            return
        with self.simulation(lambda: show_watched(title)) as (tell, show):
            wanted = look or sys.stderr.isatty()
            yield tell, (lambda known: show(early_lines(known))) if wanted else None

    def parts(self) -> AbstractContextManager[Callable[[str, int, int], None]]:
        """Give a simulation a progress function of (part, finished, all)."""
        from simcap.report.terminal.progress import show_parts

        return self.simulation(show_parts)

    def steps(self, title: str) -> AbstractContextManager[Callable[[str], None]]:
        """Give a progress function of the next step."""
        from simcap.report.terminal.progress import show_steps

        return self._shown(lambda: show_steps(title))

    @contextlib.contextmanager
    def simulation(self, show: Callable[[], AbstractContextManager[Tell]] = _silence) -> Iterator[Tell]:
        """Show a simulation's progress; first announce if the kernels must be compiled."""
        from simcap.world.world import must_compile

        if not self.elsewhere and must_compile():
            self.note("compiling the kernels, once for this installation (about half a minute) ...")
        with self._shown(show) as tell:
            yield tell

    def _shown(self, show: Callable[[], AbstractContextManager[Tell]]) -> AbstractContextManager[Tell]:
        return _silence() if self.quiet else show()

    def results(
        self, folder: Path | None, summary: Callable[[], Mapping[str, Any]], report: Callable[[], None]
    ) -> None:
        """Print results: as JSON with their folder, as the folder alone if quiet, else as a report.

        Raises `RunError` afterwards if they could not be written; then they are printed even if it is quiet.
        """
        if self.as_json:
            from simcap.experiment.plain_json import json_text

            where = {"results": folder} if folder and not self.unwritten else {}
            click.echo(json_text({**summary(), **where}))
        elif self.quiet and not self.unwritten:
            click.echo(folder or "", nl=folder is not None)
        else:
            report()
        if self.unwritten:
            raise RunError(f"{self.unwritten[0]}; nothing is left of the results but what is printed here")
