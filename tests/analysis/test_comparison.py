"""Each run of a comparison is judged by its own target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.comparison import Run, miss_table, run_of
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

SLA = "queues.mail.sla"


def judged(target: str, attainment: list[list[float]]) -> Run:
    """Return a run of two whole weeks and a part of one, with the attainment of each replication and week."""
    plan = scenario(
        {"horizon.days": 16, SLA: f"{{4 h: {{measure: turnaround, within: 4 h, target: {target}, per: week}}}}"}
    )
    layout = layout_of(plan)
    figures = quiet_figures(layout, len(attainment))
    figures.of("sla", "week", None, "attainment")[:, 0] = attainment
    return run_of(plan, figures)


def missed(base: Run, variant: Run) -> dict[str, Any]:
    (row,) = miss_table(base, variant).to_dict("records")
    return row


SAME = [[0.85, 0.99, 0.10], [0.85, 0.92, 0.10], [0.85, 0.92, 0.10], [0.95, 0.92, 0.10]]


@pytest.mark.parametrize(
    ("targets", "chances", "worst", "worst_miss"),
    [
        (("90%", "80%"), (0.75, 0.0), "", np.nan),
        (("80%", "90%"), (0.0, 0.75), "2026-10-05", 0.75),
        (("90%", "94%"), (0.75, 1.0), "2026-10-05", 0.75),
        (("94%", "90%"), (1.0, 0.75), "2026-10-05", 0.75),
    ],
)
def test_a_variant_is_judged_by_its_own_target(
    targets: tuple[str, str], chances: tuple[float, float], worst: str, worst_miss: float
) -> None:
    row = missed(judged(targets[0], SAME), judged(targets[1], SAME))
    assert (row["base"], row["variant"]) == chances
    assert row["difference"] == chances[1] - chances[0]
    assert row["ci_low"] <= row["difference"] <= row["ci_high"]
    assert row["worst"] == worst
    assert row["worst_miss"] == pytest.approx(worst_miss, nan_ok=True)


def test_a_part_of_a_week_is_not_judged_and_the_worst_week_is_named() -> None:
    fine = [[0.95, 0.95, 0.95]] * 4
    row = missed(judged("90%", fine), judged("90%", [[0.95, 0.85, 0.1], [0.85, 0.85, 0.1], *fine[2:]]))
    assert (row["base"], row["variant"], row["worst"], row["worst_miss"]) == (0.0, 0.5, "2026-10-12", 0.5)
    table = miss_table(judged("90%", fine), judged("90%", fine))
    keys = ("queue", "vendor", "sla", "per", "base", "variant", "difference", "ci_low", "ci_high")
    assert tuple(table.columns) == (*keys, "worst", "worst_miss")
    assert table.loc[0, ["queue", "vendor", "sla", "per", "worst"]].tolist() == ["mail", "", "4 h", "week", ""]
    assert pd.isna(table.loc[0, "worst_miss"])
