"""Whose share of graduates holds: the class's own, else that of the vendor, else all."""

from __future__ import annotations

import pytest

from simcap.scenario.schema.hiring import Backfill, Hiring, HiringClass

CLASS = {"start": "2026-10-05", "team": "day", "size": 10, "training": "2 weeks"}


@pytest.mark.parametrize(
    ("own", "of_all", "expected"), [(None, None, 1.0), (None, "80%", 0.8), ("60%", "80%", 0.6), ("0%", "80%", 0.0)]
)
def test_the_share_that_graduates(own: str | None, of_all: str | None, expected: float) -> None:
    hiring = Hiring.model_validate({} if of_all is None else {"graduates": of_all})
    given = {} if own is None else {"graduates": own}
    assert hiring.share_of(HiringClass.model_validate(CLASS | given)) == expected
    backfill = {"review": "1 week", "class_size": 9, "training": "1 week"}
    assert hiring.share_of(Backfill.model_validate(backfill | given)) == expected
