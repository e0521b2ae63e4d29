"""The words that tools and people use for what simcap reads, in the languages of the sites that send files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

DATED: Final = re.compile(
    r"date|day|hire|start|left|live|floor|termin|creat|open|clos|resol|time|_at$|_ts$|datum|fecha|data"
)
"""Names under which plain numbers may be dates."""

FLOOR: Final = re.compile(r"floor|live|production|graduat|nesting|first day")
"""Names of the first day on the floor."""

ITEMS: Final[Words] = {
    "created": r"creat|opened|open$|received|re[cç]u|arriv|submitted|reported|^in\b|eingang|erstellt|erhalten|recibid|"
    r"cread|wp[lł]yw|utworz|call date|ricevut|ontvangen|受付|作成",
    "started": r"start|picked|pick.?up|taken|pris en charge|claim(ed)?\b|assigned|accept|begun|began|begin|begonnen|"
    r"inicio|iniciad|rozpocz|angenommen|bearbeitung.?begin|開始|first_claim",
    "completed": r"complet|closed|close\b|resolv|decid|d[ée]cid|decision|finish|done|solved|^end\b|ended|"
    r"abgeschlossen|erledigt|cerrad|resuelt|zako[nń]cz|termin|chius|完了",
    "expired": r"expir|abandon|left queue|withdrawn|timed? ?out|lapsed|verfallen|abgelaufen|vencid|wygas",
    "item": r"^id$|_id$|\bid\b|case|ticket|\bno\.?$|number|\bnr\b|\bkey\b|item|dossier|vorgang|caso|sprawa|"
    r"contact|番号",
    "queue": r"queue|skill|\bfile\b|kolejka|cola|warteschlange|category|issue type|\btype\b|work.?type|lob$|"
    r"topic|キュー",
    "agent": r"agent|owner|assignee|reviewer|moderator|associate|analyst|\buser|login|employee|bearbeiter|mitarbeiter|"
    r"agente|operator|担当",
    "handle": r"handl|\baht\b|dur[ée]e|duration|minutes|talk|work.?time|time spent|effort|"
    r"bearbeitungszeit|duraci|czas obs",
    "wait": r"wait|\basa\b|queue time|time in queue|wartezeit|espera|attente|czas oczek",
    "vendor": r"vendor|partner|supplier|bpo|outsourcer|provider|lieferant|proveedor|dostawca",
    "status": r"status|state|stage|outcome|resolution|disposition|result|stan$",
    "event": r"event|action|activity|transition|change|\bto_status|status",
    "time": r"time|timestamp|\bat$|_at$|when|date",
}
"""Names of columns of items, by what simcap calls them."""

ROSTER: Final[Words] = {
    "agent": r"employee(?! ?type)|agent|\bname\b|associate|\bid\b|mitarbeiter|empleado|pracownik|login",
    "vendor": r"vendor|partner|supplier|bpo|provider|company|proveedor|dostawca",
    "team": r"team|shift|group|squad|site / shift|zesp|equipo|lob$|[ée]quipe",
    "trained": r"hire|hired|date of hire|start|joined|join date|training|eintritt|alta|zatrudn",
    "hired": FLOOR.pattern,
    "left": r"left|leav|last (working )?day|terminat|end date|exit|attrit|austritt|baja|odej",
}

ATTENDANCE: Final[Words] = {
    "agent": r"agent|employee|associate|name|login|user|mitarbeiter|pracownik",
    "start": r"start|from|begin|login|in\b|beginn|desde|\bod\b|von",
    "end": r"end|^to$|until|logout|out\b|ende|hasta|\bdo\b|bis",
    "activity": r"activity|state|status|aux|reason|code|type|aktivit|actividad",
}

QUALITY: Final[Words] = {
    "agent": r"agent|employee|associate|moderator|reviewer|owner|login",
    "date": r"date|day|review|check|audit|sampled",
    "checked": r"check|sampl|audit|reviewed$",
    "wrong": r"wrong|error|incorrect|inaccura|fail|defect",
    "correct": r"correct|right|pass|accurate|agree",
    "queue": r"queue|skill|type",
}

VERDICT: Final = re.compile(r"wrong|incorrect|correct|defect|\bqa|quality|verdict|accura")
"""Names of a column of items that says what a quality check found."""

REPORTS: Final[Words] = {
    "period": r"interval|period|week|date|day|month|half.?hour|hour|start|woche|semana|tydz|datum|fecha",
    "queue": ITEMS["queue"],
    "vendor": r"vendor|partner|supplier",
    "team": r"team|site|group",
    "offered": r"offer|received|arriv|inflow|created|volume|incoming|contacts|calls\b|eingang|re[cç]us|recibid",
    "handled": r"handled|closed|answered|completed|processed|decided|solved|outflow",
    "abandoned": r"aband|expired|lost|dropped",
    "aht": r"\baht\b|aht_|handle time|avg handle",
    "wait": r"\basa\b|wait|speed of answer",
    "backlog": r"backlog|open (at|sunday|midnight)|in queue at end|pending|wip",
    "positions": r"position|staffed|logged in|agents",
    "fte_planned": r"planned fte|fte_sched|scheduled fte|fte plan|required fte",
    "fte_actual": r"actual fte|fte_actual|fte$",
    "shrinkage": r"shrink",
    "joiners": r"join|hires|new starters",
    "leavers": r"leaver|attrit",
    "accuracy": r"accura|quality score|qa score",
    "sample": r"sample|qa (checks|count)",
    "sla": r"sla|service level|sl ?%|\bsl\b|on.?time|in target",
}

EVENTS: Final[Words] = {
    "created": r"creat|open|received|submitted|new$",
    "started": r"assign|claim|start|pick|accept|in progress|taken",
    "returned": r"releas|return|unassign|given back|requeue|back to queue",
    "completed": r"decid|clos|resolv|complet|done|solved|finish",
    "expired": r"expir|abandon|cancel|withdraw|timed? ?out",
}
"""Words of an event, or of a status."""

ACTIVITIES: Final[Words] = {
    "floor": r"avail|floor|ready|acd|on.?queue|production|working|handling|talk|logged|online|^work",
    "offline": r"coach|train|meeting|offline|wellness|team talk|project|one.?to.?one|1:1|huddle|briefing|system|"
    r"quality",
    "absent": r"sick|absent|absence|leave|vacation|\bsl\b|\bvl\b|\bal\b|holiday|no.?show|unplanned|annual|krank|"
    r"urlaub|urlop",
    "aside": r"break|lunch|meal|rest|pause|bio|personal",
}
"""Words of an activity of attendance. A word with several of these is what stands first here."""


def meaning(word: str, known: Words) -> str | None:
    """Return which of the meanings a word has; the first that fits."""
    text = word.casefold().strip()
    return next((name for name, pattern in known.items() if re.search(pattern, text)), None)


def fits(name: str, role: str, known: Words) -> int:
    """Return how well the name of a column fits a role: 3 if it is the role's own word, 2 if it begins with one."""
    text = " ".join(re.split(r"[\s_]+", name.casefold().strip()))
    if text == role:
        return 4
    match = re.search(known[role], name.casefold().strip()) or re.search(known[role], text)
    if match is None:
        return 0
    return 3 if match.start() == 0 else 2
