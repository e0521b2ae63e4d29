"""Levels of real volumes, foreseen from past weeks that nothing was chosen by, beside rules without a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.fits import hindcast
from simcap.calibration.fits.hindcast import Foreseen, Missed, foresee_days, missed
from simcap.calibration.fits.volumes import usual_days
from simcap.scenario.schema.calendars import HolidayCalendar

from . import lender, review, volumes
from .published import PUBLISHED, needs

DESK = PUBLISHED / "loandesk" / "items_2011_2012.csv.gz"
FIRST_ORIGIN = 6
A_WEEK = 20
"""Items that a queue has at least."""


def by_day(moments: pd.Series) -> pd.Series:
    days = pd.to_datetime(moments).dt.tz_localize(None).dt.normalize()
    return days.value_counts().sort_index().asfreq("D").fillna(0.0)


def bank_of_1999() -> Iterator[pd.Series]:
    table = pd.read_csv(PUBLISHED / "anonbank" / "volumes_6min_1999.csv.gz")
    yield table.groupby(pd.to_datetime(table["date"]))["calls"].sum()


def bank_of_2003() -> Iterator[pd.Series]:
    table = pd.read_csv(volumes.DATA)
    days = pd.to_datetime(table["DateTime"]).dt.tz_localize(None).dt.normalize()
    yield table.groupby(days)["Calls"].sum().asfreq("D").fillna(0.0)


def loan_desk() -> Iterator[pd.Series]:
    table = pd.read_csv(DESK)
    created = pd.to_datetime(table["created"], format="ISO8601").dt.tz_convert("Europe/Amsterdam")
    yield from (by_day(rows) for _, rows in created.groupby(table["queue"]))


def lender_of_2016() -> Iterator[pd.Series]:
    table = pd.read_csv(lender.DATA).sort_values("start_time").drop_duplicates(["case_id", "activity"])
    yield from (by_day(rows) for _, rows in table["start_time"].groupby(table["activity"]) if len(rows) > 2000)


def review_queue() -> Iterator[pd.Series]:
    created = pd.to_datetime(review.items()["created"]).dt.tz_convert("Europe/Vienna")
    yield by_day(created[created >= "2022-03-07"])


def foreseen(days: pd.Series, country: str | None, monkeypatch: pytest.MonkeyPatch) -> tuple[Foreseen, ...]:
    """Return forecasts of the second half of the weeks from the sixth on."""
    days = days.iloc[len(days) % 7 :]
    weeks = len(days) // 7
    monkeypatch.setattr(hindcast, "FEWEST", FIRST_ORIGIN + (weeks - FIRST_ORIGIN) // 2)
    monkeypatch.setattr(hindcast, "ORIGINS", weeks)
    calendar = None if country is None else HolidayCalendar(country=country)
    counts = days.to_numpy(float)
    weekday, kind, usual = usual_days(counts, days.index[0].toordinal(), calendar)
    return foresee_days(counts, usual, kind, weekday)


def together(scores: list[Missed]) -> tuple[float, dict[str, float], float]:
    """Return errors of the model and the rules, and the share of weeks held, weighted by forecasts."""
    weights = [one.forecasts for one in scores]

    def mean(values: Iterable[float]) -> float:
        return float(np.average(list(values), weights=weights))

    rules = {rule: mean(one.rules[rule] for one in scores) for rule in ("last_week", "four_weeks")}
    return mean(one.model for one in scores), rules, mean(one.held for one in scores)


@pytest.mark.slow
@needs(volumes.DATA, DESK, lender.DATA, review.DATA)
@pytest.mark.parametrize(
    ("kind", "country", "at_most"),
    [
        (bank_of_1999, "IL", 0.9), (bank_of_2003, "US", 0.8), (loan_desk, "NL", 0.95), (lender_of_2016, "NL", 1.0),
        (review_queue, None, 0.9),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)  # fmt: skip
def test_levels_are_foreseen_better_than_by_the_better_rule(
    kind: Callable[[], Iterator[pd.Series]], country: str | None, at_most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = [missed(foreseen(days, country, monkeypatch)) for days in kind() if days.sum() > A_WEEK * len(days) / 7]
    model, rules, held = together([one for one in scores if one is not None])
    told = ", ".join(f"{rule} {value:.1%}" for rule, value in rules.items())
    print(f"{kind.__name__}: model {model:.1%}, {told}; bands held {held:.0%}")  # noqa: T201
    assert model < at_most * min(rules.values())
    assert 0.8 <= held <= 1.0
