"""Problems of a patch of a scenario, located in the file that the patch was read from."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from simcap.scenario.nearest import nearest
from simcap.scenario.reading.checks import check
from simcap.scenario.reading.inherit import Keys, ScenarioChain, overlay
from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.messages import Finding, explain, placed
from simcap.scenario.reading.source import MOST_TOLD, Node, Problem, dotted
from simcap.scenario.reading.varying import bare_tree, resolve
from simcap.scenario.schema.scenario import Scenario

_NAMES: Final[Mapping[Keys, str]] = {
    ("queues",): "queue",
    ("vendors",): "vendor",
    ("events",): "event",
    ("vendors", "*", "teams"): "team",
    ("vendors", "*", "hiring", "classes"): "class",
    ("queues", "*", "sla"): "SLA",
}
"""Where users give names, and to what."""


def patch_problems(file: ScenarioFile, patch: Node) -> list[Problem]:
    """Return what is wrong with a scenario under a patch, each problem at its place in the patch's file.

    A new name close to an existing one is reported as a misspelling, not with what it lacks; of events and classes,
    which a patch often adds, both are reported.
    """
    source = ScenarioChain(None)
    tree = overlay(bare_tree(file.document), patch, source)
    slips = list(itertools.islice(_slips(patch, file.document), MOST_TOLD))
    problems = [_placed(finding, tree, patch) for finding in _findings(tree)]
    wrong = [slip for slip in slips if any(_within(problem.path, slip.path) for problem in problems)]
    sure = [slip for slip in wrong if not _often_new(slip)]
    rest = [problem for problem in problems if not any(_within(problem.path, slip.path) for slip in sure)]
    return sorted({*source.problems, *wrong, *rest})


def _often_new(slip: Problem) -> bool:
    return slip.path.startswith("events.") or ".hiring.classes." in slip.path


def _findings(tree: Node) -> Iterator[Finding]:
    document = tree.plain()
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        yield from explain(error, tree)
        return
    yield from (Finding(resolve(document, path)[0], message) for path, message in check(scenario))


def _placed(finding: Finding, tree: Node, patch: Node) -> Problem:
    """Return a finding at its place in the patch, or at the top where the patch does not have it."""
    problem = placed(finding, tree)
    return problem if problem.place.line else problem._replace(place=patch.key)


def _within(path: str, above: str) -> bool:
    return path == above or path.startswith(f"{above}.")


def _slips(patch: Node, document: Any, path: Keys = ()) -> Iterator[Problem]:
    """Yield the new names in a patch that are close to existing ones."""
    kind = _NAMES.get(tuple("*" if place == 1 else key for place, key in enumerate(path)))
    known = document if isinstance(document, dict) else {}
    new = [(key, child) for key, child in patch.children() if kind is not None and key not in known]
    others = [name for name in known if name not in patch.value] if new else []
    for key, child in new[:MOST_TOLD]:
        if (hint := nearest(str(key), others)).startswith("did you mean"):
            yield Problem(child.key, dotted((*path, key)), f"there is no {kind} {key!r} to change; {hint}")
    for key, child in patch.children():
        yield from _slips(child, known.get(key), (*path, key))
