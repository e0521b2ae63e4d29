"""Work that waits, in hours, by hand: it grows only beyond chance, and by what matters."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simcap.analysis.figures import Figures, Layout
from simcap.report.review.waiting import QueueWork, waiting_finding, work_of
from simcap.report.review.workforce import TeamReview, _ramp_weeks
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import Ramp
from tests.report.made import BASE, layout_of

WEEKS = 4


def results(open_: list[list[float]]) -> Any:
    """Return results of one queue, [replication][week] of whose items are open; 30 decisions take an hour."""
    document = BASE | {"horizon": BASE["horizon"] | {"weeks": WEEKS}, "events": {}}
    scenario = Scenario.model_validate(document)
    plain = layout_of(scenario, "week")
    subjects = plain.subjects | {"queues": (("listings",),), "work": (("north", "manila", "listings"),)}
    layout = Layout(subjects, plain.measures | {"work": ("completed", "busy_hours")}, plain.windows)
    arrays = {
        (table, period): np.zeros((len(open_), *layout.shape(table, period)))
        for table in ("queues", "work") for period in layout.windows
    }  # fmt: skip
    figures = Figures(layout, arrays)
    figures.of("work", "horizon", None, "completed")[:] = 3000
    figures.of("work", "horizon", None, "busy_hours")[:] = 100
    figures.of("work", "week", None, "busy_hours")[:] = 25
    figures.of("queues", "week", None, "arrived")[:] = 900
    figures.of("queues", "week", ("listings",), "open_at_end")[:] = open_
    return SimpleNamespace(scenario=scenario, figures=figures, layout=layout)


def test_items_count_in_the_hours_that_a_decision_takes() -> None:
    (work,) = work_of(results([[30, 60, 90, 120], [90, 120, 150, 180]]))
    assert work.title == "New listing review"
    assert work.arriving.tolist() == pytest.approx([30] * WEEKS)
    assert work.done.tolist() == [25] * WEEKS
    assert work.waiting.tolist() == pytest.approx([2, 3, 4, 5])


@pytest.mark.parametrize(
    ("ends", "grows"),
    [
        ([300.0, 310, 290, 305], True),
        ([60.0, 65, 55, 61], False),  # certain, but a week brings 900
        ([900.0, 0, 0, 0], False),  # more in the mean, not beyond chance
        ([0.0, 0, 0, 0], False),
        ([300.0], True),
    ],
)
def test_growth_is_beyond_chance_and_material(ends: list[float], grows: bool) -> None:
    (work,) = work_of(results([[0.0, 0, 0, end] for end in ends]))
    assert work.grows is grows


def test_the_sentence_names_the_queues_that_grow_most() -> None:
    def work(title: str, last: float, *, grows: bool = True) -> QueueWork:
        weeks = np.linspace(10.0, last, WEEKS)
        return QueueWork(title, weeks, weeks, weeks, grows)

    assert waiting_finding(()) == ""
    assert waiting_finding((work("mail", 10, grows=False),)).startswith("In no queue")
    said = waiting_finding((work("mail", 40), work("chat", 90), work("still", 12, grows=False)))
    assert said == (
        "Work that waits grows in chat (from 10 h after the first week to 90 h at the end) and mail (from 10 h after "
        "the first week to 40 h at the end). It is not in the hours required."
    )


def test_newcomers_are_new_for_the_length_of_the_ramp() -> None:
    windows = layout_of(Scenario.model_validate(BASE), "week").windows["week"]
    zeros = np.zeros(13)
    hires, leavers = zeros.copy(), zeros.copy()
    hires[2], hires[3], leavers[5] = 4, 2, 3
    team = TeamReview(
        "north", "North", "day", "Day", windows, zeros + 20, *[zeros] * 5, hires, leavers, zeros, ramp_weeks=2
    )
    assert team.new[:6].tolist() == pytest.approx([0, 0, 0.2, 0.3, 0.1, 0])
    assert team.cohorts == "up to 30% are new, in the week of 26 Oct; 3 leave in the week of 9 Nov"


@pytest.mark.parametrize(
    ("ramp", "weeks"),
    [
        (None, 0),
        ({"steps": ["50%", "75%", "100%"]}, 2),
        ({"start": "50%", "reaches": "100%", "after": "20 days"}, 3),
    ],
)
def test_how_long_a_newcomer_ramps(ramp: dict[str, Any] | None, weeks: int) -> None:
    assert _ramp_weeks(None if ramp is None else Ramp.model_validate(ramp)) == weeks
