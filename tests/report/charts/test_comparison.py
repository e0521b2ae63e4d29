"""Charts of a comparison: which there are, what their titles find, that no text touches another."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from simcap.experiment.compared import compared
from simcap.experiment.comparison import Comparison
from simcap.experiment.results import Results
from simcap.report.charts.before_after import before_after_chart, queues_that_differ
from simcap.report.charts.comparison import draw_comparison
from simcap.report.charts.cost import cost_chart
from simcap.report.charts.decision import decision_chart
from simcap.report.charts.style import house_style
from tests.report.charts.test_run import eventful, horizon, long_names, troubles
from tests.report.made import BASE, changed, made, many

CONTRACT = {"currency": "EUR", "price": {"per_productive_hour": 15}}


def priced(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a document under a name, each of its vendors with a contract."""
    own = copy.deepcopy(document) | {"name": name}
    for vendor in own["vendors"].values():
        vendor["contract"] = CONTRACT
    return own


def against(*results: Results) -> Comparison:
    """Return results held against the first of them."""
    return Comparison(results, ((),) * (len(results) - 1), compared(results), 0.0)


def several(document: dict[str, Any], *shares: float, replications: int = 8, period: str = "week") -> Comparison:
    """Return scenarios of one document, each with its attainment of every SLA: base, then one, two ..."""
    names = ["base", *(f"variant {n}" for n in range(1, len(shares)))]
    return against(
        *(
            made(priced(document, name), replications, attainment=share, period=period)
            for name, share in zip(names, shares, strict=True)
        )
    )


def wide(replications: int) -> Comparison:
    """Return a base and a variant whose attainments vary."""
    rng = np.random.default_rng(2)
    runs = [
        made(priced(changed(), name), replications, attainment=rng.uniform(low, 1, (replications, 1)))
        for name, low in (("base", 0.9), ("less", 0.5))
    ]
    return against(*runs)


def without_south() -> dict[str, Any]:
    """Return the scenario with one vendor less."""
    return changed(vendors={"north": BASE["vendors"]["north"]}, routing={})


CASES: dict[str, Callable[[], Comparison]] = {
    "one variant": lambda: several(changed(), 0.99, 0.8),
    "attainment that varies": lambda: wide(8),
    "one replication": lambda: wide(1),
    "three variants": lambda: several(changed(), 0.99, 0.8, 0.0, 1.0),
    "seven variants": lambda: several(changed(), 0.99, *np.linspace(0, 1, 7)),
    "eventful": lambda: several(eventful(), 0.99, 0.8),
    "long names": lambda: against(
        *(made(priced(long_names(), f"{n} {'very ' * 20}long"), 3, attainment=0.5 + 0.2 * n) for n in range(3))
    ),
    "a vendor less": lambda: against(
        made(priced(changed(), "base"), 4, attainment=0.99), made(priced(without_south(), "less"), 4, attainment=0.9)
    ),
    "many vendors": lambda: several(many(3, 14, 14), 0.99, 0.8, 0.7),
    "a year of days": lambda: several(
        many(1, 2, 2, horizon=horizon(weeks=52)), 0.99, 0.9, replications=2, period="day"
    ),
    "part of a week": lambda: several(changed(horizon=horizon(days=10)), 0.99, 0.8),
}


def figures(found: Comparison) -> list[Figure]:
    """Return the charts of a comparison; there are both kinds."""
    costs = cost_chart(found)
    assert costs is not None
    return [
        *(before_after_chart(found, queue) for queue in queues_that_differ(found)[:2]),
        costs,
        decision_chart(found),
    ]


def titles(found: Comparison) -> list[str]:
    """Return the titles of all charts, in one line each."""
    with house_style():
        return [figure.texts[0].get_text().replace("\n", " ") for figure in figures(found)]


@pytest.mark.parametrize("case", CASES)
def test_no_text_touches_another_or_leaves_the_sheet(case: str) -> None:
    with house_style():
        drawn = figures(CASES[case]())
        assert len(drawn) >= 2
        assert [trouble for figure in drawn for trouble in troubles(figure)] == []


def test_titles_tell_what_was_found() -> None:
    sla, _, cost, decision = titles(several(changed(), 0.99, 0.80))
    assert sla == (
        "New listing review: 4 h SLA loses 19.0 points with variant 1, missed in 8 of 8 replications instead of 0 of 8"
    )
    assert cost == "Net cost is the same before and after"
    assert decision == "variant 1: 4 SLAs certainly worse than in the base, no SLA certainly better"


def test_a_loss_is_told_before_a_larger_gain() -> None:
    assert (
        titles(several(changed(), 0.8, 0.7, 1.0))[0] == "New listing review: 4 h SLA loses 10.0 points with variant 1"
    )


def test_one_replication_finds_nothing() -> None:
    assert titles(wide(1))[0] == "New listing review: one replication cannot tell less from base"


def test_only_queues_with_something_to_tell_are_drawn(tmp_path: Path) -> None:
    document = priced(changed(), "base")
    other = copy.deepcopy(document) | {"name": "other"}
    found = against(made(document, 4, attainment=0.99), made(other, 4, attainment=0.99))
    assert queues_that_differ(found) == []
    (tmp_path / "sla-old.png").write_text("of an earlier comparison")
    assert [path.name for path in draw_comparison(found, tmp_path)] == [
        "decision.png",
        "decision.svg",
        "cost.png",
        "cost.svg",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cost.png", "cost.svg", "decision.png", "decision.svg"]


def test_files(tmp_path: Path) -> None:
    names = [path.name for path in draw_comparison(several(changed(), 0.99, 0.8), tmp_path)]
    assert names == [
        f"{name}.{kind}" for name in ("decision", "sla-listings", "sla-appeals", "cost") for kind in ("png", "svg")
    ]


def test_without_a_price_there_is_no_chart_of_cost() -> None:
    found = against(made(changed(), 2, attainment=0.99), made(changed(name="other"), 2, attainment=0.9))
    assert cost_chart(found) is None


def test_figures_of_cost_are_those_that_were_settled() -> None:
    found = against(
        made(priced(changed(), "base"), 4, attainment=0.99), made(priced(without_south(), "less"), 4, attainment=0.9)
    )
    with house_style():
        texts = [text.get_text() for axes in cost_chart(found).axes for text in axes.texts]  # type: ignore[union-attr]
    net = {
        (run.scenario.name, vendor): run.figures.of("money", "horizon", (vendor,), "net_cost").mean()
        for run in found.results
        for (vendor,) in run.layout.subjects["money"]
    }
    gap = f"({net['less', 'north'] - net['base', 'north']:+,.0f})".replace("-", "−")
    assert any(text.startswith(f"{net['base', 'north']:,.0f} = ") for text in texts)
    assert any(text.startswith(f"{net['less', 'north']:,.0f} {gap} = ") for text in texts)
    assert "not in it" in texts
