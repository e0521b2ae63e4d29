"""Who is there in a sketch, shared by scenarios that have the same people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.scenario import Scenario
from simcap.sketch import presence
from simcap.sketch.presence import LastPresence
from simcap.sketch.sketch import Sketcher
from simcap.streams import Streams
from simcap.tally import Tally
from tests.helpers import NOWHERE
from tests.sketch.test_against_runs import VARIANTS, changed

OF_WORK = ("a surge, a slower tool, a classifier", "a change of the split", "a backlog", "waits")
OF_PEOPLE = ("outages", "classes and training", "cross-training", "a transfer and a cut", "holidays")
KNOWN = changed(VARIANTS["overtime"])
"""A scenario whose overtime must leave no trace in what others are given."""


@pytest.fixture(name="counted")
def _counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of scenarios whose people are counted from now on."""
    counted: list[str] = []
    count = presence._presence

    def spy(one: presence.Replication) -> presence.Presence:
        counted.append(one.scenario.name)
        return count(one)

    monkeypatch.setattr(presence, "_presence", spy)
    return counted


def sketch(scenario: Scenario, presences: LastPresence | None = None, number: int = 0) -> Tally:
    """Return a sketch, with the people that another may have left."""
    return Sketcher(scenario, NOWHERE, presences=presences).sketch(scenario, Streams(11, number))


def equal(one: Tally, other: Tally) -> bool:
    """Say whether all counts are the same, to the last digit."""
    names = ("by_queue", "by_sla", "by_team", "paid", "scheduled", "headcount")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@pytest.mark.parametrize("variant", OF_WORK)
def test_the_same_people_are_counted_once_and_change_nothing(variant: str, counted: list[str]) -> None:
    presences = LastPresence()
    other = changed(VARIANTS["overtime"] | VARIANTS[variant])
    assert equal(sketch(KNOWN, presences), sketch(KNOWN))
    del counted[1:]
    assert equal(sketch(other, presences), sketch(other))
    assert len(counted) == 2, "once for both, and once alone"
    assert equal(sketch(KNOWN, presences), sketch(KNOWN))


@pytest.mark.parametrize("variant", OF_PEOPLE)
def test_other_people_are_counted_again(variant: str, counted: list[str]) -> None:
    presences = LastPresence()
    sketch(changed({}), presences)
    assert equal(sketch(changed(VARIANTS[variant]), presences), sketch(changed(VARIANTS[variant])))
    assert len(counted) == 3


def test_another_replication_is_counted_again(counted: list[str]) -> None:
    presences = LastPresence()
    sketch(KNOWN, presences)
    assert equal(sketch(KNOWN, presences, 1), sketch(KNOWN, number=1))
    assert len(counted) == 3


def test_contents_given_for_files_are_alike_only_in_one_place() -> None:
    here = DataFiles(Path("here"))
    given = DataFiles(Path("here"), {"duty.csv": object()})
    assert here.alike(DataFiles(Path("here")))
    assert given.alike(given)
    assert not here.alike(DataFiles(Path("there")))
    assert not here.alike(given)
    assert not given.alike(DataFiles(Path("here"), {"duty.csv": object()}))
