"""Compare the golden figures with what the scenarios give now, and write them where a change is meant."""

from __future__ import annotations

import argparse
import tempfile
import textwrap
from pathlib import Path

from tests.golden import differences, figures_of, known, save
from tests.test_scenarios import SHIPPED, cut_down, run

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
HEADING = "### Changes to results\n\n"


def main() -> None:
    """Run every shipped scenario small; list what has changed, or write it with the reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--because", metavar="LINE", help="what changed and why: a line for CHANGELOG")
    because = parser.parse_args().because
    changed = {}
    for path in SHIPPED:
        with tempfile.TemporaryDirectory() as name:
            run(cut_down(path, Path(name)), Path(name) / "run")
            figures = figures_of(Path(name) / "run")
        if lines := differences(known(path.stem), figures):
            changed[path.stem] = figures
            print(f"{path.stem}:", *lines, sep="\n  ")
    if changed and because is None:
        raise SystemExit('results have changed; if that is meant: --because "what changed, and why"')
    if changed:
        for scenario, figures in changed.items():
            save(scenario, figures)
        CHANGELOG.write_text(with_line(CHANGELOG.read_text(encoding="utf-8"), because), encoding="utf-8")


def with_line(changelog: str, line: str) -> str:
    """Return the text with a line more at the head of the latest list of changes to results."""
    before, after = changelog.split(HEADING, 1)
    return before + HEADING + textwrap.fill(line, 120, initial_indent="- ", subsequent_indent="  ") + "\n" + after


if __name__ == "__main__":
    main()
