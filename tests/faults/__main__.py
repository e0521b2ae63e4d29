"""Attack all commands, and print what that found: `python -m tests.faults` (make faults), `--small` for a part."""

from __future__ import annotations

import argparse
import functools
import importlib
import logging
import pkgutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.faults import attack, inputs, process
from tests.faults.attack import Place, Tally

Attack = Callable[[Place], None]


def _attacks(small: bool, kills: int, step: int, chosen: Sequence[str]) -> list[tuple[str, Sequence[str], Attack]]:
    """Return the attacks: a name, the commands, and what is done to each."""
    every = functools.partial(attack.at_every_operation, step=step)
    full = functools.partial(attack.on_a_full_disk, step=step)
    if small:
        return [
            ("killed at file operations", ["run"], functools.partial(attack.at_every_operation, step=20)),
            ("killed at file operations", ["run"], functools.partial(attack.at_every_operation, step=30, again=True)),
            ("on a full disk", ["run"], functools.partial(attack.on_a_full_disk, step=25)),
            ("in a read-only folder", ["run"], attack.in_a_folder_that_may_only_be_read),
            ("killed at any moment", ["run"], functools.partial(attack.at_any_moment, count=2)),
            ("flipped bits", ["run"], functools.partial(attack.with_flipped_bits, count=1)),
            ("twins", ["run"], functools.partial(attack.by_a_twin, count=2)),
        ]
    verbs = list(inputs.VERBS)
    share = -(-kills // len(chosen or verbs))
    return [
        ("killed at file operations", verbs, every),
        ("killed at file operations, replacing", verbs, functools.partial(every, again=True)),
        ("on a full disk", verbs, full),
        ("on a full disk, replacing", verbs, functools.partial(full, again=True)),
        ("in a read-only folder", verbs, attack.in_a_folder_that_may_only_be_read),
        ("killed at any moment", verbs, functools.partial(attack.at_any_moment, count=share)),
        ("flipped bits", ["run"], functools.partial(attack.with_flipped_bits, count=60)),
        ("twins", ["run", "compare", "stress"], functools.partial(attack.by_a_twin, count=10)),
    ]


def _load(root: Path) -> None:
    """Load everything that commands need, so that the processes forked from this one have it; make the history."""
    import scipy.optimize
    import scipy.stats  # noqa: F401

    import simcap
    from simcap.experiment import pool
    from simcap.experiment.replicate import replicate
    from simcap.scenario.reading.loading import load

    for module in pkgutil.walk_packages(simcap.__path__, "simcap."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    inputs.write(root / "warm")
    replicate(load(root / "warm" / "a.yaml"), 1, 0, ("horizon", "month", "week"))
    pool._LOADED.append(True)
    (root / "logs").mkdir()
    ended = process.run(["synthesize", "long.yaml", "--out", "../made", "--quiet"], root / "warm", root / "logs")
    assert ended.code == 0, ended.told


def main() -> int:
    """Return 0 if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a part that takes a few seconds")
    parser.add_argument("--kills", type=int, default=200, help="at any moment, over all commands")
    parser.add_argument("--step", type=int, default=1, help="attack every so many file operations only")
    parser.add_argument("--verbs", nargs="*", help="only these commands")
    parser.add_argument("--only", help="only attacks whose name begins so")
    asked = parser.parse_args()
    logging.raiseExceptions = False
    total = Tally()
    with tempfile.TemporaryDirectory(prefix="simcap-faults-") as name:
        root = Path(name)
        _load(root)
        attacks = _attacks(asked.small, asked.kills, asked.step, asked.verbs or ())
        for number, (what, verbs, assail) in enumerate(attacks):
            if asked.only and not what.startswith(asked.only):
                continue
            for verb in verbs:
                if asked.verbs and verb not in asked.verbs:
                    continue
                tally, began = Tally(), time.monotonic()
                assail(Place(_linked(root, number), inputs.VERBS[verb], tally))
                print(f"{what:<38} {verb:<12} {tally} ({time.monotonic() - began:.0f} s)", flush=True)
                total.attacks += tally.attacks
                total.found += tally.found
                total.examples += tally.examples
    print(f"all: {total}")
    for line in total.examples[:40]:
        print(f"  {line}")
    return int(bool(total.found))


def _linked(root: Path, number: int) -> Path:
    """Return a folder of an attack's own, with the history at hand."""
    folder = root / str(number)
    if not folder.exists():
        folder.mkdir()
        (folder / "made").symlink_to(root / "made")
    return folder


if __name__ == "__main__":
    sys.exit(main())
