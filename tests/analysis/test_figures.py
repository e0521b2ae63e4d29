"""Figures by the names of their axes: rows, measures and windows that each hold a number of their own."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from simcap.analysis.figures import Figures, Layout, figures_of, stacked, targets_of
from simcap.analysis.late_measures import BY_HOUR, LATE_MEASURES
from simcap.analysis.measures import QUEUE_MEASURES, SLA_MEASURES, TEAM_MEASURES
from simcap.analysis.money import MONEY_MEASURES
from simcap.analysis.work import WORK_MEASURES
from simcap.tally import Names, Tally
from tests.analysis.made import layout_of
from tests.analysis.tallies import empty_tally, grid
from tests.helpers import scenario

NAMES = Names(
    queues=("mail", "chat"),
    teams=(("north", "day"), ("north", "night"), ("south", "far")),
    slas=(("mail", "4 h"), ("chat", "20 s")),
    lines=(("mail", "north"), ("mail", "south"), ("chat", "")),
)
ROWS = (("mail", "", "4 h"), ("mail", "north", "4 h"), ("mail", "south", "4 h"), ("chat", "", "20 s"))
PRICED = scenario({"vendors.north.contract": "{currency: USD, price: {per_productive_hour: 10}}"})


@pytest.fixture(name="tally")
def _tally() -> Tally:
    tally = empty_tally(NAMES, grid(9))
    tally.by_queue["arrived"][0, :9] = 10
    tally.by_queue["arrived"][1, :9] = 1
    tally.late_hours[0, 1, 5] = 7
    stated = tally.stated.copy()
    stated[2] = np.arange(9)
    return dataclasses.replace(tally, stated=stated)


@pytest.fixture(name="layout")
def _layout(tally: Tally) -> Layout:
    return Layout.of(tally, ("horizon", "week"), PRICED)


def numbered(layout: Layout, replications: int = 2) -> Figures:
    """Return figures of which no two are alike."""
    arrays = {}
    for table in ("queues", "sla", "late"):
        for period in layout.windows:
            shape = (replications, *layout.shape(table, period))
            arrays[table, period] = np.arange(np.prod(shape), dtype=float).reshape(shape)
    arrays[BY_HOUR] = np.arange(replications * 4 * 3, dtype=float).reshape(replications, 4, 3)
    return Figures(layout, arrays)


def test_a_layout_has_the_rows_measures_and_windows_of_a_run(layout: Layout) -> None:
    assert layout.subjects == {
        "queues": (("mail",), ("chat",)),
        "teams": NAMES.teams,
        "vendors": (("north",), ("south",)),
        "money": (("north",), ("",)),
        "work": (("north", "day", "mail"),),
        "sla": ROWS,
        "late": ROWS,
    }
    assert layout.measures == {
        "queues": QUEUE_MEASURES,
        "teams": TEAM_MEASURES,
        "vendors": TEAM_MEASURES,
        "money": MONEY_MEASURES,
        "work": WORK_MEASURES,
        "sla": SLA_MEASURES,
        "late": LATE_MEASURES,
    }
    assert {period: len(windows.cells) for period, windows in layout.windows.items()} == {"horizon": 1, "week": 2}
    assert layout.shape("sla", "week") == (4, len(SLA_MEASURES), 2)
    assert layout.stated == {"day": (0.0,) * 9, "night": (0.0,) * 9, "far": tuple(range(9))}


def test_nothing_is_paid_where_no_contract_is_known(tally: Tally) -> None:
    assert Layout.of(tally, ("week",)).subjects["money"] == ()


def test_a_figure_is_found_by_its_names(layout: Layout) -> None:
    figures = numbered(layout)
    whole = figures.whole("sla", "week")
    column = SLA_MEASURES.index("decided")
    assert figures.of("sla", "week", ROWS[2], "decided").tolist() == whole[:, 2, column].tolist()
    assert figures.of("sla", "week", None, "decided").tolist() == whole[:, :, column].tolist()
    each = dict(figures.each("queues", "horizon", ("chat",)))
    assert tuple(each) == QUEUE_MEASURES
    for place, values in enumerate(each.values()):
        assert values.tolist() == figures.whole("queues", "horizon")[:, 1, place].tolist()
    assert figures.late_by_hour(ROWS[1]).tolist() == [[3, 4, 5], [15, 16, 17]]
    figures.of("sla", "week", ROWS[2], "decided")[:] = -1
    assert (whole[:, 2, column] == -1).all(), "it is a view"


def test_what_is_not_there_is_refused(layout: Layout) -> None:
    figures = numbered(layout)
    assert (figures.has("sla", "week"), figures.has("sla", "day"), figures.has("teams", "week")) == (True, False, False)
    with pytest.raises(KeyError, match="day"):
        figures.of("sla", "day", None, "decided")
    for subject, measure in ((("mail", "west", "4 h"), "decided"), (ROWS[0], "beauty")):
        with pytest.raises(ValueError, match=r"tuple|index"):
            figures.of("sla", "week", subject, measure)


def test_the_first_replications_are_of_every_array(layout: Layout) -> None:
    figures = numbered(layout, 3)
    first = figures.first(2)
    assert (figures.replications, first.replications) == (3, 2)
    assert first.layout is layout
    assert {key: values.tolist() for key, values in first.arrays.items()} == {
        key: values[:2].tolist() for key, values in figures.arrays.items()
    }


def test_figures_of_a_tally_are_those_of_every_table_and_period(tally: Tally, layout: Layout) -> None:
    arrays = figures_of(tally, layout)
    tables = ("queues", "teams", "vendors", "sla", "late")
    assert set(arrays) == {BY_HOUR, *((table, period) for table in tables for period in ("horizon", "week"))}
    assert {key: array.shape for key, array in arrays.items() if key != BY_HOUR} == {
        key: layout.shape(*key) for key in arrays if key != BY_HOUR
    }
    figures = Figures(layout, arrays)
    assert figures.of("queues", "week", ("mail",), "arrived").tolist() == [70, 20]
    assert figures.of("queues", "horizon", ("chat",), "arrived").tolist() == [9]
    late = figures.late_by_hour(ROWS[2])
    assert late.dtype == float
    assert np.flatnonzero(late).tolist() == [5]
    assert late[5] == 7


def test_many_replications_become_the_first_axis(tally: Tally, layout: Layout) -> None:
    one = figures_of(tally, layout)
    other = {key: values + 1 for key, values in one.items()}
    figures = stacked(layout, [one, other])
    assert figures.layout is layout
    assert figures.replications == 2
    assert figures.of("queues", "week", ("mail",), "arrived").tolist() == [[70, 20], [71, 21]]
    assert stacked(layout, [other]).of("queues", "week", ("mail",), "arrived").tolist() == [[71, 21]]


def test_a_vendor_is_held_to_the_target_that_it_has_promised() -> None:
    sla = "{4 h: {measure: turnaround, within: 4 h, target: p95, per: week, vendors: {south: 97%}}}"
    plan = scenario(
        {
            "queues.mail.sla": sla,
            "routing.allocation": "{mail: {north: 60%, south: 40%}}",
            "vendors.south.teams.far": "{timezone: UTC, agents: 1, skills: [mail], shift: {always: true}}",
        }
    )
    targets = targets_of(plan, layout_of(plan))
    assert targets == {("mail", "", "4 h"): 0.95, ("mail", "north", "4 h"): 0.95, ("mail", "south", "4 h"): 0.97}
