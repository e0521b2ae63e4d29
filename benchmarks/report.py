"""What the documents of a quarter cost: a page, a workbook and slides, made from disk by whole commands."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPLICATIONS = 100
SCENARIO = f"""
name: thirteen weeks
extends: {ROOT / "scenarios" / "programme.yaml"}
horizon: {{weeks: 13}}
"""
"""Fifteen queues of three vendors, as shipped, for a quarter."""
DOCUMENTS = {
    "report.html": ("report",),
    "report.xlsx": ("export", "--xlsx"),
    "report.pptx": ("export", "--pptx"),
}


def documents() -> None:
    """Time each document of 13 weeks, 15 queues and 100 replications, and print how large it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "quarter.yaml").write_text(SCENARIO, encoding="utf-8")
        run = ("run", "quarter.yaml", "--replications", str(REPLICATIONS), "--no-charts", "--out", "out")
        _told("the run itself, without charts", _spent(folder, *run))
        for file, (verb, *options) in DOCUMENTS.items():
            spent = _spent(folder, verb, "out", *options)
            _told(f"{file}, {(folder / 'out' / file).stat().st_size / 1e6:.2f} MB", spent)


def _told(what: str, spent: tuple[float, float]) -> None:
    print(f"  {what}: {spent[0]:.1f} s, {spent[1]:.1f} s of processors")


def _spent(folder: Path, *words: str) -> tuple[float, float]:
    """Return how long a command takes from nothing, its start included: seconds, and seconds of processors."""
    before, begin = _of_children(), time.perf_counter()
    command = [sys.executable, "-m", "simcap", *words]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin, _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
