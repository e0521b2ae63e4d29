"""What a comparison says: service first, then money; nothing that the replications cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from simcap.cli import main
from simcap.experiment.comparison import Comparison
from simcap.report.wording.verdict import verdict
from tests.comparisons import held, write_programme, write_variant


def statement(found: Comparison) -> str:
    """Return all that is said of the variant."""
    return " ".join(sentence for _, told in verdict(found, "other") for sentence in told)


def test_what_gets_worse_comes_first_and_then_nothing_is_saved(tmp_path: Path) -> None:
    found = held(tmp_path, "vendors: {north: {teams: {day: {agents: 1}}}}")
    said = dict(verdict(found, "other"))
    assert list(said) == ["Worse", "Left over", "Cost"]
    worse = said["Worse"][0]
    assert worse.startswith("The risk of missing mail / 1 h in any week rises from 0% to 100% [")
    assert "(not seen in 4 replications, then in all 4 replications), most often in the week of 5 October" in worse
    assert worse.endswith("(also worse at north).")
    assert said["Cost"][0].startswith("Net cost falls by 26.9k USD over the horizon [")
    assert "saves" not in statement(found)


def test_a_saving_is_one_where_nothing_gets_worse(tmp_path: Path) -> None:
    found = held(tmp_path, "vendors: {north: {teams: {few: {agents: 1}}}}")
    assert verdict(found, "other") == [
        ("Service", ("No SLA differs in any replication.",)),
        ("Cost", ("It saves 13.4k USD over the horizon [13.4k, 13.4k].",)),
    ]


def test_a_vendor_that_is_gone_is_named_before_money(tmp_path: Path) -> None:
    found = held(tmp_path, "vendors: {south: null}", "routing: {allocation: null}")
    said = dict(verdict(found, "other"))
    assert next(iter(said)) == "Gone"
    assert said["Gone"] == ("South, which decides 7,920 items in the base, is gone.",)
    assert said["Cost"][0].startswith("Net cost falls by 3.96k USD")
    assert said["Cost"][1] == "South, which had 3.96k of it, is no longer paid."


def test_the_notice_of_a_vendor_that_is_gone_is_not_forgotten(tmp_path: Path) -> None:
    moved = "vendors: {north: null, south: {teams: {far: {agents: 6, skills: [mail, rare]}}}}"
    said = dict(verdict(held(tmp_path, moved, "routing: {allocation: null}"), "other"))
    assert said["Cost"][1].startswith("North, which had ")
    assert said["Cost"][1].endswith(" is no longer paid; what its contract's notice of 30 days costs is not included.")


def test_a_queue_that_is_gone_is_named(tmp_path: Path) -> None:
    found = held(tmp_path, "queues: {rare: null}", "vendors: {north: {teams: {few: null}}}")
    said = dict(verdict(found, "other"))
    arrived = found.base.tables["queues"].query("queue == 'rare' and measure == 'completed' and period == 'horizon'")
    assert said["Gone"] == (f"Rare, of which {arrived['mean'].iloc[0]:.0f} items are decided in the base, is gone.",)
    assert "saves" not in statement(found)


def test_work_that_leaves_undecided_is_a_loss_that_no_sla_shows(tmp_path: Path) -> None:
    slower = "handle_time: {lognormal: {mean: 9 min}}"
    found = held(tmp_path, f"queues: {{mail: {{expires: {{after: {{exponential: 10 min}}}}, {slower}}}}}")
    said = dict(verdict(found, "other"))
    assert "Worse" not in said
    assert "more items of mail expire undecided [" in said["Left over"][0]
    row = found.tables["queues"].query("queue == 'mail' and period == 'horizon'").set_index("measure")["variant"]
    assert f"{row['expired'] / row['arrived']:.1%} of what arrives, 0.0% in the base" in said["Left over"][0]
    assert said["Cost"][0].startswith("Net cost falls by ")


def test_more_can_be_open_than_arrives_over_the_horizon_and_why_is_said(tmp_path: Path) -> None:
    found = held(tmp_path, "vendors: {north: {teams: {few: {agents: 0}}}}")
    (told,) = dict(verdict(found, "other"))["Left over"]
    row = found.tables["queues"].query("queue == 'rare' and period == 'horizon'").set_index("measure")["variant"]
    assert row["open_at_end"] > row["arrived"], "a week of warm-up, and four"
    share = row["open_at_end"] / row["arrived"]
    assert f"{share:.1%} of what arrives over the horizon (earlier items wait, too), 0.0% in the base" in told


def test_what_two_replications_cannot_tell_is_neither_gain_nor_loss(tmp_path: Path) -> None:
    found = held(tmp_path, "queues: {mail: {handle_time: {lognormal: {mean: 9 min}}}}", replications=2)
    said = dict(verdict(found, "other"))
    assert not {"Worse", "Better"} & said.keys()
    assert said["Unclear"][0].startswith("2 replications cannot tell whether these differ: mail / 1 h (-")
    (tmp_path / "single").mkdir()
    single = held(tmp_path / "single", "queues: {mail: {handle_time: {lognormal: {mean: 9 min}}}}", replications=1)
    assert dict(verdict(single, "other"))["Unclear"][0].startswith("One replication cannot tell")


def test_a_saving_that_may_cost_service_is_no_saving(tmp_path: Path) -> None:
    found = held(
        tmp_path, "vendors: {north: {teams: {few: {agents: 1}}}}",
        "queues: {mail: {handle_time: {lognormal: {mean: 9 min}}}}", replications=2,
    )  # fmt: skip
    cost = dict(verdict(found, "other"))["Cost"]
    assert cost[0].startswith("Net cost falls by 13.4k USD")
    assert cost[1] == "Whether service pays for it, 2 replications cannot tell."


NO_SLA = "queues: {mail: {sla: null}, rare: {sla: null}}"
NO_CONTRACT = "vendors: {north: {contract: null}, south: {contract: null}}"


@pytest.mark.parametrize(
    ("base", "variant"),
    [((), (NO_SLA,)), ((NO_SLA,), ()), ((NO_CONTRACT,), ()), ((NO_SLA, NO_CONTRACT), (NO_SLA, NO_CONTRACT))],
    ids=["no SLA in the variant", "no SLA in the base", "no contract in the base", "neither in both"],
)
@pytest.mark.parametrize("explain", [[], pytest.param(["--explain"], marks=pytest.mark.slow)])
def test_nothing_to_hold_against_each_other_is_no_traceback(
    tmp_path: Path, base: tuple[str, ...], variant: tuple[str, ...], explain: list[str]
) -> None:
    write_programme(tmp_path)
    files = [str(write_variant(tmp_path, name, *changes)) for name, changes in (("one", base), ("two", variant))]
    ran = CliRunner().invoke(main, ["compare", *files, "-n", "2", "--out", str(tmp_path / "out"), "-j", "1", *explain])
    assert ran.exit_code == 0, ran.output
    assert "nan" not in ran.output
