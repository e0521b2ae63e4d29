"""What the terminal shows of a staffing search: the plan, what it costs to be surer, until when to approve."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from simcap.planning.levers import said
from simcap.planning.staffing import Answer, Staffing
from simcap.report.words import amount, chance, clock_time, listed, long_date, plural, sla_name

MOST_ROWS = 12


def print_staffing(found: Staffing, folder: Path) -> None:
    """Print the plan asked for, the cost of each confidence, the last days of approval, and what is lost."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = 120
    for line in plan_lines(found):
        console.print(line, soft_wrap=True)
    if found.answers:
        table = Table(box=None, pad_edge=False)
        for heading in (
            "confidence",
            f"added cost, {found.unit}",
            "95% interval",
            "weakest window",
            "any miss",
            "change",
        ):
            table.add_column(heading, justify="left" if heading in ("confidence", "change") else "right")
        for one in found.answers:
            table.add_row(
                f"{one.confidence:.0%}", f"{one.added:+,.0f}", f"[{one.added_low:+,.0f}, {one.added_high:+,.0f}]",
                weakest(one), "–" if one.met["lost"].all() else chance(one.missed_any), _total(one),
            )  # fmt: skip
        console.print()
        console.print(table)
    for line in ("", *_last_days(found.last), *found.notes):
        console.print(line, soft_wrap=True)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def plan_lines(found: Staffing) -> list[str]:
    """Return the plan in words, whether it holds on fresh draws, and what no plan can save."""
    question, main = found.question, found.main
    asked = f"every SLA in every window with {question.confidence:.0%}"
    if main is not None and main.met["lost"].any():
        asked = f"with {question.confidence:.0%} in every window what is not lost, and leave the rest no worse"
    if main is None:
        return [f"{found.scenario.name}: stopped before any plan was found that meets {asked}"]
    if main.met["lost"].all() and len(main.met):
        lines = [f"{found.scenario.name}: no plan can meet any SLA in any window with {question.confidence:.0%}"]
    elif not main.amounts:
        verdict = "nothing needs to change" if main.reached else "no plan was found"
        lines = [f"{found.scenario.name}: {verdict} to meet {asked}"]
    else:
        verdict = "the cheapest plan found to meet" if main.reached else "no plan was found to meet; the nearest is"
        lines = [f"{found.scenario.name}: {verdict} {asked}:" if main.reached else f"{found.scenario.name}: {verdict}:"]
        lines += [f"  {said(lever, count)}" for lever, count in main.amounts.items()]
    return [*lines, *_verdict(main), *_lost(main)]


def _verdict(main: Answer) -> list[str]:
    if not main.checked:
        return ["Stopped: this is the best plan so far, as the search saw it; it was not checked on fresh draws."]
    kept = main.met[~main.met["lost"]]
    lines = []
    if kept["met"].notna().any():
        row = kept.sort_values("met", kind="stable").iloc[0]
        window = f"{sla_name(row['queue'], row['vendor'], row['sla'])} from {_begin(row['start'])}"
        chances = f"{chance(row['met'])} [{chance(row['met_low'])}, {chance(row['met_high'])}]"
        lines.append(
            f"Checked on {plural(main.checked, 'fresh replication')}: the weakest window, {window}, is met with "
            f"{chances}; as it is, the weakest with {chance(kept['base'].min())}."
        )
    if len(main.below):
        lines.append(f"Surely below {main.confidence:.0%}: {_windows(main.below)}. Ask for more --replications.")
    return lines


def _lost(main: Answer) -> list[str]:
    lost = main.met[main.met["lost"]]
    if lost.empty:
        return []
    return [f"Lost already, with every plan that was tried: {_windows(lost)}."]


def _windows(rows: pd.DataFrame) -> str:
    """Name SLAs with their windows: "listings / 4 h from 7 and 14 December"."""
    parts = []
    for (queue, vendor, sla), mine in rows.groupby(["queue", "vendor", "sla"], sort=False):
        days = [_begin(start) for start in mine["start"]]
        shown = days if len(days) <= MOST_ROWS else [*days[:MOST_ROWS], f"{len(days) - MOST_ROWS} more"]
        parts.append(f"{sla_name(str(queue), str(vendor), str(sla))} from {listed(shown)}")
    return "; ".join(parts)


def _begin(start: str) -> str:
    begin = dt.datetime.fromisoformat(start)
    return long_date(begin.date()) + (f" {clock_time(begin)}" if "T" in start else "")


def weakest(answer: Answer) -> str:
    """Return the chance that the weakest window is met; a dash where all are lost."""
    kept = answer.met.loc[~answer.met["lost"], "met"].dropna()
    return chance(float(kept.min())) if len(kept) else "–"


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
    more = f"{amount(last.added - first.added)} {found.unit}"
    return (
        f"To ask for {last.confidence:.0%} instead of {first.confidence:.0%} costs {more} more; the weakest window "
        f"keeps {weakest(last)} instead of {weakest(first)}"
    )
