"""Risks in a programme manager's words."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd

from simcap.analysis.figures import Layout
from simcap.analysis.risks import BUSY, HEADCOUNT_MARGIN
from simcap.analysis.tables import date_text
from simcap.experiment.results import Results
from simcap.experiment.summary import NOTEWORTHY
from simcap.report.wording.words import about, attained, chance, in_window, plural, spoken_dates

AT_RISK = NOTEWORTHY
"""Probability of a miss from which a window counts as at risk."""
LIKELY = 0.50
_LIKELIHOODS = ((LIKELY, "is likely to be"), (0.20, "may well be"), (0.00, "could be"))
_KINDS = {"work_lost": " (work lost)", "headcount": " (headcount)", "occupancy": " (occupancy)"}
"""What a risk other than a missed SLA is about, after its subject."""
_CERTAIN = 0.95
_SURE = 0.80
"""Lowest start of the interval of what is almost certain: that takes 16 replications."""


@dataclasses.dataclass(frozen=True)
class RiskText:
    """One risk in words: its kind, what is likely to happen, how likely, its remedy, and its subject."""

    kind: str
    probability: float
    sentence: str
    remedy: str
    subject: str = ""
    """Its name where it stands alone."""
    why: str = ""
    """When most late items come, and what they wait for; empty if that is not known."""
    mend: str = ""
    """The remedy without the reason."""
    rows: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame, compare=False, repr=False)
    """Its rows of the table, the worst window first."""


def describe_risks(results: Results) -> list[RiskText]:
    """Return the risks, worst first, with the windows of one subject together."""
    table = results.tables["risks"]
    if table.empty:
        return []
    year = len(results.layout.windows["week"].cells) > 51
    return [_risk_text(rows, results.layout, year=year) for _, rows in table.groupby(["risk", "subject"], sort=False)]


def likelihood(probability: float, low: float) -> str:
    """Return the words for a probability whose interval begins at `low`: "is likely to be"."""
    if probability >= _CERTAIN and low >= _SURE:
        return "will almost certainly be"
    return next(words for least, words in _LIKELIHOODS if probability >= least)


def _risk_text(rows: pd.DataFrame, layout: Layout, *, year: bool) -> RiskText:
    worst = rows.iloc[0]
    tell = {"sla_miss": _missed, "work_lost": _lost, "headcount": _thin, "occupancy": _busy}[worst["risk"]]
    remedy, why = (spoken_dates(worst[column], year=year) for column in ("what_would_fix_it", "why"))
    return RiskText(
        kind=str(worst["risk"]),
        probability=float(worst["probability"]),
        sentence=tell(rows, layout, year=year),
        remedy=f"{remedy}.",
        subject=str(worst["subject"]) + _KINDS.get(worst["risk"], ""),
        why=why,
        mend=remedy.replace(f"{why}; ", "", 1) if why else remedy,
        rows=rows,
    )


def _missed(rows: pd.DataFrame, layout: Layout, *, year: bool) -> str:
    worst = rows.iloc[0]
    words = likelihood(worst["probability"], worst["low"])
    pairs = zip(rows["probability"].astype(float), rows["low"].astype(float), strict=True)
    alike = [likelihood(probability, low) == words for probability, low in pairs]
    others = int((rows["probability"] >= AT_RISK).to_numpy()[np.logical_not(alike)].sum())
    also = f", and is at risk {_in(worst['period'])} {plural(others, f'more {worst.period}')}" if others else ""
    items = "under one more item" if worst["impact"] < 1 else f"about {_at_least_one(worst['impact'], 'more item')}"
    then = f" that {worst['period']}" if len(rows) > 1 else ""
    when = _windows(worst, sum(alike), layout, year=year)
    claim = f"{worst['subject']} {words} missed {when} {_odds(worst)}{also}"
    given = "if so, " if worst["probability"] < LIKELY else ""
    return f"{claim}: {given}{items} would be late{then} than the SLA allows."


def _windows(worst: pd.Series, count: int, layout: Layout, *, year: bool) -> str:
    """Say in which windows, and which of several is the worst."""
    period = worst["period"]
    when = in_window(period, dt.datetime.fromisoformat(date_text(worst["start"])), year=year)
    if worst["partial"]:
        when = f"in the part of {when.removeprefix('in ')} that lies within the horizon"
    if count == 1:
        return when
    every = sum(layout.windows[period].judged)
    share = f"all {every} {period}s" if count == every else f"{count} of {every} {period}s"
    if worst["partial"]:
        return f"{_in(period)} {share}, above all {when}"
    return f"{_in(period)} {share}, above all {when.replace('the week', 'that')}"


def _lost(rows: pd.DataFrame, layout: Layout, *, year: bool) -> str:
    del layout
    worst = rows.iloc[0]
    words = likelihood(worst["probability"], worst["low"]).removesuffix(" be")
    when = in_window("week", dt.datetime.fromisoformat(date_text(worst["start"])), year=year)
    claim = f"{worst['subject']} {words} lose work {when} {_odds(worst)}"
    left = f"about {_at_least_one(worst['impact'], 'item')}, {attained(worst['share'], 1.0)} of all, leave undecided"
    return f"{claim}{_from_when(worst, year=year)}: {left}."


def _thin(rows: pd.DataFrame, layout: Layout, *, year: bool) -> str:
    del layout
    worst = rows.iloc[0]
    what = f"more than {HEADCOUNT_MARGIN:.0%} below its planned headcount"
    return f"{_week_by_week(worst, what, year=year)}: about {_at_least_one(worst['impact'], 'agent')} short."


def _busy(rows: pd.DataFrame, layout: Layout, *, year: bool) -> str:
    del layout
    worst = rows.iloc[0]
    what = f"busy for more than {BUSY:.0%} of its time on the floor"
    return f"{_week_by_week(worst, what, year=year)}: about {_at_least_one(worst['impact'], 'hour')} too few."


def _week_by_week(worst: pd.Series, what: str, *, year: bool) -> str:
    """Say what a team is likely to be in its worst week, and from which week it is at risk."""
    when = in_window("week", dt.datetime.fromisoformat(date_text(worst["start"])), year=year)
    claim = f"{worst['subject']} {likelihood(worst['probability'], worst['low'])} {what} {when} {_odds(worst)}"
    return claim + _from_when(worst, year=year)


def _from_when(worst: pd.Series, *, year: bool) -> str:
    """Say from which week there is a risk, if that is not the worst one."""
    if worst["first_week"] == worst["start"]:
        return ""
    first = in_window("week", dt.datetime.fromisoformat(date_text(worst["first_week"])), year=year).removeprefix("in ")
    return f", at risk from {first} on"


def _in(period: str) -> str:
    return "on" if period == "day" else "in"


def _odds(row: pd.Series) -> str:
    return f"({chance(row['probability'])} [{chance(row['low'])}, {chance(row['high'])}])"


def _at_least_one(number: float, noun: str) -> str:
    """Return "1 agent", "1,240 items"."""
    shown = about(max(number, 1.0))
    return f"{shown} {noun}{'' if shown == '1' else 's'}"
