"""Time off duty: whole absences from the floor within an item."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from simcap.calibration.history.off_duty import time_off

FLOOR = pd.DataFrame(
    [("a", 9, 12), ("a", 13, 17), ("a", 33, 41), ("b", 0, 100), ("a", 36, 37), ("a", 57, 65)],
    columns=["agent", "start", "end"],
).astype({"start": float, "end": float})


@pytest.mark.parametrize(
    ("agent", "begun", "done", "off"),
    [
        ("a", 10, 11, 0),
        ("a", 11, 14, 1),
        ("a", 16, 34, 16),
        ("a", 11, 34, 17),
        ("a", 16, 58, 32),
        ("a", 16, 20, 0),
        ("a", 18, 34, 0),
        ("a", 12, 13, 1),
        ("b", 1, 90, 0),
        ("c", 11, 14, 0),
        ("a", 11, np.nan, 0),
        ("a", np.nan, 34, 0),
    ],
)
def test_whole_absences_are_taken_out(agent: str, begun: float, done: float, off: float) -> None:
    found = time_off(pd.Series([agent, "b"]), np.array([begun, 3.0]), np.array([done, 4.0]), FLOOR)
    assert found.tolist() == [off, 0]


def test_nobody_on_the_floor_is_never_off_it() -> None:
    assert time_off(pd.Series(["a"]), np.array([1.0]), np.array([9.0]), FLOOR[:0]).tolist() == [0.0]
