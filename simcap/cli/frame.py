"""The frame of the commands: --json and --quiet, shared options, and how commands are stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcap.cli.voice import Voice

if TYPE_CHECKING:
    from simcap.scenario.reading.loading import ScenarioFile

Function = Callable[..., Any]
Decorator = Callable[[Function], Function]


# -- commands ---------------------------------------------------------------------------------------------------------


def plain_command(name: str) -> Callable[[Function], click.Command]:
    """Make a function a command with --json and --quiet, and pass it the resulting `voice`."""

    def decorated(function: Function) -> click.Command:
        @functools.wraps(function)
        def spoken(*words: Any, as_json: bool, quiet: bool, **options: Any) -> Any:
            return function(*words, voice=Voice(as_json, quiet), **options)

        made = click.command(name)(spoken)
        made.params += [
            click.Option(
                ["--json", "as_json"], is_flag=True, help="Print the results as JSON, and nothing else on stdout."
            ),
            click.Option(["--quiet", "-q"], is_flag=True, help="Print only errors and where the results are."),
        ]
        return made

    return decorated


def simulation_command(name: str) -> Callable[[Function], click.Command]:
    """Make a function a simulating command: a request to end stops it like Ctrl-C, so that what it has is kept."""

    def decorated(function: Function) -> click.Command:
        @functools.wraps(function)
        def stoppable(*words: Any, **options: Any) -> Any:
            with _stopped_when_asked(), _cluster(options):
                return function(*words, **options)

        return plain_command(name)(stoppable)

    return decorated


@contextlib.contextmanager
def _cluster(options: dict[str, Any]) -> Iterator[None]:
    """Make an executor of the cluster that was asked for, which connects when it is needed, and close it at the end."""
    address = options.pop("cluster", None)
    if address is None:
        yield
        return
    if options["jobs"] is not None:
        raise click.UsageError("--jobs is for processes of this machine; with --cluster, leave it out")
    from simcap.experiment.cluster import Cluster

    options["voice"] = dataclasses.replace(options["voice"], elsewhere=True)
    with Cluster(address) as options["executor"]:
        yield


@contextlib.contextmanager
def _stopped_when_asked() -> Iterator[None]:
    numbers = (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
    before = [(number, signal.signal(number, signal.default_int_handler)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


# -- options ----------------------------------------------------------------------------------------------------------

file = click.argument("file", type=click.Path(path_type=Path))
outside = click.option("--allow-outside", is_flag=True, help="Read files named in FILE that lie outside its project.")
wait = click.option("--wait", is_flag=True, help="Wait if another process is writing to the same folder.")


class Address(click.ParamType[str]):
    """The address of a cluster."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address as it is, if it is one."""
        from simcap.experiment.cluster import check_address

        try:
            return check_address(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def jobs(function: Function) -> Function:
    """Add the options that say who simulates."""
    processes = click.option(
        "--jobs", "-j", type=click.IntRange(min=1), help="Parallel processes [default: one per core]."
    )
    cluster = click.option(
        "--cluster",
        type=Address(),
        help="Simulate on the workers of a Dask scheduler, tcp://HOST:PORT; local:4 starts four here to try it.",
    )
    return processes(cluster(function))


def sketches(meaning: str) -> Decorator:
    """Return the option --sketches."""
    return click.option("--sketches", type=click.IntRange(min=10), default=None, help=f"{meaning} [default: none]")


def replications(meaning: str, *, minimum: int = 1, default: int | None = None) -> Decorator:
    """Return the option --replications."""
    number = click.IntRange(min=minimum)
    if default is None:
        return click.option("--replications", "-n", type=number, help=meaning)
    return click.option("--replications", "-n", type=number, default=default, show_default=True, help=meaning)


def seed(default: str = "the scenario's") -> Decorator:
    """Return the option --seed; `default` names the seed used by default."""
    return click.option("--seed", type=click.IntRange(min=0), help=f"Seed of all draws [default: {default}].")


def out(default: str) -> Decorator:
    """Return the option --out; `default` names the folder used by default."""
    return click.option("--out", type=click.Path(path_type=Path), help=f"Folder of the results [default: {default}].")


def force(replaced: str) -> Decorator:
    """Return the option --force; `replaced` says what it replaces."""
    return click.option("--force", is_flag=True, help=f"Replace {replaced} in the same folder.")


def charts(drawn: str = "the charts") -> Decorator:
    """Return the option --charts/--no-charts; `drawn` says what is drawn."""
    return click.option("--charts/--no-charts", default=True, show_default=True, help=f"Draw {drawn}.")


def anchor(function: Function) -> Function:
    """Add the option --anchor/--no-anchor."""
    return click.option(
        "--anchor/--no-anchor",
        default=True,
        show_default=True,
        help="Beside what is simulated, show attainment that a back-test of the scenario anchors to the best rule "
        "without a model, if its anchor.json lies beside the calibration.",
    )(function)


# -- folders ----------------------------------------------------------------------------------------------------------


def folder_of(out: Path | None, scenario: ScenarioFile, ending: str = "") -> Path:
    """Return the folder of the results: the one asked for, or a scenario's default."""
    return out or Path("outputs") / f"{scenario.folder_name}{ending}"


def more_than_asked(folder: Path, there: int, asked: int, of: str = "this run") -> str:
    """Say why a report covers more replications than asked for; `of` names the runs that have them."""
    return f"{folder} holds {there:,} replications of {of}; all are used. Use --force for only {asked:,}"
