"""What to write where a scenario lacks a key, or has one value where a mapping belongs: a usable example."""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Union

from pydantic import TypeAdapter, ValidationError, WithJsonSchema
from pydantic.fields import FieldInfo

from simcap import units
from simcap.scenario.reading.source import read_tree
from simcap.scenario.schema import arrivals, contract, events, hiring, quantities, queues, scenario, vendors
from simcap.scenario.schema.quantities import Model, is_table

_SHIFT: Final = 'days: Mon-Fri, start: "09:00", length: 9 h'
_RAMP: Final = "start: 50%, reaches: 100%, after: 8 weeks"
_ONE_FAMILY: Final = {"duration": "constant: {}", "number": "constant: {} s", "file": "empirical: {}"}
_SPREAD: Final = {"duration": "mean: {}, cv: 0.8", "number": "mean: {} s, cv: 0.8"}

MEANT: Final[Mapping[type[Model], Mapping[str, str]]] = {
    quantities.DistributionSpec: _ONE_FAMILY | {"durations": "uniform: {}"},
    quantities.ContinuousDistribution: {"duration": "exponential: {}", "number": "exponential: {} s"},
    quantities.MeanCv: _SPREAD,
    quantities.QuantityMeanCv: dict.fromkeys(("duration", "number", "share"), "mean: {}, cv: 0.3"),
    quantities.Uncertainty: dict.fromkeys(("durations", "numbers", "shares"), "uniform: {}"),
    arrivals.Arrivals: dict.fromkeys(("number", "numbers"), "per_week: {}")
    | {"file": "file: {{path: {}, as: forecast}}"},
    arrivals.Busyness: {"share": "cv: {}"},
    arrivals.HolidayVolume: {"text": "country: {}, factor: 80%", "share": "country: PL, factor: {}"},
    arrivals.VolumeFile: {"file": "path: {}, as: forecast"},
    queues.Sla: {
        "duration": "measure: turnaround, within: {}, target: 95%, per: week",
        "share": "measure: turnaround, within: 4 h, target: {}, per: week",
    },
    queues.Backlog: {"number": "items: {}, oldest: 4 h", "durations": "ages: {}", "file": "file: {}"},
    queues.Expiry: {"duration": "after: {{constant: {}}}", "number": "after: {{constant: {} h}}"},
    queues.FollowUp: {"share": "share: {}"},
    queues.Errors: {"share": "tenured: {}"},
    queues.Overflow: {"duration": "after: {}", "number": "after: {} h"},
    vendors.Shrinkage: {"share": "absence: {}", "shares": "absence: {}"},
    vendors.Attrition: {"share": "per_year: {}", "rate": "hazard: {{0+ weeks: {}}}"},
    vendors.WeibullTenure: {"duration": "shape: 0.8, scale: {}"},
    vendors.Ramp: {
        "duration": "start: 50%, reaches: 100%, after: {}",
        "share": "start: {}, reaches: 100%, after: 8 weeks",
        "shares": "steps: {}",
    },
    vendors.Shift: {"days": 'days: {}, start: "09:00", length: 9 h', "clock": 'days: Mon-Fri, start: "{}", length: 9 h',
                    "duration": 'days: Mon-Fri, start: "09:00", length: {}'},
    vendors.Break: {"duration": "after: 4 h, for: {}"},
    contract.Contract: {"text": "currency: {}"},
    contract.Price: {"number": "per_productive_hour: {}"},
    contract.Minimum: {"number": "hours_per_month: {}"},
    contract.QualityCredit: {"share": "target: {}, credit: 2%"},
    contract.EarnBack: {"share": "above: {}, months: 3"},
    contract.CreditStep: {"share": "below: {}, credit: 2%"},
    contract.ForecastLock: {"share": "weeks_ahead: 8, tolerance: {}", "number": "weeks_ahead: {}, tolerance: 10%"},
    contract.RampLimit: {"number": "hires_per_month: {}"},
    hiring.Hiring: {"share": "graduates: {}"},
    hiring.OvertimeTrigger: {"number": "backlog_hours: {}", "duration": "backlog_hours: 40"},
    scenario.Horizon: {
        "number": "start: 2026-10-05, weeks: {}, timezone: Europe/London",
        "day": "start: {}, weeks: 13, timezone: Europe/London",
    },
    hiring.Overtime: {"duration": "when: {{backlog_hours: 40}}, adds: {}, max_per_week: 8 h"},
    hiring.BacklogResponse: {
        "duration": "to: backlog, normal: {}, elasticity: 70%, at_most: 150%",
        "share": "to: backlog, normal: 40 h, elasticity: {}, at_most: 150%",
    },
    events.Surge: {"number": "from: 2026-11-02, for: 5 days, factor: {}"},
    events.HandleTimeChange: {"number": "from: 2026-11-02, factor: {}"},
    events.PolicyChange: {"number": "from: 2026-11-02, factor: {}, recovers_in: 3 weeks"},
    events.AbsenceWave: {"number": "from: 2026-11-02, for: 2 weeks, factor: {}"},
    scenario.Simulation: {"number": "replications: {}"},
}  # fmt: skip
"""The keys that a value most likely means, by what belongs in its place and the kind of value."""

ALSO: Final[Mapping[tuple[type[Model], str], str]] = {
    (vendors.Shrinkage, "share"): " for agents who are away, or {{offline: {}}} for time off queue",
    (quantities.DistributionSpec, "duration"): ", or {{lognormal: {{mean: {}, cv: 0.8}}}} if it varies",
    (quantities.DistributionSpec, "number"): ", or {{lognormal: {{mean: {} s, cv: 0.8}}}} if it varies",
    (contract.Price, "number"): ", or {{per_fte_month: {}}}",
}
"""What else it may mean."""

WHOLE: Final[Mapping[type[Model], str]] = {
    quantities.DistributionSpec: "lognormal: {mean: 45 s, cv: 0.8}",
    quantities.Uncertainty: "uniform: [35%, 60%]",
    quantities.MixturePart: "share: 70%, exponential: 30 s",
    arrivals.Arrivals: "per_week: 250_000, profile: marketplace",
    queues.Queue: "arrivals: {per_week: 250_000}, handle_time: {lognormal: {mean: 45 s, cv: 0.8}}",
    queues.AtOnce: "items: 3, speed: 60%",
    queues.Backlog: "items: 3500, oldest: 4 h",
    queues.Errors: "tenured: 2%, new: 9%",
    arrivals.HolidayVolume: "country: PL, factor: 80%",
    vendors.Attrition: "per_year: 45%",
    events.Automation: "queue: listings, from: 2026-11-02, removes: 30%",
    events.Transfer: "from: manila, to: warsaw, agents: 10, on: 2026-11-02",
    events.Reallocation: "queue: listings, from: 2026-11-02, shares: {north: 60%, south: 40%}",
    vendors.Shrinkage: "absence: 8%, offline: 12%",
    vendors.Ramp: _RAMP,
    vendors.Shift: _SHIFT,
    vendors.SharedShift: f"{_SHIFT}, share: 50%",
    vendors.Break: "after: 4 h, for: 30 min",
    scenario.Simulation: "replications: 40, seed: 1",
    vendors.TeamSpec: f"timezone: Asia/Manila, agents: 40, skills: [listings], shift: {{{_SHIFT}}}",
    contract.Price: "per_productive_hour: 14.20",
    contract.EarnBack: "above: 97%, months: 2",
    hiring.BacklogResponse: "to: backlog, normal: 40 h, elasticity: 70%, at_most: 150%",
    hiring.Hiring: "backfill: {review: 2 weeks, class_size: 12, training: 4 weeks}",
    scenario.Horizon: "start: 2026-10-05, weeks: 13, timezone: Europe/London",
    events.Event: "surge: {from: 2026-11-02, for: 5 days, factor: 1.8}",
}
"""Examples of models without required keys, and of those best shown whole."""

_NAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("Q4 baseline",), "title": ("Third quarter",), "timezone": ("Europe/London",), "queue": ("listings",),
    "to": ("appeals",), "team": ("manila",), "vendor": ("north",), "skills": ("[listings, messages]",),
    "adds": ("[appeals]", "2 h"), "country": ("PL",), "currency": ("USD",), "path": ("volumes.csv",),
    "per_week": ("250_000",), "per_day": ("36_000",), "per_hour": ("1_500",), "per_productive_hour": ("14.20",),
    "per_fte_month": ("2_400",), "per_year": ("45%", "12"), "target": ("95%",), "within": ("4 h",), "cv": ("0.8", "8%"),
    "constant": ("45 s",), "factor": ("1.2",), "change": ("-5",), "hours": ("4",), "items": ("3500", "3"),
    "weeks": ("13",), "backlog_hours": ("40",), "hours_per_month": ("4000",), "sla": ("[listings / 4 h]",),
    "steps": ("[{below: 95%, credit: 2%}]", "[50%, 70%, 85%, 100%]"), "shares": ("{north: 60%, south: 40%}",),
    "training": ("4 weeks",), "for": ("5 days", "{constant: 6 h}"), "agents": ("40", "50%"), "after": ("8 weeks",),
    "recovers_in": ("3 weeks",), "oldest": ("4 h",), "review": ("2 weeks",), "max_per_week": ("8 h",),
    "scale": ("2 years",), "shape": ("0.8",), "removes": ("30%",), "share": ("2%",), "duty": ("duty.csv",),
    "profile": ("marketplace",), "length": ("9 h",), "days": ("Mon-Fri", "28"), "extends": ("baseline.yaml",),
    "description": ("Do both SLAs hold through the peak?",), "calibration": ("../calibration/2026-q3/parameters.yaml",),
    "trace": ("items.csv",), "roster": ("roster.csv",), "empirical": ("handle-times.csv",), "max_per_day": ("4 h",),
    "mean": ("6 min", "8%"), "breaks": ("[{after: 4 h, for: 30 min}]", "45 min"), "except": ("[2026-12-24]",),
    "add": ("[2026-12-24]",), "warm_up": ("2 weeks",), "replications": ("40",), "seed": ("1",), "notice": ("60 days",),
    "start": ("2026-10-12", "55%", '"09:00"'), "reaches": ("95%",), "absence": ("8%",), "offline": ("12%",),
    "uniform": ("[10 s, 40 s]", "[35%, 60%]"), "lead_time": ("4 weeks",), "months": ("2",),
    "up_to": ("1_000_000",), "at": ("0.17",), "weeks_ahead": ("4",), "hires_per_month": ("60",), "class_size": ("15",),
    "queues": ("[listings, messages]",), "handle_time_factor": ("1.08",), "from": ("2026-11-02", "warsaw"),
    "tenured": ("2%",), "new": ("9%",), "appeal_share": ("30%",), "graduates": ("90%",), "cap": ("12%",),
    "staffed": ("30%",), "price_factor": ("1.5",), "spread": ("12%",), "correlation": ("40%",), "growth": ("0.5%",),
    "drift": ("4%",), "shared": ("{programme: 60%}",), "capacity": ("50%",), "size": ("12",),
    "normal": ("40 h",), "elasticity": ("70%",), "at_least": ("60%",), "at_most": ("150%",),
    "hazard": ("{0-13 weeks: 9% per month, 13+ weeks: 3% per month}",),
    "speed": ("60%",), "ages": ("{50%: 40 min, 90%: 3 h, 100%: 9 days}",), "file": ("open.csv",),
    "mixture": ("{quick: {share: 70%, exponential: 30 s}, slow: {share: 30%, exponential: 5 min}}",),
}  # fmt: skip
"""Values to show, by key: the first that fits."""


def as_mapping(kind: Any, value: object) -> str:
    """Return what to write where a single value was given instead of a mapping."""
    if typing.get_origin(kind) is dict:
        inner, name = _meant(typing.get_args(kind)[1], value), str(value) if isinstance(value, str) else "a name"
        return f"write {{{name}: {{{inner[1]}}}}}" if inner else f"write for example {example(kind)}"
    meant = _meant(kind, value)
    return f"write {{{meant[1]}}}{meant[0]}" if meant else f"write for example {example(kind)}"


def _meant(kind: Any, value: object) -> tuple[str, str] | None:
    """Return what else a value may mean, and the keys that it most likely means in place of a model."""
    known = MEANT.get(kind, {})
    for meaning, shown in _readings(value):
        if meaning in known:
            return ALSO.get((kind, meaning), "").format(shown), known[meaning].format(shown)
        if meaning == "file" and isinstance(kind, type) and issubclass(kind, Model) and "path" in kind.model_fields:
            return "", f"path: {shown}"
    needed = _needed(kind) if isinstance(kind, type) and issubclass(kind, Model) else []
    if len(needed) == 1 and isinstance(value, (str, int, float)) and _fits(as_annotated(needed[0][1]), str(value)):
        return "", f"{needed[0][0]}: {value}"
    return None


def _needed(model: type[Model]) -> list[tuple[str, FieldInfo]]:
    """Return the required keys of a model."""
    return [(field.alias or name, field) for name, field in model.model_fields.items() if field.is_required()]


def _readings(value: object) -> Iterator[tuple[str, str]]:
    """Yield the kinds of value that something may be, and how it is written as such."""
    if isinstance(value, list):
        if value and all(isinstance(part, (str, int, float)) for part in value):
            yield from ((f"{kind}s", f"[{', '.join(map(str, value))}]") for kind, _ in _readings(value[0]))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield "number", f"{value}"
        yield "share", f"{value:g}%" if value > 1 else f"{value}"
    elif isinstance(value, str):
        yield from ((kind, value) for kind, parse in _PARSERS.items() if _reads(parse, value))
        yield "file" if is_table(value) else "text", value


_PARSERS: Final[Mapping[str, Callable[[str], object]]] = {
    "share": units.parse_signed_share,
    "duration": units.parse_duration,
    "rate": units.parse_rate,
    "clock": units.parse_clock,
    "days": vendors.parse_days,
    "day": dt.date.fromisoformat,
}


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def example(annotation: Any, key: str = "", own: Mapping[str, str] | None = None) -> str:
    """Return an example of what an annotation takes, under a key; `own` are the file's own names by key."""
    named = next((text for text in (*_own(own, key), *_NAMED.get(key, ())) if _fits(annotation, text)), None)
    if named is not None:
        return named
    origin, parts = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        schemas = [one.json_schema for one in parts[1:] if isinstance(one, WithJsonSchema)]
        given = [text for one in schemas if one for text in one.get("examples", [])]
        return _quoted(str(given[0])) if given else example(parts[0])
    if origin in (Union, types.UnionType):
        return example(next(part for part in parts if part is not types.NoneType))
    if origin is Literal:
        return "week" if "week" in parts else str(parts[0])
    if origin is tuple:
        return f"[{', '.join([example(parts[0])] * (1 if parts[-1] is Ellipsis else len(parts)))}]"
    if origin is dict:
        return f"{{a name: {example(parts[1])}}}"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return f"{{{_inside(annotation)}}}"
    return {bool: "true", int: "12", float: "1.5"}.get(annotation, "a name")


def _own(names: Mapping[str, str] | None, key: str) -> tuple[str, ...]:
    return (names[key],) if names and key in names else ()


def _fits(annotation: Any, text: str) -> bool:
    """Say whether a text of a file is something that an annotation takes."""
    tree, _ = read_tree(f"value: {text}", "")
    try:
        TypeAdapter(annotation).validate_python(tree.plain()["value"] if tree else None)
    except ValidationError:
        return False
    return True


def _inside(model: type[Model]) -> str:
    """Return an example of a whole model, or of the keys that it needs."""
    if model in WHOLE:
        return WHOLE[model]
    shown = _needed(model) or [(field.alias or name, field) for name, field in model.model_fields.items()][:1]
    return ", ".join(f"{key}: {example(as_annotated(field), key)}" for key, field in shown)


def as_annotated(field: FieldInfo) -> Any:
    """Return the annotation of a field with what pydantic has taken out of it."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def key_example(field: FieldInfo, key: str, own: Mapping[str, str]) -> str:
    """Return "for example `queue: listings`" for a key; `own` are the file's own names by key."""
    return f"for example `{key}: {example(as_annotated(field), key, own)}`"


def choices(field: FieldInfo) -> str:
    """Return "; hour, day or week" for a field that takes one of few words; else nothing."""
    words = typing.get_args(field.annotation) if typing.get_origin(field.annotation) is Literal else ()
    return f"; {', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else ""


def _quoted(text: str) -> str:
    return f'"{text}"' if ":" in text else text
