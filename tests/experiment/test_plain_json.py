"""Results as JSON: every kind of value that a result holds, and nothing that a reader would choke on."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.experiment.plain_json import json_text, plain


@dataclasses.dataclass
class Pair:
    first: Any
    second: Any


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (None, None),
        (pd.NaT, None),
        (float("nan"), None),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (0.25, 0.25),
        (3, 3),
        (np.int64(3), 3),
        (np.float64("nan"), None),
        (np.bool_(1), True),
        ("text", "text"),
        (dt.date(2026, 10, 5), "2026-10-05"),
        (dt.datetime(2026, 10, 5, 8, 30), "2026-10-05T08:30:00"),
        (pd.Timestamp("2026-10-05 08:30"), "2026-10-05T08:30:00"),
        (Path("a") / "b", "a/b"),
        ({1: (2, [3])}, {"1": [2, [3]]}),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        (Pair(Path("a"), {"b": np.float64(1)}), {"first": "a", "second": {"b": 1.0}}),
        (pd.DataFrame({"a": [1, 2], "b": [np.nan, 0.5]}), [{"a": 1, "b": None}, {"a": 2, "b": 0.5}]),
    ],
    ids=str,
)
def test_values_become_plain(value: Any, known: Any) -> None:
    found = plain(value)
    assert found == known
    assert type(found) is type(known)


def test_the_text_is_indented_and_keeps_letters() -> None:
    assert json_text({"name": "Köln", "share": float("nan")}) == '{\n  "name": "Köln",\n  "share": null\n}'


def test_a_class_is_no_value() -> None:
    with pytest.raises(TypeError, match="type is not JSON serializable"):
        json_text({"a": Pair})
