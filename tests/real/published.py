"""Where the published data lie, which nobody here made and which are no part of simcap."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "data"


def needs(*paths: Path) -> pytest.MarkDecorator:
    """Return the mark of tests that are skipped where data are not there, with the reason."""
    missing = [str(path) for path in paths if not path.exists()]
    return pytest.mark.skipif(bool(missing), reason=f"the published data are not in {', '.join(missing)}")
