"""What kind of file a YAML file is, by its keys, so that one given in place of another is recognised as such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from simcap.scenario.reading.source import Node

FileKind = Literal["scenario", "calibration", "parameters", "shocks"]

_MARKS: Final[Mapping[FileKind, frozenset[str]]] = {
    "scenario": frozenset({"name", "description", "extends", "horizon", "simulation", "calibration", "uncertain",
                           "routing", "events"}),
    "calibration": frozenset({"from", "to", "items", "volumes", "reports", "roster", "attendance", "quality", "fed",
                              "staffing", "backtest"}),
    "parameters": frozenset({"history", "draws"}),
}  # fmt: skip
"""Keys at the top of a file that only one kind has."""
_SHARED: Final = frozenset({"queues", "vendors", "title", "timezone", "holidays"})
"""Keys at the top that several kinds have."""
_IS: Final[Mapping[FileKind, str]] = {
    "scenario": "is a scenario",
    "calibration": "is a calibration file, which says where a history is",
    "parameters": "holds the fitted parameters of a calibration",
    "shocks": "holds shocks, each with what it changes in a scenario",
}
_NOT: Final[Mapping[FileKind, str]] = {
    "scenario": "a scenario",
    "calibration": "a calibration file",
    "parameters": "fitted parameters",
    "shocks": "a file of shocks",
}
_REMEDY: Final[Mapping[tuple[FileKind, FileKind], str]] = {
    ("calibration", "scenario"): "give a scenario here, and this file to `simcap calibrate` or `simcap backtest`",
    ("parameters", "scenario"): "give the scenario that uses them, which names this file under `calibration:`",
    ("shocks", "scenario"): "give a scenario here, and this file to `simcap stress SCENARIO --shocks FILE`",
    ("scenario", "calibration"): (
        "give the calibration file that names a history here, and this file to `simcap run`; "
        "`simcap synthesize` makes a history from a scenario"
    ),
    ("parameters", "calibration"): "give the calibration file that they were fitted from",
    ("shocks", "calibration"): "give the calibration file that names a history",
    ("calibration", "parameters"): "name the parameters.yaml that `simcap calibrate` writes beside it",
    ("scenario", "parameters"): "name the parameters.yaml that `simcap calibrate` has written",
    ("shocks", "parameters"): "name the parameters.yaml that `simcap calibrate` has written",
    ("scenario", "shocks"): "give a file of shocks, each with a name and what it changes in the scenario",
    ("calibration", "shocks"): "give a file of shocks, each with a name and what it changes in the scenario",
    ("parameters", "shocks"): "give a file of shocks, each with a name and what it changes in the scenario",
}


def kind_of(tree: Node) -> FileKind | None:
    """Return the kind of a file by its top-level keys; None where they do not decide it."""
    keys = set(tree.value) if isinstance(tree.value, dict) else set()
    counts = {kind: len(keys & marks) for kind, marks in _MARKS.items()}
    best = max(counts, key=lambda kind: counts[kind])
    if counts[best]:
        return best if list(counts.values()).count(counts[best]) == 1 else None
    inner = [set(child.value) if isinstance(child.value, dict) else set() for child in tree.value.values()]
    known = _MARKS["scenario"] | _SHARED
    return "shocks" if keys and not keys & _SHARED and all(one and one <= known for one in inner) else None


def mistaken(tree: Node, wanted: FileKind) -> str | None:
    """Return what is wrong with a file of another kind than the wanted one; nothing where it may be of that kind."""
    actual = kind_of(tree)
    if actual is None or actual == wanted:
        return None
    return f"{_IS[actual]}, not {_NOT[wanted]}; {_REMEDY[actual, wanted]}"
