"""What sketches expect of an SLA, by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np

from simcap.analysis.comparison import run_of
from simcap.analysis.expected import expected_slas
from tests.analysis.made import layout_of, quiet_figures
from tests.experiment.made import attain
from tests.helpers import scenario

SLA = "{4 h: {measure: turnaround, within: 4 h, target: 90%, per: week}}"


def test_the_horizon_and_the_worst_whole_week() -> None:
    plan = scenario({"horizon.days": 24, "queues.mail.sla": SLA})
    run = run_of(plan, quiet_figures(layout_of(plan), 3))
    attain(run.figures, "horizon", 0, [900, 800, 1000], [1000, 1000, 2000])
    attain(run.figures, "week", 0, [90, 80, 190], [100, 100, 200], window=1)
    attain(run.figures, "week", 0, [0, 0, 0], [100, 100, 200], window=3)
    (found,) = expected_slas(run.figures, run.targets, run.periods)
    assert (found.queue, found.vendor, found.sla, found.target, found.per) == ("mail", "", "4 h", 0.9, "week")
    assert found.attainment == 2700 / 4000
    assert found.at_worst == 360 / 400, "a ratio of sums; the last week, which is not whole, is not judged"
    assert found.worst.date() == dt.date(2026, 10, 12)
    assert found.missed == 1 / 3
    assert found.is_met
    attain(run.figures, "week", 0, [90, 79, 190], [100, 100, 200], window=1)
    assert not expected_slas(run.figures, run.targets, run.periods)[0].is_met


def test_where_nothing_is_due_nothing_is_expected() -> None:
    plan = scenario({"horizon.days": 14, "queues.mail.sla": SLA})
    run = run_of(plan, quiet_figures(layout_of(plan), 3))
    for period in ("horizon", "week"):
        run.figures.of("sla", period, None, "counted")[:] = 0
    (found,) = expected_slas(run.figures, run.targets, run.periods)
    assert np.isnan([found.attainment, found.at_worst]).all()
    assert found.is_met
