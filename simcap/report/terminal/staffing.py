"""What the terminal shows of a staffing search: the plan, what it costs to be surer, until when to approve."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simcap.analysis.tables import date_text
from simcap.planning.levers import said
from simcap.planning.staffing import Answer, Staffing
from simcap.planning.verdicts import LOST, MET, MISSED, NOT_ASKED
from simcap.report.terminal.console import new_console
from simcap.report.wording.words import DASH, amount, chance, clock_time, listed, long_date, odds, plural, sla_name

if TYPE_CHECKING:
    from rich.table import Table

MOST_ROWS = 12
_SLA = ["queue", "vendor", "sla"]


def print_staffing(found: Staffing, folder: Path) -> None:
    """Print the plan asked for, the cost of each confidence, the last days of approval, and what is lost."""
    console = new_console()
    for line in plan_lines(found):
        console.print(line, soft_wrap=True)
    if found.answers:
        console.print()
        console.print(_table(found))
    for line in ("", *_last_days(found.last), *found.notes):
        console.print(line, soft_wrap=True)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def _table(found: Staffing) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    any_miss = "any other miss" if any(one.counts[LOST] for one in found.answers) else "any miss"
    cost = f"added cost, {found.unit}"
    for heading in ("confidence", cost, "95% interval", "windows", "weakest of them", any_miss, "change"):
        table.add_column(heading, justify="left" if heading in ("confidence", "windows", "change") else "right")
    for one in found.answers:
        table.add_row(
            f"{one.confidence:.0%}", f"{one.added:+,.0f}", f"[{one.added_low:+,.0f}, {one.added_high:+,.0f}]",
            standing(one), weakest(one), _any_miss(one), _total(one),
        )  # fmt: skip
    return table


def _any_miss(answer: Answer) -> str:
    return DASH if _asked(answer).empty else odds(answer.missed_any, answer.replications)


def plan_lines(found: Staffing) -> list[str]:
    """Return the plan in words, whether it holds on fresh draws, and what no plan can save."""
    main, name = found.main, found.scenario.name
    asked = f"every SLA in every window with {found.question.confidence:.0%}"
    if main is None:
        return [f"{name}: stopped before any plan was found that meets {asked}"]
    if main.counts[LOST] and main.reached:
        asked = (
            f"every SLA that can still be met in every window with {main.confidence:.0%}, "
            "without making the others worse"
        )
    return [*_plan(name, main, asked), *_verdict(main), *_lost(main), *_not_asked(found)]


def _plan(name: str, main: Answer, asked: str) -> list[str]:
    """Say what the plan does, and what it is."""
    changes = [f"  {said(lever, count)}" for lever, count in main.amounts.items()]
    if main.reached and main.counts[LOST] and not changes:
        return [f"{name}: nothing that was tried saves what is lost, and for the rest nothing needs to change"]
    if main.reached:
        found = "the cheapest plan found to meet" if changes else "nothing needs to change to meet"
        return [f"{name}: {found} {asked}{':' if changes else ''}", *changes]
    if changes:
        return [f"{name}: no plan was found to meet {asked}; the nearest:", *changes]
    if _asked(main).empty:
        return [f"{name}: no plan can meet any SLA in any window with {main.confidence:.0%}"]
    return [f"{name}: no plan was found to meet {asked}, and none that makes any window better"]


def _verdict(main: Answer) -> list[str]:
    if not main.checked:
        return ["Stopped: this is the best plan so far, as the search saw it; it was not checked on fresh draws."]
    kept = _asked(main)
    lines = []
    if len(kept):
        row = kept.sort_values("met", kind="stable").iloc[0]
        window = f"{sla_name(row['queue'], row['vendor'], row['sla'])} from {_begin(row['start'])}"
        other = f"; as it is, the weakest with {_odds(kept['base'].min(), main)}" if main.amounts else ""
        lines.append(
            f"Checked on {plural(main.checked, 'fresh replication')}: {_windows_by_verdict(main)}; the weakest window, "
            f"{window}, is met with {weakest(main)}{other}."
        )
    if main.amounts and len(saved := kept[(kept["verdict"] == MET) & (kept["base"] < main.confidence)]):
        lines.append(f"Saved by it: {_windows(saved)}.")
    if len(main.below):
        lines.append(f"Missed, as less sure than {main.confidence:.0%}: {_windows(main.below)}.")
    return lines


def _odds(share: float, main: Answer) -> str:
    return odds(share, main.replications)


def _lost(main: Answer) -> list[str]:
    lost = main.of(LOST)
    return [] if lost.empty else [f"Lost already, with every plan that was tried: {_windows(lost)}."]


def _not_asked(found: Staffing) -> list[str]:
    """Return the windows that are not asked, as nothing was due or the horizon holds only a part of them.

    But for those of an SLA that has no whole one: a note says that it is not planned for.
    """
    empty = found.main.of(NOT_ASKED) if found.main is not None else found.parts
    whole = found.main.met[_SLA].apply(tuple, axis=1).tolist() if found.main is not None else []
    parts = found.parts[[row in whole for row in found.parts[_SLA].itertuples(index=False, name=None)]]
    why = {"nothing is due": empty, "only a part of them lies within the horizon": parts}
    said = [f"{_windows(rows)} ({reason})" for reason, rows in why.items() if len(rows)]
    return [f"Not asked: {'; '.join(said)}."] if said else []


def _windows(rows: pd.DataFrame) -> str:
    """Name SLAs with their windows: "listings / 4 h from 7 and 14 December"."""
    parts = []
    for (queue, vendor, sla), mine in rows.groupby(["queue", "vendor", "sla"], sort=False):
        days = [_begin(start) for start in mine["start"]]
        shown = days if len(days) <= MOST_ROWS else [*days[:MOST_ROWS], f"{len(days) - MOST_ROWS} more"]
        parts.append(f"{sla_name(str(queue), str(vendor), str(sla))} from {listed(shown)}")
    return "; ".join(parts)


def _begin(start: object) -> str:
    text = date_text(start)
    begin = dt.datetime.fromisoformat(text)
    return long_date(begin.date()) + (f" {clock_time(begin)}" if "T" in text else "")


def standing(answer: Answer) -> str:
    """Return how many windows have each verdict: "11 met, 2 lost"."""
    return ", ".join(f"{count} {verdict}" for verdict, count in answer.counts.items() if count)


def _windows_by_verdict(answer: Answer) -> str:
    """Return how many windows have each verdict in a sentence: "11 windows met, 2 lost"."""
    first, *others = ((count, verdict) for verdict, count in answer.counts.items() if count)
    return ", ".join([f"{plural(first[0], 'window')} {first[1]}", *(f"{count} {verdict}" for count, verdict in others)])


def _asked(answer: Answer) -> pd.DataFrame:
    """Return the windows that are met or missed: neither lost nor not asked."""
    return answer.met[answer.met["verdict"].isin([MET, MISSED])]


def weakest(answer: Answer, *, bare: bool = False) -> str:
    """Return the chance that the weakest window of what is asked is met, a dash without any; `bare`: no interval."""
    kept = _asked(answer)
    if kept.empty:
        return DASH
    row = kept.sort_values("met", kind="stable").iloc[0]
    return chance(row["met"]) + ("" if bare else f" [{chance(row['met_low'])}, {chance(row['met_high'])}]")


def _total(answer: Answer) -> str:
    """Return a plan in a few words: agents by team, summed over dates."""
    teams: dict[str, int] = {}
    for lever, count in answer.amounts.items():
        name = "overtime" if lever.kind == "overtime" else lever.team
        teams[name] = teams.get(name, 0) + count
    parts = [f"{name} {count:+d}" if name != "overtime" else name for name, count in teams.items()]
    return ", ".join(parts) or "none"


def _last_days(last: pd.DataFrame) -> list[str]:
    if last.empty:
        return []
    lines = ["Last day on which classes that save a window can be approved:"]
    last = last.assign(approve_by=last["approve_by"].map(date_text))
    saved = last[last["approve_by"] != ""]
    for day, rows in saved.sort_values("approve_by", kind="stable").groupby("approve_by", sort=False):
        lines.append(f"  {long_date(pd.Timestamp(str(day)).date())}: {_windows(rows)}")
    never = last[last["approve_by"] == ""]
    if len(never):
        lines.append(f"  by classes alone never: {_windows(never)}")
    return lines


def cost_title(found: Staffing) -> str:
    """Return what the chart of costs says: what is asked for from least to most, what it costs, and what is kept."""
    first, last = found.answers[0], found.answers[-1]
    if all(_asked(one).empty for one in found.answers):
        return "No plan that was tried meets any SLA in any window"
    dearer = last.added - first.added
    more = "costs nothing more" if abs(dearer) < 1 else f"costs {amount(dearer)} {found.unit} more"
    kept = [weakest(one, bare=True) for one in (last, first)]
    keeps = f"keeps {kept[0]}" + (f" instead of {kept[1]}" if kept[0] != kept[1] else "")
    window = "weakest window that is not lost" if last.counts[LOST] else "weakest window"
    return f"To ask for {last.confidence:.0%} instead of {first.confidence:.0%} {more}; the {window} {keeps}"
