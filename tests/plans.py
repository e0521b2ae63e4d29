"""Small scenarios drawn at random: a few queues, teams and days in which much happens."""

from __future__ import annotations

from random import Random
from typing import Any

ZONES = ("Europe/London", "Asia/Manila", "America/New_York", "Pacific/Auckland")
START = "2026-10-2"
"""Horizons begin in the last days of October 2026: clocks change on the 25th in London, on November 1 in New York."""


def draw_plan(seed: int) -> dict[str, Any]:
    """Return a scenario as a document."""
    random = Random(seed)
    queues = ["mail", "chat", "appeals"][: random.randint(1, 3)]
    vendors = ["north", "south"][: random.randint(1, 2)]
    days = random.choice([1, 2, 3, 8])
    document: dict[str, Any] = {
        "name": "drawn",
        "horizon": {
            "start": f"{START}{random.randint(3, 6)}",
            "days": days,
            "timezone": random.choice(ZONES),
            "warm_up": f"{random.choice([0, 1, 2])} days",
        },
        "queues": {queue: _queue(random, queues) for queue in queues},
        "routing": _routing(random, queues, vendors),
        "vendors": {vendor: _vendor(random, vendor, queues, document_start=f"{START}3") for vendor in vendors},
    }
    document["events"] = _events(random, document, days)
    return document


def _queue(random: Random, queues: list[str]) -> dict[str, Any]:
    queue: dict[str, Any] = {
        "arrivals": {
            "per_day": random.choice([0, 20, 60, 120]),
            "profile": random.choice(["flat", "marketplace", "office"]),
            "busyness": {"cv": random.choice(["0%", "30%"]), "correlation": "40%"},
        },
        "handle_time": random.choice(
            [{"constant": "10 min"}, {"exponential": "8 min"}, {"gamma": {"mean": "12 min", "cv": 0.6}}]
        ),
        "sla": {
            f"sla {number}": {
                "measure": random.choice(["turnaround", "wait"]),
                "within": random.choice(["20 min", "1 h", "6 h", "1 day"]),
                "target": "90%",
                "per": "day",
                "clock": random.choice(["own", "origin"]),
            }
            for number in range(random.choice([0, 1, 1, 2]))
        },
        "then": {
            other: {"share": "15%", "after": random.choice([{"constant": "0 s"}, {"exponential": "3 h"}])}
            for other in queues
            if random.random() < 0.3
        },
    }
    if random.random() < 0.4:
        queue["backlog"] = {"items": random.randint(0, 30), "oldest": "50 min"}
    if random.random() < 0.5:
        queue["expires"] = {"after": random.choice([{"constant": "2 h"}, {"exponential": "4 h"}])}
    if random.random() < 0.3:
        queue["max_per_day"] = random.choice(["1 h", "2.5 h"])
    if random.random() < 0.4:
        queue["errors"] = {"tenured": "10%", "appeal_share": "60%", "to": queues[-1]}
    return queue


def _routing(random: Random, queues: list[str], vendors: list[str]) -> dict[str, Any]:
    routing: dict[str, Any] = {
        "rule": random.choice(["priority", "earliest_due", "longest_wait"]),
        "agent_choice": random.choice(["longest_idle", "most_proficient"]),
        "allocation": {queue: _split(random, vendors) for queue in queues if random.random() < 0.5},
    }
    if random.random() < 0.5:
        routing["overflow"] = {"after": random.choice(["0 s", "30 min", "2 h"])}
    return routing


def _split(random: Random, vendors: list[str]) -> dict[str, float]:
    first = random.choice([0.0, 0.3, 0.6, 1.0]) if len(vendors) > 1 else 1.0
    return dict(zip(vendors, (first, 1 - first), strict=False))


def _vendor(random: Random, name: str, queues: list[str], document_start: str) -> dict[str, Any]:
    teams = {f"{name}-{number}": _team(random, queues) for number in range(random.randint(1, 2))}
    vendor: dict[str, Any] = {
        "teams": teams,
        "shrinkage": {"absence": random.choice(["0%", "25%"]), "offline": random.choice(["0%", "15%"])},
        "spread": random.choice(["0%", "20%"]),
    }
    first = next(iter(teams))
    if random.random() < 0.4:
        vendor["attrition"] = {"hazard": {"0+ weeks": "30% per day"}}
        vendor["hiring"] = {
            "backfill": {"team": first, "review": "1 day", "class_size": 1, "training": "1 day"},
            "classes": {"new": {"start": document_start, "team": first, "size": 2, "training": "4 days"}},
        }
    if random.random() < 0.4:
        vendor["overtime"] = {"when": {"backlog_hours": 1}, "adds": "2 h", "max_per_week": "6 h"}
    return vendor


def _team(random: Random, queues: list[str]) -> dict[str, Any]:
    skills = random.sample(queues, random.randint(1, len(queues)))
    shift: dict[str, Any] = {"at_end": random.choice(["finish", "hand_back", "keep"])}
    if random.random() < 0.2:
        shift["always"] = True
    else:
        shift["days"] = random.choice(["Mon-Sun", "5 of 7", "Mon-Fri"])
        shift["start"] = random.choice(["00:00", "09:00", "17:30", "22:00"])
        shift["length"] = random.choice(["4 h", "8 h"])
        if random.random() < 0.6:
            shift["breaks"] = [{"after": "90 min", "for": "20 min"}, {"after": "3 h", "for": "30 min"}]
    return {
        "timezone": random.choice(ZONES),
        "agents": random.randint(1, 4),
        "skills": skills,
        "shift": shift,
        "tenure": {"uniform": ["0 days", "60 days"]},
        "ramp": random.choice([None, {"start": "50%", "reaches": "100%", "after": "8 weeks"}]),
    }


def _events(random: Random, document: dict[str, Any], days: int) -> dict[str, Any]:
    start = document["horizon"]["start"]
    queue = random.choice(list(document["queues"]))
    vendor = random.choice(list(document["vendors"]))
    team = random.choice(list(document["vendors"][vendor]["teams"]))
    events: dict[str, Any] = {}
    if random.random() < 0.3:
        events["outage"] = {
            "outage": {"team": team, "from": f"{start} 15:20", "for": "3 h", "capacity": random.choice([0.0, 0.5])}
        }
    if random.random() < 0.2:
        events["outages"] = {"random_outages": {"per_year": 300, "for": {"exponential": "2 h"}, "capacity": "50%"}}
    if random.random() < 0.2:
        events["slower"] = {"handle_time": {"queue": queue, "from": f"{start} 12:00", "factor": 1.5}}
    if random.random() < 0.2:
        events["class room"] = {"training": {"team": team, "from": start, "hours": 2.5}}
    if random.random() < 0.2 and queue in document["routing"]["allocation"] and len(document["vendors"]) > 1:
        shares = {"north": 0.2, "south": 0.8}
        events["split"] = {"allocation": {"queue": queue, "from": f"{start} 13:00", "shares": shares}}
    missing = [q for q in document["queues"] if q not in document["vendors"][vendor]["teams"][team]["skills"]]
    if random.random() < 0.3 and missing:
        lesson = {"team": team, "agents": 2, "adds": missing[:1], "from": start, "for": "1 day"}
        events["lesson"] = {"cross_train": {**lesson, "ramp": {"steps": ["50%", "100%"]}}}
    if random.random() < 0.2:
        events["peak"] = {"surge": {"from": f"{start} 08:30", "for": "7 h", "factor": 3}}
    if random.random() < 0.2:
        events["classifier"] = {"automation": {"queue": queue, "from": f"{start} 10:00", "removes": "40%"}}
    if random.random() < 0.2 and days > 2:
        later = f"{start[:-2]}{int(start[-2:]) + 1}"
        events["cut"] = {"headcount": {"team": team, "from": later, "change": random.choice([-1, 2])}}
    others = [name for name in document["vendors"][vendor]["teams"] if name != team]
    if random.random() < 0.3 and others:
        later = f"{start[:-2]}{int(start[-2:]) + random.choice([0, 1])}"
        move = {"from": team, "to": others[0], "agents": random.randint(1, 3), "on": later}
        events["move"] = {"transfer": move | random.choice([{}, {"training": "1 day"}, {"ramp": {"steps": [0.5, 1]}}])}
        if random.random() < 0.3:
            document["vendors"][vendor]["teams"][others[0]]["agents"] = 0
    return events
