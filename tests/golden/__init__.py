"""What each shipped scenario gives, a small file each: any change of a figure has to be meant.

`python -m tests.golden` lists the figures that have changed; `--because "what changed, and why"` writes them, and that
line under "Changes to results" in CHANGELOG.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).parent
TABLES = ("queues", "teams", "vendors", "sla")
EXACT = 1e-9
"""Relative difference that another processor or another version of a library may make."""
Figures = dict[tuple[str, str, str], float]
"""By table, measure and period."""


def figures_of(folder: Path) -> Figures:
    """Return what the tables of a run add up to, over the horizon and over all weeks."""
    found: Figures = {}
    for name in TABLES:
        table = pd.read_csv(folder / "tables" / f"{name}.csv")
        groups = [("", table)] if name == "sla" else list(table.groupby("measure"))
        for measure, rows in groups:
            for column in ("attainment", "decided") if name == "sla" else ("mean",):
                sums = rows.groupby("period")[column].sum()
                for period in {"horizon", "week"} & set(sums.index):
                    found[name, str(measure or column), period] = float(sums[period])
    return dict(sorted(found.items()))


def known(scenario: str) -> Figures:
    """Return the figures on file; none for a scenario that has no file yet."""
    path = FOLDER / f"{scenario}.csv"
    if not path.exists():
        return {}
    table = pd.read_csv(path)
    return {(row.table, row.measure, row.period): row.value for row in table.itertuples()}


def save(scenario: str, figures: Figures) -> None:
    """Write the figures of a scenario."""
    rows = [(*key, repr(value)) for key, value in figures.items()]
    pd.DataFrame(rows, columns=["table", "measure", "period", "value"]).to_csv(FOLDER / f"{scenario}.csv", index=False)


def differences(old: Figures, new: Figures) -> list[str]:
    """Return a line for each figure that is not the same, within what a platform may change."""
    lines = []
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if before is None or after is None or abs(before - after) > EXACT * max(abs(before), abs(after)):
            lines.append(f"{', '.join(key)}: {before} before, {after} now")
    return lines
