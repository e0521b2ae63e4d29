"""Events of a scenario's document in words, as a person tells what will happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any


def in_words(event: Mapping[str, Any], document: Mapping[str, Any]) -> str | None:
    """Return an event in words, beside what the document has until then; nothing for a kind that has no words."""
    ((kind, plan),) = event.items() if len(event) == 1 else [("", {})]
    if not isinstance(plan, Mapping):
        return None
    words = {
        "allocation": lambda: _split(plan, document),
        "headcount": lambda: f"{plan['team']}: {int(plan['change']):+} agents",
        "transfer": lambda: _move(plan),
        "surge": lambda: f"volume of {_work(plan)}: x{plan['factor']}",
        "handle_time": lambda: f"handle time of {_work(plan)}: x{plan['factor']}",
        "policy_change": lambda: f"new policy on {_work(plan)}: handle time x{plan['factor']}",
        "automation": lambda: f"{_work(plan)}: a classifier decides {plan['removes']} of the items",
        "outage": lambda: f"{_who(plan)} down, {plan.get('capacity', '0%')} capacity left",
        "absence": lambda: f"absence of {_who(plan)}: x{plan['factor']}",
    }
    begin = plan.get("on" if kind == "transfer" else "from")
    if kind not in words or begin is None:
        return None
    length = f" for {plan['for']}" if "for" in plan else ""
    length += f", learned in {plan['recovers_in']}" if "recovers_in" in plan else ""
    return f"{words[kind]()}, from {_day(begin)}{length}"


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
    *most, last = plan.get("queues") or [plan.get("queue") or "all queues"]
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
