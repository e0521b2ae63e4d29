"""Three people who are asked for elsewhere: a cut with a gain, and a transfer."""

from __future__ import annotations

import numpy as np

from simcap.api import change
from simcap.scenario.reading.loading import load
from simcap.streams import Streams
from simcap.tally import Capacity
from simcap.units import WEEK
from simcap.world.capacity import estimate
from simcap.world.world import simulate
from tests.real.published import ROOT, needs

CASE = ROOT.parent / "shared" / "cases" / "transfer"
MOVE = {"events": {"move": {"transfer": {"from": "day", "to": "late", "agents": 3, "on": "2026-10-12"}}}}
NOBODY_LEAVES = {"vendors": {"northstar": {"attrition": {"per_year": "0%"}}}}

pytestmark = needs(CASE / "f28.yaml")


def test_a_transfer_makes_no_people() -> None:
    moved = change(CASE / "base.yaml", {**MOVE, **NOBODY_LEAVES}, name="moved")
    tally = simulate(moved.scenario, moved.files, 7, 0)
    assert tally.headcount[:2].sum(axis=0).tolist() == [12.0] * 28
    assert tally.headcount[0].tolist() == [7.0] * 7 + [4.0] * 21
    assert tally.headcount[1].tolist() == [5.0] * 7 + [8.0] * 21
    assert tally.transfers[:2, 7].tolist() == [-3.0, 3.0]
    assert not tally.hires.any()
    assert not tally.leavers.any()


def test_those_who_leave_leave_on_the_same_days_and_are_counted_once() -> None:
    moved, stay = change(CASE / "base.yaml", MOVE, name="moved"), load(CASE / "base.yaml")
    for replication in range(4):
        one, other = (simulate(file.scenario, file.files, 7, replication) for file in (moved, stay))
        assert np.array_equal(one.leavers[:2].sum(axis=0), other.leavers[:2].sum(axis=0))


def test_a_cut_and_a_gain_say_how_many_people_there_are_between_their_dates() -> None:
    pair = load(CASE / "f28.yaml")
    tally = simulate(pair.scenario, pair.files, 7, 0)
    (note,) = [note for note in tally.notes if "transfer:" in note]
    assert note.startswith("out, in: 3 leave day on 2026-11-04, 3 join late on 2026-10-12")
    assert "(15 rather than 12, as they start)" in note
    assert note in estimate(pair.scenario, pair.files, Streams(7, 0)).notes


def test_the_estimate_counts_those_who_move_where_they_are() -> None:
    moved, stay = (
        change(CASE / "base.yaml", {**changes, **NOBODY_LEAVES}, name="it") for changes in (MOVE, {"events": {}})
    )
    found, plain = (_weekly_hours(estimate(file.scenario, file.files, Streams(7, 0))) for file in (moved, stay))
    assert np.array_equal(found[:, 0], plain[:, 0])
    assert (found[0, 1:] < 0.7 * plain[0, 1:]).all()
    assert (found[1, 1:] > 1.4 * plain[1, 1:]).all()
    assert found[2:].tolist() == plain[2:].tolist()


def _weekly_hours(capacity: Capacity) -> np.ndarray:
    """Return [team, week] of the horizon's four weeks."""
    week = capacity.edges[:-1] // WEEK
    return np.stack([capacity.staffed.seconds[:, week == number].sum(axis=1) for number in range(4)], axis=1)
