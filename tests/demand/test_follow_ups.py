"""What follows a decision: shares, delays, trees, and wrong decisions that come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.demand.demand import Demand
from simcap.units import HOUR, TICK
from tests.helpers import NOWHERE, agree_share, day_of_work, scenario

LAWS: dict[str, Any] = {
    "queues.mail": "{arrivals: {per_day: 60_000}, handle_time: {constant: 1 min}}",
    "queues.appeals": "{handle_time: {exponential: 8 min}}",
    "queues.quality": "{handle_time: {constant: 1 min}}",
}


def lines(then: str, more: dict[str, Any] | None = None) -> Any:
    return scenario({**LAWS, "queues.mail.then": then, **(more or {})})


def children_of(items: Any, table: Any, queue: int) -> np.ndarray:
    """Return [parent] number of children in a queue."""
    owner = np.repeat(np.arange(items.size), items["children"])
    rank = np.arange(owner.size) - np.repeat(np.cumsum(items["children"]) - items["children"], items["children"])
    return np.bincount(owner, weights=table["queue"][items["child"][owner] + rank] == queue, minlength=items.size)


def test_shares_are_kept_and_lines_are_independent() -> None:
    items, table = day_of_work(lines("{appeals: {share: 20%}, quality: {share: 50%}}"))
    appealed, sampled = children_of(items, table, 1), children_of(items, table, 2)
    agree_share(appealed.sum(), items.size, 0.2)
    agree_share(sampled.sum(), items.size, 0.5)
    agree_share((appealed * sampled).sum(), items.size, 0.1, bug=0.08)
    assert set(appealed) == {0.0, 1.0}


def test_children_are_items_of_their_own() -> None:
    items, table = day_of_work(lines("{appeals: {share: 50%, after: {lognormal: {mean: 18 h, cv: 1.2}}}}"))
    assert np.unique(np.concatenate([items["id"], table["id"]])).size == items.size + table.size
    assert stats.kstest(table["content"], stats.expon(scale=480).cdf).pvalue > 1e-4
    sigma = np.sqrt(np.log1p(1.2**2))
    delay = stats.lognorm(sigma, scale=18 * HOUR * np.exp(-(sigma**2) / 2))
    assert stats.kstest(table["time"], delay.cdf).pvalue > 1e-4
    assert abs(np.corrcoef(table["content"], table["time"])[0, 1]) < 4 / np.sqrt(table.size)
    parents = np.repeat(items["time"], items["children"])
    assert abs(np.corrcoef(table["content"], parents)[0, 1]) < 4 / np.sqrt(table.size)
    assert (table["time"] / TICK % 1 == 0).all()


def test_without_after_it_follows_at_once() -> None:
    assert not day_of_work(lines("{appeals: {share: 50%}}"))[1]["time"].any()


def test_trees_grow_by_the_shares_of_each_queue() -> None:
    more = {"queues.appeals.then": "{appeals: {share: 40%}, quality: {share: 30%}}"}
    items, table = day_of_work(lines("{appeals: {share: 25%}}", more))
    first = items["children"].sum()
    agree_share(first, items.size, 0.25)
    appeals = (table["queue"] == 1).sum()
    assert appeals / first == pytest.approx(1 / 0.6, rel=0.03)
    assert (table["queue"] == 2).sum() / appeals == pytest.approx(0.3, rel=0.05)
    born = np.concatenate([np.arange(r["child"], r["child"] + r["children"]) for rows in (items, table) for r in rows])
    assert np.array_equal(np.sort(born), np.arange(table.size))


def test_expected_load_counts_the_tree() -> None:
    demand = Demand(lines("{appeals: {share: 25%}}"), NOWHERE)
    assert demand.expected(0, demand.day(0)) == pytest.approx(60_000)
    assert demand.expected(1, demand.day(0)) == 0


@pytest.mark.parametrize(("tenured", "new"), [(0.02, 0.09), (0.1, 0.1), (0.0, 0.5)])
def test_wrong_decisions_come_back_for_those_that_could_be_wrong(tenured: float, new: float) -> None:
    errors = {"tenured": tenured, "new": new, "appeal_share": "40%", "to": "appeals", "after": {"constant": "2 h"}}
    items, table = day_of_work(lines("{}", {"queues.mail.errors": errors}))
    assert stats.kstest(items["error_draw"], "uniform").pvalue > 1e-4
    could = items["error_draw"] < new
    parents = items["children"] > 0
    assert (could | ~parents).all()
    agree_share(parents.sum(), could.sum(), 0.4, bug=0.1)
    assert (table["if_wrong"] == 1).all()
    assert (table["time"] == 2 * HOUR).all()
    for rate in {tenured, new} - {0.0}:
        wrong = items["error_draw"] < rate
        agree_share((wrong & parents).sum(), items.size, 0.4 * rate, bug=0.3)


def test_what_errors_bring_is_expected_between_two_rates() -> None:
    errors = {"tenured": 0.02, "new": 0.09, "appeal_share": "40%", "to": "appeals"}
    more = {"queues.mail.errors": errors}
    demand = Demand(lines("{quality: {share: 5%}}", more), NOWHERE)
    least, most = demand.expected_items(2)
    assert least[:, 0] == pytest.approx([60_000, 60_000 * 0.4 * 0.02, 3000])
    assert most[:, 1] == pytest.approx([60_000, 60_000 * 0.4 * 0.09, 3000])


def test_without_an_own_delay_errors_take_that_of_the_line_to_the_same_queue() -> None:
    errors = {"tenured": "50%", "appeal_share": "50%", "to": "appeals"}
    both = lines("{appeals: {share: 10%, after: {constant: 3 h}}}", {"queues.mail.errors": errors})
    table = day_of_work(both)[1]
    assert set(table["if_wrong"]) == {0, 1}
    assert (table["time"] == 3 * HOUR).all()


def test_nobody_errs_without_errors() -> None:
    assert (day_of_work(scenario(LAWS))[0]["error_draw"] == 1).all()


def tree_ids(then: str, more: dict[str, Any] | None = None) -> dict[int, set[int]]:
    items, table = day_of_work(lines(then, {"queues.mail.arrivals.per_day": 20_000, **(more or {})}))
    return {
        int(row["id"]): {int(key) for key in table["id"][row["child"] : row["child"] + row["children"]]}
        for row in items
    }


def test_a_higher_share_and_another_line_keep_what_followed() -> None:
    before = tree_ids("{appeals: {share: 20%}}")
    higher = tree_ids("{appeals: {share: 22%}}")
    another = tree_ids("{quality: {share: 40%}, appeals: {share: 20%}}")
    assert all(before[item] <= higher[item] for item in before)
    assert all(before[item] <= another[item] for item in before)
    added = sum(map(len, higher.values())) - sum(map(len, before.values()))
    assert abs(added - 400) < 4 * np.sqrt(400)


def test_long_chains_of_follow_up_work_end() -> None:
    plan = scenario({"queues.mail.then": {"mail": {"share": "98%"}}, "queues.mail.arrivals.per_day": 200})
    items, table = day_of_work(plan)
    assert table.size > 20 * items.size
    generations, parents = 0, items
    while parents["children"].any():
        parents = table[parents["child"][parents["children"] > 0]]
        generations += 1
    assert generations > 150
