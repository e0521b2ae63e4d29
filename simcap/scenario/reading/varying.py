"""Values of a scenario that vary: other values at dotted paths, and the ranges under `uncertain`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from simcap import units
from simcap.errors import ScenarioError
from simcap.scenario.nearest import nearest
from simcap.scenario.reading.checks import check
from simcap.scenario.reading.messages import Keys, explain, field_at
from simcap.scenario.reading.source import Node, Place, dotted
from simcap.scenario.schema.quantities import Uncertainty, parse_rate
from simcap.scenario.schema.scenario import Scenario

_INDEX: Final = re.compile(r"[0-9]{1,9}")
VARIABLE: Final = ("queues", "routing", "vendors", "events")
_FAR_SHARE: Final = math.erfc(5 / math.sqrt(2)) / 2
"""Share of draws beyond what stands for the end of an unbounded distribution: five standard deviations, 3e-7."""


def resolve(document: Mapping[str, Any], path: str) -> tuple[Keys, list[str]]:
    """Return the keys of a dotted path as far as the document has them, and the parts that are left over.

    Keys may hold dots themselves ("1.5 h"); items of a list are named by their number from 0.
    """
    return _resolve(document, path.split("."))


def _resolve(value: Any, parts: list[str]) -> tuple[Keys, list[str]]:
    best: tuple[Keys, list[str]] = ((), parts)
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        key: str | int = int(name) if isinstance(value, list) and _INDEX.fullmatch(name) else name
        if (isinstance(value, dict) and key in value) or (isinstance(key, int) and key < len(value)):
            keys, left = _resolve(value[key], parts[count:])
            if len(left) < len(best[1]):
                best = ((key, *keys), left)
    return best


def vary(document: dict[str, Any], values: Mapping[str, object]) -> Scenario:
    """Return the scenario of a document with the values at dotted paths replaced.

    A number given for a duration is in seconds, for a rate of leaving the hazard per second; one given for a count is
    rounded. Raises `ScenarioError` for a path that the document lacks and for values that the schema refuses.
    """
    for path, value in values.items():
        keys, left = resolve(document, path)
        if left:
            raise ScenarioError(f"{path}: {_absent(document, keys, left)}")
        document = _with(document, keys, _written(document, keys, value))
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        findings = explain(error, bare_tree(document))
        lines = [f"{dotted(finding.path)}: {finding.message}" for finding in findings]
        raise ScenarioError("\n".join(lines)) from None


def bare_tree(value: Any, file: str = "") -> Node:
    """Return a document as a tree without places, but for the name of a file."""
    nowhere = Place(0, 0, 0, file)
    if isinstance(value, dict):
        return Node({key: bare_tree(child, file) for key, child in value.items()}, nowhere, nowhere)
    return Node([bare_tree(child, file) for child in value] if isinstance(value, list) else value, nowhere, nowhere)


def value_at(document: Any, keys: Keys) -> Any:
    """Return the value at the keys of a document."""
    for key in keys:
        document = document[key]
    return document


def is_duration(value: object) -> bool:
    """Say whether a value of a document is written as a duration."""
    try:
        units.parse_duration(value)
    except ValueError:
        return False
    return True


def is_rate(value: object) -> bool:
    """Say whether a value of a document is written as a rate of leaving."""
    try:
        parse_rate(value)
    except ValueError:
        return False
    return True


def _with(document: Any, keys: Keys, value: object) -> Any:
    """Return a document with one value replaced; what is off the path is shared."""
    if not keys:
        return value
    changed = document.copy()
    changed[keys[0]] = _with(document[keys[0]], keys[1:], value)
    return changed


def _written(document: Any, keys: Keys, value: object) -> object:
    """Write a number in the way in which the schema reads it at that place."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if is_duration(value_at(document, keys)):
        return f"{float(value)!r} s"
    if is_rate(value_at(document, keys)):
        return f"{-100 * math.expm1(-value * units.DAY)!r}% per day"
    return round(value) if field_at(keys)[0] is int and math.isfinite(value) else float(value)


def _absent(document: Any, keys: Keys, left: list[str]) -> str:
    known = [str(key) for key, _ in bare_tree(value_at(document, keys)).children()]
    where = dotted(keys) or "its top"
    return f"the scenario gives no {'.'.join(left)!r} under {where}; {nearest(left[0], known)}"


def check_uncertain(scenario: Scenario, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong under `uncertain`: paths that name no quantity, ranges that leave the bounds there."""
    for path, uncertainty in scenario.uncertain.items():
        message = _target(document, path) or _unit(document, path) or _range(scenario, document, path, uncertainty)
        if message:
            yield f"uncertain.{path}", message


def _target(document: dict[str, Any], path: str) -> str | None:
    keys, left = resolve(document, path)
    if left:
        return _absent(document, keys, left)
    if keys[0] not in VARIABLE:
        return f"{keys[0]} cannot vary between replications; name a value under {', '.join(VARIABLE)}"
    if keys[0] == "queues" and keys[2:3] == ("sla",) and keys[-1] == "target":
        return "is the target against which every replication is judged; name an uncertain value"
    value = value_at(document, keys)
    kind, _ = field_at(keys)
    if kind is bool or isinstance(value, (bool, dict, list)) or value is None or not _is_quantity(value):
        return f"names {_shown(value)}, which is not a number, a share or a duration; name one of those"
    return None


def _shown(value: object) -> str:
    return "a group of values" if isinstance(value, (dict, list)) else repr(value)


def _is_quantity(value: object) -> bool:
    if isinstance(value, (int, float)) or is_duration(value):
        return True
    try:
        units.parse_signed_share(value)
    except ValueError:
        return False
    return True


def _unit(document: dict[str, Any], path: str) -> str | None:
    """Check that the range is written as the value is: a duration needs durations."""
    keys, _ = resolve(document, path)
    value = value_at(document, keys)
    given = document["uncertain"][path]
    texts = [*(given.get("uniform") or []), *((given.get(name) or {}).get("mean") for name in ("lognormal", "gamma"))]
    for text in (text for text in texts if text is not None):
        if is_duration(text) != is_duration(value):
            wanted = "durations such as '45 s'" if is_duration(value) else "numbers or shares, without a unit of time"
            return f"{text!r} does not fit {value!r}, the value it varies; write {wanted}"
    return None


def _range(scenario: Scenario, document: dict[str, Any], path: str, uncertainty: Uncertainty) -> str | None:
    low, high = ends(uncertainty)
    if low > high:
        return f"the range runs from {low:g} down to {high:g}; write [lower, higher]"
    for end in (low, high):
        cause = _refusal(scenario, document, path, end)
        if cause:
            hint = "" if uncertainty.uniform else "; a uniform range stays within bounds"
            return f"may draw {end:.6g}, and then {cause}{hint}"
    return None


def _refusal(scenario: Scenario, document: dict[str, Any], path: str, value: float) -> str | None:
    """Return what would be wrong with the scenario if one value were changed, and is not wrong now."""
    try:
        varied = vary(document, {path: value})
    except ScenarioError as error:
        # "Did you mean" is for a value that somebody wrote, not for a drawn one.
        return str(error).split("\n")[0].split("; did you mean ")[0]
    known = set(check(scenario))
    return next((f"{where}: {message}" for where, message in check(varied) if (where, message) not in known), None)


def ends(uncertainty: Uncertainty) -> tuple[float, float]:
    """Return the lowest and highest value that draws are checked to: the ends of a uniform, else far quantiles."""
    return uncertainty.uniform or quantiles(uncertainty, _FAR_SHARE)


def quantiles(uncertainty: Uncertainty, share: float) -> tuple[float, float]:
    """Return the values that a share of the draws stays below, and the same share above."""
    from scipy.special import gammainccinv, gammaincinv, ndtri

    if uncertainty.uniform is not None:
        low, high = uncertainty.uniform
        return low + share * (high - low), high - share * (high - low)
    if uncertainty.lognormal is not None:
        mean, cv = uncertainty.lognormal.mean, uncertainty.lognormal.cv
        sigma = math.sqrt(math.log1p(cv * cv))
        median, far = mean * math.exp(-sigma * sigma / 2), -float(ndtri(share)) * sigma
        return median * math.exp(-far), median * math.exp(far)
    assert uncertainty.gamma is not None
    mean, variance = uncertainty.gamma.mean, max(uncertainty.gamma.cv * uncertainty.gamma.cv, 1e-12)
    low, high = (float(quantile(1 / variance, share)) for quantile in (gammaincinv, gammainccinv))
    return mean * variance * low, mean * variance * high
