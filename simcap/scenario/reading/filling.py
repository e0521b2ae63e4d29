"""What fitted parameters fill in a scenario that leaves it open.

What was open at the end of the history is filled in where a scenario starts on the day after. What the scenario gives
itself is neither changed nor drawn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from simcap.scenario.data.reach import ANYWHERE, Reach
from simcap.scenario.reading.kinds import mistaken
from simcap.scenario.reading.messages import explain, placed
from simcap.scenario.reading.parameters import Fitted, Parameters, number_at
from simcap.scenario.reading.source import Node, Problem, dotted, read_text, read_tree
from simcap.scenario.reading.varying import bare_tree, resolve

_FILLS_QUEUE: Final = ("handle_time", "at_once", "errors", "expires", "then")
_FILLS_TEAM: Final = ("shrinkage", "attrition", "ramp", "spread")
_RATES: Final = ("per_week", "per_day", "per_hour", "file", "trace")
FILLED: Final = ("queues", "vendors", "routing")
"""Parts of a parameters file that have the shape of a scenario."""
_FITTED: Final = "fitted"
"""Stands for the parameters file where there is none."""


def fill(tree: Node, path: Path, reach: Reach = ANYWHERE) -> tuple[Node, Fitted | None, list[Problem]]:
    """Fill what a scenario's tree leaves open from the parameters file that it names.

    Return the filled tree, the fitted values in use, and what is wrong with the file. `path` is the scenario's.
    """
    named = tree.value.get("calibration")
    if named is None or not isinstance(named.value, str):
        return tree, None, []
    file = path.parent / named.value
    if refusal := reach.refusal(file):
        return tree, None, [Problem(named.where, "calibration", f"{file}: {refusal}")]
    try:
        text = read_text(file)
    except ValueError as error:
        return tree, None, [Problem(named.where, "calibration", f"{file}: {error}")]
    fitted_tree, problems = read_tree(text, str(file), order=named.place.order + 1)
    if fitted_tree is None or problems:
        return tree, None, problems
    if message := mistaken(fitted_tree, "parameters"):
        return tree, None, [Problem(named.where, "calibration", f"{file}: {message}")]
    try:
        parameters = Parameters.model_validate(fitted_tree.plain())
    except ValidationError as error:
        return tree, None, [placed(finding, fitted_tree) for finding in explain(error, fitted_tree, Parameters)]
    fitted_tree = _with_origins(fitted_tree, parameters, named.value)
    filled, fitted = _in_use(tree, fitted_tree, parameters, str(file))
    clashes = list(_other_zones(tree, fitted_tree))
    return filled, fitted, [*clashes, *_unquantified(filled, dict(fitted.document), fitted.open)]


def filled_by(document: dict[str, Any], parameters: Mapping[str, Any]) -> Fitted:
    """Fill what a scenario's document leaves open from parameters that were just fitted.

    Return the fitted values in use; their `document` is the filled one.
    """
    fitted_tree = bare_tree(dict(parameters), _FITTED)
    return _in_use(bare_tree(document), fitted_tree, Parameters.model_validate(parameters), _FITTED)[1]


def _in_use(tree: Node, fitted_tree: Node, parameters: Parameters, file: str) -> tuple[Node, Fitted]:
    """Return the filled tree, and the fitted values that stand in it."""
    filled = _filled(tree, fitted_tree)
    document = filled.plain()
    paths = [path for block in parameters.draws for path in block.paths]
    open_ = frozenset(path for path in paths if _stands_in(filled, document, path, file))
    return filled, Fitted(parameters.draws, open_, document)


def _with_origins(node: Node, parameters: Parameters, file: str, path: tuple[str | int, ...] = ()) -> Node:
    """Return the tree of a parameters file with each of its values stamped with where it comes from."""
    if isinstance(node.value, dict):
        inside = {key: _with_origins(child, parameters, file, (*path, key)) for key, child in node.value.items()}
        return replace(node, value=inside)
    return replace(node, stamp=parameters.stamp_of(dotted(path), file)) if path[0] in FILLED else node


def _other_zones(tree: Node, fitted_tree: Node) -> Iterator[Problem]:
    """Yield the queues whose profile is fitted by the clock of another zone than the one that the scenario gives."""
    for name in [key for key, _ in tree.find(("queues",))[0].children()]:
        keys = ("queues", name, "arrivals", "timezone")
        (here, path), (there, known) = tree.find(keys), fitted_tree.find(keys)
        if path != keys or known != keys or here.value == there.value:
            continue
        if not {"profile", "file", "trace"} & {key for key, _ in tree.find(keys[:-1])[0].children()}:
            message = f"the profile is fitted by the clock of {there.value}; leave this out, or give a profile too"
            yield Problem(here.where, dotted(keys), message)


def _unquantified(tree: Node, document: dict[str, Any], paths: frozenset[str]) -> list[Problem]:
    problems = []
    for path in sorted(paths):
        try:
            number_at(document, path)
        except ValueError as error:
            problems.append(Problem(tree.find(resolve(document, path)[0])[0].place, path, str(error)))
    return problems


def _stands_in(tree: Node, document: dict[str, Any], path: str, file: str) -> bool:
    """Say whether the value at a path of the filled scenario comes from the parameters file."""
    keys, left = resolve(document, path)
    return not left and tree.find(keys)[0].place.file == file


def _filled(tree: Node, fitted_tree: Node) -> Node:
    keys = (*_FILLS_QUEUE, "backlog") if _follows(tree, fitted_tree) else _FILLS_QUEUE
    queues = _each(tree, fitted_tree, "queues", lambda own, fitted, known: _queue(own, fitted, known, keys))
    known = set(queues.value) if queues is not None and isinstance(queues.value, dict) else set()
    vendors = _each(tree, fitted_tree, "vendors", lambda own, fitted, _: _vendor(own, fitted), known)
    value = dict(tree.value)
    if queues is not None:
        value["queues"] = queues
    if vendors is not None:
        value["vendors"] = vendors
    split = _split(tree, fitted_tree)
    if split:
        own = tree.value.get("routing")
        given = own.value if own is not None else {}
        value["routing"] = replace(own or fitted_tree.value["routing"], value={**split, **given})
    return replace(tree, value=value)


def _split(tree: Node, fitted_tree: Node) -> dict[str, Node]:
    """Return allocation and overflow for a scenario that gives no allocation, of the queues and vendors that it has."""
    allocation, path = fitted_tree.find(("routing", "allocation"))
    own = tree.value.get("routing")
    if path != ("routing", "allocation") or not isinstance(allocation.value, dict):
        return {}
    if own is not None and (not isinstance(own.value, dict) or "allocation" in own.value):
        return {}
    queues, vendors = (
        set(part.value) if (part := tree.value.get(name)) is not None and isinstance(part.value, dict) else set()
        for name in ("queues", "vendors")
    )
    known = {
        name: shares
        for name, shares in allocation.value.items()
        if name in queues and isinstance(shares.value, dict) and set(shares.value) <= vendors
    }
    if not known:
        return {}
    fitted = fitted_tree.value["routing"].value
    return {name: node for name, node in fitted.items() if name == "overflow"} | {
        "allocation": replace(allocation, value=known)
    }


def _each(
    tree: Node,
    fitted_tree: Node,
    part: str,
    fill_one: Callable[[Node, Node, set[str]], Node],
    known: set[str] | None = None,
) -> Node | None:
    """Fill each entry of one part of the scenario that the parameters know by name."""
    own: Node | None = tree.value.get(part)
    fitted: Node | None = fitted_tree.value.get(part)
    if own is None or not isinstance(own.value, dict) or fitted is None or not isinstance(fitted.value, dict):
        return own
    names = known or set(own.value)
    value = {
        name: fill_one(child, fitted.value[name], names)
        if name in fitted.value and isinstance(child.value, dict) and isinstance(fitted.value[name].value, dict)
        else child
        for name, child in own.value.items()
    }
    return replace(own, value=value)


def _follows(tree: Node, found: Node) -> bool:
    """Return whether a scenario starts on the day after the history: what was open then is what it begins with."""
    (start, here), (last, there) = tree.find(("horizon", "start")), found.find(("history", "to"))
    if here != ("horizon", "start") or there != ("history", "to"):
        return False
    try:
        days = [dt.date.fromisoformat(str(one.value)) for one in (last, start)]
    except ValueError:
        return False
    return days[1] - days[0] == dt.timedelta(days=1)


def _queue(own: Node, fitted: Node, queues: set[str], keys: Sequence[str]) -> Node:
    value = dict(own.value)
    for key in keys:
        if key in fitted.value and key not in value:
            value[key] = _known_targets(fitted.value[key], queues) if key == "then" else fitted.value[key]
    arrivals = fitted.value.get("arrivals")
    if arrivals is not None and isinstance(arrivals.value, dict):
        value["arrivals"] = _arrivals(value.get("arrivals"), arrivals)
    return replace(own, value=value)


def _known_targets(then: Node, queues: set[str]) -> Node:
    """Leave out follow-up work to queues that the scenario does not have."""
    if not isinstance(then.value, dict):
        return then
    return replace(then, value={target: line for target, line in then.value.items() if target in queues})


def _arrivals(own: Node | None, fitted: Node) -> Node:
    """Fill arrivals as a whole, or the shape of volumes that the scenario gives itself."""
    if own is None:
        return fitted
    if not isinstance(own.value, dict):
        return own
    given = set(own.value)
    if not given & set(_RATES):
        lacking = [key for key in fitted.value if key not in given]
    elif "trace" in given or _is_actual(own):
        lacking = []
    else:
        shape = ("busyness",) if "file" in given else ("busyness", "profile", "holidays", "timezone")
        lacking = [key for key in shape if key in fitted.value and key not in given]
    if "profile" in given:
        lacking = [key for key in lacking if key != "timezone"]
    return replace(own, value={**own.value, **{key: fitted.value[key] for key in lacking}})


def _is_actual(arrivals: Node) -> bool:
    file = arrivals.value.get("file")
    kind = file.value.get("as") if file is not None and isinstance(file.value, dict) else None
    return kind is not None and kind.value == "actual"


def _vendor(own: Node, fitted: Node) -> Node:
    """Fill a vendor's practice, and that of its teams where neither the team nor the vendor gives it."""
    value = dict(own.value)
    teams, known = value.get("teams"), fitted.value.get("teams")
    if teams is not None and isinstance(teams.value, dict) and known is not None and isinstance(known.value, dict):
        filled = dict(teams.value)
        for name, team in teams.value.items():
            if name in known.value and isinstance(team.value, dict):
                filled[name] = _practice(team, known.value[name], given=set(value))
        value["teams"] = replace(teams, value=filled)
    hiring, fitted_tree = value.get("hiring"), fitted.value.get("hiring")
    if (
        hiring is not None
        and isinstance(hiring.value, dict)
        and fitted_tree is not None
        and isinstance(fitted_tree.value, dict)
    ):
        value["hiring"] = replace(hiring, value={**fitted_tree.value, **hiring.value})
    return _practice(replace(own, value=value), fitted, given=set())


def _practice(own: Node, fitted: Node, given: set[str]) -> Node:
    lacking = {
        key: fitted.value[key]
        for key in _FILLS_TEAM
        if key in fitted.value and key not in own.value and key not in given
    }
    return replace(own, value={**own.value, **lacking})
