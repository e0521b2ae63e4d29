"""What the questions before a contract cost, against one `simcap run`: whole commands on the baseline."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
BASE = "scenarios/baseline.yaml"
VARIANTS = [f"scenarios/{name}.yaml" for name in ("move-20-to-kestrel", "end-night-shift", "classifier-live")]
COMPARED, STAFFED = 40, 20
"""Replications: those of the scenario, whose variances are told too, and those that the search is held against."""


def comparison() -> None:
    """Time the baseline with three variants against one run of the same replications: 4 scenarios, 4.2 times asked."""
    once = _seconds("run", BASE, "--replications", str(COMPARED))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        taken = _seconds("compare", BASE, *VARIANTS, "--replications", str(COMPARED), out=out)
        _told(COMPARED, once, "with three variants", taken)
        for variant in VARIANTS:
            _pairing(out / "runs", Path(BASE).stem, Path(variant).stem)


def _pairing(runs: Path, base: str, variant: str) -> None:
    """Print the variance of paired differences against that of unpaired ones, by SLA, over the horizon.

    Beside it the least that any pairing could reach: where a variant makes an SLA vary more than the base does, part of
    that is its own, however well the draws are shared.
    """
    one, other = (_attained(runs / name / "replications.parquet") for name in (base, variant))
    unpaired = one.var() + other.var()
    least = (one.std() - other.std()) ** 2 / unpaired
    print(f"  {variant}: variance of the paired difference, unpaired = 1 (least that pairing could reach)")
    for sla, ratio in (other - one).var().div(unpaired).dropna().items():
        print(f"    {' / '.join(filter(None, sla)):32} {ratio:.3f} ({least[sla]:.3f})")


def _attained(path: Path) -> pd.DataFrame:
    """Return attainment over the horizon: a row a replication, a column an SLA."""
    rows = pd.read_parquet(path).query("table == 'sla' and period == 'horizon' and measure == 'attainment'")
    return rows.pivot_table(index="replication", columns=["queue", "vendor", "sla"], values="value", observed=True)


def staffing() -> None:
    """Time a search for the cheapest staffing against one run: 20 times asked."""
    once = _seconds("run", BASE, "--replications", str(STAFFED))
    taken = _seconds("staff", BASE)
    _told(STAFFED, once, "simcap staff", taken)


def _told(replications: int, once: float, what: str, taken: float) -> None:
    print(f"  run of {replications} replications {once:.0f} s, {what} {taken:.0f} s: {taken / once:.2f} times")


def _seconds(verb: str, *words: str, out: Path | None = None) -> float:
    """Return how long a command takes from nothing, its start and its charts included."""
    with tempfile.TemporaryDirectory() as folder:
        target = out or Path(folder) / "out"
        command = [str(Path(sys.executable).with_name("simcap")), verb, *words, "--out", str(target)]
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        return time.perf_counter() - begin
