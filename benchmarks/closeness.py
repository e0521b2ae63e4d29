"""How close sketches come to simulations of the same replications: `python -m benchmarks closeness`.

For each shipped scenario, by SLA of whole queues: attainment over the horizon; sketch less simulation in points with
its standard error, over the horizon and in the week that is furthest off; the part of weekly variance that sketches
explain.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simcap.analysis.comparison import Run
from simcap.analysis.figures import Subject
from simcap.experiment.batch import Batch, run_batch
from simcap.planning.noise import shares
from simcap.scenario.reading.loading import load

Array = NDArray[np.float64]

SCENARIOS = ("baseline", "programme", "next-quarter", "last-quarter", "classifier-live", "end-night-shift")
"""The others of the folder differ from these in numbers, or need a calibration."""
PERIODS = ("horizon", "month", "week")


def measure(replications: int) -> None:
    """Print a table for each scenario."""
    for name in SCENARIOS:
        simulated, sketched = both(Path("scenarios") / f"{name}.yaml", replications)
        print(f"\n{name}, {replications} replications")
        print(f"  {'':34}{'attained':>9}{'horizon':>15}{'worst week':>15}{'explained':>11}")
        for subject in simulated.layout.subjects["sla"]:
            if not subject[1]:
                print(f"  {_line(simulated, sketched, subject)}")


def both(scenario: Path, replications: int) -> tuple[Run, Run]:
    """Return the first replications of a scenario, simulated and sketched."""
    file = load(scenario)
    seed, numbers = file.scenario.simulation.seed, range(replications)
    (simulated,) = run_batch([file], Batch(seed, numbers, PERIODS, 1))
    (sketched,) = run_batch([file], Batch(seed, numbers, PERIODS, 1, sketched=("sla",)))
    return simulated, sketched


def gap(simulated: Run, sketched: Run, subject: Subject, period: str) -> tuple[Array, Array]:
    """Return by judged window how much higher the attainment of sketches is, and the standard error of that."""
    judged = np.array(simulated.layout.windows[period].judged)
    apart = shares(sketched, subject, period)[:, judged] - shares(simulated, subject, period)[:, judged]
    return apart.mean(axis=0), apart.std(axis=0, ddof=1) / np.sqrt(len(apart))


def _line(simulated: Run, sketched: Run, subject: Subject) -> str:
    attained, own = (shares(simulated, subject, period) for period in ("horizon", "week"))
    left, all_of_it = (np.nansum(values.var(axis=0)) for values in (shares(sketched, subject, "week") - own, own))
    (whole, doubt), (weeks, doubts) = (gap(simulated, sketched, subject, period) for period in ("horizon", "week"))
    worst = int(np.nanargmax(np.abs(weeks)))
    cells = [
        f"{subject[0]} / {subject[2]}".ljust(34),
        f"{attained.mean():9.1%}",
        f"{100 * whole[0]:+9.2f} ± {100 * doubt[0]:.2f}",
        f"{100 * weeks[worst]:+9.2f} ± {100 * doubts[worst]:.2f}",
        f"{max(1 - left / all_of_it, 0.0):11.0%}" if all_of_it > 0 else f"{'-':>11}",
    ]
    return "".join(cells)
