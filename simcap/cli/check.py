"""simcap check."""

from __future__ import annotations

from pathlib import Path

import click

from simcap.cli import frame
from simcap.cli.voice import Voice


@frame.plain_command("check")
@frame.file
@frame.outside
@click.option("--assumptions", is_flag=True, help="List every value that the scenario rests on, with its origin.")
@click.option(
    "--sketch/--no-sketch", default=True, show_default=True, help="Tell what sketches of replications expect of SLAs."
)
def command(file: Path, voice: Voice, allow_outside: bool, assumptions: bool, sketch: bool) -> None:
    """Check a scenario, and compare its load with its capacity by queue and week, without simulating.

    The estimate is fluid: expected work against hours on the floor weighted by speed, less outages, exposure limits
    and what allocation reserves for others, shared out optimally among the teams with the skill. It lists the hours
    in which a queue has nobody, and says what the scenario rests on. What is impossible here is impossible; what is
    possible here may still miss an SLA. What 5 to 20 sketches of replications expect stands beside it: a first idea
    of attainment, which no simulation has corrected.

    \b
    Example:
      simcap check scenarios/baseline.yaml
    """
    from simcap.analysis.fits import assess
    from simcap.report.documents.fluid import fluid_document
    from simcap.report.terminal.fluid import print_fluid
    from simcap.report.terminal.provenance import print_assumptions
    from simcap.scenario.reading import provenance
    from simcap.scenario.reading.loading import load
    from simcap.streams import Streams
    from simcap.world.capacity import estimate

    # Not through the Python API: its tables need pandas, which takes longer to load than all this takes to compute.
    loaded = load(file, allow_outside=allow_outside)
    scenario = loaded.scenario
    fit = assess(scenario, estimate(scenario, loaded.files, Streams(scenario.simulation.seed, 0)))
    rows = provenance.assumptions(loaded)
    look = None
    if sketch:
        from simcap.experiment.first_look import first_look

        look = first_look(loaded, float(fit.supply.sum()))

    def show() -> None:
        if assumptions:
            print_assumptions(rows)
        print_fluid(scenario, fit, rows, look)

    voice.results(None, lambda: fluid_document(scenario, fit, rows, look), show)
