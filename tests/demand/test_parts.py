"""A dense day in parts: the same items, the same outcome."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from simcap.demand import parts
from simcap.demand.demand import Demand
from simcap.streams import Streams
from simcap.tally import Tally
from simcap.units import DAY, TICK
from simcap.world.world import simulate
from tests.demand.test_common_numbers import RICH, family
from tests.helpers import NOWHERE, scenario

PLAN = scenario(RICH)


def test_parts_of_a_day_have_all_its_items_each_in_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    demand, streams = Demand(PLAN, NOWHERE), Streams(3, 0)
    day = demand.day(1)
    items, table = demand.draw(day, streams)
    whole = sorted(family(row, table) for row in items)
    monkeypatch.setattr(parts, "MOST", 150)
    found = demand.parts(day, streams)
    assert len(found) == -(-items.size // 150)
    ends = [part.begin for part in found[1:]] + [day.start + day.length]
    made: list[Any] = []
    for part, end in zip(found, ends, strict=True):
        rows, below = demand.made(day, part.created)
        assert ((rows["time"] >= part.begin) & (rows["time"] < end)).all()
        made += [family(row, below) for row in rows]
    assert sorted(made) == whole


def test_an_item_at_a_border_belongs_to_the_part_that_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST", 2)
    day = Demand(PLAN, NOWHERE).day(0)
    times = np.array([DAY / 2, DAY / 2 - TICK / 4, 0.0, DAY - TICK / 4])
    contents = np.arange(4.0)
    first, last = parts.parts_of(day, [parts.Created(times, np.arange(4, dtype=np.uint64), contents)])
    assert [part.created[0].keys.tolist() for part in (first, last)] == [[1, 2], [0, 3]]
    assert [part.created[0].contents.tolist() for part in (first, last) if part.created[0].contents is not None] == [
        [1, 2],
        [0, 3],
    ]
    assert last.begin == day.start + DAY / 2


def test_a_day_of_few_items_is_one_part() -> None:
    demand = Demand(PLAN, NOWHERE)
    (part,) = demand.parts(demand.day(0), Streams(3, 0))
    assert part.begin == demand.day(0).start


def test_parts_change_nothing_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _counted(simulate(PLAN, NOWHERE, 5, 0))
    monkeypatch.setattr(parts, "MOST", 100)
    assert _counted(simulate(PLAN, NOWHERE, 5, 0)) == whole


def _counted(tally: Tally) -> dict[str, bytes]:
    values = {field.name: getattr(tally, field.name) for field in dataclasses.fields(tally)}
    return {name: value.tobytes() for name, value in values.items() if isinstance(value, np.ndarray)}
