"""Items that nobody will take: found whatever the order of work, and none that somebody would have taken."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from simcap.calibration.fits.dead_items import dead, dead_notes, passed_over
from simcap.calibration.fits.open_items import LISTED, fit_backlogs, written_backlog
from simcap.calibration.fits.unanswered import waiting_at
from simcap.scenario.schema.queues import Backlog
from simcap.units import DAY

DAYS = 90
END = DAYS * DAY


def desk(seed: int, order: str, lost: float, fewer: float = 0.0) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return a desk of 60 items a day, a share of which nobody ever takes, and which these are.

    Agents come by at random, 15% more often than they have to; in the last third by a share `fewer` less often.
    """
    generator = np.random.default_rng(seed)
    created = np.sort(generator.random(generator.poisson(60 * DAYS)) * END)
    nobody = generator.random(created.size) < lost
    picks = np.sort(generator.random(generator.poisson(60 * (1 - lost) * 1.15 * DAYS)) * END)
    picks = picks[(picks < END * 2 / 3) | (generator.random(picks.size) >= fewer)]
    started, waiting, came = np.full(created.size, np.nan), list[int](), 0
    for now in picks.tolist():
        while came < created.size and created[came] <= now:
            if not nobody[came]:
                waiting.append(came)
            came += 1
        if waiting:
            place = {"oldest": 0, "newest": len(waiting) - 1, "any": int(generator.integers(len(waiting)))}[order]
            started[waiting.pop(place)] = now
    table = pd.DataFrame({"queue": "mail", "created": created, "started": started, "agent": "ann"})
    return table.assign(completed=table["started"], expired=np.nan), nobody


def found(items: pd.DataFrame) -> NDArray[np.bool_]:
    return dead(items, np.full(len(items), np.nan), END)


@pytest.mark.parametrize("order", ["oldest", "any", "newest"])
def test_what_nobody_takes_is_found_in_any_order_of_work(order: str) -> None:
    for seed in range(3):
        items, nobody = desk(seed, order, 0.05)
        told = found(items)
        assert not (told & ~nobody).any()
        assert told.sum() > 0.7 * nobody.sum()


@pytest.mark.parametrize("order", ["oldest", "any", "newest"])
def test_a_desk_that_falls_behind_has_no_dead_items(order: str) -> None:
    """Its oldest items are older than any that were ever taken, and still will be taken."""
    items, _ = desk(5, order, 0.0, fewer=0.5)
    taken = items[items["started"].notna()]
    open_ = items[items["started"].isna()]
    assert len(open_) > 400
    if order == "oldest":
        assert END - open_["created"].min() > 0.95 * (taken["started"] - taken["created"]).max()
    assert not found(items).any()


def test_a_single_forgotten_item_is_found() -> None:
    items, nobody = desk(1, "oldest", 0.0)
    nobody[300] = True
    items.loc[300, ["started", "completed"]] = np.nan
    assert np.array_equal(found(items) & (items["started"].isna()).to_numpy(), nobody)


def test_how_often_an_item_was_passed_over() -> None:
    """Three come; one of three is taken, then one of two; the last one is left."""
    created, end = np.array([0.0, 1.0, 2.0]), np.array([3.0, 9.0, 4.0])
    assert passed_over(created, end, np.array([True, False, True])).tolist() == pytest.approx([0, 1 / 3 + 1 / 2, 1 / 3])


def test_a_rule_decides_what_waits() -> None:
    items, nobody = desk(2, "oldest", 0.02)
    every = items[items["started"].isna()]
    assert waiting_at(items, END, "keep").equals(every)
    assert waiting_at(items, END, 10 * DAY).equals(every[END - every["created"] <= 10 * DAY])
    left = waiting_at(items, END, "leave_out")
    assert (~nobody[left.index]).sum() == (~nobody[every.index]).sum()
    assert len(left) < 0.5 * len(every)


def test_dead_items_are_told_with_their_age_and_the_rule() -> None:
    items, _ = desk(2, "oldest", 0.02)
    within = np.full(len(items), np.nan)
    (note,) = dead_notes(items, within, END, "leave_out")
    assert note.rows == found(items).sum()
    assert "left out" in note.examples
    assert "90 days old" in note.examples
    assert "passed over" in note.examples
    (kept,) = dead_notes(items, within, END, "keep")
    assert "dead_items: keep" in kept.examples
    (by_age,) = dead_notes(items, within, END, 30 * DAY)
    assert by_age.rows == (items["started"].isna() & (END - items["created"] > 30 * DAY)).sum()
    assert "older than" in by_age.examples


def test_what_is_open_at_the_end_is_written_with_its_ages() -> None:
    items, _ = desk(4, "oldest", 0.0, fewer=0.05)
    moment = END - 5 * DAY
    (fit,) = fit_backlogs(items, moment, "keep")
    waiting = items[(items["created"] < moment) & ~(items["started"] < moment)]
    assert fit.value("backlog", "items") == len(waiting) > 3
    assert fit.fixed["backlog", "ages"] == [f"{moment - one:.0f} s" for one in sorted(waiting["created"])]
    assert not list(fit_backlogs(items[items["started"] < END], END, "keep")), (
        "a log of decided items alone tells nothing"
    )


def test_many_ages_are_written_as_quantiles() -> None:
    ages = np.random.default_rng(1).exponential(DAY, 10 * LISTED)
    ages[0] = 66 * DAY
    backlog = Backlog.model_validate(written_backlog(ages))
    drawn = np.interp((np.arange(ages.size) + 0.5) / ages.size, *backlog.quantiles)
    assert backlog.count == ages.size
    assert np.abs(drawn - np.sort(ages))[:-20].max() < 0.01 * DAY + 0.02 * np.sort(ages)[-20]
    assert (drawn > 20 * DAY).sum() <= ages.size / 500 + 1
    assert Backlog.model_validate(written_backlog(ages[:0])).count == 0
