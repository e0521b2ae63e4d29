"""The heat map of a stress test: few enough shocks on a sheet, and the rest counted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from simcap.report.charts.stress import PER_SHEET, stress_charts
from simcap.report.charts.style import house_style
from simcap.report.terminal.stress import hurting
from simcap.scenario.schema.scenario import Scenario
from tests.report.charts.test_run import troubles
from tests.report.made import changed


def shocked(count: int) -> Any:
    """Return a stress test of so many shocks, each of which costs both queues some points."""
    names = [f"shock number {number} of the review" for number in range(count)]
    rows = [
        {
            "shock": shock, "queue": queue, "vendor": "", "sla": sla, "stands_out": True, "worst_stands_out": True,
            "lost": 0.4 * (1 - number / count), "lost_at_worst": 0.9 * (1 - number / count), "recovers_days": 3.0,
        }
        for number, shock in enumerate(names)
        for queue, sla in (("listings", "4 h"), ("appeals", "72 h"))
    ]  # fmt: skip
    shocks = [SimpleNamespace(name=name) for name in np.random.default_rng(3).permutation(names)]
    scenario = Scenario.model_validate(changed())
    return SimpleNamespace(scenario=scenario, table=pd.DataFrame(rows), shocks=shocks, replications=5)


def test_shocks_are_laid_on_two_sheets_the_worst_first_and_the_rest_is_counted() -> None:
    stress = shocked(44)
    with house_style():
        sheets = dict(stress_charts(stress, hurting(stress)))
        assert list(sheets) == ["stress", "stress-2"]
        assert [trouble for figure in sheets.values() for trouble in troubles(figure)] == []
    rows = [[label.get_text() for label in figure.axes[0].get_yticklabels()] for figure in sheets.values()]
    assert [len(one) for one in rows] == [PER_SHEET, PER_SHEET]
    assert rows[0][0] == "shock number 0 of the review"
    assert rows[1][-1] == f"shock number {2 * PER_SHEET - 1} of the review"
    words = sheets["stress-2"].texts[1].get_text().replace("\n", " ")
    assert words.endswith(
        f"; shocks {PER_SHEET + 1} to {2 * PER_SHEET} of 44, worst first, {44 - 2 * PER_SHEET} not shown"
    )


def test_queues_have_their_titles() -> None:
    stress = shocked(3)
    with house_style():
        ((_, figure),) = stress_charts(stress, hurting(stress))
    title = figure.texts[0].get_text().replace("\n", " ")
    assert title == "Shock number 0 of the review costs New listing review 90 points of attainment in its worst window"
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["New listing review", "appeals"]
