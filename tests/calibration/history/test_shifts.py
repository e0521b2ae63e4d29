"""Shifts: spells that belong together are one, whatever midnight lies between them."""

from __future__ import annotations

import pandas as pd
import pytest

from simcap.calibration.history.shifts import with_shifts
from simcap.units import HOUR

SEVERAL: dict[str, tuple[list[tuple[float, float, str]], list[int]]] = {
    "a break": ([(22, 26, "floor"), (26.5, 30, "floor")], [1, 1]),
    "cut at midnight": ([(22, 24, "floor"), (24, 30, "floor")], [1, 1]),
    "an absence on two rows": ([(22, 24, "absent"), (24, 30, "absent"), (46, 54, "absent")], [1, 1, 2]),
    "a gap of three hours": ([(8, 12, "floor"), (15, 19, "floor")], [1, 1]),
    "a gap of four hours": ([(8, 12, "floor"), (16, 20, "floor")], [1, 2]),
    "eight hours between shifts": ([(14, 22, "floor"), (30, 38, "absent")], [1, 2]),
    "ill from noon": ([(8, 12, "floor"), (12, 16, "absent")], [1, 1]),
    "leave by the day": ([(0, 24, "absent"), (24, 48, "absent"), (48, 72, "absent")], [1, 2, 3]),
    "leave after a late shift": ([(16, 20, "floor"), (20.5, 24, "floor"), (24, 48, "absent")], [1, 1, 2]),
    "one inside another": ([(8, 18, "floor"), (9, 10, "offline"), (18, 19, "floor")], [1, 1, 1]),
    "a day and a half with pauses": ([(0, 10, "floor"), (12, 22, "floor"), (24, 34, "floor")], [1, 2, 3]),
}


def spells(rows: list[tuple[float, float, str]], agent: str = "a") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["start", "end", "activity"])
    return table.assign(agent=agent, start=table["start"] * HOUR, end=table["end"] * HOUR)


@pytest.mark.parametrize("kind", SEVERAL)
def test_spells_of_one_shift_have_its_number(kind: str) -> None:
    rows, shifts = SEVERAL[kind]
    assert with_shifts(spells(rows))["shift"].tolist() == shifts


def test_agents_have_shifts_of_their_own_in_any_order() -> None:
    rows = pd.concat([spells([(0, 8, "floor")]), spells([(8, 16, "floor")], "b"), spells([(9, 12, "floor")], "A")])
    found = with_shifts(rows.iloc[[2, 1, 0]].reset_index(drop=True))
    assert found["shift"].nunique() == 2
    assert found.loc[found["agent"] != "b", "shift"].nunique() == 1


def test_a_shift_begins_with_its_first_spell_and_is_over_with_its_last_end() -> None:
    found = with_shifts(spells([(22, 31, "floor"), (24, 26, "offline")]))
    assert (found["begun"] == 22 * HOUR).all()
    assert (found["over"] == 31 * HOUR).all()


def test_no_spells_are_no_shifts() -> None:
    assert with_shifts(spells([])).empty
