"""What `calibrate --look` proposes for exports as they come: read without a correction, the same as by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.history.reports import VALUES
from simcap.calibration.look.guess import look_at
from simcap.calibration.look.proposal import propose
from simcap.cli import main

from .test_reading import expected, history
from .test_reports import reports
from .written import EXPORTS, ITEMS, REPORTS, ROSTERS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

LARGE = {"01-warehouse-iso", "04-split-date-time", "07-excel-title-rows", "12-several-claims", "14-parquet"} | {
    "13-names-mapping",
    "17-weekly-files",
}
"""Exports that take seconds to look at, of which a part is enough from day to day."""


def each(exports: Iterable[str]) -> list[Any]:
    return [pytest.param(name, marks=pytest.mark.slow if name in LARGE else ()) for name in exports]


TO_CORRECT = {"16-two-vendors"}
"""Logs of items that no file tells enough of: which vendor, and that Polish times are those of Warsaw."""


def proposed(export: str) -> History:
    """Read an export by what is proposed for it, given only that its times are those of London."""
    files = sorted(path for path in (EXPORTS / export).iterdir() if path.suffix != ".md")
    proposal = propose([look for file in files for look in look_at(file)], EXPORTS / export, "Europe/London")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "calibration.yaml")
        path.write_text(proposal.text, encoding="utf-8")
        return read_history(read_configuration(path), EXPORTS / export)


@pytest.mark.parametrize("export", each(name for name in ITEMS if name not in TO_CORRECT))
def test_a_log_of_items_needs_no_correction(export: str) -> None:
    """Names of queues are the file's own: how many items each has, and their mean handle time, is told apart."""
    mine, truth = proposed(export).items, expected(export)
    by_hand = history(export).items
    done, left = mine["completed"].notna(), mine["expired"].notna()
    assert (len(mine), int(done.sum()), int(left.sum())) == (truth["items"], truth["done"], truth["abandoned"])
    assert sorted(mine["queue"].value_counts()) == sorted(truth["by_queue"].values())
    means, written = (items.groupby("queue", observed=True)["handle"].mean() for items in (mine, by_hand))
    assert sorted(means.dropna()) == pytest.approx(sorted(written.dropna()))


@pytest.mark.parametrize("export", each(ROSTERS))
def test_a_roster_needs_no_correction(export: str) -> None:
    mine, by_hand = proposed(export).roster, history(export).roster
    assert mine is not None
    assert by_hand is not None
    columns = ["agent", "hired", "left", "trained"]
    assert mine[columns].equals(by_hand[columns])


@pytest.mark.parametrize("export", each(["01-warehouse-iso", "13-names-mapping", "26-schedule-grid"]))
def test_attendance_needs_no_correction(export: str) -> None:
    mine, by_hand = proposed(export).attendance, history(export, items=export in ITEMS).attendance
    assert mine is not None
    assert by_hand is not None
    order = ["agent", "start", "activity"]
    mine, by_hand = (table.sort_values(order).reset_index(drop=True) for table in (mine, by_hand))
    assert mine[[*order, "end"]].equals(by_hand[[*order, "end"]])


def test_what_the_files_do_not_tell_is_left_to_say(tmp_path: Path) -> None:
    files = [str(EXPORTS / "16-two-vendors" / name) for name in ("kestrel_pl.csv", "northstar_manila.csv")]
    done = CliRunner().invoke(main, ["calibrate", "--look", *files, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert "Left to say: timezone" in done.output
    text = (tmp_path / "calibration.yaml").read_text(encoding="utf-8")
    assert "timezone: Asia/Manila" in text
    assert "timezone: UTC   # ?" in text
    assert "ag0" not in text + done.output
    again = CliRunner().invoke(main, ["calibrate", "--look", *files, "--out", str(tmp_path)])
    assert again.exit_code == 1
    assert "left as it is" in again.output


@pytest.mark.parametrize("export", REPORTS)
def test_a_report_needs_no_correction_but_names_of_queues(export: str) -> None:
    """Also not of the days: weeks are read as weeks, and all rows of the quarter are within."""
    mine, by_hand = proposed(export).reports, reports(export)
    assert mine is not None
    assert len(mine) == len(by_hand)
    values = [name for name in VALUES if name in by_hand]
    assert set(values) <= set(mine)
    order = ["start", "length", *values]
    left, right = (table[order].sort_values(order).reset_index(drop=True) for table in (mine, by_hand))
    pd.testing.assert_frame_equal(left, right, check_dtype=False)
