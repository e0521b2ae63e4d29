"""Events of a scenario's document in words, as a person tells what will happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final


def in_words(event: Mapping[str, Any], document: Mapping[str, Any]) -> str | None:
    """Return an event in words, beside what the document has until then; nothing for what is no event."""
    ((kind, plan),) = event.items() if len(event) == 1 else [("", {})]
    if kind not in WORDS or not isinstance(plan, Mapping):
        return None
    begin = plan.get("on" if kind == "transfer" else "from")
    if kind == "random_outages":
        return WORDS[kind](plan, document)
    if begin is None:
        return None
    length = f" for {plan['for']}" if "for" in plan else ""
    length += f", learned in {plan['recovers_in']}" if "recovers_in" in plan else ""
    return f"{WORDS[kind](plan, document)}, from {_day(begin)}{length}"


def _split(plan: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Return a new split of queues beside the one that the document begins with, where they all have the same."""
    allocation = document.get("routing", {}).get("allocation", {})
    begins = [allocation.get(queue, {}) for queue in plan.get("queues") or [plan["queue"]]]
    before = begins[0] if all(one == begins[0] for one in begins) else {}
    shares = [
        f"{vendor} {before[vendor]} -> {share}" if vendor in before else f"{vendor} {share}"
        for vendor, share in plan["shares"].items()
    ]
    return f"{_work(plan)}: {', '.join(shares)}"


def _work(plan: Mapping[str, Any]) -> str:
    """Return the queues that are meant: "a, b and c"."""
    return _listed(plan.get("queues") or [plan.get("queue") or "all queues"])


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else str(last)


def _move(plan: Mapping[str, Any]) -> str:
    who = "1 agent moves" if int(plan["agents"]) == 1 else f"{plan['agents']} agents move"
    training = f" (training {plan['training']})" if plan.get("training") else ""
    return f"{who} from {plan['from']} to {plan['to']}{training}"


def _who(plan: Mapping[str, Any]) -> str:
    return str(plan.get("team") or plan.get("vendor") or "all teams")


def _day(value: object) -> str:
    """Return "30 November", with the time of day where there is one."""
    moment = dt.datetime.fromisoformat(str(value))
    clock = f" {moment:%H:%M}" if moment.time() > dt.time() else ""
    return f"{moment.day} {moment:%B}{clock}"


WORDS: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], str]]] = {
    "allocation": _split,
    "headcount": lambda plan, _: f"{plan['team']}: {int(plan['change']):+} agents",
    "transfer": lambda plan, _: _move(plan),
    "surge": lambda plan, _: f"volume of {_work(plan)}: x{plan['factor']}",
    "handle_time": lambda plan, _: f"handle time of {_work(plan)}: x{plan['factor']}",
    "policy_change": lambda plan, _: f"new policy on {_work(plan)}: handle time x{plan['factor']}",
    "automation": lambda plan, _: f"{_work(plan)}: a classifier decides {plan['removes']} of the items",
    "outage": lambda plan, _: f"{_who(plan)} down, {plan.get('capacity', '0%')} capacity left",
    "random_outages": lambda plan, _: f"{_who(plan)} down {plan['per_year']} times a year, at random",
    "training": lambda plan, _: f"{plan['hours']} h of training for {plan.get('agents', '100%')} of {plan['team']}",
    "cross_train": lambda plan, _: f"{plan['agents']} agents of {plan['team']} learn {_listed(plan['adds'])}",
    "absence": lambda plan, _: f"absence of {_who(plan)}: x{plan['factor']}",
}
"""By kind of event, what happens, from the event and the document; every kind of the grammar has an entry."""
