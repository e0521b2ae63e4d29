"""Comparisons: nothing differs where nothing was changed, and what differs is told with its risk."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

import simcap
from simcap.cli import main
from simcap.errors import RunError
from simcap.experiment.compare import compare
from simcap.experiment.comparison import Comparison
from simcap.experiment.reading import read_table
from simcap.scenario.reading.loading import load

BASE = """
name: base
horizon: {start: 2026-10-05, weeks: 2, timezone: UTC, warm_up: 1 week}
simulation: {replications: 12, seed: 3}
queues:
  mail:
    arrivals: {per_week: 5600, busyness: {cv: 10%}}
    handle_time: {lognormal: {mean: 5 min, cv: 0.9}}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 95%, per: week}}
  rare:
    arrivals: {per_week: 20}
    handle_time: {constant: 1 min}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 95%, per: week}}
vendors:
  north:
    teams:
      day: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}
      few: {timezone: UTC, agents: 2, skills: [rare], shift: {always: true}}
"""


CONTRACT = """
    contract:
      currency: USD
      price: {per_productive_hour: 20}
      minimum: {hours_per_month: 3000}
"""


def write(folder: Path, name: str, *more: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text("\n".join([f"name: {name}", "extends: base.yaml", *more]) if more else BASE)
    return path


def found(folder: Path, *more: str) -> Comparison:
    files = [load(write(folder, "base")), load(write(folder, "other", *more))]
    return compare(files, folder / "out", jobs=1)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, words), "-j", "1"])


def test_identical_scenarios_differ_by_exactly_nothing(tmp_path: Path) -> None:
    result = found(tmp_path, "description: the same")
    assert result.words == ((),)
    assumed = result.tables.pop("assumptions")
    assert set(assumed["scenario"]) == {"base"}, "only what differs is listed of the others"
    assert set(result.tables) == {"slas", "misses", "queues", "vendors", "teams"}
    for table in result.tables.values():
        assert len(table)
        assert (table["difference"].dropna() == 0).all()


def test_an_idle_team_changes_no_other_item(tmp_path: Path) -> None:
    team = "{timezone: UTC, agents: 5, skills: [rare], shift: {always: true}}"
    result = found(tmp_path, f"vendors: {{south: {{teams: {{idle: {team}}}}}}}")
    mail = result.tables["slas"].query("queue == 'mail'")
    assert len(mail)
    assert (mail["difference"] == 0).all()
    assert set(result.tables["vendors"]["vendor"]) == {"north"}
    assert result.words[0][0].startswith("south: teams idle timezone UTC, agents 5")


def test_pairing_takes_the_noise_away(tmp_path: Path) -> None:
    result = found(tmp_path, "queues: {mail: {arrivals: {per_week: 5640}}}")
    one, other = (run.figures.of("sla", "horizon", None, "attainment")[:, 0, 0] for run in result.results)
    assert one.mean() < 0.999
    assert np.var(other - one, ddof=1) <= (np.var(one, ddof=1) + np.var(other, ddof=1)) / 4
    row = result.tables["slas"].iloc[0]
    assert row[["period", "start"]].tolist() == ["horizon", "2026-10-05"]
    sums = [
        {name: rows[:, 0, 0].sum() for name, rows in run.figures.each("sla", "horizon", None)} for run in result.results
    ]
    before, after = (run["on_time"] / run["decided"] for run in sums)
    assert row[["base", "variant"]].tolist() == pytest.approx([before, after])
    assert row["difference"] == pytest.approx(after - before)
    assert row["ci_high"] < 0
    assert row["lower"] == 1
    assert result.words[0] == ("mail, per_week: 5,600 -> 5,640",)


def test_the_command_tells_what_differs_and_what_it_does(tmp_path: Path) -> None:
    write(tmp_path, "base").write_text(BASE.replace("5600", "4000"))
    variant = write(tmp_path, "fewer", "vendors: {north: {teams: {day: {agents: 2}}}}")
    words = (tmp_path / "base.yaml", variant, "-n", 4, "--out", tmp_path / "out")
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert "north, day, agents: 3 -> 2" in done.output
    assert "The risk of missing mail / 1 h in any week rises from 0% to 100%" in done.output
    misses = pd.read_csv(tmp_path / "out" / "tables" / "misses.csv")
    assert misses.set_index("queue").loc["mail", ["base", "variant", "difference"]].tolist() == [0, 1, 1]
    assert json.loads((tmp_path / "out" / "comparison.json").read_text())["differs"] == {
        "fewer": ["north, day, agents: 3 -> 2"]
    }
    drawn = sorted(path.name for path in (tmp_path / "out" / "charts").iterdir())
    assert drawn == ["decision.png", "decision.svg", "sla-mail.png", "sla-mail.svg"]
    again = run(*words, "--force")
    assert again.exit_code == 0, again.output


def test_the_command_tells_what_sketches_say_of_the_differences(tmp_path: Path) -> None:
    write(tmp_path, "base")
    variant = write(tmp_path, "busier", "queues: {mail: {arrivals: {per_week: 5900}}}")
    out = tmp_path / "out"
    done = run(tmp_path / "base.yaml", variant, "-n", 5, "--sketches", 20, "--no-charts", "--out", out)
    assert done.exit_code == 0, done.output
    rows = read_table(out / "tables" / "precision.csv").query("period == 'horizon' and queue == 'mail'")
    assert rows["difference"].item() < 0
    line = f"mail / 1 h: {100 * rows['difference'].item():+.1f} points ["
    assert "With sketches, 90% intervals" in done.output
    assert line in done.output
    page = (out / "report.html").read_text()
    assert line in page
    assert "Widest 90% interval of a difference, with sketches, over the horizon" in page


def test_sketches_tell_differences_in_cost_where_both_have_a_price(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    base.write_text(BASE.replace("  north:", "  north:" + CONTRACT.rstrip()))
    less = write(tmp_path, "less", "vendors: {north: {contract: {price: {per_productive_hour: 15}, minimum: null}}}")
    free = write(tmp_path, "free", "vendors: {north: {contract: {price: null, minimum: null}}}")
    out = tmp_path / "out"
    done = run(base, less, free, "-n", 3, "--sketches", 10, "--no-charts", "--out", out)
    assert done.exit_code == 0, done.output
    costs = read_table(out / "tables" / "precision.csv").query("measure == 'net_cost'")
    assert costs["scenario"].unique().tolist() == ["less"]
    assert (costs["high"] < 0).all()


def test_other_days_cannot_be_compared(tmp_path: Path) -> None:
    write(tmp_path, "base")
    variant = write(tmp_path, "longer", "horizon: {weeks: 3, timezone: Europe/London}")
    done = run(tmp_path / "base.yaml", variant, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "longer: horizon: length in days is 21, that of base is 14" in done.output
    assert "timezone is Europe/London, that of base is UTC" in done.output
    assert not (tmp_path / "out").exists()


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "base")
    done = run(path, path, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "base: two scenarios have this name" in done.output


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    variant = write(tmp_path, "other", "description: the same")
    done = run(write(tmp_path, "base"), variant, "--out", tmp_path / "out", "--force")
    assert done.exit_code == 1
    assert "left alone" in done.output
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_cost_is_compared_and_told(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    base.write_text(BASE + CONTRACT)
    fewer = write(tmp_path, "fewer", "vendors: {north: {teams: {few: {agents: 1}}}}")
    ran = CliRunner().invoke(main, ["compare", str(base), str(fewer), "-n", "4", "--out", str(tmp_path / "out")])
    assert ran.exit_code == 0, ran.output
    # One agent less round the clock for two weeks: 336 h at 20 USD; of the 14 days, the minimum owes 1,354.84 h.
    assert "It saves 6.5k USD over the horizon [6.5k, 6.5k]." in ran.output
    table = pd.read_csv(tmp_path / "out/tables/vendors.csv", keep_default_na=False)
    row = table[(table["measure"] == "net_cost") & (table["period"] == "horizon") & (table["vendor"] == "")].iloc[0]
    assert (row["base"], row["variant"], row["lower"]) == (33_600, 26_880 + 216.80, 1)


def test_two_currencies_are_refused(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    base.write_text(BASE + CONTRACT)
    other = write(tmp_path, "other", "vendors: {north: {contract: {currency: EUR}}}")
    ran = CliRunner().invoke(main, ["compare", str(base), str(other), "-n", "2", "--out", str(tmp_path / "out")])
    assert ran.exit_code == 1
    assert "other: contracts are in EUR, those of base in USD; give all in one currency" in ran.output
    assert not (tmp_path / "out").exists()


def test_each_difference_is_told_for_itself(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    base.write_text(BASE + CONTRACT)
    both = write(
        tmp_path,
        "both",
        "queues: {mail: {handle_time: {lognormal: {mean: 5.2 min}}}}",
        "vendors: {north: {teams: {few: {agents: 1}}}}",
    )
    files = [load(base), load(both)]
    table = compare(files, tmp_path / "out", replications=6, jobs=1, explain=True).tables["explained"]
    effects = table.pivot_table("effect", ["difference"], ["queue", "sla", "measure"], sort=False)
    slower, fewer, together, rest = effects.to_numpy()
    assert list(effects.index) == [
        "mail, handle_time, lognormal, mean: 5 min -> 5.2 min",
        "north, few, agents: 2 -> 1",
        "all together",
        "only together",
    ]
    np.testing.assert_allclose(slower + fewer + rest, together, atol=1e-9)
    columns = {key: place for place, key in enumerate(effects.columns)}
    mail, rare, cost = (columns[key] for key in (("mail", "1 h", "attainment"), ("rare", "1 h", "attainment"),
                                                  ("", "", "net_cost")))  # fmt: skip
    assert slower[mail] < 0 == fewer[mail], "one agent less on rare items changes nothing for mail"
    assert slower[rare] == 0 == slower[cost]
    assert fewer[cost] == pytest.approx(-6503.2)
    assert rest == pytest.approx(0, abs=1e-9), "the two do not touch"


def test_differences_that_make_no_scenario_alone_are_told_as_one(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    split = write(
        tmp_path,
        "split",
        "routing: {allocation: {mail: {north: 50%, south: 50%}}}",
        "vendors: {south: {teams: {s: {timezone: UTC, agents: 3, skills: [mail], shift: {always: true}}}}}",
        "queues: {mail: {handle_time: {lognormal: {cv: 0.5}}}}",
    )
    table = compare([load(base), load(split)], tmp_path / "out", replications=2, jobs=1, explain=True)
    names = list(dict.fromkeys(table.tables["explained"]["difference"]))
    assert len(names) == 4
    joint = next(name for name in names if "allocation" in name)
    assert joint.startswith("south: teams s "), "a split needs the vendor that it names"


def test_what_is_drawn_stays_drawn_when_it_is_told_alone(tmp_path: Path) -> None:
    write(tmp_path, "base")
    drawn = "uncertain: {queues.mail.handle_time.lognormal.mean: {uniform: [4 min, 6 min]}}"
    one, other = write(tmp_path, "one", drawn), tmp_path / "two.yaml"
    other.write_text("name: two\nextends: one.yaml\nqueues: {mail: {handle_time: {lognormal: {mean: 2 min}}}}\n")
    table = compare([load(one), load(other)], tmp_path / "out", replications=2, jobs=1, explain=True)
    assert (table.tables["explained"]["effect"] == 0).all(), "both draw it, whatever is written"


def test_windows_of_one_sla_are_the_same(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    daily = write(tmp_path, "daily", "queues: {mail: {sla: {1 h: {per: day}}}}")
    ran = run(base, daily, "--out", tmp_path / "out")
    assert ran.exit_code == 1
    assert "daily: mail / 1 h is per day, in base per week; give it the same windows" in ran.output


def test_an_sla_of_another_name_is_not_held_against_anything(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    sla = "{measure: turnaround, within: 1 h, target: 95%, per: week}"
    renamed = write(tmp_path, "renamed", f"queues: {{mail: {{sla: {{1 h: null, sixty: {sla}}}}}, rare: {{sla: null}}}}")
    ran = run(base, renamed, "--out", tmp_path / "out", "-n", "2", "--precision", "1%")
    assert ran.exit_code == 0, ran.output
    assert "They have no SLA and no price in common" in ran.output


SECOND = """
  south:
    contract: {currency: USD, price: {per_productive_hour: 30}}
    teams: {far: {timezone: UTC, agents: 2, skills: [mail, rare], shift: {always: true}}}
"""


def test_a_vendor_that_is_gone_is_no_longer_paid(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    base.write_text(BASE.replace("  north:\n", f"  north:{CONTRACT}") + SECOND)
    ran = run(base, write(tmp_path, "other", "vendors: {south: null}"), "--out", tmp_path / "out", "-n", "3")
    assert ran.exit_code == 0, ran.output
    costs = pd.read_csv(tmp_path / "out/tables/vendors.csv", keep_default_na=False)
    costs = costs[(costs["measure"] == "net_cost") & (costs["period"] == "horizon")].set_index("vendor")
    assert costs.loc["south", "base"] == pytest.approx(2 * 336 * 30, rel=1e-3)
    assert costs.loc["south", "variant"] == 0
    assert costs.loc["", "difference"] == pytest.approx(
        costs.loc["south", "difference"] + costs.loc["north", "difference"]
    )


def test_one_variant_without_a_price_leaves_the_others_theirs(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    base.write_text(BASE.replace("  north:\n", f"  north:{CONTRACT}") + SECOND)
    cheap = write(tmp_path, "cheap", "vendors: {south: {contract: {price: {per_productive_hour: 20}}}}")
    free = write(tmp_path, "free", "vendors: {south: {contract: {price: null}}}")
    none = write(tmp_path, "none", "vendors: {south: {contract: null}, north: {contract: null}}")
    ran = run(base, cheap, free, none, "--out", tmp_path / "out", "-n", "3")
    assert ran.exit_code == 0, ran.output
    words = " ".join(ran.output.split())
    assert words.count("It saves 6") == 1
    assert "Its net cost cannot be compared with the base's, as only one of them has a price for south" in words
    assert "Its net cost cannot be compared with the base's, as only one of them has a price." in words
    assert "nan" not in ran.output


def test_what_is_not_known_is_a_dash_and_precision_is_told_of_what_is(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    base.write_text(
        BASE.replace("{per_week: 20}", "{per_week: 0}").replace("target: 95%, per: week", "target: 95%, per: month")
    )
    ran = run(base, write(tmp_path, "other", "queues: {mail: {handle_time: {lognormal: {mean: 5.2 min}}}}"),
              "--out", tmp_path / "out", "-n", "3")  # fmt: skip
    assert ran.exit_code == 0, ran.output
    assert "nan" not in ran.output
    (rare,) = [line for line in ran.output.splitlines() if line.startswith("rare")]
    assert rare.split()[-7:] == ["–"] * 7
    points = pd.read_csv(tmp_path / "out/tables/slas.csv").query("period == 'horizon'")
    half = 100 * ((points["ci_high"] - points["ci_low"]) / 2).max()
    assert f"Widest interval of a difference over the horizon: ±{half:.2g} points." in ran.output


@pytest.mark.slow
def test_a_precision_that_is_not_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simcap.experiment.compare.MAX_REPLICATIONS", 4)
    base = write(tmp_path, "base")
    slower = write(tmp_path, "slower", "queues: {mail: {handle_time: {lognormal: {mean: 5.2 min}}}}")
    ran = run(base, slower, "--out", tmp_path / "out", "-n", "3", "--precision", "0.01%")
    assert "±0.01 was asked for, but not reached with 4 replications, the most allowed" in ran.output
    single = compare([load(base), load(slower)], tmp_path / "o", replications=1, jobs=1)
    assert single.width == math.inf


@pytest.mark.parametrize("wrong", [{"replications": 0}, {"precision": 0.0}, {"precision": 1.5}])
def test_an_argument_that_makes_no_question(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        simcap.compare(write(tmp_path, "base"), write(tmp_path, "other"), **wrong)  # type: ignore[arg-type]


def test_a_precision_needs_two_replications(tmp_path: Path) -> None:
    files = [load(write(tmp_path, "base")), load(write(tmp_path, "other", "queues: {rare: {sla: null}}"))]
    assert compare(files, tmp_path / "out", replications=1, precision=0.5, jobs=1).base.replications >= 2


def test_replications_are_added_until_it_is_known_well_enough(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    slower = write(tmp_path, "slower", "queues: {mail: {handle_time: {lognormal: {mean: 5.2 min}}}}")
    files = [load(base), load(slower)]
    few = compare(files, tmp_path / "out", replications=4, jobs=1)
    more = compare(files, tmp_path / "out", replications=4, precision=few.width / 2, jobs=1)
    assert more.width <= few.width / 2
    assert 12 <= more.base.replications < 200
    rows = more.tables["slas"].query("period == 'horizon'")
    assert ((rows["ci_high"] - rows["ci_low"]) / 2).max() == pytest.approx(more.width)
    again = CliRunner().invoke(main, ["compare", *map(str, (base, slower)), "-n", "2", "--precision", "120%"])
    assert again.exit_code == 2
    assert "120% is not between 0% and 100%" in again.output


def test_files_of_other_folders_do_not_differ_by_their_paths(tmp_path: Path) -> None:
    base = write(tmp_path, "base")
    (tmp_path / "profile.csv").write_text("hour,rate\n" + "".join(f"{hour},1\n" for hour in range(24)))
    base.write_text(BASE.replace("busyness: {cv: 10%}", "profile: profile.csv"))
    (tmp_path / "below").mkdir()
    other = tmp_path / "below/other.yaml"
    other.write_text("name: other\nextends: ../base.yaml\n")
    found = compare([load(base), load(other, allow_outside=True)], tmp_path / "out", replications=2, jobs=1)
    assert found.words == ((),)


def test_fewer_replications_read_those_that_are_there(tmp_path: Path) -> None:
    base, other = write(tmp_path, "base"), write(tmp_path, "other", "routing: {rule: earliest_due}")
    third = write(tmp_path, "third", "routing: {rule: longest_wait}")
    out = tmp_path / "out"
    run(base, other, "--out", out, "-n", 4)
    fewer = run(base, other, third, "--out", out, "-n", 2)
    assert fewer.exit_code == 0, fewer.output
    whose = "the base and other"
    assert fewer.stderr == f"simcap: {out} holds 4 replications of {whose}; all are used. Use --force for only 2\n"
    again = run(base, other, "--out", out, "-n", 2)
    assert f"simcap: {out} holds 4 replications of these runs; all are used." in again.stderr
    kept = {path.name: len(list((path / "replications").iterdir())) for path in (out / "runs").iterdir()}
    assert kept == {"base": 4, "other": 4, "third": 4}
    forced = run(base, other, "--out", out, "-n", 2, "--force")
    assert forced.stderr == ""
    assert len(list((out / "runs/base/replications").iterdir())) == 2


def test_a_variant_that_was_changed_is_run_again(tmp_path: Path) -> None:
    base, out = write(tmp_path, "base"), tmp_path / "out"
    other = write(tmp_path, "other", "routing: {rule: earliest_due}")
    run(base, other, "--out", out, "-n", 2)
    kept = {path: path.read_bytes() for path in (out / "runs/base").rglob("*") if path.is_file()}
    other = write(tmp_path, "other", "vendors: {north: {teams: {day: {agents: 2}}}}")
    again = run(base, other, "--out", out, "-n", 2)
    assert again.exit_code == 0, again.output
    assert again.stderr == f"simcap: other has changed since its run in {out} and was run again\n"
    assert {path: path.read_bytes() for path in (out / "runs/base").rglob("*") if path.is_file()} == kept
    fresh = run(base, other, "--out", tmp_path / "fresh", "-n", 2)
    assert fresh.exit_code == 0
    assert (out / "tables/slas.csv").read_bytes() == (tmp_path / "fresh/tables/slas.csv").read_bytes()
    assert run(base, other, "--out", out, "-n", 2).stderr == ""


def test_a_base_that_was_changed_is_not_replaced(tmp_path: Path) -> None:
    base, out = write(tmp_path, "base"), tmp_path / "out"
    other = write(tmp_path, "other", "routing: {rule: earliest_due}")
    run(base, other, "--out", out, "-n", 2)
    base.write_text(BASE.replace("agents: 3", "agents: 4"))
    refused = run(base, other, "--out", out, "-n", 2)
    assert refused.exit_code != 0
    words = f"{out}/runs/base: holds a run of the scenario as it was before it was changed; use --force to replace it"
    assert words in refused.stderr
    seeded = run(write(tmp_path, "base"), other, "--out", out, "-n", 2, "--seed", 9)
    assert f"{out}/runs/base: holds a run of another seed; use --force" in seeded.stderr


def test_without_charts_those_of_another_comparison_go(tmp_path: Path) -> None:
    base, out = write(tmp_path, "base"), tmp_path / "out"
    slower = write(tmp_path, "slower", "vendors: {north: {teams: {day: {agents: 2}}}}")
    assert f"Charts   {out / 'charts'}" in run(base, slower, "--out", out, "-n", 2).stdout
    third = run(base, write(tmp_path, "third", "description: the same"), "--out", out, "-n", 2, "--no-charts")
    assert "Charts" not in third.stdout
    assert not (out / "charts").exists()


def test_what_a_run_of_it_could_not_write_is_compared_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RunError("out: cannot be written (No space left on device)")

    monkeypatch.setattr("simcap.experiment.store.Store.whole", full)
    done = run(write(tmp_path, "base"), write(tmp_path, "other", "simulation: {}"), "-n", 2, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "nothing differs" in done.output
    assert "No space left on device" in done.output
    assert not (tmp_path / "out").exists()


def test_once_a_run_could_not_be_written_the_others_are_not_kept_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def full(*words: object) -> None:
        tried.append(words)
        raise RunError("out: cannot be written (No space left on device)")

    monkeypatch.setattr("simcap.experiment.store.Store.whole", full)
    base, other = write(tmp_path, "base"), write(tmp_path, "other", "vendors: {north: {teams: {day: {agents: 2}}}}")
    done = run(base, other, "-n", 2, "--out", tmp_path / "out")
    assert len(tried) == 1
    monkeypatch.undo()
    again = run(base, other, "-n", 2, "--out", tmp_path / "out", "--no-charts")
    assert done.stdout.splitlines()[:12] == again.stdout.splitlines()[:12]


def test_a_part_of_a_run_that_was_being_removed_is_swept_away(tmp_path: Path) -> None:
    left = tmp_path / ".out.unfinished" / "runs" / "base"
    (left / "tables").mkdir(parents=True)
    (left / "tables" / "sla.csv").write_text("queue\n")
    files = [load(write(tmp_path, "base")), load(write(tmp_path, "other", "description: the same"))]
    compare(files, tmp_path / "out", replications=1)
    assert not (tmp_path / ".out.unfinished").exists()
    assert (tmp_path / "out" / "runs" / "base" / "manifest.json").exists()
