"""Who is absent: shares by week, waves, and draws that stay an agent's own."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from simcap.scenario.schema.vendors import Shrinkage
from simcap.streams import Streams
from simcap.workforce.absence import Absence
from tests.helpers import scenario

FIRST = dt.date(2026, 10, 5)
KEYS = np.arange(4000, dtype=np.uint64)
ALL = np.arange(KEYS.size)


def absence(share: str | list[str] | None, team: str = "day", **events: str) -> Absence:
    plan = scenario({f"events.{name}": text for name, text in events.items()})
    setting = cast(Any, SimpleNamespace(scenario=plan, first=FIRST, streams=Streams(1, 0)))
    shrinkage = None if share is None else Shrinkage.model_validate({"absence": share})
    return Absence(setting, shrinkage, "north", team)


def shares(found: Absence, *days: int) -> list[float]:
    """Return who is absent on days of the horizon, in tenths."""
    return [round(10 * (1 - found.present(KEYS, ALL, FIRST + dt.timedelta(days=day)).mean()), 0) / 10 for day in days]


def test_each_week_has_its_share_and_the_last_one_stays() -> None:
    found = absence(["10%", "30%", "50%"])
    assert shares(found, -9, 0, 6, 7, 13, 14, 70) == [0.1, 0.1, 0.1, 0.3, 0.3, 0.5, 0.5]


def test_nobody_is_absent_where_nothing_says_so() -> None:
    for found in (absence(None), absence("0%")):
        assert found.present(KEYS, ALL, FIRST).all()


def test_a_wave_lasts_its_days_and_is_that_of_its_team() -> None:
    wave = "{absence: {vendor: north, team: day, from: 2026-10-07, for: 36 h, factor: 4}}"
    assert shares(absence("10%", flu=wave), 1, 2, 3, 4) == [0.1, 0.4, 0.4, 0.1]
    assert shares(absence("10%", team="night", flu=wave), 2) == [0.1]
    everywhere = wave.replace("vendor: north, team: day, ", "")
    assert shares(absence("10%", team="night", flu=everywhere, cold=wave), 2) == [0.4]
    assert shares(absence("5%", flu=everywhere, cold=everywhere), 2) == [0.8], "two at once multiply"


def test_draws_are_of_agent_and_day() -> None:
    found, again = absence("30%"), absence("30%")
    day = FIRST + dt.timedelta(days=3)
    whole = found.present(KEYS, ALL, day)
    assert found.present(KEYS, ALL[10:20], day).tolist() == whole[10:20].tolist()
    assert again.present(KEYS[5:], np.arange(10), day).tolist() == whole[5:15].tolist(), "whoever else is in the team"
    other = found.present(KEYS, ALL, day + dt.timedelta(days=1))
    assert abs((whole & other).mean() - 0.49) < 0.03, "days are independent"
