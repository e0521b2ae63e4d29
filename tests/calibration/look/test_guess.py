"""What small tables seem to be, in the styles of several tools and languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from simcap.calibration.look.guess import Look, look_at
from simcap.calibration.look.proposal import flow, propose

ROWS = 90


def look(tmp_path: Path, header: str, row: str) -> Look:
    """Look at a table of rows that are made of a pattern; {n} counts, {d} is a day of January, {h} an hour."""
    lines = [header, *(row.format(n=n, d=1 + n % 28, h=8 + n % 9, a=n % 7, q="xy"[n % 2]) for n in range(ROWS))]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    (found,) = look_at(path)
    return found


@pytest.mark.parametrize(
    ("header", "row", "kind", "roles"),
    [
        (
            "Ticket ID;Eingang;Beginn Bearbeitung;Erledigt;Bearbeiter;Warteschlange",
            "T{n};{d:02}.01.2026 {h:02}:00;{d:02}.01.2026 {h:02}:05;{d:02}.01.2026 {h:02}:25;m{a};{q}",
            "items",
            {"item": "Ticket ID", "created": "Eingang", "completed": "Erledigt", "queue": "Warteschlange"},
        ),
        (
            "case,opened,resolved,owner,type,time spent (min)",
            "C-{n},2026-01-{d:02} {h:02}:00,2026-01-{d:02} {h:02}:30,o{a},{q},12.5",
            "items",
            {"item": "case", "completed": "resolved", "handle": {"column": "time spent (min)", "unit": "min"}},
        ),
        (
            "Interval,Skill,Offered,Handled,AHT (sec)",
            "2026-01-{d:02} {h:02}:00,{q}{n},{a},{a},300",
            "reports",
            {"period": "Interval", "offered": "Offered", "aht": {"column": "AHT (sec)", "unit": "s"}},
        ),
        (
            "Name,Supplier,Start Date,Leaving Date,Group",
            "p{n},acme,2025-01-{d:02},2025-12-{d:02},g{a}",
            "roster",
            {"agent": "Name", "vendor": "Supplier", "hired": "Start Date", "left": "Leaving Date", "team": "Group"},
        ),
    ],
    ids=["german tickets", "cases", "intervals", "roster"],
)  # fmt: skip
def test_kind_and_roles_are_those_of_the_columns(
    tmp_path: Path, header: str, row: str, kind: str, roles: dict[str, Any]
) -> None:
    found = look(tmp_path, header, row)
    assert found.kind == kind
    assert {role: found.roles.get(role) for role in roles} == roles


def test_what_holds_nothing_of_ours_is_unknown(tmp_path: Path) -> None:
    found = look(tmp_path, "colour,weight", "red,{n}.5")
    assert found.kind == "unknown"
    proposal = propose([found], tmp_path, "Europe/London")
    assert proposal.open[-1].endswith("nothing that simcap knows; left out")


@pytest.mark.parametrize(
    ("name", "cells", "words", "doubted"),
    [
        ("wrong", ("yes", "no", ""), ["yes"], False),
        ("QA correct", ("pass", "fail", ""), ["fail"], False),
        ("qa_incorrect", ("1", "0", "0"), ["1"], True),
        ("escalated", ("yes", "no", ""), None, False),
        ("QA", ("yes", "no", ""), None, False),
    ],
)
def test_a_flag_of_items_may_be_the_verdict_of_checks(
    tmp_path: Path, name: str, cells: tuple[str, ...], words: list[str] | None, *, doubted: bool
) -> None:
    """If it is never empty, whether all were checked is left to say."""
    rows = [f"{n},q,2026-01-{1 + n % 28:02} 10:00,2026-01-{1 + n % 28:02} 11:00,{cells[n % 3]}" for n in range(ROWS)]
    (tmp_path / "log.csv").write_text("\n".join([f"id,queue,created,completed,{name}", *rows]))
    (found,) = look_at(tmp_path / "log.csv")
    assert found.roles.get("wrong") == (None if words is None else {"column": name, "is": words})
    assert any("whether every decision was checked" in doubt for doubt in found.doubts) == doubted


def test_a_day_that_could_be_a_month_is_left_to_say(tmp_path: Path) -> None:
    lines = [
        "queue,created,completed",
        *(f"q,0{1 + n % 9}/0{1 + n % 7}/2026 10:00,0{1 + n % 9}/0{1 + n % 7}/2026 11:00" for n in range(ROWS)),
    ]
    (tmp_path / "log.csv").write_text("\n".join(lines))
    (found,) = look_at(tmp_path / "log.csv")
    proposal = propose([found], tmp_path, "Europe/London")
    assert "table: {times: [day first]}   # ? or [month first]" in proposal.text
    assert any("day or the month" in line for line in proposal.open)


@pytest.mark.parametrize(
    ("value", "text"),
    [("Opened", "Opened"), ("yes", '"yes"'), ("12", '"12"'), ("a: b", '"a: b"'), (["A", "B"], "[A, B]"), (True, "true"),
     ({"column": "x", "is": ["No"]}, '{column: x, is: ["No"]}'), ("data wpływu", "data wpływu"), ("- x", '"- x"')],
)  # fmt: skip
def test_values_are_written_as_yaml_reads_them(value: Any, text: str) -> None:
    assert flow(value) == text


def test_cells_that_break_the_line_or_lie_in_no_year_of_ours_leave_a_proposal_that_is_read(tmp_path: Path) -> None:
    rows = [f"2026-01-{1 + n % 28:02} 08:0{n % 9},mail" for n in range(ROWS)]
    rows[0] = '2026-01-01 08:00,"a\nvendor: x"'
    rows[7:9] = ["0001-01-01 00:00,mail", "9999-12-31 23:59,mail"]
    path = tmp_path / "export.csv"
    path.write_text("\n".join(["created,queue", *rows]), encoding="utf-8")
    proposal = propose(look_at(path), tmp_path, "UTC")
    found = YAML(typ="safe", pure=True).load(proposal.text)
    assert (str(found["from"]), str(found["to"])) == ("2026-01-01", "2026-01-28")
    assert found["items"]["columns"] == {"created": "created", "queue": "queue"}


def test_a_grid_whose_days_are_none_has_no_span_of_its_own(tmp_path: Path) -> None:
    days = [f"99/99/20{n}" for n in range(10, 20)]
    path = tmp_path / "grid.csv"
    above = ",".join(["agent", *("Mon", "Tue") * 5])
    path.write_text("\n".join([above, ",".join(["", *days]), *(f"a{n}" + ",06:00-14:00" * 10 for n in range(4))]))
    looks = look_at(path)
    assert looks[0].kind == "grid"
    assert "from: 2026-01-01" in propose(looks, tmp_path, "UTC").text
