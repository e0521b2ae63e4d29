"""The whole of a calibration: history in, fits, the parameters file and its tables out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from simcap.calibration.fits.accuracy import fit_accuracy
from simcap.calibration.fits.at_work import at_work
from simcap.calibration.fits.attrition import fit_attrition, fit_graduates
from simcap.calibration.fits.coarse import sharpened
from simcap.calibration.fits.fit import Fit, Kind, NotFitted, document_of, sound
from simcap.calibration.fits.follow_up import fit_follow_ups
from simcap.calibration.fits.handling import fit_handle_times, odd_means
from simcap.calibration.fits.patience import fit_patience
from simcap.calibration.fits.proficiency import fit_spread
from simcap.calibration.fits.ramp import at_full_speed, fit_ramp
from simcap.calibration.fits.sharing import fit_sharing
from simcap.calibration.fits.shrinkage import fit_shrinkage
from simcap.calibration.fits.unanswered import without_end
from simcap.calibration.fits.volumes import closed_on_holidays, fit_volumes
from simcap.calibration.history.configuration import Configuration, read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.history.sheets import Note
from simcap.calibration.quality import notes, quality_table
from simcap.errors import DataError
from simcap.experiment.folders import Add, ResultFolder, add_nothing
from simcap.scenario.reading.writing import to_yaml

Progress = Callable[[str], None]
"""Called with what is done next."""

CHARTS = tuple(
    f"charts/{name}.{kind}" for name in ("volumes", "handle-times", *get_args(Kind)) for kind in ("png", "svg")
)
"""Of fits: only these go when there are new ones, as the folder is that of the history."""
_MISSING = {
    "items": ("handle times, patience and follow-up work", "there is no item log"),
    "roster": ("attrition, shrinkage and how agents differ by vendor", "there is no roster"),
    "attendance": ("absence and offline time", "there is no attendance"),
    "quality": ("accuracy", "there are no quality checks"),
}


@dataclasses.dataclass(frozen=True)
class Calibration:
    """What a history says: fits, what could not be fitted, what is odd about it, and the history itself."""

    plan: Configuration
    history: History
    fits: tuple[Fit, ...]
    open: tuple[NotFitted, ...]
    odd: tuple[Note, ...]

    def __repr__(self) -> str:
        values = sum(len(fit.estimates) for fit in self.fits)
        days = f"{self.plan.from_} to {self.plan.to}"
        verdict = f"fitted values: {values}; not fitted: {len(self.open)}; noticed: {len(self.odd)}"
        return f"Calibration({self.plan.title!r}, {days}, {len(self.history.items):,} items: {verdict})"

    def parameters(self) -> dict[str, Any]:
        """Return the parameters file as a document."""
        document: dict[str, Any] = {
            "title": self.plan.title,
            "history": {
                "from": self.plan.from_.isoformat(),
                "to": self.plan.to.isoformat(),
                "timezone": self.plan.timezone,
                "items": len(self.history.items),
            },
        }
        return document | document_of(self.fits)

    def table(self) -> pd.DataFrame:
        """Return the fits as rows: group, parameter, value, unit, 90% interval, standard error, observations, prior."""
        return pd.DataFrame(list(self._rows()))

    def quality(self) -> pd.DataFrame:
        """Return what was read, used and dropped of each file, and what is odd about the history."""
        return quality_table(self.history, self.odd)

    def _rows(self) -> Iterator[dict[str, object]]:
        for fit in self.fits:
            goodness = "; ".join(f"{name} {value:.4g}" for name, value in fit.goodness.items())
            for (estimate, low, high), error in zip(fit.intervals(), fit.standard_errors().tolist(), strict=True):
                yield {
                    "group": fit.group,
                    "parameter": estimate.path,
                    "value": estimate.value,
                    "unit": "" if estimate.unit == "share" else estimate.unit,
                    "p05": low,
                    "p95": high,
                    "scale": estimate.scale,
                    "standard_error": error,
                    "observations": fit.seen,
                    "goodness": goodness,
                    "prior": fit.prior,
                }


def calibrate(path: Path, progress: Progress = lambda _: None) -> Calibration:
    """Fit everything that the history named by a calibration file allows.

    Raises `ScenarioError` for a bad calibration file, `DataError` for data that cannot be used.
    """
    plan = read_configuration(path)
    progress("reading the history")
    history = read_history(plan, path.parent)
    found: list[Fit | NotFitted] = [
        NotFitted(*said) for source, said in _MISSING.items() if getattr(plan, source) is None
    ]
    progress("volumes")
    counts = {queue: by_hour for queue, by_hour in history.counts.items() if queue not in plan.fed}
    volumes = fit_volumes(counts, history.first, plan.holidays, {queue: plan.zone_of(queue) for queue in counts})
    sharing = fit_sharing(counts, [one for one in volumes if isinstance(one, Fit) and not one.prior], history.first)
    found += [*volumes, *([sharing] if sharing is not None else [])]
    items, changed = at_work(history.items, history)
    items = sharpened(items)
    ramps: list[Fit | NotFitted] = []
    if history.roster is not None:
        progress("the ramp")
        ramps = sound(fit_ramp(items, history.roster, history.first))
        items = at_full_speed(items, history.roster, ramps)
        found += ramps
    progress("handle times")
    if history.roster is None:
        found += fit_handle_times(items)
    else:
        agents = fit_spread(items, history.roster.set_index("agent")["vendor"])
        found += [*fit_handle_times(agents.at_average_speed(items), agents.queues["unsure"]), *agents.found]
        progress("attrition")
        found += fit_attrition(history.roster, history.first, history.days)
    if history.trainees is not None:
        found += fit_graduates(history.trainees)
    if history.attendance is not None:
        progress("shrinkage")
        found += fit_shrinkage(history.attendance, history.roster)
    if history.quality is not None:
        progress("accuracy")
        queues = sorted(set(items["queue"].astype(str)))
        found += fit_accuracy(history.quality, history.roster, ramps, queues)
    if plan.items is not None and (plan.fed or plan.items.columns.parent):
        progress("follow-up work")
        found += fit_follow_ups(items)
    if len(items):
        progress("patience")
        until = float(items["created"].max())
        found += fit_patience(items, until)
        changed += without_end(items, until)
    found = sound(found)
    fits = tuple(one for one in found if isinstance(one, Fit))
    found += closed_on_holidays(fits)
    if not fits:
        needed = "\n".join(f"{one.what}: {one.why}" for one in found if isinstance(one, NotFitted))
        raise DataError(f"{path}: nothing can be fitted to this history\n{needed}")
    progress("what is odd")
    missing = tuple(one for one in found if isinstance(one, NotFitted))
    return Calibration(plan, history, fits, missing, (*notes(plan, history), *changed, *odd_means(fits)))


def write(calibration: Calibration, folder: Path, add: Add = add_nothing) -> None:
    """Write parameters.yaml, fits.csv and quality.csv into a folder, all or none of them; `add` adds charts."""
    head = f"Written by simcap calibrate. {calibration.plan.title}: fitted values and how sure they are."
    texts = {
        "parameters.yaml": to_yaml(calibration.parameters(), head),
        "fits.csv": calibration.table().to_csv(index=False),
        "quality.csv": calibration.quality().to_csv(index=False),
    }
    with ResultFolder(folder, "fits.csv", "a calibration", parts=CHARTS).written() as inside:
        for name, text in texts.items():
            (inside / name).write_text(text, encoding="utf-8")
        add(inside)
