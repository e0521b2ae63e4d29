"""Small changes to the code of a room or a file, one at a time, each of which the tests of its mirror should see.

`make mutants ROOM=analysis/ledger.py`, or `python -m tests.mutants analysis planning`. The tests of that file are
those of `tests/analysis/test_ledger.py`, or of the whole room where there is no file of that name; `--tests` names
others. Works on a copy below `build/mutants`, which stays, so that kernels are compiled for it only once.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path

ROOMS = ("analysis", "planning", "experiment")
HERE = Path(__file__).parents[1]
WORKSPACE = HERE / "build" / "mutants"
COPIED = ("simcap", "tests", "scenarios")
STATES = {0: "survived", 5: "untested", 33: "untested", None: "not tried"}
"""Exit codes of the tests as mutmut keeps them; all others are those of a mutant that was seen, or ran out of time."""
NOBODY = "none of them"
"""A name that no mutant has: mutmut writes all mutants and sees which tests reach them before it looks for it."""
SHOWN = ("killed", "survived", "untested", "not tried", "equivalent")
SAME = (
    (re.compile(r",? ?strict=\w+"), ""),
    (re.compile(r"errstate\(.*?\)"), "errstate()"),
    (re.compile(r'float\("nan"\)', re.IGNORECASE), "nan"),
    (re.compile(r"astype\((float|None)\)"), "astype()"),
    (re.compile(r"\b(\w+)=None\b"), r"\1=False"),
    (re.compile(r'encoding=(False|"UTF-8")'), 'encoding="utf-8"'),
    (re.compile(r", \)"), ")"),
)
"""Changes that cannot be seen: lists of one length, warnings that no figure gives, other words for the same."""
SETTINGS = """
[tool.pytest.ini_options]
addopts = ["--strict-markers"]
filterwarnings = ["error"]
markers = ["slow: long statistical checks"]

[tool.mutmut]
source_paths = {sources}
also_copy = {copied}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-m", "not slow", "-p", "no:cacheprovider"]
use_git_change_detection = false
"""


def main() -> int:
    """Mutate what was named, and say of each file how many mutants there are and which were not seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", default=ROOMS, metavar="ROOM")
    parser.add_argument("--tests", nargs="*", default=[], help="files of tests instead of the mirror")
    parser.add_argument("--children", type=int, default=2, help="mutants at a time")
    parser.add_argument(
        "--sample", type=int, metavar="N", help="no more than so many mutants of a file, always the same"
    )
    asked = parser.parse_args()
    failed = False
    for source in [source for room in asked.rooms for source in sources(room)]:
        prepare(source, asked.tests or mirror(source))
        names = chosen(source, asked.sample) if asked.sample else []
        done = _mutmut("run", "--max-children", str(asked.children), *names)
        if done.returncode:
            last = (done.stdout + done.stderr).strip().splitlines()[-1]
            print(f"{source}: no mutant was tried: {last}")
            failed = True
        else:
            report(source, names)
    return int(failed)


def sources(room: str) -> list[str]:
    """Return the files of a room or the one file, as paths from the top of the repository."""
    place = HERE / "simcap" / room
    if not place.exists():
        raise SystemExit(f"{room}: there is no such room or file in simcap/; write e.g. analysis or analysis/ledger.py")
    found = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return [str(file.relative_to(HERE)) for file in found if file.name != "__init__.py"]


def mirror(source: str) -> list[str]:
    """Return the tests of a file: those called as it is, else all of its room."""
    room = Path("tests") / Path(source).parent.relative_to("simcap")
    own = room / f"test_{Path(source).name}"
    return [str(own if (HERE / own).exists() else room)]


def prepare(source: str, tests: list[str]) -> None:
    """Lay out the copy in which one file is mutated; what an earlier run has left of mutants goes."""
    WORKSPACE.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        if not (WORKSPACE / name).is_symlink():
            (WORKSPACE / name).symlink_to(HERE / name, target_is_directory=True)
    copy = WORKSPACE / "mutants"
    for left in [*copy.glob("simcap/**/*.meta"), copy / source, copy / "mutmut-stats.json"]:
        left.unlink(missing_ok=True)
    shutil.rmtree(copy / "tests", ignore_errors=True)
    settings = SETTINGS.format(sources=json.dumps([source]), copied=json.dumps(COPIED), tests=json.dumps(tests))
    (WORKSPACE / "pyproject.toml").write_text(settings)


def chosen(source: str, count: int) -> list[str]:
    """Return the names of some mutants of a file; which they are rests on nothing but the file."""
    _mutmut("run", "--max-children", "1", NOBODY)
    names = sorted(_codes(source))
    return random.Random(1).sample(names, min(count, len(names)))


def report(source: str, names: Collection[str] = ()) -> None:
    """Print the numbers of a file, or of those of its mutants; and what was changed where nothing saw it."""
    all_codes = _codes(source)
    codes = {name: code for name, code in all_codes.items() if not names or name in names}
    bodies = _bodies((WORKSPACE / "mutants" / source).read_text())
    states = {name: STATES.get(code, "killed") for name, code in codes.items()}
    changed = {name: _changed(name.rpartition(".")[2], bodies) for name, state in states.items() if state != "killed"}
    states.update((name, "equivalent") for name, lines in changed.items() if _same(lines))
    count = Counter(states.values())
    told = [f"{count[state]} {state}" for state in SHOWN if count[state]]
    tried = f"{len(states)} of {len(all_codes)} mutants" if names else f"{len(states)} mutants"
    print(f"{source}: {', '.join([tried, *told])}")
    for name, lines in changed.items():
        if states[name] != "equivalent":
            print("\n    ".join([f"  {name}: {states[name]}", *lines]), flush=True)


def _codes(source: str) -> dict[str, int | None]:
    found = json.loads((WORKSPACE / "mutants" / f"{source}.meta").read_text())
    codes: dict[str, int | None] = found["exit_code_by_key"]
    return codes


def _same(lines: list[str]) -> bool:
    """Say whether a change is of a kind that no test can see."""
    for pattern, plain in SAME:
        lines = [pattern.sub(plain, line) for line in lines]
    return sorted(line[1:] for line in lines if line[0] == "-") == sorted(line[1:] for line in lines if line[0] == "+")


def _bodies(text: str) -> dict[str, list[str]]:
    """Return the lines of each function of a file, the mutants among them, by name."""
    lines = text.splitlines()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    return {node.name: lines[node.lineno : node.end_lineno] for node in functions}


def _changed(name: str, bodies: dict[str, list[str]]) -> list[str]:
    """Return the lines that a mutant takes out and puts in."""
    original = bodies[re.sub(r"__mutmut_\d+$", "__mutmut_orig", name)]
    lines = list(difflib.unified_diff(original, bodies[name], n=0))[2:]
    return [line for line in lines if not line.startswith("@@")]


def _mutmut(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "mutmut"), *words]
    environment = {**os.environ, "MPLBACKEND": "Agg"}
    return subprocess.run(command, cwd=WORKSPACE, env=environment, text=True, check=False, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
