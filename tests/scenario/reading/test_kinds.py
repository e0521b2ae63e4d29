"""Files given for another kind: recognised by their keys, and told where they belong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simcap.calibration.history.configuration import read_configuration
from simcap.errors import ScenarioError
from simcap.planning.shocks import read_shocks
from simcap.scenario.reading.kinds import FileKind, kind_of
from simcap.scenario.reading.loading import load
from simcap.scenario.reading.source import read_tree
from tests.scenario.conftest import BASE, changed

Write = Callable[..., Path]
FILES = {
    "calibration": "title: Q3\ntimezone: UTC\nfrom: 2026-07-06\nto: 2026-10-04\nitems: {path: items.csv}\n",
    "parameters": "title: Q3\nhistory: {from: '2026-07-06'}\nqueues: {listings: {}}\ndraws: []\n",
    "shocks": "flood: {events: {f: {surge: {from: 2026-10-12, for: 3 days, factor: 2}}}}\nloss: {vendors: {}}\n",
    "scenario": json.dumps(BASE),
}
SHIPPED = Path(__file__).parents[3]
SAID = {
    ("calibration", "scenario"): "is a calibration file, which says where a history is, not a scenario; "
    "give a scenario here, and this file to `simcap calibrate` or `simcap backtest`",
    ("parameters", "scenario"): "holds the fitted parameters of a calibration, not a scenario; "
    "give the scenario that uses them, which names this file under `calibration:`",
    ("shocks", "scenario"): "holds shocks, each with what it changes in a scenario, not a scenario; "
    "give a scenario here, and this file to `simcap stress SCENARIO --shocks FILE`",
    ("scenario", "calibration"): "is a scenario, not a calibration file; "
    "give the calibration file that names a history here, and this file to `simcap run`; "
    "`simcap synthesize` makes a history from a scenario",
    ("parameters", "calibration"): "holds the fitted parameters of a calibration, not a calibration file; "
    "give the calibration file that they were fitted from",
    ("shocks", "calibration"): "holds shocks, each with what it changes in a scenario, not a calibration file; "
    "give the calibration file that names a history",
    ("calibration", "parameters"): "is a calibration file, which says where a history is, not fitted parameters; "
    "name the parameters.yaml that `simcap calibrate` writes beside it",
    ("scenario", "parameters"): "is a scenario, not fitted parameters; "
    "name the parameters.yaml that `simcap calibrate` has written",
    ("scenario", "shocks"): "is a scenario, not a file of shocks; "
    "give a file of shocks, each with a name and what it changes in the scenario",
    ("calibration", "shocks"): "is a calibration file, which says where a history is, not a file of shocks; "
    "give a file of shocks, each with a name and what it changes in the scenario",
}  # fmt: skip


def read(path: Path, wanted: str, write: Write) -> None:
    if wanted == "scenario":
        load(path)
    elif wanted == "calibration":
        read_configuration(path)
    elif wanted == "parameters":
        load(write(changed({"calibration": path.name})))
    else:
        read_shocks(path, load(write(BASE)))


@pytest.mark.parametrize(("given", "wanted"), SAID)
def test_a_file_of_another_kind_is_recognised(write: Write, given: str, wanted: str) -> None:
    path = write(FILES[given], "given.yaml")
    with pytest.raises(ScenarioError, match=r"given\.yaml") as caught:
        read(path, wanted, write)
    (line,) = str(caught.value).split("\n")
    assert line.endswith(f": {SAID[given, wanted]}")


def test_a_parent_of_another_kind_is_recognised(write: Write) -> None:
    write(FILES["parameters"], "parameters.yaml")
    with pytest.raises(ScenarioError, match=r"parameters\.yaml:1:1: holds the fitted parameters of a calibration, "):
        load(write("name: c\nextends: parameters.yaml\n", "c.yaml"))


@pytest.mark.parametrize(("kind", "text"), FILES.items())
def test_each_kind_is_told_by_its_keys(kind: FileKind, text: str) -> None:
    tree, _ = read_tree(text, "f")
    assert tree is not None
    assert kind_of(tree) == kind


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("scenarios/*.yaml")), ids=lambda path: path.name)
def test_shipped_scenarios_are_scenarios(path: Path) -> None:
    tree, _ = read_tree(path.read_text(encoding="utf-8"), path.name)
    assert tree is not None
    assert kind_of(tree) == "scenario"


@pytest.mark.parametrize("text", ["title: nothing", "queues: {}", "from: x\nname: y", "a: {b: 1}", "a: 1", "{}"])
def test_keys_that_do_not_tell_are_left_to_the_grammar(text: str) -> None:
    tree, _ = read_tree(text, "f")
    assert tree is not None
    assert kind_of(tree) is None
