"""A rota around the clock on the nights on which the clocks change."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import numpy as np
import pytest

from simcap.analysis.measures import sla_figures
from simcap.api import change
from simcap.scenario.grid import Grid
from simcap.scenario.reading.loading import load
from simcap.units import HOUR
from tests.helpers import watch
from tests.real.published import ROOT, needs

DAY_OF_24_ROWS = ROOT.parent / "shared" / "cases" / "26-interval-24-rows" / "spring-24h.yaml"
CASE = ROOT.parent / "shared" / "cases" / "02-dst-night" / "autumn.yaml"


@needs(CASE)
@pytest.mark.parametrize(
    ("start", "day", "zone", "hours"),
    [
        ("2026-10-19", 6, "Europe/London", 25),
        ("2026-03-23", 6, "Europe/London", 23),
        ("2026-10-19", 5, "Asia/Beirut", 25),
        ("2026-04-20", 4, "Africa/Cairo", 23),
        ("2026-03-30", 6, "Australia/Lord_Howe", 24.5),
    ],
)
def test_somebody_is_always_on_and_never_two(start: str, day: int, zone: str, hours: float) -> None:
    horizon = {"horizon": {"start": start, "timezone": zone}}
    shifts = {name: {"at_end": "hand_back"} for name in ("early", "late", "night")}
    people = {"vendors": {"v": {"teams": {"round": {"timezone": zone, "shifts": shifts}}}}}
    plan = change(CASE, {**horizon, **people}, name="night").scenario
    tally, floor = watch(plan)
    spans = sorted((begin, end) for _, begin, end in floor.duty)
    assert [end for _, end in spans[:-1]] == [begin for begin, _ in itertools.islice(spans, 1, None)]
    assert tally.by_team["floor"][0, day] / HOUR == hours
    assert tally.paid[0, day] / HOUR == pytest.approx(hours)
    attained = sla_figures(tally, tally.grid.windows("day"))["attainment"][0]
    assert attained[day] == 1
    night = np.array([end - begin for begin, end in spans]) / HOUR
    assert sorted(set(night[1:-1].tolist())) == sorted({8.0, 8.0 + hours - 24})


@needs(CASE)
def test_no_two_rows_of_a_table_begin_alike() -> None:
    windows = Grid(load(Path(CASE)).scenario.horizon, hourly=True).windows("hour")
    assert len(set(windows.labels)) == len(windows.labels) == 14 * 24 + 1
    assert [label for label in windows.labels if len(label) > 16] == [
        "2026-10-25T01:00+01:00",
        "2026-10-25T01:00+00:00",
    ]


@needs(DAY_OF_24_ROWS)
def test_a_day_of_24_rows_on_which_the_clocks_go_forward_is_read_and_told() -> None:
    loaded = load(DAY_OF_24_ROWS)
    volumes = loaded.files.volumes("spring-24h.csv", "Europe/London")["q"]
    assert (volumes.interval, volumes.items.sum()) == (HOUR, 60 * 24 * 14)
    assert sorted(set(volumes.items.tolist())) == [60, 120]
    (at,) = volumes.start[volumes.items == 120].tolist()
    assert dt.datetime.fromtimestamp(at, dt.UTC).isoformat() == "2027-03-28T01:00:00+00:00"
    tally, _ = watch(loaded.scenario, files=loaded.files)
    (note,) = [note for note in tally.notes if "skips" in note]
    assert note.startswith("q: the volume file has 1 interval of 2027-03-28 that the change of the clocks skips")
    assert note.endswith("with 60 items; they count in the interval after it")
