"""Who is paid for work that a variant takes away, reckoned by hand from what is settled."""

from __future__ import annotations

from pathlib import Path

from simcap.report.wording.still_paid import still_paid
from tests.comparisons import held

MOVED = "routing: {allocation: {mail: {north: 30%, south: 70%}}}"
CUT = "events: {less: {headcount: {team: few, from: 2026-10-12, change: -1, ordered: 2026-09-20}}}"


def test_hours_are_paid_whether_there_is_work_or_not(tmp_path: Path) -> None:
    found = held(tmp_path, MOVED)
    assert still_paid(found, "other") == [
        "north decides 50% fewer items, but its price does not fall: it is paid by the hour on the floor, busy or not"
    ]


def test_a_minimum_is_owed_for_agents_who_went_with_the_work(tmp_path: Path) -> None:
    north = "{teams: {day: {agents: 1}}, contract: {minimum: {hours_per_month: 2900}}}"
    found = held(tmp_path, MOVED, f"vendors: {{north: {north}}}")
    # 27 of 31 days of October and 1 of 30 of November: 2,622.49 h are owed of the minimum. Three agents round the clock
    # work 2,016 h in those days; at 20 USD the rest is 12.1k USD. Five had worked more than is owed.
    hours = 2900 * 27 / 31 + 2900 / 30
    fee = 20 * (hours - 3 * 28 * 24)
    assert f"{fee / 1000:.3g}k" == "12.1k"
    (sentence,) = still_paid(found, "other")
    assert "fewer items and is owed 12.1k USD up to its minimum for hours that nobody works (0 in the base)" in sentence
    ledger = found.results[1].tables["ledger"].query("vendor == 'north'")
    assert abs(ledger.groupby("replication")["minimum_fee"].sum() - fee).max() < 1


def test_a_cut_is_paid_as_long_as_its_notice_lasts(tmp_path: Path) -> None:
    # Ordered on 20 September, 30 days of notice: 20 October. With 90 days it would be 19 December.
    assert still_paid(held(tmp_path, CUT), "other") == [
        "by the notice of north, the agents of few that less takes away are paid until 20 October, 8 days longer"
    ]
    found = held(tmp_path, CUT, "vendors: {north: {contract: {notice: 90 days}}}")
    assert still_paid(found, "other")[0].endswith("are paid to the end of the horizon")


def test_prices_per_item_follow_the_work(tmp_path: Path) -> None:
    # Half the decisions at twice the price: what south is paid stays, but for nothing that it does not do.
    dearer = "vendors: {south: {contract: {price: {per_item: {mail: [{at: 1.0}]}}}}}"
    found = held(tmp_path, "routing: {allocation: {mail: {north: 80%, south: 20%}}}", dearer)
    assert still_paid(found, "other") == []
