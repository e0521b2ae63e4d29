"""Items without an end: those that later ones overtook have left at an unknown time, the last ones are open."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.calibrate import calibrate
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.patience import fit_patience
from simcap.calibration.fits.unanswered import left_within, waiting_at, without_end
from tests.calibration import desks

LAST = 60
"""Calls that are made open, at the end of the log."""


def calls(seed: int = 3) -> pd.DataFrame:
    """Return the calls of a desk in seconds; callers hang up after 4 min on average."""
    table = desks.draw(seed)
    for name in ("created", "started", "completed", "expired"):
        stamps = pd.to_datetime(table[name].replace("", None))
        table[name] = (stamps - desks.FIRST) / pd.Timedelta("1s")
    return table


def unanswered(table: pd.DataFrame, part: float = 1.0) -> pd.DataFrame:
    """Return calls of which nobody noted when a part of those who hung up did."""
    some = table["expired"].notna() & (np.random.default_rng(2).random(len(table)) < part)
    return table.assign(expired=table["expired"].mask(some))


@pytest.mark.parametrize("part", [0.5, 1.0])
def test_patience_is_found_though_nobody_noted_when_they_left(part: float) -> None:
    """As it is from the times themselves, of which half or all are hidden."""
    table = calls()
    until = float(table["created"].max())
    (known,), (fit,) = (fit_patience(rows, until) for rows in (table, unanswered(table, part)))
    assert isinstance(known, Fit)
    assert isinstance(fit, Fit)
    for name in ("mean", "cv"):
        true = known.value("expires", "after", "weibull", name)
        assert fit.value("expires", "after", "weibull", name) == pytest.approx(true, rel=0.06), name
    assert (fit.standard_errors() > known.standard_errors()).all()
    gone = int(table["expired"].notna().sum())
    assert fit.goodness["left undecided"] + fit.goodness["left at an unknown time"] == pytest.approx(gone, abs=3)


def test_each_left_before_a_later_one_was_taken() -> None:
    table = calls()
    within = left_within(unanswered(table), float(table["created"].max()))
    known = np.isfinite(within)
    assert table["expired"][known].notna().all()
    assert (within >= (table["expired"] - table["created"]).to_numpy() - 1)[known].mean() > 0.99


def test_what_waits_at_the_end_of_the_log_is_open() -> None:
    table = calls()
    table.loc[table.index[-LAST:], ["started", "completed", "expired"]] = np.nan
    until = float(table["created"].max())
    assert np.isnan(left_within(table, until)).all()
    assert len(waiting_at(table, until)) == LAST


def test_a_back_test_carries_none_of_those_who_left() -> None:
    table = unanswered(calls())
    noon = 20 * 86400.0 + 12 * 3600
    before = table[table["created"] < noon].copy()
    for name in ("started", "completed"):
        before[name] = before[name].where(before[name] < noon)
    open_ = before[["started", "completed"]].isna().all(axis=1)
    assert open_.sum() > 500
    assert len(waiting_at(before, noon)) < 60


def test_a_queue_that_nobody_serves_any_more_is_a_backlog() -> None:
    """Old items are no leavers where no later one was taken."""
    table = calls()
    late = table["created"] > 20 * 86400
    table.loc[late, ["started", "completed", "expired"]] = np.nan
    assert np.isnan(left_within(table, float(table["created"].max()))).sum() >= late.sum()


def test_items_that_all_were_taken_have_no_patience() -> None:
    table = calls()
    taken = table[table["started"].notna()]
    assert fit_patience(taken, float(table["created"].max())) == []
    few = pd.concat([taken, unanswered(table[table["expired"].notna()][:5])], ignore_index=True)
    assert fit_patience(few, float(table["created"].max())) == []


def test_how_many_have_no_end_is_said() -> None:
    table = unanswered(calls())
    table.loc[table.index[-LAST:], ["started", "completed", "expired"]] = np.nan
    (note,) = without_end(table, float(table["created"].max()))
    gone = int(calls()["expired"][:-LAST].notna().sum())
    assert note.rows == pytest.approx(gone, abs=3)
    assert note.what == "items of calls that were neither taken nor left"
    assert f"{len(waiting_at(table, float(table['created'].max()))):,} more are open" in note.examples


def test_the_calibration_says_it(tmp_path: Path) -> None:
    found = calibrate(desks.write(desks.draw(3).assign(expired=""), tmp_path))
    assert any("neither taken nor left" in note.what for note in found.odd)
    assert any(fit.kind == "patience" for fit in found.fits)
