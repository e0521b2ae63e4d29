"""Late items: counted by cause, by window and by the hour of their creation."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simcap.analysis.late_measures import BY_HOUR, LATE_MEASURES, late_by_hour, late_figures
from simcap.analysis.lateness import Lateness, hour_starts, lateness
from simcap.floor.state import LATE_COUNT
from simcap.scenario.grid import Grid
from simcap.tally import CAUSES
from tests.analysis.made import layout_of, put_late, quiet_figures
from tests.helpers import scenario

SLA = {"queues.mail.sla": "{4 h: {measure: turnaround, within: 4 h, target: 95%, per: week}}", "horizon.days": 16}
PLAN = scenario(SLA)
EVERY = np.ones(2, bool)
MAIL = ("mail", "", "4 h")


def tally(slas: int = 1) -> Any:
    """Return late items of a queue of two vendors over three days: by hand, other numbers in every cell."""
    late = np.zeros((slas, 2, 4, len(CAUSES)), LATE_COUNT)
    late["items"][:, 0, :3, 0], late["items"][:, 1, :3, 4] = (1, 2, 3), (10, 20, 30)
    late["seconds"][:, 0, :3, 0], late["seconds"][:, 1, :3, 4] = (3600, 7200, 1800), (0, 3600, 900)
    late["items"][:, :, 3], late["seconds"][:, :, 3] = 999, 999
    hours = np.zeros((slas, 2, 72), np.uint32)
    hours[:, 0, 5], hours[:, 1, 5], hours[:, 1, 71] = 4, 2, 7
    names = SimpleNamespace(lines=(("mail", "north"), ("mail", "south")), slas=(("mail", "4 h"),) * slas)
    return SimpleNamespace(names=names, late=late, late_hours=hours)


def test_late_items_are_summed_over_windows_and_vendors() -> None:
    windows = Grid(scenario({"horizon.days": 3}).horizon, hourly=False)
    found = late_figures(tally(), windows.windows("day"))
    assert set(found) == set(LATE_MEASURES)
    assert {rows.shape for rows in found.values()} == {(3, 3)}
    assert found["nobody"][0].tolist() == [1, 2, 3]
    assert found["busy"][0].tolist() == [10, 20, 30]
    assert found["busy"][1].tolist() == [0, 0, 0], "a vendor's row has its own"
    assert found["busy"][2].tolist() == [10, 20, 30]
    assert found["nobody_hours"][0].tolist() == [1, 2, 0.5]
    assert found["busy_hours"][2].tolist() == [0, 1, 0.25]
    whole = late_figures(tally(), windows.windows("horizon"))
    assert [whole[name][0, 0] for name in ("nobody", "busy", "nobody_hours")] == [6, 60, 3.5]


def test_late_items_by_hour_are_summed_over_vendors() -> None:
    found = late_by_hour(tally())
    assert found.dtype == np.uint32
    assert found[:, 5].tolist() == [6, 4, 2]
    assert found[:, 71].tolist() == [7, 0, 7]
    assert found.sum() == 26


def test_without_slas_there_are_no_rows() -> None:
    windows = Grid(scenario({"horizon.days": 3}).horizon, hourly=False).windows("day")
    assert {rows.shape for rows in late_figures(tally(0), windows).values()} == {(0, 3)}
    assert late_by_hour(tally(0)).shape == (0, 72)
    assert late_by_hour(tally(0)).dtype == np.uint32


def test_hours_have_local_begins_that_follow_the_clocks() -> None:
    plan = scenario({"horizon.start": "2026-10-25", "horizon.days": 1, "horizon.timezone": "Europe/London"})
    starts = hour_starts(plan.horizon)
    assert len(starts) == 25
    assert [start.replace(tzinfo=None).hour for start in starts[:4]] == [0, 1, 1, 2]
    assert starts[-1].replace(tzinfo=None) == dt.datetime(2026, 10, 25, 23)


def test_the_items_of_a_window_in_the_mean_of_the_chosen() -> None:
    layout = layout_of(PLAN)
    figures = quiet_figures(layout, 2)
    put_late(figures, "week", 1, {"busy": 6.0, "capped": 2.0}, {0: 9.0, 167: 8.0, 168: 1.0, 335: 3.0, 336: 5.0})
    for name in (("late", "week"), BY_HOUR):
        figures.arrays[name][1] *= 3
    args = figures, layout.windows["week"], hour_starts(PLAN.horizon), MAIL, 1
    late = lateness(*args, EVERY)
    assert late is not None
    assert late.items == dict.fromkeys(CAUSES, 0.0) | {"busy": 12.0, "capped": 4.0}
    assert late.hours == late.items
    assert late.total == 16.0
    assert late.main == "busy"
    assert (late.share("busy"), late.share("capped"), late.share("behind")) == (0.75, 0.25, 0.0)
    assert late.starts[0] == dt.datetime(2026, 10, 12)
    assert late.starts[-1] == dt.datetime(2026, 10, 18, 23)
    assert len(late.starts) == len(late.created) == 168
    assert (late.created[0], late.created[167], late.created.sum()) == (2.0, 6.0, 8.0)
    one = lateness(*args, np.array([True, False]))
    assert one is not None
    assert (one.items["busy"], one.created[0]) == (6.0, 1.0)


def test_the_last_window_reaches_to_the_end() -> None:
    layout = layout_of(PLAN)
    figures = quiet_figures(layout, 2)
    put_late(figures, "week", 2, {"busy": 6.0}, {336: 5.0, 383: 2.0})
    late = lateness(figures, layout.windows["week"], hour_starts(PLAN.horizon), MAIL, 2, EVERY)
    assert late is not None
    assert (len(late.starts), late.created[0], late.created[-1]) == (48, 5.0, 2.0)


def test_a_window_without_late_items_has_nothing_to_tell() -> None:
    layout = layout_of(PLAN)
    figures = quiet_figures(layout, 2)
    put_late(figures, "week", 1, {"busy": 0.5}, {168: 1.0})
    starts = hour_starts(PLAN.horizon)
    windows = layout.windows["week"]
    assert lateness(figures, windows, starts, MAIL, 0, EVERY) is None
    assert lateness(figures, windows, starts, MAIL, 1, EVERY) is not None
    del figures.arrays["late", "week"]
    assert lateness(figures, windows, starts, MAIL, 1, EVERY) is None


@pytest.mark.parametrize("cause", CAUSES)
def test_the_main_cause_is_of_most_hours_not_of_most_items(cause: str) -> None:
    other = "busy" if cause != "busy" else "behind"
    hours = dict.fromkeys(CAUSES, 0.0) | {cause: 3.0, other: 1.0}
    late = Lateness(dict.fromkeys(CAUSES, 0.0) | {other: 9.0}, hours, np.zeros(1), (dt.datetime(2026, 1, 1),))
    assert late.main == cause
    assert late.share(cause) == 0.75
