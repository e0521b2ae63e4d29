"""What is said of figures that rest on sketches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from simcap.report.terminal.precision import difference_lines, precision_lines
from tests.analysis.made import layout_of
from tests.helpers import scenario

LAYOUT = layout_of(scenario({"horizon.days": 24}), ("horizon", "month", "week"))
ROW = {
    "queue": "mail", "vendor": "", "sla": "4 h", "measure": "attainment", "period": "horizon", "start": "2026-10-05",
    "low": 0.98, "high": 0.983, "replications": 8, "sketches": 300, "effective": 70.4, "why_counted": "",
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
            {"estimate": 0.5, "period": "week"},
            {"estimate": 0.5, "vendor": "north"},
            {"estimate": np.nan},
        ),
        LAYOUT,
    )
    assert lines == [
        "mail / 4 h: 98.1% [98.0, 98.3], from 8 replications and 300 sketches, as good as 70 replications",
        "calls / 4 h: 98.1% [98.0, 98.3], from 8 replications and 300 sketches",
        f"mail / 4 h: 98.1% [98.0, 98.3], from 8 replications alone: {WHY}",
    ]


WEEKS = LAYOUT.windows["week"].labels
UNTOLD = {"estimate": np.nan, "low": 0.0}


def likeliest(*chances: dict[str, Any], period: str = "week") -> str:
    """Return what is said of chances by week, or of one over the horizon."""
    labels = LAYOUT.windows[period].labels
    rows = [
        {"measure": "miss_probability", "period": period, "start": start, **chance}
        for start, chance in zip(labels, chances, strict=False)
    ]
    other = {"measure": "miss_probability", "period": period, "start": labels[0], "queue": "calls", "estimate": 0.9}
    (line,) = precision_lines(table({"estimate": 0.9814}, *rows, other), LAYOUT)
    return line.partition("as good as 70 replications")[2]


def test_the_likeliest_miss_has_its_interval() -> None:
    weeks = [{"estimate": chance, "low": chance / 2, "high": 2 * chance} for chance in (0.004, 0.032, 0.0001, 0.45)]
    assert likeliest(*weeks) == "; a miss is likeliest in the week of 12 October: 3.2% [1.6, 6.4]", "3 weeks are whole"
    assert likeliest(weeks[3]) == "; a miss is likeliest in the week of 5 October: 45% [22, 90]"
    assert likeliest(weeks[0], UNTOLD | {"high": 0.06}) == (
        "; a miss is likeliest in the week of 5 October: 0.4% [0.2, 0.8]"
    )
    assert likeliest(weeks[0], period="horizon") == "; a miss: 0.4% [0.2, 0.8]"


def test_a_chance_that_is_too_rare_to_tell_has_its_bound() -> None:
    assert likeliest(UNTOLD | {"high": 0.0031}, UNTOLD | {"high": 0.0046}) == "; a miss: at most 0.5% in any week"
    assert likeliest(UNTOLD | {"high": 0.02}, period="horizon") == "; a miss: at most 2.0%"
    counted = {"estimate": 0.0, "low": 0.0, "high": 0.253}
    assert likeliest(counted, counted) == "; a miss: at most 25% in any week"
    assert likeliest({"estimate": np.nan, "high": np.nan}) == ""


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
