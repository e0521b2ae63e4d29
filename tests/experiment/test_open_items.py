"""The forecast of the items that are open now: which will be late, and when."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from simcap.api import run
from simcap.cli import main
from simcap.errors import ScenarioError
from simcap.experiment.open_items import by_time_left, open_items
from simcap.scenario.reading.loading import load

PLAN = """
name: now
horizon: {start: "2026-10-12 14:00", days: 2, timezone: Europe/London, warm_up: 0 days}
simulation: {replications: 4, seed: 3}
queues:
  busy:
    handle_time: {constant: 1 h}
    sla: {24 h: {measure: turnaround, within: 24 h, target: 90%, per: day}}
    backlog: {file: open.csv}
  calm:
    handle_time: {constant: 30 min}
    sla:
      24 h: {measure: turnaround, within: 24 h, target: 90%, per: day}
      shop: {measure: wait, within: 2 h, target: 90%, per: day, clock: {hours: Mon-Fri 09:00-15:00}}
    backlog: {file: open.csv}
  silent:
    handle_time: {constant: 1 h}
    backlog: {ages: [1 h]}
vendors:
  north:
    teams:
      one: {timezone: UTC, agents: 1, skills: [busy], shift: {always: true}}
      two: {timezone: UTC, agents: 1, skills: [calm], shift: {always: true}}
      three: {timezone: UTC, agents: 1, skills: [silent], shift: {always: true}}
"""
OPEN = """item,queue,created
first,busy,2026-10-11 13:30
second,busy,2026-10-11 14:30
third,busy,2026-10-11 15:00
fourth,busy,2026-10-11 18:00
alone,calm,2026-10-11 15:00
"""


def plan(folder: Path, text: str = PLAN) -> Path:
    (folder / "open.csv").write_text(OPEN)
    path = folder / "plan.yaml"
    path.write_text(text)
    return path


def test_an_item_with_an_hour_left_and_two_hours_before_it_is_late_and_one_with_nothing_before_it_is_not(
    tmp_path: Path,
) -> None:
    table = open_items(load(plan(tmp_path)), 3, 4, 1).set_index(["queue", "item", "sla"])
    third, alone = table.loc["busy", "third", "24 h"], table.loc["calm", "alone", "24 h"]
    assert third["left_s"] == alone["left_s"] == 3600
    assert third["due"] == alone["due"] == "2026-10-12T15:00"
    assert (third["late_probability"], third["picked_up_p50"], third["decided_p50"]) == (
        1, "2026-10-12T16:00", "2026-10-12T17:00",
    )  # fmt: skip
    assert (alone["late_probability"], alone["decided_p50"]) == (0, "2026-10-12T14:30")
    assert alone["late_high"] == pytest.approx(0.49, abs=0.01), "of four replications"
    assert table.loc["busy", "first", "24 h"]["late_probability"] == 1, "it is past due already"
    assert table.loc["busy", "fourth", "24 h"]["late_probability"] == 0, "it is due at six, and done at six"
    silent = table.loc["silent", "1", ""]
    assert silent["due"] == ""
    assert silent["decided_p95"] == "2026-10-12T15:00"


def test_business_hours_and_waits_are_reckoned_as_on_the_floor(tmp_path: Path) -> None:
    """Created on a Sunday: the clock starts on Monday at nine, two hours are over at eleven."""
    table = open_items(load(plan(tmp_path)), 3, 2, 1).set_index(["queue", "item", "sla"])
    shop = table.loc["calm", "alone", "shop"]
    assert (shop["due"], shop["late_probability"]) == ("2026-10-12T11:00", 1)


def test_items_are_counted_by_the_time_that_is_left() -> None:
    hours = [-1.0, 0.5, 0.9, 2.0, 5.0, 30.0, 100.0]
    rows = pd.DataFrame({"queue": "a", "sla": "24 h", "item": list("abcdefg"), "left_s": [3600 * one for one in hours]})
    found = by_time_left(rows.assign(late_probability=[1.0, 0.9, 0.4, 0.2, 0.0, 0.0, 0.0]))
    assert found["items"].tolist() == [1, 2, 1, 1, 1, 1]
    assert found["late"].tolist() == pytest.approx([1, 1.3, 0.2, 0, 0, 0])
    assert found["likely"].tolist() == [1, 1, 0, 0, 0, 0]
    assert found["left_from"].iloc[1:].tolist() == [0, 3600, 4 * 3600, 24 * 3600, 72 * 3600]


def test_chances_agree_with_what_replications_do(tmp_path: Path) -> None:
    """With random work, the share of replications in which an item is late is neither 0 nor 1, and falls with time."""
    text = PLAN.replace("handle_time: {constant: 1 h}", "handle_time: {exponential: 1 h}", 1)
    table = open_items(load(plan(tmp_path, text)), 3, 400, 1).set_index(["queue", "item", "sla"])
    second = table.loc["busy", "second", "24 h"]["late_probability"]
    # Due in half an hour, after two items of an hour each: late unless both take less, by the gamma distribution.
    assert second == pytest.approx(0.9098, abs=4 * (0.91 * 0.09 / 400) ** 0.5)
    fourth = table.loc["busy", "fourth", "24 h"]["late_probability"]
    assert fourth == pytest.approx(0.4335, abs=4 * 0.5 / 20)


def test_a_run_tells_what_is_late(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["run", str(plan(tmp_path)), "--now", "--no-charts", "--out", str(out), "-j", "1"])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(out / "tables" / "open_items.csv")
    assert len(table) == 7
    assert (table["left_s"].dropna().diff().dropna() >= 0).all()
    lines = [" ".join(line.split()) for line in done.output.splitlines()]
    assert "busy / 24 h past due 1 1.0 1" in lines
    assert "busy / 24 h up to 1 h 2 2.0 2" in lines
    assert "third busy / 24 h 2026-10-12 15:00 100% 2026-10-12 17:00" in lines
    first = next(line for line in lines if line.startswith("second"))
    assert lines.index(first) < lines.index("third busy / 24 h 2026-10-12 15:00 100% 2026-10-12 17:00")


def test_now_is_of_no_effect_on_the_run_itself(tmp_path: Path) -> None:
    path = plan(tmp_path)
    with_, without = (run(path, replications=3, jobs=1, now=now) for now in (True, False))
    assert "open_items" in with_.tables
    assert "open_items" not in without.tables
    pd.testing.assert_frame_equal(with_.tables["sla"], without.tables["sla"])


LISTED, AGES = "    backlog: {file: open.csv}\n", "    backlog: {ages: [1 h]}\n"


@pytest.mark.parametrize(
    ("backlogs", "told"),
    [
        (
            {LISTED: "    backlog: {items: 3, oldest: 2 h}\n"},
            "queues.busy.backlog: says how many items are open",
        ),
        ({LISTED: "", AGES: "    arrivals: {per_day: 1}\n"}, "no item is open"),
    ],
)
def test_items_must_be_told_apart(tmp_path: Path, backlogs: dict[str, str], told: str) -> None:
    text = PLAN
    for old, new in backlogs.items():
        text = text.replace(old, new)
    text = text.replace("busy:\n    handle", "busy:\n    arrivals: {per_day: 1}\n    handle")
    text = text.replace("calm:\n    handle", "calm:\n    arrivals: {per_day: 1}\n    handle")
    with pytest.raises(ScenarioError, match=told):
        run(plan(tmp_path, text), now=True)
