"""What sketches expect, in words."""

from __future__ import annotations

import datetime as dt
import math

from simcap.analysis.expected import Expected
from simcap.experiment.first_look import FirstLook
from simcap.report.wording.first_look import look_lines, title_of_look

MONDAY = dt.datetime(2026, 11, 9)


def test_each_sla_has_a_line_the_missed_ones_first() -> None:
    look = FirstLook(
        12,
        (
            Expected("calls", "", "1 h", 0.8, "horizon", 0.9, MONDAY, 0.9, 0.0),
            Expected("chat", "", "1 h", 0.8, "week", math.nan, MONDAY, math.nan, 0.0),
            Expected("mail", "north", "1 h", 0.8, "week", 0.1, MONDAY, 0.1, 1.0),
            Expected("mail", "", "1 h", 0.95, "week", 0.981, MONDAY, 0.94996, 0.25),
        ),
        (("phone", "20 s"),),
    )
    assert title_of_look(look) == "What 12 sketches expect"
    assert list(look_lines(look)) == [
        "mail / 1 h: 98.1% over the horizon, 94.9% at worst, in the week of 9 November; target 95%, missed in 3 of 12",
        "calls / 1 h: 90.0% over the horizon; target 80%, missed in none of 12",
        "chat / 1 h: nothing is due",
        "phone / 20 s: not sketched, as a sketch moves in quarters of an hour",
    ]
