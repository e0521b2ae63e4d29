"""What results rest on, as a table: every value of a scenario with its interval and origin."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from simcap.scenario.reading.loading import ScenarioFile
from simcap.scenario.reading.provenance import Assumption, assumptions


def assumption_table(file: ScenarioFile) -> pd.DataFrame:
    """Return the assumptions of a scenario as rows: path, value, interval, origin, source, date, note."""
    return pd.DataFrame(assumptions(file), columns=list(Assumption._fields), dtype=str)


def assumptions_of_all(files: Iterable[ScenarioFile]) -> pd.DataFrame:
    """Return the assumptions of the first scenario, and of the others those that differ; each row names its scenario.

    One that the others lack stays in the list as the first's alone.
    """
    base: set[Assumption] = set()
    all_rows = []
    for file in files:
        rows = [row for row in assumptions(file) if row not in base]
        base = base or set(rows)
        all_rows += [(file.scenario.name, *row) for row in rows]
    return pd.DataFrame(all_rows, columns=["scenario", *Assumption._fields], dtype=str)
