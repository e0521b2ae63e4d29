"""Two agents whose days off rotate are never off on the same day."""

from __future__ import annotations

import numpy as np

from simcap.analysis.measures import sla_figures
from simcap.scenario.reading.loading import load
from tests.helpers import watch
from tests.real.published import ROOT, needs

CASE = ROOT.parent / "shared" / "cases" / "06-five-of-seven"


@needs(CASE)
def test_two_agents_are_never_off_together() -> None:
    rotating, by_hand = (watch(load(CASE / name).scenario)[0] for name in ("t2.yaml", "apart.yaml"))
    for tally in (rotating, by_hand):
        attained = sla_figures(tally, tally.grid.windows("week"))["attainment"][0]
        assert attained.tolist() == [1, 1, 1, 1]
    hours = rotating.by_team["floor"][0, :28] / 3600
    assert (hours >= 7.9).all()
    assert np.isclose(hours, 16, atol=0.5).sum() == 4 * 3
