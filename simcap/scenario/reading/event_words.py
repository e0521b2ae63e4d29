"""Events of a scenario's document in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final


def in_words(event: Mapping[str, Any], document: Mapping[str, Any]) -> str | None:
    """Return an event in words, next to what the document has until then; nothing for what is not an event."""
    ((kind, spec),) = event.items() if len(event) == 1 else [("", {})]
    if kind not in WORDS or not isinstance(spec, Mapping):
        return None
    begin = spec.get("on" if kind == "transfer" else "from")
    if kind == "random_outages":
        return WORDS[kind](spec, document)
    if begin is None:
        return None
    length = f" for {spec['for']}" if "for" in spec else ""
    length += f", learned in {spec['recovers_in']}" if "recovers_in" in spec else ""
    return f"{WORDS[kind](spec, document)}, from {_day(begin)}{length}"


def _split(spec: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Return a new split of queues, next to the one that they all begin with if that is the same."""
    allocation = document.get("routing", {}).get("allocation", {})
    begins = [allocation.get(queue, {}) for queue in spec.get("queues") or [spec["queue"]]]
    before = begins[0] if all(one == begins[0] for one in begins) else {}
    shares = [
        f"{vendor} {before[vendor]} -> {share}" if vendor in before else f"{vendor} {share}"
        for vendor, share in spec["shares"].items()
    ]
    return f"{_work(spec)}: {', '.join(shares)}"


def _work(spec: Mapping[str, Any]) -> str:
    """Return the queues that are meant: "a, b and c"."""
    return _listed(spec.get("queues") or [spec.get("queue") or "all queues"])


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else str(last)


def _move(spec: Mapping[str, Any]) -> str:
    who = "1 agent moves" if int(spec["agents"]) == 1 else f"{spec['agents']} agents move"
    training = f" (training {spec['training']})" if spec.get("training") else ""
    return f"{who} from {spec['from']} to {spec['to']}{training}"


def _who(spec: Mapping[str, Any]) -> str:
    return str(spec.get("team") or spec.get("vendor") or "all teams")


def _day(value: object) -> str:
    """Return "30 November", with the time of day where there is one."""
    moment = dt.datetime.fromisoformat(str(value))
    clock = f" {moment:%H:%M}" if moment.time() > dt.time() else ""
    return f"{moment.day} {moment:%B}{clock}"


WORDS: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], str]]] = {
    "allocation": _split,
    "headcount": lambda spec, _: f"{spec['team']}: {int(spec['change']):+} agents",
    "transfer": lambda spec, _: _move(spec),
    "surge": lambda spec, _: f"volume of {_work(spec)}: x{spec['factor']}",
    "handle_time": lambda spec, _: f"handle time of {_work(spec)}: x{spec['factor']}",
    "policy_change": lambda spec, _: f"new policy on {_work(spec)}: handle time x{spec['factor']}",
    "automation": lambda spec, _: f"{_work(spec)}: a classifier decides {spec['removes']} of the items",
    "outage": lambda spec, _: f"{_who(spec)} down, {spec.get('capacity', '0%')} capacity left",
    "random_outages": lambda spec, _: f"{_who(spec)} down {spec['per_year']} times a year, at random",
    "training": lambda spec, _: f"{spec['hours']} h of training for {spec.get('agents', '100%')} of {spec['team']}",
    "cross_train": lambda spec, _: f"{spec['agents']} agents of {spec['team']} learn {_listed(spec['adds'])}",
    "absence": lambda spec, _: f"absence of {_who(spec)}: x{spec['factor']}",
}
"""By kind of event, what happens, from the event and the document; every kind of the grammar has an entry."""
