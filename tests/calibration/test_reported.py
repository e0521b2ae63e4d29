"""Calibrations by reports, alone and beside logs: what is taken from which, and what a person is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.calibrate import Calibration, calibrate
from simcap.errors import DataError

HEAD = "title: a quarter\ntimezone: Europe/London\nfrom: 2026-07-06\nto: 2026-10-04\n"
COLUMNS = "columns: {queue: queue, offered: offered, handled: handled, aht: aht}"
WEEKS = "period,queue,offered,handled,aht\n" + "".join(
    f"2026-W{week},mail,{700 + week},{690 + week},{300 + week % 3}\n" for week in range(28, 41)
)
PEOPLE = "agent,vendor,team,hired,left\n" + "".join(f"a{n},north,day,2025-0{1 + n % 9}-01,\n" for n in range(12))


def found(folder: Path, text: str, **files: str) -> Calibration:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    (folder / "calibration.yaml").write_text(HEAD + text, encoding="utf-8")
    return calibrate(folder / "calibration.yaml")


def paths(calibration: Calibration) -> dict[str, str]:
    return {one.path: one.origin for fit in calibration.fits for one in fit.estimates}


def test_weeks_alone_are_enough_and_what_is_taken_as_flat_is_told(tmp_path: Path) -> None:
    calibration = found(tmp_path, f"reports: {{path: w.csv, {COLUMNS}}}\n", w=WEEKS)
    origins = paths(calibration)
    assert origins["queues.mail.arrivals.per_week"] == "reported"
    assert origins["queues.mail.handle_time.lognormal.cv"] == "prior"
    untold = {one.what: one.why for one in calibration.open}
    assert "flat" in untold["queues.mail.arrivals.profile"]
    assert "patience and follow-up work" in untold, "handle times are not lacking"
    profiled = found(tmp_path, f"reports: {{path: w.csv, {COLUMNS}, profile: office}}\n", w=WEEKS)
    assert "queues.mail.arrivals.profile" not in {one.what for one in profiled.open}
    assert len(set(profiled.fits[0].fixed["arrivals", "profile"])) > 24


def test_a_roster_without_items_goes_with_reports_and_says_of_which_vendor_a_team_is(tmp_path: Path) -> None:
    staffing = "period,team,p,a\n" + "".join(f"2026-W{week},day,40,{36 + week % 3}\n" for week in range(28, 41))
    calibration = found(
        tmp_path,
        f"reports:\n- {{path: w.csv, {COLUMNS}}}\n"
        "- {path: s.csv, columns: {team: team, fte_planned: p, fte_actual: a}}\n"
        "roster: {path: r.csv}\n",
        w=WEEKS,
        s=staffing,
        r=PEOPLE,
    )
    assert paths(calibration)["vendors.north.shrinkage.absence"] == "reported"


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"queues\.\*, by offered and handled: the report does not say of which queue"):
        found(tmp_path, "reports: {path: w.csv, columns: {offered: offered, handled: handled, aht: aht}}\n", w=WEEKS)
    months = "period,n\nJul-26,5000\nAug-26,5100\nSep-26,5200\n"
    with pytest.raises(DataError, match=r"2 periods; 4 periods and 20 items are needed"):
        found(tmp_path, "reports: {path: m.csv, columns: {queue: {value: mail}, offered: n}}\n", m=months)
    nothing = "period,n,h,a,b,x\n" + "".join(f"2026-W{week},0,0,0,0,0\n" for week in range(28, 41))
    columns = "{queue: {value: mail}, offered: n, handled: h, aht: a, backlog: b, abandoned: x}"
    calibration = found(tmp_path, f"reports: {{path: z.csv, columns: {columns}}}\n", z=nothing)
    assert set(paths(calibration)) == {"queues.mail.backlog.items", "queues.mail.backlog.oldest"}


def logged(folder: Path, days: int = 91) -> str:
    """Write a log of 20 items a day, 300 s each in the mean, and return how it is named."""
    generator = np.random.default_rng(4)
    day = pd.Timestamp("2026-07-06", tz="UTC") + pd.to_timedelta(np.repeat(np.arange(days), 20), "D")
    created = day + pd.to_timedelta(generator.uniform(8, 20, day.size), "h")
    started = created + pd.to_timedelta(60, "s")
    completed = started + pd.to_timedelta(generator.lognormal(np.log(300) - 0.32, 0.8, day.size), "s")
    agent = [f"a{number}" for number in generator.integers(0, 12, day.size)]
    items = {"queue": "mail", "created": created, "started": started, "completed": completed, "agent": agent}
    pd.DataFrame(items).to_parquet(folder / "items.parquet")
    return "items: {path: items.parquet}\n"


def test_beside_a_log_reports_of_days_are_told_and_of_hours_are_taken(tmp_path: Path) -> None:
    log = logged(tmp_path)
    text = (
        f"{log}reports: {{path: d.csv, columns: {{queue: queue, offered: n, handled: n, aht: aht, period: period}}}}\n"
    )
    dates = pd.date_range("2026-07-06", periods=91)
    daily = "period,queue,n,aht\n" + "".join(f"{date:%Y-%m-%d},mail,22,330\n" for date in dates)
    by_day = found(tmp_path, text, d=daily)
    assert paths(by_day)["queues.mail.arrivals.per_week"] == "fitted"
    notes = {note.what: note.examples for note in by_day.odd}
    assert notes["items of mail"] == "2,002 reported, 1,820 logged; the log's are taken"
    assert "a mean of 5.5 min by reports" in notes["queues.mail.handle_time"]
    assert "queues.mail.arrivals.profile" not in {one.what for one in by_day.open}
    hours = [f"{date:%Y-%m-%d} {hour:02d}:00" for date in dates for hour in range(24)]
    hourly = "period,queue,n,aht\n" + "".join(f"{hour},mail,1,330\n" for hour in hours)
    by_hour = found(tmp_path, text, d=hourly)
    assert paths(by_hour)["queues.mail.arrivals.per_week"] == "reported"
    assert by_hour.fits[0].value("arrivals", "per_week") == pytest.approx(168, rel=0.01)
    assert "the report's are taken" in {note.what: note.examples for note in by_hour.odd}["items of mail"]
