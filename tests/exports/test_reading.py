"""Exports as tools write them, read unchanged: what is in the rows comes out of them, to the item."""

from __future__ import annotations

import functools
import json
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.history.sheets import hashed

from .written import ATTENDANCE, EXPORTS, HEAD, ITEMS, ROSTERS

pytestmark = pytest.mark.skipif(not EXPORTS.exists(), reason=f"{EXPORTS} is not there")

WITHIN = {"listings": 4 * 3600, "images": 8 * 3600, "appeals": 24 * 3600, "claims-id": 48 * 3600}
"""Seconds of the SLA of each queue."""
COARSE = {"02-us-ampm", "05-minutes-no-ids", "16-two-vendors"}
"""Exports whose times are to the minute: their means may be off by 5 s."""
TAKEN = pd.Timestamp("2026-10-05 00:00", tz="Europe/London").timestamp()
"""When most exports were taken; the last of the weekly files is six hours younger."""


def block(name: str, text: str, zone: str = "") -> str:
    return f"{name}:\n{textwrap.indent(zone + textwrap.dedent(text).strip(), '  ')}\n"


@functools.cache
def history(export: str, *, items: bool = True) -> History:
    """Read an export with what a person would write of it."""
    text = HEAD
    if items and export in ITEMS:
        text += block("items", ITEMS[export], "timezone: Europe/London\n")
    else:
        text += block("volumes", VOLUMES)
    text += "".join(
        block(key, of[export]) for key, of in (("roster", ROSTERS), ("attendance", ATTENDANCE)) if export in of
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "calibration.yaml")
        path.write_text(text, encoding="utf-8")
        return read_history(read_configuration(path), EXPORTS / export)


VOLUMES = """
path: ../20-wfm-hourly/queue_hourly.csv
timezone: Europe/London
columns: {start: interval_start, items: offered, queue: queue}
"""


def expected(export: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXPORTS / "expected.json").read_text())[export]
    return found["realised"] | found.get("realised_more", {})


@pytest.mark.parametrize("export", ITEMS)
def test_every_item_is_read_and_none_twice(export: str) -> None:
    items, truth = history(export).items, expected(export)
    done, left = items["completed"].notna(), items["expired"].notna()
    assert items["queue"].value_counts().to_dict() == truth["by_queue"]
    assert (len(items), int(done.sum()), int(left.sum())) == (truth["items"], truth["done"], truth["abandoned"])
    assert int((~done & ~left).sum()) == truth["open"]


@pytest.mark.parametrize("export", [name for name in ITEMS if name != "09-tickets-no-pickup"])
def test_handle_times_are_those_of_the_deciding_claim(export: str) -> None:
    means = history(export).items.groupby("queue", observed=True)["handle"].mean()
    off = 5.0 if export in COARSE else 0.05
    assert means.to_dict() == pytest.approx(expected(export)["mean_handle_s"], abs=off)


@pytest.mark.parametrize("export", [name for name in ITEMS if name not in {"04-split-date-time", "16-two-vendors"}])
def test_attainment_is_that_of_the_rows(export: str) -> None:
    """On time of all less what expired before it was due, and what is open and not yet due."""
    items = history(export).items
    for queue, (share, counted) in expected(export)["attainment"].items():
        rows = items[items["queue"] == queue]
        due = rows["created"] + WITHIN[queue]
        taken = TAKEN + 6 * 3600 * (export == "17-weekly-files")
        on_time = rows["completed"] <= due
        void = (rows["expired"] < due) | (rows["completed"].isna() & rows["expired"].isna() & (due > taken))
        coarse = 0.004 if export in COARSE | {"09-tickets-no-pickup"} else 2e-5
        assert on_time.sum() / (~void).sum() == pytest.approx(share, abs=coarse), queue
        assert int((~void).sum()) == pytest.approx(counted, abs=40 if coarse > 1e-3 else 0), queue


def test_two_vendors_in_two_zones_and_two_encodings_are_one_log() -> None:
    """Items created from 10 August, London time, of which Northstar has six tenths of the listings."""
    items = history("16-two-vendors").items
    first = pd.Timestamp("2026-08-10", tz="Europe/London").timestamp()
    assert first <= items["created"].min() < first + 3600
    listings = items[items["queue"] == "listings"]
    assert (listings["vendor"] == "northstar").mean() == pytest.approx(0.6, abs=0.0109)
    assert not (items["started"] < items["created"]).any()


def test_people_have_one_name_in_three_systems() -> None:
    """Logins in any case, with blanks; numbers of employees in capitals and in small letters."""
    found = history("13-names-mapping")
    assert found.roster is not None
    assert found.attendance is not None
    known = set(found.roster["agent"])
    assert set(found.items["agent"]) <= known
    assert set(found.attendance["agent"]) <= known
    assert found.items["agent"].nunique() == 25
    notes = [note.what for sheet in found.sheets for note in sheet.notes]
    assert any("written in several ways" in what for what in notes)
    assert all(hashed("ag066") not in what and "ag066" not in what for what in notes)


def test_rows_alike_to_the_minute_are_different_items_and_told() -> None:
    found = history("05-minutes-no-ids")
    (note,) = [note for sheet in found.sheets for note in sheet.notes if "alike in every cell" in note.what]
    assert note.rows == expected("05-minutes-no-ids")["identical_rows_that_are_different_items"]
    zero = (found.items["handle"] == 0).sum()
    assert zero == expected("05-minutes-no-ids")["zero_minute_items"]


@pytest.mark.parametrize(("export", "people"), [("24a-roster-dmy", 100), ("24b-roster-serials", 62)])
def test_dates_of_a_roster_are_read_whatever_their_style(export: str, people: int) -> None:
    """07-09-2026 is 7 September; 46209 is 6 July 2026; who left in training was never on the floor."""
    roster = history(export).roster
    assert roster is not None
    assert len(roster) == people
    first = roster.set_index("agent").loc["ag004"]
    assert first["hired"] == pd.Timestamp("2024-03-18").toordinal()
    assert np.isnan(first["left"])
    if export == "24a-roster-dmy":
        assert roster.set_index("agent").loc["ag001", "left"] == pd.Timestamp("2026-01-19").toordinal()


@pytest.mark.parametrize("export", ["01-warehouse-iso", "25a-attendance-midnight"])
def test_time_off_the_floor_is_that_of_the_log(export: str) -> None:
    attendance = history(export, items=False).attendance
    assert attendance is not None
    hours = (attendance["end"] - attendance["start"]).groupby(attendance["activity"]).sum() / 3600
    offline = hours["offline"] / (hours["offline"] + hours["floor"])
    assert offline == pytest.approx(expected(export)["offline"], abs=0.004)


def test_a_grid_of_shifts_is_attendance() -> None:
    """Days off are no absence; a shift that was missed is as long as the agent's others, at the clock of the site."""
    attendance = history("26-schedule-grid", items=False).attendance
    assert attendance is not None
    cells = expected("26-schedule-grid")["cells"]
    counts = attendance["activity"].value_counts().to_dict()
    assert counts == {"floor": cells["shifts"], "absent": cells["AL"] + cells["SICK"]}
    lengths = (attendance["end"] - attendance["start"]).groupby(attendance["activity"]).unique()
    assert set(lengths["absent"]) <= set(lengths["floor"]) == {8 * 3600.0, 9 * 3600.0}
    bogota = attendance[attendance["end"] - attendance["start"] == 9 * 3600.0]
    assert set(pd.to_datetime(bogota["start"], unit="s", utc=True).dt.tz_convert("America/Bogota").dt.hour) == {8}
