"""Attacks on a command: ended at every file operation or at any moment, on a full disk, with flipped bits, by a twin.

After each, what stood before must be whole, and the same command must go through and leave the bytes of one that was
never disturbed, and nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults import inputs, process
from tests.faults.inputs import Verb
from tests.faults.process import Ended, Operations

Tree = dict[str, bytes]
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
MOST_OPERATIONS = 5000


@dataclasses.dataclass
class Tally:
    """What attacks have found; everything but `attacks` should be none."""

    attacks: int = 0
    found: Counter[str] = dataclasses.field(default_factory=Counter)
    """differing: other bytes; refused: the rerun failed; litter; orphans; torn: neither the old nor the new result
    could be read; unprinted: a result that was not written was not printed; silent: damage was not told."""
    examples: list[str] = dataclasses.field(default_factory=list)

    def note(self, what: str, where: str) -> None:
        """Note a finding."""
        self.found[what] += 1
        self.examples.append(f"{what}: {where}")

    def __str__(self) -> str:
        kinds = ("differing", "refused", "litter", "orphans", "torn", "unprinted", "silent")
        return f"attacks {self.attacks}, " + ", ".join(f"{kind} {self.found[kind]}" for kind in kinds)


def tree(folder: Path) -> Tree:
    """Return the files of a folder, and its folders as empty names."""
    return {
        str(path.relative_to(folder)) + ("/" if path.is_dir() else ""): b"" if path.is_dir() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
    }


class Place:
    """A folder in which commands are attacked, with what they leave when nobody does."""

    def __init__(self, root: Path, verb: Verb, tally: Tally) -> None:
        self.root, self.verb, self.tally = root, verb, tally
        self.folder, self.logs = root / verb.name / "here", root / verb.name / "logs"
        self.logs.mkdir(parents=True)

    @functools.cached_property
    def states(self) -> tuple[Tree, Tree, Tree]:
        """Return the folder before a command, after the first result, and after the one that takes its place."""
        self.fresh()
        found = [tree(self.folder)]
        for again in (False, True):
            ended = self.run(again=again)
            assert ended.code == 0, ended.told
            found.append(tree(self.folder))
        return found[0], found[1], found[2]

    def fresh(self) -> None:
        """Make the folder anew, with the inputs only."""
        shutil.rmtree(self.folder, ignore_errors=True)
        inputs.write(self.folder)
        if "history" in " ".join(self.verb.words):
            inputs.write_history(self.folder, self.root / "made")

    def put(self, state: Tree) -> None:
        """Make the folder anew, as it was."""
        shutil.rmtree(self.folder)
        for name, content in state.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith("/"):
                path.mkdir(exist_ok=True)
            else:
                path.write_bytes(content)

    def run(self, hook: Operations | None = None, *, again: bool, more: tuple[str, ...] = ()) -> Ended:
        """Run the command to its end."""
        return process.run([*self.verb.line(again=again), *more], self.folder, self.logs, hook)

    def check(self, where: str, *, again: bool) -> None:
        """Check what stands after an attack; then run the command again and check what that leaves."""
        self.tally.attacks += 1
        before, after = self.states[int(again)], self.states[int(again) + 1]
        out = f"{self.verb.out}/"
        stands = {name: data for name, data in tree(self.folder).items() if name.startswith(out)}
        whole = [{name: data for name, data in state.items() if name.startswith(out)} for state in (before, after)]
        if self.verb.out == "out" and stands not in whole and (again or not _is_said_to_be_a_part(stands)):
            self.tally.note("torn", where)
        force = "--force" in self.verb.then and stands and not again
        ended = self.run(again=again, more=("--force",) if force else ())
        if ended.code:
            self.tally.note("refused", f"{where}: {ended.told.strip()}")
            return
        now = tree(self.folder)
        if {name: now.get(name) for name in after} != after:
            names = [name for name in after if now.get(name) != after[name]]
            self.tally.note("differing", f"{where}: {names}")
        if left := sorted(set(now) - set(after)):
            self.tally.note("litter", f"{where}: {left}")


def _is_said_to_be_a_part(stands: Tree) -> bool:
    """Return whether a search that was stopped has left its best plan so far, and says that it is no more."""
    return b"The search was stopped" in stands.get("out/answer.json", b"")


def at_every_operation(place: Place, *, step: int = 1, again: bool = False) -> None:
    """End the command at every file operation, or at every so many."""
    _at_operations(place, process.kill, "killed", step=step, again=again)


def on_a_full_disk(place: Place, *, step: int = 1, again: bool = False) -> None:
    """Let every write fail from each file operation on."""
    _at_operations(place, process.full, "full", step=step, again=again)


def in_a_folder_that_may_only_be_read(place: Place) -> None:
    """Let every write fail, from the first on, as on a read-only file system."""
    _at_operations(place, process.read_only, "read-only", step=MOST_OPERATIONS, again=False)


def _at_operations(place: Place, act: Callable[[], None], word: str, *, step: int, again: bool) -> None:
    before = place.states[int(again)]
    for at in range(1, MOST_OPERATIONS, step):
        place.put(before)
        where = f"{place.verb.name}{' again' if again else ''}, {word} at operation {at}"
        ended = place.run(Operations(place.folder, at, act, onwards=act is not process.kill), again=again)
        if act is not process.kill and ended.code not in (0, 1):
            place.tally.note("refused", f"{where}: exit code {ended.code}: {ended.told.strip()}")
        acted = (place.logs / "hook").read_text().partition(" ")[2] if act is not process.kill else ""
        if ended.code and any(part in acted for part in (".new-", "results.")) and "desk" not in ended.printed:
            place.tally.note("unprinted", where)
        finished = ended.code == 0 and int((place.logs / "hook").read_text().split()[0]) < at
        place.check(where, again=again)
        if finished:
            return


def at_any_moment(place: Place, count: int, seed: int = 1) -> None:
    """End the command, or one of its workers, by each signal at moments drawn at random."""
    rng = random.Random(seed)
    place.put(place.states[1])
    began = time.monotonic()
    place.run(again=True, more=("--jobs", "2"))
    length = time.monotonic() - began
    for number in range(count):
        name, again = SIGNALS[number % len(SIGNALS)], number % 3 == 2
        place.put(place.states[int(again)])
        delay, worker = rng.uniform(0, length), rng.random() < 0.25
        words = place.verb.line(again=again)
        words += ["--jobs", "2"] if place.verb.name != "calibrate" else []
        child = process.start(words, place.folder, place.logs)
        time.sleep(delay)
        workers = [one for one in process.members(child) if one != child]
        target = rng.choice(workers) if worker and workers else child
        with contextlib.suppress(ProcessLookupError):
            os.kill(target, name)
        ended = process.wait(child, place.logs)
        where = f"{place.verb.name}, {name.name} to the {'command' if target == child else 'worker'} at {delay:.2f} s"
        if target == child and ended.code not in (0, -name, 130):
            place.tally.note("refused", f"{where}: exit code {ended.code}: {ended.told.strip()}")
        if ended.code == 0 and tree(place.folder) != place.states[int(again) + 1]:
            place.tally.note("silent", f"{where}: exit code 0")
        if process.orphans(child):
            place.tally.note("orphans", where)
        place.check(where, again=again)


def with_flipped_bits(place: Place, count: int, seed: int = 1) -> None:
    """Change a bit of what an interrupted or a finished run has kept, then run it again."""
    rng = random.Random(seed)
    for number in range(count):
        place.put(place.states[1])
        path = rng.choice(sorted(place.folder.glob("out/replications/*.npz")))
        content = bytearray(path.read_bytes())
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        if number % 5 == 4:
            del content[rng.randrange(len(content)) :]
        path.write_bytes(content)
        place.tally.attacks += 1
        ended = place.run(again=True)
        if ended.code:
            place.tally.note("refused", f"flipped bit: {ended.told.strip()}")
        elif tree(place.folder) != place.states[2]:
            place.tally.note("differing", f"flipped bit in {path.name}")
        if "is simulated again" not in ended.told:
            place.tally.note("silent", f"flipped bit in {path.name}")


def by_a_twin(place: Place, count: int) -> None:
    """Start the same command twice at once: one goes through, the other too or is told who is at work."""
    second = place.logs.with_name("twin")
    second.mkdir(exist_ok=True)
    for number in range(count):
        place.put(place.states[0])
        more = ["--wait"] if number % 2 else []
        pairs = [
            (process.start([*place.verb.line(), *more], place.folder, logs), logs) for logs in (place.logs, second)
        ]
        ends = [process.wait(child, logs) for child, logs in pairs]
        place.tally.attacks += 1
        codes = sorted(ended.code for ended in ends)
        refused = [ended for ended in ends if ended.code]
        if codes not in ([0, 0], [0, 1]) or (more and refused):
            place.tally.note("refused", f"twins: {[ended.told for ended in refused]}")
        if any("has been writing to it since" not in ended.told for ended in refused):
            place.tally.note("silent", f"twins: {refused[0].told.strip()}")
        if tree(place.folder) != place.states[1]:
            place.tally.note("differing", "twins")
