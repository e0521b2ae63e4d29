"""Reports: periods of any length, clocks that change, figures of people that are repeated, rows that overlap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.history.reports import people, whole_of
from simcap.errors import DataError, ScenarioError

HEAD = "title: a quarter\ntimezone: Europe/London\nfrom: 2026-03-02\nto: 2026-05-31\n"


def read(folder: Path, text: str, **files: str) -> History:
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    path = folder / "calibration.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_history(read_configuration(path), folder)


def reports(folder: Path, text: str, **files: str) -> pd.DataFrame:
    found = read(folder, text, **files).reports
    assert found is not None
    return found


def hours(first: str, days: int) -> str:
    times = pd.date_range(first, periods=24 * days, freq="h").strftime("%Y-%m-%d %H:%M")
    return "period,queue,offered\n" + "".join(f"{time},mail,{number}\n" for number, time in enumerate(times))


@pytest.mark.parametrize("change", ["2026-03-28", "2026-10-24"])
def test_every_day_may_have_24_rows_also_when_the_clocks_change(tmp_path: Path, change: str) -> None:
    """29 March has 23 hours in London and 25 October 25; a report with 24 rows on each loses none of them."""
    text = "reports: {path: a.csv, timezone: Europe/London, columns: {queue: queue, offered: offered}}\n"
    first = pd.Timestamp(change)
    (tmp_path / "a.csv").write_text(hours(change, 3))
    path = tmp_path / "calibration.yaml"
    span = f"from: {first - pd.Timedelta(days=30):%Y-%m-%d}\nto: {first + pd.Timedelta(days=5):%Y-%m-%d}\n"
    path.write_text(f"title: t\ntimezone: Europe/London\n{span}{text}")
    found = read_history(read_configuration(path), tmp_path)
    assert found.reports is not None
    assert len(found.reports) == 72
    by_day = found.reports.groupby("day")["offered"].agg(["size", "sum"])
    assert by_day["size"].tolist() == [24, 24, 24]
    assert by_day["sum"].tolist() == [sum(range(24 * day, 24 * day + 24)) for day in range(3)]
    (note,) = found.sheets[0].notes
    assert "a change of the clocks" in note.what
    assert note.rows == 1


def test_volumes_of_a_spring_day_keep_24_rows_too(tmp_path: Path) -> None:
    path = tmp_path / "calibration.yaml"
    (tmp_path / "a.csv").write_text(hours("2026-03-28", 3))
    path.write_text(
        "title: t\ntimezone: Europe/London\nfrom: 2026-03-02\nto: 2026-04-05\n"
        "volumes: {path: a.csv, timezone: Europe/London, columns: {start: period, queue: queue, items: offered}}\n"
    )
    found = read_history(read_configuration(path), tmp_path)
    assert found.sheets[0].dropped == []
    assert np.nansum(found.counts["mail"]) == sum(range(72))
    assert found.counts["mail"][27, 2] == 24 + 1 + 24 + 2, "what 01:00 counts came in the hour after the change"


def test_both_passes_of_a_repeated_hour_are_read_for_each_team(tmp_path: Path) -> None:
    times = [f"2026-10-25 {hour}:00" for hour in ("00", "01", "01", "02")]
    rows = "".join(f"{time},{team},1\n" for time in times for team in ("a", "b"))
    (tmp_path / "a.csv").write_text("period,team,positions\n" + rows)
    path = tmp_path / "calibration.yaml"
    path.write_text(
        "title: t\ntimezone: Europe/London\nfrom: 2026-10-01\nto: 2026-10-31\n"
        "reports: {path: a.csv, timezone: Europe/London, columns: {team: team, positions: positions}}\n"
    )
    found = read_history(read_configuration(path), tmp_path).reports
    assert found is not None
    assert np.diff(found.loc[found["team"] == "a", "start"]).tolist() == [3600.0] * 3
    assert np.diff(found.loc[found["team"] == "b", "start"]).tolist() == [3600.0] * 3


def test_months_and_weeks_and_days_know_their_length(tmp_path: Path) -> None:
    found = reports(
        tmp_path,
        "reports:\n- {path: months.csv, columns: {offered: offered}}\n"
        "- {path: weeks.csv, columns: {offered: offered}}\n"
        "- {path: days.csv, columns: {period: Week ending, offered: offered}}\n",
        months="period,offered\nApr-26,10\nMay-26,20\nJun-26,30\n",
        weeks="period,offered\nW/C 02-Mar,1\nW/C 09-Mar,2\n",
        days="Week ending,offered\n2026-03-08,1\n2026-03-15,2\n",
    )
    lengths = (found["length"] / 86400).groupby(found["source"]).agg(list)
    assert lengths.tolist() == [[30, 31], [7, 7], [7, 7]], "June is not wholly within the days to fit on"
    first = pd.Timestamp("2026-03-02").toordinal()
    assert found.loc[found["source"] == 2, "day"].tolist() == [first, first + 7]
    assert found.loc[found["source"] == 1, "day"].tolist() == [first, first + 7]


def test_figures_of_people_count_once_if_repeated_and_add_up_if_not(tmp_path: Path) -> None:
    found = reports(
        tmp_path,
        "reports:\n- {path: same.csv, columns: {queue: q, leavers: leavers, fte_planned: fte}}\n",
        same=(
            "period,q,leavers,fte\n2026-W10,a,2,10\n2026-W10,b,2,10\n2026-W11,a,0,12\n2026-W11,b,0,\n"
            "2026-W12,a,1,11\n2026-W12,b,1,11\n"
        ),
    )
    assert people(found, "leavers")["leavers"].tolist() == [2, 0, 1]
    assert people(found, "fte_planned")["fte_planned"].tolist() == [10, 12, 11]
    apart = found.assign(leavers=[2, 1, 0, 0, 0, 1])
    assert people(apart, "leavers")["leavers"].tolist() == [3, 0, 1]


def test_the_whole_of_a_queue_is_not_counted_again_by_vendor(tmp_path: Path) -> None:
    text = (
        "reports:\n- {path: both.csv, columns: {queue: queue, vendor: vendor, offered: offered}}\n"
        "- {path: weeks.csv, columns: {queue: queue, offered: offered}}\n"
    )
    rows = "2026-03-02,mail,,10\n2026-03-02,mail,v,6\n2026-03-02,mail,w,4\n2026-03-03,mail,,12\n2026-03-03,mail,v,7\n"
    found = reports(
        tmp_path, text, both=f"period,queue,vendor,offered\n{rows}", weeks="period,queue,offered\n2026-W10,mail,99\n"
    )
    assert whole_of(found, "offered")["offered"].tolist() == [10, 12]
    assert whole_of(found[found["vendor"] != ""], "offered")["offered"].tolist() == [6, 4, 7]


def test_rows_of_all_are_of_nobody_in_particular(tmp_path: Path) -> None:
    found = reports(
        tmp_path,
        "reports: {path: a.csv, columns: {period: [Year, Week], queue: q, vendor: v, offered: n}}\n",
        a="Year,Week,q,v,n\n2026,10,mail,All,10\n2026,10,mail,v,6\n2026,10,All queues,All,99\n",
    )
    assert found[["queue", "vendor"]].to_numpy().tolist() == [["mail", ""], ["mail", "v"], ["", ""]]
    assert whole_of(found[found["queue"] == "mail"], "offered")["offered"].tolist() == [10]
    assert found["length"].unique().tolist() == [7 * 86400]


def test_weeks_that_overlap_count_once_and_what_is_no_number_is_told(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "reports: {files: [a.csv, b.csv], columns: {offered: n, sla: sla}}\n",
        a="period,n,sla\n2026-W10,1,88.5%\n2026-W11,2,91%\n",
        b="period,n,sla\n2026-W11,2,91%\n2026-W12,many,n/a\n2026-W13,4,#DIV/0!\n",
    )
    assert found.reports is not None
    assert found.reports["sla"].dropna().tolist() == [0.885, 0.91]
    assert found.reports["offered"].dropna().tolist() == [1, 2, 4]
    (sheet,) = found.sheets
    assert [cause.reason for cause in sheet.dropped] == ["the period is listed before"]
    assert [(note.what, note.rows) for note in sheet.notes] == [("a.csv, b.csv: offered that cannot be used", 1)]
    assert "b.csv row 3" in sheet.notes[0].examples


def test_a_report_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no column is named but the period"):
        read(tmp_path, "reports: {path: a.csv}\n", a="period,n\n2026-W10,1\n")
    with pytest.raises(DataError, match="no period is left to fit on"):
        read(tmp_path, "reports: {path: a.csv, columns: {offered: n}}\n", a="period,n\n2025-W10,1\n2025-W11,1\n")
    with pytest.raises(ScenarioError, match="24 numbers"):
        read(tmp_path, "reports: {path: a.csv, columns: {offered: n}, profile: [1, 2]}\n", a="period,n\n2026-W10,1\n")
    with pytest.raises(ScenarioError, match="there is no profile 'offce'"):
        read(tmp_path, "reports: {path: a.csv, columns: {offered: n}, profile: offce}\n", a="period,n\n2026-W10,1\n")
