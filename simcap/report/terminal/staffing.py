"""What the terminal shows of a staffing search: the plan, the cost of more confidence, the last days to approve."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from simcap.analysis.tables import date_text
from simcap.planning.levers import change_in_words
from simcap.planning.staffing import Answer, Staffing
from simcap.planning.verdicts import LOST, MET, MISSED, NOT_ASKED
from simcap.report.terminal.console import new_console
from simcap.report.terminal.recorded import Teller
from simcap.report.wording.words import (
    DASH,
    amount,
    chance,
    clock_time,
    listed,
    long_date,
    odds,
    plural,
    sla_name,
    spoken_dates,
)

if TYPE_CHECKING:
    from rich.table import Table

MOST_ROWS = 12
_SLA = ["queue", "vendor", "sla"]


def print_staffing(staffing: Staffing, folder: Path) -> None:
    """Print the plan asked for, the cost of each confidence, the last days of approval, and what is lost."""
    console = new_console()
    tell_staffing(console, staffing)
    console.print(f"\nResults  {folder}", soft_wrap=True)


def tell_staffing(console: Teller, staffing: Staffing) -> None:
    """Tell the plan asked for, the cost of each confidence, the last days of approval, and what is lost."""
    for line in plan_lines(staffing):
        console.print(line, soft_wrap=True)
    if staffing.answers:
        console.print()
        console.print(_table(staffing))
    for line in ("", *_last_days(staffing.last), *staffing.notes):
        console.print(line, soft_wrap=True)


def _table(staffing: Staffing) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    any_miss = "any other miss" if any(one.counts[LOST] for one in staffing.answers) else "any miss"
    cost = f"added cost, {staffing.unit}"
    for heading in ("confidence", cost, "95% interval", "windows", "weakest of them", any_miss, "change"):
        table.add_column(heading, justify="left" if heading in ("confidence", "windows", "change") else "right")
    for one in staffing.answers:
        table.add_row(
            f"{one.confidence:.0%}", f"{one.added:+,.0f}", f"[{one.added_low:+,.0f}, {one.added_high:+,.0f}]",
            standing(one), weakest(one), _any_miss(one), _total(one),
        )  # fmt: skip
    return table


def _any_miss(answer: Answer) -> str:
    return DASH if _asked(answer).empty else odds(answer.missed_any, answer.replications)


def plan_lines(staffing: Staffing) -> list[str]:
    """Return the plan in words, whether it holds on fresh draws, and what no plan can save."""
    main, name = staffing.main, staffing.scenario.name
    asked = f"every SLA in every window with {staffing.question.confidence:.0%}"
    if main is None:
        return [f"{name}: stopped before any plan was found that meets {asked}"]
    if main.counts[LOST] and main.reached:
        asked = (
            f"every SLA that can still be met in every window with {main.confidence:.0%}, "
            "without making the others worse"
        )
    return [*_plan(name, main, asked), *_verdict(main), *_lost(main), *_not_asked(staffing)]


def _plan(name: str, main: Answer, asked: str) -> list[str]:
    """Say what the plan does, and what it is."""
    changes = [f"  {spoken_dates(change_in_words(lever, count))}" for lever, count in main.amounts.items()]
    if main.reached and main.counts[LOST] and not changes:
        return [f"{name}: nothing tried saves what is lost, and the rest needs no change"]
    if main.reached:
        finding = "the cheapest plan found to meet" if changes else "nothing needs to change to meet"
        return [f"{name}: {finding} {asked}{':' if changes else ''}", *changes]
    if changes:
        return [f"{name}: no plan was found to meet {asked}; the nearest:", *changes]
    if _asked(main).empty:
        return [f"{name}: no plan can meet any SLA in any window with {main.confidence:.0%}"]
    return [f"{name}: no plan was found to meet {asked}, and none that makes any window better"]


def _verdict(main: Answer) -> list[str]:
    if not main.checked:
        return ["Stopped: this is the best plan so far by the search's own draws; it was not checked on fresh ones."]
    kept = _asked(main)
    lines = []
    if len(kept):
        row = kept.sort_values("met", kind="stable").iloc[0]
        window = f"{sla_name(row['queue'], row['vendor'], row['sla'])} from {_begin(row['start'])}"
        other = f"; without the plan, the weakest with {_odds(kept['base'].min(), main)}" if main.amounts else ""
        lines.append(
            f"Checked on {plural(main.checked, 'fresh replication')}: {_windows_by_verdict(main)}; the weakest window, "
            f"{window}, is met with {weakest(main)}{other}."
        )
    if main.amounts and len(saved := kept[(kept["verdict"] == MET) & (kept["base"] < main.confidence)]):
        lines.append(f"Saved by it: {_windows(saved)}.")
    if len(main.below):
        lines.append(f"Missed (below {main.confidence:.0%}): {_windows(main.below)}.")
    return lines


def _odds(share: float, main: Answer) -> str:
    return odds(share, main.replications)


def _lost(main: Answer) -> list[str]:
    lost = main.of(LOST)
    return [] if lost.empty else [f"Lost with every plan that was tried: {_windows(lost)}."]


def _not_asked(staffing: Staffing) -> list[str]:
    """Return the windows that are not asked, as nothing was due or the horizon holds only a part of them.

    Except those of an SLA without a whole one: a note says that it is not planned for.
    """
    empty = staffing.main.of(NOT_ASKED) if staffing.main is not None else staffing.parts
    whole = staffing.main.met[_SLA].apply(tuple, axis=1).tolist() if staffing.main is not None else []
    parts = staffing.parts[[row in whole for row in staffing.parts[_SLA].itertuples(index=False, name=None)]]
    why = {"nothing is due": empty, "only a part of them lies within the horizon": parts}
    change_in_words = [f"{_windows(rows)} ({reason})" for reason, rows in why.items() if len(rows)]
    return [f"Not asked: {'; '.join(change_in_words)}."] if change_in_words else []


def _windows(rows: pd.DataFrame) -> str:
    """Name SLAs with their windows: "listings / 4 h from 7 and 14 December"."""
    parts = []
    for (queue, vendor, sla), windows in rows.groupby(["queue", "vendor", "sla"], sort=False):
        days = [_begin(start) for start in windows["start"]]
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
    """Return the windows that are met or missed: not those lost or not asked."""
    return answer.met[answer.met["verdict"].isin([MET, MISSED])]


def weakest(answer: Answer, *, bare: bool = False) -> str:
    """Return the chance that the weakest window asked for is met, a dash without any; `bare`: no interval."""
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
        lines.append(f"  never by classes alone: {_windows(never)}")
    return lines


def cost_title(staffing: Staffing) -> str:
    """Return the finding of the chart of costs: what the highest confidence costs over the lowest, and achieves."""
    first, last = staffing.answers[0], staffing.answers[-1]
    if all(_asked(one).empty for one in staffing.answers):
        return "No plan that was tried meets any SLA in any window"
    dearer = last.added - first.added
    more = "costs nothing more" if abs(dearer) < 1 else f"costs {amount(dearer)} {staffing.unit} more"
    kept = [weakest(one, bare=True) for one in (last, first)]
    keeps = f"keeps {kept[0]}" + (f" instead of {kept[1]}" if kept[0] != kept[1] else "")
    window = "weakest window that is not lost" if last.counts[LOST] else "weakest window"
    return f"Asking for {last.confidence:.0%} instead of {first.confidence:.0%} {more}; the {window} {keeps}"
