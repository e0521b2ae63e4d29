"""Late items as a tidy table: by cause, by hour of the week of creation, by event and public holiday in force."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from simcap.analysis.circumstances import circumstances
from simcap.analysis.figures import Figures
from simcap.analysis.hours import readings
from simcap.analysis.late_measures import hours_of
from simcap.analysis.lateness import hour_starts
from simcap.scenario.schema.scenario import Scenario
from simcap.scenario.schema.vendors import WEEKDAYS
from simcap.tally import CAUSES

COLUMNS = ("queue", "vendor", "sla", "period", "start", "by", "value", "items", "hours")


def late_table(scenario: Scenario, figures: Figures) -> pd.DataFrame:
    """Return late items (means over replications) of each SLA row: by cause in every window, else over the horizon.

    `by` is cause, hour_of_week, or the kind of a circumstance (holiday, outage, surge, absence, policy) that was in
    force when items were created; `hours` is the late items' time that a cause took. Rows without items are left out.
    """
    rows = [*_by_cause(figures), *_by_creation(scenario, figures)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _by_cause(figures: Figures) -> Iterator[tuple[object, ...]]:
    for period, windows in figures.layout.windows.items():
        for subject in figures.layout.subjects["late"]:
            means = {name: rows.mean(axis=0) for name, rows in figures.each("late", period, subject)}
            for window, start in enumerate(windows.labels):
                for cause in CAUSES:
                    items, hours = means[cause][window], means[hours_of(cause)][window]
                    if hours > 0:
                        yield (*subject, period, start, "cause", cause, float(items), float(hours))
            figures.let_go()


def _by_creation(scenario: Scenario, figures: Figures) -> Iterator[tuple[object, ...]]:
    starts = hour_starts(scenario.horizon)
    first = figures.layout.windows["horizon"].labels[0]
    for subject in figures.layout.subjects["late"]:
        late = figures.late_by_hour(subject).mean(axis=0)
        figures.let_go()
        if not late.any():
            continue
        shown = readings(starts)
        hour_of_week = 24 * shown.weekday + shown.hour
        counts = np.bincount(hour_of_week, weights=late, minlength=168)
        for hour in np.flatnonzero(counts):
            value = f"{WEEKDAYS[hour // 24]} {hour % 24:02d}:00"
            yield (*subject, "horizon", first, "hour_of_week", value, float(counts[hour]), np.nan)
        for circumstance in circumstances(scenario, subject[0], subject[1], starts):
            items = float(late[circumstance.inside].sum())
            if items > 0 and not circumstance.inside.all():
                yield (*subject, "horizon", first, circumstance.kind, circumstance.words, items, np.nan)
