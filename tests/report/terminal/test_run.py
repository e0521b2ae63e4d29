"""What the terminal says: every line of it, in a pipe and on a narrow screen."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simcap.cli.plain import write_plainly
from simcap.experiment.results import Results
from simcap.report.terminal.run import WIDEST, print_results
from simcap.report.wording.sentences import RiskText, describe_risks
from simcap.report.wording.worst import worst_risks
from tests.report.made import BASE, changed, made, many


def one_queue(**changes: Any) -> dict[str, Any]:
    """Return a scenario with one weekly SLA."""
    queues = {"listings": BASE["queues"]["listings"]}
    return changed(queues=queues, routing={}, events={}, **changes)


def missing(weeks: dict[int, tuple[int, float]], replications: int = 20) -> Results:
    """Return results in which so many replications attain so much in some weeks, and 97% in all others."""
    attainment = np.full((replications, 13), 0.97)
    for week, (count, share) in weeks.items():
        attainment[:count, week] = share
    return made(one_queue(), replications, attainment=attainment, items=10_000)


def sentences(results: Results) -> list[str]:
    """Return what is told of the SLAs."""
    return [told.sentence for told in describe_risks(results) if "missed" in told.sentence]


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that prints results to a pipe and returns the lines."""
    monkeypatch.delenv("COLUMNS", raising=False)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)

    def lines(results: Results, folder: Path = tmp_path) -> list[str]:
        print_results(results, folder)
        return capsys.readouterr().out.split("\n")

    return lines


# -- sentences --------------------------------------------------------------------------------------------------------


def test_one_week_at_risk() -> None:
    assert sentences(missing({5: (15, 0.90)})) == [
        (
            "listings / 4 h is likely to be missed in the week of 9 November (75% [53%, 89%]): "
            "about 500 more items would be late than the SLA allows."
        )
    ]


def test_weeks_of_one_sla_are_told_together() -> None:
    assert sentences(missing({5: (15, 0.90), 6: (12, 0.93), 8: (4, 0.94)})) == [
        (
            "listings / 4 h is likely to be missed in 2 of 13 weeks, above all in that of 9 November (75% [53%, 89%]), "
            "and is at risk in 1 more week: about 500 more items would be late that week than the SLA allows."
        )
    ]


def test_every_week_missed() -> None:
    assert sentences(missing({week: (20, 0.5 + week / 100) for week in range(13)})) == [
        (
            "listings / 4 h will almost certainly be missed in all 13 weeks, above all in that of 5 October "
            "(100% [84%, 100%]): about 4,500 more items would be late that week than the SLA allows."
        )
    ]


def test_one_replication_is_no_certainty() -> None:
    told = sentences(missing({5: (1, 0.90)}, replications=1))
    assert told == [
        (
            "listings / 4 h is likely to be missed in the week of 9 November (100% [21%, 100%]): "
            "about 500 more items would be late than the SLA allows."
        )
    ]


def test_dates_of_a_long_horizon_have_their_year() -> None:
    document = one_queue(horizon={**BASE["horizon"], "weeks": 60})
    attainment = np.full((20, 60), 0.97)
    attainment[:15, 57] = 0.90
    assert "in the week of 8 November 2027" in sentences(made(document, attainment=attainment))[0]


def test_a_team_below_plan() -> None:
    results = made(one_queue(), attainment=0.97)
    told = [risk.sentence for risk in describe_risks(results) if risk.sentence.startswith("krakow")]
    assert len(told) == 1
    assert "more than 10% below its planned headcount in the week of" in told[0]
    assert told[0].endswith("agents short.")


# -- the whole --------------------------------------------------------------------------------------------------------


def test_table(printed: Any) -> None:
    lines = printed(missing({5: (15, 0.90), 8: (4, 0.94)}))
    assert lines[0] == "Q4 baseline"
    assert lines[1] == "20 replications of 13 weeks, 5 October 2026 to 3 January 2027 (Europe/London)"
    assert lines[3].split() == ["Queue", "SLA", "Expected", "90%", "band", "At", "risk", "Any", "miss"]
    assert (
        lines[5] == "● listings  95% within 4 h, per week     96.6%  96.2–97.0%  2 of 13, first 9 Nov  75% [53%, 89%]"
    )


def test_a_vendor_stands_below_its_queue(printed: Any) -> None:
    lines = printed(made(changed(), attainment=0.97))
    assert [line.split("  ")[0] for line in lines[5:9]] == ["○ listings", "", "", "○ appeals"]
    assert lines[6].startswith("  ○ north ")
    assert "0 of 13" in lines[6]


def test_marks_are_legible_without_colour(printed: Any) -> None:
    safe, watched, likely = (printed(missing(weeks))[5][0] for weeks in ({}, {5: (4, 0.90)}, {5: (15, 0.90)}))
    assert (safe, watched, likely) == ("○", "◐", "●")


def test_no_items(printed: Any) -> None:
    lines = printed(made(one_queue(), items=0.0))
    assert lines[5].split() == ["listings", "95%", "within", "4", "h,", "per", "week", "–", "–", "no", "items", "–"]


def test_no_whole_window(printed: Any) -> None:
    lines = printed(made(changed(horizon={**BASE["horizon"], "weeks": 2}), attainment=0.97))
    row = next(line for line in lines if "appeals" in line)
    assert "no whole month" in row
    assert row.endswith("–")


def test_no_sla_and_no_risk(printed: Any) -> None:
    queue = {key: value for key, value in BASE["queues"]["listings"].items() if key != "sla"}
    document = changed(queues={"listings": queue}, routing={}, events={}, horizon={**BASE["horizon"], "weeks": 1})
    document["vendors"] = {"north": {**BASE["vendors"]["north"], "hiring": {}}}
    results = made(document, 3)
    results.tables["risks"] = results.tables["risks"].iloc[:0]
    text = "\n".join(printed(results))
    assert "No queue has an SLA." in text
    assert "No SLA, lost-work, headcount or occupancy risk was seen in 3 replications; what they" in text
    assert "with a chance of up to 56%." in text
    few = made(document, 40)
    few.tables["risks"] = few.tables["risks"].iloc[:0]
    assert "No SLA, lost-work, headcount or occupancy risk was found." in "\n".join(printed(few))


def losing(share: float, **changes: Any) -> Results:
    """Return results of one weekly SLA of a queue of which a share leaves undecided every week."""
    document = one_queue(**changes)
    document["queues"]["listings"] = {
        **document["queues"]["listings"],
        "expires": {"after": {"exponential": "2 min"}},
    }
    return made(document, attainment=0.97, expired=share)


def test_what_left_undecided_stands_beside_attainment(printed: Any) -> None:
    lines = printed(losing(0.3))
    assert lines[3].split()[-1] == "Undecided"
    assert lines[5].split()[0] == "◐"
    assert lines[5].endswith("30.0%")
    assert "Undecided: the share that left undecided (in a call centre: abandonment)" in " ".join(lines)
    told = [line for line in lines if "lose work" in line]
    assert "listings will almost certainly lose work in the week of" in told[0]
    usual = printed(losing(0.03))
    assert usual[5].split()[0] == "○"
    assert usual[5].endswith("3.0%")
    assert "Undecided" not in " ".join(printed(losing(0.0)))


def test_a_narrow_terminal_shows_what_left_undecided(printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = printed(losing(0.3))
    assert any(line.endswith("; undecided 30.0%") for line in lines)


def test_eight_likely_misses_at_most_and_what_the_others_are(printed: Any) -> None:
    lines = printed(made(many(10, 3, 1), attainment=0.90))
    numbers = [line.split(".")[0] for line in lines if line[:1].isdigit() and line[1:2] == "."]
    assert numbers[:8] == [str(number) for number in range(1, 9)]
    rest = next(line for line in lines if "more in tables/risks.csv" in line)
    assert "queue-08 / 4 h, queue-09 / 4 h" in rest


def test_notes_and_what_was_taken_as_neutral(printed: Any) -> None:
    notes = tuple(f"note {number}" for number in range(10))
    lines = printed(made(many(1, 1, 1), 2, attainment=0.97, notes=notes))
    assert "– note 7" in lines
    assert "– note 8" not in lines
    assert "  and 2 more in summary.json" in lines
    assert "– attrition: nobody leaves (all teams)" in lines


def priced() -> dict[str, Any]:
    """Return a scenario whose vendors both have a price."""
    document = changed()
    for vendor in document["vendors"].values():
        vendor["contract"] = {"currency": "EUR", "price": {"per_productive_hour": 20}}
    return document


def test_costs_by_vendor_and_month(printed: Any) -> None:
    lines = printed(made(priced()))
    first = lines.index(next(line for line in lines if line.startswith("Cost, EUR")))
    names = [line.split("  ")[0] or line.strip().split("  ")[0] for line in lines[first + 1 : first + 16]]
    months = ["October (27 of 31 days)", "November", "December", "January (3 of 31 days)"]
    assert names == ["north", *months, "south", *months, "all", *months]
    price, given, net, band, each = lines[first + 1].split()[1:]
    assert 394_000 < float(price.replace(",", "")) < 406_000
    assert float(given.replace(",", "")) == pytest.approx(4_000, rel=0.02)
    assert float(net.replace(",", "")) == pytest.approx(396_000, rel=0.02)
    low, high = (float(part.replace(",", "")) for part in band.split("–"))
    assert 380_000 < low < 395_000 < 397_000 < high < 412_000
    assert float(each) == pytest.approx(0.5, abs=0.01)


def test_what_has_no_price_is_told(printed: Any) -> None:
    document = priced()
    document["vendors"]["south"]["contract"]["price"] = {"per_item": {"appeals": [{"at": 1}]}}
    del document["vendors"]["north"]["contract"]["price"]
    lines = printed(made(document))
    assert "– price: no cost is known (north)" in lines
    assert "– price: south's decisions cost nothing on listings" in lines
    assert not any(line.startswith("all ") for line in lines), "a single vendor is all there is"
    assert not any(line.startswith("Cost") for line in printed(made(changed())))


def test_paths(printed: Any, tmp_path: Path) -> None:
    assert printed(made(one_queue(), 1), tmp_path)[-2].split() == ["Results", str(tmp_path)]
    (tmp_path / "charts").mkdir()
    assert printed(made(one_queue(), 1), tmp_path)[-2].split() == ["Charts", str(tmp_path / "charts")]


def test_a_pipe_has_no_colour_no_trailing_blanks_and_a_sane_width(printed: Any) -> None:
    lines = printed(made(changed(), notes=("a note " * 40,)))
    assert "\x1b" not in "".join(lines)
    assert max(map(len, lines)) <= WIDEST
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("columns", [40, 50, 60])
def test_narrow_terminals_lose_nothing(columns: int, printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = printed(made(changed(), attainment=0.9), Path("out"))
    assert max(map(len, lines)) <= columns
    assert lines[lines.index("● listings (north)") :][:3] == [
        "● listings (north)",
        "  95% within 4 h, per week",
        "  expected 90.0%, 90% band 90.0%",
    ]
    assert "…" not in "".join(lines)


def test_long_names_fold(printed: Any) -> None:
    name = "a-queue-with-a-name-that-nobody-would-want-to-read-aloud-in-a-meeting"
    lines = printed(made(changed(queues={name: BASE["queues"]["listings"]}, routing={}, events={}), attainment=0.97))
    assert max(map(len, lines)) <= WIDEST
    column = "".join(line[2:28].strip() for line in lines[5:12])
    assert "…" not in column


def test_an_encoding_without_the_marks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    write_plainly(sys.stdout)
    print_results(missing({5: (15, 0.90)}), tmp_path)
    sys.stdout.flush()
    written = raw.getvalue().decode("ascii")
    assert "# listings" in written
    assert "?" not in written


def test_colour_where_it_is_asked_for(printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = "\n".join(printed(missing({5: (15, 0.90)})))
    assert "\x1b[31m●" in text


def told(kind: str, probability: float, name: str) -> RiskText:
    return RiskText(kind, probability, name, "", name)


def test_the_worst_of_each_kind_is_among_the_five_when_it_is_likely() -> None:
    misses = [told("sla_miss", 0.9 - n / 5, f"miss {n}") for n in range(5)]
    thin, busy = told("headcount", 0.8, "thin"), told("occupancy", 0.3, "busy")
    assert [risk.sentence for risk in worst_risks([*misses, thin, busy])] == [
        "miss 0",
        "miss 1",
        "miss 2",
        "miss 3",
        "thin",
    ]
    assert worst_risks(misses[:2]) == misses[:2]


def test_no_busy_team_hides_an_sla_that_is_likely_to_be_missed() -> None:
    misses = [told("sla_miss", 1 - n / 20, f"miss {n}") for n in range(10)]
    lost, thin, busy = told("work_lost", 0.6, "lost"), told("headcount", 0.8, "thin"), told("occupancy", 0.9, "busy")
    shown = [risk.sentence for risk in worst_risks([*misses, lost, thin, busy])]
    assert shown == [*(f"miss {n}" for n in range(7)), "lost", "thin", "busy"], "of service eight at most"
    unlikely = [told("sla_miss", 0.2, f"rare {n}") for n in range(3)]
    shown = [risk.sentence for risk in worst_risks([*misses[:6], *unlikely, busy])]
    assert shown == [*(f"miss {n}" for n in range(6)), "busy"]
