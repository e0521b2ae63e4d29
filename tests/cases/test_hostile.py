"""What an attack tried, and what is right: a clear no, or figures that are figures."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from simcap.cli import main
from simcap.scenario.reading.source import MOST_TOLD
from tests.cases.test_calibrate_faults import FAULTS
from tests.fuzz.judge import ended
from tests.fuzz.made import PLAIN
from tests.real.published import needs

pytestmark = needs(FAULTS / "sensitivity-nan" / "tiny.yaml")


def asked(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def plain(folder: Path, **parts: Any) -> Path:
    path = folder / "plain.yaml"
    path.write_text(json.dumps({**PLAIN, **parts}))
    return path


def test_leavers_that_are_counted_every_microsecond_are_refused() -> None:
    result = asked("check", FAULTS / "backfill-review-hang" / "11-193.yaml")
    assert result.exit_code == 1
    assert "backfill.review: 1e-06 s is less than a day; leavers are counted at midnight: write 1 day" in result.output


@pytest.mark.slow
def test_figures_of_three_replications_are_numbers(tmp_path: Path) -> None:
    shutil.copy(FAULTS / "sensitivity-nan" / "tiny.yaml", tmp_path)
    out = tmp_path / "out"
    words = ["sensitivity", str(tmp_path / "tiny.yaml"), "-n", "3", "--jobs", "1", "--out", str(out)]
    end = ended([*words, "--json"], "", out)
    assert (end.code, end.fault) == (0, "")


def test_names_that_are_paths_or_very_long_make_files_in_the_folder_of_results(tmp_path: Path) -> None:
    names = ["x" * 240, "../../up", "/tmp/absolute", "..", "CON", "a\\b", "日本語の行列", "🙂🙂"]
    path = plain(tmp_path, queues=dict.fromkeys(names, PLAIN["queues"]["mail"]))
    path.write_text(path.read_text().replace('"skills": ["mail"]', f'"skills": {json.dumps(names)}'))
    (tmp_path / "inside").mkdir()
    out = tmp_path / "inside" / "out"
    before = {one for one in tmp_path.rglob("*") if out not in one.parents}
    end = ended(["run", str(path), "-n", "2", "--jobs", "1", "--out", str(out)], "", out)
    assert (end.code, end.fault) == (0, ""), end
    assert {one for one in tmp_path.rglob("*") if one != out and out not in one.parents} == before
    drawn = [file.name for file in (out / "charts").iterdir()]
    assert sum("xxx" in name for name in drawn) >= 1
    assert max(map(len, drawn)) < 200


def test_the_names_of_an_attack_are_refused_with_line_and_column() -> None:
    result = asked("check", FAULTS / "long-queue-name" / "hostile.yaml")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0].endswith(r"hostile.yaml:100:3: queues: holds the control character \t; remove it")
    assert len(lines) == MOST_TOLD + 1
    assert re.fullmatch(r"and at least \d+ more; mend these first", lines[-1])
    assert "\x1b" not in result.output


@pytest.mark.parametrize("inside", [False, True])
def test_tens_of_thousands_of_problems_are_counted_and_some_are_told(inside: bool, tmp_path: Path) -> None:
    """Each was once compared with all: 9,000 took 17 seconds, and 45,000 over two minutes."""
    bad = dict.fromkeys((f"bad{number}" for number in range(12_000)), 1)
    path = tmp_path / "s.yaml"
    document = {**PLAIN, "vendors": {**PLAIN["vendors"], **bad}} if inside else {**PLAIN, **bad}
    path.write_text(json.dumps(document, separators=(",\n", ":")))
    end = ended(["check", str(path)], "")
    assert end.fault == "", end
    assert end.told.splitlines()[-1] == f"and at least {12_000 - MOST_TOLD:,} more; mend these first"
    assert "bad0: " in end.told


def test_a_tangle_of_follow_up_work_is_refused_without_walking_all_of_it(tmp_path: Path) -> None:
    names = [f"q{number}" for number in range(100)]
    queue = {**PLAIN["queues"]["mail"], "then": {name: {"share": "2%"} for name in names}}
    path = plain(tmp_path, queues=dict.fromkeys(names, queue))
    path.write_text(path.read_text().replace('"skills": ["mail"]', f'"skills": {json.dumps(names)}'))
    end = ended(["check", str(path)], "")
    assert end.fault == ""
    assert "never ends" in end.told


SIZES = {
    "queues.mail.arrivals.per_day": 1e308,
    "queues.mail.arrivals.growth": 1e300,
    "queues.mail.arrivals.profile": [1e308] * 24,
    "vendors.north.contract": {"currency": "USD", "price": {"per_productive_hour": 1e300}},
    "events": {"e": {"surge": {"queue": "mail", "from": "2026-03-10", "for": "1 day", "factor": 1e100}}},
    "uncertain": {"queues.mail.arrivals.per_day": {"uniform": [1, 1e200]}},
}


@pytest.mark.parametrize("path", SIZES)
def test_numbers_beyond_all_measure_are_refused_where_they_stand(path: str, tmp_path: Path) -> None:
    document = json.loads(json.dumps(PLAIN))
    *above, last = path.split(".")
    part = document
    for key in above:
        part = part[key]
    part[last] = SIZES[path]
    file = tmp_path / "s.yaml"
    file.write_text(json.dumps(document, indent=1))
    result = asked("check", file)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert re.search(r"s\.yaml:\d+:\d+: .*(out of bounds|at most)", result.output)


def test_the_schema_says_the_largest_numbers() -> None:
    schema = json.loads(asked("schema").stdout)["$defs"]
    assert schema["Surge"]["properties"]["factor"]["anyOf"][0]["maximum"] == 10_000
    assert '"maximum": 1000000000' in json.dumps(schema["Arrivals"]["properties"]["per_day"])
    assert '"maximum": 1000000000000' in json.dumps(schema["Price"])


@pytest.mark.parametrize("value", ["1e308", "1e10", "-1", "nan", "inf"])
@pytest.mark.parametrize(("name", "column"), [("volumes", "items"), ("seconds", "seconds"), ("rates", "rate")])
def test_cells_beyond_all_measure_are_refused_by_line(name: str, column: str, value: str, tmp_path: Path) -> None:
    from tests.fuzz.made import data, text_of

    table = data()[name]
    table[3][table[0].index(column)] = value
    (tmp_path / "t.csv").write_text(text_of(table))
    mail = dict(PLAIN["queues"]["mail"])
    mail |= {
        "volumes": {"arrivals": {"file": {"path": "t.csv", "as": "forecast"}}},
        "seconds": {"handle_time": {"empirical": "t.csv"}},
        "rates": {"arrivals": {"per_day": 5, "profile": "t.csv"}},
    }[name]
    result = asked("check", plain(tmp_path, queues={"mail": mail}))
    assert result.exit_code == 1
    assert f"t.csv:4: {column}: '{value}' is not a number from zero to 1,000,000,000" in result.output


def test_a_growth_that_passes_all_measure_ends_in_a_sentence(tmp_path: Path) -> None:
    mail = {**PLAIN["queues"]["mail"], "arrivals": {"per_day": 40, "growth": "900%"}}
    horizon = {**PLAIN["horizon"], "days": 3650}
    end = ended(["check", str(plain(tmp_path, queues={"mail": mail}, horizon=horizon))], "")
    assert end.fault == ""
    assert "at most 20,000,000 can be simulated" in end.told


def test_a_workbooks_escapes_reach_no_terminal(tmp_path: Path) -> None:
    """A name in a log that is Parquet may steer a terminal: it is shown, and fitted, without that."""
    import pandas as pd

    from tests.fuzz.made import history

    head, *rows = history()["volumes"]
    table = pd.DataFrame(rows, columns=head).assign(queue="ma\x1b[2Jil\u202e")
    table.astype({"start": "datetime64[us]", "items": int}).to_parquet(tmp_path / "v.parquet")
    path = tmp_path / "calibration.yaml"
    volumes = {"path": "v.parquet", "columns": {"queue": "queue"}}
    path.write_text(
        json.dumps({"title": "t", "timezone": "UTC", "from": "2026-03-02", "to": "2026-04-05", "volumes": volumes})
    )
    out = tmp_path / "out"
    end = ended(["calibrate", str(path), "--no-charts", "--out", str(out)], "", out)
    assert (end.code, end.fault) == (0, "")
    assert "ma?[2Jil?" in (out / "fits.csv").read_text()
