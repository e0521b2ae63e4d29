"""What the terminal shows after a run."""

from __future__ import annotations

from pathlib import Path

from simcap.experiment.results import Results


def print_results(results: Results, folder: Path) -> None:
    """Print the table of SLAs, the five worst risks in words, and where the results are."""
    print(results.tables["risks"].head(), folder)  # noqa: T201
