"""A programme of three vendors, four zones and fifteen queues: each risk has the cause that was planted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simcap.api import change, run
from simcap.experiment.results import Results

SCENARIO = Path(__file__).parents[1] / "scenarios" / "programme.yaml"
EVERY_WEEK = 7
PLANTED = {
    "complaints / 4 business hours": (
        "busy",
        "26 October, when dublin has a skeleton crew of 30%",
        "holidays: {staffed",
    ),
    "returns / 16 h": ("nobody", "11 November, when warsaw-desk has the day off", "holidays: {staffed"),
    "messages / 1 h": ("stopped", "while platform-down lasts (21 October, 05:00 to 15:00)", "share of the agents"),
    "video / 2 h": ("capped", "the cap of 3 h a day on video", "a higher cap"),
    "images / 4 h (tamarind)": ("elsewhere", "tamarind has nobody on duty while others have", "routing.overflow"),
    "ads / 2 h": ("behind", "items of fraud, which go first", "ads earlier in the order of skills"),
    "appeals / 24 h": ("busy", "everybody is busy with appeals", "bogota-appeals: the late work comes to the hours of"),
}
"""SLA: the cause, how the sentence names it, and what it advises."""
ONCE = {
    "complaints / 4 business hours": "2026-10-26",
    "returns / 16 h": "2026-11-09",
    "messages / 1 h": "2026-10-19",
}
"""The week of what happens once."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return run(SCENARIO, out=tmp_path_factory.mktemp("programme") / "run", replications=3, jobs=1)


@pytest.fixture(scope="module")
def missed(results: Results) -> pd.DataFrame:
    risks = results.tables["risks"]
    return risks[risks["risk"] == "sla_miss"]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Return the hours of the two days around the change of the clocks."""
    founded = {"hiring": {"classes": None}, "teams": {"bogota": {"agents": 14}}}
    horizon = {"start": "2026-10-24", "weeks": None, "days": 2}
    days = change(SCENARIO, {"horizon": horizon, "events": None, "vendors": {"altiplano": founded}}, name="night")
    return run(days, out=tmp_path_factory.mktemp("programme") / "night", replications=1, jobs=1, period="hour")


def test_what_is_planted_is_missed_and_nothing_else(missed: pd.DataFrame) -> None:
    assert set(missed["subject"]) == set(PLANTED)


@pytest.mark.parametrize("subject", PLANTED)
def test_each_risk_has_its_cause_and_the_advice_that_fits(missed: pd.DataFrame, subject: str) -> None:
    cause, named, advice = PLANTED[subject]
    rows = missed[missed["subject"] == subject]
    assert set(rows["cause"]) == {cause}
    assert rows["what_would_fix_it"].str.contains(named, regex=False).all()
    assert rows["what_would_fix_it"].str.contains(advice, regex=False).all()


@pytest.mark.parametrize("subject", PLANTED)
def test_what_happens_once_is_missed_in_its_week(missed: pd.DataFrame, subject: str) -> None:
    weeks = {str(start.date()) for start in missed.loc[missed["subject"] == subject, "start"]}
    assert weeks == {ONCE[subject]} if subject in ONCE else len(weeks) == EVERY_WEEK


def test_the_night_of_the_change_is_an_hour_longer_and_never_empty(night: Results) -> None:
    teams = night.tables["teams"]
    on = teams[(teams["team"] == "warsaw-rota") & (teams["measure"] == "on_floor_hours") & (teams["period"] == "hour")]
    assert len(on) == 49
    assert (on["mean"] > 0).all()
    assert {"2026-10-25T01:00+01:00", "2026-10-25T01:00+00:00"} < {
        start.isoformat(timespec="minutes") for start in on["start"]
    }


@pytest.mark.parametrize("name", ["queues", "teams", "vendors", "sla", "late_by_cause"])
def test_no_two_rows_have_one_key(night: Results, name: str) -> None:
    table = night.tables[name]
    keys = [
        column
        for column in ("queue", "vendor", "team", "sla", "measure", "period", "start", "by", "value")
        if column in table
    ]
    assert "hour" in set(table["period"])
    assert not table.duplicated(keys).any()


def test_a_transfer_keeps_the_people(results: Results) -> None:
    teams = results.tables["teams"]
    weekly = teams[(teams["period"] == "week") & (teams["vendor"] == "harbour")]
    tables = weekly.pivot_table(index=["team", "measure"], columns="start", values="mean")
    moved = tables.xs("transfers", level="measure")
    assert moved.loc["dublin", "2026-10-19"] == 2
    assert moved.loc["warsaw-desk", "2026-10-19"] == -2
    assert (moved.sum() == 0).all()
    grown, hired, left = (tables.xs(name, level="measure") for name in ("headcount", "hires", "leavers"))
    change_of = (hired - left + moved).iloc[:, 1:]
    pd.testing.assert_frame_equal(grown.diff(axis=1).iloc[:, 1:], change_of, check_names=False)


def test_nobody_is_at_the_new_site_before_its_classes(results: Results) -> None:
    teams = results.tables["teams"]
    site = teams[(teams["team"] == "bogota") & (teams["measure"] == "headcount") & (teams["period"] == "week")]
    heads = site.set_index("start")["mean"]
    assert (heads[:"2026-10-05"] == 0).all()
    assert (heads["2026-10-19":] > 8).all()
    sla = results.tables["sla"]
    theirs = sla[(sla["queue"] == "listings") & (sla["vendor"] == "altiplano") & (sla["period"] == "week")]
    counted = theirs.set_index("start")["decided"]
    assert (counted[:"2026-10-12"] == 0).all()
    assert (counted["2026-10-19":] > 1000).all()
