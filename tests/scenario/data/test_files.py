"""Data files: what comes out, on both sides of a clock change, and what is refused with file, line, column, value."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.errors import DataError, ScenarioError
from simcap.scenario.data import files, tables
from simcap.scenario.reading.loading import load
from tests.scenario.conftest import GONE, changed

LONDON = "Europe/London"
TEAM = "vendors.north.teams.manila"
DUTY = {"timezone": "Asia/Manila", "skills": ["appeals", "listings"], "duty": "d.csv"}

Write = Callable[..., Path]


def utc(text: str) -> float:
    return dt.datetime.fromisoformat(text + "+00:00").timestamp()


def hours(day: str, *readings: str) -> str:
    return "start,queue,items\n" + "".join(f"{day} {reading},q,{row}\n" for row, reading in enumerate(readings))


class TestVolumes:
    def test_sorted_by_queue_with_gaps_filled(self, write: Write) -> None:
        text = (
            "start, queue, items, site\n2026-07-01 02:00, b, 3, x\n2026-07-01T00:00+01:00,a,1.5,\n\n"
            "2026-07-01 00:00,b,1,x\n2026-07-01 00:30,a,2,x\n2026-06-30T23:30Z,b,2,x\n"
        )
        volumes = files.read_volumes(write(text, "v.csv"), LONDON)
        assert list(volumes) == ["b", "a"]
        assert volumes["a"].interval == volumes["b"].interval == 1800
        assert volumes["a"].items.tolist() == [1.5, 2]
        assert volumes["b"].items.tolist() == [1, 2, 0, 0, 3]
        assert volumes["b"].start.tolist() == [utc("2026-06-30T23:00") + 1800 * step for step in range(5)]

    def test_repeated_hour_in_file_order(self, write: Write) -> None:
        text = hours("2026-10-25", "00:30", "01:00", "01:30", "01:00", "01:30", "02:00")
        volumes = files.read_volumes(write(text, "v.csv"), LONDON)["q"]
        assert volumes.items.tolist() == [0, 1, 2, 3, 4, 5]
        assert volumes.start.tolist() == [utc("2026-10-24T23:30") + 1800 * step for step in range(6)]

    def test_repeated_hour_of_an_hourly_file(self, write: Write) -> None:
        volumes = files.read_volumes(write(hours("2026-10-25", "00:00", "01:00", "01:00", "02:00"), "v.csv"), LONDON)[
            "q"
        ]
        assert (volumes.interval, volumes.items.tolist()) == (3600, [0, 1, 2, 3])

    def test_skipped_hour_is_not_missing(self, write: Write) -> None:
        volumes = files.read_volumes(write(hours("2026-03-29", "00:00", "02:00", "03:00"), "v.csv"), LONDON)["q"]
        assert (volumes.interval, volumes.items.tolist()) == (3600, [0, 1, 2])

    def test_an_hour_that_is_skipped_counts_in_the_next(self, write: Write) -> None:
        text = hours("2026-03-29", "00:00", "00:30", "01:00", "01:30", "02:00", "02:30", "03:00")
        volumes = files.read_volumes(write(text, "v.csv"), LONDON)["q"]
        assert (volumes.interval, volumes.items.tolist()) == (1800, [0, 1, 2 + 4, 3 + 5, 6])
        assert volumes.told == "2 intervals of 2026-03-29 that the change of the clocks skips, with 5 items"

    @pytest.mark.parametrize("readings", [("00:00", "01:00", "01:00", "02:00"), ("00:00", "02:00", "02:00")])
    def test_an_hour_that_is_listed_twice_is_still_refused(self, write: Write, readings: tuple[str, ...]) -> None:
        with pytest.raises(DataError, match="keep one row an interval"):
            files.read_volumes(write(hours("2026-03-29", *readings), "v.csv"), LONDON)

    @pytest.mark.parametrize("days", [(28, 29, 30, 31), (28, 29, 31)])
    def test_days_begin_at_midnight_all_year(self, write: Write, days: tuple[int, ...]) -> None:
        text = "start,queue,items\n" + "".join(f"2026-03-{day},q,{day}\n" for day in days)
        volumes = files.read_volumes(write(text, "v.csv"), LONDON)["q"]
        assert volumes.interval == 86400
        assert volumes.items.tolist() == [28, 29, 30 if 30 in days else 0, 31]
        assert np.diff(volumes.start).tolist() == [86400, 82800, 86400]

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ("2026-10-05 00:00,q,1\n", "v.csv:2: start: is the only row of 'q'; two are needed"),
            (
                "2026-10-05 00:00,q,1\n2026-10-05 01:00,q,1\n2026-10-05 00:00,q,1\n",
                "v.csv:4: start: 2026-10-05 00:00 is also on line 2 for 'q'; keep one row an interval",
            ),
            (
                "2026-10-05 00:00,q,1\n2026-10-05 01:00,q,1\n2026-10-05 02:30,q,1\n",
                "v.csv:4: start: 2026-10-05 02:30 is off the interval of 1 h that the other rows of 'q' keep",
            ),
            ("1971-01-01,q,1\n2026-10-05 00:00,q,1\n2026-10-05 00:01,q,1\n", "'q' spans 29,327,042 intervals of 1 min"),
            ("2026-10-05,q,-1\n2026-10-06,q,nan\n", "v.csv:3: items: 'nan' is not a number from zero to 1,000,000,000"),
            (
                "2026-10-05,q,1\n2026-10-06,q,1e999\n",
                "v.csv:3: items: '1e999' is not a number from zero to 1,000,000,000",
            ),
            ("2026-10-05,,1\n2026-10-06,q,1\n", "v.csv:2: queue: '' is not a name; give one"),
            ("5/10/2026,q,1\n2026-10-06,q,1\n", "v.csv:2: start: '5/10/2026' is not a time from 1970 to 2199"),
            ("1066-10-14,q,1\n2026-10-06,q,1\n", "v.csv:2: start: '1066-10-14' is not a time from 1970 to 2199"),
            ("2026-10-05,q\n2026-10-06,q,1\n", "v.csv:2: has 2 cells; the header has 3"),
            ('2026-10-05,"q\n', "is not CSV (unexpected end of data); check the quotes"),
            ("", "v.csv:1: has no rows below the header; give at least one"),
        ],
    )
    def test_refused(self, write: Write, rows: str, message: str) -> None:
        with pytest.raises(DataError, match=re.escape(message)):
            files.read_volumes(write("start,queue,items\n" + rows, "v.csv"), LONDON)


class TestTable:
    def test_first_ten_in_order_then_a_count(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "CHUNK", 7)
        rows = [f"{'x' if row % 2 else 5},{'y' if row == 6 else 'a'}" for row in range(40)]
        path = write("seconds,other\n" + "\n\n".join(rows) + "\n", "e.csv")
        with pytest.raises(DataError, match="seconds: 'x' is not a number") as caught:
            files.read_empirical(path)
        lines = str(caught.value).split("\n")
        assert [line.split(":")[1] for line in lines[:10]] == [str(4 + 4 * row) for row in range(10)]
        assert lines[10:] == [f"{path}: and 10 more like these"]

    def test_reading_stops_where_nothing_is_right(self, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "ENOUGH", 20)
        monkeypatch.setattr(tables, "CHUNK", 20)
        with pytest.raises(DataError, match="and 10 more like these; what follows was not read"):
            files.read_empirical(write("seconds\n" + "x\n" * 90, "e.csv"))

    def test_line_numbers_after_cells_of_several_lines(self, write: Write) -> None:
        with pytest.raises(DataError, match=r"e\.csv:5: seconds: 'x'"):
            files.read_empirical(write('seconds,note\n1,"a\nb"\n2,c\nx,d\n', "e.csv"))

    def test_compressed_with_a_byte_order_mark(self, write: Write) -> None:
        path = write(gzip.compress("\ufeffseconds\r\n3\r\n1\r\n".encode()), "e.csv.gz")
        assert files.read_empirical(path).tolist() == [1, 3]

    @pytest.mark.parametrize(
        ("content", "name", "message"),
        [
            (b"", "e.csv", "e.csv:1: has no column 'seconds'; its columns are: none"),
            (b"a;b\n1;2\n", "e.csv", "has no column 'seconds'; its columns are: a;b"),
            (b"seconds,seconds\n1,2\n", "e.csv", "seconds: is a column twice; keep one"),
            (b"seconds\n\xff\n", "e.csv", "is not UTF-8 text; save the file as UTF-8"),
            (b"seconds\n1\n", "e.csv.gz", "cannot be read (Not a gzipped file"),
            (
                gzip.compress(b"seconds\n" + b"1\n" * 99, mtime=0)[:-12],
                "e.csv.gz",
                "cannot be read (Compressed file ended",
            ),
            (b"seconds\n" + b"1" * 200_000 + b"\n", "e.csv", "is not CSV (field larger than field limit"),
        ],
    )
    def test_refused(self, write: Write, content: bytes, name: str, message: str) -> None:
        with pytest.raises(DataError, match=re.escape(message)):
            files.read_empirical(write(content, name))

    @pytest.mark.parametrize("name", ["gone.csv", ".", "a\0b.csv"])
    def test_no_file(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(DataError, match=r"cannot be read \(.+\); name a CSV file"):
            files.read_empirical(tmp_path / name)


class TestTrace:
    def test_sorted_with_handle_times_where_known(self, write: Write) -> None:
        rows = ("01:50,q,30", "00:10:00.5,r,", "01:10,q,", "01:10,q,5")
        text = "created,queue,handle_s\n" + "".join(f"2026-10-25 {row}\n" for row in rows)
        traces = files.read_trace(write(text, "t.csv"), LONDON)
        assert traces["q"].created.tolist() == [
            utc("2026-10-25T00:50"),
            utc("2026-10-25T01:10"),
            utc("2026-10-25T01:10"),
        ]
        assert traces["q"].handle.tolist() == pytest.approx([30, np.nan, 5], nan_ok=True)
        assert traces["r"].created.tolist() == [utc("2026-10-24T23:10:00.500000")]

    def test_a_misspelt_optional_column_is_refused(self, write: Write) -> None:
        with pytest.raises(
            DataError, match=r"t\.csv:1: handle: is not a column that is read; did you mean 'handle_s'\?"
        ):
            files.read_trace(write("created,queue,handle\n2026-10-25 01:50,q,30\n", "t.csv"), LONDON)


class TestRoster:
    def test_as_in_the_file(self, write: Write) -> None:
        text = "agent,hired,left,shift\nb,2026-01-05,,early\na,2025-03-01,2026-11-30,\n"
        assert files.read_roster(write(text, "r.csv")) == files.RosterRows(
            ("b", "a"),
            (dt.date(2026, 1, 5), dt.date(2025, 3, 1)),
            (None, dt.date(2026, 11, 30)),
            ("early", None),
        )

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            ("a,2026-01-05,\na,2026-01-06,\n", "r.csv:3: agent: 'a' is also on line 2; name each agent once"),
            ("a,2026-01-05,2026-01-04\n", "r.csv:2: left: 2026-01-04 is before the agent was hired, on 2026-01-05"),
            ("a,,\n", "r.csv:2: hired: '' is not a date; write 2026-10-05"),
        ],
    )
    def test_refused(self, write: Write, rows: str, message: str) -> None:
        with pytest.raises(DataError, match=re.escape(message)):
            files.read_roster(write("agent,hired,left\n" + rows, "r.csv"))


class TestDuty:
    def test_sorted_by_agent_as_they_first_occur(self, write: Write) -> None:
        day = "2026-10-25"
        text = f"agent,on,off\nb,{day} 00:00,{day} 01:30\na,{day} 09:00,{day} 17:00\nb,{day} 01:00,{day} 02:00\n"
        duty = files.read_duty(write(text, "d.csv"), LONDON)
        assert (duty.agent, duty.index.tolist()) == (("b", "a"), [0, 0, 1])
        assert duty.on.tolist() == [utc("2026-10-24T23:00"), utc("2026-10-25T01:00"), utc("2026-10-25T09:00")]
        assert duty.off.tolist() == [utc("2026-10-25T00:30"), utc("2026-10-25T02:00"), utc("2026-10-25T17:00")]

    @pytest.mark.parametrize(
        ("zone", "blocks", "hours"),
        [
            (LONDON, ["2026-10-24 22:00/2026-10-25 06:00"], [9]),
            (LONDON, ["2026-10-25 00:00/01:00", "2026-10-25 01:00/01:00", "2026-10-25 01:00/02:00"], [1, 1, 1]),
            (LONDON, ["2026-10-24 22:00/2026-10-25 01:30", "2026-10-25 01:30/06:00"], [3.5, 5.5]),
            (LONDON, ["2026-10-25 01:30/01:15"], [0.75]),
            (LONDON, ["2026-03-28 22:00/2026-03-29 06:00"], [7]),
            (LONDON, ["2026-03-28 22:00/2026-03-29 01:30", "2026-03-29 01:30/02:00", "2026-03-29 02:00/06:00"], [3, 4]),
            ("Asia/Beirut", ["2026-10-24 22:00/2026-10-25 06:00"], [9]),
            ("Africa/Cairo", ["2026-04-23 22:00/2026-04-24 06:00"], [7]),
            ("Australia/Lord_Howe", ["2026-04-04 22:00/2026-04-05 06:00"], [8.5]),
            ("America/St_Johns", ["2006-10-28 23:30/23:59", "2006-10-28 23:30/2006-10-29 02:00"], [29 / 60, 2.5]),
            (
                "America/St_Johns",
                ["2006-10-28 23:30/2006-10-29 00:00", "2006-10-28 23:30/2006-10-29 02:00"],
                [0.5, 2.5],
            ),
        ],
    )
    def test_nights_of_a_change_last_as_long_as_they_do(
        self, write: Write, zone: str, blocks: list[str], hours: list[float]
    ) -> None:
        rows = ""
        for on, off in (block.split("/") for block in blocks):
            rows += f"a,{on},{off if '-' in off else f'{on[:10]} {off}'}\n"
        duty = files.read_duty(write("agent,on,off\n" + rows, "d.csv"), zone)
        assert ((duty.off - duty.on) / 3600).tolist() == pytest.approx(hours)
        assert (duty.on[1:] >= duty.off[:-1]).all()

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            (
                "a,2026-10-05 09:00,2026-10-05 09:00\n",
                "d.csv:2: off: 2026-10-05 09:00 is not after the time on, 2026-10-05 09:00",
            ),
            (
                "a,2026-10-05 12:00,2026-10-05T17\nb,2026-10-05T09,2026-10-05T13\na,2026-10-05T09,2026-10-05 12:30\n",
                "d.csv:2: on: 2026-10-05 12:00 overlaps the block on line 4; an agent has one at a time",
            ),
        ],
    )
    def test_refused(self, write: Write, rows: str, message: str) -> None:
        with pytest.raises(DataError, match=re.escape(message)):
            files.read_duty(write("agent,on,off\n" + rows, "d.csv"), LONDON)


class TestProfile:
    def test_reads_a_day_or_a_week(self, write: Write) -> None:
        assert files.read_profile(write("rate\n" + "2\n" * 24, "p.csv")) == (2.0,) * 24

    @pytest.mark.parametrize(
        ("rows", "message"),
        [("1\n" * 23, "p.csv:24: rate: 23 rows; a profile has 24"), ("0\n" * 24, "all rows are zero")],
    )
    def test_refused(self, write: Write, rows: str, message: str) -> None:
        with pytest.raises(DataError, match=re.escape(message)):
            files.read_profile(write("rate\n" + rows, "p.csv"))


VOLUMES = "start,queue,items\n2026-10-05 00:00,listings,10\n2026-10-05 00:30,listings,0.5\n"
TRACE = "created,queue,handle_s\n2026-10-05 09:00,listings,30\n2026-10-05 09:01,listings,\n"
DAY = "agent,on,off\na,2026-10-05 09:00,2026-10-05 17:00\n"
FORECAST = {"file": {"path": "v.csv", "as": "forecast"}}
ACTUAL = {"file": {"path": "v.csv", "as": "actual"}}
EARLY_LATE = {
    "early": {"share": "50%", "days": "Mon-Fri", "start": "06:00", "length": "8 h"},
    "late": {"share": "50%", "days": "Mon-Fri", "start": "14:00", "length": "8 h"},
}
ROSTER = {f"{TEAM}.agents": GONE, f"{TEAM}.roster": "r.csv"}

NAMED: list[tuple[dict[str, str], dict[str, Any], str]] = [
    ({}, {"queues.listings.arrivals": FORECAST}, "arrivals.file.path: {folder}/v.csv: cannot be read (No such file"),
    (
        {"v.csv": VOLUMES.replace("0.5", "x")},
        {"queues.listings.arrivals": FORECAST},
        "file.path: {folder}/v.csv:3: items: 'x' is not",
    ),
    (
        {"v.csv": VOLUMES.replace("listings", "listing")},
        {"queues.listings.arrivals": FORECAST},
        "has no rows for the queue 'listings'; did you mean 'listing'?",
    ),
    (
        {"v.csv": VOLUMES},
        {"queues.listings.arrivals": ACTUAL},
        "has fractions of items for 'listings'; `as: actual` needs whole counts",
    ),
    (
        {"v.csv": VOLUMES.replace("2026", "2027")},
        {"queues.listings.arrivals": FORECAST},
        "begins after the horizon for 'listings'",
    ),
    (
        {"t.csv": TRACE.replace("2026", "2025")},
        {"queues.listings.arrivals": {"trace": "t.csv"}},
        "has no item of 'listings' within the horizon",
    ),
    (
        {"t.csv": TRACE},
        {"queues.listings.arrivals": {"trace": "t.csv"}, "queues.listings.handle_time": GONE},
        "1 items of 'listings' have no handle_s, and the queue no handle_time",
    ),
    (
        {"t.csv": TRACE},
        {"queues.listings.arrivals": {"trace": "t.csv"}, "events.peak.surge.factor": 2},
        "arrivals are exact counts or times, which a surge cannot raise",
    ),
    ({}, {"queues.listings.arrivals.profile": "p.csv"}, "arrivals.profile: {folder}/p.csv: cannot be read"),
    ({"p.csv": "rate\n1\n"}, {"queues.listings.arrivals.profile": "p.csv"}, "p.csv:2: rate: 1 rows; a profile has 24"),
    (
        {"h.csv": "seconds\n-3\n"},
        {"queues.appeals.handle_time": {"empirical": "h.csv"}},
        "handle_time.empirical: {folder}/h.csv:2: seconds: '-3' is not",
    ),
    (
        {"r.csv": "agent,hired\na,2026-11-02\nb,2026-12-01\n"},
        ROSTER,
        "manila.roster: has nobody present within the horizon, from 2026-10-05",
    ),
    (
        {"r.csv": "agent,hired,shift\na,2026-10-01,erly\n"},
        {**ROSTER, f"{TEAM}.shift": GONE, f"{TEAM}.shifts": EARLY_LATE},
        "manila.roster: puts 'a' on the shift 'erly'; did you mean 'early'?",
    ),
    (
        {"r.csv": "agent,hired\na,2026-10-01\nb,2026-10-01\n"},
        {**ROSTER, "events.cut": {"headcount": {"team": "manila", "from": "2026-10-06", "change": -3}}},
        "events.cut.headcount.change: cuts 3 agents, but manila has 2 at most by then",
    ),
    (
        {"d.csv": DAY + DAY[13:]},
        {TEAM: DUTY, "vendors.north.hiring": GONE},
        "manila.duty: {folder}/d.csv:3: on: 2026-10-05 09:00 overlaps",
    ),
]


@pytest.mark.parametrize(("contents", "changes", "message"), NAMED)
def test_named_file_is_refused_at_its_key(
    write: Write, tmp_path: Path, contents: dict[str, str], changes: dict[str, Any], message: str
) -> None:
    for name, text in contents.items():
        write(text, name)
    with pytest.raises(ScenarioError, match=re.escape(message.format(folder=tmp_path))):
        load(write(changed(changes)))


def test_named_files_that_fit(write: Write) -> None:
    for name, text in {"t.csv": TRACE, "h.csv": "seconds\n3\n", "d.csv": DAY}.items():
        write(text, name)
    changes = {
        "queues.listings.arrivals": {"trace": "t.csv"},
        "queues.appeals.handle_time": {"empirical": "h.csv"},
        TEAM: DUTY,
        "vendors.north.hiring": GONE,
        "events.peak": GONE,
    }
    assert load(write(changed(changes))).scenario.vendors["north"].teams["manila"].duty == "d.csv"
