"""A first look: as many sketches as there is time for, of the SLAs that a sketch can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from simcap.analysis.measures import ratio
from simcap.experiment import first_look as module
from simcap.experiment.batch import Batch, run_batch
from simcap.experiment.first_look import FirstLook, first_look
from simcap.scenario.reading.loading import load
from tests.comparisons import PROGRAMME, write_programme

SLA = "sla: {1 h: {measure: turnaround, within: 1 h, target: 95%, per: week}}"
BLIND = SLA.replace("}}", "}, fast: {measure: wait, within: 30 s, target: 80%, per: day}}")


def test_it_expects_what_its_sketches_say(tmp_path: Path) -> None:
    file = load(write_programme(tmp_path))
    found = first_look(file, 1e6)
    assert found is not None
    assert (found.sketches, found.blind) == (5, ())
    (run,) = run_batch([file], Batch(3, range(5), ("horizon", "week"), 1, sketched=("sla",)))
    counts = [
        run.figures.of("sla", "horizon", ("mail", "", "1 h"), name).sum(axis=0) for name in ("on_time", "counted")
    ]
    mail = next(one for one in found.slas if (one.queue, one.vendor) == ("mail", ""))
    assert mail.attainment == pytest.approx(ratio(*counts)[0])
    assert {one.vendor for one in found.slas if one.queue == "mail"} == {"", "north", "south"}


@pytest.mark.parametrize(
    ("seconds", "count"), [(0.001, 20), (0.04, 20), (0.08, 10), (0.5, 5), (0.6, 5), (0.61, 0), (1e9, 0)]
)
def test_the_longer_a_sketch_takes_the_fewer_there_are(seconds: float, count: int) -> None:
    assert module._count(seconds) == count


def test_of_what_is_too_large_nothing_is_sketched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "sketch", None)
    assert first_look(load(write_programme(tmp_path)), 1e8) == FirstLook(0, (), ())


def test_slas_that_a_sketch_cannot_tell_are_named(tmp_path: Path) -> None:
    path = write_programme(tmp_path)
    path.write_text(PROGRAMME.replace(SLA, BLIND, 1))
    found = first_look(load(path), 1e6)
    assert found is not None
    assert found.blind == (("mail", "fast"),)
    assert {one.sla for one in found.slas} == {"1 h"}
    path.write_text(PROGRAMME.replace(SLA, ""))
    assert first_look(load(path), 1e6) is None
