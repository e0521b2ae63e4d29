"""What differs between two runs: each is judged by its own target, and its money where it has a price."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from simcap.analysis.comparison import Run, either_payers, miss_table, paired_table, run_of
from simcap.analysis.pairs import paired
from tests.analysis.made import layout_of, quiet_figures
from tests.experiment.made import attain, layout_with_money
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


def test_no_slas_are_no_rows_but_columns() -> None:
    plan = scenario({"horizon.days": 16})
    run = run_of(plan, quiet_figures(layout_of(plan), 2))
    assert list(miss_table(run, run))[:4] == ["queue", "vendor", "sla", "per"]
    assert miss_table(run, run).empty


def test_a_horizon_without_a_whole_window_is_missed_in_none() -> None:
    part = {"horizon.days": 5, SLA: "{4 h: {measure: turnaround, within: 4 h, target: 90%, per: week}}"}
    plan = scenario(part)
    row = missed(*[run_of(plan, quiet_figures(layout_of(plan), 2))] * 2)
    assert row["worst"] == ""
    assert np.isnan(row["worst_miss"])


def test_exactly_the_target_is_met() -> None:
    row = missed(judged("90%", [[0.9] * 3] * 4), judged("90%", [[0.9] * 3] * 4))
    assert (row["base"], row["variant"], row["worst"]) == (0.0, 0.0, "")


# -- paired tables ----------------------------------------------------------------------------------------------------

PRICE = "{currency: USD, price: {per_productive_hour: 10}}"
TWO = {
    "horizon.days": 14,
    "queues.chat": "{arrivals: {per_day: 5}, handle_time: {constant: 1 min}}",
    SLA: "{4 h: {measure: turnaround, within: 4 h, target: 90%, per: week}}",
}
SOUTH = "{teams: {far: {timezone: UTC, agents: 2, skills: [mail], shift: {always: true}}}}"


def a_run(**changes: Any) -> Run:
    """Return a run of three replications that meets everything; "__" stands for the dots of a path."""
    plan = scenario(TWO | {path.replace("__", "."): value for path, value in changes.items()})
    return run_of(plan, quiet_figures(layout_with_money(plan), 3))


VALUES = ["base", "variant", "difference", "ci_low", "ci_high", "higher", "lower"]


def test_rows_are_by_subject_measure_and_window_and_differ_by_replication() -> None:
    base, variant = a_run(), a_run()
    for run, factor in ((base, 1.0), (variant, 2.0)):
        for place, queue in enumerate(("mail", "chat")):
            arrived = run.figures.of("queues", "week", (queue,), "arrived")
            arrived[:] = factor * (np.array([[10.0, 20], [12, 20], [17, 20]]) + 100 * place)
    table = paired_table("queues", base, variant, ("horizon", "week"), ("expired", "arrived"))
    assert list(table) == ["queue", "measure", "period", "start", *VALUES]
    keys = [
        (queue, measure, period, start)
        for period, starts in (("horizon", ["2026-10-05"]), ("week", ["2026-10-05", "2026-10-12"]))
        for queue in ("mail", "chat")
        for measure in ("expired", "arrived")
        for start in starts
    ]
    assert [tuple(row) for row in table[["queue", "measure", "period", "start"]].to_numpy()] == keys
    assert table.index.tolist() == list(range(len(keys)))
    row = table.query("queue == 'mail' and measure == 'arrived' and period == 'week'").iloc[0]
    found = paired(np.array([10.0, 12, 17]), np.array([20.0, 24, 34]))
    assert row[VALUES].tolist() == pytest.approx([13, 26, 13, float(found.ci_low), float(found.ci_high), 1.0, 0.0])
    last = table.iloc[-1]
    assert last[VALUES].tolist() == [120, 240, 120, 120, 120, 1.0, 0.0]


def test_intervals_of_shares_stay_between_nothing_and_all() -> None:
    base, variant = a_run(), a_run()
    for measure in ("expired", "expired_share"):
        variant.figures.of("queues", "horizon", ("mail",), measure)[:, 0] = [0.0, 0.9, 0.9]
    table = paired_table("queues", base, variant, ("horizon",), ("expired_share", "expired"))
    share, amount = (
        table.query(f"queue == 'mail' and measure == '{name}'").iloc[0] for name in ("expired_share", "expired")
    )
    assert share["ci_high"] < 1 < amount["ci_high"]


def test_attainment_is_a_ratio_of_sums() -> None:
    base, variant = a_run(), a_run()
    attain(base.figures, "week", 0, [900.0, 10, 90], [1000.0, 100, 100], window=1)
    attain(variant.figures, "week", 0, [500.0, 10, 90], [1000.0, 100, 100], window=1)
    table = paired_table("sla", base, variant, ("week",), ("decided", "attainment"))
    assert list(table)[:3] == ["queue", "vendor", "sla"]
    assert table["measure"].tolist() == ["decided"] * 2 + ["attainment"] * 2
    assert table["base"].tolist() == pytest.approx([1000, 1000, 1, 1000 / 1200])
    assert table["variant"].tolist() == pytest.approx([1000, 1000, 1, 600 / 1200])
    assert table["difference"].tolist() == pytest.approx([0, 0, 0, -400 / 1200])
    assert table["lower"].tolist() == pytest.approx([0, 0, 0, 1 / 3])
    assert (table["ci_low"] <= table["difference"]).all()
    assert (table["ci_high"] >= table["difference"]).all()
    alone = paired_table("sla", base, variant, ("week",), ("decided",))
    assert alone["difference"].tolist() == [0, 0]


def test_only_what_both_have_is_paired_but_for_money() -> None:
    base, variant = a_run(), a_run(vendors__south=SOUTH)
    for one, other in ((base, variant), (variant, base)):
        assert set(paired_table("vendors", one, other, ("week",), ("headcount",))["vendor"]) == {"north"}


PRICED = SOUTH.replace("{teams", f"{{contract: {PRICE}, teams")


def costs(base: Run, variant: Run) -> dict[str, list[float]]:
    """Return base, variant and difference of the net cost by vendor, where north costs 100 and south 30."""
    for run in (base, variant):
        for name, cost in (("north", 100.0), ("south", 30.0)):
            if (name,) in run.layout.subjects["money"]:
                run.figures.of("money", "horizon", (name,), "net_cost")[:] = cost
                run.figures.of("money", "horizon", ("",), "net_cost")[:] += cost
    table = paired_table("money", base, variant, ("horizon",), ("net_cost",))
    return {row["vendor"]: [row["base"], row["variant"], row["difference"]] for row in table.to_dict("records")}


def test_a_vendor_that_a_run_does_not_have_costs_nothing_there() -> None:
    one, both = {"vendors__north__contract": PRICE}, {"vendors__north__contract": PRICE, "vendors__south": PRICED}
    assert either_payers(a_run(**one), a_run(**both)) == [("north",), ("south",), ("",)]
    assert costs(a_run(**one), a_run(**both)) == {"north": [100, 100, 0], "south": [0, 30, 30], "": [100, 130, 30]}
    assert costs(a_run(**both), a_run(**one)) == {"north": [100, 100, 0], "south": [30, 0, -30], "": [130, 100, -30]}


def test_of_a_vendor_without_a_price_and_of_all_with_it_nothing_is_known() -> None:
    priced = a_run(vendors__north__contract=PRICE, vendors__south=PRICED)
    free = a_run(vendors__north__contract=PRICE, vendors__south=SOUTH)
    for runs in ((priced, free), (free, priced)):
        assert either_payers(*runs) == [("north",), ("south",)]
        found = costs(*runs)
        assert found["north"] == [100, 100, 0]
        assert np.isnan(found["south"][2])
