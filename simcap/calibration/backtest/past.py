"""A history as it stood at an origin, in all its files."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import pandas as pd

from simcap.calibration.backtest.desk import first_day, known_at, midnight
from simcap.calibration.history.configuration import Configuration
from simcap.calibration.history.folds import CLAIMS
from simcap.calibration.history.history import History
from simcap.calibration.history.roles import LENGTH


def history_at(configuration: Configuration, history: History, origin: dt.date) -> History:
    """Return the history of the days that are fitted on, with what was known at midnight of `origin`.

    Its `configuration` ends on the day before. Days before those that are fitted on are left out as well.
    """
    first, begin = first_day(configuration, origin), midnight(configuration, origin)
    since, day = midnight(configuration, first), origin.toordinal()
    items = known_at(history.items, begin)
    items = _unknown_while_open(items[items["day"] >= first.toordinal()]).reset_index(drop=True)
    roster = None if history.roster is None else people_until(history.roster, day)
    return dataclasses.replace(
        history,
        items=items,
        roster=roster,
        attendance=_spells(history.attendance, since, begin),
        first=first.toordinal(),
        days=day - first.toordinal(),
        configuration=configuration.model_copy(update={"from_": first, "to": origin - dt.timedelta(days=1)}),
        quality=None if history.quality is None else history.quality[history.quality["day"] < day],
        trainees=_trainees(history.trainees, roster, day),
        volumes=None if history.volumes is None else history.volumes[history.volumes["start"] < begin],
        reports=None
        if history.reports is None
        else history.reports[history.reports["start"] + history.reports[LENGTH] <= begin],
    )


def renamed(history: History, names: Mapping[str, str]) -> History:
    """Return a history whose vendors and teams have other names, by their own; others keep theirs."""
    if not names:
        return history
    tables = {}
    for field in ("items", "roster", "attendance", "quality", "trainees", "reports"):
        table = getattr(history, field)
        if table is not None:
            own = [name for name in ("vendor", "team") if name in table]
            tables[field] = table.assign(**{name: table[name].map(lambda one: names.get(one, one)) for name in own})
    return dataclasses.replace(history, **tables)


def people_until(roster: pd.DataFrame, day: int) -> pd.DataFrame:
    """Return the roster of the morning of a day (an ordinal): who began by then, and of these who was gone."""
    begun = roster[roster["hired"] <= day]
    return begun.assign(left=begun["left"].where(begun["left"] <= day)).reset_index(drop=True)


def there_on(roster: pd.DataFrame, day: int) -> pd.DataFrame:
    """Return the people of a roster who are in their teams on a day (an ordinal)."""
    return roster[(roster["hired"] <= day) & ~(roster["left"] <= day)]


def _unknown_while_open(items: pd.DataFrame) -> pd.DataFrame:
    """Return items without what is counted or checked once they are decided, where they are not."""
    later = [name for name in ("wrong", *CLAIMS) if name in items]
    return items.assign(**{name: items[name].where(items["completed"].notna()) for name in later})


def _spells(attendance: pd.DataFrame | None, since: float, until: float) -> pd.DataFrame | None:
    if attendance is None:
        return None
    inside = attendance[(attendance["start"] >= since) & (attendance["start"] < until)]
    return inside.assign(end=inside["end"].clip(upper=until)).reset_index(drop=True)


def _trainees(trainees: pd.DataFrame | None, roster: pd.DataFrame | None, day: int) -> pd.DataFrame | None:
    """Return the trainees whose training was over by a day, even if it took as long as any that is known by then."""
    if trainees is None or roster is None or "trained" not in roster:
        return None
    longest = (roster["hired"] - roster["trained"]).max()
    return pd.DataFrame(trainees[trainees["trained"] + longest < day])
