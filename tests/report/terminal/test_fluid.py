"""What `check` prints: whole on any width, with its key and its caveat, and as a document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from simcap.cli import main
from simcap.report.wording.fluid import CAVEAT, KEY

TEAMS = ("Europe/Dublin", "Asia/Manila", "America/Bogota", "Europe/Warsaw", "Asia/Tokyo")


def twenty_queues() -> str:
    queues = [
        f"  a-queue-of-some-length-{number:02d}: {{arrivals: {{per_week: {900 + 90 * number}, profile: marketplace}}, "
        f"handle_time: {{constant: 4 min}}, sla: {{4 h: {{measure: turnaround, within: 4 h, target: 95%, per: week}}}}"
        f"{', max_per_day: 1 h' if number % 5 == 0 else ''}}}"
        for number in range(20)
    ]
    teams = [
        f"      team-{number}: {{timezone: {zone}, agents: 12, shift: {{days: 5 of 7, start: '09:00', length: 9 h}}, "
        f"skills: [{', '.join(f'a-queue-of-some-length-{queue:02d}' for queue in range(number, 20, 3))}]}}"
        for number, zone in enumerate(TEAMS)
    ]
    return "\n".join(
        [
            "name: twenty queues",
            "horizon: {start: 2026-10-05, weeks: 13, timezone: Europe/London, warm_up: 1 week}",
            "queues:",
            *queues,
            "vendors:",
            "  north:",
            "    teams:",
            *teams,
            "events: {tool: {outage: {from: '2026-11-03 09:00', for: 30 h}}}",
        ]
    )


def check(path: Path, *options: str, columns: int | None = None) -> str:
    asked = options if "--sketch" in options else (*options, "--no-sketch")
    result = CliRunner().invoke(main, ["check", str(path), *asked], env={"COLUMNS": columns and str(columns)})
    assert result.exit_code == 0, result.output
    return result.output


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("check") / "twenty.yaml"
    file.write_text(twenty_queues())
    return file


@pytest.mark.parametrize(("columns", "most"), [(80, 80), (60, 60), (120, 108), (None, 108)])
def test_twenty_queues_are_whole_on_any_width(path: Path, columns: int | None, most: int) -> None:
    output = check(path, columns=columns)
    lines = output.splitlines()
    assert max(map(len, lines)) <= most
    assert not any(line != line.rstrip() for line in lines)
    for number in range(20):
        assert lines.count(f"a-queue-of-some-length-{number:02d}") == 1
    assert "…" not in output
    assert words(KEY) in words(output)
    assert words(CAVEAT) in words(output)
    # Each queue has a cell of each week.
    assert output.count("28 Dec") >= 21
    assert "an outage" in output
    assert "nobody on duty" in output


def test_the_document_says_what_the_terminal_says(path: Path) -> None:
    document = json.loads(check(path, "--json"))
    output = words(check(path, columns=80))
    assert list(document) == [
        "scenario",
        "timezone",
        "fits",
        "weeks",
        "lines",
        "together",
        "minimums",
        "notes",
        "caveat",
        "sketched",
        "assumptions",
    ]
    assert [week["start"] for week in document["weeks"]][:2] == ["2026-10-05", "2026-10-12"]
    assert len(document["lines"]) == 20
    assert document["fits"] is all(line["fits"] for line in document["lines"])
    assert document["caveat"] == CAVEAT
    for line in document["lines"]:
        assert len(line["weeks"]) == 13
        assert all(words(reason) in output for reason in line["reasons"])
    first = document["lines"][0]
    assert first["weeks"][0]["load_h"] == pytest.approx(900 * 4 / 60)
    # Twelve agents have the skill, on five days of seven, each day for one hour at most.
    assert first["weeks"][0]["reach_h"] == pytest.approx(12 * 5, abs=2)
    outages = [gap for line in document["lines"] for gap in line["hours_without_anybody"] if gap["cause"] == "outage"]
    assert all(gap["from"].startswith(("2026-11-03", "2026-11-04")) for gap in outages)
    assert outages


def test_each_mark_has_its_reason(path: Path) -> None:
    document = json.loads(check(path, "--json"))
    for line in document["lines"]:
        said = " ".join(line["reasons"])
        assert ("max_per_day of 1 h allows" in said) == any(week["capped"] for week in line["weeks"])
        assert ("past due at the end of a week" in said) == any(not week["fits"] for week in line["weeks"])
        missed = any(window["missed"] for sla in line["slas"] for window in sla["windows"])
        assert ("at best" in said) == missed
        assert line["fits"] == (not missed and all(week["fits"] for week in line["weeks"]))


def test_what_fits_is_told_in_few_words(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(
        """
name: small
horizon: {start: 2026-10-05, weeks: 1, timezone: Europe/London, warm_up: 0 days}
queues: {mail: {arrivals: {per_day: 100}, handle_time: {constant: 5 min}}}
vendors: {v: {teams: {t: {timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}}}}
"""
    )
    output = check(file, columns=80)
    assert "mail\n  no SLA\n     5 Oct 35%\n" in output
    assert "Every week's work fits into its hours" in output
    assert json.loads(check(file, "--json"))["fits"] is True


def test_what_sketches_expect_stands_beside_the_load(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(
        """
name: small
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC, warm_up: 0 days}
queues:
  mail:
    arrivals: {per_day: 700}
    handle_time: {constant: 5 min}
    sla:
      4 h: {measure: turnaround, within: 4 h, target: 90%, per: week}
      soon: {measure: wait, within: 30 s, target: 80%, per: week}
vendors: {v: {teams: {t: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}}}
"""
    )
    document = json.loads(check(file, "--json", "--sketch"))["sketched"]
    (sla,) = document["slas"]
    assert (sla["queue"], sla["sla"], sla["worst"], sla["missed"]) == ("mail", "4 h", "2026-10-12", 1.0)
    assert sla["at_worst"] < sla["attainment"] < 0.9, "700 items of five minutes do not fit into 48 hours"
    assert document["not_sketched"] == [{"queue": "mail", "sla": "soon"}]
    output = words(check(file, "--sketch"))
    assert f"What {document['sketches']} sketches expect" in output
    worst = f"{100 * sla['at_worst']:.1f}% at worst, in the week of 12 October; target 90%, missed in 20 of 20"
    assert worst in output
    assert "mail / soon: not sketched" in output
    assert document["caution"] in output
    assert json.loads(check(file, "--json"))["sketched"] is None
    assert "sketches expect" not in check(file)


def test_slas_of_business_hours_are_left_out_by_name(tmp_path: Path) -> None:
    sla = "{measure: turnaround, within: 4 h, target: 95%, per: week, clock: {hours: Mon-Fri 09:00-17:00}}"
    text = """
name: small
horizon: {{start: 2026-10-05, weeks: 1, timezone: Europe/London, warm_up: 0 days}}
queues: {{mail: {{arrivals: {{per_day: 100}}, handle_time: {{constant: 5 min}}, sla: {{{}}}}}}}
vendors: {{v: {{teams: {{t: {{timezone: UTC, agents: 1, skills: [mail], shift: {{always: true}}}}}}}}}}
"""
    file = tmp_path / "small.yaml"
    file.write_text(text.format(f"4 h: {sla}"))
    output = words(check(file))
    assert "95% within 4 business hours (Mon-Fri 09:00-17:00), per week" in output
    assert "mail / 4 h is left out here, as its clock runs in business hours only; `simcap run`" in output
    file.write_text(text.format(", ".join(f"{name}: {sla}" for name in ("a", "b", "c", "d", "e"))))
    told = "Left out here, as their clocks run in business hours only: mail / a, mail / b, mail / c and 2 more;"
    assert told in words(check(file))


def test_check_compiles_nothing_and_solves_nothing_where_all_fits() -> None:
    code = (
        "import sys; sys.argv = ['simcap', 'check', 'scenarios/baseline.yaml', '--no-sketch']\n"
        "from simcap.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([name for name in ('numba', 'scipy.optimize', 'matplotlib', 'pandas') if name in sys.modules])"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_week_without_anybody_is_not_a_percentage(tmp_path: Path) -> None:
    file = tmp_path / "launch.yaml"
    file.write_text(
        "name: launch\n"
        "horizon: {start: 2026-10-05, weeks: 4, timezone: UTC, warm_up: 0 days}\n"
        "queues: {mail: {arrivals: {per_day: 20}, handle_time: {constant: 6 min}}}\n"
        "vendors:\n"
        "  north:\n"
        "    hiring: {classes: {first: {start: 2026-10-05, team: new, size: 4, training: 2 weeks}}}\n"
        "    teams: {new: {timezone: UTC, agents: 0, skills: [mail], shift: {always: true}}}\n"
    )
    rows = [line.split() for line in check(file).splitlines() if line[:6].strip()[:1].isdigit()]
    assert [row[4] for row in rows[:2]] == ["none", "none"]
    assert all(row[4].endswith("%") for row in rows[2:4])


def test_the_nights_of_a_rota_are_told_together_whatever_the_clocks_do(tmp_path: Path) -> None:
    file = tmp_path / "autumn.yaml"
    file.write_text(
        "name: autumn\nhorizon: {start: 2026-10-19, weeks: 2, timezone: Europe/London}\n"
        "queues: {mail: {arrivals: {per_day: 50}, handle_time: {constant: 1 min}, expires: {after: {PATIENCE}},\n"
        "  sla: {4 h: {measure: wait, within: 4 h, target: 95%, per: week}}}}\n"
        "vendors: {v: {teams: {t: {timezone: Europe/London, agents: 2, skills: [mail],\n"
        "  shift: {days: Mon-Sun, start: '06:00', length: 16 h}}}}}\n"
    )
    text = file.read_text()
    for patience, said in [
        ("constant: 100 h", "its SLA allows 4 h, so 17% is late for certain."),
        ("constant: 1 h", "what waits leaves after 1 h, so 29% is lost for certain."),
        ("uniform: [0 h, 2 h]", "half of what waits has left after 1 h, so 29% is lost for certain."),
    ]:
        file.write_text(text.replace("PATIENCE", patience))
        output = words(check(file))
        assert f"nobody on duty daily 22:00 – 06:00, 15 times from 18 Oct: 34% of its work comes then; {said}" in output
        assert output.count("nobody on duty") == 1
        (line,) = json.loads(check(file, "--json"))["lines"]
        lost = [gap["work_lost_h"] > 0 for gap in line["hours_without_anybody"]]
        assert lost == [gap["work_late_h"] == 0 for gap in line["hours_without_anybody"]] == ["lost" in said] * 15


def test_the_days_of_a_gap_that_comes_a_few_times_are_named(tmp_path: Path) -> None:
    file = tmp_path / "nights.yaml"
    file.write_text(
        "name: nights\nhorizon: {start: 2026-10-20, days: 2, timezone: Europe/London}\n"
        "queues: {mail: {arrivals: {per_day: 50}, handle_time: {constant: 1 min},\n"
        "  sla: {4 h: {measure: wait, within: 4 h, target: 95%, per: day}}}}\n"
        "vendors: {v: {teams: {t: {timezone: Europe/London, agents: 2, skills: [mail],\n"
        "  shift: {days: Mon-Sun, start: '06:00', length: 16 h}}}}}\n"
    )
    output = words(check(file))
    assert "nobody on duty Mon 19 Oct, Tue 20 Oct and Wed 21 Oct, 22:00 – 06:00: " in output


def test_who_responds_to_the_backlog_is_named(path: Path, tmp_path: Path) -> None:
    said = "to the backlog: here as many people come as at the normal one; `simcap run` shows the rest."
    assert said not in words(check(path))
    text = path.read_text()
    for team in ("team-1", "team-3"):
        more = "responds: {to: backlog, normal: 40 h, elasticity: 70%, at_most: 150%}"
        text = text.replace(f"{team}: {{", f"{team}: {{{more}, ")
    (tmp_path / "more.yaml").write_text(text)
    assert f"team-1 and team-3 respond {said}" in words(check(tmp_path / "more.yaml"))


def test_who_responds_to_a_queue_is_named_and_sketched(path: Path, tmp_path: Path) -> None:
    name = "a-queue-of-some-length-04"
    more = "responds: {to: backlog, normal: 40 h, elasticity: 70%, at_most: 150%}"
    file = tmp_path / "more.yaml"
    file.write_text(path.read_text().replace(f"  {name}: {{", f"  {name}: {{{more}, "))
    said = words(check(file, "--sketch"))
    assert "team-1 and team-4 respond to the backlog: here as many people come as at the normal one" in said
    assert "sketches expect" in said
    assert json.loads(check(file, "--sketch", "--json"))["sketched"]["sketches"] > 0
