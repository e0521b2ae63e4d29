"""What is said of figures that rest on sketches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simcap.report.terminal.precision import difference_lines, precision_lines

ROW = {
    "queue": "mail", "vendor": "", "sla": "4 h", "measure": "attainment", "period": "horizon", "low": 0.98,
    "high": 0.983, "replications": 8, "sketches": 300, "effective": 70.4, "why_counted": "",
}  # fmt: skip

WHY = "the sketch explains 9% of what varies, less than 30%"


def table(*changes: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([ROW | change for change in changes])


def test_an_attainment_has_its_interval_and_what_it_rests_on() -> None:
    lines = precision_lines(
        table(
            {"estimate": 0.9814},
            {"estimate": 0.9814, "effective": np.nan, "queue": "calls"},
            {"estimate": 0.9814, "why_counted": WHY},
            {"estimate": 0.5, "measure": "miss_probability"},
            {"estimate": 0.5, "period": "week"},
            {"estimate": 0.5, "vendor": "north"},
            {"estimate": np.nan},
        )
    )
    assert lines == [
        "mail / 4 h: 98.1% [98.0, 98.3], from 8 replications and 300 sketches, as good as 70 replications",
        "calls / 4 h: 98.1% [98.0, 98.3], from 8 replications and 300 sketches",
        f"mail / 4 h: 98.1% [98.0, 98.3], from 8 replications alone: {WHY}",
    ]


def test_a_difference_is_told_where_there_is_one() -> None:
    lines = difference_lines(
        table(
            {"difference": -0.0131, "low": -0.016, "high": -0.01},
            {"difference": 0.0, "low": 0.0, "high": 0.0, "queue": "calls"},
            {"difference": 0.5, "period": "week"},
            {"difference": 0.5, "vendor": "north"},
            {"difference": 1234.0, "low": 1000.4, "high": 1500.0, "measure": "net_cost", "queue": "", "sla": ""},
            {"difference": 99.0, "measure": "net_cost", "vendor": "north", "queue": "", "sla": ""},
        ),
        "USD",
    )
    assert lines == [
        "mail / 4 h: -1.3 points [-1.6, -1.0], from 8 replications and 300 sketches, as good as 70 replications",
        "net cost: +1,234 USD [+1,000, +1,500], from 8 replications and 300 sketches, as good as 70 replications",
    ]
