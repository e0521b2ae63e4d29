"""What the questions before a contract cost, against one `simcap run`: whole commands on the baseline."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BASE = "scenarios/baseline.yaml"
VARIANTS = [f"scenarios/{name}.yaml" for name in ("move-20-to-kestrel", "end-night-shift", "classifier-live")]
REPLICATIONS = 20


def comparison() -> None:
    """Time the baseline with three variants against one run of the same replications: 4 scenarios, 4.2 times asked."""
    once = _seconds("run", BASE, "--replications", str(REPLICATIONS))
    taken = _seconds("compare", BASE, *VARIANTS, "--replications", str(REPLICATIONS))
    _told(once, "with three variants", taken)


def staffing() -> None:
    """Time a search for the cheapest staffing against one run: 20 times asked."""
    once = _seconds("run", BASE, "--replications", str(REPLICATIONS))
    taken = _seconds("staff", BASE)
    _told(once, "simcap staff", taken)


def _told(once: float, what: str, taken: float) -> None:
    print(f"  run of {REPLICATIONS} replications {once:.0f} s, {what} {taken:.0f} s: {taken / once:.2f} times")


def _seconds(verb: str, *words: str) -> float:
    """Return how long a command takes from nothing, its start and its charts included."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).with_name("simcap")), verb, *words, "--out", f"{folder}/out"]
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        return time.perf_counter() - begin
