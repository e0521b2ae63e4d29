"""Yardsticks whose clock runs in business hours: what a small log attains, and what a back-test makes of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.backtest.backtest import backtest
from simcap.calibration.backtest.desk import known_at
from simcap.calibration.backtest.due_times import due_times, longest_allowed
from simcap.calibration.backtest.rivals import _met
from simcap.calibration.history.yardsticks import BacktestSla
from simcap.errors import ScenarioError
from tests.calibration import desks

HOURS = "Mon-Fri 09:00-17:00"
LOG = [  # created, decided, on time within 8 hours of business
    ("2026-03-06 16:00", "2026-03-09 15:59", True),  # Friday to Monday
    ("2026-03-06 16:00", "2026-03-09 16:01", False),
    ("2026-03-07 12:00", "2026-03-09 17:00", True),  # Saturday counts from Monday 09:00
    ("2026-03-07 12:00", "2026-03-10 09:01", False),
    ("2026-03-10 11:00", "2026-03-11 11:00", True),
    ("2026-03-10 11:00", "2026-03-11 11:01", False),
]


def _yardstick(**changes: Any) -> BacktestSla:
    plan = {"measure": "turnaround", "within": "8 h", "clock": {"hours": HOURS}}
    return BacktestSla.model_validate(plan | changes)


def _posix(local: str, timezone: str = "UTC") -> float:
    return pd.Timestamp(local, tz=timezone).timestamp()


def _log(rows: list[tuple[str, str, bool]], timezone: str = "UTC") -> pd.DataFrame:
    moments = [(_posix(created, timezone), _posix(decided, timezone)) for created, decided, _ in rows]
    table = pd.DataFrame(moments, columns=["created", "completed"])
    return table.assign(queue="mail", started=table["created"], expired=np.nan, handle=60.0, agent="a")


@pytest.mark.parametrize("timezone", ["UTC", "America/Bogota"])
def test_a_small_log_attains_what_business_hours_say(timezone: str) -> None:
    items = _log(LOG, timezone)
    on_time, counted = _met(items, _yardstick(), timezone, _posix("2026-03-20"))
    assert on_time.tolist() == [expected for *_, expected in LOG]
    assert counted.all()
    plain, _ = _met(items, _yardstick(clock="own"), timezone, _posix("2026-03-20"))
    assert not plain.any()


def test_what_is_not_due_yet_is_not_known() -> None:
    items = known_at(_log(LOG), _posix("2026-03-09 16:00"))
    on_time, counted = _met(items, _yardstick(), "UTC", _posix("2026-03-09 16:00"))
    assert on_time.tolist() == [True, False, False, False]
    assert counted.tolist() == [True, False, False, False]


def test_hours_have_a_zone_and_holidays_of_their_own() -> None:
    friday = np.array([_posix("2026-12-24 16:00")])
    british = _yardstick(clock={"hours": HOURS, "holidays": "GB"})
    assert due_times(british, "UTC", friday)[0] == _posix("2026-12-29 16:00")  # The 28th stands for the 26th.
    assert due_times(_yardstick(), "UTC", friday)[0] == _posix("2026-12-25 16:00")
    bogota = _yardstick(clock={"hours": HOURS, "timezone": "America/Bogota"})
    assert due_times(bogota, "UTC", friday)[0] == _posix("2026-12-25 11:00", "America/Bogota")


def test_the_longest_time_allowed_has_the_weekend_in_it() -> None:
    assert longest_allowed(_yardstick(), "UTC", dt.date(2026, 3, 2), 7) == 65 * 3600  # Saturday 00:00 to Monday 17:00
    assert longest_allowed(_yardstick(clock="own"), "UTC", dt.date(2026, 3, 2), 7) == 8 * 3600


@pytest.mark.parametrize(("counts", "known"), [("decided", [False, True]), ("all", [True, True])])
def test_what_left_undecided_counts_as_the_yardstick_says(counts: str, known: list[bool]) -> None:
    items = _log([LOG[0], LOG[0]]).assign(started=np.nan, completed=np.nan)
    items["expired"] = [_posix("2026-03-09 15:00"), _posix("2026-03-09 16:30")]
    on_time, counted = _met(items, _yardstick(counts=counts), "UTC", _posix("2026-03-20"))
    assert not on_time.any()
    assert counted.tolist() == known


# -- a whole back-test ------------------------------------------------------------------------------------------------


SLAS = """
  sla:
    plain: {measure: wait, within: 30 s}
    always: {measure: wait, within: 30 s, clock: {hours: Mon-Sun 00:00-24:00}}
    late: {measure: wait, within: 30 s, clock: {hours: Mon-Sun 13:00-17:00}}
    everyone: {measure: wait, within: 30 s, counts: all}
"""


def _plan(folder: Path, slas: str) -> Path:
    desks.draw(7).to_csv(folder / "calls.csv", index=False)
    plan = desks.PLAN.replace("\n  sla: {30 s: {measure: wait, within: 30 s}}\n", slas)
    assert plan != desks.PLAN
    (folder / "desk.yaml").write_text(
        plan.replace("replications: 12", "replications: 4").replace("finest: hour", "finest: week")
    )
    return folder / "desk.yaml"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_back_test_reckons_in_business_hours(tmp_path: Path) -> None:
    scores = backtest(_plan(tmp_path, SLAS), ["replay"]).scores
    week = scores[(scores["period"] == "week") & (scores["queue"] == "calls")].set_index("sla")
    same = [name for name in week.columns if name not in ("mode", "queue", "period")]
    pd.testing.assert_series_equal(week.loc["plain", same], week.loc["always", same], check_names=False)
    for measure in ("actual", "predicted"):
        # What comes before 13:00 is on time unless it waits until then.
        assert week.loc["late", measure] > week.loc["plain", measure] + 0.1
        assert week.loc["everyone", measure] < week.loc["plain", measure]
    assert week.loc["late", "error"] < 0.05


@pytest.mark.parametrize(
    ("clock", "told"),
    [
        ("origin", "'origin' is not a clock of a back-test"),
        ("{hours: Mon-Fri 09:00-17:00, from: origin}", "from: origin is not a clock of a back-test"),
        ("{hours: Mon-Fri}", "'Mon-Fri' is not a span of business hours"),
        ("{hours: Mon-Fri 09:00-17:00, holidays: XX}", "'XX' is not a country whose holidays are known"),
    ],
)
def test_a_wrong_clock_gets_its_place_and_what_is_right(tmp_path: Path, clock: str, told: str) -> None:
    slas = f"\n  sla: {{30 s: {{measure: wait, within: 30 s, clock: {clock}}}}}\n"
    with pytest.raises(ScenarioError, match=told) as error:
        backtest(_plan(tmp_path, slas), ["replay"])
    assert "desk.yaml:12:" in str(error.value)
    assert "backtest.sla.30 s.clock" in str(error.value)
