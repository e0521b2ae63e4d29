"""The flow of a sketch against what is known by hand."""

from __future__ import annotations

import pytest

from simcap.analysis.measures import sla_figures
from simcap.scenario.schema.scenario import Scenario
from simcap.sketch.sketch import Sketcher
from simcap.streams import Streams
from simcap.tally import Tally
from simcap.world.world import simulate
from tests.helpers import NOWHERE


def desk(agents: int, per_hour: int, within: str = "1 h") -> Scenario:
    """Return a desk that never closes, with items of exactly ten minutes."""
    return Scenario.model_validate({
        "name": "desk",
        "horizon": {"start": "2026-10-05", "days": 1, "timezone": "UTC", "warm_up": "0 days"},
        "queues": {
            "mail": {
                "arrivals": {"per_hour": per_hour},
                "handle_time": {"constant": "10 min"},
                "sla": {"due": {"measure": "turnaround", "within": within, "target": "90%", "per": "day"}},
            }
        },
        "vendors": {"own": {"teams": {"all": {"timezone": "UTC", "agents": agents, "skills": ["mail"],
                                              "shift": {"always": True}}}}},
    })  # fmt: skip


def sketched(scenario: Scenario) -> Tally:
    """Return the first sketch of a scenario."""
    return Sketcher(scenario, NOWHERE).sketch(scenario, Streams(1, 0))


def attainment(tally: Tally) -> float:
    """Return attainment of the only SLA over the horizon."""
    return float(sla_figures(tally, tally.grid.windows("horizon"))["attainment"][0, 0])


def test_nothing_waits_where_there_are_enough() -> None:
    assert attainment(sketched(desk(agents=20, per_hour=100))) == pytest.approx(1.0)


def test_a_queue_grows_by_what_is_too_much() -> None:
    # With 120 coming and c being done an hour, an item that comes at hour t waits t (120 - c) / c. With 10 minutes of
    # work, the last to be done within the hour waits 50 minutes.
    tally = sketched(desk(agents=100 // 6 + 1, per_hour=120))
    capacity = 6 * (100 // 6 + 1)
    last = 5 / 6 * capacity / (120 - capacity)
    assert attainment(tally) == pytest.approx(min(last / 24, 1.0), abs=0.01)
    assert tally.by_queue["open"][0, 0] == pytest.approx((120 - capacity) * 24, rel=0.02)


def test_who_is_always_there_works_no_more_than_all_day() -> None:
    # A desk that is open around the clock has a shift of a day, whose end keeps nobody any longer.
    scenario = desk(agents=17, per_hour=120)
    scenario = scenario.model_copy(update={"horizon": scenario.horizon.model_copy(update={"days": 3})})
    tally = sketched(scenario)
    assert tally.by_team["floor"][0, :3] == pytest.approx([17 * 86400.0] * 3)


def test_everything_that_arrives_is_somewhere() -> None:
    tally = sketched(desk(agents=17, per_hour=120))
    inside = tally.by_queue[:, 0]
    gone = inside["completed"] + inside["expired"]
    assert tally.open_before + inside["arrived"] == pytest.approx(gone + inside["open"])


@pytest.mark.slow
def test_the_larger_the_world_the_closer_the_simulation() -> None:
    gaps = []
    for scale in (1, 10, 100):
        scenario = desk(agents=8 * scale, per_hour=48 * scale, within="30 min")
        pairs = [(simulate(scenario, NOWHERE, 1, number), sketched(scenario)) for number in range(5)]
        gaps.append(abs(sum(attainment(run) - attainment(sketch) for run, sketch in pairs)) / len(pairs))
    assert gaps[2] < gaps[1] < gaps[0]
    assert gaps[2] < 0.02
