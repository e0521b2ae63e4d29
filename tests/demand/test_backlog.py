"""What waits at the start: ages, and expiry on condition of having waited so long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from simcap.demand.demand import Demand
from simcap.scenario.data.data_files import DataFiles
from simcap.streams import Streams
from simcap.units import DAY, HOUR
from tests.helpers import NOWHERE, plain, scenario


def backlog(items: int = 20_000, **more: Any) -> tuple[Any, Any]:
    changes = {f"queues.mail.{name}": value for name, value in more.items()}
    plan = scenario({"queues.mail.backlog": {"items": items, "oldest": "3 h"}, **changes})
    return Demand(plan, NOWHERE).backlog(0, Streams(1, 0))


def test_ages_are_uniform_and_the_oldest_comes_first() -> None:
    items, _ = backlog(handle_time="{exponential: 1 min}")
    ages = items["time"]
    assert stats.kstest(ages / (3 * HOUR), "uniform").pvalue > 1e-4
    assert (np.diff(ages) <= 0).all()
    assert abs(np.corrcoef(ages, items["content"])[0, 1]) < 4 / np.sqrt(items.size)
    assert stats.kstest(items["content"], stats.expon(scale=60).cdf).pvalue > 1e-4
    assert (items["patience"] == np.inf).all()
    assert np.unique(items["id"]).size == items.size


def test_a_larger_backlog_keeps_the_items_of_a_smaller_one() -> None:
    small, large = backlog(1000)[0], backlog(1100)[0]
    kept = large[np.isin(large["id"], small["id"])]
    assert np.array_equal(np.sort(kept["id"]), np.sort(small["id"]))
    assert dict(zip(kept["id"], kept["time"], strict=True)) == dict(zip(small["id"], small["time"], strict=True))


@pytest.mark.parametrize(
    ("after", "known"),
    [
        ("{exponential: 2 h}", stats.expon(scale=7200)),
        ("{uniform: [1 h, 5 h]}", stats.uniform(3600, 4 * 3600)),
        ("{gamma: {mean: 2 h, cv: 0.5}}", stats.gamma(4, scale=1800)),
        ("{weibull: {mean: 4 h, cv: 1.0}}", stats.expon(scale=4 * 3600)),
    ],
)
def test_expiry_is_later_than_the_age_and_conditional_on_it(after: str, known: Any) -> None:
    items, _ = backlog(expires={"after": plain(after)})
    age, expires = items["time"], items["patience"]
    assert (expires >= age).all()
    rank = (known.cdf(expires) - known.cdf(age)) / known.sf(age)
    assert stats.kstest(rank, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(rank, age)[0, 1]) < 4 / np.sqrt(items.size)


def test_constant_expiry_stays() -> None:
    assert (backlog(expires={"after": {"constant": "3 h"}})[0]["patience"] == 3 * HOUR).all()


def test_backlog_has_follow_up_work_and_no_items_is_fine() -> None:
    items, table = backlog(then={"mail": {"share": "30%"}})
    assert table.size > 0.9 * 0.3 / 0.7 * items.size
    nothing, none = backlog(0)
    assert nothing.size == none.size == 0


def of(backlog: Any, files: DataFiles = NOWHERE, **changes: Any) -> Demand:
    return Demand(scenario({"queues.mail.backlog": backlog, **changes}), files)


def ages_of(backlog: Any, replication: int = 0) -> Any:
    return of(backlog).backlog(0, Streams(1, replication))[0]["time"]


def test_listed_ages_are_those_of_the_items() -> None:
    known = ages_of({"ages": ["5 min", "66 days", "1 h"]})
    assert known.tolist() == [66 * DAY, HOUR, 300]
    assert np.array_equal(known, ages_of({"ages": ["5 min", "66 days", "1 h"]}, replication=5))


def test_one_old_item_does_not_spread_the_others() -> None:
    """Of 69 items, one is 66 days old, the others at most 4 days: so they are in each replication."""
    backlog = {"items": 69, "ages": {"50%": "2 days", "98.55%": "4 days", "100%": "66 days"}}
    for replication in range(20):
        ages = ages_of(backlog, replication)
        assert (ages > 4 * DAY).sum() == pytest.approx(1, abs=0.1)
        assert (ages <= 2 * DAY).sum() == pytest.approx(34.5, abs=0.6)
    uniform = ages_of({"items": 69, "oldest": "66 days"})
    assert (uniform > 4 * DAY).sum() > 50


def test_ages_are_straight_between_quantiles() -> None:
    ages = ages_of({"items": 20_000, "ages": {"0%": "1 h", "80%": "2 h", "100%": "12 h"}})
    expected = np.interp((np.arange(20_000) + 0.5) / 20_000, [0, 0.8, 1], [HOUR, 2 * HOUR, 12 * HOUR])
    assert np.abs(np.sort(ages) - expected).max() < 2 * 10 * HOUR / 0.2 / 20_000


def test_open_items_of_a_file_are_as_old_as_it_says(tmp_path: Path) -> None:
    rows = ["item,queue,created", "A-2,mail,2026-10-12 13:00", "A-1,mail,2026-10-12T09:30Z", ",mail,2026-08-07 14:00"]
    (tmp_path / "open.csv").write_text("\n".join(rows))
    start = {"horizon.start": "'2026-10-12 14:00'"}
    demand = of({"file": "open.csv"}, DataFiles(tmp_path), **start)
    assert demand.start == 14 * HOUR
    assert demand.open_items(0).item == ("3", "A-1", "A-2")
    items, _ = demand.backlog(0, Streams(1, 0))
    assert items["time"].tolist() == [66 * DAY, 3.5 * HOUR, HOUR]
    assert np.array_equal(items["id"], demand.backlog_keys(0, Streams(1, 0)))
