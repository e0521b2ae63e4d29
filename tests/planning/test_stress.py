"""Shocks: what they do to a desk whose answer is known, and how they are told."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import simcap
from simcap.cli import main
from simcap.errors import ScenarioError
from simcap.planning.changes import Change, absence, attrition, offline, ramp
from simcap.planning.shocks import own_shocks, sites_of, standard_shocks, usual_day
from simcap.planning.stress import lone_skills
from simcap.report.charts.stress import draw_stress
from simcap.report.terminal.stress import hurting, print_stress
from simcap.scenario.reading.derived import derived
from simcap.scenario.reading.loading import Scaling, ScenarioFile, load

PLAN = """
name: two sites
horizon: {start: 2026-10-05, weeks: 3, timezone: UTC, warm_up: 1 day}
simulation: {replications: 2, seed: 3}
queues:
  mail:
    arrivals: {per_day: 480}
    handle_time: {constant: 1 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 95%, per: week}}
  chat:
    arrivals: {per_day: 100}
    handle_time: {constant: 1 min}
    sla: {1 h: {measure: wait, within: 1 h, target: 95%, per: week}}
vendors:
  north:
    attrition: {per_year: 30%}
    shrinkage: {absence: {weekly: [10%, 20%]}, offline: 5%}
    teams:
      day: {timezone: UTC, agents: 12, skills: [mail], shift: {always: true}}
  south:
    attrition: {weibull: {shape: 0.8, scale: 300 weeks}}
    ramp: {start: 60%, reaches: 95%, after: 4 weeks}
    teams:
      lima: {timezone: America/Lima, agents: 12, skills: [chat, mail], shift: {always: true}}
    hiring: {classes: {late: {start: 2026-10-19, team: lima, size: 2, training: 3 days}}}
"""


@pytest.fixture
def file(tmp_path: Path) -> ScenarioFile:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return load(path)


def row(table: pd.DataFrame, shock: str, queue: str) -> pd.Series:
    rows = table[(table["shock"] == shock) & (table["queue"] == queue) & (table["vendor"] == "")]
    assert len(rows) == 1
    return rows.iloc[0]


def test_an_outage_of_the_only_site_costs_what_it_must(file: ScenarioFile, tmp_path: Path) -> None:
    out = tmp_path / "out"
    found = simcap.stress(file, replications=4, out=out, jobs=1)
    # Nobody is on chat for 48 h, so all that comes in the first 47 of them waits too long; the rest of the week is on
    # time. Lima's second day ends at 05:00 UTC of the third, so that day is hurt, too.
    chat = row(found.table, "south Lima down 48 h", "chat")
    assert chat["lost_at_worst"] == pytest.approx(47 / 168, abs=0.03)
    assert chat["lost"] == pytest.approx(47 / 504, abs=0.01)
    assert (chat["worst"], chat["recovers_days"], chat["windows_missed"]) == (pd.Timestamp("2026-10-12"), 1, 1)
    mail = row(found.table, "south Lima down 48 h", "mail")
    assert mail["lost_at_worst"] == 0, "the other site takes it"
    gone = row(found.table, "south gone", "chat")
    assert gone["stressed"] == pytest.approx(1 / 3, abs=0.03)
    assert np.isnan(gone["recovers_days"])
    assert "chat can be worked at south Lima only" in found.failures
    assert any(line.startswith("south Lima: two days without it, and chat / 1 h loses") for line in found.failures)
    assert not any("north" in line for line in found.failures)
    assert not found.left_out
    written = pd.read_csv(out / "tables/stress.csv", keep_default_na=False)
    assert len(written) == len(found.table) == 2 * len(found.shocks)
    assert (out / "charts/stress.png").stat().st_size > 10_000


def test_every_shock_of_a_review_is_there(file: ScenarioFile) -> None:
    day = usual_day(file.scenario)
    assert day == dt.date(2026, 10, 12)
    names = [shock.name for shock in standard_shocks(file, day)]
    assert names == [
        "volume +10%", "volume +20%", "volume +30%", "mail x3 for 2 days", "chat x3 for 2 days",
        "north UTC down 48 h", "north UTC down 5 days", "south Lima down 48 h", "south Lima down 5 days",
        "north gone", "south gone", "attrition doubled", "class late 3 weeks late", "absence doubled for 14 days",
        "new policy on mail", "new policy on chat", "tool 15% slower",
    ]  # fmt: skip
    late = next(shock for shock in standard_shocks(file, day) if shock.name == "class late 3 weeks late").of(file)
    assert not late.scenario.vendors["south"].hiring.classes, "three weeks late is beyond the horizon"
    assert lone_skills(file.scenario) == ["chat can be worked at south Lima only"]
    assert list(sites_of(file.scenario)) == ["north UTC", "south Lima"]


def test_what_is_scaled_is_scaled_after_it_is_drawn(file: ScenarioFile) -> None:
    def leaving(factor: float) -> ScenarioFile:
        return dataclasses.replace(file, scaled=attrition(file, factor))

    north, south = (leaving(2.0).drawn({}).vendors[name].attrition for name in ("north", "south"))
    assert north is not None
    assert south is not None
    assert north.per_year == pytest.approx(1 - 0.7**2)
    assert south.weibull is not None
    assert file.scenario.vendors["south"].attrition.weibull.scale / south.weibull.scale == pytest.approx(2**1.25)  # type: ignore[union-attr]
    drawn = leaving(2.0).drawn({"vendors.north.attrition.per_year": 0.5}).vendors["north"].attrition
    assert drawn is not None
    assert drawn.per_year == pytest.approx(0.75)
    many = dataclasses.replace(file, scaled=(*absence(file, 6.0), *offline(file, 2.0), *ramp(file, 0.5)))
    varied = many.drawn({})
    shrinkage = varied.vendors["north"].shrinkage
    assert shrinkage is not None
    assert shrinkage.absence == pytest.approx((0.6, 0.95)), "nobody is absent more than always"
    assert shrinkage.offline == pytest.approx(0.1)
    assert varied.vendors["south"].ramp.after == pytest.approx(14 * 86400)  # type: ignore[union-attr]
    assert Scaling("x", 3).of(5) == 15


def test_a_patch_is_exact_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN + "uncertain: {vendors.north.attrition.per_year: {uniform: [20%, 40%]}}\n")
    file = load(path)
    kept = derived(file, {"queues": {"mail": {"handle_time": {"constant": "2 min"}}}}, name="slower")
    assert list(kept.scenario.uncertain) == ["vendors.north.attrition.per_year"]
    assert kept.scenario.name == "slower"
    fixed = derived(file, {"vendors": {"north": {"attrition": {"per_year": "10%"}}}})
    assert not fixed.scenario.uncertain
    assert file.scenario.uncertain, "the original is left as it was"
    with pytest.raises(ScenarioError, match=r"vendors\.south\.teams\.lima\.skills\.0: there is no queue 'fax'"):
        derived(file, {"vendors": {"south": {"teams": {"lima": {"skills": ["fax", "mail"]}}}}})
    with pytest.raises(ScenarioError, match="odd: "):
        Change("odd", {"queues": {"mail": {"handle": 3}}}).of(file)


def test_shocks_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text(PLAN)
    path = tmp_path / "mine.yaml"
    path.write_text(
        "strike: {events: {strike: {outage: {vendor: north, from: 2026-10-14, for: 12 h}}}}\n"
        "closed: {events: {closed: {outage: {vendor: south, from: 2026-10-14, for: 12 h}}}}\n"
    )
    words = ["stress", str(tmp_path / "plan.yaml"), "--shocks", str(path), "--only-mine", "-n", "1",
             "--out", str(tmp_path / "out")]  # fmt: skip
    ran = CliRunner().invoke(main, words)
    assert ran.exit_code == 0, ran.output
    assert "Less than half a point anywhere: strike" in ran.output
    found = pd.read_csv(tmp_path / "out/tables/stress.csv", dtype={"vendor": str}, keep_default_na=False)
    assert float(row(found, "closed", "chat")["recovers_days"]) == 0, "it is over on the day after"
    told = json.loads((tmp_path / "out/stress.json").read_text())
    assert (told["seed"], told["replications"]) == (3, 1)


def test_days_of_events_are_those_of_a_users_shock(file: ScenarioFile) -> None:
    strike = {"outage": {"vendor": "north", "from": "2026-10-14 18:00", "for": "12 h"}}
    slow = {"handle_time": {"from": "2026-10-12", "factor": 1.2}}
    one, lasting, other = own_shocks(
        file,
        [
            Change("strike", {"events": {"a": strike}}),
            Change("both", {"events": {"a": strike, "b": slow}}),
            Change("mixed", {"events": {"a": strike}, "vendors": {"north": {"attrition": {"per_year": "40%"}}}}),
        ],
        (),
    )
    assert (one.begin, one.end) == (dt.date(2026, 10, 14), dt.date(2026, 10, 16)), "half of the 15th is hurt"
    assert (lasting.begin, lasting.end) == (dt.date(2026, 10, 12), None)
    assert other.end is None


def test_shocks_that_cannot_be_are_told_before_anything_runs(file: ScenarioFile) -> None:
    wrong = [Change("no chat team", {"vendors": {"south": {"teams": {"lima": {"skills": ["mail"]}}}}})]
    wrong += [Change("volume +10%", {"events": {}}), Change("typo", {"vendr": {}})]
    lines = r"shock no chat team: queues\.chat.*\nshock volume \+10%: a standard shock.*\nshock typo: vendr"
    with pytest.raises(ScenarioError, match=lines):
        simcap.stress(file, shocks=wrong, replications=1)


def test_a_vendor_that_goes_later_is_whole_until_then(file: ScenarioFile) -> None:
    shocks = {shock.name: shock for shock in standard_shocks(file, dt.date(2026, 10, 23))}
    assert shocks["south gone"].of(file).scenario.vendors["south"].hiring.classes, "it has graduated on 22 October"
    shocks = {shock.name: shock for shock in standard_shocks(file, dt.date(2026, 10, 21))}
    assert not shocks["south gone"].of(file).scenario.vendors["south"].hiring.classes


def test_a_shock_that_ends_with_the_horizon(file: ScenarioFile) -> None:
    late = simcap.stress(file, on=dt.date(2026, 10, 24), replications=1, jobs=1)
    policy = row(late.table, "new policy on mail", "mail")
    assert np.isnan(policy["recovers_days"]), "it ends after the horizon"
    assert row(late.table, "north UTC down 48 h", "chat")["recovers_days"] != np.inf


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        (["--only-mine"], None, "--only-mine leaves nothing; give --shocks FILE"),
        (["--on", "2027-01-01"], None, "shocks strike on 2027-01-01, which is outside the horizon"),
        ([], "strike: 3\n", "mine.yaml:1:1: strike: changes nothing; write what a shock changes, as in a scenario"),
        ([], "", "empty"),
        ([], "a: {b: [}\n", "mine.yaml:1"),
    ],
)
def test_bad_words(file: ScenarioFile, tmp_path: Path, words: list[str], text: str | None, said: str) -> None:
    more = list(words)
    if text is not None:
        (tmp_path / "mine.yaml").write_text(text)
        more += ["--shocks", str(tmp_path / "mine.yaml")]
    out = tmp_path / "out"
    ran = CliRunner().invoke(main, ["stress", str(file.folder / "plan.yaml"), "-n", "1", "--out", str(out), *more])
    assert ran.exit_code in (1, 2), ran.output
    assert said in ran.output
    assert not isinstance(ran.exception, (ValueError, KeyError, TypeError, AttributeError))
    assert not out.exists()


def test_what_does_not_stand_out_is_folded_and_drawn_nowhere(
    file: ScenarioFile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def outage(vendor: str) -> dict[str, object]:
        return {"events": {"out": {"outage": {"vendor": vendor, "from": "2026-10-14", "for": "12 h"}}}}

    shocks = [Change("strike", outage("north")), Change("closed", outage("south"))]
    found = simcap.stress(file, shocks=shocks, standard=False, replications=5, jobs=2)
    assert hurting(found)["shock"].tolist() == ["closed"]
    print_stress(found, tmp_path)
    said = capsys.readouterr().out
    assert "1 shock changes nothing that stands out: strike" in said
    halves = (found.table["lost_at_worst_high"] - found.table["lost_at_worst_low"]) / 2
    cases = f"{(halves <= 0.02).sum()} of {len(halves)} cases, a case being an SLA under a shock"
    assert f"The loss in the worst window is known within 2 points (95%) in {cases}" in " ".join(said.split())
    (line,) = [line for line in said.split("\n") if line.startswith("closed")]
    chat = row(found.table, "closed", "chat")
    # Eleven of the 504 hours: what comes in the last hour of the twelve is picked up in time.
    assert chat["lost"] == pytest.approx(11 / 504, abs=0.01)
    assert chat["lost_low"] < chat["lost"] < chat["lost_high"]
    assert line.endswith("at once"), "it is over on the day after"
    assert line.split()[:6] == ["closed", "chat", "/", "1", "h", f"{100 * chat['lost']:.1f}"]
    assert draw_stress(found, tmp_path / "some")
    nothing = dataclasses.replace(found, table=found.table[found.table["shock"] == "strike"], shocks=found.shocks[:1])
    assert draw_stress(nothing, tmp_path / "some") == []
    assert not [*(tmp_path / "some").iterdir()], "no chart of an earlier test stays"
    print_stress(dataclasses.replace(nothing, replications=3), tmp_path)
    assert "3 replications are few" in capsys.readouterr().out
