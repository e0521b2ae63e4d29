"""The run command: what it leaves on disk, what it does when it cannot."""

from __future__ import annotations

import filecmp
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet

from simcap.cli import main
from simcap.experiment.replicate import Outcome
from simcap.experiment.store import Store

SMALL = """
name: small
horizon: {start: 2026-10-05, weeks: 1, timezone: Europe/London, warm_up: 1 days}
simulation: {replications: 3, seed: 4}
queues:
  mail:
    arrivals: {per_day: 300}
    handle_time: {lognormal: {mean: 60 s, cv: 1}}
    sla: {1 h: {measure: turnaround, within: 1 h, target: 90%, per: week}}
vendors:
  v:
    attrition: {per_year: 40%}
    teams:
      t:
        timezone: Europe/London
        agents: 4
        skills: [mail]
        shift: {days: Mon-Sun, start: "08:00", length: 10 h}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["run", *map(str, words), "--no-charts", "--jobs", "1"])


def test_run_leaves_the_files_of_the_design(scenario: Path, tmp_path: Path) -> None:
    result = run(scenario, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "mail" in result.output
    assert str(tmp_path / "out") in result.output.replace("\n", "")
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    tables = {f"tables/{name}.csv" for name in ("queues", "teams", "vendors", "sla", "risks")}
    assert {"manifest.json", "summary.json", "replications.parquet"} | tables <= found
    sla = pd.read_csv(tmp_path / "out/tables/sla.csv")
    assert list(sla.columns[:9]) == [
        "queue", "vendor", "sla", "target", "period", "start", "attainment", "ci_low", "ci_high",
    ]  # fmt: skip
    assert set(sla["period"]) == {"horizon", "month", "week"}
    assert sla[sla["period"] == "month"]["miss_probability"].isna().all()


def test_tables_are_what_the_replications_say(scenario: Path, tmp_path: Path) -> None:
    run(scenario, "--out", tmp_path / "out")
    rows = pd.read_parquet(tmp_path / "out/replications.parquet")
    values = rows[(rows["measure"] == "arrived") & (rows["period"] == "week")]["value"]
    queues = pd.read_csv(tmp_path / "out/tables/queues.csv")
    row = queues[(queues["measure"] == "arrived") & (queues["period"] == "week")].iloc[0]
    assert len(values) == 3
    assert row["mean"] == pytest.approx(values.mean())
    assert row["p75"] == pytest.approx(np.percentile(values, 75))


def test_same_bytes_whatever_the_number_of_processes(scenario: Path, tmp_path: Path) -> None:
    for jobs in (1, 2):
        done = CliRunner().invoke(
            main, ["run", str(scenario), "--out", str(tmp_path / f"j{jobs}"), "--jobs", str(jobs), "--no-charts"]
        )
        assert done.exit_code == 0, done.output
    files = [str(path.relative_to(tmp_path / "j1")) for path in (tmp_path / "j1").rglob("*") if path.is_file()]
    _, different, missing = filecmp.cmpfiles(tmp_path / "j1", tmp_path / "j2", files, shallow=False)
    assert (different, missing) == ([], [])


def test_a_run_is_extended_and_equals_one_in_one_go(scenario: Path, tmp_path: Path) -> None:
    run(scenario, "--out", tmp_path / "steps", "-n", 2)
    run(scenario, "--out", tmp_path / "steps", "-n", 4)
    run(scenario, "--out", tmp_path / "whole", "-n", 4)
    for name in ("summary.json", "replications.parquet", "tables/sla.csv"):
        assert (tmp_path / "steps" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_fewer_replications_read_those_that_are_there(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(scenario, "--out", out, "-n", 4)
    before = {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}
    fewer = run(scenario, "--out", out, "-n", 2, "--json")
    assert fewer.exit_code == 0
    assert json.loads(fewer.stdout)["replications"] == 4
    assert fewer.stderr == (f"simcap: {out} holds 4 replications of this run; all are used. Use --force for only 2\n")
    assert {path: path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()} == before
    forced = run(scenario, "--out", out, "-n", 2, "--json", "--force")
    assert json.loads(forced.stdout)["replications"] == 2
    assert forced.stderr == ""
    assert len(list((out / "replications").iterdir())) == 2


def test_a_shorter_run_leaves_what_a_longer_one_has_kept(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, kept = tmp_path / "out", tmp_path / ".out.partial"
    keep = Store.keep

    def stop(self: Store, outcome: Outcome) -> None:
        keep(self, outcome)
        if outcome.replication == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "keep", stop)
        assert run(scenario, "--out", out, "-n", 9).exit_code == 130
    assert len(list(kept.glob("*.npz"))) == 5
    assert run(scenario, "--out", out, "-n", 2).exit_code == 0
    assert sorted(path.name for path in kept.glob("*.npz")) == ["00002.npz", "00003.npz", "00004.npz"]
    run(scenario, "--out", out, "-n", 6)
    assert not kept.exists()
    run(scenario, "--out", tmp_path / "whole", "-n", 6)
    assert (out / "tables/sla.csv").read_bytes() == (tmp_path / "whole/tables/sla.csv").read_bytes()


def test_another_run_in_the_same_folder_is_refused(scenario: Path, tmp_path: Path) -> None:
    run(scenario, "--out", tmp_path / "out")
    before = (tmp_path / "out/summary.json").read_bytes()
    refused = run(scenario, "--out", tmp_path / "out", "--seed", 9)
    assert refused.exit_code == 1
    assert "--force" in refused.output
    assert (tmp_path / "out/summary.json").read_bytes() == before
    assert run(scenario, "--out", tmp_path / "out", "--seed", 9, "--force").exit_code == 0
    assert (tmp_path / "out/summary.json").read_bytes() != before


def test_a_folder_of_something_else_is_refused(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear")
    refused = run(scenario, "--out", tmp_path / "mine")
    assert refused.exit_code == 1
    assert "not a result of simcap" in refused.output
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere.yaml"], 1, "no such file"),
        (["nowhere.yaml", "--replications", "0"], 2, "not in the range"),
        (["nowhere.yaml", "--period", "year"], 2, "'year' is not one of"),
        ([], 2, "Missing argument"),
    ],
)
def test_usage_errors_are_short(words: list[str], code: int, message: str) -> None:
    result = CliRunner().invoke(main, ["run", *words])
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


def test_an_unwritable_folder_is_one_clear_error(scenario: Path) -> None:
    result = run(scenario, "--out", "/proc/simcap/out")
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_json_is_the_summary(scenario: Path, tmp_path: Path) -> None:
    result = run(scenario, "--out", tmp_path / "out", "--json")
    printed = json.loads(result.stdout)
    assert printed.pop("results") == str(tmp_path / "out")
    assert printed == json.loads((tmp_path / "out/summary.json").read_text())
    assert any("ramp" in line for line in printed["taken_as_neutral"])


def test_a_value_that_the_calibration_lacks_too_is_asked_for(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "parameters.yaml").write_text("title: nothing\n")
    text = SMALL.replace("    handle_time: {lognormal: {mean: 60 s, cv: 1}}\n", "")
    scenario.write_text(text + "calibration: parameters.yaml\n")
    result = run(scenario, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "mail has work, but no handle_time; give it, or name a calibration that does" in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_keeps_what_has_finished(scenario: Path, tmp_path: Path, number: signal.Signals) -> None:
    scenario.write_text(SMALL.replace("per_day: 300", "per_day: 3000"))
    command = [sys.executable, "-c", "from simcap.cli import main; main()", "run", str(scenario), "-n", "3000"]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "out"), "--no-charts"],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    kept = tmp_path / ".out.partial"
    patience = time.monotonic() + 120
    while time.monotonic() < patience and len(list(kept.glob("*.npz"))) < 3:
        time.sleep(0.1)
    process.send_signal(number)
    _, complaint = process.communicate(timeout=60)
    assert process.returncode == 130, complaint
    assert "replications; they are kept" in complaint
    assert "Traceback" not in complaint
    count = len(list(kept.glob("*.npz")))
    assert count >= 3
    assert not (tmp_path / "out").exists()
    before = {path.name: path.stat().st_mtime_ns for path in kept.glob("*.npz")}
    result = run(scenario, "--out", tmp_path / "out", "-n", 3)
    assert result.exit_code == 0, result.output
    assert before
    assert (tmp_path / "out/summary.json").exists()


def test_a_full_disk_leaves_nothing_half_written(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parquet.ParquetWriter, "write_table", full)
    result = run(scenario, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "No space left on device" in result.output
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out.[!p]*"))


def test_force_replaces_results_and_nothing_else(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "mine/sub").mkdir(parents=True)
    (tmp_path / "mine/sub/thesis.txt").write_text("years of work")
    result = run(scenario, "--out", tmp_path / "mine", "--force")
    assert result.exit_code == 1
    assert "exists and is not a result of simcap; name another with --out" in result.output
    assert (tmp_path / "mine/sub/thesis.txt").read_text() == "years of work"
    assert not list(tmp_path.glob(".mine*"))


def test_a_link_to_a_folder_is_followed(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert run(scenario, "--out", tmp_path / "link").exit_code == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "there/manifest.json").exists()


def test_what_failed_before_its_first_replication_blocks_nothing(scenario: Path, tmp_path: Path) -> None:
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial/manifest.json").write_text('{"name": "something else"}')
    assert run(scenario, "--out", tmp_path / "out").exit_code == 0


def test_a_damaged_replication_is_simulated_again(scenario: Path, tmp_path: Path) -> None:
    assert run(scenario, "--out", tmp_path / "out").exit_code == 0
    whole = (tmp_path / "out/tables/sla.csv").read_bytes()
    kept = tmp_path / "out/replications/00001.npz"
    kept.write_bytes(kept.read_bytes()[:100])
    (tmp_path / "out/replications/00002.npz").write_bytes(b"")
    assert run(scenario, "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out/tables/sla.csv").read_bytes() == whole


def test_a_horizon_without_a_whole_window_is_not_called_safe(scenario: Path, tmp_path: Path) -> None:
    scenario.write_text(SMALL.replace("per: week", "per: month"))
    result = run(scenario, "--out", tmp_path / "out")
    assert "No whole window to judge by: mail / 1 h (per month)" in result.output


def test_more_than_memory_holds_is_said_in_a_sentence(
    scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("simcap.api.simulations.run", full)
    result = run(scenario, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "not enough memory" in result.output
    assert "Traceback" not in result.output


def test_more_items_than_a_day_can_have_are_refused_before_they_are_drawn(scenario: Path, tmp_path: Path) -> None:
    scenario.write_text(SMALL.replace("per_day: 300", "per_day: 1.0e9"))
    result = run(scenario, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "at most 20,000,000 can be simulated" in result.output
    assert not (tmp_path / "out").exists()


def test_a_contract_ends_in_a_ledger_that_adds_up(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    contract = (
        "contract: {currency: USD, price: {per_productive_hour: 13.37}, minimum: {hours_per_month: 2000},"
        " service_credits: {sla: [mail / 1 h], steps: [{below: 100%, credit: 3%}]}}"
    )
    path.write_text(SMALL.replace("weeks: 1", "days: 60").replace("attrition", f"{contract}\n    attrition"))
    result = run(path, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "v: the minimum of 2,000 h a month is never reached" in result.output
    text = pd.read_csv(tmp_path / "out/tables/ledger.csv", dtype=str)
    assert text["price"].str.fullmatch(r"\d+\.\d\d").all()
    cents = text.set_index(["replication", "vendor", "start"]).drop(columns=["decisions", "level"])
    cents = cents.apply(lambda column: column.str.replace(".", "").astype(int))
    assert (cents["price"] == cents["used_fee"] + cents["minimum_fee"]).all()
    assert (cents["net_cost"] == cents["price"] - cents["service_credits"]).all()
    assert (cents.xs("2026-11-01", level="start")["service_credits"] > 0).all()
    vendors = pd.read_csv(tmp_path / "out/tables/vendors.csv", keep_default_na=False)
    rows = vendors[(vendors["measure"] == "net_cost") & (vendors["period"] == "horizon")]
    total = cents["net_cost"].xs("v", level="vendor").groupby("replication").sum()
    assert rows["vendor"].tolist() == ["v", ""]
    assert rows["mean"].tolist() == pytest.approx([total.mean() / 100] * 2, abs=0.01)


def test_check_warns_of_a_minimum_above_capacity(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    for hours, warned in ((2000, True), (900, False)):
        contract = (
            f"contract: {{currency: USD, price: {{per_productive_hour: 13}}, minimum: {{hours_per_month: {hours}}}}}"
        )
        path.write_text(SMALL.replace("attrition", f"{contract}\n    attrition"))
        result = CliRunner().invoke(main, ["check", str(path)])
        assert result.exit_code == 0, result.output
        # Four agents, ten hours a day: 1,240 h in a month of 31 days.
        assert ("v: the minimum of 2,000 h a month is above its capacity of at most 1,2" in result.output) == warned
