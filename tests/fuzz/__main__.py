"""Fuzz all kinds of inputs, led by coverage: `python -m tests.fuzz --minutes 60` (make fuzz MINUTES=60).

With atheris (`pip install 'simcap[fuzz]'`), inputs that reach new code are kept and changed further; without it, they
are changes of the seeds alone. Each target runs in a process of its own, one after another, and is begun again where an
input takes the process with it. What was found is kept in a folder, an input for each different fault.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import json
import pkgutil
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

NAMES = ("scenario", "parameters", "shocks", "calibration", "data", "history", "look", "container")
INSTRUMENTED = ("simcap.scenario", "simcap.tables", "simcap.calibration", "simcap.planning", "simcap.units")
LONGEST = 120
"""Seconds after which a process that does not come back is ended; Python code is interrupted long before."""


class Work(NamedTuple):
    """What one process does."""

    target: str
    seconds: int
    seed: int
    found: Path
    corpus: Path


def main() -> int:
    """Return 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"only these: {', '.join(NAMES)}")
    parser.add_argument("--minutes", type=float, default=2, help="for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--found", type=Path, default=Path("build/fuzz"), help="folder of what is found")
    parser.add_argument("--again", type=Path, help="judge one input again, of the one target that is named")
    parser.add_argument("--work", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.targets) - set(NAMES):
        parser.error(f"there is no target {', '.join(unknown)}")
    if asked.again:
        return again(asked.targets[0], asked.again)
    if asked.work:
        fuzz(Work(asked.work, round(60 * asked.minutes), asked.seed, asked.found, asked.found / f"corpus-{asked.work}"))
        return 0
    faults = 0
    for name in asked.targets or NAMES:
        runs, seconds = supervised(name, round(60 * asked.minutes), asked.seed, asked.found)
        found = sorted((asked.found / name).glob("*.txt"))
        faults += len(found)
        print(f"{name:<12} {seconds / 60:6.1f} min {runs:>8,} inputs {len(found):>4} faults", flush=True)
        for path in found[:20]:
            print(f"  {path.with_suffix('')}: {path.read_text().splitlines()[0][:160]}")
    return int(bool(faults))


def supervised(name: str, seconds: int, seed: int, found: Path) -> tuple[int, float]:
    """Fuzz one target in processes of its own until the time is over; return inputs and seconds."""
    (found / name).mkdir(parents=True, exist_ok=True)
    (found / f"corpus-{name}").mkdir(exist_ok=True)
    began, runs = time.monotonic(), 0
    while (left := seconds - (time.monotonic() - began)) > 5:
        count = found / f"{name}.count"
        count.write_text("0")
        words = ["--work", name, "--minutes", str(left / 60), "--seed", str(seed), "--found", str(found)]
        with (found / f"{name}.log").open("ab") as log:
            code = subprocess.run(
                [sys.executable, "-m", "tests.fuzz", *words], stdout=log, stderr=log, check=False
            ).returncode
        runs += int(count.read_text() or 0)
        seed += 1
        last = found / f"{name}.input"
        if code and last.exists():
            note(found / name, last.read_bytes(), f"the process ended with {code}", "")
    return runs, time.monotonic() - began


def fuzz(work: Work) -> None:
    """Fuzz one target in this process."""
    led = importlib.util.find_spec("atheris") is not None
    if led:
        import atheris

        with atheris.instrument_imports(include=list(INSTRUMENTED)):
            import tests.fuzz.targets as kinds
    else:
        import tests.fuzz.targets as kinds
    import warnings

    from tests.fuzz.judge import limit_memory

    warnings.simplefilter("ignore")
    folder = Path(tempfile.mkdtemp(prefix="simcap-fuzz-"))
    target = kinds.targets(folder)[work.target]
    for data in target.seeds:
        (work.corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    _warm()
    limit_memory()
    runs = 0

    def one(data: bytes) -> None:
        nonlocal runs
        runs += 1
        (work.found / f"{work.target}.input").write_bytes(data)
        end = target.judge(folder, data)
        if end.fault:
            note(work.found / work.target, data, end.fault, f"{end.where}\n{end.told[-2000:]}")
        (work.found / f"{work.target}.count").write_text(str(runs))

    if not led:
        rng, until = random.Random(work.seed), time.monotonic() + work.seconds
        while time.monotonic() < until:
            one(target.mutate(rng, rng.choice(target.seeds)))
        return

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        rng = random.Random(seed)
        changed = atheris.Mutate(data, max_size) if rng.random() < 0.05 else target.mutate(rng, data)
        return changed[:max_size]

    options = [
        f"-max_total_time={work.seconds}",
        f"-seed={work.seed % 2**31}",
        f"-timeout={LONGEST}",
        "-max_len=400000",
    ]
    options += ["-rss_limit_mb=0", "-malloc_limit_mb=0", f"-artifact_prefix={work.found}/{work.target}.", "-reload=0"]
    atheris.Setup([sys.argv[0], *options, str(work.corpus)], one, custom_mutator=mutate)
    atheris.Fuzz()


def _warm() -> None:
    """Load and compile all that inputs should not be charged for."""
    import scipy.optimize
    import scipy.stats  # noqa: F401

    import simcap
    from simcap.floor.warm import warm
    from tests.fuzz import made
    from tests.fuzz.targets import simulated

    for module in pkgutil.walk_packages(simcap.__path__, "simcap."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    warm()
    with tempfile.TemporaryDirectory(prefix="simcap-fuzz-") as folder:
        simulated(Path(folder), made.DESK)


def note(folder: Path, data: bytes, fault: str, more: str) -> None:
    """Keep an input and what is wrong with it, if it is the first of its kind."""
    kind = "".join(letter for letter in f"{fault[:60]} {more.splitlines()[0] if more else ''}" if not letter.isdigit())
    name = hashlib.sha256(kind.encode()).hexdigest()[:12]
    if not (folder / f"{name}.txt").exists():
        (folder / name).write_bytes(data)
        (folder / f"{name}.txt").write_text(f"{fault}\n{more}\n", errors="backslashreplace")


def again(name: str, path: Path) -> int:
    """Judge one input again, and print how it ends."""
    from tests.fuzz.targets import targets

    with tempfile.TemporaryDirectory(prefix="simcap-fuzz-") as folder:
        end = targets(Path(folder))[name].judge(Path(folder), path.read_bytes())
    print(json.dumps(end._asdict(), indent=1, ensure_ascii=False))
    return int(bool(end.fault))


if __name__ == "__main__":
    sys.exit(main())
