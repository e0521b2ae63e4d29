"""A whole calibration: history in; fits, the parameters file and its tables out."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import pandas as pd

from simcap.calibration.fits.accuracy import fit_accuracy
from simcap.calibration.fits.allocation import fit_allocation, lines_of, notes_of_lines
from simcap.calibration.fits.at_work import at_work
from simcap.calibration.fits.attrition import fit_attrition, fit_graduates
from simcap.calibration.fits.better_source import differences, merged
from simcap.calibration.fits.coarse import sharpened
from simcap.calibration.fits.dead_items import dead_notes
from simcap.calibration.fits.fit import Fit, Kind, NotFitted, as_reported, document_of, sound
from simcap.calibration.fits.follow_up import fit_follow_ups
from simcap.calibration.fits.handling import fit_handle_times, odd_means, without_any
from simcap.calibration.fits.hindcast import Foreseen, foresee, foresight_table
from simcap.calibration.fits.newcomers import fit_newcomers
from simcap.calibration.fits.open_items import as_of, fit_backlogs
from simcap.calibration.fits.overlapping import one_at_a_time
from simcap.calibration.fits.patience import fit_patience
from simcap.calibration.fits.period_volumes import with_reports
from simcap.calibration.fits.proficiency import fit_spread
from simcap.calibration.fits.ramp import at_full_speed, fit_ramp
from simcap.calibration.fits.releases import fit_releases, notes_of_releases, with_releases
from simcap.calibration.fits.report_handling import notes_of_handling
from simcap.calibration.fits.reports import fit_reports
from simcap.calibration.fits.sharing import fit_sharing
from simcap.calibration.fits.shrinkage import fit_shrinkage
from simcap.calibration.fits.unanswered import left_within, without_end
from simcap.calibration.fits.volumes import closed_on_holidays, fit_volumes
from simcap.calibration.history.configuration import Configuration, read_configuration
from simcap.calibration.history.history import History, read_history
from simcap.calibration.history.sheets import Note
from simcap.calibration.origins import origins_of
from simcap.calibration.quality import notes, quality_table
from simcap.errors import DataError
from simcap.experiment.csv_text import inert
from simcap.experiment.folders import Add, ResultFolder, add_nothing
from simcap.scenario.clock import zone
from simcap.scenario.data.reach import reach_of
from simcap.scenario.reading.writing import to_yaml

Progress = Callable[[str], None]
"""Called with the next step."""

CHARTS = tuple(
    f"charts/{name}.{kind}"
    for name in ("volumes", "foresight", "handle-times", *get_args(Kind))
    for kind in ("png", "svg")
)
"""Charts of fits: only these are replaced by new ones, as the folder is that of the history."""
_MISSING: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "items": (
        "there is no item log",
        {"handle_time": "handle times", "expires": "patience", "then": "follow-up work"},
    ),
    "roster": (
        "there is no roster",
        {"attrition": "attrition", "shrinkage": "shrinkage", "spread": "how agents differ by vendor"},
    ),
    "attendance": (
        "there is no attendance",
        {"shrinkage.absence": "absence", "shrinkage.offline": "offline time"},
    ),
    "quality": ("there are no quality checks", {"errors": "accuracy"}),
}
"""By what is not given: what it is called, and what is lacking without it, by the key that it has in a scenario."""


@dataclasses.dataclass(frozen=True)
class Calibration:
    """What a history shows: fits, what could not be fitted, what is odd about it, and the history itself."""

    configuration: Configuration
    history: History
    fits: tuple[Fit, ...]
    open: tuple[NotFitted, ...]
    odd: tuple[Note, ...]
    foreseen: Mapping[str, tuple[Foreseen, ...]] = dataclasses.field(default_factory=dict)
    """By queue, its weeks as they would have been foreseen."""

    def __repr__(self) -> str:
        values = sum(len(fit.estimates) for fit in self.fits)
        days = f"{self.configuration.from_} to {self.configuration.to}"
        verdict = f"fitted values: {values}; not fitted: {len(self.open)}; noticed: {len(self.odd)}"
        return f"Calibration({self.configuration.title!r}, {days}, {len(self.history.items):,} items: {verdict})"

    def parameters(self) -> dict[str, Any]:
        """Return the parameters file as a document."""
        document: dict[str, Any] = {
            "title": self.configuration.title,
            "history": {
                "from": self.configuration.from_.isoformat(),
                "to": self.configuration.to.isoformat(),
                "timezone": self.configuration.timezone,
                "items": len(self.history.items),
            },
        }
        return document | document_of(self.fits) | {"origins": origins_of(self.configuration, self.fits)}

    def table(self) -> pd.DataFrame:
        """Return the fits as rows: group, parameter, value, unit, 90% interval, standard error, observations, origin.

        The origin is fitted (to logs), reported, or prior; `prior` says what a fit rests on besides its data.
        """
        return pd.DataFrame(list(self._rows()))

    def foresight(self) -> pd.DataFrame:
        """Return by how much forecasts of past weeks missed, beside rules without a model, as rows by queue.

        `weeks_ahead` is 1 to 4, or all; errors are sums of absolute errors over the items that came; `held` is the
        share of weeks that the 90% band held.
        """
        return foresight_table(self.foreseen)

    def quality(self) -> pd.DataFrame:
        """Return what was read, used and dropped from each file, and what is odd about the history."""
        return quality_table(self.history, self.odd)

    def _rows(self) -> Iterator[dict[str, object]]:
        for fit in self.fits:
            goodness = "; ".join(
                f"{name} {value:.4g}" if math.isfinite(value) else f"{name} unknown"
                for name, value in fit.goodness.items()
            )
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
                    "origin": estimate.origin,
                    "goodness": goodness,
                    "prior": fit.prior,
                }


def calibrate(path: Path, progress: Progress = lambda _: None, *, allow_outside: bool = False) -> Calibration:
    """Fit everything that the history named by a calibration file allows; it lies there, unless `allow_outside`.

    Raises `ScenarioError` for a bad calibration file, `DataError` for data that cannot be used.
    """
    configuration = read_configuration(path)
    progress("reading the history")
    history = read_history(configuration, path.parent, reach_of(path, allow_outside=allow_outside))
    return calibrate_history(path, configuration, history, progress)


def calibrate_history(
    path: Path, configuration: Configuration, history: History, progress: Progress = lambda _: None
) -> Calibration:
    """Fit everything that a history allows; `path` is the calibration file's. Raises `DataError` if that is nothing."""
    results: list[Fit | NotFitted] = []
    progress("volumes")
    results += _volumes(configuration, history)
    items, changed = at_work(history.items, history)
    items, overlapping, divided = one_at_a_time(items)
    results += overlapping
    changed += divided
    items = sharpened(items)
    progress("the ramp")
    people, ramps = _ramps(configuration, history, items)
    results += ramps
    progress("handle times")
    results += with_releases(_handle_times(history, items, people, ramps), items)
    results += fit_releases(items)
    changed += notes_of_releases(items)
    if history.roster is not None:
        progress("attrition")
        results += fit_attrition(history.roster, history.first, history.days)
    if history.trainees is not None:
        results += fit_graduates(history.trainees)
    if history.attendance is not None:
        progress("shrinkage")
        results += fit_shrinkage(history.attendance, history.roster)
    if history.quality is not None:
        progress("accuracy")
        queues = sorted({*items["queue"].astype(str), *history.offered})
        results += fit_accuracy(history.quality, people, ramps, queues)
    if configuration.items is not None and (configuration.fed or configuration.items.columns.parent):
        progress("follow-up work")
        results += fit_follow_ups(items)
    if len(items):
        progress("patience and allocation")
        until = float(items["created"].max())
        results += fit_patience(items, until)
        changed += without_end(items, until)
        end = _midnight_after(configuration)
        results += fit_backlogs(items, end, configuration.dead_items)
        known = as_of(items, end)
        changed += dead_notes(known, left_within(known, end), end, configuration.dead_items)
        lines = lines_of(items, history.roster, until)
        results += fit_allocation(lines)
        changed += notes_of_lines(lines)
    results = sound(results)
    reported = fit_reports(history)
    apart = list(differences(results, reported))
    results = merged(results, reported)
    lacking = without_any(results, {*history.counts, *history.offered, *items["queue"].astype(str)})
    filled = {one.subject.path("handle_time") for one in lacking if isinstance(one, Fit)}
    results = [one for one in results if not (isinstance(one, NotFitted) and one.what in filled)] + lacking
    fits = tuple(one for one in results if isinstance(one, Fit))
    results = [*_missing(configuration, fits), *results, *closed_on_holidays(fits)]
    if not fits:
        needed = "\n".join(f"{one.what}: {one.why}" for one in results if isinstance(one, NotFitted))
        raise DataError(f"{path}: nothing can be fitted to this history\n{needed}")
    progress("what is odd")
    missing = tuple(one for one in results if isinstance(one, NotFitted))
    odd = (*notes(configuration, history), *changed, *odd_means(fits), *notes_of_handling(fits), *apart)
    progress("how well past weeks are foreseen")
    span = (history.first, history.days)
    foreseen = foresee(fits, history.counts, history.offered, span, configuration.holidays)
    return Calibration(configuration, history, fits, missing, odd, foreseen)


def _midnight_after(configuration: Configuration) -> float:
    """Return the end of the last day in POSIX seconds."""
    after = dt.datetime.combine(configuration.to + dt.timedelta(days=1), dt.time())
    return after.replace(tzinfo=zone(configuration.timezone)).timestamp()


def _ramps(
    configuration: Configuration, history: History, items: pd.DataFrame
) -> tuple[pd.DataFrame | None, list[Fit | NotFitted]]:
    """Return who began when, by the roster or else by the log, and the ramps of vendors."""
    if history.roster is not None:
        return history.roster, sound(fit_ramp(items, history.roster, history.first)) if len(items) else []
    named = items["agent"].astype("str").fillna("") != ""
    if not named.any():
        return None, []
    found = fit_newcomers(items[named], configuration.timezone)
    ramps = sound(found.fits)
    return found.people if any(isinstance(one, Fit) for one in ramps) else None, ramps


def _handle_times(
    history: History, items: pd.DataFrame, people: pd.DataFrame | None, ramps: list[Fit | NotFitted]
) -> list[Fit | NotFitted]:
    """Return fits of handle times at full speed and, where there is a roster, of how agents differ."""
    if people is None or items.empty:
        return [*fit_handle_times(items)]
    items = at_full_speed(items, people, ramps)
    if history.roster is None:
        return [*fit_handle_times(items)]
    agents = fit_spread(items, people.set_index("agent")["vendor"])
    return [*fit_handle_times(agents.at_average_speed(items), agents.queues["unsure"]), *agents.fits]


def _volumes(configuration: Configuration, history: History) -> list[Fit | NotFitted]:
    """Return fits of volumes, and of what queues share, to counts by hour and to those of reports."""
    zones = {queue: configuration.zone_of(queue) for queue in (*history.counts, *history.offered)}
    counts = {queue: by_hour for queue, by_hour in history.counts.items() if queue not in configuration.fed}
    volumes = fit_volumes(counts, history.first, configuration.holidays, zones)
    large = [one for one in volumes if isinstance(one, Fit) and not one.prior]
    sharing = fit_sharing(counts, large, history.first)
    if isinstance(sharing, Fit) and {one.name for one in sharing.subjects} <= history.counted_by_report:
        sharing = as_reported(sharing)
    if history.offered:
        offered = {queue: one for queue, one in history.offered.items() if queue not in configuration.fed}
        span = (history.first, history.days)
        volumes = with_reports(volumes, offered, history.counted_by_report, span, configuration.holidays, zones)
    return [*volumes, *([sharing] if sharing is not None else [])]


def _missing(configuration: Configuration, fits: Sequence[Fit]) -> Iterator[NotFitted]:
    """Yield what is lacking for want of a source, but for what other sources give."""
    known = {".".join(one.key[:parts]) for fit in fits for one in fit.estimates for parts in (1, 2)}
    for source, (why, parts) in _MISSING.items():
        *first, last = [words for key, words in parts.items() if key not in known] or [""]
        if last and getattr(configuration, source) is None and not (source == "quality" and configuration.checks_items):
            yield NotFitted(f"{', '.join(first)} and {last}" if first else last, why)


def write(calibration: Calibration, folder: Path, add: Add = add_nothing) -> None:
    """Write the parameters, and tables of fits, quality and foresight, all or none of them; `add` adds charts."""
    head = f"Written by simcap calibrate. {calibration.configuration.title}: fitted values and their uncertainty."
    texts = {
        "parameters.yaml": to_yaml(calibration.parameters(), head),
        "fits.csv": inert(calibration.table()).to_csv(index=False),
        "quality.csv": inert(calibration.quality()).to_csv(index=False),
        "foresight.csv": inert(calibration.foresight()).to_csv(index=False),
    }
    results = ResultFolder(folder, "fits.csv", "a calibration", shared=True, parts=CHARTS)
    results.recover()
    with results.written() as inside:
        for name, text in texts.items():
            (inside / name).write_text(text, encoding="utf-8")
        add(inside)
