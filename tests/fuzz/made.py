"""The inputs that are mutated: a small desk with something of everything, data files, and the history of another."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from typing import Any, Final

from tests.fuzz.mutation import Table

DESK: Final[dict[str, Any]] = {
    "name": "desk",
    "horizon": {"start": "2026-10-19", "days": 14, "timezone": "Europe/London", "warm_up": "2 days"},
    "simulation": {"replications": 1, "seed": 7},
    "uncertain": {
        "queues.mail.arrivals.per_day": {"uniform": [50, 70]},
        "vendors.north.attrition.per_year": {"uniform": ["50%", "70%"]},
    },
    "queues": {
        "mail": {
            "title": "E-mail", "groups": {"language": "ES"},
            "arrivals": {"per_day": 60, "profile": "social", "growth": "2%", "drift": "3%",
                         "busyness": {"cv": "10%", "correlation": "40%", "shared": {"programme": "40%"},
                                      "hourly": "5%"},
                         "holidays": {"country": "GB", "factor": "70%"}},
            "handle_time": {"mixture": {"easy": {"share": "70%", "lognormal": {"mean": "4 min", "cv": 0.8}},
                                        "hard": {"share": "30%", "gamma": {"mean": "12 min", "cv": 1.1}}}},
            "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": "95%", "per": "week"},
                    "desk": {"measure": "wait", "within": "2 h", "target": "p90", "per": "day",
                             "clock": {"hours": "Mon-Fri 09:00-18:00"}}},
            "backlog": {"items": 12, "oldest": "3 h"},
            "expires": {"after": {"weibull": {"mean": "2 days", "cv": 1.4}}},
            "then": {"appeals": {"share": "6%", "after": {"lognormal": {"mean": "18 h", "cv": 1.2}}}},
            "errors": {"tenured": "4%", "new": "9%", "appeal_share": "20%", "to": "appeals"},
            "max_per_day": "5 h",
        },
        "chat": {
            "arrivals": {"per_hour": [2, 3, 1], "timezone": "America/Bogota"},
            "handle_time": {"exponential": "7 min"}, "at_once": {"items": 3, "speed": "60%"},
            "sla": {"fast": {"measure": "wait", "within": "2 min", "target": "80%", "per": "day", "counts": "all",
                             "by": "decided"}},
            "expires": {"after": {"exponential": "10 min"}},
        },
        "appeals": {"handle_time": {"uniform": ["5 min", "25 min"]}},
    },
    "routing": {"rule": "priority", "allocation": {"mail": {"north": "60%", "south": "40%"}},
                "overflow": {"after": "3 h"}, "agent_choice": "most_proficient"},
    "vendors": {
        "north": {
            "contract": {"currency": "USD", "price": {"per_productive_hour": 14.2},
                         "minimum": {"hours_per_month": 100},
                         "service_credits": {"sla": ["mail / 4 h"], "steps": [{"below": "95%", "credit": "3%"}],
                                             "cap": "9%"},
                         "quality": {"target": "93%", "credit": "2%"},
                         "forecast_lock": {"weeks_ahead": 2, "tolerance": "10%"},
                         "notice": "30 days", "ramp_limit": {"hires_per_month": 9}},
            "shrinkage": {"absence": {"weekly": ["8%", "10%"]}, "offline": "12%"}, "attrition": {"per_year": "60%"},
            "ramp": {"start": "50%", "reaches": "95%", "after": "8 weeks", "shape": "exponential"}, "spread": "10%",
            "hiring": {"classes": {"may": {"start": "2026-10-20", "team": "day", "size": 3, "training": "1 week"}},
                       "backfill": {"review": "1 week", "class_size": 2, "lead_time": "1 week", "training": "1 week"},
                       "graduates": "85%"},
            "overtime": {"team": "day", "when": {"backlog_hours": 2}, "adds": "1 h", "max_per_week": "4 h"},
            "teams": {
                "day": {"timezone": "Europe/London", "agents": 5, "tenure": {"uniform": ["0 days", "100 weeks"]},
                        "skills": ["mail", "chat", "appeals"], "holidays": "GB",
                        "shifts": {"early": {"days": "5 of 7", "start": "08:00", "length": "8 h", "share": "60%",
                                             "breaks": [{"after": "4 h", "for": "30 min"}]},
                                   "late": {"days": "Mon-Fri", "start": "14:00", "length": "8 h", "share": "40%"}}},
                "night": {"timezone": "Asia/Manila", "agents": 3, "skills": ["chat", "mail"],
                          "responds": {"to": "backlog", "normal": "2 h", "elasticity": "70%", "at_least": "50%",
                                       "at_most": "200%"},
                          "attrition": {"weibull": {"shape": 0.8, "scale": "60 weeks"}},
                          "shift": {"days": "Mon-Sun", "start": "22:00", "length": "9 h", "at_end": "hand_back"}},
            },
        },
        "south": {
            "attrition": {"hazard": {"0-13 weeks": "9% per month", "13+ weeks": "3% per month"}},
            "go_live": "2026-10-21",
            "contract": {"currency": "USD", "price": {"per_item": {"mail": [{"up_to": 1000, "at": 2}, {"at": 1}]}}},
            "teams": {"all": {"timezone": "UTC", "agents": 2, "skills": ["mail", "appeals"], "shift": {"always": True},
                              "ramp": {"steps": ["40%", "80%", "100%"]}}},
        },
    },
    "events": {
        "promo": {"surge": {"queue": "mail", "from": "2026-10-22", "for": "2 days", "factor": 2, "in_forecast": False}},
        "down": {"outage": {"vendor": "north", "from": "2026-10-23 09:00", "for": "3 h", "capacity": "20%"}},
        "storms": {"random_outages": {"per_year": 12, "for": {"exponential": "2 h"}}},
        "tool": {"handle_time": {"from": "2026-10-24", "factor": 0.9}},
        "policy": {"policy_change": {"queue": "mail", "from": "2026-10-25", "factor": 1.3, "recovers_in": "2 weeks"}},
        "filter": {"automation": {"queue": "mail", "from": "2026-10-26", "removes": "20%", "handle_time_factor": 1.1}},
        "lesson": {"training": {"team": "day", "from": "2026-10-21", "hours": 2, "agents": "50%"}},
        "learn": {"cross_train": {"team": "night", "agents": 1, "adds": ["appeals"], "from": "2026-10-20",
                                  "for": "2 days"}},
        "flu": {"absence": {"vendor": "north", "from": "2026-10-22", "for": "3 days", "factor": 2}},
        "cut": {"headcount": {"team": "night", "from": "2026-10-28", "change": -1, "ordered": "2026-09-01"}},
        "move": {"transfer": {"from": "day", "to": "night", "agents": 1, "on": "2026-10-24", "training": "1 day"}},
        "split": {"allocation": {"queue": "mail", "from": "2026-10-25", "shares": {"north": "50%", "south": "50%"}}},
    },
}  # fmt: skip

PLAIN: Final[dict[str, Any]] = {
    "name": "plain",
    "horizon": {"start": "2026-03-09", "days": 7, "timezone": "Europe/London", "warm_up": "0 days"},
    "simulation": {"replications": 1, "seed": 3},
    "queues": {
        "mail": {"arrivals": {"per_day": 40}, "handle_time": {"constant": "8 min"},
                 "sla": {"4 h": {"measure": "turnaround", "within": "4 h", "target": "95%", "per": "week"}}},
    },
    "vendors": {"north": {"teams": {"day": {"timezone": "Europe/London", "agents": 2, "skills": ["mail"],
                                            "shift": {"days": "Mon-Sun", "start": "08:00", "length": "9 h"}}}}},
}  # fmt: skip
"""The least: what data files are put into."""

_WORKED: Final = ["listings", "images", "appeals", "quality"]
OPEN: Final[dict[str, Any]] = {
    "calibration": "parameters.yaml",
    "horizon": {"start": "2026-10-05", "days": 7, "timezone": "Europe/London", "warm_up": "0 days"},
    "queues": {name: {} for name in _WORKED},
    "vendors": {
        vendor: {"teams": {f"{vendor} day": {"timezone": "Europe/London", "agents": 4, "skills": _WORKED,
                                             "shift": {"days": "Mon-Sun", "start": "08:00", "length": "9 h"}}}}
        for vendor in ("northstar", "kestrel")
    },
}  # fmt: skip
"""What leaves all to the parameters of the calibration that is shipped."""

CALIBRATION: Final[dict[str, Any]] = {
    "title": "a spring", "timezone": "Europe/London", "from": "2026-03-02", "to": "2026-04-05",
    "items": {"path": "items.csv", "timezone": "UTC", "columns": {"handle": "handle_s", "expired": "left"}},
    "roster": {"path": "roster.csv"},
    "attendance": {"path": "attendance.csv", "timezone": "UTC"},
    "quality": {"path": "quality.csv"},
    "holidays": "GB", "fed": ["appeals"],
}  # fmt: skip


def text_of(table: Table) -> str:
    """Return a table as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(table)
    return out.getvalue()


_MORE: Final = ("handled", "abandoned", "backlog", "headcount", "shrinkage", "accuracy", "sample", "sla", "joiners")
REPORTED: Final = ("queue", "vendor", "offered", "positions", "leavers", *_MORE)
"""Columns of a report that are called as simcap calls them."""


def history() -> dict[str, Table]:
    """Return the tables of a history of five weeks, and those that may stand in their place."""
    rng = random.Random(5)
    first, agents = dt.datetime(2026, 3, 2), [f"a{number}" for number in range(6)]
    items: Table = [["item", "parent", "queue", "created", "started", "completed", "agent", "handle_s", "left"]]
    attendance: Table = [["agent", "start", "end", "activity"]]
    quality: Table = [["agent", "date", "checked", "wrong"]]
    volumes: Table = [["start", "queue", "items"]]
    report: Table = [["period", "queue", "vendor", "offered", "handle_s", "positions", "leavers", *_MORE, "wait_s"]]
    for day in range(35):
        noon = first + dt.timedelta(days=day)
        for agent in agents[day % 3 :: 2]:
            attendance.append([agent, noon + dt.timedelta(hours=8), noon + dt.timedelta(hours=15), "floor"])
            attendance.append([agent, noon + dt.timedelta(hours=15), noon + dt.timedelta(hours=16), "offline"])
            quality.append([agent, f"{noon:%Y-%m-%d}", 20, rng.randrange(4)])
        for _ in range(14):
            created = noon + dt.timedelta(seconds=rng.randrange(8 * 3600, 15 * 3600))
            items.append(_item(rng, len(items), created, agents))
        for hour in range(24):
            volumes.append([noon + dt.timedelta(hours=hour), "mail", rng.randrange(9)])
        more = [9 + day % 4, day % 3, day % 7, 6, f"{28 + day % 5}%", "94%", 20, f"{90 + day % 9}%", day % 2, 200 + day]
        report.append([f"{noon:%Y-%m-%d}", "mail", "north", rng.randrange(5, 30), 400 + rng.randrange(90), 2, 0, *more])
    roster: Table = [["agent", "vendor", "team", "hired", "left", "skills"]]
    for number, agent in enumerate(agents):
        left = "2026-03-22" if number == 1 else ""
        roster.append([agent, "north", ("day", "late")[number % 2], f"2025-{number + 1:02}-12", left, "mail"])
    days = [first + dt.timedelta(days=day) for day in range(35)]
    grid: Table = [["agent", *(f"{day:%Y-%m-%d}" for day in days)]]
    grid += [[agent, *(rng.choice(("06:00-15:00", "09:00-17:30", "OFF", "SICK")) for _ in days)] for agent in agents]
    return {"items": items, "attendance": attendance, "quality": quality, "volumes": volumes, "reports": report,
            "roster": roster, "grid": grid}  # fmt: skip


def _item(rng: random.Random, number: int, created: dt.datetime, agents: list[str]) -> list[Any]:
    if number % 12 == 0:
        return [number, "", "mail", created, "", "", "", "", created + dt.timedelta(hours=20)]
    started = created + dt.timedelta(seconds=rng.randrange(3600))
    took = round(rng.lognormvariate(6, 0.8), 1)
    queue, parent = ("appeals", number - 5) if number % 9 == 0 else ("mail", "")
    return [number, parent, queue, created, started, started + dt.timedelta(seconds=took), rng.choice(agents), took, ""]


def data() -> dict[str, Table]:
    """Return the data files that a scenario may name, for a week of the plain desk."""
    rng = random.Random(9)
    first = dt.datetime(2026, 3, 9)
    hours = [first + dt.timedelta(hours=hour) for hour in range(168)]
    return {
        "volumes": [["start", "queue", "items"], *([hour, "mail", rng.randrange(5)] for hour in hours)],
        "trace": [["created", "queue", "handle_s"],
                  *([hour + dt.timedelta(seconds=rng.randrange(3600)), "mail", rng.randrange(60, 900)]
                    for hour in hours)],
        "people": [["agent", "hired", "left", "shift"],
                   *([f"a{number}", f"2025-0{number + 1}-01", "", ""] for number in range(4))],
        "duty": [["agent", "on", "off"],
                 *([f"a{number}", first + dt.timedelta(days=day, hours=8), first + dt.timedelta(days=day, hours=16)]
                   for day in range(7) for number in range(3))],
        "seconds": [["seconds"], *([rng.randrange(30, 900)] for _ in range(60))],
        "rates": [["rate"], *([1 + hour % 5] for hour in range(24))],
    }  # fmt: skip
