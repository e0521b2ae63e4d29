"""Replications gathered in memory and in a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcap.analysis.replications import ReplicationTable
from simcap.errors import RunError
from simcap.experiment import gathered
from simcap.experiment.gathered import Gathered
from simcap.experiment.replicate import Outcome
from tests.analysis.made import layout_of, quiet_figures
from tests.helpers import scenario

LAYOUT = layout_of(scenario({"horizon": {"start": "2026-10-05", "weeks": 2, "timezone": "UTC"}}), ("horizon", "week"))


def outcomes(count: int) -> list[Outcome]:
    figures = quiet_figures(LAYOUT, count)
    for number, values in enumerate(figures.arrays.values()):
        values += np.arange(values.size).reshape(values.shape) + 1000 * number
    return [
        Outcome(number, {key: values[number] for key, values in figures.arrays.items()}, {"x": number / 4}, ("noted",))
        for number in range(count)
    ]


def test_those_in_a_file_are_those_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for most in (1 << 26, 0):
        monkeypatch.setattr(gathered, "MOST_IN_MEMORY", most)
        done = Gathered(4, tmp_path)
        for outcome in reversed(outcomes(4)):
            done.add(outcome)
        assert [(one.replication, one.drawn, one.notes) for one in done.about()] == [
            (number, {"x": number / 4}, ("noted",)) for number in range(4)
        ]
        figures = done.figures(LAYOUT)
        assert (figures.pages is None) is (most > 0)
        found.append(figures)
    for figures in found:
        figures.let_go()
        for number, outcome in enumerate(outcomes(4)):
            assert all(np.array_equal(figures.arrays[key][number], values) for key, values in outcome.figures.items())
    assert list(tmp_path.iterdir()) == [], "the file has no name"


def test_a_replication_that_comes_again_takes_the_place_of_the_other() -> None:
    done = Gathered(2)
    one, other = outcomes(2)
    for outcome in (one, other, Outcome(1, one.figures, {"x": 9}, ())):
        done.add(outcome)
    assert len(done) == 2
    assert 1 in done
    assert 2 not in done
    assert done.about()[1].drawn == {"x": 9}
    arrays = done.figures(LAYOUT).arrays
    assert all(np.array_equal(values[0], values[1]) for values in arrays.values())


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "MOST_IN_MEMORY", 0)
    with pytest.raises(RunError, match="cannot be written"):
        Gathered(1, tmp_path / "nowhere").add(outcomes(1)[0])


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_rows_of_replications_are_the_same_in_any_stretches(size: int) -> None:
    done = Gathered(3)
    for outcome in outcomes(3):
        done.add(outcome)
    table = ReplicationTable(done.figures(LAYOUT), {"x": np.array([0.0, 0.25, 0.5])})
    whole = table.rows()
    begins = range(0, len(table), size) if size > 1 else range(50)
    for begin in begins:
        part = table.rows(begin, begin + size)
        expected = whole.iloc[begin : begin + size].reset_index(drop=True)
        assert part.equals(expected)
        assert (part.dtypes == whole.dtypes).all()
