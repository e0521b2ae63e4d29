"""The reference of scenario files, made from the schema: every key with its kind, default and an example."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final, Literal, Union

from pydantic import AfterValidator, BeforeValidator
from pydantic.fields import FieldInfo

from simcap import units
from simcap.scenario.reading.examples import as_annotated, example
from simcap.scenario.schema import arrivals, contract, events, quantities, queues, vendors
from simcap.scenario.schema.quantities import Model
from simcap.scenario.schema.scenario import Scenario

_READ_AS: Final = {
    "duration": (quantities.Duration, quantities.PositiveDuration),
    "share": (quantities.Share, quantities.SignedShare),
    "clock time": (quantities.ClockTime,),
    "date or time": (quantities.LocalTime,),
    "date": (quantities.Date,),
    "time zone": (quantities.TimeZone,),
    "quantity": (quantities.Quantity,),
}
_PLAIN: Final = {bool: "true or false", int: "whole number", float: "number", str: "text"}
_NAMES: Final = {
    "uncertain": "vendors.north.attrition.per_year",
    "queues": "listings",
    "sla": "4 h",
    "then": "appeals",
    "allocation": "listings",
    "vendors": "north",
    "teams": "manila",
    "shifts": "early",
    "classes": "october",
    "events": "campaign",
    "per_item": "listings",
}
"""Names for the examples of what is written by name."""
_OF: Final[dict[tuple[type[Model], str], str]] = {
    (Scenario, "extends"): "baseline.yaml",
    (queues.Queue, "title"): "New listings",
    (vendors.Vendor, "title"): "Northstar BPO",
    (vendors.TeamSpec, "title"): "Manila, early shifts",
    (queues.Routing, "allocation"): "{listings: {north: 60%, south: 40%}}",
    (arrivals.Busyness, "cv"): "12%",
    (queues.Overflow, "after"): "3 h",
    (contract.CreditStep, "below"): "95%",
    (contract.EarnBack, "above"): "97%",
    (events.Transfer, "from"): "manila",
    (events.Transfer, "to"): "warsaw",
    (vendors.Break, "after"): "4 h",
    (vendors.Break, "for"): "30 min",
    (queues.Expiry, "after"): "{weibull: {mean: 4 min, cv: 1.2}}",
    (queues.FollowUp, "after"): "{lognormal: {mean: 18 h, cv: 1.2}}",
    (queues.Errors, "after"): "{lognormal: {mean: 18 h, cv: 1.2}}",
    (vendors.TeamSpec, "tenure"): "{gamma: {mean: 40 weeks, cv: 0.8}}",
}
"""Examples of keys that mean something else in other places."""
HEAD: Final = """# What a scenario may contain

Every key of a scenario file, made from its schema (`make docs`). Durations read `45 s`, `90 min`, `4 h`, `2 weeks`;
shares `8%` or `0.08`; clock times `"09:00"`; dates `2026-10-05`, or `"2026-11-03 09:00"` with a time, in the local time
of what they describe. Queues, SLAs, teams, classes and events have names of their own: `<name>` below. Unknown keys are
errors. A file that `extends` another holds only what differs: mappings merge, lists are replaced, `key: null` removes.
A dash under *default* means that the key is needed.

Any mapping may say where its values come from, and so may any one value:

```yaml
shrinkage:
  absence: {value: 9%, origin: expert, note: the site lead's view}
  offline: 12%
  origin: contract        # fitted, reported, contract, expert, prior, default
  source: annex B
  date: 2026-07-01
```

It holds for the values of the same file below it; the nearest goes first. `date` and `source` stand beside an `origin`
or a `note`. `simcap check FILE --assumptions` lists every value with its origin, and results hold them in
`tables/assumptions.csv`. What a calibration fills needs nothing: it says itself which files and days it was fitted to.

A queue's `then`, a team's ramp and the like are explained under [arrivals](arrivals.md), [people](people.md),
[shifts](shifts.md) and [causes](causes.md); the tables that a run writes under [tables](tables.md).
"""


def reference(root: type[Model] = Scenario, head: str = HEAD) -> str:
    """Return the reference of a kind of file as Markdown: a head, then a section for each model in it."""
    return head + "".join(_sections(root, "", set()))


def written_default(field: FieldInfo) -> str | float | bool | None:
    """Return the default of a key as a scenario writes it; None if it is required or has no default."""
    if field.is_required() or field.default is None:
        return None
    return _written(field.default, kind_of(as_annotated(field)))


def kind_of(annotation: Any) -> str:
    """Return in words what a key takes."""
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        readers = _readers(parts[1:])
        if readers & _readers(typing.get_args(arrivals.Rates)[1:]):
            return "number, or a list of numbers"
        return next((kind for kind, known in _KINDS.items() if readers & known), None) or kind_of(parts[0])
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(kind_of(part) for part in parts if part is not types.NoneType))
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in parts)
    if origin is tuple:
        return f"list: {kind_of(parts[0])}"
    if origin is dict:
        return f"by name: {kind_of(parts[1])}"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return "mapping"
    return _PLAIN.get(annotation, "text")


def _readers(metadata: Iterable[Any]) -> set[object]:
    """Return the functions that read a value."""
    return {one.func for one in metadata if isinstance(one, (BeforeValidator, AfterValidator))}


_KINDS: Final = {
    kind: set.union(*(_readers(typing.get_args(alias)[1:]) for alias in aliases)) for kind, aliases in _READ_AS.items()
}


def _written(value: Any, kind: str) -> str | float | bool | None:
    if isinstance(value, (bool, str)):
        return value
    if not isinstance(value, (int, float)):
        return None
    if kind.startswith("duration"):
        return units.format_duration(value)
    return f"{100 * value:g}%" if kind.startswith("share") else value


def models(root: type[Model] = Scenario) -> tuple[type[Model], ...]:
    """Return every model in a kind of file, each once."""
    seen: dict[type[Model], None] = {root: None}
    waiting: list[type[Model]] = [root]
    while waiting:
        for field in waiting.pop().model_fields.values():
            new = [inner for inner, _ in _models(field.annotation) if inner not in seen]
            seen |= dict.fromkeys(new)
            waiting += new
    return tuple(seen)


def _sections(model: type[Model], path: str, seen: set[type[Model]]) -> Iterator[str]:
    """Yield a section for a model, then for each of those within it that has not had one."""
    seen.add(model)
    yield f"\n## {f'`{path}`' if path else 'Top level'}\n\n{_paragraph(model.__doc__)}\n\n"
    yield "| key | takes | default | what it is | example |\n|---|---|---|---|---|\n"
    inner = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield _row(model, key, field)
        below = f"{path}.{key}" if path else key
        inner += [(part, below + steps) for part, steps in _models(field.annotation)]
    for part, below in inner:
        if part not in seen:
            yield from _sections(part, below, seen)


def _row(model: type[Model], key: str, field: FieldInfo) -> str:
    default = written_default(field)
    default_text = "—" if field.is_required() else _shown(default)
    shown = _OF.get((model, key)) or example(as_annotated(field), key).replace("a name", _NAMES.get(key, "name"))
    cells = (f"`{key}`", kind_of(as_annotated(field)), default_text, _paragraph(field.description), f"`{key}: {shown}`")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _shown(default: str | float | bool | None) -> str:
    return "" if default in (None, "") else f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


def _models(annotation: Any, steps: str = "") -> Iterator[tuple[type[Model], str]]:
    """Yield the models within an annotation, each with the steps to it."""
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation, steps
    below = f"{steps}.<name>" if typing.get_origin(annotation) is dict else steps
    for part in typing.get_args(annotation):
        yield from _models(part, below)
