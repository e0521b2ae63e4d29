"""Training that a schedule shows: who graduates, who drops out; it is neither time on the floor nor absence."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simcap.calibration.fits.attrition import fit_graduates
from simcap.calibration.fits.fit import Fit
from simcap.calibration.history.configuration import read_configuration
from simcap.calibration.history.history import History, read_history

DAYS = pd.date_range("2026-07-06", "2026-10-04")
PLAN = "title: t\ntimezone: UTC\nfrom: 2026-07-06\nto: 2026-10-04\n"


def shifts(agent: str, days: pd.DatetimeIndex, word: str) -> list[tuple[str, str, str, str]]:
    return [(agent, f"{day:%Y-%m-%d} 09:00", f"{day:%Y-%m-%d} 17:00", word) for day in days if day.weekday() < 5]


def schedule() -> pd.DataFrame:
    """Return a team of ten, a class of 24 from 13 July (two weeks) of whom six leave, and one begun too late."""
    rows = [row for number in range(10) for row in shifts(f"old{number}", DAYS, "floor")]
    rows += shifts("old0", DAYS[30:31], "training")
    for number in range(24):
        left = 5 if number < 6 else 14
        rows += shifts(f"new{number}", DAYS[7 : 7 + left], "training")
        rows += shifts(f"new{number}", DAYS[21:], "floor") if number >= 6 else []
    rows += shifts("late", DAYS[-4:], "training")
    return pd.DataFrame(rows, columns=["agent", "start", "end", "activity"])


def read(folder: Path, attendance: str, table: pd.DataFrame) -> History:
    table.to_csv(folder / "attendance.csv", index=False)
    (folder / "calibration.yaml").write_text(PLAN + attendance)
    return read_history(read_configuration(folder / "calibration.yaml"), folder)


def test_who_leaves_in_training_is_told_from_who_reaches_the_floor(tmp_path: Path) -> None:
    history = read(tmp_path, "attendance: {path: attendance.csv}\n", schedule().assign(vendor="north"))
    assert history.trainees is None, "no column is named that says of which vendor"
    named = "attendance: {path: attendance.csv, columns: {vendor: vendor}}\n"
    history = read(tmp_path, named, schedule().assign(vendor="north"))
    assert history.trainees is not None
    assert (len(history.trainees), int(history.trainees["graduated"].sum())) == (24, 18)
    assert history.attendance is not None
    assert set(history.attendance["activity"]) == {"floor"}
    (note,) = [note for note in history.sheets[0].notes if "training" in note.what]
    assert "25 trainees, 6 of whom left in training; 1 spells of agents who were on the floor before" in note.examples
    (fit,) = fit_graduates(history.trainees)
    assert isinstance(fit, Fit)
    assert fit.estimates[0].value == pytest.approx(18.5 / 25)


def test_a_grid_has_words_for_training_and_the_roster_the_vendor(tmp_path: Path) -> None:
    table = schedule()
    table["day"] = table["start"].str[:10]
    table["cell"] = table["activity"].map({"floor": "09:00-17:00", "training": "TRN"})
    grid = table.drop_duplicates(["agent", "day"]).pivot_table(
        index="agent", columns="day", values="cell", aggfunc="first"
    )
    people = pd.DataFrame({"agent": grid.index, "vendor": "north", "team": "day", "hired": "2026-01-01", "left": ""})
    people.to_csv(tmp_path / "roster.csv", index=False)
    source = "attendance: {path: attendance.csv, rows: grid, training: TRN, table: {header: 1}}\n"
    source += "roster: {path: roster.csv}\n"
    history = read(tmp_path, source, grid.fillna("OFF").reset_index())
    assert history.trainees is not None
    assert history.trainees["graduated"].value_counts().to_dict() == {True: 18, False: 6}
    assert set(history.trainees["vendor"]) == {"north"}
