"""simcap check."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Check a scenario, and hold its load against its capacity by queue and week, without simulating.

    The estimate is fluid: expected hours of work against hours on the floor weighted by speed, shared out best among
    the teams with the skill. What is impossible here is impossible; what is possible here may still miss an SLA.

    \b
    Example:
      simcap check scenarios/baseline.yaml
    """
    from simcap.report.fluid import print_fluid, print_minimums, print_notes
    from simcap.scenario.loading import load
    from simcap.streams import Streams
    from simcap.world.capacity import estimate

    scenario = load(file)
    capacity = estimate(scenario.scenario, scenario.folder, Streams(scenario.scenario.simulation.seed, 0))
    print_fluid(scenario.scenario, capacity.load, capacity.supply)
    print_minimums(scenario.scenario, capacity.productive)
    print_notes(capacity.notes)
