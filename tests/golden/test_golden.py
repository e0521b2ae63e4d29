"""Every shipped scenario gives the figures on file, on every platform and with every version that is supported."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import golden
from tests.golden.__main__ import with_line
from tests.test_scenarios import SHIPPED, cut_down, run


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_scenario_gives_what_is_on_file(path: Path, tmp_path: Path) -> None:
    run(cut_down(path, tmp_path), tmp_path / "run")
    changed = golden.differences(golden.known(path.stem), golden.figures_of(tmp_path / "run"))
    assert not changed, "results have changed; if that is meant: `python -m tests.golden --because REASON`"


def test_no_file_is_of_a_scenario_that_is_gone() -> None:
    assert sorted(path.stem for path in golden.FOLDER.glob("*.csv")) == [path.stem for path in SHIPPED]


def test_a_figure_that_moves_a_little_is_listed_and_rounding_is_not() -> None:
    key = ("queues", "arrived", "week")
    assert golden.differences({key: 3.0}, {key: 3.0 + 1e-10}) == []
    assert golden.differences({key: 3.0}, {key: 3.0 + 1e-7}) == ["queues, arrived, week: 3.0 before, 3.0000001 now"]
    assert golden.differences({key: 3.0}, {}) == ["queues, arrived, week: 3.0 before, None now"]


def test_the_reason_of_a_change_heads_the_latest_list() -> None:
    changelog = "## 2\n\n### Changes to results\n\n- Older.\n\n## 1\n\n### Changes to results\n\n- Oldest.\n"
    expected = changelog.replace("- Older.", "- Newer.\n- Older.")
    assert with_line(changelog, "Newer.") == expected
