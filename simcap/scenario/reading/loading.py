"""Load a scenario: read its files, merge, validate, check, and report everything that is wrong at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from simcap.errors import ScenarioError
from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.data.reach import reach_of
from simcap.scenario.reading.check_files import FileCheck
from simcap.scenario.reading.checks import check, check_frame
from simcap.scenario.reading.disk_names import folder_name
from simcap.scenario.reading.filling import fill
from simcap.scenario.reading.inherit import ScenarioChain, moved, read_chain
from simcap.scenario.reading.messages import Finding, explain, placed
from simcap.scenario.reading.origins import stamps_of
from simcap.scenario.reading.parameters import Fitted, number_at
from simcap.scenario.reading.source import Node, Problem, Stamp, told
from simcap.scenario.reading.varying import check_uncertain, resolve, vary
from simcap.scenario.schema.scenario import Scenario

_MOST_SHARE = 0.95
"""Highest value to which a share is raised; one written higher stays."""


@dataclass(frozen=True)
class Scaling:
    """A factor on a number of the scenario, or on the hazard behind a share."""

    path: str
    factor: float
    kind: Literal["number", "share", "hazard"] = "number"
    """A share stays below 1; the hazard of a share p of a year is -ln(1 - p)."""

    def of(self, value: float) -> float:
        """Return the scaled value."""
        if self.kind == "hazard":
            return 1 - math.pow(1 - value, self.factor)
        scaled = value * self.factor
        return min(scaled, max(_MOST_SHARE, value)) if self.kind == "share" else scaled


@dataclass(frozen=True, eq=False)
class ScenarioFile:
    """A scenario, the plain document that states it (parents merged), and the data files that it names.

    `fitted` is what the document has from a calibration; without it, none of that is drawn.
    """

    scenario: Scenario
    document: dict[str, Any]
    files: DataFiles
    fitted: Fitted | None = None
    scaled: tuple[Scaling, ...] = ()
    """What is done to values after they are drawn."""
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    """Where values come from, by dotted path; one that the document has and this lacks was changed afterwards."""

    def __repr__(self) -> str:
        one = self.scenario
        horizon = f"{one.horizon.day_count} days from {one.horizon.start}"
        return f"ScenarioFile({one.name!r}, {horizon}, queues: {len(one.queues)}, vendors: {len(one.vendors)})"

    def __getstate__(self) -> dict[str, Any]:
        """Return what goes to another process: with all its data files, which that one may be unable to read."""
        FileCheck(self.scenario, self.files).run(self.document)
        return dict(vars(self))

    @property
    def folder(self) -> Path:
        """Return the folder that its paths are relative to."""
        return self.files.folder

    @property
    def folder_name(self) -> str:
        """Return the name of the folder that results of the scenario land in."""
        return folder_name(self.scenario.name)

    @property
    def drawn_paths(self) -> frozenset[str]:
        """Return the paths whose values each replication draws."""
        return frozenset(self.scenario.uncertain) | (self.fitted.open if self.fitted else frozenset())

    def document_from(self, folder: Path) -> dict[str, Any]:
        """Return the document with file paths relative to a folder."""
        document: dict[str, Any] = moved(self.document, self.folder, folder)
        return document

    def drawn(self, values: Mapping[str, float]) -> Scenario:
        """Return the scenario with drawn values at their paths, then the scalings applied."""
        if not values and not self.scaled:
            return self.scenario
        changed = dict(values)
        for scaling in self.scaled:
            number = changed.get(scaling.path)
            changed[scaling.path] = scaling.of(number_at(self.document, scaling.path) if number is None else number)
        return self.vary(changed)

    def vary(self, values: Mapping[str, object]) -> Scenario:
        """Return the scenario with the values at dotted paths replaced.

        A number given for a duration is in seconds; one given for a count is rounded. Raises `ScenarioError` for a
        path that the scenario lacks and for values that it cannot have.
        """
        return vary(self.document, values)


def load(path: Path, *, allow_outside: bool = False) -> ScenarioFile:
    """Load a scenario file with all that it extends and names, which lies in its project unless `allow_outside`.

    Raises `ScenarioError` with everything that is wrong, one problem a line, each as
    "file:line:column: dotted.path: what is wrong; what would be right".
    """
    path = Path(path)
    reach = reach_of(path, allow_outside=allow_outside)
    source = read_chain(path, reach)
    problems = list(source.problems)
    scenario: Scenario | None = None
    document: dict[str, Any] = {}
    fitted: Fitted | None = None
    files = DataFiles(path.parent, reach=reach)
    stamps: dict[str, Stamp] = {}
    if source.tree is not None:
        source.tree, fitted, unusable = fill(source.tree, path, reach)
        problems += unusable
        document = source.tree.plain()
        stamps = dict(stamps_of(source.tree, path.parent))
        try:
            scenario = Scenario.model_validate(document)
        except ValidationError as error:
            problems += _invalid(error, source)
        if scenario is not None:
            problems += _inconsistent(scenario, document, files, source.tree)
    if problems or scenario is None:
        raise ScenarioError(told(problems))
    return ScenarioFile(scenario, document, files, fitted, stamps=stamps)


def _invalid(error: ValidationError, source: ScenarioChain) -> Iterator[Problem]:
    """Yield what the schema finds wrong; if a parent cannot be read, missing keys are not reported."""
    assert source.tree is not None
    for finding in explain(error, source.tree):
        if source.whole or not finding.lacking:
            yield placed(finding, source.tree)


def _inconsistent(scenario: Scenario, document: dict[str, Any], files: DataFiles, tree: Node) -> Iterator[Problem]:
    """Yield what the cross-checks find."""
    contents = FileCheck(scenario, files)
    if not any(check_frame(scenario)):
        contents.run(document)
    for path, message in _inconsistencies(scenario, document, contents):
        keys, left = resolve(document, path)
        problem = placed(Finding(keys, message), tree)
        yield problem._replace(path=path) if left else problem


def _inconsistencies(scenario: Scenario, document: dict[str, Any], files: FileCheck) -> Iterable[tuple[str, str]]:
    return (*check(scenario, files.sizes), *files.problems, *check_uncertain(scenario, document))
