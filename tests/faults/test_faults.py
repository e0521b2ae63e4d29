"""A part of the attacks on commands; all of them are `make faults`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="orphans are looked for in /proc")
def test_what_is_attacked_ends_alike() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--small"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "differing 0, refused 0, litter 0, orphans 0, torn 0, unprinted 0, silent 0" in done.stdout.splitlines()[-1]
    assert int(done.stdout.splitlines()[-1].split()[2].rstrip(",")) >= 8
