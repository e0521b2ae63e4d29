"""What is said of a backlog that is not right, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.errors import ScenarioError
from simcap.scenario.reading.loading import load

PLAN = """
name: small
horizon: {{start: "2026-10-12 14:00", days: 2, timezone: Europe/London, warm_up: 0 days}}
queues:
  mail:
    handle_time: {{constant: 5 min}}
    expires: {{after: {{constant: 3 days}}}}
    backlog: {backlog}
  chat: {{arrivals: {{per_day: 5}}, handle_time: {{constant: 5 min}}}}
vendors:
  north: {{teams: {{day: {{timezone: UTC, agents: 1, skills: [mail, chat], shift: {{always: true}}}}}}}}
"""


def read(folder: Path, backlog: str, rows: str = "") -> None:
    (folder / "open.csv").write_text(f"created,queue,item\n{rows}")
    (folder / "plan.yaml").write_text(PLAN.format(backlog=backlog))
    load(folder / "plan.yaml")


@pytest.mark.parametrize(
    ("backlog", "told"),
    [
        ("{items: 5, ages: [1 h]}", "backlog.items: 5 items, but ages of 1; leave `items` out"),
        ("{items: 5, ages: {50%: 1 h}}", "backlog.ages: the age of the oldest is missing"),
        ("{items: 5, ages: {50%: 2 h, 100%: 1 h}}", "backlog.ages: 1 h at 100% is less than 2 h at 50%"),
        ("{ages: {100%: 1 h}}", "backlog: items: is missing; write how many wait"),
        ("{items: 5, file: open.csv}", "backlog.items: has no effect beside a file"),
        ("{items: 5}", "a backlog needs exactly one of oldest, ages, file; none is given"),
        ("{items: 5, oldest: 1 h, ages: [1 h]}", "oldest and ages are given"),
        ("{ages: [1 h, 4 days]}", "backlog.ages: the oldest item is 4 days old, but expires.after lets none wait"),
        ("open.csv", "backlog: 'open.csv' is not a mapping; write {file: open.csv}"),
        ("[1 h]", r"backlog: a list is not a mapping; write {ages: \[1 h\]}"),
    ],
)
def test_a_backlog_that_contradicts_itself(tmp_path: Path, backlog: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=f"plan.yaml:8:[0-9]+: queues.mail.*{told}"):
        read(tmp_path, backlog)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("2026-10-12 13:59,mial,A-1\n", "has 1 item of 'mial'; did you mean 'mail'"),
        ("2026-10-12 13:59,chat,A-1\n", "has 1 item of 'chat'; write `backlog: {file: open.csv}` there too"),
        (
            "2026-10-12 13:00,mail,A-1\n2026-10-12 14:01,mail,A-2\n",
            "1 item of 'mail' created after horizon.start, 2026-10-12T14:00: 'A-2' on 2026-10-12T14:01",
        ),
        ("2026-08-07 14:00,mail,A-1\n", "1 item of 'mail' older than 3 days, the longest .* 'A-1' is 66 days old"),
        ("noon,mail,A-1\n", "open.csv:2: created: 'noon'"),
    ],
)
def test_a_file_of_open_items_that_does_not_fit(tmp_path: Path, rows: str, told: str) -> None:
    with pytest.raises(ScenarioError, match=f"queues.mail.backlog.file: .*{told}"):
        read(tmp_path, "{file: open.csv}", rows)


def test_a_queue_of_which_a_file_has_nothing_starts_empty(tmp_path: Path) -> None:
    both = PLAN.replace("chat: {{", "chat: {{backlog: {{file: open.csv}}, ")
    (tmp_path / "open.csv").write_text("created,queue\n2026-10-12 13:00,mail\n")
    (tmp_path / "plan.yaml").write_text(both.format(backlog="{file: open.csv}"))
    assert load(tmp_path / "plan.yaml").scenario.queues["chat"].backlog is not None
