"""What charts draw is what the tables say, and titles count what can be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

from simcap.analysis.risks import BUSY, planned_headcount
from simcap.experiment.results import Results
from simcap.report.charts.cohorts import cohort_charts
from simcap.report.charts.headcount import headcount_charts
from simcap.report.charts.heat_map import heat_map
from simcap.report.charts.hours import SHORT, hours_charts
from simcap.report.charts.lateness import FILLS, lateness_chart
from simcap.report.charts.panels import sheets_of, which_of
from simcap.report.charts.run import draw_charts, risky_rows
from simcap.report.charts.safe import safe_chart
from simcap.report.charts.sla import sla_chart
from simcap.report.charts.style import house_style
from simcap.report.charts.timeline import Timeline
from simcap.report.charts.volume import volume_chart
from simcap.report.charts.waterfall import waterfall_chart
from simcap.report.wording.sla_rows import MARKS, sla_rows
from simcap.report.wording.standing import standings
from tests.report.charts.test_comparison import CONTRACT
from tests.report.charts.test_run import calls, finding, sla, troubles, weeks
from tests.report.made import BASE, changed, made

Array = NDArray[np.float64]
WASH = 0.07
"""Opacity of what shades a window at risk."""


def title(figure: Figure | None) -> str:
    """Return a figure's title in one line."""
    assert figure is not None
    return str(figure.texts[0].get_text()).replace("\n", " ")


def boxes(axes: Axes) -> list[tuple[str, bool, float, float]]:
    """Return the colour, whether it is hatched, bottom and top of each box."""
    found = []
    for group in axes.collections:
        if not isinstance(group, PolyCollection) or not len(group.get_paths()):
            continue
        hatched = bool(group.get_hatch())
        colours = group.get_edgecolor() if hatched else group.get_facecolor()
        for path in group.get_paths():
            heights = np.asarray(path.vertices)[:4, 1]
            found.append((to_hex(colours[0]), hatched, float(heights.min()), float(heights.max())))  # type: ignore[index]
    return found


# -- hours ------------------------------------------------------------------------------------------------------------


def short_of_hours() -> Results:
    """Return results in which one team is short of hours in the fourth and fifth week."""
    results = made(changed(), 5)
    results.figures.of("teams", "week", ("north", "manila"), "busy_hours")[:, 3:5] = 40 * 40.0
    return results


def test_as_many_bars_are_hatched_as_the_title_counts() -> None:
    with house_style():
        (chart,) = hours_charts(short_of_hours())
    assert title(chart) == "1 of 2 teams is short of hours: manila (2 weeks)"
    (axes,) = chart.axes
    drawn = boxes(axes)
    assert [round(top * BUSY) for colour, hatched, _, top in drawn if hatched] == [1600, 1600]
    assert {colour for colour, hatched, *_ in drawn if hatched} == {SHORT.colour}
    assert len(drawn) == 13
    assert troubles(chart) == []


def test_enough_hours_are_no_chart() -> None:
    assert list(hours_charts(made(changed(), 3))) == []


# -- volume -----------------------------------------------------------------------------------------------------------


def test_volume_is_the_time_that_items_take_and_capacity_the_hours_at_which_teams_are_busy_enough() -> None:
    results = made(changed(), 5)
    results.figures.of("queues", "week", ("listings",), "arrived")[:, 6] = 2e9
    chart = volume_chart(results)
    assert chart is not None
    (axes,) = chart.axes
    per_item = 0.01  # A hundred decisions in each busy hour.
    tops = [top for *_, top in boxes(axes)]
    assert tops[0] == pytest.approx(1000 * per_item, rel=1e-3)
    assert tops[6] == pytest.approx(2e9 * per_item, rel=1e-3)
    line = axes.patches[-1].get_data().values  # type: ignore[attr-defined]
    assert line == pytest.approx(BUSY * 30 * (40 + 30))
    assert title(chart).startswith(
        "More work arrives than there is capacity for in 1 of 13 weeks, most in the week of 16 November"
    )


# -- late items -------------------------------------------------------------------------------------------------------


def test_causes_are_stacked_to_the_hours_of_all_late_items() -> None:
    results = made(calls(sla("4 h", "week")), 4, attainment=0.5)
    for cause, hours in (("nobody_hours", 30.0), ("busy_hours", 10.0)):
        results.figures.of("late", "week", ("calls", "", "4 h"), cause)[:, 2] = hours
    rows = risky_rows(results)
    chart = lateness_chart(results, rows)
    assert title(chart) == (
        "calls, 4 h SLA: 75% of the late items’ time goes to “nobody with the skill on duty”; most is late in the "
        "week of 19 October"
    )
    assert chart is not None
    drawn = [box for box in boxes(chart.axes[0]) if box[3] > box[2]]
    assert [(colour, bottom, top) for colour, _, bottom, top in drawn] == [
        (FILLS["nobody"].colour, 0.0, 30.0), (FILLS["busy"].colour, 30.0, 40.0),
    ]  # fmt: skip
    assert lateness_chart(made(calls(sla("4 h", "week")), 4, attainment=0.5), rows) is None


def test_causes_differ_in_more_than_colour() -> None:
    assert len({(fill.colour, fill.hatch) for fill in FILLS.values()}) == len(FILLS)
    plain = [fill.colour for fill in FILLS.values() if not fill.hatch]
    assert len(set(plain)) == len(plain)


# -- people -----------------------------------------------------------------------------------------------------------


def test_new_people_are_those_who_joined_within_eight_weeks() -> None:
    results = made(changed(), 3)
    results.figures.of("teams", "week", ("north", "manila"), "hires")[:, 2] = 12
    results.figures.of("teams", "week", ("north", "manila"), "headcount")[:] = 48
    with house_style():
        (chart,) = cohort_charts(results)
    assert title(chart) == "12 of the 48 agents of manila are new in the week of 19 October"
    (line,) = [one for one in chart.axes[0].lines if len(np.asarray(one.get_ydata())) == 13]
    assert list(np.asarray(line.get_ydata())) == [0, 0, *[12] * 8, 0, 0, 0]
    assert list(cohort_charts(made(changed(), 3))) == []


def test_a_team_is_held_against_its_plan() -> None:
    results = made(changed(), 20)
    with house_style():
        (chart,) = headcount_charts(results)
    planned = planned_headcount(results.scenario, "north", "manila", results.layout)
    assert list(planned[:4]) == [40, 40, 40, 45]
    lines = [np.asarray(line.get_ydata()) for axes in chart.axes for line in axes.lines]
    assert any(len(line) == 13 and list(line) == list(planned) for line in lines)
    assert title(chart) == "2 of 2 teams fall 10% or more below their planned agents; manila most, by 26%"


# -- money ------------------------------------------------------------------------------------------------------------


def test_the_waterfall_ends_at_net_cost() -> None:
    document = changed()
    for vendor in document["vendors"].values():
        vendor["contract"] = CONTRACT
    results = made(document, 20)
    chart = waterfall_chart(results)
    assert chart is not None
    fee, net, credit = boxes(chart.axes[0])[0], boxes(chart.axes[0])[-1], boxes(chart.axes[0])[1]
    table = results.tables["vendors"]
    rows = table[(table["vendor"] == "") & (table["period"] == "horizon")].set_index("measure")["mean"]
    assert fee[3] == pytest.approx(rows["used_fee"])
    assert net[3] == pytest.approx(rows["net_cost"])
    assert credit[1]
    assert credit[3] - credit[2] == pytest.approx(rows["service_credits"])
    assert "service credits: −" in title(chart)
    assert troubles(chart) == []
    assert waterfall_chart(made(changed(), 2)) is None


# -- SLAs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_title_counts_the_weeks_that_are_shaded(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.choice([0, 1, 2, 5, 11, 20], 13, p=[0.5, 0.1, 0.1, 0.1, 0.1, 0.1])
    results = weeks(*((week, int(count), 0.9) for week, count in enumerate(counts)))
    with house_style():
        (axes,) = sla_chart(results, standings(results)).axes
    shaded = sum(
        len(group.get_paths())
        for group in axes.collections
        if isinstance(group, PolyCollection) and group.get_alpha() == WASH
    )
    assert shaded == (counts >= 2).sum()
    if shaded > 1:
        assert f"in {shaded} of 13 weeks" in finding(results)


def test_a_miss_below_the_band_is_marked() -> None:
    results = made(calls(sla("4 h", "week")), 40, attainment=_one_miss())
    with house_style():
        (axes,) = sla_chart(results, standings(results)).axes
    (marks,) = [line for line in axes.lines if line.get_marker() == "v"]
    assert list(np.asarray(marks.get_xdata())) == [7 * 5 + 3.5]
    assert list(np.asarray(marks.get_ydata())) == [0.6]
    assert axes.get_ylim()[0] < 0.6


def _one_miss() -> Array:
    attainment = np.full((40, 13), 0.97)
    attainment[0, 5] = 0.6
    return attainment


def test_one_definition_of_at_risk_marks_the_heat_map() -> None:
    # In no week alone more than 5% of replications miss, and yet half of them miss some week.
    attainment = np.full((20, 13), 0.97)
    attainment[np.arange(10), np.arange(10)] = 0.9
    results = made(calls(sla("4 h", "week")), attainment=attainment)
    chart = heat_map(results, standings(results))
    assert title(chart) == (
        "1 of 1 queue is at risk over the horizon, though no SLA is missed in any window with more than 5% [1%, 24%]"
    )
    (row,) = sla_rows(results)
    assert chart is not None
    assert chart.axes[0].get_yticklabels()[0].get_text() == f"{row.mark} calls"
    assert row.mark in (MARKS["likely"], MARKS["at risk"])
    assert finding(results) == (
        "calls: 4 h SLA at risk over the horizon (any miss 50% [30%, 70%]), "
        "though in no week with more than 5% [1%, 24%]"
    )


def test_queues_without_a_risk_have_a_line_and_no_sheet(tmp_path: Path) -> None:
    results = made(changed(), 40, attainment=0.97)
    names = {path.stem for path in draw_charts(results, tmp_path)}
    assert "slas-in-a-line-each" in names
    assert [name for name in names if name.startswith("sla-")] == []
    chart = safe_chart(results, standings(results))
    assert title(chart).startswith(
        "2 queues have no SLA at risk; closest to its target: New listing review: 95% within"
    )
    assert chart is not None
    assert len(chart.axes[0].get_yticklabels()) == 4
    assert troubles(chart) == []


def test_what_is_at_risk_is_never_called_safe_in_a_line_either() -> None:
    results = weeks((5, 4, 0.9))
    assert title(safe_chart(results, standings(results))).startswith(
        "1 more queue, at risk less than others; weakest: "
    )


# -- sheets -----------------------------------------------------------------------------------------------------------


def test_many_panels_are_laid_on_sheets_of_like_size_and_the_rest_is_counted() -> None:
    assert sheets_of(range(9)) == [[*range(9)]]
    assert sheets_of(range(15)) == [[*range(8)], [*range(8, 15)]]
    sheets = sheets_of(range(42))
    assert [len(sheet) for sheet in sheets] == [9, 9]
    assert which_of("queue", 1, sheets, 42, order="worst") == "; queues 10 to 18 of 42, worst first, 24 not shown"
    assert which_of("queue", 0, sheets_of(range(9)), 9) == ""
    assert sheets_of([]) == [[]]


def test_weeks_are_named_in_their_middle() -> None:
    timeline = Timeline(pd.Timestamp(BASE["horizon"]["start"]).date(), 91)
    axes = Figure().add_axes((0, 0, 1, 1))
    timeline.draw(axes, 11.0, edges=np.arange(0.0, 92, 7))
    assert [label.get_text() for label in axes.get_xticklabels()][:2] == ["5 Oct", "12 Oct"]
    assert list(axes.get_xticks())[:2] == [3.5, 10.5]
